//! From releases to the commands that record them. Pure; ids are made of names, so that a second import finds
//! what the first one made.

use slipway_shared::canonical::Hash;
use slipway_shared::command::Command;
use slipway_shared::deployment::Change;
use slipway_shared::deployment::command::{DeploymentCommand, NewSection};
use slipway_shared::document::SectionKind;
use slipway_shared::environment::Tier;
use slipway_shared::ids::{
    ColumnId, DeploymentId, EnvironmentId, RolloutId, SectionId, ServiceId, WorkspaceId,
};
use slipway_shared::rank;
use slipway_shared::rejection::TextField;
use slipway_shared::rollout::{Phase, RolloutCommand, Source};
use slipway_shared::service::ServiceCommand;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use super::git::Commit;
use super::history::{Reason, Release, Skipped};

/// How many changes one command carries: in bytes they stay far below what a push may have.
const CHANGES: usize = 200;

/// What there is to do.
#[derive(Debug)]
pub(crate) struct Plan {
    /// The command that adds the service, where there is none of its name.
    pub(crate) service: Option<Command>,
    /// The releases that are new, oldest first.
    pub(crate) releases: Vec<PlannedRelease>,
    /// What is left out.
    pub(crate) skipped: Vec<Skipped>,
}

/// A release that is new.
#[derive(Debug)]
pub(crate) struct PlannedRelease {
    /// Its commands in parts; what is in one part is pushed together or not at all.
    pub(crate) parts: Vec<Vec<Command>>,
    pub(crate) changes: usize,
}

/// Why nothing can be imported into a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PlanError {
    /// There is nowhere to deploy to.
    #[error("the workspace has no production environment")]
    NoProduction,
    /// There is nowhere to begin.
    #[error("the board has no queue")]
    NoQueue,
}

/// Says what has to be done for the workspace to have the releases.
pub(crate) fn plan(
    workspace: &Workspace,
    id: WorkspaceId,
    name: &str,
    releases: Vec<Release>,
) -> Result<Plan, PlanError> {
    let known = workspace.service_named(name);
    let service = known.unwrap_or_else(|| ServiceId::from_u128(made_of(&["service", &id.to_string(), name])));
    let hue = u16::try_from(made_of(&["hue", name]) % 360).unwrap_or_default();
    let add = ServiceCommand::Add { service, name: name.to_owned(), hue, repository: None };
    let planner = Planner {
        workspace,
        service,
        production: production(workspace).ok_or(PlanError::NoProduction)?,
        queue: workspace.first_queue().ok_or(PlanError::NoQueue)?,
    };
    let mut plan = Plan {
        service: known.is_none().then_some(Command::Service(add)),
        releases: Vec::new(),
        skipped: Vec::new(),
    };
    for release in releases {
        match planner.release(&release) {
            Ok(planned) => plan.releases.push(planned),
            Err(reason) => plan.skipped.push(Skipped { tag: release.tag, reason }),
        }
    }
    Ok(plan)
}

fn production(workspace: &Workspace) -> Option<EnvironmentId> {
    let environments = workspace.environments_in_order().into_iter().rev();
    let tier = |id: &EnvironmentId| workspace.environments.get(id).map(|known| known.tier);
    environments.into_iter().find(|id| tier(id) == Some(Tier::Production))
}

struct Planner<'a> {
    workspace: &'a Workspace,
    service: ServiceId,
    production: EnvironmentId,
    queue: ColumnId,
}

impl Planner<'_> {
    fn release(&self, release: &Release) -> Result<PlannedRelease, Reason> {
        let service = self.service.to_string();
        let id = |what| made_of(&[what, &service, &release.tag]);
        let (deployment, rollout) =
            (DeploymentId::from_u128(id("deployment")), RolloutId::from_u128(id("rollout")));
        // The rollout is the last but one thing recorded: what has one is whole, whatever became of it since.
        if self.workspace.rollouts.contains_key(&rollout) {
            return Err(Reason::Imported);
        }
        let mut others = self.workspace.deployments.iter().filter(|(known, _)| **known != deployment);
        if others.any(|(_, known)| known.service == self.service && known.version.value == release.version) {
            return Err(Reason::KnownVersion);
        }
        let changes: Vec<_> = release.commits.iter().map(change).collect();
        let count = changes.len();
        let mut parts: Vec<Vec<Command>> = Vec::new();
        let mut pieces = changes.chunks(CHANGES);
        let first = pieces.next().unwrap_or_default().to_vec();
        if !self.workspace.deployments.contains_key(&deployment) {
            parts.push(vec![Command::Deployment(self.open(release, deployment, first))]);
        } else {
            parts.push(vec![attach(deployment, first)]);
        }
        parts.extend(pieces.map(|piece| vec![attach(deployment, piece.to_vec())]));
        let report = RolloutCommand::Report {
            rollout,
            deployment,
            environment: self.production,
            version: release.version.clone(),
            phase: Phase::Succeeded,
            happened_at: release.at,
            source: Source::GitTag { tag: release.tag.clone() },
            note: None,
        };
        let finish = DeploymentCommand::Finish { deployment };
        parts.push(vec![Command::Rollout(report), Command::Deployment(finish)]);
        Ok(PlannedRelease { parts, changes: count })
    }

    fn open(&self, release: &Release, deployment: DeploymentId, changes: Vec<Change>) -> DeploymentCommand {
        let section = NewSection {
            id: SectionId::from_u128(made_of(&["section", &deployment.to_string()])),
            kind: SectionKind::Changes,
            heading: SectionKind::Changes.heading().to_owned(),
            text: String::new(),
            checks: Vec::new(),
        };
        DeploymentCommand::Open {
            deployment,
            service: self.service,
            version: release.version.clone(),
            title: cut(TextField::Title, &release.title),
            column: self.queue,
            rank: rank::between(None, None),
            changes,
            sections: vec![section],
        }
    }
}

fn attach(deployment: DeploymentId, changes: Vec<Change>) -> Command {
    Command::Deployment(DeploymentCommand::AttachChanges { deployment, changes })
}

fn change(commit: &Commit) -> Change {
    let summary = cut(TextField::Summary, &commit.subject);
    let author = cut(TextField::Author, &commit.author);
    let authored_at = Timestamp(commit.authored_at.saturating_mul(1000));
    Change {
        summary: if summary.is_empty() { "(no subject)".to_owned() } else { summary },
        commit: Some(commit.hash.clone()),
        author: Some(author).filter(|author| !author.is_empty()),
        authored_at: Some(authored_at).filter(|at| at.is_plausible()),
        link: None,
    }
}

/// Returns a text that fits its field: one line, cut off where it is too long.
fn cut(field: TextField, text: &str) -> String {
    let line = text.replace(['\n', '\r'], " ");
    let line = line.trim();
    if line.len() <= field.limit() {
        return line.to_owned();
    }
    let mut end = field.limit() - '…'.len_utf8();
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}…", line.get(..end).unwrap_or_default().trim_end())
}

/// Returns the number of an id that is always the same for the same names; as far as its bits say, of version 8.
fn made_of(names: &[&str]) -> u128 {
    let mut parts: Vec<&[u8]> = vec![b"slipway git-tags"];
    for name in names {
        parts.extend([b"\0".as_slice(), name.as_bytes()]);
    }
    let Hash(hash) = Hash::of(&parts);
    let first = hash.iter().take(16).fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    (first & !(0xf << 76) & !(0b11 << 62)) | (8 << 76) | (0b10 << 62)
}
