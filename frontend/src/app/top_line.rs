//! The line at the top: where am I, what do I look for, is it saved, and who am I.

use leptos::prelude::*;

use super::place::Place;
use super::routes::use_place;
use super::search::{Search, use_search, use_set_search};
use super::shell::{place_name, use_picked_column};
use crate::browser::page;
use crate::components::avatar::Avatar;
use crate::components::icon::Icon;
use crate::components::live::{derive, live, memo};
use crate::components::sync_indicator::SyncIndicator;
use crate::replica::use_replica;

/// The line at the top.
#[component]
pub fn TopLine() -> impl IntoView {
    let replica = use_replica();
    let me = replica.me();
    view! {
        <header class="top">
            <WayBack />
            <Crumbs />
            <SearchField />
            <SyncIndicator />
            <a class="top-me" href="/settings">
                {live(move || view! { <Avatar member=me.get() /> })}
                <span class="visually-hidden">{t!(your_settings)}</span>
            </a>
        </header>
    }
}

/// On a phone, the way from a part to what it is a part of.
#[component]
fn WayBack() -> impl IntoView {
    let place = use_place();
    let back = memo(move || place.get().parent());
    move || {
        back.get().map(|back| {
            view! {
                <a class="icon-button top-back" href=back.path() aria-label=t!(back_to, &place_name(back))>
                    <Icon name="chevron-left" />
                </a>
            }
        })
    }
}

#[component]
fn Crumbs() -> impl IntoView {
    let replica = use_replica();
    let place = use_place();
    let workspace = memo(move || replica.view().with(|view| view.name.clone()));
    let parent = memo(move || place.get().parent());
    let here = memo(move || place_name(place.get()));
    let picked = use_picked_column();
    let phone_title = move || picked.get().filter(|_| place.get() == Place::Board);
    view! {
        <nav class="crumbs-frame" aria-label=t!(you_are_here)>
            <ol class="crumbs">
                <li><a href="/board" class="clip">{workspace}</a></li>
                {live(move || {
                    parent.get().map(|parent| view! { <li><a href=parent.path()>{place_name(parent)}</a></li> })
                })}
                <li>
                    <span aria-current="page" class:is-spelled-out=derive(move || phone_title().is_some())>{here}</span>
                    {live(move || {
                        phone_title()
                            .map(|(name, count)| {
                                view! {
                                    <span class="crumb-picked" aria-hidden="true">
                                        {name} <span class="crumb-count num">{count}</span>
                                    </span>
                                }
                            })
                    })}
                </li>
            </ol>
        </nav>
    }
}

#[component]
fn SearchField() -> impl IntoView {
    let search = use_search();
    let set_search = use_set_search();
    let place = use_place();
    let narrows = memo(move || matches!(place.get(), Place::Board | Place::Deployments));
    let look_for = move |text: String| set_search.run(Search { text, ..search.get_untracked() });
    let on_input = move |event| {
        if narrows.get_untracked() {
            look_for(event_target_value(&event));
        }
    };
    let on_change = move |event| {
        if !narrows.get_untracked() {
            look_for(event_target_value(&event));
        }
    };
    let hint = if page::is_mac() { "⌘ K" } else { "Ctrl K" };
    view! {
        <label class="top-search">
            <Icon name="search" />
            <span class="visually-hidden">{t!(search_deployments)}</span>
            <input
                type="search"
                id="search"
                placeholder=t!(search_deployments)
                autocomplete="off"
                spellcheck="false"
                enterkeyhint="search"
                prop:value=derive(move || search.get().text)
                on:input=on_input
                on:change=on_change
            />
            <kbd class="key">{hint}</kbd>
        </label>
    }
}
