//! Commands as people give them: single ones for stories, random ones for load and convergence.

use slipway_shared::check::CheckState;
use slipway_shared::column::ColumnKind;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::{DeploymentCommand, NewCheck, NewSection};
use slipway_shared::deployment::document::new_parts;
use slipway_shared::deployment::{Change, Deployment, DeploymentField};
use slipway_shared::document::{SectionKind, builtin_template};
use slipway_shared::ids::{
    CheckId, ClientId, ColumnId, CommandKey, DeploymentId, LabelId, RolloutId, SectionId, ServiceId,
};
use slipway_shared::label::LabelCommand;
use slipway_shared::rank;
use slipway_shared::rollout::{Phase, RolloutCommand, Source};
use slipway_shared::service::ServiceCommand;
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::sync::envelope::{CommandEnvelope, WireCommand};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use crate::random::{Random, now_ms};

/// Returns the command that adds a service.
#[must_use]
pub fn add_service(service: ServiceId, name: &str) -> Command {
    Command::Service(ServiceCommand::Add { service, name: name.to_owned(), hue: 200, repository: None })
}

/// Returns the command that opens a deployment from the template, on top of `column`.
pub fn open(
    deployment: DeploymentId,
    service: ServiceId,
    column: ColumnId,
    version: &str,
    mint: impl FnMut() -> u128,
) -> Command {
    let (changes, sections) = new_parts(&builtin_template(), mint);
    Command::Deployment(DeploymentCommand::Open {
        deployment,
        service,
        version: version.to_owned(),
        title: format!("Release {version}"),
        column,
        rank: rank::between(None, None),
        changes,
        sections,
    })
}

/// Returns the command that opens a deployment without a document, for when there are to be many.
#[must_use]
pub fn open_bare(deployment: DeploymentId, service: ServiceId, column: ColumnId, version: &str) -> Command {
    Command::Deployment(DeploymentCommand::Open {
        deployment,
        service,
        version: version.to_owned(),
        title: format!("Release {version}"),
        column,
        rank: rank::between(None, None),
        changes: Vec::new(),
        sections: Vec::new(),
    })
}

/// Returns the command that opens a deployment whose document is `count` checks: `try 01`, `try 02`, ….
pub fn open_with_checks(
    deployment: DeploymentId,
    service: ServiceId,
    column: ColumnId,
    count: usize,
    mut mint: impl FnMut() -> u128,
) -> Command {
    let check = |number| NewCheck {
        id: CheckId::from_u128(mint()),
        text: format!("try {number:02}"),
        verify: None,
        state: CheckState::Open,
        evidence: None,
    };
    let checks = (1..=count).map(check).collect();
    let section = NewSection {
        id: SectionId::from_u128(mint()),
        kind: SectionKind::Other,
        heading: "Tries".to_owned(),
        text: String::new(),
        checks,
    };
    Command::Deployment(DeploymentCommand::Open {
        deployment,
        service,
        version: "1.0.0".to_owned(),
        title: "Tries".to_owned(),
        column,
        rank: rank::between(None, None),
        changes: Vec::new(),
        sections: vec![section],
    })
}

/// Returns the command that gives a deployment another title.
#[must_use]
pub fn retitle(deployment: DeploymentId, title: &str) -> Command {
    let field = DeploymentField::Title;
    Command::Deployment(DeploymentCommand::Edit { deployment, field, value: title.to_owned() })
}

/// Returns the first column that deployments may begin in.
///
/// # Panics
///
/// When the workspace is not set up.
#[must_use]
pub fn first_queue(workspace: &Workspace) -> ColumnId {
    let is_queue =
        |id: &ColumnId| workspace.columns.get(id).is_some_and(|column| column.kind == ColumnKind::Queue);
    workspace.columns_in_order().into_iter().find(is_queue).expect("the workspace has no queue")
}

/// Returns a command on the wire, as its author made it now having seen the log up to `seen`.
#[must_use]
pub fn wire(client: ClientId, seq: u64, seen: u64, command: Command) -> WireCommand {
    let key = CommandKey { client, seq };
    CommandEnvelope { key, at: Timestamp(now_ms()), seen, seen_chain: None, causes: Vec::new(), command }
        .to_wire()
}

/// Returns something that a person could do in `workspace`; it may be refused, or have no effect.
pub fn anything(workspace: &Workspace, random: &mut Random) -> Command {
    let deployments: Vec<_> = workspace.deployments.iter().collect();
    let known = random.pick(&deployments).map(|(id, deployment)| (**id, (**deployment).as_ref().clone()));
    match (random.below(20), known) {
        (0, _) => add_service(ServiceId::from_u128(random.id()), &format!("service {}", random.below(30))),
        (1, _) => {
            let name = format!("label {}", random.below(10));
            Command::Label(LabelCommand::Add { label: LabelId::from_u128(random.id()), name })
        }
        (2 | 3, _) | (_, None) => open_anything(workspace, random),
        (4 | 5, Some((id, _))) => report(workspace, random, id),
        (choice, Some((id, deployment))) => {
            Command::Deployment(with_deployment(workspace, random, choice, id, &deployment))
        }
    }
}

