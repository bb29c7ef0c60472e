//! Starting a rollout past a closed gate: by whom its policy lets, with a reason that stays. For an incident others may, and
//! the approval is due afterwards.

use super::{Overridden, RolloutCommand};
use crate::context::Context;
use crate::deployment::gate::Missing;
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
        let RolloutCommand::Override { rollout, deployment, environment, version, reason, incident } =
            command
        else {
            return Err(Rejection::Internal);
        };
        let (rollout, deployment, environment) = (*rollout, *deployment, *environment);
        let reason = line(TextField::Reason, reason)?;
        let incident = incident.as_deref().map(|incident| line(TextField::Incident, incident)).transpose()?;
        if self.rollouts.contains_key(&rollout) {
            return Err(Rejection::IdTaken);
        }
        self.may_begin(deployment, environment, version)?;
        let missing = self.missing_at_gate(deployment, environment, context.now);
        let (note, overridden) = if missing.is_empty() {
            let incident = incident.map(|incident| format!(" ({incident})")).unwrap_or_default();
            (Some(reason + &incident), None)
        } else {
            let mut overridden = Overridden { reason, missing, incident, approval_due: None };
            if overridden.incident.is_some() && overridden.approvals_wanted() > 0 {
                let within = self.rules_for(deployment, environment).approval_due_within();
                overridden.approval_due = Some(context.now.plus(within));
            }
            (None, Some(overridden))
        };
        Ok(self.start(context, (rollout, deployment, environment), version, note, overridden))
    }

    /// Returns why somebody may not start a rollout past its gate, of incident work or of any other; `None` when they
    /// may.
    #[must_use]
    pub fn may_not_override(
        &self,
        deployment: DeploymentId,
        environment: EnvironmentId,
        is_for_incident: bool,
        member: MemberId,
    ) -> Option<Rejection> {
        let Some(known) = self.members.get(&member) else { return Some(Rejection::NotMember) };
        let rules = self.rules_for(deployment, environment);
        let least = if is_for_incident { rules.incident_role() } else { rules.override_by };
        let Some(least) = least else { return Some(Rejection::NoOverride) };
        (known.role < least.max(Role::Member)).then(|| Rejection::below(least))
    }
}

impl Overridden {
    /// Returns how many approvals the gate wanted, where it had fewer.
    #[must_use]
    pub fn approvals_wanted(&self) -> u32 {
        let wanted = self.missing.iter().map(|missing| match missing {
            Missing::Approval => 1,
            Missing::Approvals { need, .. } => *need,
            Missing::Check { .. }
            | Missing::Declined { .. }
            | Missing::Earlier { .. }
            | Missing::Testing { .. }
            | Missing::Predecessor { .. }
            | Missing::Frozen { .. }
            | Missing::Older { .. } => 0,
        });
        wanted.max().unwrap_or_default()
    }
}
