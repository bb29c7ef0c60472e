//! Approvals: who judged what exactly, and which of these judgements count.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Deployment;
use super::event::DeploymentEvent;
use super::plan::Artifact;
use crate::attestation::Attestation;
use crate::canonical::{Hash, canonical_hash};
use crate::capability::Capability;
use crate::context::Context;
use crate::ids::{DeploymentId, EnvironmentId, MemberId};
use crate::policy::{Risk, Rules};
use crate::rejection::Rejection;
use crate::time::Timestamp;
use crate::workspace::Workspace;

/// What an approver says. Of what one approver said in two places at once, the safer counts: the later one here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It may be rolled out.
    Approved,
    /// It may not.
    Declined,
}

/// What an approver said about rolling a deployment out, and what exactly they had before them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Where to.
    pub environment: EnvironmentId,
    /// The digest of what was judged.
    pub digest: Hash,
    /// What was said.
    pub verdict: Verdict,
    /// What else was said; the reason where it was declined.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// What was judged, in words, so that everybody sees what changed since. Not there where it is long, or where an
    /// older build took it in.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub content: Option<Box<Content>>,
}

/// What an approval of a rollout is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Content {
    /// The version.
    pub version: String,
    /// The texts of the checks that have to hold.
    pub checks: Vec<String>,
    /// What exactly is rolled out, as far as anybody said.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub artifacts: Vec<Artifact>,
    /// How much there is at stake; absent where it is normal.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub risk: Option<Risk>,
    /// The policy, as far as approvers rely on it; absent where it is the one that holds where none was set.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub policy: Option<Rules>,
}

/// The most bytes of texts that are kept beside a judgement.
const KEPT_BYTES: usize = 32 * 1024;

impl Content {
    /// Returns the digest of a rollout of it. Ticking a check changes nothing here; another text of one does.
    #[must_use]
    pub fn digest(&self, deployment: DeploymentId, environment: EnvironmentId) -> Hash {
        #[derive(Serialize)]
        struct Approved<'a> {
            deployment: DeploymentId,
            environment: EnvironmentId,
            #[serde(flatten)]
            content: &'a Content,
        }
        canonical_hash(&Approved { deployment, environment, content: self })
    }

    fn is_short(&self) -> bool {
        let artifacts = self
            .artifacts
            .iter()
            .flat_map(|known| [Some(&known.name), known.digest.as_ref(), known.link.as_ref()]);
        let texts = self.checks.iter().chain(artifacts.flatten());
        texts.map(String::len).sum::<usize>() <= KEPT_BYTES
    }
}

/// Why a judgement does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Lapse {
    /// What was judged has changed since.
    Stale,
    /// Its author is no approver any more.
    NotApprover,
    /// Its author opened the deployment: another pair of eyes is needed.
    OwnWork,
    /// It was said before the workspace was moved here.
    BeforeMove,
    /// It was said too long ago for the policy.
    Expired,
}

/// The judgement of one approver, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Who.
    pub by: MemberId,
    /// When.
    pub at: Timestamp,
    /// What they said.
    pub verdict: Verdict,
    /// What else they said.
    pub note: Option<String>,
    /// Why it does not count; `None` where it does.
    pub lapse: Option<Lapse>,
    /// What they had before them, as far as it was kept.
    pub content: Option<Box<Content>>,
    /// When it stops counting by itself; `None` where it does not.
    pub expires: Option<Timestamp>,
}

impl Standing {
    /// Tells whether it counts, and says this.
    #[must_use]
    pub fn counts_as(&self, verdict: Verdict) -> bool {
        self.lapse.is_none() && self.verdict == verdict
    }
}

impl Workspace {
    /// Returns the digest of what an approval of a rollout is about; `None` where there is no such deployment.
    #[must_use]
    pub fn approval_digest(&self, id: DeploymentId, environment: EnvironmentId) -> Option<Hash> {
        Some(self.approval_content(id, environment)?.digest(id, environment))
    }

    /// Returns what an approval of a rollout is about; `None` where there is no such deployment.
    #[must_use]
    pub fn approval_content(&self, id: DeploymentId, environment: EnvironmentId) -> Option<Content> {
        let known = self.deployments.get(&id)?;
        let rules = self.rules_for(id, environment);
        let policy =
            Some(rules.relied_on()).filter(|rules| *rules != self.default_rules(environment).relied_on());
        Some(Content {
            version: known.version.value.clone(),
            checks: known.required_checks(&rules).map(|check| check.text.clone()).collect(),
            artifacts: known.artifacts().to_vec(),
            risk: Some(known.risk()).filter(|risk| *risk != Risk::Normal),
            policy,
        })
    }

