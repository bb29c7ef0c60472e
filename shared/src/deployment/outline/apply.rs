//! How edits of the outline change a deployment.

use std::sync::Arc;

use super::nesting::{places, put, siblings};
use super::{KEPT_REMOVED, Link, LinkTarget, OutlineEdit, RemovedChecks, RemovedSection};
use crate::deployment::apply::new_section;
use crate::deployment::decide::CHECKS_PER_DEPLOYMENT;
use crate::deployment::{Check, Deployment, DeploymentField, EditConflict, Section};
use crate::ids::{CheckId, SectionId};
use crate::origin::Origin;

impl Deployment {
    /// Changes the document as it was decided. What is about something unknown changes nothing.
    pub(in crate::deployment) fn edit_outline(&mut self, origin: &Origin, edit: &OutlineEdit) {
        match edit {
            OutlineEdit::Text { field, value } => self.set_text(origin, *field, value),
            OutlineEdit::RemoveCheck { check } => self.remove_check(origin, *check),
            OutlineEdit::RestoreCheck { check } => self.restore_check(*check),
            OutlineEdit::MoveCheck { check, section, parent, after } => {
                if self.sections.iter().any(|known| known.id == *section)
                    && let Some((_, _, block)) = self.take_checks(*check)
                {
                    self.put_checks(*section, block, *parent, *after);
                }
            }
            OutlineEdit::AddSection { section, after } => {
                self.put_section(Arc::new(new_section(origin, section)), *after);
            }
            OutlineEdit::RemoveSection { section } => {
                if let Some((after, section)) = self.take_section(*section) {
                    self.removed.sections.push(RemovedSection { section, after, origin: *origin });
                    keep_newest(&mut self.removed.sections, |removed| removed.section.checks.len());
                }
            }
            OutlineEdit::RestoreSection { section } => {
                let place = self.removed.sections.iter().rposition(|known| known.section.id == *section);
                if let Some(place) = place {
                    let RemovedSection { section, after, .. } = self.removed.sections.remove(place);
                    self.put_section(section, after);
                }
            }
            OutlineEdit::MoveSection { section, after } => {
                if let Some((_, section)) = self.take_section(*section) {
                    self.put_section(section, *after);
                }
            }
            OutlineEdit::AddLink(link) => self.add_link(link),
            OutlineEdit::RemoveLink { to } => self.links.retain(|known| known.to != *to),
            OutlineEdit::DetachChange { change } => {
                // Of several that say the same, one goes.
                if let Some(place) = self.changes.iter().position(|known| known == change) {
                    Arc::make_mut(&mut self.changes).remove(place);
                }
            }
        }
    }

    fn set_text(&mut self, origin: &Origin, field: DeploymentField, value: &str) {
        match field {
            DeploymentField::SectionHeading(id) => {
                if let Some(section) = self.section_mut(id) {
                    value.clone_into(&mut section.heading);
                    section.heading_edited = Some(*origin);
                }
            }
            DeploymentField::CheckText(id) => {
                if let Some(check) = self.check_mut(id) {
                    value.clone_into(&mut check.text);
                    check.text_edited = Some(*origin);
                }
            }
            DeploymentField::CheckVerify(id) => {
                if let Some(check) = self.check_mut(id) {
                    check.verify = Some(value.to_owned()).filter(|value| !value.is_empty());
                    check.verify_edited = Some(*origin);
                }
            }
            // These have an event of their own.
            DeploymentField::Title | DeploymentField::Version | DeploymentField::SectionText(_) => {}
        }
    }

    /// Keeps an edit that lost.
    pub(in crate::deployment) fn keep_lost(&mut self, origin: &Origin, edit: &OutlineEdit) {
        if let OutlineEdit::Text { field, value } = edit {
            self.conflicts.push(EditConflict { field: *field, value: value.clone(), origin: *origin });
        }
    }

    fn remove_check(&mut self, origin: &Origin, check: CheckId) {
        if let Some((section, after, checks)) = self.take_checks(check) {
            self.removed.checks.push(RemovedChecks { checks, section, after, origin: *origin });
            keep_newest(&mut self.removed.checks, |removed| removed.checks.len());
        }
    }

    fn restore_check(&mut self, check: CheckId) {
        let is_it = |removed: &RemovedChecks| removed.checks.first().is_some_and(|first| first.id == check);
        let Some(place) = self.removed.checks.iter().rposition(is_it) else { return };
        let RemovedChecks { checks, section, after, .. } = self.removed.checks.remove(place);
        let parent = checks.first().and_then(|first| first.parent);
        self.put_checks(section, checks, parent, after);
    }

    /// Takes a check out with everything below it: where it was, what it came after, and the checks.
    fn take_checks(&mut self, check: CheckId) -> Option<(SectionId, Option<CheckId>, Vec<Check>)> {
        let holds = |section: &&mut Arc<Section>| section.checks.iter().any(|known| known.id == check);
        let section = Arc::make_mut(self.sections.iter_mut().find(holds)?);
        let places = places(&section.checks, check);
        let parent = section.checks.get(places.start)?.parent;
        let after = siblings(&section.checks, parent).take_while(|id| *id != check).last();
        Some((section.id, after, section.checks.drain(places).collect()))
    }

    fn put_checks(
        &mut self,
        section: SectionId,
        block: Vec<Check>,
        parent: Option<CheckId>,
        after: Option<CheckId>,
    ) {
        if let Some(section) = self.section_mut(section) {
            put(&mut section.checks, block, parent, after);
        }
    }

    /// Takes a section out: what it came after, and the section.
    fn take_section(&mut self, section: SectionId) -> Option<(Option<SectionId>, Arc<Section>)> {
        let place = self.sections.iter().position(|known| known.id == section)?;
        let before = place.checked_sub(1).and_then(|before| self.sections.get(before));
        let after = before.map(|before| before.id);
        Some((after, self.sections.remove(place)))
    }

    fn put_section(&mut self, section: Arc<Section>, after: Option<SectionId>) {
        let place = match after {
            None => 0,
            Some(after) => {
                let before = self.sections.iter().position(|known| known.id == after);
                before.map_or(self.sections.len(), |before| before + 1)
            }
        };
        self.sections.insert(place, section);
    }

    fn add_link(&mut self, link: &Link) {
        let is_same = |known: &&mut Link| known.to == link.to;
        match self.links.iter_mut().find(is_same) {
            Some(known) => known.clone_from(link),
            None => self.links.push(link.clone()),
        }
    }

    /// Returns a link by where it leads.
    #[must_use]
    pub fn link(&self, to: &LinkTarget) -> Option<&Link> {
        self.links.iter().find(|known| known.to == *to)
    }
}

/// Lets go of what was taken out first, where it is too much: in things, or in checks that are in them.
fn keep_newest<T>(removed: &mut Vec<T>, checks: impl Fn(&T) -> usize) {
    let mut kept = 0;
    let fits = removed.iter().rev().take(KEPT_REMOVED).take_while(|known| {
        kept += checks(known);
        kept <= CHECKS_PER_DEPLOYMENT
    });
    let extra = removed.len() - fits.count();
    removed.drain(..extra);
}
