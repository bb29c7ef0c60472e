//! What the board shows of the workspace. Pure.

use std::collections::{BTreeMap, BTreeSet};

use slipway_shared::column::ColumnKind;
use slipway_shared::command::Command;
use slipway_shared::deployment::Deployment;
use slipway_shared::deployment::approval::{Lapse, Verdict};
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::read::Progress;
use slipway_shared::environment::Tier;
use slipway_shared::ids::{ColumnId, DeploymentId, EnvironmentId, MemberId};
use slipway_shared::rank;
use slipway_shared::rollout::{Phase, RolloutCommand};
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use super::finding::{Looking, is_found};
use super::layout::{Lane, LaneId, Layout, Spot};
use crate::app::query::Grouping;
use crate::app::search::Search;
use crate::browser::intl::exact_time;
use crate::command_words::environment_name;
use crate::components::environment_letters::EnvironmentLetter;
use crate::components::track::StageLook;
use crate::language::count;
use crate::rejection_words::missing_words;

/// What a card shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardFace {
    /// The version.
    pub version: String,
    /// The title; the version's own words where there is none.
    pub title: String,
    /// The service.
    pub service: String,
    /// The hue of its swatch.
    pub hue: u16,
    /// The track.
    pub looks: [StageLook; 7],
    /// Where it has been.
    pub environments: Vec<EnvironmentLetter>,
    /// What is the matter with it, if something is: the latest rollout that is not simply over.
    pub rollout: Option<(String, Phase)>,
    /// It is in production though the gate there was closed.
    pub is_outside_gate: bool,
    /// Somebody started the latest rollout though the gate was closed.
    pub started_anyway: bool,
    /// The environments that a rollout was asked for to, without an answer yet.
    pub asked: Vec<String>,
    /// The team's own labels.
    pub labels: Vec<String>,
    /// How far its checks are.
    pub progress: Progress,
    /// How far the approvals for where it goes next are; none where none are asked for.
    pub approvals: Option<CardApprovals>,
    /// Who is responsible for it.
    pub assigned: Vec<MemberId>,
    /// Who opened it.
    pub opened_by: MemberId,
    /// Since when it is in its column.
    pub entered_at: Timestamp,
}

/// Returns what the card of a deployment shows; `None` when there is no such deployment.
#[must_use]
pub fn card_face(
    workspace: &Workspace,
    requested: &[Command],
    id: DeploymentId,
    now: Timestamp,
) -> Option<CardFace> {
    let deployment = workspace.deployments.get(&id)?;
    let service = workspace.services.get(&deployment.service);
    let labels = deployment.labels.iter().filter_map(|label| workspace.labels.get(label));
    Some(CardFace {
        version: deployment.version.value.clone(),
        title: deployment.title.value.clone(),
        service: service.map(|service| service.name.clone()).unwrap_or_default(),
        hue: service.map_or(0, |service| service.hue),
        looks: track_looks(workspace, id, now),
        environments: environment_letters(workspace, id),
        rollout: notable_rollout(workspace, id),
        is_outside_gate: is_outside_gate(workspace, id),
        started_anyway: started_anyway(workspace, id),
        asked: asked_for(requested)
            .filter(|(deployment, _)| *deployment == id)
            .map(|(_, environment)| environment_name(environment, workspace))
            .collect(),
        labels: labels.map(|label| label.name.clone()).collect(),
        progress: deployment.progress(),
        approvals: card_approvals(workspace, id, now),
        assigned: deployment.assigned.iter().copied().collect(),
        opened_by: deployment.opened.actor,
        entered_at: deployment.entered.at,
    })
}

/// How far the approvals for the next environment with a gate are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CardApprovals {
    /// How many count.
    pub have: u32,
    /// How many are needed.
    pub need: u32,
    /// Somebody decided about something that has changed since.
    pub is_stale: bool,
    /// Somebody declined it.
    pub is_declined: bool,
}

