//! What may happen to deployments.

use super::approval::{Judgement, Verdict};
use super::command::{DeploymentCommand, NewCheck, NewSection};
use super::event::DeploymentEvent;
use super::outline::OutlineEdit;
use super::{Change, CheckStatement, Deployment, DeploymentField, EditConflict};
use crate::canonical::canonical_hash;
use crate::check::CheckState;
use crate::column::ColumnKind;
use crate::context::Context;
use crate::decide::too_many;
use crate::event::Event;
use crate::ids::{CheckId, ColumnId, DeploymentId, SectionId};
use crate::rank;
use crate::rejection::{Rejection, TextField};
use crate::stage::{Stage, StageState};
use crate::text::{line, optional_line, possibly_empty_line, short_enough};
use crate::workspace::Workspace;

/// The most changes one command may carry.
pub const CHANGES_PER_COMMAND: usize = 500;
/// The most checks one deployment may have.
pub const CHECKS_PER_DEPLOYMENT: usize = 500;
/// The most sections one deployment may have.
pub const SECTIONS_PER_DEPLOYMENT: usize = 50;
/// How many lost edits a deployment keeps room for; further concurrent edits are refused, not forgotten.
const CONFLICTS_PER_DEPLOYMENT: usize = 1_000;

impl Workspace {
    pub(crate) fn decide_deployment(
        &self,
        context: &Context,
        command: &DeploymentCommand,
    ) -> Result<Vec<Event>, Rejection> {
        use DeploymentCommand as C;
        self.refuse_archived(command)?;
        let event = match command {
            C::Open { .. } => Some(self.open(command)?),
            C::Move { deployment, from, to, rank } => self.move_to(*deployment, *from, *to, rank)?,
            C::Edit { deployment, field, value } => self.edit(context, *deployment, *field, value)?,
            C::AddCheck { deployment, section, check, text, verify } => {
                Some(self.add_check(*deployment, *section, *check, text, verify.as_deref())?)
            }
            C::Attest { deployment, check, state, evidence } => {
                self.attest(context, *deployment, *check, *state, evidence.as_deref())?
            }
            C::AttachChanges { deployment, changes } => self.attach(*deployment, changes)?,
            C::MarkStage { deployment, stage, from, to } => {
                self.mark_stage(context, *deployment, *stage, *from, *to)?
            }
            C::AddLabel { deployment, label } => {
                let known = self.editable(*deployment)?;
                let is_there = known.labels.contains(label);
                if !is_there {
                    self.usable_label(*label)?;
                }
                let event = DeploymentEvent::LabelAdded { deployment: *deployment, label: *label };
                (!is_there).then_some(event)
            }
            C::RemoveLabel { deployment, label } => {
                let known = self.editable(*deployment)?;
                let event = DeploymentEvent::LabelRemoved { deployment: *deployment, label: *label };
                known.labels.contains(label).then_some(event)
            }
            C::Settle { deployment, lost } => {
                let conflicts = &self.existing(*deployment)?.conflicts;
                let is_there = conflicts.iter().any(|conflict| conflict.origin.command == *lost);
                is_there.then_some(DeploymentEvent::Settled { deployment: *deployment, lost: *lost })
            }
            C::Finish { deployment } => {
                let open = self.existing(*deployment)?.finished.is_none();
                open.then_some(DeploymentEvent::Finished { deployment: *deployment })
            }
            C::Reopen { deployment } => {
                let finished = self.unsealed(*deployment)?.finished.is_some();
                finished.then_some(DeploymentEvent::Reopened { deployment: *deployment })
            }
            C::Seal { deployment } => {
                let known = self.existing(*deployment)?;
                let is_due = known.is_due_for_sealing(context.now);
                let over = known.finished.map_or(context.now, |over| over.at);
                let sealed = || DeploymentEvent::Sealed {
                    deployment: *deployment,
                    detail: canonical_hash(known),
                    gates_open: self.gates_open(*deployment, over),
                    stages: self.stages_left_out(*deployment, over),
                };
                is_due.then(sealed)
            }
            C::Conclude { deployment } => self.conclude(*deployment, context.now)?,
            C::Unseal { deployment, detail } => self.unseal(*deployment, detail)?,
            C::Approve { deployment, environment, digest, note } => {
                let (environment, digest) = (*environment, *digest);
                let note = optional_line(TextField::Note, note.as_deref())?;
                let verdict = Verdict::Approved;
                let judgement = Judgement { environment, digest, verdict, note, content: None };
                self.judge(context, *deployment, judgement)?
            }
            C::Decline { deployment, environment, digest, reason } => {
                let (environment, digest) = (*environment, *digest);
                let note = Some(line(TextField::Reason, reason)?);
                let verdict = Verdict::Declined;
                let judgement = Judgement { environment, digest, verdict, note, content: None };
                self.judge(context, *deployment, judgement)?
            }
            C::Withdraw { deployment, environment } => self.withdraw(context, *deployment, *environment)?,
            C::SetRisk { deployment, risk } => self.set_risk(context, *deployment, *risk)?,
            C::SetArtifacts { deployment, artifacts } => {
                self.set_artifacts(context, *deployment, artifacts)?
            }
            C::Assign { deployment, member } => self.assign(*deployment, *member)?,
            C::Unassign { deployment, member } => self.unassign(*deployment, *member)?,
            C::AssignCheck { deployment, check, member } => {
                self.assign_check(*deployment, *check, *member)?
            }
            C::Archive { deployment } => self.archive(*deployment)?,
            C::Restore { deployment } => self.restore(*deployment)?,
            C::Comment { deployment, comment, change } => {
                self.comment(context, *deployment, *comment, change)?
            }
            C::EditOutline { deployment, edit } => self.decide_outline(context, *deployment, edit)?,
            C::Follow { deployment, predecessor } => self.follow(*deployment, *predecessor)?,
            C::Unfollow { deployment, predecessor } => self.unfollow(*deployment, *predecessor)?,
            C::Test { .. } => self.decide_test(context, command)?,
        };
        let follows = match &event {
            Some(DeploymentEvent::Reopened { deployment } | DeploymentEvent::Restored { deployment }) => {
                self.back_into_column(*deployment)
            }
            Some(tested @ DeploymentEvent::Tested { .. }) => self.follow_testing(tested),
            _ => None,
        };
        Ok(event.into_iter().chain(follows).map(Event::Deployment).collect())
    }

