//! Times as clocks on walls show them, as moments. Which offset a zone has when is told from outside: browsers know.

use crate::time::Timestamp;

/// Which moment is meant where a clock on a wall shows the same time twice, when it is put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The first: where something begins.
    Earlier,
    /// The second: where something ends.
    Later,
}

/// Returns the moment at which a clock on a wall shows a time, `wall` being that time as if it was UTC.
///
/// `offset_at` tells by how many milliseconds the zone is ahead of UTC at a moment. A time that is left out when clocks
/// are put forward stands for the moment at which they are, and so much later as it lies after it.
#[must_use]
pub fn moment_of(wall: Timestamp, side: Side, offset_at: impl Fn(Timestamp) -> i64) -> Timestamp {
    /// No zone is further from UTC, and none changes twice within this time of a moment.
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    let (before, after) = (offset_at(wall.plus(-DAY_MS)), offset_at(wall.plus(DAY_MS)));
    let candidates = [wall.plus(-before), wall.plus(-after)];
    let shown = candidates.into_iter().filter(|at| at.plus(offset_at(*at)) == wall);
    let meant = match side {
        Side::Earlier => shown.min(),
        Side::Later => shown.max(),
    };
    meant.unwrap_or_else(|| wall.plus(-before))
}
