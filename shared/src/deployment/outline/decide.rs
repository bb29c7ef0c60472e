//! What may happen to the outline of a document.

use super::nesting::{LEVELS, height, is_within, level_of, places, siblings};
use super::{LINKS_PER_DEPLOYMENT, Link, LinkTarget, OutlineEdit};
use crate::context::Context;
use crate::decide::too_many;
use crate::deployment::command::NewSection;
use crate::deployment::decide::{
    CHECKS_PER_DEPLOYMENT, SECTIONS_PER_DEPLOYMENT, all_different, valid_section,
};
use crate::deployment::event::DeploymentEvent;
use crate::deployment::{Check, Deployment, Section};
use crate::ids::{CheckId, DeploymentId, SectionId};
use crate::origin::{Origin, Seen};
use crate::rejection::{Rejection, TextField};
use crate::text::{is_safe_address, line, possibly_empty_line};
use crate::workspace::Workspace;

/// What an edit becomes; nothing where it has no effect any more.
type Decided = Result<Option<OutlineEdit>, Rejection>;

impl Workspace {
    pub(in crate::deployment) fn decide_outline(
        &self,
        context: &Context,
        deployment: DeploymentId,
        edit: &OutlineEdit,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        if let OutlineEdit::Text { field, value } = edit {
            return self.edit(context, deployment, *field, value);
        }
        let known = self.editable(deployment)?;
        let edit = match edit {
            OutlineEdit::Text { .. } => None,
            OutlineEdit::RemoveCheck { check } => known.decide_remove_check(&context.seen, *check)?,
            OutlineEdit::RestoreCheck { check } => known.decide_restore_check(*check)?,
            OutlineEdit::MoveCheck { check, section, parent, after } => {
                known.decide_move_check(*check, *section, *parent, *after)?
            }
            OutlineEdit::AddSection { section, after } => Some(known.decide_add_section(section, *after)?),
            OutlineEdit::RemoveSection { section } => known.decide_remove_section(&context.seen, *section)?,
            OutlineEdit::RestoreSection { section } => known.decide_restore_section(*section)?,
            OutlineEdit::MoveSection { section, after } => known.decide_move_section(*section, *after)?,
            OutlineEdit::AddLink(link) => self.decide_link(deployment, known, link)?,
            OutlineEdit::RemoveLink { to } => {
                known.link(to).map(|link| OutlineEdit::RemoveLink { to: link.to.clone() })
            }
            OutlineEdit::DetachChange { change } => {
                known.changes.contains(change).then(|| OutlineEdit::DetachChange { change: change.clone() })
            }
        };
        let is_dated = edit.as_ref().is_some_and(|edit| known.brings_to_others(edit));
        Ok(edit.map(|edit| DeploymentEvent::OutlineEdited {
            deployment,
            edit,
            overridden: None,
            is_lost: false,
            is_dated,
        }))
    }

    fn decide_link(&self, deployment: DeploymentId, known: &Deployment, link: &Link) -> Decided {
        let to = match &link.to {
            LinkTarget::Address(address) => {
                let address = line(TextField::Link, address)?;
                if !is_safe_address(&address) || address.contains(char::is_control) {
                    return Err(Rejection::UnsafeAddress);
                }
                LinkTarget::Address(address)
            }
            LinkTarget::Deployment(other) if *other == deployment => return Err(Rejection::OutOfRange),
            LinkTarget::Deployment(other) if !self.deployments.contains_key(other) => {
                return Err(Rejection::UnknownDeployment { deployment: *other });
            }
            LinkTarget::Deployment(other) => LinkTarget::Deployment(*other),
        };
        let link = Link { label: possibly_empty_line(TextField::Name, &link.label)?, to };
        match known.link(&link.to) {
            Some(standing) if *standing == link => return Ok(None),
            Some(_) => {}
            None => too_many(known.links.len() + 1, LINKS_PER_DEPLOYMENT)?,
        }
        Ok(Some(OutlineEdit::AddLink(link)))
    }
}

impl Deployment {
    fn section_with(&self, check: CheckId) -> Option<&Section> {
        let mut sections = self.sections.iter().map(AsRef::as_ref);
        sections.find(|section: &&Section| section.checks.iter().any(|known| known.id == check))
    }

    fn section(&self, id: SectionId) -> Result<&Section, Rejection> {
        let mut sections = self.sections.iter().map(AsRef::as_ref);
        let found = sections.find(|section: &&Section| section.id == id);
        found.ok_or(Rejection::UnknownSection { section: id })
    }

    /// Tells whether an edit brings a check into another section, or below another check.
    fn brings_to_others(&self, edit: &OutlineEdit) -> bool {
        let OutlineEdit::MoveCheck { check, section, parent, .. } = edit else { return false };
        let before = self.check(*check).and_then(|check| check.parent);
        self.section_with(*check).is_some_and(|from| from.id != *section)
            || (parent.is_some() && *parent != before)
    }

    fn decide_remove_check(&self, seen: &Seen, check: CheckId) -> Decided {
        let Some(section) = self.section_with(check) else {
            // Two people may have meant the same.
            let mut gone = self.removed.checks.iter().flat_map(|removed| &removed.checks);
            let is_gone = gone.any(|known| known.id == check);
            return is_gone.then_some(None).ok_or(Rejection::UnknownCheck { check });
        };
        let taken = section.checks.get(places(&section.checks, check)).unwrap_or_default();
        // Where it stands itself is no matter: what came to stand below it is.
        let came = taken.iter().skip(1).filter_map(|check| check.placed);
        unchanged(seen, taken.iter().flat_map(origins).chain(came))?;
        Ok(Some(OutlineEdit::RemoveCheck { check }))
    }