    pub(super) fn existing(&self, id: DeploymentId) -> Result<&Deployment, Rejection> {
        let known = self.deployments.get(&id).ok_or(Rejection::UnknownDeployment { deployment: id })?;
        Ok(known.as_ref())
    }

    pub(crate) fn editable(&self, id: DeploymentId) -> Result<&Deployment, Rejection> {
        let known = self.unsealed(id)?;
        if known.archived.is_some() {
            return Err(Rejection::DeploymentArchived);
        }
        if known.finished.is_some() {
            return Err(Rejection::DeploymentFinished);
        }
        Ok(known)
    }

    pub(super) fn unsealed(&self, id: DeploymentId) -> Result<&Deployment, Rejection> {
        let known = self.existing(id)?;
        if known.sealed.is_some() {
            return Err(Rejection::DeploymentSealed);
        }
        Ok(known)
    }

    fn unseal(
        &self,
        deployment: DeploymentId,
        detail: &Deployment,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        let Some(sealed) = &self.existing(deployment)?.sealed else { return Ok(None) };
        if canonical_hash(detail) != sealed.detail {
            return Err(Rejection::DetailMismatch);
        }
        Ok(Some(DeploymentEvent::Unsealed { deployment, detail: Box::new(detail.clone()) }))
    }

    fn open(&self, command: &DeploymentCommand) -> Result<DeploymentEvent, Rejection> {
        let DeploymentCommand::Open { deployment, service, version, title, column, rank, changes, sections } =
            command
        else {
            return Err(Rejection::Internal);
        };
        if self.deployments.contains_key(deployment) {
            return Err(Rejection::IdTaken);
        }
        let known = self.services.get(service).ok_or(Rejection::UnknownService { service: *service })?;
        let place = self.columns.get(column).ok_or(Rejection::UnknownColumn { column: *column })?;
        if known.archived || place.archived {
            return Err(Rejection::ArchivedMeanwhile);
        }
        let kind = place.kind;
        if let ColumnKind::Environment(environment) = kind {
            return Err(Rejection::RolloutNeeded { environment });
        }
        check_rank(rank)?;
        too_many(sections.len(), SECTIONS_PER_DEPLOYMENT)?;
        too_many(sections.iter().map(|section| section.checks.len()).sum(), CHECKS_PER_DEPLOYMENT)?;
        let sections = sections.iter().map(valid_section).collect::<Result<Vec<_>, _>>()?;
        all_different(sections.iter().map(|section| section.id.as_u128()))?;
        all_different(sections.iter().flat_map(|section| &section.checks).map(|check| check.id.as_u128()))?;
        Ok(DeploymentEvent::Opened {
            deployment: *deployment,
            service: *service,
            version: line(TextField::Version, version)?,
            title: possibly_empty_line(TextField::Title, title)?,
            column: *column,
            rank: rank.clone(),
            changes: valid_changes(changes)?,
            sections,
        })
    }

