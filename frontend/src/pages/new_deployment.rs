//! The form for a new deployment: service, version, title, and its document as Markdown, with a preview.

pub(crate) mod draft;
mod from;
mod preview;
mod service_field;
pub(crate) mod writing;

use std::time::Duration;

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::outline::{Link, LinkTarget, OutlineEdit};
use slipway_shared::document::render;
use slipway_shared::ids::{DeploymentId, TemplateId};
use slipway_shared::template::TemplateKind;
use slipway_shared::workspace::Workspace;

use crate::acts::use_acts;
use crate::app::place::Place;
use crate::browser::address::use_address;
use crate::browser::{focus, kept};
use crate::command_words::name_of;
use crate::components::icon::Icon;
use crate::components::live::{When, all, derive, live, memo};
use crate::components::notice::{Notice, NoticeKind};
use crate::may::{MayNot, use_may_not};
use crate::replica::use_replica;
use crate::toasts::use_toasts;
use draft::{Draft, DraftProblem, Opening};
pub use from::From;
use service_field::ServiceField;
use writing::Writing;

/// Returns what the draft is kept under on this device: one for each deployment that another begins with.
fn draft_name(from: Option<From>) -> String {
    let from = from.map(|from| format!("/{}{}", from.deployment, if from.follows { "/follows" } else { "" }));
    kept::own(&format!("{}.new-deployment{}", kept::DRAFT, from.unwrap_or_default()))
}

/// Returns the deployment that the address says it begins with.
fn begins_with() -> Option<From> {
    let address = use_address();
    untrack(|| {
        let deployment = address.parameter("from")?.parse().ok()?;
        Some(From { deployment, follows: address.parameter("follows").is_some() })
    })
}

/// The form for a new deployment.
#[component]
pub fn NewDeploymentPage() -> impl IntoView {
    let from = begins_with();
    let view = use_replica().view();
    let begun = view.with_untracked(|view| from.and_then(|from| from.draft(view))).unwrap_or_else(Draft::new);
    let restored = kept::read::<Draft>(&draft_name(from));
    let was_restored = RwSignal::new(restored.is_some());
    let draft = RwSignal::new(restored.unwrap_or_else(|| begun.clone()));
    let begun = StoredValue::new(begun);
    let problem = RwSignal::new(None);
    keep_draft(draft, begun, from);
    let submit = use_submit(draft, problem, from);
    let existing = memo(move || view.with(|view| draft.with(|draft| draft.existing(view))));
    let start_over = move |_| {
        draft.set(begun.get_value());
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
                <TemplateField draft />
            </div>
            {live(move || existing.get().map(|id| view! { <Existing id /> }))}
            <Writing draft problem />
            <div class="form-actions">
                <button
                    class="button is-primary"
                    type="submit"
                    data-testid="create"
                    disabled=derive(move || may_not.with(Option::is_some))
                >
                    {derive(move || {
                        if existing.get().is_some() { t!(create_all_the_same) } else { t!(create_deployment) }
                    })}
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
fn keep_draft(draft: RwSignal<Draft>, begun: StoredValue<Draft>, from: Option<From>) {
    let mut keep = debounce(Duration::from_millis(200), move |draft: Draft| {
        // The page may be left meanwhile.
        if begun.try_with_value(|begun| *begun == draft).unwrap_or(false) {
            kept::forget(&draft_name(from));
        } else {
            kept::keep(&draft_name(from), &draft);
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
fn use_submit(
    draft: RwSignal<Draft>,
    problem: RwSignal<Option<DraftProblem>>,
    from: Option<From>,
) -> Callback<()> {
    let (replica, acts) = (use_replica(), use_acts());
    let address = use_address();
    Callback::new(move |()| {
        let view = replica.view().get_untracked();
        match draft.with_untracked(|draft| draft.opening(&view, || replica.mint())) {
            Ok(Opening { id, service, open, nesting, name }) => {
                let added = service.is_none_or(|service| acts.act(Command::Service(service)));
                let back = Command::Deployment(DeploymentCommand::Archive { deployment: id });
                let words = t!(deployment_opened, &name);
                if added && acts.act_undoable(Command::Deployment(open), words, back) {
                    // What can't be nested has been said why; the rest of it stands by itself.
                    let _ = nesting.into_iter().all(|edit| acts.act(Command::Deployment(edit)));
                    if let Some(from) = from.filter(|from| from.follows) {
                        acts.act(link_back(id, from.deployment));
                    }
                    draft.set(Draft::new());
                    kept::forget(&draft_name(from));
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

/// Returns what links a deployment to the one it follows.
fn link_back(deployment: DeploymentId, to: DeploymentId) -> Command {
    let link = Link { label: t!(link_follows), to: LinkTarget::Deployment(to) };
    Command::Deployment(DeploymentCommand::EditOutline { deployment, edit: OutlineEdit::AddLink(link) })
}

/// Says that there is a deployment of this version already, and where.
#[component]
fn Existing(id: DeploymentId) -> impl IntoView {
    let name = use_replica().view().with_untracked(|view| name_of(id, view));
    let open = move || {
        view! {
            <a class="button is-quiet" href=Place::Deployment(id).path()>
                {t!(button_open)}
            </a>
        }
    };
    view! {
        <div role="status">
            <Notice kind=NoticeKind::Warning title=t!(version_exists, &name) text=t!(version_exists_what) actions=open />
        </div>
    }
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

/// Which template it begins with, where the team has some. What was written is put aside, and comes back with Undo.
#[component]
fn TemplateField(draft: RwSignal<Draft>) -> impl IntoView {
    let (view, toasts) = (use_replica().view(), use_toasts());
    let templates = memo(move || {
        let named = |view: &Workspace| {
            let found = view.templates_of(TemplateKind::Deployment).into_iter();
            found.map(|(id, kept)| (id, kept.template.name.clone())).collect::<Vec<_>>()
        };
        view.with(|view| named(view))
    });
    let pick = move |event| {
        let id: Option<TemplateId> = event_target_value(&event).parse().ok();
        let text = view.with_untracked(|view| match id.and_then(|id| view.templates.get(&id)) {
            Some(kept) => render(&kept.template.document()),
            None => Draft::new().text,
        });
        let before = draft.with_untracked(|draft| draft.text.clone());
        if text == before {
            return;
        }
        draft.update(|draft| draft.text = text);
        toasts.offer_act(t!(template_taken), t!(undo), move |toast| {
            toasts.dismiss(toast);
            // The form may be left meanwhile; the draft is kept then as it was.
            let _ = draft.try_update(|draft| draft.text.clone_from(&before));
        });
    };
    let options = move || {
        all(templates.get(), |(id, name)| view! { <option value=id.to_string()>{name}</option> }.into_any())
    };
    view! {
        <When holds=derive(move || templates.with(|templates| !templates.is_empty()))>
            <div class="field">
                <label for="new-template">{t!(template)}</label>
                <select class="input" id="new-template" on:change=pick>
                    <option value="">{t!(template_built_in)}</option>
                    {live(options)}
                </select>
            </div>
        </When>
    }
}
