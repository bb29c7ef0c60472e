//! What people write to name something: its id, or its name whatever the case of its letters.

use std::fmt;

use super::Names;
use crate::decide::same_name;
use crate::deployment::Deployment;
use crate::ids::{ColumnId, DeploymentId, EnvironmentId, LabelId, MemberId, SectionId, ServiceId};
use crate::label::BuiltInLabel;
use crate::workspace::Workspace;

/// A kind of thing that is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A service.
    Service,
    /// An environment.
    Environment,
    /// A column of the board.
    Column,
    /// A label.
    Label,
    /// A member.
    Person,
    /// A section of a deployment's document.
    Section,
    /// A deployment.
    Deployment,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Service => "service",
            Self::Environment => "environment",
            Self::Column => "column",
            Self::Label => "label",
            Self::Person => "person",
            Self::Section => "section",
            Self::Deployment => "deployment",
        })
    }
}

/// Nothing is called so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no {kind} {text:?} here")]
pub struct Unknown {
    /// What was looked for.
    pub kind: Kind,
    /// What was written.
    pub text: String,
}

impl Unknown {
    fn new(kind: Kind, text: &str) -> Self {
        Self { kind, text: text.to_owned() }
    }
}

/// A label as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedLabel {
    /// One of the seven that follow the facts.
    BuiltIn(BuiltInLabel),
    /// One of the team's own.
    Own(LabelId),
}

fn one<I: Copy + PartialEq>(
    kind: Kind,
    text: &str,
    id: Option<I>,
    known: impl Iterator<Item = (I, String)> + Clone,
) -> Result<I, Unknown> {
    let by_id = id.filter(|id| known.clone().any(|(known, _)| known == *id));
    let by_name = || known.clone().find(|(_, name)| same_name(name, text.trim())).map(|(id, _)| id);
    by_id.or_else(by_name).ok_or_else(|| Unknown::new(kind, text))
}

impl Workspace {
    /// Returns the service of an id or a name.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn find_service(&self, text: &str) -> Result<ServiceId, Unknown> {
        let known = self.services.iter().map(|(id, known)| (*id, known.name.clone()));
        one(Kind::Service, text, text.parse().ok(), known)
    }

    /// Returns the environment of an id or a name.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn find_environment(&self, text: &str) -> Result<EnvironmentId, Unknown> {
        let known = self.environments.iter().map(|(id, known)| (*id, known.name.clone()));
        one(Kind::Environment, text, text.parse().ok(), known)
    }

    /// Returns the column of an id or a name.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn find_column(&self, text: &str) -> Result<ColumnId, Unknown> {
        let known = self.columns.iter().map(|(id, known)| (*id, known.name.clone()));
        one(Kind::Column, text, text.parse().ok(), known)
    }

    /// Returns the label of an id or a name; one of the built-in ones by its name.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn find_label(&self, text: &str) -> Result<AskedLabel, Unknown> {
        let built_in = BuiltInLabel::ALL.into_iter().find(|label| same_name(label.name(), text.trim()));
        if let Some(label) = built_in {
            return Ok(AskedLabel::BuiltIn(label));
        }
        let known = self.labels.iter().map(|(id, known)| (*id, known.name.clone()));
        one(Kind::Label, text, text.parse().ok(), known).map(AskedLabel::Own)
    }

    /// Returns the newest deployment of a service that has a version, one on the board before any other.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn find_version(&self, service: ServiceId, version: &str) -> Result<DeploymentId, Unknown> {
        let version = version.trim();
        let of_service = self.deployments.iter().filter(|(_, known)| known.service == service);
        let found = of_service.filter(|(_, known)| known.version.value == version);
        let newest = found.max_by_key(|(id, known)| (known.finished.is_none(), known.opened.at, **id));
        newest.map(|(id, _)| *id).ok_or_else(|| Unknown::new(Kind::Deployment, version))
    }
}

impl Names {
    /// Returns the person of an id or a name, members or not any more.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn find(&self, text: &str) -> Result<MemberId, Unknown> {
        let known = self.iter().map(|(id, name)| (id, name.to_owned()));
        one(Kind::Person, text, text.parse().ok(), known)
    }
}

impl Deployment {
    /// Returns the section of an id or a heading.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn find_section(&self, text: &str) -> Result<SectionId, Unknown> {
        let known = self.sections.iter().map(|section| (section.id, section.heading.clone()));
        one(Kind::Section, text, text.parse().ok(), known)
    }
}
