//! A workspace to begin while the server runs: named, set up, and filled with the sample where that is asked for.

use slipway_shared::account::Beginning;
use slipway_shared::canonical::Hash;
use slipway_shared::ids::{AccountId, ClientId, EpochId, MemberId, WorkspaceId};
use slipway_shared::log::Cursor;
use slipway_shared::member::Profile;
use slipway_shared::sync::admission::Sequencer;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;
use uuid::Uuid;

use crate::demo;
use crate::open::{Planned, first_command, sequence};
use crate::store::accounts::Membership;
use crate::store::{LogHead, NewLog};
use crate::writer::NewWorkspace;

/// Who makes a workspace.
#[derive(Clone, Debug)]
pub(crate) struct Founder {
    /// The account that may open it.
    pub(crate) account: AccountId,
    /// The name they are shown under.
    pub(crate) name: String,
}

/// Returns a workspace whose first member and admin is its founder.
pub(crate) fn new_workspace(
    id: WorkspaceId,
    name: &str,
    beginning: Beginning,
    founder: Founder,
    is_demo: bool,
    now: Timestamp,
) -> NewWorkspace {
    let (member, epoch) = (MemberId::from_u128(minted()), EpochId::from_u128(minted()));
    let cursor = Cursor { epoch, seq: 0, chain: Hash::ZERO };
    let head = LogHead { workspace: id, cursor, local_member: member, is_demo };
    let (mut sequencer, append) = sequence(Sequencer::new(cursor), &[first_command(name, member, now)]);
    let mut appends = vec![append];
    if beginning == Beginning::Sample {
        let (filled, append) = sequence(sequencer.clone(), &filling(&sequencer.workspace, member, now));
        sequencer = filled;
        appends.push(append);
    }
    let people = vec![Profile { member, name: founder.name }];
    let memberships = vec![Membership { account: founder.account, workspace: id, member }];
    NewWorkspace { log: NewLog { appends, memberships, ..NewLog::empty(head, people) }, sequencer }
}

/// Returns the sample, with ids of its own, for a workspace that is set up.
pub(crate) fn filling(workspace: &Workspace, owner: MemberId, now: Timestamp) -> Vec<Planned> {
    let seed = Uuid::new_v4().as_u64_pair().1;
    demo::sample(workspace, owner, ClientId::from_u128(minted()), now, seed)
}

fn minted() -> u128 {
    Uuid::now_v7().as_u128()
}
