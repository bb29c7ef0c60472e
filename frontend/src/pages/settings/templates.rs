//! Templates of the team's own, as Markdown: listed, written, changed, put away and brought back.

use std::sync::Arc;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::document::{Document, ParseError, builtin_template, parse, render};
use slipway_shared::ids::{DeploymentId, SectionId, TemplateId};
use slipway_shared::log::Cursor;
use slipway_shared::order;
use slipway_shared::rejection::TextField;
use slipway_shared::template::{KeptTemplate, Template, TemplateCommand, TemplateKind};
use slipway_shared::workspace::Workspace;

use crate::acts::{Acts, use_acts};
use crate::app::place::Place;
use crate::browser::address::use_address;
use crate::browser::{focus, kept};
use crate::command_words::name_of;
use crate::components::choice::choice;
use crate::components::live::{When, derive, live, memo};
use crate::components::rows::{Row, button, hint, rows};
use crate::language::count;
use crate::may::{MayNot, use_may_not};
use crate::replica::use_replica;

/// A template that is being written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Draft {
    /// Which is changed, or the id of a new one.
    id: TemplateId,
    name: String,
    is_checklist: bool,
    /// Its document, as Markdown.
    text: String,
    /// What its author had seen when they began.
    begun: Option<Cursor>,
}

/// What is being written, each template by itself: under the name of its own that its id makes.
struct Drafts;

/// Under which name a tab notes which template it writes.
const WRITING: &str = "template";

impl Drafts {
    fn name() -> String {
        kept::own(&format!("{}.template", kept::DRAFT))
    }

    fn name_of(id: TemplateId) -> String {
        format!("{}.{id}", Self::name())
    }

    fn of(id: TemplateId) -> Option<Draft> {
        kept::read(&Self::name_of(id))
    }

    /// Returns all that is being written, by whichever tab.
    fn all() -> Vec<Draft> {
        let names = kept::names(&format!("{}.", Self::name()));
        names.iter().filter_map(|name| kept::read(name)).collect()
    }

    /// Returns what this tab was writing.
    fn of_tab() -> Option<Draft> {
        // Builds before this one kept one draft for all templates.
        if let Some(draft) = kept::read::<Draft>(&Self::name()) {
            Self::keep(Some(&draft));
            kept::forget(&Self::name());
        }
        kept::of_tab(WRITING)?.parse().ok().and_then(Self::of)
    }

    fn keep(draft: Option<&Draft>) {
        kept::keep_of_tab(WRITING, &draft.map(|draft| draft.id.to_string()).unwrap_or_default());
        if let Some(draft) = draft {
            kept::keep(&Self::name_of(draft.id), draft);
        }
    }

    fn forget(id: TemplateId) {
        kept::forget(&Self::name_of(id));
    }
}

/// Templates of the team's own.
#[component]
pub fn TemplatesPage() -> impl IntoView {
    let replica = use_replica();
    let view = replica.view();
    let draft = RwSignal::new(begun_by_address().or_else(Drafts::of_tab));
    Effect::new(move |_| draft.with(|draft| Drafts::keep(draft.as_ref())));
    // Told when a draft is thrown away.
    let thrown = Trigger::new();
    let may_not = use_may_not(Capability::Work);
    let begin = Callback::new(move |()| {
        let id = TemplateId::from_u128(replica.mint());
        draft.set(Some(Draft::of(id, String::new(), false, &builtin_template())));
    });
    // Drawn again when a template changed, not whenever anything did.
    let kept = memo(move || view.with(|view| view.templates.clone()));
    let is_writing = memo(move || draft.with(Option::is_some));
    view! {
        <div class="settings templates">
            <h1 tabindex="-1">{t!(templates)}</h1>
            <MayNot capability=Capability::Work />
            <When
                holds=is_writing
                otherwise=move || {
                    view! {
                        <section>
                            {hint(t!(templates_what))}
                            {live(move || {
                                let may_edit = may_not.with(Option::is_none);
                                thrown.track();
                                kept.with(|_| view.with_untracked(|view| list(view, draft, thrown, may_edit)))
                            })}
                            <When holds=derive(move || may_not.with(Option::is_none))>
                                <div class="row">{button("button is-primary", t!(template_new), begin)}</div>
                            </When>
                        </section>
                    }
                }
            >
                <Form draft />
            </When>
        </div>
    }
}

