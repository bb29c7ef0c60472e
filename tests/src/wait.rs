//! Waiting for conditions, with a deadline and the name of what did not happen.

use std::time::{Duration, Instant};

/// How long a condition may take that usually holds at once, on a loaded machine: longer than the app waits at most
/// between two tries to reach the server, half a minute.
pub const PATIENCE: Duration = Duration::from_secs(45);
/// How long to leave the machine alone between the first two looks.
pub const PAUSE: Duration = Duration::from_millis(5);
/// How long at most, once it takes longer: a look at a page is work for the page that is waited for.
pub const LONGEST_PAUSE: Duration = Duration::from_millis(60);

/// Asks until `condition` gives something, and returns it.
///
/// # Panics
///
/// When it gave nothing within [`PATIENCE`]; `what` says what was waited for.
pub fn until<T>(what: &str, condition: impl FnMut() -> Option<T>) -> T {
    until_within(PATIENCE, what, condition)
}

/// As [`until`], with another deadline.
///
/// # Panics
///
/// When the condition gave nothing in time.
pub fn until_within<T>(patience: Duration, what: &str, condition: impl FnMut() -> Option<T>) -> T {
    until_or(patience, || what.to_owned(), condition)
}

/// As [`until_within`], where only the end tells what there is instead.
///
/// # Panics
///
/// When the condition gave nothing in time.
pub fn until_or<T>(
    patience: Duration,
    what: impl Fn() -> String,
    mut condition: impl FnMut() -> Option<T>,
) -> T {
    let (start, mut pause) = (Instant::now(), PAUSE);
    loop {
        if let Some(found) = condition() {
            return found;
        }
        assert!(start.elapsed() < patience, "waited {} s for: {}", patience.as_secs(), what());
        std::thread::sleep(pause);
        pause = LONGEST_PAUSE.min(pause * 3 / 2);
    }
}
