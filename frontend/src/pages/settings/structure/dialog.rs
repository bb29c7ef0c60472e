//! The form in which a thing of the structure is changed, or a new one described.

use leptos::prelude::*;
use slipway_shared::environment::{Testing, Tier};
use slipway_shared::ids::{ColumnId, EnvironmentId, LabelId, ServiceId};
use slipway_shared::order;
use slipway_shared::service::Cadence;
use slipway_shared::workspace::Workspace;

use super::list::{cadence_name, kind_name, thing_name, tier_name};
use super::steps::{Answers, Kind, Thing, answers, steps};
use super::use_structure;
use crate::acts::use_acts;
use crate::components::choice::choice;
use crate::components::dialog::Dialog;
use crate::components::icon::Icon;
use crate::components::live::{all, derive, live};
use crate::rejection_words::rejection_words;
use crate::replica::use_replica;

/// The dialog of the page.
#[component]
pub fn EditDialog() -> impl IntoView {
    let structure = use_structure();
    let view = use_replica().view();
    let close = Callback::new(move |()| structure.edited.set(None));
    let title = derive(move || match structure.edited.get() {
        Some(Thing { kind, id: Some(id) }) => view.with(|view| thing_name(view, kind, id)),
        Some(Thing { kind: Kind::Column, .. }) => t!(column_new),
        Some(Thing { kind: Kind::Environment, .. }) => t!(environment_new),
        Some(Thing { kind: Kind::Service, .. }) => t!(service_new),
        Some(Thing { kind: Kind::Label, .. }) => t!(new_label),
        None => String::new(),
    });
    view! {
        <Dialog is_open=derive(move || structure.edited.get().is_some()) on_close=close title>
            {live(move || structure.edited.get().map(|thing| view! { <EditForm thing /> }))}
        </Dialog>
    }
}

#[component]
fn EditForm(thing: Thing) -> impl IntoView {
    let (acts, replica, structure) = (use_acts(), use_replica(), use_structure());
    let view = replica.view().get_untracked();
    let given = RwSignal::new(answers(&view, thing));
    let problem = RwSignal::new(None::<String>);
    // One thing, however often it takes until everything about it is right.
    let new = replica.mint();
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let view = replica.view().get_untracked();
        let thing = match thing.id {
            None if exists(&view, thing.kind, new) => Thing { id: Some(new), ..thing },
            None | Some(_) => thing,
        };
        let Ok(steps) = given.with_untracked(|given| steps(&view, thing, given, new)) else {
            return problem.set(Some(t!(not_a_number)));
        };
        match acts.try_all(steps, t!(structure_saved, &given.with_untracked(|given| given.name.clone()))) {
            Ok(()) => structure.edited.set(None),
            Err(rejection) => problem.set(Some(rejection_words(&rejection, &view))),
        }
    };
    let button = if thing.id.is_some() { t!(button_save) } else { t!(button_add) };
    view! {
        <form class="form" novalidate on:submit=send>
            <TextField id="thing-name" label=t!(name) given read=|given| &mut given.name />
            {fields(thing.kind, &view, given)}
            <p class="field-error" role="alert">
                {live(move || problem.get().map(|text| view! { <Icon name="circle-alert" /> {text} }))}
            </p>
            <div class="dialog-actions">
                <button class="button is-primary" type="submit">
                    {button}
                </button>
            </div>
        </form>
    }
}

fn exists(view: &Workspace, kind: Kind, id: u128) -> bool {
    match kind {
        Kind::Column => view.columns.contains_key(&ColumnId::from_u128(id)),
        Kind::Environment => view.environments.contains_key(&EnvironmentId::from_u128(id)),
        Kind::Service => view.services.contains_key(&ServiceId::from_u128(id)),
        Kind::Label => view.labels.contains_key(&LabelId::from_u128(id)),
    }
}

type Given = RwSignal<Answers>;

fn fields(kind: Kind, view: &Workspace, given: Given) -> AnyView {
    match kind {
        Kind::Column => column_fields(view, given),
        Kind::Environment => environment_fields(given),
        Kind::Service => service_fields(given),
        Kind::Label => ().into_any(),
    }
}

fn column_fields(view: &Workspace, given: Given) -> AnyView {
    use slipway_shared::column::ColumnKind as K;
    let environments = view.environments_in_order().into_iter().map(K::Environment);
    let kinds = [K::Queue, K::Approval, K::Monitoring].into_iter().chain(environments);
    let options = kinds.map(|kind| {
        let word = match kind {
            K::Queue => "queue".to_owned(),
            K::Approval => "approval".to_owned(),
            K::Monitoring => "monitoring".to_owned(),
            K::Environment(environment) => environment.to_string(),
        };
        (word, kind_name(kind, view))
    });
    let picked = given.with_untracked(|given| given.stands_for.clone());
    let pick = Callback::new(move |word| given.update(|given| given.stands_for = word));
    view! {
        <Picker id="thing-kind" label=t!(stands_for) options=options.collect() picked pick />
        <TextField id="thing-limit" label=t!(limit) hint=t!(limit_what) given read=|given| &mut given.limit />
    }
    .into_any()
}

