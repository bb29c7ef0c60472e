//! Between deployments and their Markdown documents.

use super::command::{DeploymentCommand, NewCheck, NewSection};
use super::outline::{OutlineEdit, level_of};
use super::{Change, Check, Deployment, Section};
use crate::check::CheckState;
use crate::document::{Document, DocumentChange, DocumentCheck, DocumentSection, SectionKind};
use crate::ids::{CheckId, DeploymentId, SectionId};
use crate::time::Timestamp;

impl Deployment {
    /// Returns the deployment as a document, ready to be rendered. What it brings stands in the first section for
    /// changes; where there is none, in one of its own, so that nothing is left out.
    #[must_use]
    pub fn document(&self) -> Document {
        let mut sections: Vec<_> = self.sections.iter().map(|section| document_section(section)).collect();
        let changes: Vec<_> = self.changes.iter().map(document_change).collect();
        match sections.iter_mut().find(|section| section.kind == SectionKind::Changes) {
            Some(section) => section.changes = changes,
            None if changes.is_empty() => {}
            None => {
                let section = DocumentSection::empty(SectionKind::Changes, SectionKind::Changes.heading());
                sections.insert(0, DocumentSection { changes, ..section });
            }
        }
        Document { version: self.version.value.clone(), title: self.title.value.clone(), sections }
    }
}

fn document_section(section: &Section) -> DocumentSection {
    DocumentSection {
        kind: section.kind,
        heading: section.heading.clone(),
        text: section.text.value.clone(),
        checks: section.checks.iter().map(|check| document_check(section, check)).collect(),
        changes: Vec::new(),
    }
}

fn document_check(section: &Section, check: &Check) -> DocumentCheck {
    let evidence = check.attestations.iter().filter_map(|known| known.statement.evidence.clone()).next_back();
    let depth = u8::try_from(level_of(&section.checks, check.id) - 1).unwrap_or_default();
    let (text, verify) = (check.text.clone(), check.verify.clone());
    DocumentCheck { text, state: check.state(), verify, evidence, depth }
}

fn document_change(change: &Change) -> DocumentChange {
    DocumentChange {
        summary: change.summary.clone(),
        commit: change.commit.clone(),
        author: change.author.clone(),
        authored_at: change.authored_at.map(|at| at.0),
        link: change.link.clone(),
    }
}

/// Returns a document's changes and sections as a new deployment has them. `mint` gives a new number for an id
/// each time it is called.
pub fn new_parts(document: &Document, mut mint: impl FnMut() -> u128) -> (Vec<Change>, Vec<NewSection>) {
    let changes = document.sections.iter().flat_map(|section| &section.changes).map(change).collect();
    let mut sections = Vec::with_capacity(document.sections.len());
    for section in &document.sections {
        sections.push(new_part(section, &mut mint));
    }
    (changes, sections)
}

/// Returns a section of a document as a deployment gets it.
pub(super) fn new_part(section: &DocumentSection, mut mint: impl FnMut() -> u128) -> NewSection {
    let id = SectionId::from_u128(mint());
    let checks = section.checks.iter().map(|check| new_check(CheckId::from_u128(mint()), check)).collect();
    let (kind, heading, text) = (section.kind, section.heading.clone(), section.text.clone());
    NewSection { id, kind, heading, text, checks }
}

/// Returns what puts the checks of a new deployment below each other as they are in its document. Opening makes one list
/// of them: the builds before this know no other.
#[must_use]
pub fn nesting(
    deployment: DeploymentId,
    document: &Document,
    sections: &[NewSection],
) -> Vec<DeploymentCommand> {
    let both = document.sections.iter().zip(sections);
    let edits = both.flat_map(|(written, section)| nesting_of(written, section));
    edits.map(|edit| DeploymentCommand::EditOutline { deployment, edit }).collect()
}

pub(super) fn nesting_of(written: &DocumentSection, section: &NewSection) -> Vec<OutlineEdit> {
    // The newest check of each level, the outermost first: what the next one stands below or beside.
    let mut newest: Vec<CheckId> = Vec::new();
    let mut edits = Vec::new();
    for (written, check) in written.checks.iter().zip(&section.checks) {
        let depth = usize::from(written.depth).min(newest.len());
        let (parent, after) = (depth.checked_sub(1).and_then(|above| newest.get(above)), newest.get(depth));
        if let Some(parent) = parent {
            let (parent, after) = (Some(*parent), after.copied());
            edits.push(OutlineEdit::MoveCheck { check: check.id, section: section.id, parent, after });
        }
        newest.truncate(depth);
        newest.push(check.id);
    }
    edits
}

fn new_check(id: CheckId, check: &DocumentCheck) -> NewCheck {
    let (text, verify, evidence) = (check.text.clone(), check.verify.clone(), check.evidence.clone());
    let state: CheckState = check.state;
    NewCheck { id, text, verify, state, evidence }
}

fn change(change: &DocumentChange) -> Change {
    Change {
        summary: change.summary.clone(),
        commit: change.commit.clone(),
        author: change.author.clone(),
        authored_at: change.authored_at.map(Timestamp),
        link: change.link.clone(),
    }
}
