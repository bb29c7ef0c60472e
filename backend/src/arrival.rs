//! A workspace that arrives from elsewhere at a running server: its log, verified link by link, and who of it the account
//! is that brings it.

use std::io::BufRead;

use slipway_shared::account::TEXT_MOST;
use slipway_shared::canonical::Hash;
use slipway_shared::command::{Command, WorkspaceCommand};
use slipway_shared::ids::{ClientId, CommandKey, EpochId, MemberId};
use slipway_shared::log::Cursor;
use slipway_shared::member::{Profile, Role};
use slipway_shared::sync::admission::Sequencer;
use slipway_shared::sync::envelope::CommandEnvelope;
use slipway_shared::sync::export::ExportHeader;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;
use uuid::Uuid;

use crate::new_workspace::Founder;
use crate::open::{Planned, sequence};
use crate::store::accounts::Membership;
use crate::store::{Append, LogHead, NewLog, Timeline};
use crate::transfer::{self, Piece, TransferError};
use crate::writer::NewWorkspace;

/// A workspace that has arrived and is not begun yet.
#[derive(Debug)]
pub(crate) struct Arrival {
    /// What is to be begun.
    pub(crate) new: NewWorkspace,
    /// Up to where its log was brought, on the timeline that begins here.
    pub(crate) arrived: Cursor,
    /// The digest of the state there.
    pub(crate) digest: Hash,
}

/// Why a log is not taken in. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArrivalError {
    /// Its lines.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// A newer version wrote something in it that would be lost here.
    #[error("event {0} was written by a newer version")]
    Newer(u64),
    /// Nobody in it could change what members may do.
    #[error("it has no admin")]
    NoAdmin,
    /// It has no events.
    #[error("it is empty")]
    Empty,
}

/// Reads a workspace that `founder` brings. Who acted in it alone is them from now on; where that member is no admin, the
/// first who is.
pub(crate) fn read(
    from: impl BufRead,
    founder: Founder,
    is_demo: bool,
    now: Timestamp,
) -> Result<Arrival, ArrivalError> {
    let epoch = EpochId::from_u128(Uuid::now_v7().as_u128());
    let mut header: Option<ExportHeader> = None;
    let (mut appends, mut redactions) = (Vec::new(), Vec::new());
    let mut newer = None;
    let (state, reached) = transfer::pieces(from, epoch, &mut |piece| {
        match piece {
            Piece::Begin(begun) => header = Some(begun.clone()),
            Piece::Newer(seq) => newer = newer.or(Some(seq)),
            Piece::Redaction(seq) => redactions.push(seq),
            Piece::Append(append) => appends.push(*append),
        }
        Ok(())
    })?;
    if let Some(seq) = newer {
        return Err(ArrivalError::Newer(seq));
    }
    let header = header.filter(|_| reached.seq > 0).ok_or(ArrivalError::Empty)?;
    let member = mapped(&header, &state).ok_or(ArrivalError::NoAdmin)?;
    let (arrived, digest) = (Cursor { epoch, ..reached }, state.digest());
    let (sequencer, moved) = move_here(state, arrived, &appends, member, now);
    appends.push(moved);
    let people = people_of(&header, member, &founder);
    let begins = Cursor { epoch, seq: 0, chain: Hash::ZERO };
    let head = LogHead { workspace: header.workspace, cursor: begins, local_member: member, is_demo };
    let log = NewLog {
        head,
        people,
        appends,
        timelines: vec![Timeline { epoch, began: arrived.seq }],
        redactions,
        memberships: vec![Membership { account: founder.account, workspace: header.workspace, member }],
    };
    Ok(Arrival { new: NewWorkspace { log, sequencer }, arrived, digest })
}

/// Returns the member that an account is which brings the workspace.
fn mapped(header: &ExportHeader, state: &Workspace) -> Option<MemberId> {
    let is_admin = |member: &MemberId| state.role(*member) == Some(Role::Admin);
    let first = || state.members.keys().copied().find(is_admin);
    Some(header.member).filter(is_admin).or_else(first)
}

/// Says in the log that it was brought here: what was approved before opens no gate.
fn move_here(
    state: Workspace,
    arrived: Cursor,
    appends: &[Append],
    member: MemberId,
    now: Timestamp,
) -> (Sequencer, Append) {
    let queues = appends.iter().flat_map(|append| append.queues.iter().copied()).collect();
    let sequencer = Sequencer { workspace: state, cursor: arrived, queues, base: arrived.seq };
    let key = CommandKey { client: ClientId::from_u128(Uuid::now_v7().as_u128()), seq: 1 };
    let command = Command::Workspace(WorkspaceCommand::Move {});
    let envelope = CommandEnvelope { key, at: now, seen: 0, seen_chain: None, causes: Vec::new(), command };
    let (sequencer, mut append) = sequence(sequencer, &[Planned { actor: member, envelope }]);
    append.queues = vec![(key.client, key.seq)];
    (sequencer, append)
}

/// Returns the names to show: who brings it goes by the name of their account, names that are none are left out.
fn people_of(header: &ExportHeader, member: MemberId, founder: &Founder) -> Vec<Profile> {
    let is_name = |profile: &Profile| (1..=TEXT_MOST).contains(&profile.name.trim().chars().count());
    let mut people: Vec<_> = header.people.iter().filter(|known| known.member != member).cloned().collect();
    people.retain(is_name);
    people.sort_by_key(|profile| profile.member);
    people.dedup_by_key(|profile| profile.member);
    people.push(Profile { member, name: founder.name.clone() });
    people
}
