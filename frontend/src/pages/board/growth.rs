//! A column draws its first cards at once and the others in slices, so that a full board is there, and answers, with
//! the first frame.

use leptos::prelude::*;

use super::Board;
use crate::browser::slices::breathe;

/// How many more with each slice.
const MORE: usize = 5;

/// Returns how many cards of a column are drawn, of `count`: the `first` at once and in the end all, also of those that
/// come later.
pub fn grow(board: Board, first: usize, count: impl Fn() -> Option<usize> + 'static) -> RwSignal<usize> {
    // Beside a sheet its card has to be found.
    let is_alone = board.opened.with_untracked(Option::is_none);
    let drawn = RwSignal::new(if is_alone { first } else { usize::MAX });
    if is_alone {
        leptos::task::spawn_local(async move {
            let mut reached = first;
            // Without a count the column is gone.
            while let Some(count) = count() {
                if reached >= count {
                    drawn.try_set(usize::MAX);
                    return;
                }
                breathe().await;
                reached += MORE;
                drawn.try_set(reached);
            }
        });
    }
    drawn
}
