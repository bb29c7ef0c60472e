//! A document written anew over the one that is there: the commands that make it so, with what takes each back, and
//! what that changes, to be shown first.
//!
//! Pasting a document over a deployment, and putting a section back to its template, are this. Both keep what somebody
//! said about a check whose text stays, see `docs/decisions/0046-written-over.md`.

mod checks;

use std::collections::BTreeSet;

use super::command::DeploymentCommand;
use super::decide::{CHECKS_PER_DEPLOYMENT, SECTIONS_PER_DEPLOYMENT, valid_section};
use super::document::{nesting_of, new_part};
use super::outline::OutlineEdit;
use super::{Deployment, DeploymentField, Section};
use crate::check::CheckState;
use crate::decide::{same_name, too_many};
use crate::document::{Document, DocumentSection, SectionKind};
use crate::ids::{DeploymentId, SectionId};
use crate::rejection::{Rejection, TextField};
use crate::text::possibly_empty_line;

/// What is done, and what takes it back.
pub type Step = (DeploymentCommand, DeploymentCommand);

/// What is done one after the other, and what that changes.
pub type Planned = (Vec<Step>, Vec<Rewritten>);

/// Something that writing a document over another changes, or leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rewritten {
    /// The version is another.
    Version {
        /// What it was.
        from: String,
        /// What it will be.
        to: String,
    },
    /// The title is another.
    Title {
        /// What it will be.
        to: String,
    },
    /// A section is added.
    SectionAdded {
        /// Its heading.
        heading: String,
        /// How many checks it has.
        checks: usize,
    },
    /// A section has another heading.
    SectionRenamed {
        /// What it was.
        from: String,
        /// What it will be.
        to: String,
    },
    /// A section has another free text.
    SectionText {
        /// Its heading.
        heading: String,
    },
    /// A check is added.
    CheckAdded {
        /// What it says.
        text: String,
    },
    /// A check says something else. Nobody has answered it.
    CheckChanged {
        /// What it said.
        from: String,
        /// What it will say.
        to: String,
    },
    /// How to verify a check is another.
    VerifyChanged {
        /// What the check says.
        text: String,
    },
    /// A check stands somewhere else.
    CheckMoved {
        /// What it says.
        text: String,
    },
    /// A check is taken out; it can be brought back.
    CheckRemoved {
        /// What it says.
        text: String,
    },
    /// A check that nobody has answered is answered.
    CheckAnswered {
        /// What it says.
        text: String,
        /// How it will stand.
        state: CheckState,
    },
    /// A check is not in the text, and stays since somebody has answered it.
    KeptCheck {
        /// What it says.
        text: String,
    },
    /// A check is answered otherwise in the text, and stays as somebody answered it.
    KeptAnswer {
        /// What it says.
        text: String,
    },
    /// The text has changes. They are not taken over.
    ChangesLeftOut {
        /// How many.
        count: usize,
    },
}

impl Rewritten {
    /// Tells whether it says what stays as it is.
    #[must_use]
    pub const fn is_kept(&self) -> bool {
        matches!(self, Self::KeptCheck { .. } | Self::KeptAnswer { .. } | Self::ChangesLeftOut { .. })
    }
}

/// What becomes of checks that are not written, and of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// What somebody answered stays.
    Over,
    /// What was not there in the beginning goes.
    Reset,
}

/// A document written over another.
pub struct Rewriting<M> {
    deployment: DeploymentId,
    /// What it is by the steps so far.
    known: Deployment,
    manner: Manner,
    mint: M,
    steps: Vec<Step>,
    changes: Vec<Rewritten>,
}

/// Returns what writing a document over a deployment does, and what that changes.
///
/// Sections that are not in the document stay, and what somebody answered stays as they did. `mint` gives a new number for
/// an id each time it is called.
///
/// # Errors
///
/// When a text is too long, or there would be too many checks or sections.
pub fn written_over(
    deployment: DeploymentId,
    known: &Deployment,
    document: &Document,
    mut mint: impl FnMut() -> u128,
) -> Result<Planned, Rejection> {
    possibly_empty_line(TextField::Version, &document.version)?;
    possibly_empty_line(TextField::Title, &document.title)?;
    for section in &document.sections {
        valid_section(&new_part(section, &mut mint))?;
    }
    let mut rewriting = Rewriting::new(deployment, known, Manner::Over, mint);
    rewriting.heading(document);
    rewriting.sections(document);
    let (mut sections, mut checks) = (known.sections.len(), known.checks().count());
    for change in &rewriting.changes {
        if let Rewritten::SectionAdded { checks: brought, .. } = change {
            sections += 1;
            checks += brought;
        } else if matches!(change, Rewritten::CheckAdded { .. }) {
            checks += 1;
        }
    }
    too_many(sections, SECTIONS_PER_DEPLOYMENT)?;
    too_many(checks, CHECKS_PER_DEPLOYMENT)?;
    Ok((rewriting.steps, rewriting.changes))
}

