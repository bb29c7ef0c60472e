//! Who belonged to a workspace when: what happened to their accounts then stays in its audit, what happens to the
//! accounts of former members later is no business of the workspace.

use std::collections::HashMap;

use slipway_shared::event::Event;
use slipway_shared::ids::{AccountId, MemberId, WorkspaceId};
use slipway_shared::json;
use slipway_shared::log::StoredEvent;
use slipway_shared::member::MemberEvent;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use crate::store::accounts::Belonging;
use crate::store::{Reader, StoreError};

/// What has neither begun nor ended by an event.
const ALWAYS: (Timestamp, Timestamp) = (Timestamp(i64::MIN), Timestamp(i64::MAX));

/// Returns the times of the accounts of a workspace.
pub(super) fn of(
    reader: &dyn Reader,
    id: WorkspaceId,
    workspace: &Workspace,
    members: &HashMap<AccountId, MemberId>,
) -> Result<Vec<Belonging>, StoreError> {
    let events = reader.member_events(id)?;
    let times = members.iter().flat_map(|(account, member)| {
        let mut times = times(&events, *member);
        if times.is_empty() && workspace.role(*member).is_some() {
            times.push(ALWAYS);
        }
        times.into_iter().map(|(from, to)| Belonging { account: *account, from, to })
    });
    Ok(times.collect())
}

/// Returns since when somebody is a member again who was taken out before; `None` for who never was.
pub(crate) fn came_back(events: &[StoredEvent], member: MemberId) -> Option<Timestamp> {
    times(events, member).split_first()?.1.last().map(|(since, _)| *since)
}

/// Returns the times in which somebody was a member; the last one has no end for who is one.
fn times(events: &[StoredEvent], member: MemberId) -> Vec<(Timestamp, Timestamp)> {
    let (mut times, mut since) = (Vec::new(), None);
    for event in events {
        let Ok(header) = event.read_header() else { continue };
        match concerned(event) {
            Some(MemberEvent::Joined { member: joined, .. }) if joined == member => {
                since = Some(header.received);
            }
            Some(MemberEvent::Removed { member: removed }) if removed == member => {
                times.extend(since.take().map(|from| (from, header.received)));
            }
            _ => {}
        }
    }
    times.extend(since.map(|from| (from, ALWAYS.1)));
    times
}

/// Returns what an event tells about a member; `None` where it is about none.
pub(super) fn concerned(event: &StoredEvent) -> Option<MemberEvent> {
    match json::read(event.payload.as_ref()?).ok()? {
        Event::Member(told) => Some(told),
        _ => None,
    }
}
