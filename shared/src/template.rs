//! Templates of the team's own: what new deployments begin with, and checklists that are put into those that are there.
//! The built-in one is in [`builtin_template`].

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::check::CheckState;
use crate::context::Context;
use crate::decide::{same_name, too_many};
use crate::deployment::Section;
use crate::deployment::decide::{CHECKS_PER_DEPLOYMENT, SECTIONS_PER_DEPLOYMENT};
use crate::document::{DEEPEST, Document, DocumentCheck, DocumentSection, SectionKind, builtin_template};
use crate::event::Event;
use crate::ids::TemplateId;
use crate::order;
use crate::origin::Origin;
use crate::rejection::{Rejection, TextField};
use crate::text::{line, optional_line, short_enough};
use crate::workspace::Workspace;

/// The most templates one workspace may have, archived ones too.
pub const TEMPLATES_PER_WORKSPACE: usize = 200;

/// What a template is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateKind {
    /// New deployments begin with it.
    Deployment,
    /// Its sections are put into deployments that are there.
    Checklist,
}

/// What a template says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// Its name, 1 to 100 characters.
    pub name: String,
    /// What it is for.
    pub kind: TemplateKind,
    /// Its sections, in order.
    pub sections: Vec<TemplateSection>,
}

/// A section of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateSection {
    /// What it is for.
    pub kind: SectionKind,
    /// Its heading, 1 to 200 characters.
    pub heading: String,
    /// Its free text, up to 64 KiB.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub text: String,
    /// Its checks, in order.
    pub checks: Vec<TemplateCheck>,
}

/// A check of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateCheck {
    /// What to make sure of, 1 to 500 characters.
    pub text: String,
    /// How to verify it, up to 500 characters.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub verify: Option<String>,
    /// How far below the checks before it, see [`DocumentCheck::depth`].
    #[serde(skip_serializing_if = "is_zero", default)]
    pub depth: u8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
const fn is_zero(depth: &u8) -> bool {
    *depth == 0
}

/// A template as the workspace keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptTemplate {
    /// What it says.
    pub template: Template,
    /// The newest change of what it says.
    pub saved: Origin,
    /// Who put it away, when; absent while it is on offer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub archived: Option<Origin>,
}

/// What can be asked of templates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum TemplateCommand {
    /// Keeps a template: a new one, or in place of what it said before.
    Save {
        /// Its id.
        id: TemplateId,
        /// What it says.
        template: Template,
    },
    /// Puts a template away, or brings it back.
    Archive {
        /// Its id.
        id: TemplateId,
        /// Whether it is put away.
        is_archived: bool,
    },
}

/// What happened to templates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateEvent {
    /// One was kept.
    Saved {
        /// Its id.
        id: TemplateId,
        /// What it says.
        template: Template,
    },
    /// One was put away, or brought back.
    Archived {
        /// Its id.
        id: TemplateId,
        /// Whether it was put away.
        is_archived: bool,
    },
}

impl Template {
    /// Returns a document as a template: without states, evidence and changes.
    #[must_use]
    pub fn of(name: String, kind: TemplateKind, document: &Document) -> Self {
        let check = |check: &DocumentCheck| TemplateCheck {
            text: check.text.clone(),
            verify: check.verify.clone(),
            depth: check.depth,
        };
        let section = |section: &DocumentSection| TemplateSection {
            kind: section.kind,
            heading: section.heading.clone(),
            text: section.text.clone(),
            checks: section.checks.iter().map(check).collect(),
        };
        Self { name, kind, sections: document.sections.iter().map(section).collect() }
    }

    /// Returns the document that a deployment begins with.
    #[must_use]
    pub fn document(&self) -> Document {
        let check = |check: &TemplateCheck| DocumentCheck {
            text: check.text.clone(),
            state: CheckState::Open,
            verify: check.verify.clone(),
            evidence: None,
            depth: check.depth,
        };
        let section = |section: &TemplateSection| DocumentSection {
            text: section.text.clone(),
            checks: section.checks.iter().map(check).collect(),
            ..DocumentSection::empty(section.kind, section.heading.clone())
        };
        let sections = self.sections.iter().map(section).collect();
        Document { version: String::new(), title: String::new(), sections }
    }

    fn valid(&self) -> Result<Self, Rejection> {
        let name = line(TextField::Name, &self.name)?;
        too_many(self.sections.len(), SECTIONS_PER_DEPLOYMENT)?;
        too_many(self.sections.iter().map(|section| section.checks.len()).sum(), CHECKS_PER_DEPLOYMENT)?;
        let sections = self.sections.iter().map(TemplateSection::valid).collect::<Result<_, _>>()?;
        Ok(Self { name, kind: self.kind, sections })
    }
}

impl TemplateSection {
    fn valid(&self) -> Result<Self, Rejection> {
        short_enough(TextField::SectionText, &self.text)?;
        let mut room = 0;
        for check in &self.checks {
            if check.depth > room {
                return Err(Rejection::BadNesting);
            }
            room = (check.depth + 1).min(DEEPEST);
        }
        Ok(Self {
            kind: self.kind,
            heading: line(TextField::Heading, &self.heading)?,
            text: self.text.clone(),
            checks: self.checks.iter().map(TemplateCheck::valid).collect::<Result<_, _>>()?,
        })
    }
}

