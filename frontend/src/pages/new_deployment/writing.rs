//! The document as Markdown, and how it will read.

use leptos::html;
use leptos::prelude::*;
use slipway_shared::document::{ParseError, Parsed, Warning};
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlInputElement, KeyboardEvent};

use super::draft::{Draft, DraftProblem};
use super::preview::Preview;
use crate::browser::{focus, platform};
use crate::components::icon::Icon;
use crate::components::live::{When, derive, live, memo};
use crate::language::count;
use crate::toasts::use_toasts;

/// The document as Markdown, and how it will read.
#[component]
pub fn Writing(draft: RwSignal<Draft>, problem: RwSignal<Option<DraftProblem>>) -> impl IntoView {
    let is_preview = RwSignal::new(false);
    let read = memo(move || draft.with(Draft::read));
    let on_input = move |event| {
        problem.set(None);
        draft.update(|draft| draft.take_text(event_target_value(&event)));
    };
    view! {
        <div class="field">
            <span class="field-label" id="new-text-label">{t!(document)}</span>
            <div class="writing">
                <div class="tabs">
                    <Tabs is_preview />
                    <OpenFile on_text=Callback::new(move |text| {
                        draft.try_update(|draft| draft.take_text(text));
                    }) />
                </div>
                <When
                    holds=is_preview
                    otherwise=move || {
                        view! {
                            <div role="tabpanel" aria-labelledby="new-text-label">
                                <textarea
                                    id="new-text"
                                    aria-labelledby="new-text-label"
                                    spellcheck="true"
                                    prop:value=derive(move || draft.with(|draft| draft.text.clone()))
                                    on:input=on_input
                                ></textarea>
                            </div>
                        }
                    }
                >
                    <div class="writing-preview" role="tabpanel" aria-labelledby="new-text-label" tabindex="0">
                        <Preview read />
                    </div>
                </When>
                <div class="writing-foot num">
                    <span>{derive(move || read.with(summary))}</span>
                    <span>{t!(draft_kept)}</span>
                </div>
            </div>
            <Warnings read />
        </div>
    }
}

#[component]
fn Tabs(is_preview: RwSignal<bool>) -> impl IntoView {
    let list = NodeRef::<html::Div>::new();
    // Arrows lead between tabs, as in any list of them.
    let on_keydown = move |event: KeyboardEvent| {
        let key = match event.key().as_str() {
            "ArrowLeft" => "ArrowUp",
            "ArrowRight" => "ArrowDown",
            _ => return,
        };
        if let Some(list) = list.get() {
            is_preview.update(|is_preview| *is_preview = !*is_preview);
            focus::move_among(&focus::find_all(&list, "[role=tab]"), key);
        }
    };
    let tab = move |own: bool, text: String| {
        view! {
            <button
                type="button"
                role="tab"
                aria-selected=derive(move || (is_preview.get() == own).to_string())
                tabindex=derive(move || if is_preview.get() == own { "0" } else { "-1" })
                on:click=move |_| is_preview.set(own)
            >
                {text}
            </button>
        }
    };
    view! {
        <div role="tablist" class="tab-list" aria-labelledby="new-text-label" node_ref=list on:keydown=on_keydown>
            {tab(false, t!(markdown))} {tab(true, t!(preview))}
        </div>
    }
}

/// Takes the text of a file over.
#[component]
pub fn OpenFile(on_text: Callback<String>) -> impl IntoView {
    let toasts = use_toasts();
    let open = move |event: leptos::ev::Event| {
        let input = event.target().and_then(|input| input.dyn_into::<HtmlInputElement>().ok());
        let file = input.as_ref().and_then(HtmlInputElement::files).and_then(|files| files.get(0));
        let Some(file) = file else { return };
        leptos::task::spawn_local(async move {
            match platform::read_file(&file).await {
                // The page may be left meanwhile.
                Some(text) => drop(on_text.try_run(text)),
                None => toasts.refuse(t!(file_unreadable)),
            }
        });
    };
    view! {
        <label class="button is-quiet is-small writing-open">
            <Icon name="upload" />
            {t!(open_markdown)}
            <input class="visually-hidden" type="file" accept=".md,.markdown,.txt,text/markdown,text/plain" on:change=open />
        </label>
    }
}

fn summary(read: &Result<Parsed, ParseError>) -> String {
    match read {
        Ok(Parsed { document, .. }) => {
            let checks = document.sections.iter().map(|section| section.checks.len()).sum::<usize>();
            t!(document_summary, count(document.sections.len()), count(checks))
        }
        Err(problem) => parse_error_words(problem),
    }
}

/// What was odd about the text, with the line.
#[component]
pub fn Warnings(read: Memo<Result<Parsed, ParseError>>) -> impl IntoView {
    let warnings =
        memo(move || read.with(|read| read.as_ref().map(|read| read.warnings.clone()).unwrap_or_default()));
    view! {
        <When holds=derive(move || !warnings.with(Vec::is_empty))>
            <ul class="warnings" role="status">
                {live(move || {
                    let words = warnings.get().into_iter().map(|warning| warning_words(&warning));
                    words
                        .map(|words| {
                            view! {
                                <li>
                                    <Icon name="info" class="icon is-tiny" />
                                    {words}
                                </li>
                            }
                        })
                        .collect_view()
                })}
            </ul>
        </When>
    }
}

pub fn parse_error_words(problem: &ParseError) -> String {
    match problem {
        ParseError::TooLong { .. } => t!(text_too_long),
        ParseError::Empty | ParseError::NoDeployment { .. } => t!(text_unreadable),
    }
}

fn warning_words(warning: &Warning) -> String {
    let line = warning.line();
    match warning {
        Warning::FrontMatterIgnored { lines, .. } => t!(warning_front_matter, count(line), count(*lines)),
        Warning::AboveSections { .. } => t!(warning_above_sections, count(line)),
        Warning::SecondDeployment { .. } => t!(warning_second_deployment, count(line)),
        Warning::StrayText { .. } => t!(warning_stray_text, count(line)),
        Warning::Flattened { .. } => t!(warning_flattened, count(line)),
        Warning::UnknownMark { mark, .. } => t!(warning_unknown_mark, count(line), &mark.to_string()),
        Warning::UnreadableTime { .. } => t!(warning_unreadable_time, count(line)),
        Warning::FenceNotClosed { .. } => t!(warning_fence, count(line)),
    }
}
