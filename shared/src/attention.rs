//! What waits for one person: approvals they can give, checks that are theirs, and where somebody mentioned them.
//!
//! It is read off the state, so every device of a person shows the same. Which mentions were read is known to each device
//! alone: here a mention waits until its person has answered.

use std::sync::Arc;

use crate::capability::Capability;
use crate::check::CheckState;
use crate::deployment::Deployment;
use crate::deployment::due::ApprovalDue;
use crate::deployment::gate::Missing;
use crate::ids::{CheckId, CommentId, DeploymentId, EnvironmentId, MemberId};
use crate::order;
use crate::rollout::Phase;
use crate::time::Timestamp;
use crate::workspace::Workspace;

/// Something that waits for somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The deployment it is about.
    pub deployment: DeploymentId,
    /// What is waited for.
    pub what: WaitsFor,
    /// Since when.
    pub since: Timestamp,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WaitsFor {
    /// That they approve what was started past a gate for an incident, or decline it.
    ApprovalDue {
        /// Where it was rolled out to.
        environment: EnvironmentId,
        /// When that is due.
        until: Timestamp,
    },
    /// That they approve or decline a rollout.
    Approval {
        /// Where to.
        environment: EnvironmentId,
    },
    /// That they answer a check.
    Check {
        /// Which.
        check: CheckId,
    },
    /// That they read where they are mentioned, or answer it.
    Mention {
        /// The comment.
        comment: CommentId,
    },
}

/// Returns everything that waits for a member: approvals first, those that are due before the others, then checks, then
/// mentions, the oldest of each first.
#[must_use]
pub fn waits_for(workspace: &Workspace, member: MemberId, now: Timestamp) -> Vec<Waiting> {
    if !workspace.members.contains_key(&member) {
        return Vec::new();
    }
    let mut waiting = Vec::new();
    for (id, known) in &workspace.deployments {
        if known.sealed.is_some() {
            continue;
        }
        let (about, known) = (About { workspace, member, id: *id, now }, known);
        if known.is_on_board() {
            let due = workspace.approvals_due(*id, now);
            waiting.extend(about.approvals_due(&due));
            waiting.extend(about.approvals(known, &due));
            waiting.extend(about.assigned_checks(known));
        }
        waiting.extend(about.mentions(known));
    }
    let rank = |what: &WaitsFor| match what {
        WaitsFor::ApprovalDue { .. } => 0,
        WaitsFor::Approval { .. } => 1,
        WaitsFor::Check { .. } => 2,
        WaitsFor::Mention { .. } => 3,
    };
    order::sort_by_key(&mut waiting, |waiting| {
        (rank(&waiting.what), waiting.since, waiting.deployment, waiting.what)
    });
    waiting
}

/// Whom it may wait for, and which deployment it may be about.
#[derive(Clone, Copy)]
struct About<'a> {
    workspace: &'a Workspace,
    member: MemberId,
    id: DeploymentId,
    now: Timestamp,
}

impl About<'_> {
    const fn waiting(self, what: WaitsFor, since: Timestamp) -> Waiting {
        Waiting { deployment: self.id, what, since }
    }

    /// An approval that is due is waited for whatever else is missing, until they have said something about it.
    fn approvals_due(self, due: &[ApprovalDue]) -> Vec<Waiting> {
        let Self { workspace, member, id, now } = self;
        let waits = |due: &&ApprovalDue| {
            let may = Capability::Approve { deployment: id, environment: due.environment };
            let standing = workspace.approvals(id, due.environment, now);
            let own = standing.iter().find(|standing| standing.by == member);
            let has_said = own.is_some_and(|own| own.lapse.is_none() || own.at >= due.since);
            let started = workspace.rollouts.get(&due.rollout);
            let is_own = started.is_some_and(|known| workspace.is_own_start(id, known, member));
            may.refusal(workspace, member).is_none() && !has_said && !is_own
        };
        let waiting = |due: &ApprovalDue| {
            let (environment, until) = (due.environment, due.until);
            self.waiting(WaitsFor::ApprovalDue { environment, until }, due.since)
        };
        due.iter().filter(waits).map(waiting).collect()
    }

    /// An approval is waited for once nothing else is missing, or once the card was put where approvals are waited for.
    /// Where somebody has declined, it is the others' turn.
    fn approvals(self, known: &Arc<Deployment>, due: &[ApprovalDue]) -> Vec<Waiting> {
        let Self { workspace, member, id, now } = self;
        let waits = |environment: &EnvironmentId| {
            let is_ready = workspace.awaits_approval(id, known, *environment);
            let may = Capability::Approve { deployment: id, environment: *environment };
            let is_due = due.iter().any(|due| due.environment == *environment);
            if !is_ready || is_due || may.refusal(workspace, member).is_some() {
                return false;
            }
            let missing = workspace.missing_at_gate(id, *environment, now);
            let is_wanted = missing
                .iter()
                .any(|missing| matches!(missing, Missing::Approval | Missing::Approvals { .. }));
            let is_declined = missing.iter().any(|missing| matches!(missing, Missing::Declined { .. }));
            is_wanted
                && !is_declined
                && !self.is_out_there(known, *environment)
                && !self.has_judged(*environment)
        };
        let gated = workspace.environments_in_order().into_iter().filter(waits);
        gated.map(|environment| self.waiting(WaitsFor::Approval { environment }, known.entered.at)).collect()
    }

    /// Tells whether this version is rolled out there already, or is just being: there is nothing to decide any more.
    fn is_out_there(self, known: &Deployment, environment: EnvironmentId) -> bool {
        let latest = self.workspace.latest_rollout_in(self.id, environment);
        latest.is_some_and(|(_, rollout)| {
            let is_under_way = matches!(rollout.phase(), Phase::Started | Phase::Succeeded);
            is_under_way && rollout.version == known.version.value
        })
    }

    /// Tells whether what the member last said about it counts.
    fn has_judged(self, environment: EnvironmentId) -> bool {
        let standing = self.workspace.approvals(self.id, environment, self.now);
        standing.iter().any(|standing| standing.by == self.member && standing.lapse.is_none())
    }

    /// The checks that were given to the member and are not done.
    fn assigned_checks(self, known: &Arc<Deployment>) -> Vec<Waiting> {
        let checks = known.sections.iter().flat_map(|section| &section.checks);
        let theirs = checks.filter(|check| check.assigned == Some(self.member));
        let open = theirs.filter(|check| matches!(check.state(), CheckState::Open | CheckState::Failed));
        open.map(|check| self.waiting(WaitsFor::Check { check: check.id }, known.entered.at)).collect()
    }

    /// A mention is answered by any later comment of the member there.
    fn mentions(self, known: &Arc<Deployment>) -> Vec<Waiting> {
        let last_word = known.comments.iter().rposition(|comment| comment.written.actor == self.member);
        let unanswered = known.comments.iter().skip(last_word.map_or(0, |place| place + 1));
        unanswered
            .filter(|comment| comment.deleted.is_none() && comment.mentions.contains(&self.member))
            .map(|comment| self.waiting(WaitsFor::Mention { comment: comment.id }, comment.written.at))
            .collect()
    }
}
