//! The switcher: which workspaces there are, and the way to another one.

use leptos::prelude::*;
use slipway_shared::account::may_make_workspace;

use super::new_workspace::use_new_workspace;
use crate::account_words::{failure_words, role_name};
use crate::components::icon::{Icon, Mark};
use crate::components::live::{When, all, derive, live, memo};
use crate::components::menu::{Menu, MenuItem};
use crate::language::count;
use crate::pages::late::{LatePage, late};
use crate::replica::{KnownWorkspace, Switched, SyncWord, use_replica};
use crate::toasts::use_toasts;

/// The mark and the name of the workspace, with a menu of the others behind them: for the top of the rail.
#[component]
pub fn Switcher() -> impl IntoView {
    let replica = use_replica();
    let name = memo(move || replica.view().with(|view| view.name.clone()));
    let face = move || {
        view! {
            <Mark />
            <span class="rail-label clip">{name}</span>
            <Icon name="chevron-down" class="icon is-small rail-more" />
        }
    };
    view! {
        <Menu class="rail-home" label=t!(switch_workspace) face>
            {items()}
        </Menu>
    }
}

/// The same as a button in a page, for where there is no rail.
#[component]
pub fn SwitchButton() -> impl IntoView {
    let face = move || {
        view! {
            <span aria-hidden="true">{t!(switch_workspace)}</span>
            <Icon name="chevron-down" />
        }
    };
    view! {
        <Menu class="button" label=t!(switch_workspace) face>
            {items()}
        </Menu>
    }
}

/// What the menu offers. It looks anew each time it is opened.
fn items() -> AnyView {
    let replica = use_replica();
    replica.look_for_workspaces();
    let (known, status) = (replica.workspaces(), replica.status());
    let (make, may_make) = (use_new_workspace(), use_may_make());
    let is_offline = memo(move || status.with(|status| status.word == SyncWord::Offline));
    view! {
        {live(move || {
            let all_known: Vec<_> = known.with(|known| known.to_vec());
            all(all_known, move |known| item(known, is_offline.get()))
        })}
        {late(LatePage::CountBeside)}
        <When holds=may_make>
            <hr />
            <MenuItem icon="plus" text=t!(new_workspace) on_pick=Callback::new(move |()| make.set(true)) />
        </When>
    }
    .into_any()
}

/// Tells whether this person may make workspaces, as far as is known here.
#[must_use]
pub fn use_may_make() -> Signal<bool> {
    let known = use_replica().workspaces();
    derive(move || {
        let summaries = known.with(|all| all.iter().map(|known| known.summary.clone()).collect::<Vec<_>>());
        may_make_workspace(&summaries)
    })
}

fn item(known: KnownWorkspace, is_offline: bool) -> AnyView {
    let to = known.summary.id;
    let go = use_switch();
    let on_pick = Callback::new(move |()| {
        if !known.is_open {
            go.run(to);
        }
    });
    let (text, hint) = (workspace_name(&known), hint(&known, is_offline));
    view! { <MenuItem icon="box" text hint is_current=known.is_open on_pick /> }.into_any()
}

/// Returns what a workspace is called; the server tells no name of one that it tells nothing of.
#[must_use]
pub fn workspace_name(known: &KnownWorkspace) -> String {
    match &*known.summary.name {
        "" => t!(workspace_left),
        name => name.to_owned(),
    }
}

/// Returns what there is to know of a workspace besides its name: what matters most first.
fn hint(known: &KnownWorkspace, is_offline: bool) -> String {
    if known.unsent > 0 {
        return t!(workspace_unsent, count(known.unsent));
    }
    if known.waiting > 0 && !known.is_open {
        return t!(waiting_there, count(known.waiting));
    }
    if known.is_open {
        return t!(workspace_open);
    }
    if known.is_local {
        return t!(local_here_only);
    }
    if !known.is_held && is_offline {
        return t!(workspace_needs_connection);
    }
    known.summary.role.map(role_name).unwrap_or_default()
}

/// Returns what goes to another workspace, and says why not where that can't be.
#[must_use]
pub fn use_switch() -> Callback<slipway_shared::ids::WorkspaceId> {
    let (replica, toasts) = (use_replica(), use_toasts());
    Callback::new(move |to| {
        leptos::task::spawn_local(async move {
            let refusal = switch_words(&replica.switch_workspace(to).await);
            refusal.into_iter().for_each(|words| toasts.refuse(words));
        });
    })
}

/// Returns why another workspace was not opened; nothing where it was.
#[must_use]
pub fn switch_words(switched: &Switched) -> Option<String> {
    match switched {
        Switched::Going => None,
        Switched::NeedsConnection => Some(t!(workspace_needs_connection_what)),
        Switched::NotSaved => Some(t!(workspace_not_saved)),
        Switched::Refused(failure) => Some(failure_words(failure)),
    }
}
