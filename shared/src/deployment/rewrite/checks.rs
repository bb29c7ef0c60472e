//! The checks of one section, written over those that are there.

use std::collections::BTreeSet;

use super::{Manner, Rewriting, Rewritten};
use crate::check::CheckState;
use crate::deployment::command::DeploymentCommand;
use crate::deployment::outline::{LEVELS, OutlineEdit, height, level_of, siblings};
use crate::deployment::{Check, DeploymentField};
use crate::document::{DocumentCheck, DocumentSection};
use crate::ids::{CheckId, SectionId};
use crate::order;

impl<M: FnMut() -> u128> Rewriting<M> {
    pub(super) fn checks(&mut self, section: SectionId, written: &DocumentSection) {
        let found = matched(self.listed(section), &written.checks);
        let ids: Vec<_> = found.iter().map(|found| found.unwrap_or_else(|| self.new_id())).collect();
        let is_written = order::set(ids.iter().copied());
        self.take_out(section, &is_written);
        // The newest check of each level, the outermost first: what the next one stands below or beside.
        let mut newest: Vec<CheckId> = Vec::new();
        for ((written, found), id) in written.checks.iter().zip(found).zip(ids) {
            match found {
                Some(_) => self.retext(section, id, written),
                None => self.add(section, id, written),
            }
            let depth = usize::from(written.depth).min(newest.len());
            let parent = depth.checked_sub(1).and_then(|above| newest.get(above)).copied();
            let after = newest.get(depth).copied();
            let is_new = found.is_none();
            self.place(section, (id, is_new), parent, after, &is_written);
            self.answer(section, id, is_new, written);
            newest.truncate(depth);
            newest.push(id);
        }
    }

    fn new_id(&mut self) -> CheckId {
        CheckId::from_u128((self.mint)())
    }

    fn listed(&self, section: SectionId) -> &[Check] {
        match self.known.sections.iter().find(|known| known.id == section) {
            Some(known) => &known.checks,
            None => &[],
        }
    }

    fn check_of(&self, section: SectionId, id: CheckId) -> Option<&Check> {
        self.listed(section).iter().find(|check| check.id == id)
    }

    /// Takes out what is not written, from below, so that nothing written goes with it. What somebody answered stays,
    /// unless the section is put back to what it was.
    fn take_out(&mut self, section: SectionId, is_written: &BTreeSet<CheckId>) {
        let mut ids: Vec<_> = self.listed(section).iter().map(|check| check.id).collect();
        ids.retain(|id| !is_written.contains(id));
        ids.reverse();
        for id in ids {
            let Some(check) = self.check_of(section, id) else { continue };
            let text = check.text.clone();
            if self.manner == Manner::Over && !check.attestations.is_empty() {
                self.changes.push(Rewritten::KeptCheck { text });
                continue;
            }
            self.lift(section, id);
            self.edit(OutlineEdit::RemoveCheck { check: id }, OutlineEdit::RestoreCheck { check: id });
            self.changes.push(Rewritten::CheckRemoved { text });
        }
    }

    /// Brings what stands below a check that goes beside it: it is written, or somebody answered it.
    fn lift(&mut self, section: SectionId, id: CheckId) {
        let mut below: Vec<_> = siblings(self.listed(section), Some(id)).collect();
        below.reverse();
        let parent = self.check_of(section, id).and_then(|check| check.parent);
        for check in below {
            self.shift(section, check, parent, Some(id));
        }
    }

    /// Moves a check, with the way back.
    fn shift(&mut self, section: SectionId, check: CheckId, parent: Option<CheckId>, after: Option<CheckId>) {
        let Some(known) = self.check_of(section, check) else { return };
        let was_below = known.parent;
        let before = siblings(self.listed(section), was_below).take_while(|id| *id != check).last();
        self.edit(
            OutlineEdit::MoveCheck { check, section, parent, after },
            OutlineEdit::MoveCheck { check, section, parent: was_below, after: before },
        );
    }

    fn retext(&mut self, section: SectionId, id: CheckId, written: &DocumentCheck) {
        let Some(check) = self.check_of(section, id) else { return };
        let (text, verify) = (check.text.clone(), check.verify.clone().unwrap_or_default());
        if text != written.text {
            self.text(DeploymentField::CheckText(id), &text, &written.text);
            self.changes.push(Rewritten::CheckChanged { from: text, to: written.text.clone() });
        }
        let to = written.verify.clone().unwrap_or_default();
        if to != verify && (self.manner == Manner::Reset || !to.is_empty()) {
            self.text(DeploymentField::CheckVerify(id), &verify, &to);
            self.changes.push(Rewritten::VerifyChanged { text: written.text.clone() });
        }
    }

