//! Approvals: who judged what exactly, and which of these judgements count.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Deployment;
use super::event::DeploymentEvent;
use crate::attestation::Attestation;
use crate::canonical::{Hash, canonical_hash};
use crate::capability::Capability;
use crate::context::Context;
use crate::ids::{DeploymentId, EnvironmentId, MemberId};
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
}

/// Returns the digest of what an approval is about. Ticking a check changes nothing here; another text of one does.
#[must_use]
pub fn digest_of(
    deployment: DeploymentId,
    environment: EnvironmentId,
    version: &str,
    required_checks: &[&str],
) -> Hash {
    #[derive(Serialize)]
    struct Approved<'a> {
        deployment: DeploymentId,
        environment: EnvironmentId,
        version: &'a str,
        checks: &'a [&'a str],
    }
    canonical_hash(&Approved { deployment, environment, version, checks: required_checks })
}

impl Workspace {
    /// Returns the digest of what an approval of a rollout is about; `None` where there is no such deployment.
    #[must_use]
    pub fn approval_digest(&self, id: DeploymentId, environment: EnvironmentId) -> Option<Hash> {
        let known = self.deployments.get(&id)?;
        let checks: Vec<_> = known.required_checks().map(|check| check.text.as_str()).collect();
        Some(digest_of(id, environment, &known.version.value, &checks))
    }

    /// Returns what each approver last said about rolling a deployment out to an environment, and whether it counts.
    #[must_use]
    pub fn approvals(&self, id: DeploymentId, environment: EnvironmentId) -> Vec<Standing> {
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
        let digest = self.approval_digest(id, environment);
        last.into_iter()
            .map(|said| {
                let Judgement { verdict, note, .. } = &said.statement;
                let by = said.origin.actor;
                let lapse = if self.is_from_before_move(said.origin.seq) {
                    Some(Lapse::BeforeMove)
                } else if digest == Some(said.statement.digest) {
                    self.lapse_of(id, by, *verdict)
                } else {
                    Some(Lapse::Stale)
                };
                Standing { by, at: said.origin.at, verdict: *verdict, note: note.clone(), lapse }
            })
            .collect()
    }

    /// Returns why what somebody said would not count if they said it now.
    fn lapse_of(&self, deployment: DeploymentId, by: MemberId, verdict: Verdict) -> Option<Lapse> {
        let needed = match verdict {
            Verdict::Approved => Capability::Approve { deployment },
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

    /// Four eyes: who opened a deployment does not approve it, except where there is nobody else.
    pub(crate) fn is_own_work(&self, deployment: DeploymentId, member: MemberId) -> bool {
        let opened_it = |known: &Arc<Deployment>| known.opened.actor == member;
        self.members.len() > 1 && self.deployments.get(&deployment).is_some_and(opened_it)
    }

    pub(super) fn judge(
        &self,
        context: &Context,
        deployment: DeploymentId,
        judgement: Judgement,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        let Judgement { environment, digest, .. } = judgement;
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
        if let [standing] = own.as_slice()
            && standing.statement == judgement
            && !self.is_from_before_move(standing.origin.seq)
        {
            return Ok(None);
        }
        let seen = own.iter().filter(|said| context.seen.covers(&said.origin));
        let supersedes = seen.map(|said| said.origin.command).collect();
        Ok(Some(DeploymentEvent::Judged { deployment, judgement, supersedes }))
    }
}
