//! Where a command of the command line sends what it has: to the server that uses the data directory, or, when
//! there is none, into the directory itself.

use std::path::Path;

use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::ids::{ClientId, CommandKey, MemberId, WorkspaceId};
use slipway_shared::log::Cursor;
use slipway_shared::sync::envelope::{CommandEnvelope, WireCommand};
use slipway_shared::sync::protocol::{CommandResult, PUSH_BYTES, PUSH_COMMANDS};
use slipway_shared::workspace::Workspace;
use uuid::Uuid;

use super::client::Client;
use super::exit::{Exit, Failed};
use super::workspaces::pick;
use crate::app::App;
use crate::clock::Clock;
use crate::data_dir::DataDirError;
use crate::open::{Beginning, OpenError, open};
use crate::store::StoreError;
use crate::writer::{Health, OpenWorkspace, Push, PushError};

/// What a push may have besides its commands.
const ENVELOPE_BYTES: usize = 1024;

enum Way {
    Store(App, OpenWorkspace),
    Server(Client),
}

/// Takes commands, in order.
pub(super) struct Sink {
    way: Way,
    clock: Clock,
    client: ClientId,
    next: u64,
    pub(super) workspace_id: WorkspaceId,
    /// The state when it was opened.
    pub(super) workspace: Workspace,
    cursor: Cursor,
}

impl Sink {
    /// Opens a workspace of a data directory, or a way to the server that uses it, as whose `token` is given.
    pub(super) fn open(data: &Path, token: Option<String>, asked: Option<&str>) -> Result<Self, Failed> {
        let clock = Clock::system();
        match open(data, Beginning::Workspace, &clock) {
            Ok(opened) => {
                let app = App::start(opened, clock.clone())?;
                let open = app.workspaces();
                let known: Vec<_> = open.iter().map(|known| (known.id(), known.state())).collect();
                let known: Vec<_> = known.iter().map(|(id, state)| (*id, &*state.workspace.name)).collect();
                let id = pick(&known, asked)?;
                let chosen = app.workspace(id).ok_or(StoreError::Corrupt { seq: 0 })?;
                let state = chosen.state();
                let workspace = state.workspace.clone();
                Ok(Self::new(Way::Store(app, chosen), clock, id, workspace, state.cursor))
            }
            Err(OpenError::Dir(DataDirError::InUse { server: Some(server), .. })) if !server.is_tls => {
                let client = Client::new(server.address, token)?;
                let (id, workspace, cursor) = client.fetch(asked)?;
                Ok(Self::new(Way::Server(client), clock, id, workspace, cursor))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn new(way: Way, clock: Clock, workspace_id: WorkspaceId, workspace: Workspace, cursor: Cursor) -> Self {
        let client = ClientId::from_u128(Uuid::now_v7().as_u128());
        Self { way, clock, client, next: 1, workspace_id, workspace, cursor }
    }

    /// Pushes parts in order, as many at once as fit; a part is never divided. Says after each push how many
    /// parts are done.
    pub(super) fn push(
        &mut self,
        parts: Vec<Vec<Command>>,
        mut done: impl FnMut(usize),
    ) -> Result<(), Failed> {
        let (mut batch, mut bytes, mut count) = (Vec::new(), ENVELOPE_BYTES, 0);
        for part in parts {
            let part: Vec<_> = part.into_iter().map(|command| self.wire(command)).collect();
            let size: usize =
                part.iter().map(|wire| serde_json::to_string(wire).map_or(0, |text| text.len() + 1)).sum();
            if !batch.is_empty() && (bytes + size > PUSH_BYTES || batch.len() + part.len() > PUSH_COMMANDS) {
                self.send(std::mem::take(&mut batch))?;
                bytes = ENVELOPE_BYTES;
                done(count);
            }
            batch.extend(part);
            bytes += size;
            count += 1;
        }
        if !batch.is_empty() {
            self.send(batch)?;
        }
        done(count);
        Ok(())
    }

    fn wire(&mut self, command: Command) -> WireCommand {
        let key = CommandKey { client: self.client, seq: self.next };
        self.next += 1;
        let (at, seen) = (self.clock.now(), self.cursor.seq);
        CommandEnvelope { key, at, seen, seen_chain: None, causes: Vec::new(), command }.to_wire()
    }

    fn send(&self, commands: Vec<WireCommand>) -> Result<(), Failed> {
        let (epoch, sent_at) = (self.cursor.epoch, self.clock.now());
        let results = match &self.way {
            Way::Store(_, open) => {
                let actor = acting_member(&open.state().workspace, open.local_member());
                let push = Push { actor, device: None, epoch, sent_at, commands };
                open.push_blocking(push).map(|pushed| pushed.results).map_err(push_failed)?
            }
            Way::Server(client) => client.push(self.workspace_id, epoch, sent_at, &commands)?,
        };
        results.iter().try_for_each(accepted)
    }

    /// Waits until everything is where it should be.
    pub(super) fn close(self) -> Result<(), Failed> {
        match self.way {
            Way::Store(app, _) if app.stop() == Health::Failed => Err(push_failed(PushError::Indeterminate)),
            Way::Store(..) | Way::Server(_) => Ok(()),
        }
    }
}

/// Returns in whose name is written what the operator of this computer brings in: its first member or, where they have
/// left or only read, an admin.
fn acting_member(workspace: &Workspace, first: MemberId) -> MemberId {
    match Capability::Work.refusal(workspace, first) {
        Some(_) => workspace.admins().next().unwrap_or(first),
        None => first,
    }
}

fn accepted(result: &CommandResult) -> Result<(), Failed> {
    match &result.outcome.rejection {
        None => Ok(()),
        Some(rejection) => Err(Failed::new(
            Exit::Failed,
            format!(
                "command {} was refused: {rejection}. What came before it is kept; run the same command again \
                 once that is settled, it adds only what is missing.",
                result.seq
            ),
        )),
    }
}

fn push_failed(error: PushError) -> Failed {
    let exit = match error {
        PushError::Full => Exit::NotWritable,
        PushError::Indeterminate => Exit::StoreFailed,
        _ => Exit::Failed,
    };
    let message = format!(
        "{error}. What was saved before is kept; run the same command again once that is settled, it adds only \
         what is missing."
    );
    Failed::new(exit, message)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use slipway_shared::member::{Member, Role};

    use super::*;

    #[test]
    fn what_is_brought_in_is_brought_in_by_who_may() {
        let [first, admin] = [1, 2].map(MemberId::from_u128);
        let mut workspace = Workspace::default();
        assert_eq!(acting_member(&workspace, first), first, "nobody else is there");
        workspace.members.insert(admin, Arc::new(Member { role: Role::Admin }));
        assert_eq!(acting_member(&workspace, first), admin, "the first one has left");
        for (role, expected) in [(Role::Viewer, admin), (Role::Member, first)] {
            workspace.members.insert(first, Arc::new(Member { role }));
            assert_eq!(acting_member(&workspace, first), expected);
        }
    }
}
