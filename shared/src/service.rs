//! A service: a thing that gets deployed.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::decide::{is_false, same_name};
use crate::event::Event;
use crate::ids::ServiceId;
use crate::rejection::{Rejection, TextField};
use crate::text::{line, optional_line};
use crate::workspace::Workspace;

/// How often a service is released. Said by people; nothing is forbidden by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cadence {
    /// Whenever something is ready.
    Continuous,
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
    /// By the timetable of a release train.
    Train,
}

/// A thing that gets deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its name, unique in the workspace whatever the case of its letters.
    pub name: String,
    /// The hue of its swatch, in degrees of the OKLCH circle: 0 to 359.
    pub hue: u16,
    /// Where its source is, as people write it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub repository: Option<String>,
    /// How often it is released.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cadence: Option<Cadence>,
    /// No new deployment of it is opened; what there is stays.
    #[serde(skip_serializing_if = "is_false", default)]
    pub archived: bool,
}

/// Something about a service, as it is from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceChange {
    /// Its name, 1 to 100 characters.
    Name(String),
    /// The hue of its swatch, 0 to 359.
    Hue(u16),
    /// Where its source is; empty takes it away.
    Repository(String),
    /// How often it is released; without one nobody says.
    Cadence {
        /// How often.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        cadence: Option<Cadence>,
    },
    /// Whether no new deployment of it is opened.
    Archived(bool),
}

/// What can be asked of services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ServiceCommand {
    /// Adds a service.
    Add {
        /// Its new id.
        service: ServiceId,
        /// Its name, 1 to 100 characters.
        name: String,
        /// The hue of its swatch, 0 to 359.
        hue: u16,
        /// Where its source is.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        repository: Option<String>,
    },
    /// Changes something about a service. For admins.
    Change {
        /// Which.
        service: ServiceId,
        /// What about it.
        change: ServiceChange,
    },
}

/// What happened to services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceEvent {
    /// A service was added.
    Added {
        /// Its id.
        service: ServiceId,
        /// Its name.
        name: String,
        /// The hue of its swatch.
        hue: u16,
        /// Where its source is.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        repository: Option<String>,
    },
    /// Something about a service is another.
    Changed {
        /// Which.
        service: ServiceId,
        /// What about it.
        change: ServiceChange,
    },
}

impl Service {
    fn change(&mut self, change: &ServiceChange) {
        match change {
            ServiceChange::Name(name) => self.name.clone_from(name),
            ServiceChange::Hue(hue) => self.hue = *hue,
            ServiceChange::Repository(text) => {
                self.repository = Some(text.clone()).filter(|text| !text.is_empty());
            }
            ServiceChange::Cadence { cadence } => self.cadence = *cadence,
            ServiceChange::Archived(archived) => self.archived = *archived,
        }
    }
}

impl Workspace {
    pub(crate) fn apply_service(&mut self, event: &ServiceEvent) {
        match event {
            ServiceEvent::Added { service, name, hue, repository } => {
                let (name, repository) = (name.clone(), repository.clone());
                let added = Service { name, hue: *hue, repository, cadence: None, archived: false };
                self.services.insert(*service, Arc::new(added));
            }
            ServiceEvent::Changed { service, change } => {
                if let Some(known) = self.services.get_mut(service) {
                    Arc::make_mut(known).change(change);
                }
            }
        }
    }

    pub(crate) fn decide_service(&self, command: &ServiceCommand) -> Result<Vec<Event>, Rejection> {
        let event = match command {
            ServiceCommand::Add { service, name, hue, repository } => {
                let name = line(TextField::Name, name)?;
                let repository = optional_line(TextField::Repository, repository.as_deref())?;
                if self.services.contains_key(service) {
                    return Err(Rejection::IdTaken);
                }
                let name = self.free_service_name(*service, name)?;
                let hue = valid_hue(*hue)?;
                Some(ServiceEvent::Added { service: *service, name, hue, repository })
            }
            ServiceCommand::Change { service, change } => self.change_service(*service, change)?,
        };
        Ok(event.map(Event::Service).into_iter().collect())
    }

    fn change_service(
        &self,
        service: ServiceId,
        change: &ServiceChange,
    ) -> Result<Option<ServiceEvent>, Rejection> {
        use ServiceChange as C;
        let known = self.services.get(&service).ok_or(Rejection::UnknownService { service })?;
        let change = match change {
            C::Name(name) => C::Name(self.free_service_name(service, line(TextField::Name, name)?)?),
            C::Hue(hue) => C::Hue(valid_hue(*hue)?),
            C::Repository(text) => {
                C::Repository(optional_line(TextField::Repository, Some(text))?.unwrap_or_default())
            }
            C::Cadence { .. } | C::Archived(_) => change.clone(),
        };
        let mut changed = Service::clone(known);
        changed.change(&change);
        if changed == **known {
            return Ok(None);
        }
        if change == C::Archived(true) {
            let is_of_it = |id| self.deployments.get(&id).is_some_and(|known| known.service == service);
            let deployments = self.open_deployments().filter(|id| is_of_it(*id)).count() as u64;
            if deployments > 0 {
                return Err(Rejection::InUse { deployments });
            }
        }
        Ok(Some(ServiceEvent::Changed { service, change }))
    }

    fn free_service_name(&self, service: ServiceId, name: String) -> Result<String, Rejection> {
        let taken = self.services.iter().any(|(id, known)| *id != service && same_name(&known.name, &name));
        if taken { Err(Rejection::NameTaken { name }) } else { Ok(name) }
    }
}

fn valid_hue(hue: u16) -> Result<u16, Rejection> {
    if hue < 360 { Ok(hue) } else { Err(Rejection::OutOfRange) }
}