    fn decide_restore_check(&self, check: CheckId) -> Decided {
        if self.check(check).is_some() {
            return Ok(None);
        }
        let is_it = |known: &Check| known.id == check;
        let removed =
            self.removed.checks.iter().rev().find(|removed| removed.checks.first().is_some_and(is_it));
        let removed = removed.ok_or(Rejection::UnknownCheck { check })?;
        self.section(removed.section)?;
        self.new_ids(removed.checks.iter().map(|known| known.id))?;
        Ok(Some(OutlineEdit::RestoreCheck { check }))
    }

    fn decide_move_check(
        &self,
        check: CheckId,
        section: SectionId,
        parent: Option<CheckId>,
        after: Option<CheckId>,
    ) -> Decided {
        let from = self.section_with(check).ok_or(Rejection::UnknownCheck { check })?;
        let checks = &self.section(section)?.checks;
        if let Some(parent) = parent {
            let is_here = checks.iter().any(|known| known.id == parent);
            if !is_here || is_within(checks, parent, check) {
                return Err(Rejection::BadNesting);
            }
            if level_of(checks, parent) + height(&from.checks, check) > LEVELS {
                return Err(Rejection::BadNesting);
            }
        }
        let beside: Vec<_> = siblings(checks, parent).filter(|id| *id != check).collect();
        let last = beside.last().copied();
        let after = after.and_then(|after| beside.contains(&after).then_some(after).or(last));
        let is_there = siblings(checks, parent).any(|id| id == check);
        let before = siblings(checks, parent).take_while(|id| *id != check).last();
        let stays = from.id == section && is_there && before == after;
        Ok((!stays).then_some(OutlineEdit::MoveCheck { check, section, parent, after }))
    }

    fn decide_add_section(
        &self,
        section: &NewSection,
        after: Option<SectionId>,
    ) -> Result<OutlineEdit, Rejection> {
        let is_it = |known: SectionId| known == section.id;
        let mut known = self.sections.iter().map(|known| known.id);
        if known.any(is_it) || self.removed.sections.iter().any(|removed| is_it(removed.section.id)) {
            return Err(Rejection::IdTaken);
        }
        too_many(self.sections.len() + 1, SECTIONS_PER_DEPLOYMENT)?;
        let section = valid_section(section)?;
        all_different(section.checks.iter().map(|check| check.id.as_u128()))?;
        self.new_ids(section.checks.iter().map(|check| check.id))?;
        Ok(OutlineEdit::AddSection { section, after })
    }

    fn decide_remove_section(&self, seen: &Seen, id: SectionId) -> Decided {
        let Ok(section) = self.section(id) else {
            let mut removed = self.removed.sections.iter();
            let is_gone = removed.any(|removed| removed.section.id == id);
            return is_gone.then_some(None).ok_or(Rejection::UnknownSection { section: id });
        };
        let own = [Some(section.text.origin), section.heading_edited].into_iter().flatten();
        let came = section.checks.iter().filter_map(|check| check.placed);
        unchanged(seen, own.chain(section.checks.iter().flat_map(origins)).chain(came))?;
        Ok(Some(OutlineEdit::RemoveSection { section: id }))
    }

    fn decide_restore_section(&self, id: SectionId) -> Decided {
        if self.section(id).is_ok() {
            return Ok(None);
        }
        let removed = self.removed.sections.iter().rev().find(|removed| removed.section.id == id);
        let removed = removed.ok_or(Rejection::UnknownSection { section: id })?;
        too_many(self.sections.len() + 1, SECTIONS_PER_DEPLOYMENT)?;
        self.new_ids(removed.section.checks.iter().map(|check| check.id))?;
        Ok(Some(OutlineEdit::RestoreSection { section: id }))
    }

    fn decide_move_section(&self, id: SectionId, after: Option<SectionId>) -> Decided {
        self.section(id)?;
        let others: Vec<_> =
            self.sections.iter().map(|known| known.id).filter(|known| *known != id).collect();
        let after =
            after.and_then(|after| others.contains(&after).then_some(after).or(others.last().copied()));
        let before = self.sections.iter().map(|known| known.id).take_while(|known| *known != id).last();
        Ok((before != after).then_some(OutlineEdit::MoveSection { section: id, after }))
    }

    /// Refuses checks that are there already, and more of them than there may be.
    fn new_ids(&self, ids: impl Iterator<Item = CheckId> + Clone) -> Result<(), Rejection> {
        too_many(self.checks().count() + ids.clone().count(), CHECKS_PER_DEPLOYMENT)?;
        all_different(self.checks().map(|known| known.id).chain(ids).map(CheckId::as_u128))
    }
}

/// Returns what was said about a check, and what it says, by origin.
fn origins(check: &Check) -> impl Iterator<Item = Origin> + '_ {
    let said = check.attestations.iter().map(|said| said.origin);
    said.chain(check.text_edited).chain(check.verify_edited)
}

/// Refuses to take away what somebody has changed without its author knowing.
fn unchanged(seen: &Seen, origins: impl IntoIterator<Item = Origin>) -> Result<(), Rejection> {
    let is_new = origins.into_iter().any(|origin| !seen.covers(&origin));
    if is_new { Err(Rejection::ChangedMeanwhile) } else { Ok(()) }
}
