//! A workspace as programs see it over HTTP: stable shapes with names beside ids, and the commands that requests become.
//!
//! Nothing here is stored, and no rule is here: what is asked for becomes commands, and
//! [`decide`](crate::decide::decide) says what comes of them. See `docs/api.md`.

pub mod asked;
pub mod filter;
pub mod find;
pub mod item;
pub mod list;
pub mod page;
pub mod plan;
pub mod whole;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::MemberId;
use crate::member::Profile;
use crate::origin::Origin;
use crate::time::Timestamp;

/// Something by its id and its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Named<I> {
    /// Its id.
    pub id: I,
    /// Its name; empty where that is not known any more.
    pub name: String,
}

/// Who did something, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Done {
    /// Who.
    pub by: Named<MemberId>,
    /// When, in milliseconds since 1970 in UTC.
    pub at: Timestamp,
}

/// The names of people, which are not in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names(BTreeMap<MemberId, String>);

impl FromIterator<Profile> for Names {
    fn from_iter<P: IntoIterator<Item = Profile>>(profiles: P) -> Self {
        Self(profiles.into_iter().map(|profile| (profile.member, profile.name)).collect())
    }
}

impl Names {
    /// Returns somebody with their name, which is empty where nobody knows it any more.
    #[must_use]
    pub fn person(&self, id: MemberId) -> Named<MemberId> {
        Named { id, name: self.0.get(&id).cloned().unwrap_or_default() }
    }

    /// Returns who did something, and when.
    #[must_use]
    pub fn done(&self, origin: &Origin) -> Done {
        Done { by: self.person(origin.actor), at: origin.at }
    }

    /// Iterates over everybody, with their names.
    pub fn iter(&self) -> impl Iterator<Item = (MemberId, &str)> + Clone {
        self.0.iter().map(|(member, name)| (*member, name.as_str()))
    }
}
