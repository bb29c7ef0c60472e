//! Starting a rollout past a closed gate: by whom its policy lets, with a reason that stays.

use super::{Overridden, RolloutCommand};
use crate::context::Context;
use crate::event::Event;
use crate::ids::{DeploymentId, EnvironmentId, MemberId};
use crate::member::Role;
use crate::rejection::{Rejection, TextField};
use crate::text::line;
use crate::workspace::Workspace;

impl Workspace {
    /// What it was asked past may be gone when it is granted: then it is a rollout like any other, and the reason is its
    /// note.
    pub(super) fn decide_override(
        &self,
        context: &Context,
        command: &RolloutCommand,
    ) -> Result<Vec<Event>, Rejection> {
        let RolloutCommand::Override { rollout, deployment, environment, version, reason } = command else {
            return Err(Rejection::Internal);
        };
        let (rollout, deployment, environment) = (*rollout, *deployment, *environment);
        let reason = line(TextField::Reason, reason)?;
        if self.rollouts.contains_key(&rollout) {
            return Err(Rejection::IdTaken);
        }
        self.may_begin(deployment, environment, version)?;
        let missing = self.missing_at_gate(deployment, environment, context.now);
        let (note, overridden) = if missing.is_empty() {
            (Some(reason), None)
        } else {
            (None, Some(Overridden { reason, missing }))
        };
        Ok(self.start(context, (rollout, deployment, environment), version, note, overridden))
    }

    /// Returns why somebody may not start a rollout past its gate; `None` when they may.
    #[must_use]
    pub fn may_not_override(
        &self,
        deployment: DeploymentId,
        environment: EnvironmentId,
        member: MemberId,
    ) -> Option<Rejection> {
        let Some(known) = self.members.get(&member) else { return Some(Rejection::NotMember) };
        let Some(least) = self.rules_for(deployment, environment).override_by else {
            return Some(Rejection::NoOverride);
        };
        (known.role < least.max(Role::Member)).then(|| Rejection::below(least))
    }
}
