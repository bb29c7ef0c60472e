//! Where a check or a section can go from where it is, as the edit that brings it there, and the one back. Pure.

use slipway_shared::deployment::outline::{LEVELS, OutlineEdit, height, level_of, siblings};
use slipway_shared::deployment::{Deployment, Section};
use slipway_shared::ids::{CheckId, SectionId};

/// A step from where something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Before what comes before it.
    Up,
    /// After what comes after it.
    Down,
    /// Below what comes before it.
    In,
    /// Out of what it stands below.
    Out,
}

/// Returns the section that a check is in.
#[must_use]
pub fn section_with(known: &Deployment, check: CheckId) -> Option<&Section> {
    let mut sections = known.sections.iter().map(AsRef::as_ref);
    sections.find(|section: &&Section| section.checks.iter().any(|known| known.id == check))
}

/// Returns the edit that puts a check where it is: the way back of a move.
#[must_use]
pub fn place_of(known: &Deployment, check: CheckId) -> Option<OutlineEdit> {
    let section = section_with(known, check)?;
    let parent = section.checks.iter().find(|known| known.id == check)?.parent;
    let after = siblings(&section.checks, parent).take_while(|id| *id != check).last();
    Some(OutlineEdit::MoveCheck { check, section: section.id, parent, after })
}

/// Returns the edit that takes a check a step further; `None` where there is nowhere to go.
#[must_use]
pub fn shifted(known: &Deployment, check: CheckId, step: Step) -> Option<OutlineEdit> {
    let section = section_with(known, check)?;
    let checks = &section.checks;
    let parent = checks.iter().find(|known| known.id == check)?.parent;
    let beside: Vec<_> = siblings(checks, parent).collect();
    let at = beside.iter().position(|id| *id == check)?;
    let before = |back: usize| at.checked_sub(back).and_then(|place| beside.get(place)).copied();
    let (parent, after) = match step {
        Step::Up => (parent, before(1).and(before(2))),
        Step::Down => (parent, Some(*beside.get(at + 1)?)),
        Step::In => {
            let above = before(1)?;
            let has_room = level_of(checks, above) + height(checks, check) <= LEVELS;
            (Some(above).filter(|_| has_room), siblings(checks, Some(above)).last())
        }
        Step::Out => {
            let above = parent?;
            (checks.iter().find(|known| known.id == above)?.parent, Some(above))
        }
    };
    let goes_nowhere = matches!((step, at), (Step::Up, 0)) || (step == Step::In && parent.is_none());
    (!goes_nowhere).then_some(OutlineEdit::MoveCheck { check, section: section.id, parent, after })
}

/// Returns the edit that puts a section where it is: the way back of a move.
#[must_use]
pub fn place_of_section(known: &Deployment, section: SectionId) -> Option<OutlineEdit> {
    let at = known.sections.iter().position(|known| known.id == section)?;
    let after = at.checked_sub(1).and_then(|before| known.sections.get(before)).map(|before| before.id);
    Some(OutlineEdit::MoveSection { section, after })
}

/// Returns the edit that takes a section up or down; `None` where there is nowhere to go.
#[must_use]
pub fn shifted_section(known: &Deployment, section: SectionId, step: Step) -> Option<OutlineEdit> {
    let at = known.sections.iter().position(|known| known.id == section)?;
    let id_at = |place: usize| known.sections.get(place).map(|known| known.id);
    let after = match step {
        Step::Up if at > 0 => at.checked_sub(2).and_then(id_at),
        Step::Down => Some(id_at(at + 1)?),
        Step::Up | Step::In | Step::Out => return None,
    };
    Some(OutlineEdit::MoveSection { section, after })
}

/// Returns the edit that puts a check before or after another one, beside it; `None` where it would be below itself.
#[must_use]
pub fn dropped(known: &Deployment, check: CheckId, target: CheckId, is_after: bool) -> Option<OutlineEdit> {
    let section = section_with(known, target)?;
    let parent = section.checks.iter().find(|known| known.id == target)?.parent;
    let mut above = parent;
    for _ in 0..LEVELS {
        if target == check || above == Some(check) {
            return None;
        }
        above = above
            .and_then(|id| section.checks.iter().find(|known| known.id == id))
            .and_then(|known| known.parent);
    }
    let after = if is_after {
        Some(target)
    } else {
        siblings(&section.checks, parent).filter(|id| *id != check).take_while(|id| *id != target).last()
    };
    Some(OutlineEdit::MoveCheck { check, section: section.id, parent, after })
}
