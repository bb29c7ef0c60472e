//! The sheet of keys, opened with `?`: the table of actions, and nothing else.

use leptos::prelude::*;

use super::actions::{Action, Group};
use super::place::Place;
use crate::components::dialog::Dialog;
use crate::components::live::{all, live};
use crate::pages::late::{LatePage, late};
use crate::settings::use_settings;

/// The sheet of keys.
#[component]
pub fn ShortcutSheet(is_open: RwSignal<bool>) -> impl IntoView {
    let close = Callback::new(move |()| is_open.set(false));
    view! {
        <Dialog is_open=is_open on_close=close title=t!(keys) is_wide=true>
            {late(LatePage::Keys)}
        </Dialog>
    }
}

/// What the sheet shows: every action that has keys, by where it belongs.
#[component]
pub fn KeyList() -> impl IntoView {
    let single_keys = use_settings().single_keys();
    view! {
        {live(move || {
            (!single_keys.get())
                .then(|| view! { <p class="hint">{t!(keys_off)} " " <a href=Place::Settings.path()>{t!(settings)}</a></p> })
        })}
        {live(move || all(Group::ALL, move |group| group_list(group, single_keys.get())))}
    }
}

fn group_list(group: Group, has_signs: bool) -> AnyView {
    let rows = Action::ALL.into_iter().filter(|action| action.about().group == group);
    let rows = rows.map(|action| {
        let keys = action.about().keys.iter().filter(|keys| has_signs || !keys.is_sign());
        (action.words(), keys.flat_map(|keys| keys.faces()).collect::<Vec<_>>())
    });
    let rows = rows.filter(|(_, faces)| !faces.is_empty());
    let rows = all(rows, |(words, faces)| {
        let faces = all(faces, |face| view! { <kbd class="key">{face}</kbd> }.into_any());
        view! {
            <div>
                <dt>{words}</dt>
                <dd>{faces}</dd>
            </div>
        }
        .into_any()
    });
    view! {
        <h3 class="shortcut-group">{group.words()}</h3>
        <dl class="shortcut-list">{rows}</dl>
    }
    .into_any()
}