    fn move_to(
        &self,
        deployment: DeploymentId,
        from: ColumnId,
        to: ColumnId,
        rank: &str,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        let known = self.editable(deployment)?;
        check_rank(rank)?;
        if known.column != from {
            return Err(Rejection::ColumnChanged { column: known.column });
        }
        let column = self.columns.get(&to).ok_or(Rejection::UnknownColumn { column: to })?;
        if column.archived && from != to {
            return Err(Rejection::ArchivedMeanwhile);
        }
        if let ColumnKind::Environment(environment) = column.kind
            && from != to
            && !self.rollouts_of(deployment).any(|(_, rollout)| rollout.environment == environment)
        {
            return Err(Rejection::RolloutNeeded { environment });
        }
        let stays = from == to && known.rank == rank;
        Ok((!stays).then(|| DeploymentEvent::Moved { deployment, from, to, rank: rank.to_owned() }))
    }

    pub(super) fn edit(
        &self,
        context: &Context,
        deployment: DeploymentId,
        field: DeploymentField,
        value: &str,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        let known = self.editable(deployment)?;
        let value = match field {
            DeploymentField::Title => possibly_empty_line(TextField::Title, value)?,
            DeploymentField::Version => line(TextField::Version, value)?,
            DeploymentField::SectionText(_) => {
                short_enough(TextField::SectionText, value)?;
                value.to_owned()
            }
            DeploymentField::SectionHeading(_) => line(TextField::Heading, value)?,
            DeploymentField::CheckText(_) => line(TextField::Check, value)?,
            DeploymentField::CheckVerify(_) => possibly_empty_line(TextField::Verify, value)?,
        };
        let current = known.field(field)?;
        if current.value == value {
            return Ok(None);
        }
        // What was never edited is as old as what it is in: whoever edits it has seen it.
        let Some(standing) = current.origin.filter(|origin| !context.seen.covers(origin)) else {
            return Ok(Some(edited(deployment, field, value, None)));
        };
        too_many(known.conflicts.len() + 1, CONFLICTS_PER_DEPLOYMENT)?;
        // Concurrent: the later one counts, and of two at once the one whose command's name sorts last.
        if (context.effective, context.command) > (standing.at, standing.command) {
            let overridden = EditConflict { field, value: current.value.to_owned(), origin: standing };
            return Ok(Some(edited(deployment, field, value, Some(overridden))));
        }
        Ok(Some(edit_lost(deployment, field, value)))
    }

    fn add_check(
        &self,
        deployment: DeploymentId,
        section: SectionId,
        check: CheckId,
        text: &str,
        verify: Option<&str>,
    ) -> Result<DeploymentEvent, Rejection> {
        let known = self.editable(deployment)?;
        if !known.sections.iter().any(|known| known.id == section) {
            return Err(Rejection::UnknownSection { section });
        }
        if known.check(check).is_some() {
            return Err(Rejection::IdTaken);
        }
        too_many(known.checks().count() + 1, CHECKS_PER_DEPLOYMENT)?;
        let text = line(TextField::Check, text)?;
        let verify = optional_line(TextField::Verify, verify)?;
        let is_dated = true;
        Ok(DeploymentEvent::CheckAdded { deployment, section, check, text, verify, is_dated })
    }

    pub(crate) fn attest(
        &self,
        context: &Context,
        deployment: DeploymentId,
        check: CheckId,
        state: CheckState,
        evidence: Option<&str>,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        let known = self.unsealed(deployment)?;
        let known = known.check(check).ok_or(Rejection::UnknownCheck { check })?;
        let evidence = optional_line(TextField::Evidence, evidence)?;
        let statement = CheckStatement { state, evidence };
        let same_again = known.attestations.iter().count() == 1
            && known.attestations.iter().any(|standing| standing.statement == statement)
            || known.attestations.is_empty() && state == CheckState::Open && statement.evidence.is_none();
        if same_again {
            return Ok(None);
        }
        let supersedes = known.attestations.seen_by(&context.seen);
        Ok(Some(DeploymentEvent::Attested { deployment, check, statement, supersedes }))
    }