fn card_approvals(workspace: &Workspace, id: DeploymentId, now: Timestamp) -> Option<CardApprovals> {
    let known = workspace.deployments.get(&id).filter(|known| known.finished.is_none())?;
    let is_there = |environment| {
        let latest = workspace.latest_rollout_in(id, environment);
        latest.is_some_and(|(_, rollout)| matches!(rollout.phase(), Phase::Started | Phase::Succeeded))
    };
    let mut ahead = workspace.environments_in_order().into_iter().filter(|next| !is_there(*next));
    let (next, need) = ahead.find_map(|next| {
        let need = workspace.rules_for(id, next).approvals;
        (need > 0).then_some((next, need))
    })?;
    let said = if known.approvals.is_empty() { Vec::new() } else { workspace.approvals(id, next, now) };
    let counting = |verdict| said.iter().filter(|said| said.counts_as(verdict)).count();
    Some(CardApprovals {
        have: u32::try_from(counting(Verdict::Approved)).unwrap_or(u32::MAX),
        need,
        is_stale: said.iter().any(|said| matches!(said.lapse, Some(Lapse::Stale | Lapse::Expired))),
        is_declined: counting(Verdict::Declined) > 0,
    })
}

/// Returns how the seven stages of a deployment look at a moment.
#[must_use]
pub fn track_looks(workspace: &Workspace, id: DeploymentId, now: Timestamp) -> [StageLook; 7] {
    let states = workspace.track(id, now);
    let mut looks = states.map(|state| StageLook { state, was_rolled_back: false });
    for (stage, look) in Stage::ALL.into_iter().zip(&mut looks) {
        let rollout = stage.followed_tier().and_then(|tier| workspace.latest_rollout(id, tier));
        look.was_rolled_back = look.state == StageState::Failed
            && rollout.is_some_and(|(_, rollout)| rollout.phase() == Phase::RolledBack);
    }
    looks
}

fn environment_letters(workspace: &Workspace, id: DeploymentId) -> Vec<EnvironmentLetter> {
    let environments = workspace.environments_in_order();
    let known = environments.into_iter().filter_map(|environment| {
        let name = workspace.environments.get(&environment)?.name.clone();
        let phase = workspace.latest_rollout_in(id, environment).map(|(_, rollout)| rollout.phase());
        Some(EnvironmentLetter { name, phase })
    });
    known.collect()
}

/// The latest rollout, where it runs, failed or was taken back; a success shows in the letters and the track.
fn notable_rollout(workspace: &Workspace, id: DeploymentId) -> Option<(String, Phase)> {
    let (_, rollout) = workspace.rollouts_of(id).max_by_key(|(id, rollout)| (rollout.started_at, *id))?;
    let phase = rollout.phase();
    let environment = workspace.environments.get(&rollout.environment)?;
    (phase != Phase::Succeeded).then(|| (environment.name.clone(), phase))
}

/// Tells whether the latest rollout to production began though the gate was closed.
#[must_use]
pub fn is_outside_gate(workspace: &Workspace, id: DeploymentId) -> bool {
    workspace.latest_rollout(id, Tier::Production).is_some_and(|(_, rollout)| rollout.outside_gate)
}

/// Tells whether somebody started the latest rollout though the gate was closed.
fn started_anyway(workspace: &Workspace, id: DeploymentId) -> bool {
    let latest = workspace.rollouts_of(id).max_by_key(|(id, rollout)| (rollout.started_at, *id));
    latest.is_some_and(|(_, rollout)| rollout.overridden.is_some())
}

/// Iterates over the rollouts that are asked for: what, and where to.
pub fn asked_for(requested: &[Command]) -> impl Iterator<Item = (DeploymentId, EnvironmentId)> {
    requested.iter().filter_map(|command| match command {
        Command::Rollout(
            RolloutCommand::Request { deployment, environment, .. }
            | RolloutCommand::Override { deployment, environment, .. },
        ) => Some((*deployment, *environment)),
        Command::Rollout(
            RolloutCommand::Report { .. } | RolloutCommand::Join { .. } | RolloutCommand::Split { .. },
        )
        | Command::Nothing
        | Command::Workspace(_)
        | Command::Member(_)
        | Command::Service(_)
        | Command::Environment(_)
        | Command::Column(_)
        | Command::Label(_)
        | Command::Policy(_)
        | Command::Freeze(_)
        | Command::View(_)
        | Command::Template(_)
        | Command::Deployment(_) => None,
    })
}

