//! A workspace as a list of entities: the form of snapshots and exports, and what the digest is over.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Workspace;
use crate::canonical::Hash;
use crate::ids::{
    ColumnId, DeploymentId, EnvironmentId, FreezeId, LabelId, MemberId, RolloutId, ServiceId, TemplateId,
    ViewId,
};
use crate::json::{self, Json};
use crate::order;
use crate::policy::PolicyId;

/// The version of the shape of entities. Digests are compared only under equal versions. 2: deployments can be sealed. 3:
/// risk, policies, freezes, people who are responsible, comments.
pub const MODEL_VERSION: u16 = 3;

/// One entity in the form it is stored and sent in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entity {
    /// What it is: `workspace`, `member`, `service`, `environment`, `column`, `label`, `deployment`, `rollout`,
    /// `policy`, `freeze`, `template`, `view`.
    pub kind: String,
    /// Its id; empty for the workspace itself.
    pub id: String,
    /// What is known of it.
    pub entity: Json,
}

/// An entity that can't be read.
#[derive(Debug, thiserror::Error)]
#[error("{kind} {id} can't be read")]
pub struct EntityError {
    /// What it claims to be.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// What is wrong with it.
    #[source]
    pub source: serde_json::Error,
}

#[derive(Serialize, Deserialize)]
struct Settings {
    #[serde(skip_serializing_if = "is_zero", default)]
    moved: u64,
    name: String,
}

#[cfg_attr(
    target_pointer_width = "64",
    expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")
)]
const fn is_zero(moved: &u64) -> bool {
    *moved == 0
}

impl Workspace {
    /// Returns how many entities there are.
    #[must_use]
    pub fn entity_count(&self) -> usize {
        self.columns.len()
            + self.deployments.len()
            + self.environments.len()
            + self.freezes.len()
            + self.labels.len()
            + self.members.len()
            + self.policies.len()
            + self.rollouts.len()
            + self.services.len()
            + self.views.len()
            + self.templates.len()
            + usize::from(!self.name.is_empty())
            + self.unknown.len()
    }

    /// Iterates over every entity in the order of the digest, by kind and id, making one at a time.
    pub fn entities(&self) -> Box<dyn Iterator<Item = Entity> + '_> {
        let settings = Settings { moved: self.moved, name: self.name.clone() };
        let workspace = (!self.name.is_empty()).then(|| entity("workspace", String::new(), &settings));
        let known = each("column", &self.columns)
            .chain(each("deployment", &self.deployments))
            .chain(each("environment", &self.environments))
            .chain(each("freeze", &self.freezes))
            .chain(each("label", &self.labels))
            .chain(each("member", &self.members))
            .chain(each("policy", &self.policies))
            .chain(each("rollout", &self.rollouts))
            .chain(each("service", &self.services))
            .chain(each("template", &self.templates))
            .chain(each("view", &self.views))
            .chain(workspace);
        if self.unknown.is_empty() {
            return Box::new(known);
        }
        let unknown = self.unknown.iter().map(|((kind, id), value)| Entity {
            kind: kind.clone(),
            id: id.clone(),
            entity: Json::clone(value),
        });
        let mut all: Vec<_> = known.chain(unknown).collect();
        order::sort_by(&mut all, |a, b| (&a.kind, &a.id).cmp(&(&b.kind, &b.id)));
        Box::new(all.into_iter())
    }

    /// Takes an entity in, in place of what was known of it.
    ///
    /// # Errors
    ///
    /// When it is of a known kind and can't be read. One of an unknown kind is kept as it is.
    pub fn insert_entity(&mut self, entity: Entity) -> Result<(), EntityError> {
        let Entity { kind, id, entity: value } = entity;
        self.insert_value(&kind, &id, &value).map_err(|source| EntityError { kind, id, source })
    }

    fn insert_value(&mut self, kind: &str, id: &str, value: &Json) -> Result<(), serde_json::Error> {
        match kind {
            "workspace" => Settings { moved: self.moved, name: self.name } = json::read(value.text())?,
            "member" => drop(self.members.insert(read_id::<MemberId>(id)?, read(value)?)),
            "service" => drop(self.services.insert(read_id::<ServiceId>(id)?, read(value)?)),
            "environment" => drop(self.environments.insert(read_id::<EnvironmentId>(id)?, read(value)?)),
            "column" => drop(self.columns.insert(read_id::<ColumnId>(id)?, read(value)?)),
            "freeze" => drop(self.freezes.insert(read_id::<FreezeId>(id)?, read(value)?)),
            "policy" => drop(self.policies.insert(read_id::<PolicyId>(id)?, read(value)?)),
            "template" => drop(self.templates.insert(read_id::<TemplateId>(id)?, read(value)?)),
            "label" => drop(self.labels.insert(read_id::<LabelId>(id)?, read(value)?)),
            "view" => drop(self.views.insert(read_id::<ViewId>(id)?, read(value)?)),
            "deployment" => {
                let deployment: Arc<crate::deployment::Deployment> = read(value)?;
                let id = read_id::<DeploymentId>(id)?;
                self.index_deployment(id, deployment.is_on_board());
                self.deployments.insert(id, deployment);
            }
            "rollout" => {
                let rollout: Arc<crate::rollout::Rollout> = read(value)?;
                let id = read_id::<RolloutId>(id)?;
                self.index_rollout(id, &rollout);
                self.rollouts.insert(id, rollout);
            }
            _ => drop(self.unknown.insert((kind.to_owned(), id.to_owned()), Arc::new(value.clone()))),
        }
        Ok(())
    }

    /// Returns the digest of the state: SHA-256 over kind, id and hash of every entity, in order. Two replicas
    /// of one model version with equal digests are in the same state.
    #[must_use]
    pub fn digest(&self) -> Hash {
        digest(self.entities())
    }
}

fn digest(entities: impl Iterator<Item = Entity>) -> Hash {
    let mut rows = String::new();
    for entity in entities {
        push_digest_row(&mut rows, &entity);
    }
    Hash::of(&[rows.as_bytes()])
}

/// Appends what the digest is over for one entity.
pub(crate) fn push_digest_row(rows: &mut String, entity: &Entity) {
    rows.push_str(&entity.kind);
    rows.push('\t');
    rows.push_str(&entity.id);
    rows.push('\t');
    rows.push_str(&entity.entity.hash().to_string());
    rows.push('\n');
}

fn each<'a, I: Copy + Ord + ToString, T: Serialize>(
    kind: &'static str,
    map: &'a imbl::OrdMap<I, Arc<T>>,
) -> impl Iterator<Item = Entity> + 'a {
    map.iter().map(move |(id, value)| entity(kind, id.to_string(), value.as_ref()))
}

fn entity<T: Serialize>(kind: &str, id: String, value: &T) -> Entity {
    Entity { kind: kind.to_owned(), id, entity: Json::of(value) }
}

fn read<T: serde::de::DeserializeOwned>(value: &Json) -> Result<Arc<T>, serde_json::Error> {
    json::read(value.text()).map(Arc::new)
}

fn read_id<I: std::str::FromStr>(text: &str) -> Result<I, serde_json::Error>
where
    I::Err: std::fmt::Display,
{
    text.parse().map_err(serde::de::Error::custom)
}
