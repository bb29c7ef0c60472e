//! An environment: a place deployments are rolled out to, in an order.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::column::ColumnKind;
use crate::decide::{is_false, same_name, too_many};
use crate::event::Event;
use crate::ids::EnvironmentId;
use crate::order;
use crate::rejection::{Rejection, TextField};
use crate::text::{line, optional_line};
use crate::workspace::Workspace;

/// The most environments a workspace may have, archived ones too.
pub const ENVIRONMENTS: usize = 50;

/// What an environment is for; it decides which built-in label and stage its rollouts drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    /// Integration.
    Development,
    /// Pre-production.
    Staging,
    /// Live users.
    Production,
}

/// How what is in an environment is tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Testing {
    /// By machines.
    Automated,
    /// By people.
    Manual,
    /// The key flows only, on what is live.
    Smoke,
}

/// A place deployments are rolled out to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Its name, unique in the workspace whatever the case of its letters.
    pub name: String,
    /// Its place in the order of environments; smaller comes first.
    pub position: u32,
    /// What it is for.
    pub tier: Tier,
    /// How what is in it is tested.
    pub testing: Vec<Testing>,
    /// What people use it for, in one line.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub purpose: Option<String>,
    /// Where it can be reached, as people write it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub address: Option<String>,
    /// Where to ask how it is, as people write it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub health_address: Option<String>,
    /// Nothing new is rolled out to it; what was stays.
    #[serde(skip_serializing_if = "is_false", default)]
    pub archived: bool,
}

/// A new environment, as a command or an event carries it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewEnvironment {
    /// Its new id.
    pub environment: EnvironmentId,
    /// Its name, 1 to 100 characters.
    pub name: String,
    /// Its place in the order of environments; smaller comes first.
    pub position: u32,
    /// What it is for.
    pub tier: Tier,
    /// How what is in it is tested.
    pub testing: Vec<Testing>,
}

/// What happened to environments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvironmentEvent {
    /// An environment was added.
    Added(NewEnvironment),
    /// Something about an environment is another.
    Changed {
        /// Which.
        environment: EnvironmentId,
        /// What about it.
        change: EnvironmentChange,
    },
}

/// Something about an environment, as it is from now on. An empty text takes it away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvironmentChange {
    /// Its name, 1 to 100 characters.
    Name(String),
    /// Its place in the order of environments.
    Position(u32),
    /// What it is for.
    Tier(Tier),
    /// How what is in it is tested.
    Testing(Vec<Testing>),
    /// What people use it for, up to 2,000 characters.
    Purpose(String),
    /// Where it can be reached, up to 2,000 characters.
    Address(String),
    /// Where to ask how it is, up to 2,000 characters.
    HealthAddress(String),
    /// Whether nothing new is rolled out to it.
    Archived(bool),
}

/// What can be asked of environments. For admins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum EnvironmentCommand {
    /// Adds an environment.
    Add {
        /// Its new id.
        environment: EnvironmentId,
        /// Its name, 1 to 100 characters; no other environment has it.
        name: String,
        /// Its place in the order of environments; smaller comes first.
        position: u32,
        /// What it is for.
        tier: Tier,
        /// How what is in it is tested.
        testing: Vec<Testing>,
    },
    /// Changes something about an environment. What was rolled out there stays as it is.
    Change {
        /// Which.
        environment: EnvironmentId,
        /// What about it.
        change: EnvironmentChange,
    },
}

impl Environment {
    fn change(&mut self, change: &EnvironmentChange) {
        let written = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        match change {
            EnvironmentChange::Name(name) => self.name.clone_from(name),
            EnvironmentChange::Position(position) => self.position = *position,
            EnvironmentChange::Tier(tier) => self.tier = *tier,
            EnvironmentChange::Testing(testing) => self.testing.clone_from(testing),
            EnvironmentChange::Purpose(text) => self.purpose = written(text),
            EnvironmentChange::Address(text) => self.address = written(text),
            EnvironmentChange::HealthAddress(text) => self.health_address = written(text),
            EnvironmentChange::Archived(archived) => self.archived = *archived,
        }
    }
}

impl Workspace {
    pub(crate) fn apply_environment(&mut self, event: &EnvironmentEvent) {
        match event {
            EnvironmentEvent::Added(new) => {
                let added = Environment {
                    name: new.name.clone(),
                    position: new.position,
                    tier: new.tier,
                    testing: new.testing.clone(),
                    purpose: None,
                    address: None,
                    health_address: None,
                    archived: false,
                };
                self.environments.insert(new.environment, Arc::new(added));
            }
            EnvironmentEvent::Changed { environment, change } => {
                if let Some(known) = self.environments.get_mut(environment) {
                    Arc::make_mut(known).change(change);
                }
            }
        }
    }

