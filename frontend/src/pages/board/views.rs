//! The panel with what the rows of the board are, and the views that were saved.

use leptos::html;
use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::ids::ViewId;
use slipway_shared::order;
use slipway_shared::view::ViewCommand;

use crate::acts::use_acts;
use crate::app::place::Place;
use crate::app::query::Grouping;
use crate::app::search::{Search, use_search, use_set_search, with_query};
use crate::browser::address::use_address;
use crate::command_words::view_name;
use crate::components::icon::Icon;
use crate::components::live::{When, all, derive, live, memo};
use crate::may::{MayNot, use_may_not};
use crate::rejection_words::rejection_words;
use crate::replica::use_replica;

/// The rows, and the views.
#[component]
pub fn ViewsPanel() -> impl IntoView {
    let view = use_replica().view();
    let views = memo(move || {
        let mut named: Vec<_> =
            view.with(|view| view.views.iter().map(|(id, known)| (known.name.to_lowercase(), *id)).collect());
        order::sort(&mut named);
        named.into_iter().map(|(_, id)| id).collect::<Vec<_>>()
    });
    let may_not = use_may_not(Capability::Work);
    let why = || view! { <MayNot capability=Capability::Work /> };
    view! {
        <div class="views" data-testid="views">
            <fieldset>
                <legend>{t!(rows_by)}</legend>
                {all(Grouping::ALL, |grouping| view! { <GroupingChoice grouping /> }.into_any())}
            </fieldset>
            <fieldset>
                <legend>{t!(saved_views)}</legend>
                {live(move || {
                    let views = views.get();
                    if views.is_empty() {
                        return view! { <p class="menu-note">{t!(saved_views_what)}</p> }.into_any();
                    }
                    all(views, |id| view! { <SavedView id /> }.into_any())
                })}
                <When holds=derive(move || may_not.with(Option::is_none)) otherwise=why>
                    <SaveForm />
                </When>
            </fieldset>
        </div>
    }
}

#[component]
fn GroupingChoice(grouping: Grouping) -> impl IntoView {
    let (search, set_search) = (use_search(), use_set_search());
    let is_on = derive(move || search.with(|search| search.grouping == grouping));
    let pick = move |_| set_search.run(Search { grouping, ..search.get_untracked() });
    let words = match grouping {
        Grouping::Whole => t!(rows_none),
        Grouping::Service => t!(service),
        Grouping::Person => t!(responsible),
    };
    view! {
        <label class="panel-row">
            <input type="radio" name="rows" prop:checked=is_on on:change=pick />
            {words}
        </label>
    }
}

/// A view: a link, so that it can be opened in another tab and sent.
#[component]
fn SavedView(id: ViewId) -> impl IntoView {
    let acts = use_acts();
    let replica = use_replica();
    let path = use_address().path();
    let known = memo(move || replica.view().with(|view| view.views.get(&id).cloned()));
    let search = use_search();
    let query =
        move || known.with(|known| known.as_ref().map(|known| known.query.clone()).unwrap_or_default());
    let is_shown = memo(move || search.with(Search::query) == query());
    let name = memo(move || replica.view().with(|view| view_name(id, view)));
    let may_not = use_may_not(Capability::Work);
    let address = move || {
        let place = Place::from_path(&path.get());
        let place = if place == Place::Deployments { place } else { Place::Board };
        with_query(&place.path(), &query())
    };
    let remove = move |_| {
        let Some(known) = known.get_untracked() else { return };
        let (name, query) = (known.name.clone(), known.query.clone());
        let words = t!(view_removed, &name);
        let back = Command::View(ViewCommand::Save { view: id, name, query });
        acts.act_undoable(Command::View(ViewCommand::Remove { view: id }), words, back);
    };
    view! {
        <div class="panel-row">
            <a
                class="clip"
                href=derive(address)
                aria-current=derive(move || is_shown.get().then_some("true"))
            >
                <bdi>{name}</bdi>
            </a>
            <When holds=derive(move || may_not.with(Option::is_none))>
                <button
                    class="icon-button is-small"
                    type="button"
                    aria-label=derive(move || t!(view_remove, &name.get()))
                    on:click=remove
                >
                    <Icon name="trash-2" class="icon is-small" />
                </button>
            </When>
        </div>
    }
}

/// Saves what is shown under a name; under one that is there already, in its place.
#[component]
fn SaveForm() -> impl IntoView {
    let acts = use_acts();
    let replica = use_replica();
    let search = use_search();
    let field = NodeRef::<html::Input>::new();
    let problem = RwSignal::new(String::new());
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(input) = field.get_untracked() else { return };
        let (name, query) = (input.value().trim().to_owned(), search.with_untracked(Search::query));
        let view = replica.view().get_untracked();
        let same = |known: &str| known.to_lowercase() == name.to_lowercase();
        let known = view.views.iter().find(|(_, known)| same(&known.name));
        let id = known.map_or_else(|| ViewId::from_u128(replica.mint()), |(id, _)| *id);
        let back = match known {
            Some((_, known)) => {
                ViewCommand::Save { view: id, name: known.name.clone(), query: known.query.clone() }
            }
            None => ViewCommand::Remove { view: id },
        };
        let words = t!(view_saved, &name);
        let command = Command::View(ViewCommand::Save { view: id, name, query });
        match acts.try_act(command, words, Command::View(back)) {
            Ok(()) => {
                input.set_value("");
                problem.set(String::new());
            }
            Err(rejection) => problem.set(rejection_words(&rejection, &view)),
        }
    };
    view! {
        <form class="panel-form" on:submit=save>
            <input
                class="input"
                node_ref=field
                aria-label=t!(view_name)
                placeholder=t!(view_name)
                maxlength="100"
                autocomplete="off"
            />
            <button class="button" type="submit">
                {t!(view_save)}
            </button>
            <p class="field-error" role="alert">
                {problem}
            </p>
        </form>
    }
}
