//! Which workspace a command is about, where a data directory holds several.

use std::path::Path;

use clap::Args;
use slipway_shared::ids::WorkspaceId;
use slipway_shared::log::{Cursor, Payload};
use slipway_shared::workspace::Workspace;

use super::exit::{Exit, Failed};
use crate::store::sqlite::{FILE, Inspector};
use crate::store::{LogHead, StoreError};
use crate::writer::{SnapshotState, snapshot_state};

/// How many events are read at once.
const PAGE: usize = 1000;

#[derive(Debug, Args)]
pub(super) struct WorkspaceArg {
    /// Which workspace, by id or name; needed where there are several
    #[arg(long, env = "SLIPWAY_WORKSPACE", value_name = "ID|NAME")]
    pub(super) workspace: Option<String>,
}

/// A workspace of a data directory.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) head: LogHead,
    pub(super) state: Workspace,
}

/// Reads all workspaces of a data directory, also beside a server that runs.
pub(super) fn all(data: &Path) -> Result<Vec<Known>, Failed> {
    let inspector = Inspector::open(&data.join(FILE))?;
    let heads = inspector.heads()?;
    heads.into_iter().map(|head| Ok(Known { head, state: state(&inspector, &head)? })).collect()
}

/// Returns the workspace that is meant.
pub(super) fn chosen(data: &Path, asked: Option<&str>) -> Result<LogHead, Failed> {
    let heads = Inspector::open(&data.join(FILE))?.heads()?;
    if let ([only], None) = (heads.as_slice(), asked) {
        return Ok(*only);
    }
    let known = all(data)?;
    let named: Vec<_> = known.iter().map(|known| (known.head.workspace, &*known.state.name)).collect();
    let id = pick(&named, asked)?;
    let found = known.iter().find(|known| known.head.workspace == id).map(|known| known.head);
    found.ok_or_else(|| StoreError::Corrupt { seq: 0 }.into())
}

/// Picks the workspace that is meant of those there are, each with its name.
pub(super) fn pick(known: &[(WorkspaceId, &str)], asked: Option<&str>) -> Result<WorkspaceId, Failed> {
    let Some(asked) = asked else {
        return match known {
            [(only, _)] => Ok(*only),
            [] => Err(Failed::new(Exit::NoInput, "there is no workspace. Nothing was done.")),
            _ => Err(which("there are several workspaces", known)),
        };
    };
    let asked = asked.trim();
    if let Ok(id) = asked.parse::<WorkspaceId>()
        && known.iter().any(|(known, _)| *known == id)
    {
        return Ok(id);
    }
    let of_name = |(_, name): &&(WorkspaceId, &str)| name.to_lowercase() == asked.to_lowercase();
    let mut found = known.iter().filter(of_name);
    match (found.next(), found.next()) {
        (Some((id, _)), None) => Ok(*id),
        (Some(_), Some(_)) => Err(which(&format!("several workspaces are called {asked:?}"), known)),
        (None, _) => Err(which(&format!("no workspace has the id or name {asked:?}"), known)),
    }
}

fn which(what: &str, known: &[(WorkspaceId, &str)]) -> Failed {
    let list: String = known.iter().map(|(id, name)| format!("\n  {id}  {name}")).collect();
    let message = format!("{what}. Nothing was done. Say which with --workspace; there are:{list}");
    Failed::new(Exit::BadInput, message)
}

/// Returns what a log leads to: the newest snapshot that can be read, and what came after it.
fn state(inspector: &Inspector, head: &LogHead) -> Result<Workspace, StoreError> {
    let snapshots = inspector.snapshots(head.workspace)?;
    let newest = snapshots.iter().find_map(|row| match snapshot_state(row) {
        SnapshotState::Of(state, cursor) => Some((*state, cursor)),
        SnapshotState::OtherModel | SnapshotState::Damaged => None,
    });
    let beginning = Cursor { seq: 0, chain: slipway_shared::canonical::Hash::ZERO, ..head.cursor };
    let (mut state, cursor) = newest.unwrap_or((Workspace::default(), beginning));
    let mut cursor = Cursor { epoch: head.cursor.epoch, ..cursor };
    loop {
        let page = inspector.events(head.workspace, cursor.seq, PAGE)?;
        if page.is_empty() {
            return Ok(state);
        }
        for event in page {
            let read = event.read_after(&cursor).map_err(|_| StoreError::Corrupt { seq: cursor.seq + 1 })?;
            if let Payload::Known(known) = &read.payload {
                state.apply(&read.header.origin(), known);
            }
            cursor = Cursor { seq: read.header.seq, chain: read.chain, ..cursor };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEB: WorkspaceId = WorkspaceId::from_u128(1);
    const API: WorkspaceId = WorkspaceId::from_u128(2);

    #[test]
    fn a_workspace_is_named_by_its_id_or_its_name() {
        let both = [(WEB, "Web"), (API, "API team")];
        let (one, twins) = ([(WEB, "Web")], [(WEB, "Web"), (API, "web")]);
        let id = API.to_string();
        for (known, asked, expected) in [
            (&one[..], None, Some(WEB)),
            (&one, Some("API"), None),
            (&both, None, None),
            (&both, Some(&*id), Some(API)),
            (&both, Some(" api TEAM "), Some(API)),
            (&both, Some("api"), None),
            (&twins, Some("Web"), None),
            (&[], None, None),
        ] {
            assert_eq!(pick(known, asked).ok(), expected, "{known:?} {asked:?}");
        }
    }

    #[test]
    fn a_refusal_lists_what_there_is() {
        let refused = pick(&[(WEB, "Web"), (API, "API team")], None).unwrap_err().to_string();
        assert!(refused.contains(&format!("\n  {WEB}  Web\n  {API}  API team")), "{refused}");
    }
}
