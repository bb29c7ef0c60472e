//! The line at the top: where am I, what do I look for, is it saved, and who am I.

use leptos::prelude::*;

use super::actions::{Action, KeyHint, spoken_keys};
use super::palette::use_palette;
use super::place::Place;
use super::routes::use_place;
use super::search::use_search;
use super::shell::{place_name, use_picked_column};
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

/// The way into the palette. It says what the board is narrowed down to, if it is.
#[component]
fn SearchField() -> impl IntoView {
    let search = use_search();
    let palette = use_palette();
    let text = memo(move || search.with(|search| search.text.clone()));
    let is_set = derive(move || text.with(|text| !text.is_empty()));
    let words = derive(move || if is_set.get() { text.get() } else { t!(search_anything) });
    view! {
        <button
            class="top-search"
            class:is-set=is_set
            type="button"
            aria-haspopup="dialog"
            aria-keyshortcuts=spoken_keys(Action::Search)
            data-testid="search"
            on:click=move |_| palette.open()
        >
            <Icon name="search" />
            <span class="top-search-words clip">{words}</span>
            <KeyHint action=Action::Search />
        </button>
    }
}
