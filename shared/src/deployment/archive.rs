//! Putting a deployment away without its being over, and taking it out again.

use super::Deployment;
use super::command::DeploymentCommand;
use super::event::DeploymentEvent;
use crate::column::ColumnKind;
use crate::ids::DeploymentId;
use crate::rank;
use crate::rejection::Rejection;
use crate::workspace::Workspace;

impl Deployment {
    /// Tells whether it is on the board: neither over nor put away.
    #[must_use]
    pub const fn is_on_board(&self) -> bool {
        self.finished.is_none() && self.archived.is_none()
    }
}

impl Workspace {
    /// What is archived stays as it is until somebody restores it. Only what is done to the whole of it is left.
    pub(super) fn refuse_archived(&self, command: &DeploymentCommand) -> Result<(), Rejection> {
        use DeploymentCommand as C;
        let id = match command {
            C::Open { .. }
            | C::Archive { .. }
            | C::Restore { .. }
            | C::Conclude { .. }
            | C::Seal { .. }
            | C::Unseal { .. } => {
                return Ok(());
            }
            C::Move { deployment, .. }
            | C::Edit { deployment, .. }
            | C::AddCheck { deployment, .. }
            | C::Attest { deployment, .. }
            | C::AttachChanges { deployment, .. }
            | C::MarkStage { deployment, .. }
            | C::AddLabel { deployment, .. }
            | C::RemoveLabel { deployment, .. }
            | C::Settle { deployment, .. }
            | C::Finish { deployment }
            | C::Reopen { deployment }
            | C::Approve { deployment, .. }
            | C::Decline { deployment, .. }
            | C::Assign { deployment, .. }
            | C::Unassign { deployment, .. }
            | C::AssignCheck { deployment, .. }
            | C::Withdraw { deployment, .. }
            | C::SetRisk { deployment, .. }
            | C::SetArtifacts { deployment, .. }
            | C::Follow { deployment, .. }
            | C::Unfollow { deployment, .. }
            | C::Comment { deployment, .. }
            | C::EditOutline { deployment, .. }
            | C::Test { deployment, .. } => deployment,
        };
        let is_archived = self.deployments.get(id).is_some_and(|known| known.archived.is_some());
        if is_archived { Err(Rejection::DeploymentArchived) } else { Ok(()) }
    }

    pub(super) fn archive(&self, deployment: DeploymentId) -> Result<Option<DeploymentEvent>, Rejection> {
        let is_archived = self.unsealed(deployment)?.archived.is_some();
        Ok((!is_archived).then_some(DeploymentEvent::Archived { deployment }))
    }

    pub(super) fn restore(&self, deployment: DeploymentId) -> Result<Option<DeploymentEvent>, Rejection> {
        let is_archived = self.unsealed(deployment)?.archived.is_some();
        Ok(is_archived.then_some(DeploymentEvent::Restored { deployment }))
    }

    /// What comes back to the board finds its column, or where that was archived meanwhile, a queue: a card that no
    /// column shows would be lost.
    pub(super) fn back_into_column(&self, deployment: DeploymentId) -> Option<DeploymentEvent> {
        let from = self.deployments.get(&deployment)?.column;
        // A column that became an environment's meanwhile is only for what was rolled out there.
        let may_stay = |kind: ColumnKind| match kind {
            ColumnKind::Environment(environment) => {
                self.rollouts_of(deployment).any(|(_, rollout)| rollout.environment == environment)
            }
            ColumnKind::Queue | ColumnKind::Approval | ColumnKind::Monitoring => true,
        };
        if self.columns.get(&from).is_some_and(|column| !column.archived && may_stay(column.kind)) {
            return None;
        }
        let to = self.columns_in_order().into_iter().find(|column| self.is_queue(*column))?;
        let rank = rank::between(None, self.ranks_in(to).next());
        Some(DeploymentEvent::Moved { deployment, from, to, rank })
    }
}
