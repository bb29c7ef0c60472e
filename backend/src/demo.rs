//! The demo: the same workspace every time, relative to now, made through the same commands and rules as
//! everything else. Two demos made at the same moment have the same digest.

mod cast;
mod flight;
mod past;
mod planner;
mod random;
mod sample;
mod words;

use slipway_shared::ids::{MemberId, WorkspaceId};
use slipway_shared::member::Profile;
use slipway_shared::time::Timestamp;

use crate::open::Planned;
use cast::PEOPLE;
use planner::Planner;

pub(crate) use sample::sample;

/// The demo's workspace.
pub(crate) const WORKSPACE: WorkspaceId = WorkspaceId::from_u128(0x0192_de30_0000_7000_8000_4841_5242_4f52);

/// Returns who acts in the demo.
pub(crate) const fn owner() -> MemberId {
    cast::member(0)
}

/// Returns everybody's name.
pub(crate) fn people() -> Vec<Profile> {
    let people = PEOPLE.iter().enumerate();
    people
        .map(|(index, person)| Profile { member: cast::member(index), name: person.name.to_owned() })
        .collect()
}

/// Returns everything that ever happened, in order, the last of it just before `now`.
pub(crate) fn history(now: Timestamp) -> Vec<Planned> {
    let mut planner = Planner::new(now);
    planner.set_up();
    past::plan(&mut planner);
    flight::plan(&mut planner);
    planner.freeze_next_week();
    planner.finish()
}

#[cfg(test)]
mod tests;