/// Returns what the address asks to make a template of: a deployment, or one section of it.
fn begun_by_address() -> Option<Draft> {
    let (address, replica) = (use_address(), use_replica());
    untrack(|| {
        let deployment: DeploymentId = address.parameter("from")?.parse().ok()?;
        let section: Option<SectionId> = address.parameter("section").and_then(|id| id.parse().ok());
        let id = TemplateId::from_u128(replica.mint());
        replica.view().with(|view| {
            let known = view.deployments.get(&deployment)?;
            let mut document = known.document();
            let Some(section) = section else {
                return Some(Draft::of(id, name_of(deployment, view), false, &document));
            };
            let place = known.sections.iter().position(|known| known.id == section)?;
            let heading = known.sections.get(place)?.heading.clone();
            document.sections.retain(|written| written.heading == heading);
            Some(Draft::of(id, heading, true, &document))
        })
    })
}

impl Draft {
    fn of(id: TemplateId, name: String, is_checklist: bool, document: &Document) -> Self {
        let template = Template::of(name, TemplateKind::Deployment, document);
        let text = render(&template.document());
        Self { id, name: template.name, is_checklist, text, begun: use_replica().reached() }
    }

    fn of_kept(id: TemplateId, kept: &KeptTemplate) -> Self {
        let template = &kept.template;
        let is_checklist = template.kind == TemplateKind::Checklist;
        Self::of(id, template.name.clone(), is_checklist, &template.document())
    }

    /// Tells whether there is more in it than in what it was begun as.
    fn is_touched(&self) -> bool {
        let begun = match kept_template(self.id) {
            Some(kept) => Self::of_kept(self.id, &kept),
            None => Self::of(self.id, String::new(), false, &builtin_template()),
        };
        (&self.name, self.is_checklist, &self.text) != (&begun.name, begun.is_checklist, &begun.text)
    }

    /// Reads the document. A text without the heading of a deployment is read as one.
    fn read(&self) -> Result<Document, ParseError> {
        let read = match parse(&self.text) {
            Err(ParseError::NoDeployment { .. } | ParseError::Empty) => {
                parse(&format!("## Deployment:\n\n{}", self.text))
            }
            read => read,
        };
        read.map(|parsed| parsed.document)
    }

    fn template(&self) -> Option<Template> {
        let kind = if self.is_checklist { TemplateKind::Checklist } else { TemplateKind::Deployment };
        self.read().ok().map(|document| Template::of(self.name.clone(), kind, &document))
    }
}

fn list(view: &Workspace, draft: RwSignal<Option<Draft>>, thrown: Trigger, may_edit: bool) -> AnyView {
    let drafts = if may_edit { Drafts::all() } else { Vec::new() };
    let new = drafts.iter().filter(|written| !view.templates.contains_key(&written.id));
    let new: Vec<_> = new.map(|written| draft_row(written.clone(), draft, thrown)).collect();
    let mut kept: Vec<_> = view.templates.iter().map(|(id, kept)| (*id, Arc::clone(kept))).collect();
    order::sort_by_key(&mut kept, |(_, kept)| (kept.archived.is_some(), kept.template.name.to_lowercase()));
    if kept.is_empty() && new.is_empty() {
        return hint(t!(templates_none));
    }
    let kept = kept.into_iter().map(|(id, kept)| {
        let written = drafts.iter().find(|written| written.id == id);
        row(id, &kept, written.cloned(), draft, may_edit)
    });
    rows(new.into_iter().chain(kept).collect())
}

/// What is being written and was never saved.
fn draft_row(written: Draft, draft: RwSignal<Option<Draft>>, thrown: Trigger) -> Row {
    let (id, name) = (written.id, written.name.trim().to_owned());
    let edit = Callback::new(move |()| draft.set(Some(written.clone())));
    let discard = Callback::new(move |()| {
        Drafts::forget(id);
        thrown.notify();
    });
    let actions =
        vec![button("button", t!(button_edit), edit), button("button is-quiet", t!(button_discard), discard)];
    let name = if name.is_empty() { t!(template_new) } else { name };
    Row { mark: Signal::stored(t!(template_draft)), ..Row::new(name, t!(template_draft_what), actions) }
}

fn row(
    id: TemplateId,
    kept: &Arc<KeptTemplate>,
    written: Option<Draft>,
    draft: RwSignal<Option<Draft>>,
    may_edit: bool,
) -> Row {
    let acts = use_acts();
    let is_begun = written.is_some();
    let template = &kept.template;
    let checks: usize = template.sections.iter().map(|section| section.checks.len()).sum();
    let kind = match template.kind {
        TemplateKind::Deployment => t!(template_for_deployments),
        TemplateKind::Checklist => t!(template_for_checklists),
    };
    let text = format!("{kind} · {}", t!(document_summary, count(template.sections.len()), count(checks)));
    let is_archived = kept.archived.is_some();
    let known = Arc::clone(kept);
    let edit = Callback::new(move |()| {
        draft.set(Some(written.clone().unwrap_or_else(|| Draft::of_kept(id, &known))));
    });
    let name = template.name.clone();
    let archive = Callback::new(move |()| {
        let command = |is_archived| Command::Template(TemplateCommand::Archive { id, is_archived });
        let words = if is_archived { t!(template_restored, &name) } else { t!(template_archived, &name) };
        acts.act_undoable(command(!is_archived), words, command(is_archived));
        focus::focus_soon(".templates h1".to_owned());
    });
    let word = if is_archived { t!(template_restore) } else { t!(template_archive) };
    let actions = if may_edit {
        vec![button("button", t!(button_edit), edit), button("button is-quiet", word, archive)]
    } else {
        Vec::new()
    };
    let mark = match (is_archived, is_begun) {
        (true, _) => t!(template_away),
        (false, true) => t!(template_draft),
        (false, false) => String::new(),
    };
    Row { mark: Signal::stored(mark), ..Row::new(template.name.clone(), text, actions) }
}

