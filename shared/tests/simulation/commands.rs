//! Random commands, made from what a replica shows, as a person would.

use slipway_shared::check::CheckState;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand as D;
use slipway_shared::deployment::document::new_parts;
use slipway_shared::deployment::{Change, Deployment, DeploymentField};
use slipway_shared::document::builtin_template;
use slipway_shared::ids::{CheckId, DeploymentId, LabelId, MemberId, RolloutId, ServiceId};
use slipway_shared::label::LabelCommand;
use slipway_shared::member::{MemberCommand, Role};
use slipway_shared::rank;
use slipway_shared::rollout::{Phase, RolloutCommand, Source};
use slipway_shared::service::ServiceCommand;
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use super::random::Random;
use super::server::POISON;

/// Makes a command that a person looking at `view` might give. Some of them are refused, as in life.
pub fn random_command(random: &mut Random, view: &Workspace, now: Timestamp) -> Command {
    let deployments: Vec<_> = view.deployments.iter().collect();
    let kind = random.below(100);
    if view.services.is_empty() || kind < 2 {
        let name = format!("service {}", random.below(12));
        let (service, hue) = (ServiceId::from_u128(random.id()), 230);
        return Command::Service(ServiceCommand::Add { service, name, hue, repository: None });
    }
    if kind < 4 {
        let name = format!("label {}", random.below(8));
        return Command::Label(LabelCommand::Add { label: LabelId::from_u128(random.id()), name });
    }
    if kind < 6 {
        let member = MemberId::from_u128(0xb0 + random.below(4) as u128);
        let role =
            *random.pick(&[Role::Viewer, Role::Member, Role::Approver, Role::Admin]).unwrap_or(&Role::Member);
        return Command::Member(match random.below(8) {
            0..3 => MemberCommand::Remove { member },
            3..5 => MemberCommand::Add { member, role },
            _ => MemberCommand::SetRole { member, role },
        });
    }
    match random.pick(&deployments).copied() {
        Some((id, deployment)) if kind >= 14 => concerning(random, view, now, *id, deployment, kind),
        _ => open(random, view),
    }
}

fn open(random: &mut Random, view: &Workspace) -> Command {
    let services: Vec<_> = view.services.keys().copied().collect();
    let mut document = builtin_template();
    document.version = format!("1.{}.{}", random.below(20), random.below(20));
    let (changes, sections) = new_parts(&document, || random.id());
    let deployment = DeploymentId::from_u128(random.id());
    let column = view.columns_in_order().first().copied();
    Command::Deployment(D::Open {
        deployment,
        service: random.pick(&services).copied().unwrap_or(ServiceId::from_u128(0)),
        version: document.version,
        title: format!("Release number {}", random.below(1000)),
        column: column.unwrap_or(slipway_shared::ids::ColumnId::from_u128(0)),
        rank: rank::between(None, None),
        changes,
        sections,
    })
}

fn concerning(
    random: &mut Random,
    view: &Workspace,
    now: Timestamp,
    id: DeploymentId,
    deployment: &Deployment,
    kind: usize,
) -> Command {
    let checks: Vec<_> = deployment.checks().map(|check| check.id).collect();
    let sections: Vec<_> = deployment.sections.iter().map(|section| section.id).collect();
    let check = random.pick(&checks).copied().unwrap_or(CheckId::from_u128(1));
    let section = random.pick(&sections).copied();
    let columns = view.columns_in_order();
    let command = match kind {
        14..34 => D::Attest {
            deployment: id,
            check,
            state: *random
                .pick(&[CheckState::Done, CheckState::Open, CheckState::Failed, CheckState::NotApplicable])
                .unwrap_or(&CheckState::Done),
            evidence: random.chance(20).then(|| format!("run {}", random.below(99))),
        },
        34..50 => D::Move {
            deployment: id,
            from: deployment.column,
            to: random.pick(&columns).copied().unwrap_or(deployment.column),
            rank: rank::between(None, Some(&deployment.rank)),
        },
        50..62 => {
            let field = match (random.below(3), section) {
                (0, Some(section)) => DeploymentField::SectionText(section),
                (1, _) => DeploymentField::Version,
                _ => DeploymentField::Title,
            };
            let word = if random.chance(2) { POISON } else { "edited" };
            D::Edit { deployment: id, field, value: format!("{word} {}", random.below(1000)) }
        }
        62..66 => D::AddCheck {
            deployment: id,
            section: section.unwrap_or(slipway_shared::ids::SectionId::from_u128(0)),
            check: CheckId::from_u128(random.id()),
            text: format!("check {}", random.below(100)),
            verify: None,
        },
        66..70 => {
            let commit = Some(format!("{:040x}", random.below(40)));
            let authored_at = Some(now);
            let change = Change { summary: "A change".into(), commit, author: None, authored_at, link: None };
            D::AttachChanges { deployment: id, changes: vec![change] }
        }
        70..76 => D::MarkStage {
            deployment: id,
            stage: *random.pick(&Stage::ALL).unwrap_or(&Stage::Build),
            from: StageState::NotStarted,
            to: StageState::Passed,
        },
        76..80 => match view.labels.keys().next() {
            Some(label) if random.chance(60) => D::AddLabel { deployment: id, label: *label },
            Some(label) => D::RemoveLabel { deployment: id, label: *label },
            None => D::Reopen { deployment: id },
        },
        80..82 => D::Finish { deployment: id },
        82..84 => D::Reopen { deployment: id },
        84..91 => return request(random, view, id, deployment),
        _ => return report(random, view, now, id, deployment),
    };
    Command::Deployment(command)
}

/// What only the server can grant.
fn request(random: &mut Random, view: &Workspace, id: DeploymentId, deployment: &Deployment) -> Command {
    let environments = view.environments_in_order();
    let environment =
        random.pick(&environments).copied().unwrap_or(slipway_shared::ids::EnvironmentId::from_u128(0));
    let digest = view.approval_digest(id, environment).unwrap_or_default();
    Command::Deployment(match random.below(4) {
        0 | 1 => {
            let (rollout, version) = (RolloutId::from_u128(random.id()), deployment.version.value.clone());
            return Command::Rollout(RolloutCommand::Request {
                rollout,
                deployment: id,
                environment,
                version,
            });
        }
        2 => D::Approve { deployment: id, environment, digest, note: None },
        _ => D::Decline { deployment: id, environment, digest, reason: "not yet".into() },
    })
}

fn report(
    random: &mut Random,
    view: &Workspace,
    now: Timestamp,
    id: DeploymentId,
    deployment: &Deployment,
) -> Command {
    let environments = view.environments_in_order();
    let environment = random.pick(&environments).copied();
    let known: Vec<_> = view.rollouts_of(id).collect();
    let (rollout, environment) = match random.pick(&known) {
        Some((rollout, record)) if random.chance(60) => (*rollout, record.environment),
        _ => (
            RolloutId::from_u128(random.id()),
            environment.unwrap_or(slipway_shared::ids::EnvironmentId::from_u128(0)),
        ),
    };
    let phases = [Phase::Started, Phase::Succeeded, Phase::Failed, Phase::RolledBack];
    Command::Rollout(RolloutCommand::Report {
        rollout,
        deployment: id,
        environment,
        version: deployment.version.value.clone(),
        phase: *random.pick(&phases).unwrap_or(&Phase::Started),
        happened_at: now,
        source: Source::Person,
        note: None,
    })
}
