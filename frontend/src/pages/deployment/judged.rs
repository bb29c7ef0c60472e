//! What approvers had before them when they decided on this device: what changed since is told from it where their
//! decision comes back.

use serde::{Deserialize, Serialize};
use slipway_shared::canonical::Hash;
use slipway_shared::deployment::approval::Content;
use slipway_shared::ids::{DeploymentId, EnvironmentId};
use slipway_shared::policy::Risk;
use slipway_shared::workspace::Workspace;

use crate::browser::kept;

/// Where it is kept, and how many of them are.
const MOST: usize = 50;

/// What a decision is about, as its author saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The digest that the decision names.
    pub digest: Hash,
    #[serde(flatten)]
    content: Content,
}

/// Something that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The version.
    Version {
        /// What it was.
        was: String,
        /// What it is.
        is: String,
    },
    /// A check came to it.
    Added(String),
    /// A check is not part of it any more, or has another text.
    Gone(String),
    /// What exactly is rolled out.
    Artifacts,
    /// How much there is at stake.
    Risk {
        /// What it is.
        is: Risk,
    },
    /// What the policy asks for.
    Policy,
}

impl Judged {
    /// Returns what a decision about a rollout is about now.
    #[must_use]
    pub fn now(workspace: &Workspace, id: DeploymentId, environment: EnvironmentId) -> Option<Self> {
        let content = workspace.approval_content(id, environment)?;
        Some(Self { digest: content.digest(id, environment), content })
    }

    /// Keeps it, in place of the oldest where there are many. Without it the change is not told, only that there is
    /// one.
    pub fn keep(self) {
        let mut all: Vec<Self> = kept::read(&kept::own(kept::JUDGED)).unwrap_or_default();
        all.retain(|known| known.digest != self.digest);
        all.push(self);
        let surplus = all.len().saturating_sub(MOST);
        kept::keep(&kept::own(kept::JUDGED), &all.split_off(surplus));
    }

    /// Returns what was judged under a digest, if that was on this device and not long ago.
    #[must_use]
    pub fn recall(digest: Hash) -> Option<Self> {
        let all: Vec<Self> = kept::read(&kept::own(kept::JUDGED))?;
        all.into_iter().find(|known| known.digest == digest)
    }

    /// Returns what is different in `now`.
    #[must_use]
    pub fn differences(&self, now: &Self) -> Vec<Difference> {
        differences(&self.content, &now.content)
    }
}

/// Returns what is different between what was judged and what it is now.
#[must_use]
pub fn differences(was: &Content, now: &Content) -> Vec<Difference> {
    let version = (was.version != now.version)
        .then(|| Difference::Version { was: was.version.clone(), is: now.version.clone() });
    let missing_in = |from: &Content, to: &Content| -> Vec<String> {
        from.checks.iter().filter(|check| !to.checks.contains(check)).cloned().collect()
    };
    let gone = missing_in(was, now).into_iter().map(Difference::Gone);
    let added = missing_in(now, was).into_iter().map(Difference::Added);
    let artifacts = (was.artifacts != now.artifacts).then_some(Difference::Artifacts);
    let risk = (was.risk != now.risk).then(|| Difference::Risk { is: now.risk.unwrap_or_default() });
    let policy = (was.policy != now.policy).then_some(Difference::Policy);
    version.into_iter().chain(gone).chain(added).chain(artifacts).chain(risk).chain(policy).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(version: &str, checks: &[&str]) -> Judged {
        let checks = checks.iter().map(ToString::to_string).collect();
        let (digest, version) = (Hash::of(&[version.as_bytes()]), version.to_owned());
        let content = Content { version, checks, artifacts: Vec::new(), risk: None, policy: None };
        Judged { digest, content }
    }

    #[test]
    fn what_came_and_what_went_is_told() {
        let was = judged("2.4.0", &["Tests passing", "Docs"]);
        let now = judged("2.4.1", &["Tests passing", "Rollback plan"]);
        assert_eq!(
            was.differences(&now),
            [
                Difference::Version { was: "2.4.0".to_owned(), is: "2.4.1".to_owned() },
                Difference::Gone("Docs".to_owned()),
                Difference::Added("Rollback plan".to_owned()),
            ]
        );
        assert_eq!(was.differences(&was), []);
    }
}
