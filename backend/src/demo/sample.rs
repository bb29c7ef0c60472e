//! The sample: a few services, and deployments in flight to try things out with, all in the name of one member.

use slipway_shared::ids::{ClientId, MemberId};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use super::flight;
use super::planner::{DAY, HOUR, Planner};
use crate::open::Planned;

/// Returns what fills a workspace that is set up, the last of it just before `now`. The same `seed` gives the same ids.
pub(crate) fn sample(
    workspace: &Workspace,
    owner: MemberId,
    client: ClientId,
    now: Timestamp,
    seed: u64,
) -> Vec<Planned> {
    let mut planner = Planner::alone(workspace, now, seed);
    let begin = now.plus(-14 * DAY);
    planner.add_services(begin);
    planner.add_labels(begin.plus(HOUR));
    flight::plan_sample(&mut planner);
    planner.finish_as(owner, client)
}