impl TemplateCheck {
    fn valid(&self) -> Result<Self, Rejection> {
        let text = line(TextField::Check, &self.text)?;
        Ok(Self {
            text,
            verify: optional_line(TextField::Verify, self.verify.as_deref())?,
            depth: self.depth,
        })
    }
}

impl Workspace {
    /// Returns the templates of a kind that are on offer, by name.
    #[must_use]
    pub fn templates_of(&self, kind: TemplateKind) -> Vec<(TemplateId, &Arc<KeptTemplate>)> {
        let on_offer = |kept: &Arc<KeptTemplate>| kept.archived.is_none() && kept.template.kind == kind;
        let mut found: Vec<_> =
            self.templates.iter().filter(|(_, kept)| on_offer(kept)).map(|(id, kept)| (*id, kept)).collect();
        order::sort_by_key(&mut found, |(_, kept)| kept.template.name.to_lowercase());
        found
    }

    /// Returns the sections of templates on offer that a section may have come from, each with its template, or none for
    /// the built-in one: those with its heading, or where there are none, those that are for the same.
    #[must_use]
    pub fn origins_of(&self, section: &Section) -> Vec<(Option<TemplateId>, DocumentSection)> {
        let kinds = [TemplateKind::Deployment, TemplateKind::Checklist];
        let own = kinds.into_iter().flat_map(|kind| self.templates_of(kind));
        let own = own.map(|(id, kept)| (Some(id), kept.template.document()));
        let all: Vec<_> = own
            .chain([(None, builtin_template())])
            .flat_map(|(id, document)| document.sections.into_iter().map(move |section| (id, section)))
            .filter(|(_, written)| written.kind == section.kind && !written.checks.is_empty())
            .collect();
        let is_named = |written: &DocumentSection| same_name(&written.heading, &section.heading);
        let has_named = all.iter().any(|(_, written)| is_named(written));
        let is_it = |written: &DocumentSection| match has_named {
            true => is_named(written),
            false => section.kind != SectionKind::Other,
        };
        all.into_iter().filter(|(_, written)| is_it(written)).collect()
    }

    pub(crate) fn decide_template(
        &self,
        context: &Context,
        command: &TemplateCommand,
    ) -> Result<Vec<Event>, Rejection> {
        let event = match command {
            TemplateCommand::Save { id, template } => self.save_template(context, *id, template)?,
            TemplateCommand::Archive { id, is_archived } => {
                let kept = self.templates.get(id).ok_or(Rejection::UnknownTemplate { template: *id })?;
                if !is_archived {
                    self.free_name(*id, &kept.template.name)?;
                }
                let (id, is_archived) = (*id, *is_archived);
                (kept.archived.is_some() != is_archived)
                    .then_some(TemplateEvent::Archived { id, is_archived })
            }
        };
        Ok(event.map(Event::Template).into_iter().collect())
    }

    /// Refuses a name that another template on offer has.
    fn free_name(&self, id: TemplateId, name: &str) -> Result<(), Rejection> {
        let is_taken = |known: &TemplateId, kept: &Arc<KeptTemplate>| {
            *known != id && kept.archived.is_none() && same_name(&kept.template.name, name)
        };
        match self.templates.iter().any(|(known, kept)| is_taken(known, kept)) {
            true => Err(Rejection::NameTaken { name: name.to_owned() }),
            false => Ok(()),
        }
    }

    fn save_template(
        &self,
        context: &Context,
        id: TemplateId,
        template: &Template,
    ) -> Result<Option<TemplateEvent>, Rejection> {
        let template = template.valid()?;
        self.free_name(id, &template.name)?;
        match self.templates.get(&id) {
            Some(kept) if kept.template == template => return Ok(None),
            // What somebody else wrote is not replaced by who has not read it.
            Some(kept) if !context.seen.covers(&kept.saved) => return Err(Rejection::ChangedMeanwhile),
            Some(_) => {}
            None => too_many(self.templates.len() + 1, TEMPLATES_PER_WORKSPACE)?,
        }
        Ok(Some(TemplateEvent::Saved { id, template }))
    }

    pub(crate) fn apply_template(&mut self, origin: &Origin, event: &TemplateEvent) {
        match event {
            TemplateEvent::Saved { id, template } => {
                let archived = self.templates.get(id).and_then(|kept| kept.archived);
                let kept = KeptTemplate { template: template.clone(), saved: *origin, archived };
                self.templates.insert(*id, Arc::new(kept));
            }
            TemplateEvent::Archived { id, is_archived } => {
                if let Some(kept) = self.templates.get(id) {
                    let archived = is_archived.then_some(*origin);
                    let kept = KeptTemplate { archived, ..KeptTemplate::clone(kept) };
                    self.templates.insert(*id, Arc::new(kept));
                }
            }
        }
    }
}
