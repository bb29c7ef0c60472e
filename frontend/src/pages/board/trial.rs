//! A board to try things on.

use std::collections::BTreeSet;

use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{ColumnId, DeploymentId, EnvironmentId, MemberId, RolloutId, ServiceId};
use slipway_shared::member::{MemberCommand, Role};
use slipway_shared::rollout::{Phase, RolloutCommand, Source};
use slipway_shared::service::ServiceCommand;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use super::finding::Looking;
use super::layout::{LaneId, Layout};
use super::rows::{Rows, layout_of};
use super::steps::assign_step;
use crate::app::query::Grouping;
use crate::app::search::Search;
use crate::trial::{act_all, begun};

pub const BO: MemberId = MemberId::from_u128(0xb);
pub const SERVICE: ServiceId = ServiceId::from_u128(0x51);
pub const OTHER_SERVICE: ServiceId = ServiceId::from_u128(0x52);
pub const BOARD_CARD: DeploymentId = DeploymentId::from_u128(1);
const STAGING: EnvironmentId = EnvironmentId::from_u128(2);
pub const READY: ColumnId = ColumnId::from_u128(4);
pub const STAGING_COLUMN: ColumnId = ColumnId::from_u128(6);
pub const APPROVAL: ColumnId = ColumnId::from_u128(7);

pub fn card(number: u128) -> DeploymentId {
    DeploymentId::from_u128(number)
}

pub fn report(phase: Phase) -> Command {
    Command::Rollout(RolloutCommand::Report {
        rollout: RolloutId::from_u128(0xe1),
        deployment: BOARD_CARD,
        environment: STAGING,
        version: "1.4.0".to_owned(),
        phase,
        happened_at: Timestamp(1_700_000_000_000),
        source: Source::Person,
        note: None,
    })
}

fn open(id: DeploymentId, service: ServiceId, rank: &str) -> Command {
    Command::Deployment(DeploymentCommand::Open {
        deployment: id,
        service,
        version: "1.4.0".to_owned(),
        title: "Faster search".to_owned(),
        column: READY,
        rank: rank.to_owned(),
        changes: Vec::new(),
        sections: Vec::new(),
    })
}

/// A board with the cards 1, 2 and 3 in the queue, the last of another service, after some commands.
pub fn board_with(commands: &[Command]) -> Workspace {
    let add = |service, name: &str| {
        Command::Service(ServiceCommand::Add { service, name: name.to_owned(), hue: 0, repository: None })
    };
    let join = MemberCommand::Add { member: BO, role: Role::Member };
    let cards = [
        Command::Member(join),
        add(SERVICE, "website"),
        add(OTHER_SERVICE, "api"),
        open(card(1), SERVICE, "8000000100"),
        open(card(2), SERVICE, "8000000200"),
        open(card(3), OTHER_SERVICE, "8000000300"),
    ];
    let mut workspace = begun();
    act_all(&mut workspace, cards.iter().chain(commands));
    workspace
}

pub fn assign(number: u128, member: MemberId) -> Command {
    assign_step(card(number), member).0
}

pub fn laid_out(workspace: &Workspace, grouping: Grouping) -> Layout {
    let search = Search { grouping, ..Search::default() };
    let name = |lane: LaneId| {
        workspace
            .services
            .get(&ServiceId::from_u128(lane.0))
            .map_or_else(String::new, |known| known.name.clone())
    };
    let rows = Rows { closed: &BTreeSet::new(), name: &name };
    layout_of(workspace, &search, &Looking::default(), &rows)
}
