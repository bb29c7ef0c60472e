//! What somebody did to a deployment, in words that go on after their name.

use slipway_shared::deployment::event::DeploymentEvent;
use slipway_shared::deployment::outline::OutlineEdit;
use slipway_shared::ids::{CheckId, DeploymentId};
use slipway_shared::rollout::RolloutEvent;
use slipway_shared::workspace::Workspace;

use crate::command_words::{environment_name, label_name, name_of, risk_word};
use crate::language::count;

/// Returns the words for what the timeline has no kind of its own for; `None` where there are none.
pub(super) fn told_words(event: &DeploymentEvent, workspace: &Workspace) -> Option<String> {
    use DeploymentEvent as E;
    let check = |deployment, id| check_words(deployment, id, workspace);
    Some(match event {
        E::LabelAdded { label, .. } => t!(happened_labelled, &label_name(*label, workspace)),
        E::LabelRemoved { label, .. } => t!(happened_unlabelled, &label_name(*label, workspace)),
        E::RiskSet { risk, .. } => t!(happened_set_risk, &risk_word(*risk)),
        E::ArtifactsSet { .. } => t!(happened_set_artifacts),
        E::ChangesAttached { changes, .. } => t!(happened_attached_changes, count(changes.len())),
        E::CheckAdded { text, .. } => t!(happened_added_check, &text),
        E::Assigned { .. } | E::Unassigned { .. } => t!(happened_assigned),
        E::CheckAssigned { deployment, check: id, .. } => {
            t!(happened_assigned_check, &check(*deployment, *id))
        }
        E::Followed { predecessor, .. } => t!(happened_followed, &name_of(*predecessor, workspace)),
        E::Unfollowed { predecessor, .. } => t!(happened_unfollowed, &name_of(*predecessor, workspace)),
        E::Reopened { .. } => t!(happened_reopened),
        E::Restored { .. } => t!(happened_restored),
        E::Withdrawn { environment, .. } => {
            t!(happened_withdrew, &environment_name(*environment, workspace))
        }
        E::OutlineEdited { deployment, edit, is_lost: false, .. } => {
            outline_words(edit, *deployment, workspace)?
        }
        _ => return None,
    })
}

fn outline_words(edit: &OutlineEdit, deployment: DeploymentId, workspace: &Workspace) -> Option<String> {
    Some(match edit {
        OutlineEdit::AddSection { section, .. } => t!(happened_added_section, &section.heading),
        OutlineEdit::RestoreCheck { check } => {
            t!(happened_brought_back, &check_words(deployment, *check, workspace))
        }
        OutlineEdit::MoveCheck { check, .. } => {
            t!(happened_moved_check, &check_words(deployment, *check, workspace))
        }
        OutlineEdit::AddLink(_) => t!(happened_added_link),
        OutlineEdit::RemoveLink { .. } => t!(happened_removed_link),
        OutlineEdit::DetachChange { change } => t!(happened_removed, &change.summary),
        _ => return None,
    })
}

/// Returns the text of a check, of one that was taken out since, too.
fn check_words(deployment: DeploymentId, check: CheckId, workspace: &Workspace) -> String {
    let known = workspace.deployments.get(&deployment).and_then(|known| known.any_check(check));
    known.map(|check| check.text.clone()).unwrap_or_default()
}

/// As [`told_words`], of a rollout.
pub(super) fn told_of_rollout(event: &RolloutEvent, workspace: &Workspace) -> Option<String> {
    let place = |rollout| {
        let known = workspace.rollouts.get(rollout);
        known.map(|known| environment_name(known.environment, workspace)).unwrap_or_default()
    };
    match event {
        RolloutEvent::Retracted { rollout, .. } => Some(t!(happened_retracted, &place(rollout))),
        RolloutEvent::Joined { rollout, .. } => Some(t!(happened_joined, &place(rollout))),
        RolloutEvent::Split { rollout, .. } => Some(t!(happened_split, &place(rollout))),
        RolloutEvent::Reported { .. } => None,
    }
}
