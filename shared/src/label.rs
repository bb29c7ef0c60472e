//! Labels: seven that follow the facts by themselves, and the team's own.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::decide::{is_false, same_name};
use crate::environment::Tier;
use crate::event::Event;
use crate::ids::LabelId;
use crate::rejection::{Rejection, TextField};
use crate::rollout::Phase;
use crate::text::line;
use crate::workspace::Workspace;

/// The seven built-in labels. They are derived from facts and never set by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BuiltInLabel {
    /// Deployment work; every deployment has it.
    TypeDeployment,
    /// A rollout to a development environment has started.
    DeployDev,
    /// A rollout to a staging environment has started.
    DeployStaging,
    /// A rollout to a production environment has started.
    DeployProd,
    /// The latest production rollout succeeded.
    DeploySuccess,
    /// The latest production rollout failed.
    DeployFailed,
    /// The latest production rollout was rolled back.
    DeployRollback,
}

impl BuiltInLabel {
    /// All seven, in the order of the source.
    pub const ALL: [Self; 7] = [
        Self::TypeDeployment,
        Self::DeployDev,
        Self::DeployStaging,
        Self::DeployProd,
        Self::DeploySuccess,
        Self::DeployFailed,
        Self::DeployRollback,
    ];

    /// Returns the label as the team reads and writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TypeDeployment => "type-deployment",
            Self::DeployDev => "deploy-dev",
            Self::DeployStaging => "deploy-staging",
            Self::DeployProd => "deploy-prod",
            Self::DeploySuccess => "deploy-success",
            Self::DeployFailed => "deploy-failed",
            Self::DeployRollback => "deploy-rollback",
        }
    }

    /// Returns the label that a started rollout to an environment of `tier` brings.
    #[must_use]
    pub const fn for_tier(tier: Tier) -> Self {
        match tier {
            Tier::Development => Self::DeployDev,
            Tier::Staging => Self::DeployStaging,
            Tier::Production => Self::DeployProd,
        }
    }

    /// Returns the label for the latest production rollout; `None` while it runs.
    #[must_use]
    pub const fn for_outcome(phase: Phase) -> Option<Self> {
        match phase {
            Phase::Started => None,
            Phase::Succeeded => Some(Self::DeploySuccess),
            Phase::Failed => Some(Self::DeployFailed),
            Phase::RolledBack => Some(Self::DeployRollback),
        }
    }
}

/// A label of the team's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Its name, unique in the workspace whatever the case of its letters, and none of the built-in ones.
    pub name: String,
    /// It is put on nothing any more; where it is, it stays.
    #[serde(skip_serializing_if = "is_false", default)]
    pub archived: bool,
}

/// Something about a label, as it is from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelChange {
    /// Its name, 1 to 100 bytes.
    Name(String),
    /// Whether it is put on nothing any more.
    Archived(bool),
}

/// What can be asked of labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum LabelCommand {
    /// Adds a label to the workspace.
    Add {
        /// Its new id.
        label: LabelId,
        /// Its name, 1 to 100 bytes.
        name: String,
    },
    /// Changes something about a label, on every deployment that has it. For admins.
    Change {
        /// Which.
        label: LabelId,
        /// What about it.
        change: LabelChange,
    },
}

/// What happened to labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelEvent {
    /// A label was added to the workspace.
    Added {
        /// Its id.
        label: LabelId,
        /// Its name.
        name: String,
    },
    /// Something about a label is another.
    Changed {
        /// Which.
        label: LabelId,
        /// What about it.
        change: LabelChange,
    },
}

impl Label {
    fn change(&mut self, change: &LabelChange) {
        match change {
            LabelChange::Name(name) => self.name.clone_from(name),
            LabelChange::Archived(archived) => self.archived = *archived,
        }
    }
}

impl Workspace {
    pub(crate) fn apply_label(&mut self, event: &LabelEvent) {
        match event {
            LabelEvent::Added { label, name } => {
                self.labels.insert(*label, Arc::new(Label { name: name.clone(), archived: false }));
            }
            LabelEvent::Changed { label, change } => {
                if let Some(known) = self.labels.get_mut(label) {
                    Arc::make_mut(known).change(change);
                }
            }
        }
    }

    pub(crate) fn decide_label(&self, command: &LabelCommand) -> Result<Vec<Event>, Rejection> {
        let event = match command {
            LabelCommand::Add { label, name } => {
                if self.labels.contains_key(label) {
                    return Err(Rejection::IdTaken);
                }
                Some(LabelEvent::Added { label: *label, name: self.free_label_name(*label, name)? })
            }
            LabelCommand::Change { label, change } => {
                let known = self.labels.get(label).ok_or(Rejection::UnknownLabel { label: *label })?;
                let change = match change {
                    LabelChange::Name(name) => LabelChange::Name(self.free_label_name(*label, name)?),
                    LabelChange::Archived(archived) => LabelChange::Archived(*archived),
                };
                let mut changed = Label::clone(known);
                changed.change(&change);
                (changed != **known).then_some(LabelEvent::Changed { label: *label, change })
            }
        };
        Ok(event.map(Event::Label).into_iter().collect())
    }

    fn free_label_name(&self, label: LabelId, name: &str) -> Result<String, Rejection> {
        let name = line(TextField::Name, name)?;
        let taken = self.labels.iter().any(|(id, known)| *id != label && same_name(&known.name, &name));
        if taken || BuiltInLabel::ALL.iter().any(|known| same_name(known.name(), &name)) {
            return Err(Rejection::NameTaken { name });
        }
        Ok(name)
    }

    /// Refuses a label that is put on nothing any more.
    pub(crate) fn usable_label(&self, label: LabelId) -> Result<(), Rejection> {
        match self.labels.get(&label) {
            None => Err(Rejection::UnknownLabel { label }),
            Some(known) if known.archived => Err(Rejection::ArchivedMeanwhile),
            Some(_) => Ok(()),
        }
    }
}
