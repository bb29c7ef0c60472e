//! What happened to a deployment, newest first, as far as its present state still tells. Pure.

use slipway_shared::check::CheckState;
use slipway_shared::deployment::approval::{Judgement, Verdict};
use slipway_shared::deployment::{Deployment, DeploymentField};
use slipway_shared::ids::{ColumnId, DeploymentId, EnvironmentId};
use slipway_shared::origin::Origin;
use slipway_shared::rollout::Phase;
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// It was opened.
    Opened,
    /// It was brought into a column.
    Entered(ColumnId),
    /// Somebody answered a check.
    Checked(String, CheckState),
    /// Somebody marked a stage.
    Marked(Stage, StageState),
    /// Somebody reported a rollout, perhaps with a note.
    Reported(EnvironmentId, Phase, Option<String>),
    /// Somebody edited a text: which one, and what it is about.
    Edited(DeploymentField, String),
    /// Somebody took a check or a section out.
    Removed(String),
    /// An approver decided, perhaps with a note.
    Judged(EnvironmentId, Verdict, Option<String>),
    /// Somebody said something.
    Commented(String),
    /// It was taken off the board.
    Finished,
}

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What happened.
    pub happened: Happened,
    /// When it happened in the world.
    pub at: Timestamp,
    /// Who told, by which command.
    pub origin: Origin,
}

/// Returns what happened to a deployment, newest first. What it is comes beside the workspace, which has the facts
/// alone of a sealed one.
#[must_use]
pub fn timeline(workspace: &Workspace, id: DeploymentId, deployment: &Deployment) -> Vec<Entry> {
    let mut entries = own_entries(deployment);
    for (_, rollout) in workspace.rollouts_of(id) {
        for report in rollout.reports.iter() {
            let said = &report.statement;
            let happened = Happened::Reported(rollout.environment, said.phase, said.note.clone());
            entries.push(Entry { happened, at: said.happened_at, origin: report.origin });
        }
    }
    entries.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.origin.command)));
    entries
}

fn own_entries(deployment: &Deployment) -> Vec<Entry> {
    let entry = |happened, origin: Origin| Entry { happened, at: origin.at, origin };
    let mut entries = vec![entry(Happened::Opened, deployment.opened)];
    if deployment.entered.command != deployment.opened.command {
        entries.push(entry(Happened::Entered(deployment.column), deployment.entered));
    }
    for (stage, mark) in &deployment.stages {
        entries.push(entry(Happened::Marked(*stage, mark.state), mark.origin));
    }
    for check in deployment.checks() {
        // Ticks that came with the document are part of opening it.
        let said = check.attestations.iter().filter(|said| said.origin.command != deployment.opened.command);
        entries.extend(
            said.map(|said| entry(Happened::Checked(check.text.clone(), said.statement.state), said.origin)),
        );
    }
    entries.extend(edits(deployment).map(|(happened, origin)| entry(happened, origin)));
    for said in deployment.approvals.iter() {
        let Judgement { environment, verdict, note, .. } = said.statement.clone();
        entries.push(entry(Happened::Judged(environment, verdict, note), said.origin));
    }
    for comment in deployment.comments.iter().filter(|comment| comment.deleted.is_none()) {
        entries.push(entry(Happened::Commented(comment.text.clone()), comment.written));
    }
    entries.extend(deployment.finished.map(|finished| entry(Happened::Finished, finished)));
    entries
}

/// Returns the newest edit of every text that is not as it was when it came, and what was taken out.
fn edits(deployment: &Deployment) -> impl Iterator<Item = (Happened, Origin)> + '_ {
    use DeploymentField::{CheckText, CheckVerify, SectionHeading, SectionText, Title, Version};
    let of_all = [(Title, String::new()), (Version, String::new())].into_iter();
    let of_sections = deployment.sections.iter().flat_map(|section| {
        [SectionText(section.id), SectionHeading(section.id)].map(|field| (field, section.heading.clone()))
    });
    let of_checks = deployment.checks().flat_map(|check| {
        [CheckText(check.id), CheckVerify(check.id)].map(|field| (field, check.text.clone()))
    });
    let edited = of_all.chain(of_sections).chain(of_checks).filter_map(|(field, about)| {
        let origin = deployment.field(field).ok()?.origin?;
        (origin.command != deployment.opened.command).then_some((Happened::Edited(field, about), origin))
    });
    let checks = deployment.removed.checks.iter().filter_map(|removed| {
        Some((Happened::Removed(removed.checks.first()?.text.clone()), removed.origin))
    });
    let sections = deployment.removed.sections.iter();
    let sections =
        sections.map(|removed| (Happened::Removed(removed.section.heading.clone()), removed.origin));
    edited.chain(checks).chain(sections)
}
