//! The sheet of keys, opened with `?`.

use leptos::prelude::*;

use crate::browser::page;
use crate::components::dialog::Dialog;

/// The sheet of keys.
#[component]
pub fn ShortcutSheet(is_open: RwSignal<bool>) -> impl IntoView {
    let close = Callback::new(move |()| is_open.set(false));
    view! {
        <Dialog is_open=is_open on_close=close title=t!(keys) is_wide=true>
            <dl class="shortcut-list">
                {shortcuts()
                    .into_iter()
                    .map(|(words, keys)| {
                        let keys = keys.into_iter().map(|key| view! { <kbd class="key">{key}</kbd> }).collect_view();
                        view! {
                            <div>
                                <dt>{words}</dt>
                                <dd>{keys}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
        </Dialog>
    }
}

fn shortcuts() -> Vec<(String, Vec<&'static str>)> {
    let command = if page::is_mac() { "⌘" } else { "Ctrl" };
    vec![
        (t!(keys_search), vec!["/"]),
        (t!(keys_search_anywhere), vec![command, "K"]),
        (t!(keys_new), vec!["C"]),
        (t!(keys_board), vec!["G", "B"]),
        (t!(keys_deployments), vec!["G", "D"]),
        (t!(keys_needs_you), vec!["G", "N"]),
        (t!(keys_cards), vec!["J", "K", "←", "↑", "↓", "→"]),
        (t!(keys_open), vec!["↵"]),
        (t!(keys_move), vec!["M"]),
        (t!(keys_menu), vec!["."]),
        (t!(keys_select), vec!["X"]),
        (t!(keys_select_more), vec!["⇧", "↑", "↓"]),
        (t!(keys_assign), vec!["A"]),
        (t!(keys_label), vec!["L"]),
        (t!(keys_tick), vec!["Space"]),
        (t!(keys_edit), vec!["E"]),
        (t!(keys_undo), vec!["U"]),
        (t!(keys_back), vec!["Esc"]),
        (t!(keys_sheet), vec!["?"]),
    ]
}