fn open_anything(workspace: &Workspace, random: &mut Random) -> Command {
    let services: Vec<_> = workspace.services.keys().copied().collect();
    let Some(service) = random.pick(&services).copied() else {
        return add_service(ServiceId::from_u128(random.id()), &format!("service {}", random.below(30)));
    };
    let (deployment, version) = (DeploymentId::from_u128(random.id()), format!("1.{}.0", random.below(100)));
    open(deployment, service, first_queue(workspace), &version, || random.id())
}

fn report(workspace: &Workspace, random: &mut Random, deployment: DeploymentId) -> Command {
    let environments = workspace.environments_in_order();
    let known: Vec<_> =
        workspace.rollouts_of(deployment).map(|(id, rollout)| (id, rollout.environment)).collect();
    let fresh = (RolloutId::from_u128(random.id()), random.pick(&environments).copied());
    let again = random.pick(&known).map(|(id, environment)| (*id, Some(*environment)));
    let (rollout, environment) = again.filter(|_| random.below(2) == 0).unwrap_or(fresh);
    let phases = [Phase::Started, Phase::Succeeded, Phase::Failed, Phase::RolledBack];
    Command::Rollout(RolloutCommand::Report {
        rollout,
        deployment,
        environment: environment.expect("the workspace has no environment"),
        version: "1.0.0".to_owned(),
        phase: random.pick(&phases).copied().unwrap_or(Phase::Started),
        // Seconds apart, as in the world: the server corrects clocks by milliseconds, and order must survive that.
        happened_at: Timestamp(now_ms() - 1000 * i64::try_from(random.below(86_400)).unwrap_or_default()),
        source: Source::Person,
        note: None,
    })
}

fn with_deployment(
    workspace: &Workspace,
    random: &mut Random,
    choice: usize,
    deployment: DeploymentId,
    known: &Deployment,
) -> DeploymentCommand {
    let columns = workspace.columns_in_order();
    let labels: Vec<_> = workspace.labels.keys().copied().collect();
    let checks: Vec<CheckId> = known.checks().map(|check| check.id).collect();
    let section = random.pick(&known.sections).map(|section| section.id);
    let label = random.pick(&labels).copied();
    match (choice, label, section) {
        (6..=9, ..) => {
            let to = random.pick(&columns).copied().unwrap_or(known.column);
            let cards = workspace.cards_in(to);
            let last =
                cards.last().and_then(|id| workspace.deployments.get(id)).map(|card| card.rank.clone());
            DeploymentCommand::Move {
                deployment,
                from: known.column,
                to,
                rank: rank::between(last.as_deref(), None),
            }
        }
        (10, Some(label), _) => DeploymentCommand::AddLabel { deployment, label },
        (11, Some(label), _) => DeploymentCommand::RemoveLabel { deployment, label },
        (12, _, Some(section)) => {
            let (check, text) = (CheckId::from_u128(random.id()), format!("check {}", random.below(1000)));
            DeploymentCommand::AddCheck { deployment, section, check, text, verify: None }
        }
        (13, _, Some(section)) => {
            let (field, value) = (DeploymentField::SectionText(section), format!("text {}", random.next()));
            DeploymentCommand::Edit { deployment, field, value }
        }
        (14, ..) => {
            let from = known.stages.get(&Stage::Build).map_or(StageState::NotStarted, |mark| mark.state);
            let to =
                *random.pick(&[StageState::Running, StageState::Passed, StageState::Failed]).unwrap_or(&from);
            DeploymentCommand::MarkStage { deployment, stage: Stage::Build, from, to }
        }
        (15, ..) => DeploymentCommand::AttachChanges { deployment, changes: vec![change(random)] },
        (16, ..) if known.finished.is_some() => DeploymentCommand::Reopen { deployment },
        (16, ..) => DeploymentCommand::Finish { deployment },
        (17..=19, ..) if !checks.is_empty() => {
            let states = [CheckState::Open, CheckState::Done, CheckState::Failed, CheckState::NotApplicable];
            let check = *random.pick(&checks).expect("there are checks");
            let state = *random.pick(&states).expect("there are states");
            DeploymentCommand::Attest { deployment, check, state, evidence: None }
        }
        _ => {
            let (field, value) = (DeploymentField::Title, format!("title {}", random.next()));
            DeploymentCommand::Edit { deployment, field, value }
        }
    }
}

fn change(random: &mut Random) -> Change {
    Change {
        summary: format!("Change {}", random.below(1000)),
        commit: Some(format!("{:040x}", random.next())),
        author: Some("Ana".to_owned()),
        authored_at: Some(Timestamp(now_ms())),
        link: None,
    }
}
