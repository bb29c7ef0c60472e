//! How events change deployments.

use std::sync::Arc;

use super::command::{NewCheck, NewSection};
use super::event::DeploymentEvent;
use super::outline::{OutlineEdit, Removed};
use super::{Check, CheckStatement, Deployment, DeploymentField, EditConflict, Field, Section, StageMark};
use crate::attestation::{Attestation, Attestations};
use crate::check::CheckState;
use crate::ids::{CheckId, DeploymentId, SectionId};
use crate::origin::Origin;
use crate::workspace::Workspace;

impl Workspace {
    pub(crate) fn apply_deployment(&mut self, origin: &Origin, event: &DeploymentEvent) {
        if let DeploymentEvent::Opened { deployment, .. } = event {
            if let Some(opened) = opened(origin, event) {
                self.deployments.insert(*deployment, Arc::new(opened));
                self.index_deployment(*deployment, true);
            }
            return;
        }
        let id = event.deployment();
        let Some(known) = self.deployments.get(&id) else {
            return;
        };
        let mut changed = Deployment::clone(known);
        changed.change(origin, event);
        self.index_deployment(id, changed.is_on_board());
        self.deployments.insert(id, Arc::new(changed));
    }
}

impl DeploymentEvent {
    /// Returns the deployment the event is about.
    #[must_use]
    pub const fn deployment(&self) -> DeploymentId {
        match self {
            Self::Opened { deployment, .. }
            | Self::Moved { deployment, .. }
            | Self::Edited { deployment, .. }
            | Self::EditLost { deployment, .. }
            | Self::CheckAdded { deployment, .. }
            | Self::Attested { deployment, .. }
            | Self::ChangesAttached { deployment, .. }
            | Self::StageMarked { deployment, .. }
            | Self::LabelAdded { deployment, .. }
            | Self::LabelRemoved { deployment, .. }
            | Self::Settled { deployment, .. }
            | Self::Finished { deployment }
            | Self::Reopened { deployment }
            | Self::Sealed { deployment, .. }
            | Self::Unsealed { deployment, .. }
            | Self::Judged { deployment, .. }
            | Self::Withdrawn { deployment, .. }
            | Self::RiskSet { deployment, .. }
            | Self::ArtifactsSet { deployment, .. }
            | Self::Followed { deployment, .. }
            | Self::Unfollowed { deployment, .. }
            | Self::Assigned { deployment, .. }
            | Self::Unassigned { deployment, .. }
            | Self::CheckAssigned { deployment, .. }
            | Self::Archived { deployment }
            | Self::Restored { deployment }
            | Self::Commented { deployment, .. }
            | Self::OutlineEdited { deployment, .. }
            | Self::Concluded { deployment }
            | Self::Tested { deployment, .. } => *deployment,
        }
    }
}

fn opened(origin: &Origin, event: &DeploymentEvent) -> Option<Deployment> {
    let DeploymentEvent::Opened { service, version, title, column, rank, changes, sections, .. } = event
    else {
        return None;
    };
    Some(Deployment {
        service: *service,
        version: Field { value: version.clone(), origin: *origin },
        title: Field { value: title.clone(), origin: *origin },
        opened: *origin,
        column: *column,
        rank: rank.clone(),
        entered: *origin,
        stages: std::collections::BTreeMap::new(),
        labels: std::collections::BTreeSet::new(),
        changes: Arc::new(changes.clone()),
        sections: sections.iter().map(|section| Arc::new(new_section(origin, section))).collect(),
        conflicts: Vec::new(),
        approvals: Attestations::default(),
        tested: Attestations::default(),
        risk: None,
        artifacts: None,
        predecessors: std::collections::BTreeSet::new(),
        comments: Vec::new(),
        links: Vec::new(),
        removed: Removed::default(),
        finished: None,
        concluded: None,
        sealed: None,
        assigned: std::collections::BTreeSet::new(),
        archived: None,
    })
}

pub(super) fn new_section(origin: &Origin, section: &NewSection) -> Section {
    Section {
        id: section.id,
        kind: section.kind,
        heading: section.heading.clone(),
        text: Field { value: section.text.clone(), origin: *origin },
        checks: section.checks.iter().map(|check| new_check(origin, check)).collect(),
        heading_edited: None,
    }
}

fn new_check(origin: &Origin, check: &NewCheck) -> Check {
    let mut attestations = Attestations::default();
    if check.state != CheckState::Open || check.evidence.is_some() {
        let statement = CheckStatement { state: check.state, evidence: check.evidence.clone() };
        attestations.attest(Attestation { origin: *origin, statement }, &[]);
    }
    Check { attestations, ..Check::new(check.id, check.text.clone(), check.verify.clone()) }
}