    /// Returns what each approver last said about rolling a deployment out to an environment, and whether it counts at a
    /// moment.
    #[must_use]
    pub fn approvals(&self, id: DeploymentId, environment: EnvironmentId, at: Timestamp) -> Vec<Standing> {
        let Some(known) = self.deployments.get(&id) else { return Vec::new() };
        let about = known.approvals.iter().filter(|said| said.statement.environment == environment);
        let mut last: Vec<&Attestation<Judgement>> = Vec::new();
        for said in about {
            match last.iter_mut().find(|earlier| earlier.origin.actor == said.origin.actor) {
                // Said in two places at once: the safer one counts.
                Some(earlier) if earlier.statement.verdict <= said.statement.verdict => *earlier = said,
                Some(_) => {}
                None => last.push(said),
            }
        }
        if last.is_empty() {
            return Vec::new();
        }
        let digest = self.approval_digest(id, environment);
        let lasts = self.rules_for(id, environment).approvals_last_ms;
        let standing = |said: &Attestation<Judgement>| {
            let Judgement { verdict, note, content, .. } = said.statement.clone();
            let (by, expires) = (said.origin.actor, expiry(said, lasts));
            let lapse = if self.is_from_before_move(said.origin.seq) {
                Some(Lapse::BeforeMove)
            } else if digest != Some(said.statement.digest) {
                Some(Lapse::Stale)
            } else if expires.is_some_and(|expires| expires <= at) {
                Some(Lapse::Expired)
            } else {
                self.lapse_of(id, environment, by, verdict)
            };
            Standing { by, at: said.origin.at, verdict, note, lapse, content, expires }
        };
        last.into_iter().map(standing).collect()
    }

    /// Returns why what somebody said would not count if they said it now.
    fn lapse_of(
        &self,
        deployment: DeploymentId,
        environment: EnvironmentId,
        by: MemberId,
        verdict: Verdict,
    ) -> Option<Lapse> {
        let needed = match verdict {
            Verdict::Approved => Capability::Approve { deployment, environment },
            Verdict::Declined => Capability::Decline,
        };
        let refusal = needed.refusal(self, by)?;
        Some(if refusal == Rejection::OwnWork { Lapse::OwnWork } else { Lapse::NotApprover })
    }

    /// Tells whether a place of the log is from before the workspace was moved to where it is. What waits for its place
    /// is not.
    fn is_from_before_move(&self, seq: Option<u64>) -> bool {
        seq.is_some_and(|seq| seq < self.moved)
    }

    /// Tells whether somebody may decide on approvals now.
    #[must_use]
    pub fn is_approver(&self, member: MemberId) -> bool {
        Capability::Decline.refusal(self, member).is_none()
    }

    /// Four eyes: who opened a deployment does not approve it, except where there is nobody else, or where its policy
    /// doesn't mind.
    pub(crate) fn is_own_work(
        &self,
        deployment: DeploymentId,
        environment: EnvironmentId,
        member: MemberId,
    ) -> bool {
        let opened_it = |known: &Arc<Deployment>| known.opened.actor == member;
        self.members.len() > 1
            && self.deployments.get(&deployment).is_some_and(opened_it)
            && self.rules_for(deployment, environment).four_eyes
    }

    pub(super) fn judge(
        &self,
        context: &Context,
        deployment: DeploymentId,
        judgement: Judgement,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        let Judgement { environment, digest, verdict, .. } = judgement;
        let known = self.editable(deployment)?;
        if !self.environments.contains_key(&environment) {
            return Err(Rejection::UnknownEnvironment { environment });
        }
        if let Some(current) = self.approval_digest(deployment, environment)
            && current != digest
        {
            return Err(Rejection::StaleApproval { digest: current });
        }
        // Decided in the place it was moved from, and sent only here.
        if self.is_from_before_move(Some(context.seen.seq)) {
            return Err(Rejection::StaleApproval { digest });
        }
        let own: Vec<_> = known
            .approvals
            .iter()
            .filter(|said| said.origin.actor == context.actor && said.statement.environment == environment)
            .collect();
        let lasts = self.rules_for(deployment, environment).approvals_last_ms;
        let counts_on = |said: &Attestation<Judgement>| {
            expiry(said, lasts).is_none_or(|expires| expires > context.now)
                && !self.is_from_before_move(said.origin.seq)
        };
        if let [standing] = own.as_slice()
            && (standing.statement.digest, standing.statement.verdict) == (digest, verdict)
            && standing.statement.note == judgement.note
            && counts_on(standing)
        {
            return Ok(None);
        }
        let seen = own.iter().filter(|said| context.seen.covers(&said.origin));
        let supersedes = seen.map(|said| said.origin.command).collect();
        let content = self.approval_content(deployment, environment).filter(Content::is_short).map(Box::new);
        let judgement = Judgement { content, ..judgement };
        Ok(Some(DeploymentEvent::Judged { deployment, judgement, supersedes }))
    }

    /// What its author had not seen of their own, from another device, stays.
    pub(super) fn withdraw(
        &self,
        context: &Context,
        deployment: DeploymentId,
        environment: EnvironmentId,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        let known = self.editable(deployment)?;
        if !self.environments.contains_key(&environment) {
            return Err(Rejection::UnknownEnvironment { environment });
        }
        let own = known.approvals.iter().filter(|said| {
            said.origin.actor == context.actor
                && said.statement.environment == environment
                && context.seen.covers(&said.origin)
        });
        let supersedes: Vec<_> = own.map(|said| said.origin.command).collect();
        let withdrawn =
            || DeploymentEvent::Withdrawn { deployment, environment, supersedes: supersedes.clone() };
        Ok((!supersedes.is_empty()).then(withdrawn))
    }
}

/// Returns when an approval stops counting by itself. A decline never does: it only keeps things shut.
fn expiry(said: &Attestation<Judgement>, lasts_ms: Option<i64>) -> Option<Timestamp> {
    let lasts_ms = lasts_ms.filter(|_| said.statement.verdict == Verdict::Approved)?;
    Some(said.origin.at.plus(lasts_ms))
}
