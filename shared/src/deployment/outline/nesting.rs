//! Checks below checks, in the list of one section.

use std::ops::Range;

use crate::deployment::Check;
use crate::ids::CheckId;

/// How many levels of checks there may be.
pub const LEVELS: usize = 3;

/// Returns on which level of its section a check stands, from 1.
#[must_use]
pub fn level_of(checks: &[Check], check: CheckId) -> usize {
    1 + above(checks, check).count()
}

/// Iterates over the checks beside one that stands below `parent`, or below none, in order.
pub fn siblings(checks: &[Check], parent: Option<CheckId>) -> impl Iterator<Item = CheckId> {
    checks.iter().filter(move |check| parent_in(checks, check) == parent).map(|check| check.id)
}

/// Returns what a check stands below. A check that is not in the list has nothing below it.
fn parent_in(checks: &[Check], check: &Check) -> Option<CheckId> {
    check.parent.filter(|parent| checks.iter().any(|known| known.id == *parent))
}

/// Iterates over what a check stands below, the nearest first. It ends also where a list goes round in a circle.
fn above(checks: &[Check], check: CheckId) -> impl Iterator<Item = CheckId> {
    let parent = move |id: CheckId| {
        let check = checks.iter().find(|known| known.id == id)?;
        parent_in(checks, check)
    };
    std::iter::successors(parent(check), move |id| parent(*id)).take(checks.len())
}

/// Tells whether `check` is `other`, or stands below it.
pub(super) fn is_within(checks: &[Check], check: CheckId, other: CheckId) -> bool {
    check == other || above(checks, check).any(|id| id == other)
}

/// Returns the places of a check and everything below it; empty where it is not there.
pub(super) fn places(checks: &[Check], check: CheckId) -> Range<usize> {
    let Some(start) = checks.iter().position(|known| known.id == check) else { return 0..0 };
    let below = checks.iter().skip(start + 1).take_while(|known| is_within(checks, known.id, check));
    start..start + 1 + below.count()
}

/// Returns how many levels a check and what is below it take.
#[must_use]
pub fn height(checks: &[Check], check: CheckId) -> usize {
    let own = level_of(checks, check);
    let levels = checks.get(places(checks, check)).unwrap_or_default().iter();
    levels.map(|known| level_of(checks, known.id).saturating_sub(own) + 1).max().unwrap_or_default()
}

/// Puts a check, and what belongs to it, below `parent` and after `after`: `None` makes it the first there. A parent
/// that is not there, or has no room, is none; what it is to come after and is not there means the last place.
pub(super) fn put(
    checks: &mut Vec<Check>,
    mut block: Vec<Check>,
    parent: Option<CheckId>,
    after: Option<CheckId>,
) {
    let Some(first) = block.first().map(|check| check.id) else { return };
    let taken = height(&block, first);
    let parent = parent.filter(|parent| {
        checks.iter().any(|known| known.id == *parent) && level_of(checks, *parent) + taken <= LEVELS
    });
    let place = place(checks, parent, after);
    if let Some(check) = block.first_mut() {
        check.parent = parent;
    }
    checks.splice(place..place, block);
}

/// Returns the place for a check below `parent`, after `after`.
fn place(checks: &[Check], parent: Option<CheckId>, after: Option<CheckId>) -> usize {
    let first = parent.map_or(0, |parent| places(checks, parent).start + 1);
    let last = parent.map_or(checks.len(), |parent| places(checks, parent).end);
    match after {
        None => first,
        Some(after) if siblings(checks, parent).any(|id| id == after) => places(checks, after).end,
        Some(_) => last,
    }
}
