//! What several people say about one thing: a statement supersedes those its author had seen, and only
//! concurrent ones combine, by safety.

use serde::{Deserialize, Serialize};

use crate::ids::CommandKey;
use crate::origin::{Origin, Seen};

/// One statement, with its origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attestation<S> {
    /// Who said it, when, by which command.
    pub origin: Origin,
    /// What was said.
    pub statement: S,
}

/// The statements about one thing that nobody has superseded; more than one only while people disagree or
/// agreed without having seen each other. In the order of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Attestations<S>(Vec<Attestation<S>>);

impl<S> Default for Attestations<S> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<S> Attestations<S> {
    /// Returns the commands whose statements the author of a new one has seen.
    #[must_use]
    pub fn seen_by(&self, seen: &Seen) -> Vec<CommandKey> {
        let covered = self.0.iter().filter(|attestation| seen.covers(&attestation.origin));
        covered.map(|attestation| attestation.origin.command).collect()
    }

    /// Adds a statement in place of those it supersedes.
    pub fn attest(&mut self, attestation: Attestation<S>, supersedes: &[CommandKey]) {
        self.0.retain(|earlier| !supersedes.contains(&earlier.origin.command));
        self.0.push(attestation);
    }

    /// Takes back what these commands said.
    pub(crate) fn forget(&mut self, commands: &[CommandKey]) {
        self.0.retain(|told| !commands.contains(&told.origin.command));
    }

    /// Iterates over the standing statements in the order of the log.
    pub fn iter(&self) -> std::slice::Iter<'_, Attestation<S>> {
        self.0.iter()
    }

    /// Returns the statement that counts: the one that ranks highest by `rank`, the newest among equals.
    pub fn prevailing<R: Ord>(&self, rank: impl Fn(&S) -> R) -> Option<&Attestation<S>> {
        self.0.iter().max_by_key(|attestation| rank(&attestation.statement))
    }

    /// Tells whether nothing was said yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
