//! Which service: one that there is, or a new one by its name.

use leptos::prelude::*;

use super::draft::{Draft, DraftProblem, ServiceChoice};
use crate::components::icon::Icon;
use crate::replica::use_replica;

const NEW: &str = "new";

/// Which service.
#[component]
pub fn ServiceField(draft: RwSignal<Draft>, problem: RwSignal<Option<DraftProblem>>) -> impl IntoView {
    let view = use_replica().view();
    let services = Memo::new(move |_| {
        let mut services: Vec<_> =
            view.with(|view| view.services.iter().map(|(id, known)| (known.name.clone(), *id)).collect());
        services.sort();
        services
    });
    let has_none = Memo::new(move |_| services.with(Vec::is_empty));
    let is_new = Memo::new(move |_| {
        has_none.get() || draft.with(|draft| matches!(draft.service, ServiceChoice::New(_)))
    });
    let picked = move || {
        draft.with(|draft| match &draft.service {
            ServiceChoice::None => String::new(),
            ServiceChoice::Known(id) => id.to_string(),
            ServiceChoice::New(_) => NEW.to_owned(),
        })
    };
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
            <Show when=move || !has_none.get()>
                <select class="input" id="new-service" prop:value=picked on:change=pick>
                    <option value="">{t!(pick_service)}</option>
                    <For each=move || services.get() key=|(_, id)| *id let((name, id))>
                        <option value=id.to_string()>{name}</option>
                    </For>
                    <option value=NEW>{t!(add_service)}</option>
                </select>
            </Show>
            <Show when=move || is_new.get()>
                <NewServiceField draft problem has_none />
            </Show>
            <Show when=move || problem.with(|problem| *problem == Some(DraftProblem::NoService))>
                <p class="field-error">
                    <Icon name="circle-alert" />
                    {t!(service_missing)}
                </p>
            </Show>
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
