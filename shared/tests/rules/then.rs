//! What can happen, by name.

use slipway_shared::check::CheckState;
use slipway_shared::deployment::approval::Judgement;
use slipway_shared::deployment::comment::CommentChange;
use slipway_shared::deployment::event::DeploymentEvent as D;
use slipway_shared::deployment::outline::OutlineEdit;
use slipway_shared::deployment::{CheckStatement, DeploymentField, EditConflict};
use slipway_shared::event::Event;
use slipway_shared::ids::{CheckId, ColumnId, CommandKey, LabelId, RolloutId};
use slipway_shared::rollout::{Report, RolloutEvent};
use slipway_shared::stage::{Stage, StageState};

use super::when::{CARD, COMMENT, Fact, RANK};

pub fn moved(from: ColumnId, to: ColumnId) -> Event {
    Event::Deployment(D::Moved { deployment: CARD, from, to, rank: RANK.to_owned() })
}

pub fn edited(field: DeploymentField, value: &str, overridden: Option<EditConflict>) -> Event {
    Event::Deployment(D::Edited { deployment: CARD, field, value: value.to_owned(), overridden })
}

pub fn edit_lost(field: DeploymentField, value: &str) -> Event {
    Event::Deployment(D::EditLost { deployment: CARD, field, value: value.to_owned() })
}

pub fn attested(check: CheckId, state: CheckState, supersedes: &[CommandKey]) -> Event {
    let statement = CheckStatement { state, evidence: None };
    Event::Deployment(D::Attested { deployment: CARD, check, statement, supersedes: supersedes.to_vec() })
}

pub fn stage_marked(stage: Stage, state: StageState) -> Event {
    Event::Deployment(D::StageMarked { deployment: CARD, stage, state })
}

pub fn label_added(label: LabelId) -> Event {
    Event::Deployment(D::LabelAdded { deployment: CARD, label })
}

pub fn label_removed(label: LabelId) -> Event {
    Event::Deployment(D::LabelRemoved { deployment: CARD, label })
}

pub fn finished() -> Event {
    Event::Deployment(D::Finished { deployment: CARD })
}

pub fn concluded() -> Event {
    Event::Deployment(D::Concluded { deployment: CARD })
}

pub fn joined(rollout: RolloutId, same_as: RolloutId) -> Event {
    Event::Rollout(RolloutEvent::Joined { rollout, deployment: CARD, same_as })
}

pub fn split(rollout: RolloutId) -> Event {
    Event::Rollout(RolloutEvent::Split { rollout, deployment: CARD })
}

pub fn retracted(rollout: RolloutId) -> Event {
    Event::Rollout(RolloutEvent::Retracted { rollout, deployment: CARD })
}

pub fn settled(lost: CommandKey) -> Event {
    Event::Deployment(D::Settled { deployment: CARD, lost })
}

pub fn reopened() -> Event {
    Event::Deployment(D::Reopened { deployment: CARD })
}

/// The fact as it is recorded, where the reporter's clock was right.
pub fn reported(fact: Fact, supersedes: &[CommandKey]) -> Event {
    corrected(fact, 0, supersedes)
}

/// The fact as it is recorded, where the reporter's clock was behind.
pub fn corrected(fact: Fact, clock_error_ms: i64, supersedes: &[CommandKey]) -> Event {
    let Fact { rollout, deployment, environment, phase, happened_at, source, version, note } = fact;
    let happened_at = happened_at.plus(clock_error_ms);
    let report = Report { phase, happened_at, clock_error_ms, source, note };
    Event::Rollout(RolloutEvent::Reported {
        rollout,
        deployment,
        environment,
        version,
        report,
        supersedes: supersedes.to_vec(),
        requested: false,
        outside_gate: false,
        overridden: None,
    })
}

/// A rollout that was asked for, as it starts when it is granted.
pub fn granted(fact: Fact) -> Event {
    marked(reported(fact, &[]), true)
}

/// A report that begins a rollout though the gate is closed.
pub fn outside_gate(event: Event) -> Event {
    marked(event, false)
}

fn marked(mut event: Event, is_granted: bool) -> Event {
    if let Event::Rollout(RolloutEvent::Reported { requested, outside_gate, .. }) = &mut event {
        (*requested, *outside_gate) = (is_granted, !is_granted);
    }
    event
}

pub fn commented(change: CommentChange) -> Event {
    Event::Deployment(D::Commented { deployment: CARD, comment: COMMENT, change })
}

pub fn outline_edited(edit: OutlineEdit) -> Event {
    let (overridden, is_lost, is_dated) = (None, false, false);
    Event::Deployment(D::OutlineEdited { deployment: CARD, edit, overridden, is_lost, is_dated })
}

pub fn judged(judgement: Judgement, supersedes: &[CommandKey]) -> Event {
    Event::Deployment(D::Judged { deployment: CARD, judgement, supersedes: supersedes.to_vec() })
}

pub fn archived() -> Event {
    Event::Deployment(D::Archived { deployment: CARD })
}

pub fn restored() -> Event {
    Event::Deployment(D::Restored { deployment: CARD })
}