const TIERS: [Tier; 3] = [Tier::Development, Tier::Staging, Tier::Production];
const CADENCES: [Cadence; 4] = [Cadence::Continuous, Cadence::Daily, Cadence::Weekly, Cadence::Train];

fn environment_fields(given: Given) -> AnyView {
    let options = (0..).zip(TIERS).map(|(place, tier): (usize, _)| (place.to_string(), tier_name(tier)));
    let tier = given.with_untracked(|given| given.tier);
    let picked = TIERS.iter().position(|known| Some(*known) == tier).unwrap_or_default().to_string();
    let pick = Callback::new(move |word: String| {
        let tier = word.parse::<usize>().ok().and_then(|place| TIERS.get(place)).copied();
        given.update(|given| given.tier = tier);
    });
    view! {
        <Picker id="thing-tier" label=t!(tier) options=options.collect() picked pick />
        <fieldset class="field">
            <legend>{t!(testing)}</legend>
            <TestingBox kind=Testing::Automated text=t!(testing_automated) given />
            <TestingBox kind=Testing::Manual text=t!(testing_manual) given />
            <TestingBox kind=Testing::Smoke text=t!(testing_smoke) given />
        </fieldset>
        <TextField id="thing-purpose" label=t!(purpose) given read=|given| &mut given.purpose />
        <TextField id="thing-address" label=t!(address) given read=|given| &mut given.address />
        <TextField id="thing-health" label=t!(health_address) given read=|given| &mut given.health_address />
    }
    .into_any()
}

fn service_fields(given: Given) -> AnyView {
    let none = (String::new(), t!(cadence_none));
    let known =
        (0..).zip(CADENCES).map(|(place, cadence): (usize, _)| (place.to_string(), cadence_name(cadence)));
    let cadence = given.with_untracked(|given| given.cadence);
    let picked = CADENCES.iter().position(|known| Some(*known) == cadence);
    let picked = picked.map(|place| place.to_string()).unwrap_or_default();
    let pick = Callback::new(move |word: String| {
        let cadence = word.parse::<usize>().ok().and_then(|place| CADENCES.get(place)).copied();
        given.update(|given| given.cadence = cadence);
    });
    view! {
        <Picker id="thing-cadence" label=t!(cadence) options=[none].into_iter().chain(known).collect() picked pick />
        <div class="field">
            <label for="thing-hue">{t!(hue)}</label>
            <input
                id="thing-hue"
                class="hue"
                type="range"
                min="0"
                max="359"
                prop:value=derive(move || given.with(|given| given.hue.clone()))
                style=("--hue", derive(move || given.with(|given| given.hue.clone())))
                on:input=move |event| given.update(|given| given.hue = event_target_value(&event))
            />
        </div>
        <TextField id="thing-repository" label=t!(repository) given read=|given| &mut given.repository />
    }
    .into_any()
}

#[component]
fn TestingBox(kind: Testing, text: String, given: Given) -> impl IntoView {
    let toggle = move |_| {
        given.update(|given| {
            let had = given.testing.len();
            given.testing.retain(|known| *known != kind);
            if given.testing.len() == had {
                given.testing.push(kind);
                order::sort(&mut given.testing);
            }
        });
    };
    view! {
        <label class="panel-row">
            <input
                type="checkbox"
                prop:checked=derive(move || given.with(|given| given.testing.contains(&kind)))
                on:change=toggle
            />
            {text}
        </label>
    }
}

/// A line of text.
#[component]
fn TextField(
    id: &'static str,
    label: String,
    #[prop(optional)] hint: Option<String>,
    given: Given,
    /// Finds the answer it is about.
    read: fn(&mut Answers) -> &mut String,
) -> impl IntoView {
    let value = given.with_untracked(|given| read(&mut given.clone()).clone());
    let on_input = move |event| {
        let text = event_target_value(&event);
        given.update(|given| text.trim().clone_into(read(given)));
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <input id=id class="input" value=value autocomplete="off" on:input=on_input />
            {hint.map(|hint| view! { <p class="field-hint">{hint}</p> })}
        </div>
    }
    .into_any()
}

/// One of a few.
#[component]
fn Picker(
    id: &'static str,
    label: String,
    options: Vec<(String, String)>,
    picked: String,
    pick: Callback<String>,
) -> impl IntoView {
    let picked = Signal::stored(picked);
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select id=id class="input" on:change=move |event| pick.run(event_target_value(&event))>
                {all(options, move |(word, name)| choice(word, name, picked))}
            </select>
        </div>
    }
    .into_any()
}