/// Returns until when rollouts to the environment of a column are frozen, in words; `None` while they are not.
#[must_use]
pub fn frozen_in(workspace: &Workspace, column: ColumnId, now: Timestamp) -> Option<String> {
    let ColumnKind::Environment(environment) = workspace.columns.get(&column)?.kind else { return None };
    let (_, longest) =
        workspace.freezes_in(environment, now).max_by_key(|(id, freeze)| (freeze.until(), *id))?;
    Some(t!(column_frozen, &exact_time(longest.until()), &longest.terms.name))
}

/// How many reasons are told while a card is held; the rest are counted.
const REASONS_TOLD: usize = 4;

/// Returns what keeps the gate closed that a card would have to pass to enter a column: a title, and what is missing.
#[must_use]
pub fn closed_gate(
    workspace: &Workspace,
    id: DeploymentId,
    column: ColumnId,
    now: Timestamp,
) -> Option<(String, Vec<String>)> {
    let environment = needed_rollout(workspace, id, column)?;
    let missing = workspace.missing_at_gate(id, environment, now);
    if missing.is_empty() {
        return None;
    }
    let told = missing.iter().take(REASONS_TOLD).map(|missing| missing_words(missing, workspace));
    let rest = missing.len().saturating_sub(REASONS_TOLD);
    let rest = (rest > 0).then(|| t!(and_more, count(rest)));
    Some((t!(gate_closed, &environment_name(environment, workspace)), told.chain(rest).collect()))
}

/// Returns the deployments that are asked for in a column and are not in it: drawn there as ghosts, never counted.
#[must_use]
pub fn ghosts_in(workspace: &Workspace, requested: &[Command], column: ColumnId) -> Vec<DeploymentId> {
    let kind = workspace.columns.get(&column).map(|column| column.kind);
    let is_here =
        |id: &DeploymentId| workspace.deployments.get(id).is_some_and(|known| known.column == column);
    let asked = asked_for(requested);
    let asked = asked.filter(|(_, environment)| kind == Some(ColumnKind::Environment(*environment)));
    let mut ghosts: Vec<_> = asked.map(|(id, _)| id).filter(|id| !is_here(id)).collect();
    ghosts.dedup();
    ghosts
}

/// What layout the rows of the board have beside their cards.
pub struct Rows<'a> {
    /// Those whose cards are not shown.
    pub closed: &'a BTreeSet<LaneId>,
    /// Returns the name of a row, which it is sorted by.
    pub name: &'a dyn Fn(LaneId) -> String,
}

/// Returns the cards that a search shows, row by row and column by column.
#[must_use]
pub fn layout_of(workspace: &Workspace, search: &Search, looking: &Looking, rows: &Rows<'_>) -> Layout {
    let shown: Vec<(ColumnId, Vec<DeploymentId>)> = workspace
        .columns_in_order()
        .into_iter()
        .map(|column| {
            let mut cards = workspace.cards_in(column);
            cards.retain(|card| search.is_empty() || is_found(workspace, *card, search, looking));
            (column, cards)
        })
        .collect();
    if search.grouping == Grouping::Whole {
        return Layout(vec![Lane { id: LaneId::WHOLE, is_open: true, columns: shown }]);
    }
    let columns: Vec<_> = shown.iter().map(|(column, _)| *column).collect();
    let empty = || columns.iter().map(|column| (*column, Vec::new())).collect::<Vec<_>>();
    let mut lanes: BTreeMap<LaneId, Vec<(ColumnId, Vec<DeploymentId>)>> = BTreeMap::new();
    for (place, (_, cards)) in shown.iter().enumerate() {
        for card in cards {
            let lane = lanes.entry(lane_of(workspace, search.grouping, *card)).or_insert_with(empty);
            if let Some((_, cards)) = lane.get_mut(place) {
                cards.push(*card);
            }
        }
    }
    if lanes.is_empty() {
        lanes.insert(LaneId::WHOLE, empty());
    }
    let mut lanes: Vec<_> = lanes
        .into_iter()
        .map(|(id, columns)| Lane { id, is_open: !rows.closed.contains(&id), columns })
        .collect();
    // What belongs to nobody comes last.
    lanes.sort_by_cached_key(|lane| (lane.id == LaneId::WHOLE, (rows.name)(lane.id).to_lowercase(), lane.id));
    Layout(lanes)
}

