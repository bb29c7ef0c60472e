//! What a server does by itself and this device does in its place: deployments that are over are concluded.

use std::time::Duration;

use leptos::prelude::{set_interval, set_timeout};
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;

use super::engine::Engine;

/// How long after the start it looks first, so that it is in nobody's way, and how often then.
const FIRST: Duration = Duration::from_secs(20);
const EVERY: Duration = Duration::from_secs(10 * 60);

/// Looks now and then what is over, for as long as the page is there.
pub(super) fn keep_concluding(engine: &Engine) {
    let (first, later) = (engine.clone(), engine.clone());
    set_timeout(move || conclude(&first), FIRST);
    set_interval(move || conclude(&later), EVERY);
}

/// Concludes what is over, where there is no server to do it. One tab does that: the one that leads.
fn conclude(engine: &Engine) {
    let now = engine.clock().now();
    let due: Vec<_> = engine.with(|state| {
        let is_ours = state.is_leader && state.local.is_some();
        let view = state.replica.view();
        if is_ours { view.due_for_conclusion(now).collect() } else { Vec::new() }
    });
    for deployment in due {
        // Refused where its person may not; then it stays on the board, as it was.
        let _ = engine.submit(Command::Deployment(DeploymentCommand::Conclude { deployment }), None);
    }
}
