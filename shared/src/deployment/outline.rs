//! The outline of a deployment's document: what its sections and checks say, where they stand, and what was taken out.
//!
//! A check may stand below another one of its section. In the list of a section a check is followed by everything below
//! it, so that whoever only reads the list reads it in the right order.

mod apply;
mod decide;
mod nesting;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::command::NewSection;
use super::{Change, Check, Deployment, DeploymentField, Section};
use crate::ids::{CheckId, DeploymentId, SectionId};
use crate::origin::Origin;

pub use nesting::{LEVELS, height, level_of, siblings};

/// How many things that were taken out are kept to be brought back, of sections and of checks each: the newest, with no
/// more checks in them than a deployment may have.
pub const KEPT_REMOVED: usize = 50;
/// The most links one deployment may have.
pub const LINKS_PER_DEPLOYMENT: usize = 100;

/// A change of a deployment's document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutlineEdit {
    /// Replaces a text, as [`Edit`](super::command::DeploymentCommand::Edit) does.
    Text {
        /// Which.
        field: DeploymentField,
        /// With what.
        value: String,
    },
    /// Takes a check out, and everything below it. Refused when somebody changed or answered it meanwhile.
    RemoveCheck {
        /// Which.
        check: CheckId,
    },
    /// Brings a check back that was taken out, and what was below it, as it was.
    RestoreCheck {
        /// Which.
        check: CheckId,
    },
    /// Puts a check, and everything below it, in another place.
    MoveCheck {
        /// Which.
        check: CheckId,
        /// The section it belongs to from now on.
        section: SectionId,
        /// The check of that section it stands below from now on; none for a check of its own.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        parent: Option<CheckId>,
        /// The check beside it that it comes after; none for the first. One that is not there means the last.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        after: Option<CheckId>,
    },
    /// Adds a section.
    AddSection {
        /// What it is.
        section: NewSection,
        /// The section it comes after; none for the first. One that is not there means the last.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        after: Option<SectionId>,
    },
    /// Takes a section out, with its checks. Refused when somebody changed or answered something in it meanwhile.
    RemoveSection {
        /// Which.
        section: SectionId,
    },
    /// Brings a section back that was taken out, as it was.
    RestoreSection {
        /// Which.
        section: SectionId,
    },
    /// Puts a section in another place.
    MoveSection {
        /// Which.
        section: SectionId,
        /// The section it comes after; none for the first. One that is not there means the last.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        after: Option<SectionId>,
    },
    /// Adds a link, or calls one otherwise.
    AddLink(Link),
    /// Takes a link away.
    RemoveLink {
        /// Where it leads.
        to: LinkTarget,
    },
    /// Takes a change off that it does not bring.
    DetachChange {
        /// Which, as it was attached.
        change: Change,
    },
}

/// Something else that a deployment has to do with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Link {
    /// What it is called, up to 100 characters; may be empty.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub label: String,
    /// Where it leads.
    pub to: LinkTarget,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LinkTarget {
    /// To the web or to mail.
    Address(String),
    /// To another deployment.
    Deployment(DeploymentId),
}

/// What was taken out of a document, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// Checks.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub checks: Vec<RemovedChecks>,
    /// Sections.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub sections: Vec<RemovedSection>,
}

/// A check that was taken out, with everything below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedChecks {
    /// The check, and what was below it.
    pub checks: Vec<Check>,
    /// The section they were in.
    pub section: SectionId,
    /// What it came after.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<CheckId>,
    /// Who took it out, when.
    pub origin: Origin,
}

/// A section that was taken out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedSection {
    /// What it was.
    pub section: Arc<Section>,
    /// What it came after.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub after: Option<SectionId>,
    /// Who took it out, when.
    pub origin: Origin,
}

impl Removed {
    /// Tells whether nothing was taken out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.checks.is_empty() && self.sections.is_empty()
    }
}

impl Deployment {
    /// Returns a check, also one that was taken out.
    #[must_use]
    pub fn any_check(&self, id: CheckId) -> Option<&Check> {
        let removed = self.removed.checks.iter().flat_map(|removed| &removed.checks);
        let gone = self.removed.sections.iter().flat_map(|removed| &removed.section.checks);
        self.checks().chain(removed).chain(gone).find(|check| check.id == id)
    }

    /// Returns a section, also one that was taken out.
    #[must_use]
    pub fn any_section(&self, id: SectionId) -> Option<&Section> {
        let removed = self.removed.sections.iter().map(|removed| &removed.section);
        self.sections.iter().chain(removed).map(AsRef::as_ref).find(|section: &&Section| section.id == id)
    }
}

impl DeploymentField {
    /// Tells whether it is edited by [`OutlineEdit::Text`]: the builds before it know only the others.
    #[must_use]
    pub const fn is_of_outline(self) -> bool {
        match self {
            Self::Title | Self::Version | Self::SectionText(_) => false,
            Self::SectionHeading(_) | Self::CheckText(_) | Self::CheckVerify(_) => true,
        }
    }
}
