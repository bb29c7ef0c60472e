//! Logs: lines for people on a terminal, JSON elsewhere. To standard error, so that results stay apart.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// What is logged when nobody says: `SLIPWAY_LOG` has the syntax of `tracing`, such as `slipway_backend=debug`.
const DEFAULT: &str = "info";

pub(super) fn start() {
    let filter = EnvFilter::try_from_env("SLIPWAY_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start, in a test, keeps the first.
    if std::io::stderr().is_terminal() {
        let _ = logs.compact().try_init();
    } else {
        let _ = logs.json().flatten_event(true).try_init();
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        let message = panic.payload_as_str().unwrap_or("no message");
        tracing::error!(place, message, "panicked");
    }));
}
