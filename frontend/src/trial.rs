//! A workspace to try things on, and what is done in it.

use slipway_shared::command::Command;
use slipway_shared::context::Context;
use slipway_shared::decide::decide;
use slipway_shared::ids::{ClientId, CommandKey, MemberId};
use slipway_shared::origin::{Origin, Seen};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::{Workspace, default_setup};

/// Who acts.
pub const ME: MemberId = MemberId::from_u128(0xa);

/// Does commands that may happen. Whoever gives one has seen it and nothing else.
pub fn act_all<'a>(workspace: &mut Workspace, commands: impl IntoIterator<Item = &'a Command>) {
    for (seq, command) in (1..).zip(commands) {
        let key = CommandKey { client: ClientId::from_u128(1), seq };
        let at = Timestamp(1_700_000_000_000);
        let seen = Seen { seq, commands: vec![key] };
        let context = Context {
            command: key,
            actor: ME,
            device: None,
            now: at,
            effective: at,
            clock_error_ms: 0,
            seen,
        };
        for event in decide(workspace, &context, command).unwrap() {
            workspace.apply(&Origin { seq: Some(seq), command: key, actor: ME, at }, &event);
        }
    }
}

/// Returns the numbers from 1 on, as ids are made of them.
pub fn counter() -> impl FnMut() -> u128 {
    let mut last = 0;
    move || {
        last += 1;
        last
    }
}

/// Returns a workspace that was set up just now.
pub fn begun() -> Workspace {
    let mut workspace = Workspace::default();
    act_all(&mut workspace, [&Command::Workspace(default_setup("Harbour", ME, counter()))]);
    workspace
}
