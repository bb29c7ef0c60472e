//! Who is responsible for a deployment, and whose a check is.
//!
//! Responsible people are a set, as labels are: on or off, and repeating has no effect. A check is one person's; the
//! last word counts.

use super::event::DeploymentEvent;
use crate::ids::{CheckId, DeploymentId, MemberId};
use crate::rejection::Rejection;
use crate::workspace::Workspace;

/// The most people who can be responsible for one deployment.
const PEOPLE_PER_DEPLOYMENT: usize = 50;

impl Workspace {
    pub(super) fn assign(
        &self,
        deployment: DeploymentId,
        member: MemberId,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        let known = self.editable(deployment)?;
        if known.assigned.contains(&member) {
            return Ok(None);
        }
        self.known_member(member)?;
        crate::decide::too_many(known.assigned.len() + 1, PEOPLE_PER_DEPLOYMENT)?;
        Ok(Some(DeploymentEvent::Assigned { deployment, member }))
    }

    /// Whoever has left the workspace can be taken off as well.
    pub(super) fn unassign(
        &self,
        deployment: DeploymentId,
        member: MemberId,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        let is_there = self.editable(deployment)?.assigned.contains(&member);
        Ok(is_there.then_some(DeploymentEvent::Unassigned { deployment, member }))
    }

    pub(super) fn assign_check(
        &self,
        deployment: DeploymentId,
        check: CheckId,
        member: Option<MemberId>,
    ) -> Result<Option<DeploymentEvent>, Rejection> {
        let known = self.editable(deployment)?.check(check).ok_or(Rejection::UnknownCheck { check })?;
        if known.assigned == member {
            return Ok(None);
        }
        member.map_or(Ok(()), |member| self.known_member(member))?;
        Ok(Some(DeploymentEvent::CheckAssigned { deployment, check, member }))
    }

    fn known_member(&self, member: MemberId) -> Result<(), Rejection> {
        if self.members.contains_key(&member) { Ok(()) } else { Err(Rejection::UnknownMember { member }) }
    }
}