    fn attach(
        &self,
        deployment: DeploymentId,
        changes: &[Change],
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        let known = self.unsealed(deployment)?;
        let mut changes = valid_changes(changes)?;
        let mut commits = std::collections::BTreeSet::new();
        changes.retain(|change| {
            let is_new = !known.has_commit(change.commit.as_deref()) && commits.insert(change.commit.clone());
            change.commit.is_none() || is_new
        });
        Ok((!changes.is_empty()).then_some(DeploymentEvent::ChangesAttached { deployment, changes }))
    }

    fn mark_stage(
        &self,
        context: &Context,
        deployment: DeploymentId,
        stage: Stage,
        from: StageState,
        to: StageState,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        self.editable(deployment)?;
        let follows = || self.stage_by_facts(deployment, stage, context.now).is_some();
        if stage.followed_tier().is_some() || follows() {
            return Err(Rejection::StageFollowsRollouts { stage });
        }
        // What the author saw is the track, where Monitor runs by itself, and passes by a clock that may be another one.
        let mut shown = Stage::ALL.into_iter().zip(self.track(deployment, context.now));
        let state = shown.find(|(known, _)| *known == stage).map(|(_, state)| state).unwrap_or_default();
        if state == to {
            return Ok(None);
        }
        let is_by_clock =
            |state| stage == Stage::Monitor && matches!(state, StageState::Running | StageState::Passed);
        let is_marked =
            self.deployments.get(&deployment).is_some_and(|known| known.stages.contains_key(&stage));
        if state != from && (is_marked || !is_by_clock(state) || !is_by_clock(from)) {
            return Err(Rejection::StageChanged { stage, state });
        }
        Ok(Some(DeploymentEvent::StageMarked { deployment, stage, state: to }))
    }
}

/// Returns the event of an edit that counts.
fn edited(
    deployment: DeploymentId,
    field: DeploymentField,
    value: String,
    overridden: Option<EditConflict>,
) -> DeploymentEvent {
    if field.is_of_outline() {
        let edit = OutlineEdit::Text { field, value };
        return DeploymentEvent::OutlineEdited {
            deployment,
            edit,
            overridden,
            is_lost: false,
            is_dated: false,
        };
    }
    DeploymentEvent::Edited { deployment, field, value, overridden }
}

/// Returns the event of an edit that lost.
fn edit_lost(deployment: DeploymentId, field: DeploymentField, value: String) -> DeploymentEvent {
    if field.is_of_outline() {
        let edit = OutlineEdit::Text { field, value };
        let overridden = None;
        return DeploymentEvent::OutlineEdited {
            deployment,
            edit,
            overridden,
            is_lost: true,
            is_dated: false,
        };
    }
    DeploymentEvent::EditLost { deployment, field, value }
}

fn check_rank(rank: &str) -> Result<(), Rejection> {
    if rank::is_rank(rank) { Ok(()) } else { Err(Rejection::OutOfRange) }
}

pub(super) fn valid_section(section: &NewSection) -> Result<NewSection, Rejection> {
    short_enough(TextField::SectionText, &section.text)?;
    Ok(NewSection {
        id: section.id,
        kind: section.kind,
        heading: line(TextField::Heading, &section.heading)?,
        text: section.text.clone(),
        checks: section.checks.iter().map(valid_check).collect::<Result<_, _>>()?,
    })
}

fn valid_check(check: &NewCheck) -> Result<NewCheck, Rejection> {
    Ok(NewCheck {
        id: check.id,
        text: line(TextField::Check, &check.text)?,
        verify: optional_line(TextField::Verify, check.verify.as_deref())?,
        state: check.state,
        evidence: optional_line(TextField::Evidence, check.evidence.as_deref())?,
    })
}

fn valid_changes(changes: &[Change]) -> Result<Vec<Change>, Rejection> {
    too_many(changes.len(), CHANGES_PER_COMMAND)?;
    changes.iter().map(valid_change).collect()
}

fn valid_change(change: &Change) -> Result<Change, Rejection> {
    if change.authored_at.is_some_and(|at| !at.is_plausible()) {
        return Err(Rejection::OutOfRange);
    }
    Ok(Change {
        summary: line(TextField::Summary, &change.summary)?,
        commit: optional_line(TextField::Commit, change.commit.as_deref())?,
        author: optional_line(TextField::Author, change.author.as_deref())?,
        authored_at: change.authored_at,
        link: optional_line(TextField::Link, change.link.as_deref())?,
    })
}

/// Refuses an id that comes twice.
pub(crate) fn all_different(ids: impl Iterator<Item = u128>) -> Result<(), Rejection> {
    let mut known = std::collections::BTreeSet::new();
    for id in ids {
        if !known.insert(id) {
            return Err(Rejection::IdTaken);
        }
    }
    Ok(())
}
