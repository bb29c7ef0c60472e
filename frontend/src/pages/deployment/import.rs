//! Markdown written over the document that is there: what would change is shown first.

use leptos::prelude::*;
use slipway_shared::check::CheckState;
use slipway_shared::deployment::rewrite::{Planned, Rewritten, written_over};
use slipway_shared::document::{ParseError, Parsed, parse};

use super::outline_act::use_outline_acts;
use super::use_subject;
use crate::components::dialog::Dialog;
use crate::components::icon::Icon;
use crate::components::live::{When, all, derive, live, memo};
use crate::language::count;
use crate::pages::new_deployment::writing::{OpenFile, Warnings, parse_error_words};
use crate::rejection_words::rejection_words;
use crate::replica::use_replica;

/// A dialog that takes Markdown over.
#[component]
pub fn ImportDialog(is_open: RwSignal<bool>) -> impl IntoView {
    let close = Callback::new(move |()| is_open.set(false));
    view! {
        <Dialog is_open on_close=close title=derive(|| t!(import_markdown)) is_wide=true>
            <Import is_open />
        </Dialog>
    }
}

/// Reads a text. What has sections but not the heading of a deployment is read as one.
fn read(text: &str) -> Result<Parsed, ParseError> {
    match parse(text) {
        Err(ParseError::NoDeployment { .. })
            if text.lines().any(|line| line.trim_start().starts_with('#')) =>
        {
            parse(&format!("## Deployment:\n\n{text}"))
        }
        read => read,
    }
}

/// What a text would change.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Outlook {
    /// There is no text yet.
    Empty,
    /// It can't be taken over, and why.
    Unfit(String),
    /// This, perhaps nothing.
    Changes(Vec<Rewritten>),
}

#[component]
fn Import(is_open: RwSignal<bool>) -> impl IntoView {
    let subject = use_subject();
    let (outline, replica) = (use_outline_acts(), use_replica());
    let text = RwSignal::new(String::new());
    let parsed = memo(move || text.with(|text| read(text)));
    let plan = move |mut mint: Box<dyn FnMut() -> u128>| {
        let known = subject.deployment.get_untracked()?;
        parsed.with_untracked(|parsed| {
            let document = &parsed.as_ref().ok()?.document;
            written_over(subject.id, &known, document, &mut mint).ok()
        })
    };
    let outlook = memo(move || {
        let known = subject.deployment.get();
        let (Some(known), false) = (known, text.with(|text| text.trim().is_empty())) else {
            return Outlook::Empty;
        };
        parsed.with(|parsed| match parsed {
            Err(ParseError::NoDeployment { .. }) => Outlook::Unfit(t!(import_unreadable)),
            Err(problem) => Outlook::Unfit(parse_error_words(problem)),
            Ok(Parsed { document, .. }) => {
                let mut next = 0;
                let mint = || {
                    next += 1;
                    next
                };
                match written_over(subject.id, &known, document, mint) {
                    Ok((_, changes)) => Outlook::Changes(changes),
                    Err(rejection) => {
                        let words = replica.view().with(|view| rejection_words(&rejection, view));
                        Outlook::Unfit(words)
                    }
                }
            }
        })
    });
    let changes = memo(move || {
        outlook.with(|outlook| {
            matches!(outlook, Outlook::Changes(changes) if changes.iter().any(|change| !change.is_kept()))
        })
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let planned: Option<Planned> = plan(Box::new(move || replica.mint()));
        let Some((steps, _)) = planned.filter(|(steps, _)| !steps.is_empty()) else { return };
        if outline.all(steps, t!(import_done)) {
            is_open.set(false);
        }
    };
    view! {
        <form class="import" on:submit=submit>
            <p class="faint small">{t!(import_explained)}</p>
            <div class="import-head">
                <label for="import-text">{t!(markdown)}</label>
                <OpenFile on_text=Callback::new(move |read| drop(text.try_set(read))) />
            </div>
            <textarea
                id="import-text"
                class="input mono"
                rows="8"
                spellcheck="false"
                aria-describedby="import-outlook"
                prop:value=derive(move || text.get())
                on:input=move |event| text.set(event_target_value(&event))
            ></textarea>
            <div id="import-outlook" aria-live="polite" data-testid="import-outlook">
                {live(move || outlook_view(outlook.get()))}
            </div>
            <When holds=derive(move || text.with(|text| !text.trim().is_empty()))>
                <Warnings read=parsed />
            </When>
            <div class="form-actions">
                <button class="button is-primary" type="submit" disabled=derive(move || !changes.get())>
                    {t!(import_do)}
                </button>
                <button class="button is-quiet" type="button" on:click=move |_| is_open.set(false)>
                    {t!(button_cancel)}
                </button>
            </div>
        </form>
    }
}

fn outlook_view(outlook: Outlook) -> AnyView {
    match outlook {
        Outlook::Empty => ().into_any(),
        Outlook::Unfit(words) => view! {
            <p class="field-error">
                <Icon name="circle-alert" />
                {words}
            </p>
        }
        .into_any(),
        Outlook::Changes(changes) => {
            let (kept, changed): (Vec<_>, Vec<_>) = changes.into_iter().partition(Rewritten::is_kept);
            let nothing = changed.is_empty().then(|| view! { <p>{t!(import_nothing)}</p> });
            view! {
                {nothing}
                {listed(t!(import_changes), changed)}
                {listed(t!(import_stays), kept)}
            }
            .into_any()
        }
    }
}

fn listed(title: String, changes: Vec<Rewritten>) -> Option<AnyView> {
    (!changes.is_empty()).then(|| {
        let lines = all(changes, |change| view! { <li dir="auto">{words(&change)}</li> }.into_any());
        view! {
            <h3>{title}</h3>
            <ul class="import-list">{lines}</ul>
        }
        .into_any()
    })
}

fn words(change: &Rewritten) -> String {
    match change {
        Rewritten::Version { from, to } => t!(import_version, &from, &to),
        Rewritten::Title { to } => t!(import_title, &to),
        Rewritten::SectionAdded { heading, checks } => t!(import_section_added, &heading, count(*checks)),
        Rewritten::SectionRenamed { from, to } => t!(import_section_renamed, &from, &to),
        Rewritten::SectionText { heading } => t!(import_section_text, &heading),
        Rewritten::CheckAdded { text } => t!(import_check_added, &text),
        Rewritten::CheckChanged { from, to } => t!(import_check_changed, &from, &to),
        Rewritten::VerifyChanged { text } => t!(import_verify, &text),
        Rewritten::CheckMoved { text } => t!(import_check_moved, &text),
        Rewritten::CheckRemoved { text } => t!(import_check_removed, &text),
        Rewritten::CheckAnswered { text, state } => match state {
            CheckState::Done => t!(import_check_done, &text),
            CheckState::Failed => t!(import_check_failed, &text),
            CheckState::NotApplicable => t!(import_check_not_applicable, &text),
            CheckState::Open => t!(import_check_evidence, &text),
        },
        Rewritten::KeptCheck { text } => t!(import_kept_check, &text),
        Rewritten::KeptAnswer { text } => t!(import_kept_answer, &text),
        Rewritten::ChangesLeftOut { count: changes } => t!(import_changes_left_out, count(*changes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_sections_is_read_and_one_without_is_not() {
        let sections = |text: &str| read(text).map(|read| read.document.sections.len()).ok();
        assert_eq!(sections("## Deployment: 1.0.0\n\n### Steps\n1. One\n"), Some(1));
        assert_eq!(sections("### Steps\n1. One\n"), Some(1));
        assert_eq!(sections("buy milk"), None);
        assert_eq!(sections(""), None);
    }
}
