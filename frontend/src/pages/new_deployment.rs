//! The form for a new deployment: service, version, title, and its document as Markdown, with a preview.

pub(crate) mod draft;
mod preview;
mod service_field;
mod writing;

use std::time::Duration;

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;

use crate::acts::use_acts;
use crate::app::place::Place;
use crate::browser::address::use_address;
use crate::browser::{focus, kept};
use crate::components::icon::Icon;
use crate::components::live::{When, derive, live, memo};
use crate::may::{MayNot, use_may_not};
use crate::replica::use_replica;
use crate::toasts::use_toasts;
use draft::{Draft, DraftProblem, Opening};
use service_field::ServiceField;
use writing::Writing;

/// Returns what the draft is kept under on this device.
fn draft_name() -> String {
    kept::own(&format!("{}.new-deployment", kept::DRAFT))
}

/// The form for a new deployment.
#[component]
pub fn NewDeploymentPage() -> impl IntoView {
    let restored = kept::read::<Draft>(&draft_name());
    let was_restored = RwSignal::new(restored.is_some());
    let draft = RwSignal::new(restored.unwrap_or_else(Draft::new));
    let problem = RwSignal::new(None);
    keep_draft(draft);
    let submit = use_submit(draft, problem);
    let start_over = move |_| {
        draft.set(Draft::new());
        problem.set(None);
        was_restored.set(false);
    };
    let may_not = use_may_not(Capability::Work);
    view! {
        <form
            class="new-deployment"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                submit.run(());
            }
        >
            <h1>{t!(new_deployment)}</h1>
            <MayNot capability=Capability::Work />
            <div class="fields">
                <ServiceField draft problem />
                <VersionField draft problem />
                <TitleField draft />
            </div>
            <Writing draft problem />
            <div class="form-actions">
                <button
                    class="button is-primary"
                    type="submit"
                    data-testid="create"
                    disabled=derive(move || may_not.with(Option::is_some))
                >
                    {t!(create_deployment)}
                </button>
                <a class="button is-quiet" href="/board">{t!(button_cancel)}</a>
                <When holds=was_restored>
                    <span class="form-note">
                        {t!(draft_restored)} " "
                        <button class="link" type="button" on:click=start_over>
                            {t!(start_over)}
                        </button>
                    </span>
                </When>
            </div>
        </form>
    }
}

/// Keeps the draft on this device while it is written.
fn keep_draft(draft: RwSignal<Draft>) {
    let mut keep = debounce(Duration::from_millis(200), |draft: Draft| {
        if draft == Draft::new() {
            kept::forget(&draft_name());
        } else {
            kept::keep(&draft_name(), &draft);
        }
    });
    Effect::new(move |before: Option<()>| {
        let draft = draft.get();
        if before.is_some() {
            keep(draft);
        }
    });
}

/// Returns what opens the deployment and goes to it.
fn use_submit(draft: RwSignal<Draft>, problem: RwSignal<Option<DraftProblem>>) -> Callback<()> {
    let (replica, acts, toasts) = (use_replica(), use_acts(), use_toasts());
    let address = use_address();
    Callback::new(move |()| {
        let view = replica.view().get_untracked();
        match draft.with_untracked(|draft| draft.opening(&view, || replica.mint())) {
            Ok(Opening { id, service, open, name }) => {
                let added = service.is_none_or(|service| acts.act(Command::Service(service)));
                if added && acts.act(Command::Deployment(open)) {
                    draft.set(Draft::new());
                    kept::forget(&draft_name());
                    toasts.say(t!(deployment_opened, &name));
                    address.go(&Place::Deployment(id).path());
                }
            }
            Err(found) => {
                focus::focus_soon(found.field().to_owned());
                problem.set(Some(found));
            }
        }
    })
}

#[component]
fn VersionField(draft: RwSignal<Draft>, problem: RwSignal<Option<DraftProblem>>) -> impl IntoView {
    let view = use_replica().view();
    let is_missing = memo(move || problem.with(|problem| *problem == Some(DraftProblem::NoVersion)));
    let latest = memo(move || view.with(|view| draft.with(|draft| draft.latest_version(view))));
    view! {
        <div class="field">
            <label for="new-version">{t!(version)}</label>
            <input
                class="input mono"
                id="new-version"
                maxlength="100"
                autocomplete="off"
                spellcheck="false"
                aria-invalid=derive(move || is_missing.get().then_some("true"))
                aria-describedby="new-version-help"
                prop:value=derive(move || draft.with(|draft| draft.version.clone()))
                on:input=move |event| {
                    problem.set(None);
                    draft.update(|draft| draft.version = event_target_value(&event));
                }
            />
            <p id="new-version-help" class=derive(move || if is_missing.get() { "field-error" } else { "field-hint" })>
                {live(move || match (is_missing.get(), latest.get()) {
                    (true, _) => view! { <Icon name="circle-alert" />{t!(version_missing)} }.into_any(),
                    (false, Some(latest)) => t!(version_latest, &latest).into_any(),
                    (false, None) => t!(version_hint).into_any(),
                })}
            </p>
        </div>
    }
}

#[component]
fn TitleField(draft: RwSignal<Draft>) -> impl IntoView {
    view! {
        <div class="field is-full">
            <label for="new-title">{t!(title)} " " <span class="optional">{t!(optional)}</span></label>
            <input
                class="input"
                id="new-title"
                maxlength="200"
                placeholder=t!(title_hint)
                prop:value=derive(move || draft.with(|draft| draft.title.clone()))
                on:input=move |event| draft.update(|draft| draft.title = event_target_value(&event))
            />
        </div>
    }
}