/// Returns the row a card is in. Where several people are responsible it is in the row of the first, so that it is on
/// the board once.
#[must_use]
pub fn lane_of(workspace: &Workspace, grouping: Grouping, id: DeploymentId) -> LaneId {
    let Some(deployment) = workspace.deployments.get(&id) else { return LaneId::WHOLE };
    match grouping {
        Grouping::Whole => LaneId::WHOLE,
        Grouping::Service => LaneId(deployment.service.as_u128()),
        Grouping::Person => {
            deployment.assigned.first().map_or(LaneId::WHOLE, |member| LaneId(member.as_u128()))
        }
    }
}

/// Returns the environment that a rollout must be recorded for before a card can enter a column.
#[must_use]
pub fn needed_rollout(workspace: &Workspace, id: DeploymentId, column: ColumnId) -> Option<EnvironmentId> {
    let ColumnKind::Environment(environment) = workspace.columns.get(&column)?.kind else { return None };
    let deployment = workspace.deployments.get(&id)?;
    let entered = deployment.column == column || workspace.latest_rollout_in(id, environment).is_some();
    (!entered).then_some(environment)
}

/// Something to do, and what takes it back.
pub type Step = (Command, Command);

/// A card can't be put into the row of another service: what is released does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BetweenServices;

/// Returns what brings a card to a place: a move, and between the rows of people a change of who is responsible. Nothing
/// when it is there.
///
/// # Errors
///
/// When it would go to another service.
pub fn put(
    workspace: &Workspace,
    layout: &Layout,
    grouping: Grouping,
    id: DeploymentId,
    to: Spot,
) -> Result<Vec<Step>, BetweenServices> {
    let (Some(deployment), Some(from)) = (workspace.deployments.get(&id), layout.spot_of(id)) else {
        return Ok(Vec::new());
    };
    if from == to {
        return Ok(Vec::new());
    }
    let mut steps = Vec::new();
    if from.lane != to.lane {
        match grouping {
            Grouping::Whole => {}
            Grouping::Service => return Err(BetweenServices),
            Grouping::Person => steps.extend(hand_over(id, deployment, to.lane)),
        }
    }
    let others: Vec<_> = layout.cards(to.lane, to.column).iter().filter(|card| **card != id).collect();
    let rank_at = |index: usize| others.get(index).and_then(|card| workspace.deployments.get(*card));
    let before = to.index.checked_sub(1).and_then(rank_at).map(|card| card.rank.as_str());
    let after = rank_at(to.index).map(|card| card.rank.as_str());
    steps.push(move_step(id, deployment, to.column, rank::between(before, after)));
    Ok(steps)
}

/// Returns the move of a card to a place in a column, and the move back.
#[must_use]
pub fn move_step(id: DeploymentId, deployment: &Deployment, to: ColumnId, rank: String) -> Step {
    let step =
        |from, to, rank| Command::Deployment(DeploymentCommand::Move { deployment: id, from, to, rank });
    (step(deployment.column, to, rank), step(to, deployment.column, deployment.rank.clone()))
}

/// Returns what makes one member responsible in place of everybody who is; it may be nobody.
fn hand_over(id: DeploymentId, deployment: &Deployment, to: LaneId) -> Vec<Step> {
    let target = (to != LaneId::WHOLE).then(|| MemberId::from_u128(to.0));
    let others = deployment.assigned.iter().filter(|member| Some(**member) != target);
    let off = others.map(|member| {
        let (on, off) = assign_step(id, *member);
        (off, on)
    });
    let new = target.filter(|member| !deployment.assigned.contains(member));
    off.chain(new.map(|member| assign_step(id, member))).collect()
}

/// Returns what makes a member responsible, and what takes that back.
#[must_use]
pub fn assign_step(deployment: DeploymentId, member: MemberId) -> Step {
    (
        Command::Deployment(DeploymentCommand::Assign { deployment, member }),
        Command::Deployment(DeploymentCommand::Unassign { deployment, member }),
    )
}

