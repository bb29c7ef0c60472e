//! What waits for this person in the other workspaces that are on this device, and the way there.

use leptos::prelude::*;
use slipway_shared::time::Timestamp;

use super::causes::by_cause;
use super::others::own_conflicts;
use super::read_marks::read_by;
use super::total::asked_of;
use crate::app::switcher::{use_switch, workspace_name};
use crate::components::live::{all, live, memo};
use crate::components::rows::{Row, button, rows};
use crate::language::count;
use crate::replica::beside::Beside;
use crate::replica::{KnownWorkspace, use_replica};

/// How long what was counted holds, in milliseconds: all that is stored is read for it.
const HOLDS_MS: i64 = 60_000;

thread_local! {
    static COUNTED: std::cell::Cell<Option<Timestamp>> = const { std::cell::Cell::new(None) };
}

/// Counts what waits in the other workspaces; those that are known say it then. There is nothing to see here.
pub fn count_beside() -> AnyView {
    let replica = use_replica();
    let now = replica.now();
    if COUNTED.get().is_none_or(|counted| now.since(counted) > HOLDS_MS) {
        COUNTED.set(Some(now));
        leptos::task::spawn_local(replica.count_beside(move |beside| waiting_in(beside, now)));
    }
    ().into_any()
}

/// As [`super::provide_waiting`] counts in the workspace that is open.
fn waiting_in(beside: &Beside, now: Timestamp) -> usize {
    let Beside { view, me, refused } = beside;
    let read = read_by(&me.to_string());
    let asked = asked_of(view, *me, now, &|comment| read.contains(&comment)).len();
    asked + own_conflicts(view, *me).len() + by_cause(refused).len()
}

/// The other workspaces in which something waits.
#[component]
pub fn BesideGroup() -> impl IntoView {
    let (replica, go) = (use_replica(), use_switch());
    let known = replica.workspaces();
    let waits = |known: &&KnownWorkspace| known.waiting > 0 && !known.is_open;
    let found = memo(move || known.with(|known| known.iter().filter(waits).cloned().collect::<Vec<_>>()));
    let row = move |known: KnownWorkspace| {
        let to = known.summary.id;
        let actions = vec![button("button", t!(button_open), Callback::new(move |()| go.run(to)))];
        Row::new(workspace_name(&known), t!(waiting_there, count(known.waiting)), actions)
    };
    let counting = count_beside();
    let list = live(move || {
        let found = found.get();
        (!found.is_empty()).then(|| {
            view! {
                <section data-testid="beside">
                    <h2>{t!(waits_beside)}</h2>
                    {rows(found.into_iter().map(row).collect())}
                </section>
            }
        })
    });
    all([counting, list], |part| part)
}
