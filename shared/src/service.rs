//! A service: a thing that gets deployed.

use serde::{Deserialize, Serialize};

use crate::ids::ServiceId;

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
}