/// Returns the moves of several cards to the top of a column, in the order they are given in, and those that can't go
/// there without a rollout.
#[must_use]
pub fn move_all(workspace: &Workspace, ids: &[DeploymentId], to: ColumnId) -> (Vec<Step>, Vec<DeploymentId>) {
    let (mut steps, mut left) = (Vec::new(), Vec::new());
    let first = workspace.cards_in(to).into_iter().find(|card| !ids.contains(card));
    let first = first.and_then(|card| workspace.deployments.get(&card)).map(|card| card.rank.clone());
    let mut before: Option<String> = None;
    for id in ids {
        let Some(deployment) = workspace.deployments.get(id) else { continue };
        if needed_rollout(workspace, *id, to).is_some() {
            left.push(*id);
            continue;
        }
        let rank = match (&before, &first) {
            // Above the first card there is always room, and below that less with each card.
            (None, first) => rank::between(None, first.as_deref()),
            (Some(before), first) => rank::between(Some(before), first.as_deref()),
        };
        steps.push(move_step(*id, deployment, to, rank.clone()));
        before = Some(rank);
    }
    (steps, left)
}

/// How full a column is that is meant to have only so many cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// How many it is meant to have.
    pub limit: u32,
    /// It has more.
    pub is_over: bool,
}

/// Returns how full a column is; `None` for one without a limit.
#[must_use]
pub fn column_load(workspace: &Workspace, column: ColumnId) -> Option<Load> {
    let known = workspace.columns.get(&column)?;
    let limit = known.limit?;
    Some(Load { limit, is_over: known.is_over_limit(workspace.cards_in(column).len()) })
}