#[component]
fn Form(draft: RwSignal<Option<Draft>>) -> impl IntoView {
    let acts = use_acts();
    let problem = RwSignal::new(None);
    let select = move |read: fn(&Draft) -> String| {
        derive(move || draft.with(|draft| draft.as_ref().map(read).unwrap_or_default()))
    };
    let kind = select(|draft| if draft.is_checklist { "checklist" } else { "deployment" }.to_owned());
    let change = move |change: &dyn Fn(&mut Draft)| {
        problem.set(None);
        draft.update(|draft| draft.iter_mut().for_each(change));
    };
    let summary = derive(move || {
        draft.with(|draft| {
            let document = draft.as_ref().and_then(|draft| draft.read().ok());
            let document = document.map(|document| {
                let checks: usize = document.sections.iter().map(|section| section.checks.len()).sum();
                t!(document_summary, count(document.sections.len()), count(checks))
            });
            document.unwrap_or_else(|| t!(template_unreadable))
        })
    });
    let address = use_address();
    let close = move |keeps_draft: bool| {
        if let Some(written) = draft.get_untracked()
            && !(keeps_draft && written.is_touched())
        {
            Drafts::forget(written.id);
        }
        draft.set(None);
        // What the address asked for is done: going back and forth doesn't begin it again.
        address.replace(&Place::Templates.path());
        focus::focus_soon(".templates h1".to_owned());
    };
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let Some(written) = draft.get_untracked() else { return };
        let Some(template) = written.template() else {
            problem.set(Some(t!(template_unreadable)));
            return;
        };
        if save(acts, &written, template) {
            close(false);
        }
    };
    view! {
        <form class="template-form" on:submit=submit>
            <div class="field">
                <label for="template-name">{t!(template_name)}</label>
                <input
                    class="input"
                    id="template-name"
                    dir="auto"
                    maxlength=TextField::Name.limit().to_string()
                    prop:value=select(|draft| draft.name.clone())
                    on:input=move |event| change(&|draft| draft.name = event_target_value(&event))
                />
            </div>
            <div class="field">
                <label for="template-kind">{t!(template_kind)}</label>
                <select
                    class="input"
                    id="template-kind"
                    on:change=move |event| {
                        change(&|draft| draft.is_checklist = event_target_value(&event) == "checklist");
                    }
                >
                    {choice("deployment".to_owned(), t!(template_for_deployments), kind)}
                    {choice("checklist".to_owned(), t!(template_for_checklists), kind)}
                </select>
            </div>
            <div class="field is-full">
                <label for="template-text">{t!(document)}</label>
                <textarea
                    class="input mono"
                    id="template-text"
                    rows="18"
                    aria-describedby="template-help"
                    prop:value=select(|draft| draft.text.clone())
                    on:input=move |event| change(&|draft| draft.text = event_target_value(&event))
                ></textarea>
                <p class="field-hint" id="template-help">{summary} " · " {t!(draft_kept)}</p>
                {live(move || problem.get().map(|text| view! { <p class="field-error" role="alert">{text}</p> }))}
            </div>
            <div class="row">
                <button class="button is-primary" type="submit">
                    {t!(button_save)}
                </button>
                <button class="button is-quiet" type="button" on:click=move |_| close(true)>
                    {t!(template_later)}
                </button>
            </div>
        </form>
    }
}

/// Saves what was written; tells whether it could be done. A new one is taken back by putting it away.
fn save(acts: Acts, written: &Draft, template: Template) -> bool {
    let id = written.id;
    let before = kept_template(id);
    let words = t!(template_saved, &template.name);
    let command = |template| Command::Template(TemplateCommand::Save { id, template });
    let back = match before {
        Some(kept) => command(kept.template.clone()),
        None => Command::Template(TemplateCommand::Archive { id, is_archived: true }),
    };
    acts.edit_undoable(command(template), written.begun, words, back)
}

fn kept_template(id: TemplateId) -> Option<Arc<KeptTemplate>> {
    use_replica().view().with_untracked(|view| view.templates.get(&id).cloned())
}
