//! Which service: one that there is, or a new one by its name.

use leptos::prelude::*;
use slipway_shared::order;

use super::draft::{Draft, DraftProblem, ServiceChoice};
use crate::components::choice::choice;
use crate::components::icon::Icon;
use crate::components::live::{When, all, derive, live, memo};
use crate::replica::use_replica;

const NEW: &str = "new";

/// Which service.
#[component]
pub fn ServiceField(draft: RwSignal<Draft>, problem: RwSignal<Option<DraftProblem>>) -> impl IntoView {
    let view = use_replica().view();
    let services = memo(move || {
        let mut services: Vec<_> = view.with(|view| {
            let usable = view.services.iter().filter(|(_, known)| !known.archived);
            usable.map(|(id, known)| (known.name.clone(), *id)).collect()
        });
        order::sort(&mut services);
        services
    });
    let has_none = memo(move || services.with(Vec::is_empty));
    let is_new =
        memo(move || has_none.get() || draft.with(|draft| matches!(draft.service, ServiceChoice::New(_))));
    let picked = derive(move || {
        draft.with(|draft| match &draft.service {
            ServiceChoice::None => String::new(),
            ServiceChoice::Known(id) => id.to_string(),
            ServiceChoice::New(_) => NEW.to_owned(),
        })
    });
    let pick = move |event| {
        let value = event_target_value(&event);
        let service = match value.parse() {
            Ok(id) => ServiceChoice::Known(id),
            Err(_) if value == NEW => ServiceChoice::New(String::new()),
            Err(_) => ServiceChoice::None,
        };
        problem.set(None);
        draft.update(|draft| draft.service = service);
    };
    view! {
        <div class="field">
            <label for="new-service">{t!(service)}</label>
            <When holds=derive(move || !has_none.get())>
                <select class="input" id="new-service" on:change=pick>
                    {choice(String::new(), t!(pick_service), picked)}
                    {live(move || all(services.get(), move |(name, id)| choice(id.to_string(), name, picked)))}
                    {choice(NEW.to_owned(), t!(add_service), picked)}
                </select>
            </When>
            <When holds=is_new>
                <NewServiceField draft problem has_none />
            </When>
            <When holds=derive(move || problem.with(|problem| *problem == Some(DraftProblem::NoService)))>
                <p class="field-error">
                    <Icon name="circle-alert" />
                    {t!(service_missing)}
                </p>
            </When>
        </div>
    }
}

#[component]
fn NewServiceField(
    draft: RwSignal<Draft>,
    problem: RwSignal<Option<DraftProblem>>,
    has_none: Memo<bool>,
) -> impl IntoView {
    let name = move || {
        draft.with(|draft| match &draft.service {
            ServiceChoice::New(name) => name.clone(),
            ServiceChoice::None | ServiceChoice::Known(_) => String::new(),
        })
    };
    let on_input = move |event| {
        problem.set(None);
        draft.update(|draft| draft.service = ServiceChoice::New(event_target_value(&event)));
    };
    let id = if has_none.get_untracked() { "new-service" } else { "new-service-name" };
    view! {
        <input
            class="input"
            id=id
            aria-label=t!(service_name)
            placeholder=t!(service_name)
            maxlength="100"
            autocomplete="off"
            prop:value=name
            on:input=on_input
        />
    }
}