    pub(crate) fn decide_environment(&self, command: &EnvironmentCommand) -> Result<Vec<Event>, Rejection> {
        let event = match command {
            EnvironmentCommand::Add { environment, name, position, tier, testing } => {
                if self.environments.contains_key(environment) {
                    return Err(Rejection::IdTaken);
                }
                too_many(self.environments.len() + 1, ENVIRONMENTS)?;
                Some(EnvironmentEvent::Added(NewEnvironment {
                    environment: *environment,
                    name: self.environment_name(*environment, name)?,
                    position: *position,
                    tier: *tier,
                    testing: each_once(testing),
                }))
            }
            EnvironmentCommand::Change { environment, change } => {
                self.change_environment(*environment, change)?
            }
        };
        Ok(event.map(Event::Environment).into_iter().collect())
    }

    fn change_environment(
        &self,
        environment: EnvironmentId,
        change: &EnvironmentChange,
    ) -> Result<Option<EnvironmentEvent>, Rejection> {
        use EnvironmentChange as C;
        let known =
            self.environments.get(&environment).ok_or(Rejection::UnknownEnvironment { environment })?;
        let change = match change {
            C::Name(name) => C::Name(self.environment_name(environment, name)?),
            C::Testing(testing) => C::Testing(each_once(testing)),
            C::Purpose(purpose) => C::Purpose(text(TextField::Note, purpose)?),
            C::Address(address) => C::Address(text(TextField::Link, address)?),
            C::HealthAddress(address) => C::HealthAddress(text(TextField::Link, address)?),
            C::Position(_) | C::Tier(_) | C::Archived(_) => change.clone(),
        };
        let mut changed = Environment::clone(known);
        changed.change(&change);
        if changed == **known {
            return Ok(None);
        }
        match change {
            // Labels and stages follow the tier: they would tell another story of what has happened.
            C::Tier(_) => self.nothing_rolled_out_to(environment)?,
            C::Archived(true) => self.environment_is_free(environment)?,
            C::Name(_)
            | C::Position(_)
            | C::Testing(_)
            | C::Purpose(_)
            | C::Address(_)
            | C::HealthAddress(_)
            | C::Archived(false) => {}
        }
        Ok(Some(EnvironmentEvent::Changed { environment, change }))
    }

    fn environment_name(&self, environment: EnvironmentId, name: &str) -> Result<String, Rejection> {
        let name = line(TextField::Name, name)?;
        let mut others = self.environments.iter().filter(|(id, _)| **id != environment);
        if others.any(|(_, known)| same_name(&known.name, &name)) {
            return Err(Rejection::NameTaken { name });
        }
        Ok(name)
    }

    fn nothing_rolled_out_to(&self, environment: EnvironmentId) -> Result<(), Rejection> {
        let there = self.rollouts.values().filter(|rollout| rollout.environment == environment);
        let deployments = order::set(there.map(|rollout| rollout.deployment));
        if deployments.is_empty() {
            return Ok(());
        }
        Err(Rejection::InUse { deployments: deployments.len() as u64 })
    }

    /// Refuses to archive an environment that a column is for, or that something is being rolled out to.
    fn environment_is_free(&self, environment: EnvironmentId) -> Result<(), Rejection> {
        let mut columns =
            self.columns.iter().filter(|(_, known)| known.kind == ColumnKind::Environment(environment));
        if let Some((column, _)) = columns.find(|(_, known)| !known.archived) {
            return Err(Rejection::HasColumn { column: *column });
        }
        match self.running_in(environment) {
            Some(deployment) => Err(Rejection::RolloutRunning { deployment, environment }),
            None => Ok(()),
        }
    }

    /// Refuses an environment that nothing new is rolled out to.
    pub(crate) fn usable_environment(&self, environment: EnvironmentId) -> Result<(), Rejection> {
        match self.environments.get(&environment) {
            None => Err(Rejection::UnknownEnvironment { environment }),
            Some(known) if known.archived => Err(Rejection::ArchivedMeanwhile),
            Some(_) => Ok(()),
        }
    }
}

fn each_once(testing: &[Testing]) -> Vec<Testing> {
    order::set(testing.iter().copied()).into_iter().collect()
}

fn text(field: TextField, text: &str) -> Result<String, Rejection> {
    Ok(optional_line(field, Some(text))?.unwrap_or_default())
}
