//! Sealing: of a deployment that is over for long every replica keeps the facts, and the server alone its detail.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::outline::Removed;
use super::read::Progress;
use super::{Change, Deployment};
use crate::attestation::Attestations;
use crate::canonical::Hash;
use crate::ids::EnvironmentId;
use crate::json;
use crate::stage::{Stage, StageState};
use crate::time::Timestamp;

/// How long a deployment is over before it is sealed, in milliseconds: 30 days.
pub const SEALED_AFTER_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// What is known of the detail of a sealed deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The hash of the deployment's canonical JSON as it was.
    pub detail: Hash,
    /// How far its checks were.
    pub progress: Progress,
    /// The environments whose gate was open for it: a later fact about a rollout there is within the gate.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub gates_open: Vec<EnvironmentId>,
    /// How far the stages were that follow what is left out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub stages: BTreeMap<Stage, StageState>,
}

impl Deployment {
    /// Tells whether it is over for so long that it can be sealed.
    #[must_use]
    pub fn is_due_for_sealing(&self, now: Timestamp) -> bool {
        let is_old = |finished: Timestamp| now.since(finished) >= SEALED_AFTER_MS;
        self.sealed.is_none() && self.finished.is_some_and(|finished| is_old(finished.at))
    }

    /// Returns the facts alone: what lists and metrics need.
    #[must_use]
    pub(super) fn facts(
        &self,
        detail: Hash,
        gates_open: &[EnvironmentId],
        stages: &BTreeMap<Stage, StageState>,
    ) -> Self {
        let facts_of = |change: &Change| Change {
            summary: String::new(),
            commit: change.commit.clone(),
            author: None,
            authored_at: change.authored_at,
            link: None,
        };
        Self {
            changes: Arc::new(self.changes.iter().map(facts_of).collect()),
            sections: Vec::new(),
            conflicts: Vec::new(),
            approvals: Attestations::default(),
            tested: Attestations::default(),
            artifacts: None,
            comments: Vec::new(),
            links: Vec::new(),
            removed: Removed::default(),
            concluded: None,
            sealed: Some(Sealed {
                detail,
                progress: self.progress(),
                gates_open: gates_open.to_vec(),
                stages: stages.clone(),
            }),
            ..self.clone()
        }
    }
}

/// Reads the detail of a sealed deployment; `None` when it is not what was sealed.
#[must_use]
pub fn read_detail(text: &str, hash: Hash) -> Option<Deployment> {
    let is_it = Hash::of(&[text.as_bytes()]) == hash;
    json::read(text).ok().filter(|_| is_it)
}