    fn text(&mut self, field: DeploymentField, from: &str, to: &str) {
        let edit = |value: &str| OutlineEdit::Text { field, value: value.to_owned() };
        self.edit(edit(to), edit(from));
    }

    fn add(&mut self, section: SectionId, id: CheckId, written: &DocumentCheck) {
        let (deployment, text, verify) = (self.deployment, written.text.clone(), written.verify.clone());
        if let Some(known) = self.known.section_mut(section) {
            known.checks.push(Check::new(id, text.clone(), verify.clone()));
        }
        self.changes.push(Rewritten::CheckAdded { text: text.clone() });
        let add = DeploymentCommand::AddCheck { deployment, section, check: id, text, verify };
        self.steps.push((add, self.taking_out(id)));
    }

    fn taking_out(&self, check: CheckId) -> DeploymentCommand {
        DeploymentCommand::EditOutline {
            deployment: self.deployment,
            edit: OutlineEdit::RemoveCheck { check },
        }
    }

    /// Puts a check where it is written, unless it stands there: what is not written does not matter for that.
    fn place(
        &mut self,
        section: SectionId,
        (id, is_new): (CheckId, bool),
        parent: Option<CheckId>,
        after: Option<CheckId>,
        is_written: &BTreeSet<CheckId>,
    ) {
        let checks = self.listed(section);
        let own = height(checks, id);
        let parent = parent.filter(|parent| level_of(checks, *parent) + own <= LEVELS);
        let stands_below = self.check_of(section, id).and_then(|check| check.parent);
        let before = siblings(checks, stands_below).take_while(|known| *known != id);
        let before = before.filter(|known| is_written.contains(known)).last();
        if (stands_below, before) == (parent, after) {
            return;
        }
        self.shift(section, id, parent, after);
        if is_new {
            // The way back takes it out anyway.
            let back = self.taking_out(id);
            if let Some((_, last)) = self.steps.last_mut() {
                *last = back;
            }
        } else if let Some(check) = self.check_of(section, id) {
            let text = check.text.clone();
            self.changes.push(Rewritten::CheckMoved { text });
        }
    }

    /// Answers a check as it is written, where nobody has answered it.
    fn answer(&mut self, section: SectionId, id: CheckId, is_new: bool, written: &DocumentCheck) {
        if self.manner == Manner::Reset || (written.state == CheckState::Open && written.evidence.is_none()) {
            return;
        }
        let Some(check) = self.check_of(section, id) else { return };
        let text = written.text.clone();
        if !check.attestations.is_empty() {
            if check.state() != written.state {
                self.changes.push(Rewritten::KeptAnswer { text });
            }
            return;
        }
        let (deployment, state, evidence) = (self.deployment, written.state, written.evidence.clone());
        let attest = |state, evidence| DeploymentCommand::Attest { deployment, check: id, state, evidence };
        let back = if is_new { self.taking_out(id) } else { attest(CheckState::Open, None) };
        self.steps.push((attest(state, evidence), back));
        self.changes.push(Rewritten::CheckAnswered { text, state });
    }
}

/// Returns the check that each written one is: the one with the same text, and between those that are the same, one that
/// stands in its place and that nobody has answered.
fn matched(known: &[Check], written: &[DocumentCheck]) -> Vec<Option<CheckId>> {
    let mut taken = BTreeSet::new();
    let mut found = Vec::with_capacity(written.len());
    for written in written {
        let is_it = |check: &&Check| check.text == written.text && !taken.contains(&check.id);
        let same = known.iter().find(is_it).map(|check| check.id);
        taken.extend(same);
        found.push(same);
    }
    let mut before: Option<CheckId> = None;
    for found in &mut found {
        if found.is_none() {
            let place = before.map_or(Some(0), |before| {
                known.iter().position(|check| check.id == before).map(|place| place + 1)
            });
            let next = place.and_then(|place| known.get(place));
            let is_free = |check: &&Check| !taken.contains(&check.id) && check.attestations.is_empty();
            *found = next.filter(is_free).map(|check| check.id);
            taken.extend(*found);
        }
        before = *found;
    }
    found
}