/// Returns what puts the checks of a section back to those of a template: their texts and their order. Answers to checks
/// whose text is the same stay; what was added goes, and can be brought back.
pub fn reset(
    deployment: DeploymentId,
    known: &Deployment,
    section: SectionId,
    template: &DocumentSection,
    mint: impl FnMut() -> u128,
) -> Planned {
    let mut rewriting = Rewriting::new(deployment, known, Manner::Reset, mint);
    rewriting.checks(section, template);
    (rewriting.steps, rewriting.changes)
}

impl<M: FnMut() -> u128> Rewriting<M> {
    fn new(deployment: DeploymentId, known: &Deployment, manner: Manner, mint: M) -> Self {
        let (steps, changes) = (Vec::new(), Vec::new());
        Self { deployment, known: known.clone(), manner, mint, steps, changes }
    }

    /// What is not written leaves what is there.
    fn heading(&mut self, document: &Document) {
        let (version, title) = (self.known.version.value.clone(), self.known.title.value.clone());
        if !document.version.is_empty() && document.version != version {
            self.replace(DeploymentField::Version, &version, &document.version);
            self.changes.push(Rewritten::Version { from: version, to: document.version.clone() });
        }
        if !document.title.is_empty() && document.title != title {
            self.replace(DeploymentField::Title, &title, &document.title);
            self.changes.push(Rewritten::Title { to: document.title.clone() });
        }
    }

    fn sections(&mut self, document: &Document) {
        let matched = matched(&self.known.sections, &document.sections);
        let mut after = None;
        for (written, found) in document.sections.iter().zip(matched) {
            after = Some(match found {
                Some(section) => {
                    self.section(section, written);
                    section
                }
                None => self.add_section(written, after),
            });
        }
        let known = |summary: &str, commit: Option<&str>| {
            self.known.changes.iter().any(|change| match commit {
                Some(commit) => change.commit.as_deref() == Some(commit),
                None => change.summary == summary,
            })
        };
        let written = document.sections.iter().flat_map(|section| &section.changes);
        let count = written.filter(|change| !known(&change.summary, change.commit.as_deref())).count();
        if count > 0 {
            self.changes.push(Rewritten::ChangesLeftOut { count });
        }
    }

    fn section(&mut self, id: SectionId, written: &DocumentSection) {
        let Some(section) = self.known.sections.iter().find(|known| known.id == id) else { return };
        let (heading, text) = (section.heading.clone(), section.text.value.clone());
        if !written.heading.is_empty() && written.heading != heading {
            self.replace(DeploymentField::SectionHeading(id), &heading, &written.heading);
            self.changes.push(Rewritten::SectionRenamed { from: heading, to: written.heading.clone() });
        }
        if !written.text.is_empty() && written.text != text {
            self.replace(DeploymentField::SectionText(id), &text, &written.text);
            self.changes.push(Rewritten::SectionText { heading: written.heading.clone() });
        }
        self.checks(id, written);
    }

    fn add_section(&mut self, written: &DocumentSection, after: Option<SectionId>) -> SectionId {
        let section = new_part(written, &mut self.mint);
        let id = section.id;
        let nested = nesting_of(written, &section);
        let (heading, checks) = (section.heading.clone(), section.checks.len());
        self.changes.push(Rewritten::SectionAdded { heading, checks });
        self.edit(OutlineEdit::AddSection { section, after }, OutlineEdit::RemoveSection { section: id });
        for edit in nested {
            // What is in the section goes with it.
            self.edit(edit, OutlineEdit::RemoveSection { section: id });
        }
        id
    }

    fn replace(&mut self, field: DeploymentField, from: &str, to: &str) {
        let edit = |value: &str| DeploymentCommand::edit(self.deployment, field, value.to_owned());
        self.steps.push((edit(to), edit(from)));
    }

    fn edit(&mut self, edit: OutlineEdit, back: OutlineEdit) {
        let origin = self.known.opened;
        self.known.edit_outline(&origin, &edit);
        let deployment = self.deployment;
        let command = |edit| DeploymentCommand::EditOutline { deployment, edit };
        self.steps.push((command(edit), command(back)));
    }
}

/// Tells whether a section may be a written one.
type Rule = fn(&Section, &DocumentSection) -> bool;

/// Returns the section that each written one is: by kind and heading, and where no heading is the same, by what it is
/// for.
fn matched(known: &[std::sync::Arc<Section>], written: &[DocumentSection]) -> Vec<Option<SectionId>> {
    let mut taken = BTreeSet::new();
    let mut found = vec![None; written.len()];
    let is_named = |section: &Section, written: &DocumentSection| {
        section.kind == written.kind && same_name(&section.heading, &written.heading)
    };
    let is_alike = |section: &Section, written: &DocumentSection| {
        section.kind == written.kind && section.kind != SectionKind::Other
    };
    let rules: [Rule; 2] = [is_named, is_alike];
    for is_it in rules {
        for (written, found) in written.iter().zip(&mut found).filter(|(_, found)| found.is_none()) {
            let mut sections = known.iter().filter(|section| !taken.contains(&section.id));
            *found = sections.find(|section| is_it(section, written)).map(|section| section.id);
            taken.extend(*found);
        }
    }
    found
}