impl Deployment {
    fn change(&mut self, origin: &Origin, event: &DeploymentEvent) {
        match event {
            DeploymentEvent::Opened { .. } => {}
            DeploymentEvent::Moved { from, to, rank, .. } => {
                if from != to {
                    self.entered = *origin;
                }
                self.column = *to;
                self.rank.clone_from(rank);
            }
            DeploymentEvent::Edited { field, value, overridden, .. } => {
                self.conflicts.extend(overridden.clone());
                if let Some(edited) = self.field_mut(*field) {
                    *edited = Field { value: value.clone(), origin: *origin };
                }
            }
            DeploymentEvent::EditLost { field, value, .. } => {
                self.conflicts.push(EditConflict { field: *field, value: value.clone(), origin: *origin });
            }
            DeploymentEvent::CheckAdded { section, check, text, verify, is_dated, .. } => {
                if let Some(section) = self.section_mut(*section) {
                    let placed = is_dated.then_some(*origin);
                    section.checks.push(Check { placed, ..Check::new(*check, text.clone(), verify.clone()) });
                }
            }
            DeploymentEvent::Attested { check, statement, supersedes, .. } => {
                if let Some(check) = self.check_mut(*check) {
                    let attestation = Attestation { origin: *origin, statement: statement.clone() };
                    check.attestations.attest(attestation, supersedes);
                }
            }
            DeploymentEvent::ChangesAttached { changes, .. } => {
                Arc::make_mut(&mut self.changes).extend(changes.iter().cloned());
            }
            DeploymentEvent::StageMarked { stage, state, .. } => {
                self.stages.insert(*stage, StageMark { state: *state, origin: *origin });
            }
            DeploymentEvent::LabelAdded { label, .. } => drop(self.labels.insert(*label)),
            DeploymentEvent::LabelRemoved { label, .. } => drop(self.labels.remove(label)),
            DeploymentEvent::Settled { lost, .. } => {
                self.conflicts.retain(|conflict| conflict.origin.command != *lost);
            }
            DeploymentEvent::Finished { .. } => self.finished = Some(*origin),
            DeploymentEvent::Reopened { .. } => self.finished = None,
            DeploymentEvent::Concluded { .. } => {
                self.finished = Some(*origin);
                self.concluded = Some(*origin);
            }
            DeploymentEvent::Sealed { detail, gates_open, stages, .. } => {
                *self = self.facts(*detail, gates_open, stages);
            }
            DeploymentEvent::Unsealed { detail, .. } => self.clone_from(detail),
            DeploymentEvent::Judged { judgement, supersedes, .. } => {
                let said = Attestation { origin: *origin, statement: judgement.clone() };
                self.approvals.attest(said, supersedes);
            }
            DeploymentEvent::Withdrawn { supersedes, .. } => self.approvals.withdraw(supersedes),
            DeploymentEvent::Tested { .. } => self.tested.tell(*origin, event),
            DeploymentEvent::RiskSet { risk, .. } => {
                self.risk = Some(Field { value: *risk, origin: *origin });
            }
            DeploymentEvent::ArtifactsSet { artifacts, .. } => {
                self.artifacts = Some(Field { value: artifacts.clone(), origin: *origin });
            }
            DeploymentEvent::Followed { predecessor, .. } => drop(self.predecessors.insert(*predecessor)),
            DeploymentEvent::Unfollowed { predecessor, .. } => drop(self.predecessors.remove(predecessor)),
            DeploymentEvent::Assigned { member, .. } => drop(self.assigned.insert(*member)),
            DeploymentEvent::Unassigned { member, .. } => drop(self.assigned.remove(member)),
            DeploymentEvent::CheckAssigned { check, member, .. } => {
                if let Some(check) = self.check_mut(*check) {
                    check.assigned = *member;
                }
            }
            DeploymentEvent::Archived { .. } => self.archived = Some(*origin),
            DeploymentEvent::Restored { .. } => self.archived = None,
            DeploymentEvent::Commented { comment, change, .. } => {
                self.change_comment(origin, *comment, change);
            }
            DeploymentEvent::OutlineEdited { edit, is_lost: true, .. } => self.keep_lost(origin, edit),
            DeploymentEvent::OutlineEdited { edit, overridden, is_dated, .. } => {
                self.conflicts.extend(overridden.clone());
                self.edit_outline(origin, edit);
                if let OutlineEdit::MoveCheck { check, .. } = edit
                    && *is_dated
                    && let Some(check) = self.check_mut(*check)
                {
                    check.placed = Some(*origin);
                }
            }
        }
    }

    fn field_mut(&mut self, field: DeploymentField) -> Option<&mut Field<String>> {
        match field {
            DeploymentField::Title => Some(&mut self.title),
            DeploymentField::Version => Some(&mut self.version),
            DeploymentField::SectionText(id) => self.section_mut(id).map(|section| &mut section.text),
            // These have an event of their own.
            DeploymentField::SectionHeading(_)
            | DeploymentField::CheckText(_)
            | DeploymentField::CheckVerify(_) => None,
        }
    }

    pub(super) fn section_mut(&mut self, id: SectionId) -> Option<&mut Section> {
        self.sections.iter_mut().find(|section| section.id == id).map(Arc::make_mut)
    }

    pub(super) fn check_mut(&mut self, id: CheckId) -> Option<&mut Check> {
        let holds = |section: &&mut Arc<Section>| section.checks.iter().any(|check| check.id == id);
        let section = Arc::make_mut(self.sections.iter_mut().find(holds)?);
        section.checks.iter_mut().find(|check| check.id == id)
    }
}