/// Returns what a column is for, in the words of an empty one.
#[must_use]
pub fn column_hint(workspace: &Workspace, column: ColumnId) -> String {
    match workspace.columns.get(&column).map(|column| column.kind) {
        Some(ColumnKind::Queue) => t!(column_queue_empty),
        Some(ColumnKind::Environment(environment)) => {
            let environment = workspace.environments.get(&environment);
            let is_production = environment.is_some_and(|known| known.tier == Tier::Production);
            let name = environment.map(|known| known.name.clone()).unwrap_or_default();
            if is_production {
                t!(column_production_empty, &name)
            } else {
                t!(column_environment_empty, &name)
            }
        }
        Some(ColumnKind::Approval) => t!(column_approval_empty),
        Some(ColumnKind::Monitoring) => t!(column_monitoring_empty),
        None => String::new(),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use slipway_shared::column::Column;
    use slipway_shared::context::Context;
    use slipway_shared::decide::decide;
    use slipway_shared::ids::{ClientId, CommandKey, RolloutId, ServiceId};
    use slipway_shared::origin::{Origin, Seen};
    use slipway_shared::rollout::Source;
    use slipway_shared::service::ServiceCommand;
    use slipway_shared::workspace::default_setup;

    use super::*;

    pub const ME: MemberId = MemberId::from_u128(0xa);
    const BO: MemberId = MemberId::from_u128(0xb);
    pub const SERVICE: ServiceId = ServiceId::from_u128(0x51);
    const OTHER_SERVICE: ServiceId = ServiceId::from_u128(0x52);
    pub const BOARD_CARD: DeploymentId = DeploymentId::from_u128(1);
    const STAGING: EnvironmentId = EnvironmentId::from_u128(2);
    const READY: ColumnId = ColumnId::from_u128(4);
    const STAGING_COLUMN: ColumnId = ColumnId::from_u128(6);
    const APPROVAL: ColumnId = ColumnId::from_u128(7);

    fn card(number: u128) -> DeploymentId {
        DeploymentId::from_u128(number)
    }

    fn act(workspace: &mut Workspace, seq: u64, command: &Command) {
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
        let mut next = 0;
        let setup = default_setup("Harbour", ME, || {
            next += 1;
            next
        });
        let add = |service, name: &str| {
            Command::Service(ServiceCommand::Add { service, name: name.to_owned(), hue: 0, repository: None })
        };
        let join = slipway_shared::member::MemberCommand::Add {
            member: BO,
            role: slipway_shared::member::Role::Member,
        };
        let begun = [
            Command::Workspace(setup),
            Command::Member(join),
            add(SERVICE, "website"),
            add(OTHER_SERVICE, "api"),
            open(card(1), SERVICE, "8000000100"),
            open(card(2), SERVICE, "8000000200"),
            open(card(3), OTHER_SERVICE, "8000000300"),
        ];
        let mut workspace = Workspace::default();
        for (seq, command) in (1..).zip(begun.iter().chain(commands)) {
            act(&mut workspace, seq, command);
        }
        workspace
    }

    fn assign(number: u128, member: MemberId) -> Command {
        assign_step(card(number), member).0
    }

    fn laid_out(workspace: &Workspace, grouping: Grouping) -> Layout {
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

    #[test]
    fn without_rows_the_board_is_one() {
        let layout = laid_out(&board_with(&[]), Grouping::Whole);
        assert_eq!(layout.lanes(), [LaneId::WHOLE]);
        assert_eq!(layout.cards(LaneId::WHOLE, READY), [card(1), card(2), card(3)]);
    }

    #[test]
    fn rows_are_of_services_by_name_or_of_people_with_nobody_last() {
        let workspace = board_with(&[assign(2, BO)]);
        let services = laid_out(&workspace, Grouping::Service);
        assert_eq!(services.lanes(), [OTHER_SERVICE, SERVICE].map(|service| LaneId(service.as_u128())));
        assert_eq!(services.cards(LaneId(SERVICE.as_u128()), READY), [card(1), card(2)]);
        let people = laid_out(&workspace, Grouping::Person);
        assert_eq!(people.lanes(), [LaneId(BO.as_u128()), LaneId::WHOLE]);
        assert_eq!(people.cards(LaneId::WHOLE, READY), [card(1), card(3)]);
        assert_eq!(services.columns(), people.columns());
    }

    #[test]
    fn an_empty_board_with_rows_still_has_its_columns() {
        let away = |number| Command::Deployment(DeploymentCommand::Archive { deployment: card(number) });
        let layout = laid_out(&board_with(&[away(1), away(2), away(3)]), Grouping::Service);
        assert_eq!((layout.columns().len(), layout.count()), (6, 0));
    }

    #[test]
    fn a_card_does_not_go_to_another_service_and_goes_to_another_person() {
        let workspace = board_with(&[assign(2, BO)]);
        let services = laid_out(&workspace, Grouping::Service);
        let to = Spot { lane: LaneId(OTHER_SERVICE.as_u128()), column: READY, index: 0 };
        assert_eq!(put(&workspace, &services, Grouping::Service, card(1), to), Err(BetweenServices));

        let people = laid_out(&workspace, Grouping::Person);
        let to = Spot { lane: LaneId::WHOLE, column: APPROVAL, index: 0 };
        let steps = put(&workspace, &people, Grouping::Person, card(2), to).unwrap();
        let mut moved = workspace;
        for (seq, (command, _)) in (100..).zip(&steps) {
            act(&mut moved, seq, command);
        }
        let known = &moved.deployments[&card(2)];
        assert!(known.assigned.is_empty() && known.column == APPROVAL);
        for (seq, (_, back)) in (200..).zip(steps.iter().rev()) {
            act(&mut moved, seq, back);
        }
        let known = &moved.deployments[&card(2)];
        assert_eq!(
            (known.assigned.first(), known.column, known.rank.as_str()),
            (Some(&BO), READY, "8000000200")
        );
    }

    #[test]
    fn a_card_that_is_where_it_is_put_moves_nowhere() {
        let workspace = board_with(&[]);
        let layout = laid_out(&workspace, Grouping::Whole);
        let here = layout.spot_of(card(2)).unwrap();
        assert_eq!(put(&workspace, &layout, Grouping::Whole, card(2), here), Ok(Vec::new()));
    }

    #[test]
    fn several_cards_go_to_the_top_in_their_order_and_what_needs_a_rollout_stays() {
        let mut workspace = board_with(&[report(Phase::Succeeded)]);
        let (steps, left) = move_all(&workspace, &[card(1), card(2), card(3)], STAGING_COLUMN);
        assert_eq!((steps.len(), left), (1, vec![card(2), card(3)]), "only the first was rolled out there");

        let (steps, left) = move_all(&workspace, &[card(3), card(2)], APPROVAL);
        assert_eq!((steps.len(), left.len()), (2, 0));
        for (seq, (command, _)) in (100..).zip(&steps) {
            act(&mut workspace, seq, command);
        }
        assert_eq!(workspace.cards_in(APPROVAL), [card(3), card(2)]);
    }

    #[test]
    fn a_column_tells_how_full_it_is() {
        let column = |limit| Column { limit, ..Column::clone(&board_with(&[]).columns[&READY]) };
        assert!(
            column(Some(2)).is_over_limit(3)
                && !column(Some(3)).is_over_limit(3)
                && !column(None).is_over_limit(99)
        );
    }
}
