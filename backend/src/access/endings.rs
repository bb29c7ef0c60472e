//! Tells open streams that somebody's access may have ended. What this process ends it tells at once; what another
//! one ends (`slipway user`) is looked for four times a second, so that a second is enough on a busy machine too.

use std::time::Duration;

use tokio::sync::watch;

use crate::app::App;
use crate::routes::blocking;

const EVERY: Duration = Duration::from_millis(250);

/// Says when to look again.
pub(crate) struct Endings(watch::Sender<i64>);

impl Endings {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(0))
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<i64> {
        self.0.subscribe()
    }

    fn is_at(&self, count: i64) {
        self.0.send_if_modified(|known| std::mem::replace(known, count) != count);
    }
}

/// Looks now, and tells whoever has to know.
pub(crate) async fn look(app: &App) {
    let accounts = app.accounts();
    match blocking(move || accounts.changes()).await {
        Ok(count) => app.endings().is_at(count),
        // The next look comes soon, and every stream looks for itself when its session ends by its time.
        Err(_) => tracing::warn!("it could not be looked for what has ended"),
    }
}

/// Looks again and again for as long as it is polled.
pub(crate) async fn watch(app: App) {
    loop {
        look(&app).await;
        tokio::time::sleep(EVERY).await;
    }
}
