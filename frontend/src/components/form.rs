//! A form made from data: what is asked for, one field below the other, and one button. What is wrong is said beside
//! the field it is about, or above the button, and read out.

use std::pin::Pin;

use leptos::prelude::*;
use slipway_shared::account::Session;
use slipway_shared::rejection::TextField;
use slipway_shared::sync::client::Failure;
use slipway_shared::sync::protocol::ErrorCode;

use super::icon::Icon;
use crate::account_words::{failure_words, proof_failure_words, text_problem};
use crate::accounts::{Accounts, Request, code_of};
use crate::browser::{focus, kept};
use crate::components::choice::choice;
use crate::components::live::{When, all, derive, live, memo};
use crate::language::count;
use crate::replica::ReplicaHandle;

/// What a field takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A line of text.
    Text,
    /// The name to sign in with.
    Login,
    /// A password that is there already.
    Password,
    /// A password that is being chosen.
    NewPassword,
    /// Six digits, or a code.
    Code,
    /// A secret from somewhere else.
    Token,
    /// A day and a time, as a clock on a wall shows them: `2026-12-20T18:00`.
    DayTime,
    /// Yes or no.
    Tick,
    /// One of a few: what it is called in the answer, and its words.
    Choice(Vec<(&'static str, String)>),
}

/// Something that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the answers, and its id in the page.
    pub name: &'static str,
    /// What it is, in a word or two.
    pub label: String,
    /// What is to be known before it is filled in; empty where that goes without saying.
    pub hint: String,
    /// What it takes.
    pub kind: FieldKind,
}

impl Field {
    /// Returns a field that needs no explanation.
    #[must_use]
    pub const fn new(name: &'static str, kind: FieldKind, label: String) -> Self {
        Self { name, label, hint: String::new(), kind }
    }

    /// Adds what is to be known before it is filled in.
    #[must_use]
    pub fn with_hint(self, hint: String) -> Self {
        Self { hint, ..self }
    }
}

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field it is about; none where it is about all of it.
    pub field: Option<&'static str>,
    /// What it is.
    pub text: String,
}

impl Problem {
    /// Returns a problem with a field.
    #[must_use]
    pub const fn of(field: &'static str, text: String) -> Self {
        Self { field: Some(field), text }
    }
}

/// Tells which field a refusal is about, by its code.
pub type Place = Callback<ErrorCode, Option<&'static str>>;

/// What follows from a form that was sent.
type Work = Pin<Box<dyn Future<Output = Result<(), Failure>>>>;

/// What was filled in, and how far it is.
#[derive(Clone, Copy)]
pub struct FormState {
    answers: RwSignal<Vec<(&'static str, String)>>,
    problem: RwSignal<Option<Problem>>,
    is_busy: RwSignal<bool>,
    shows_passwords: RwSignal<bool>,
}

impl FormState {
    /// Begins with these answers; the others are empty.
    #[must_use]
    pub fn new(answers: Vec<(&'static str, String)>) -> Self {
        Self {
            answers: RwSignal::new(answers),
            problem: RwSignal::new(None),
            is_busy: RwSignal::new(false),
            shows_passwords: RwSignal::new(false),
        }
    }

    /// Begins with what was filled in before in this tab, and keeps these answers until the tab is closed.
    ///
    /// A page may be loaded anew halfway. No password is to be among them.
    #[must_use]
    pub fn kept_for_session(place: &'static str, names: &'static [&'static str]) -> Self {
        let before: Vec<(String, String)> = kept::read_for_session(place).unwrap_or_default();
        let known = |name: &&'static str| {
            let (_, answer) = before.iter().find(|(known, _)| known == name)?;
            Some((*name, answer.clone()))
        };
        let state = Self::new(names.iter().filter_map(known).collect());
        Effect::new(move |_| {
            state.answers.with(|answers| {
                let own: Vec<_> = answers.iter().filter(|(name, _)| names.contains(name)).collect();
                kept::keep_for_session(place, &own);
            });
        });
        state
    }

    /// Returns an answer.
    #[must_use]
    pub fn get(self, name: &str) -> String {
        let find = |answers: &Vec<(&'static str, String)>| {
            let known = answers.iter().find(|(known, _)| *known == name);
            known.map(|(_, answer)| answer.clone()).unwrap_or_default()
        };
        self.answers.with_untracked(find)
    }

    /// Puts an answer in.
    pub fn set(self, name: &'static str, answer: String) {
        self.answers.update(|answers| {
            answers.retain(|(known, _)| *known != name);
            answers.push((name, answer));
        });
    }

    /// Forgets what was filled in.
    pub fn clear(self) {
        self.answers.set(Vec::new());
        self.problem.set(None);
    }

    /// Returns an answer without the spaces around it, if there is one.
    #[must_use]
    pub fn filled_in(self, name: &str) -> Option<String> {
        Some(self.get(name).trim().to_owned()).filter(|answer| !answer.is_empty())
    }

    /// Returns an answer that has to be there, without the spaces around it.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn needed(self, name: &'static str) -> Result<String, Problem> {
        let answer = self.get(name).trim().to_owned();
        match text_problem(&answer) {
            Some(text) => Err(Problem::of(name, text)),
            None => Ok(answer),
        }
    }

    /// As [`Self::needed`], for what has a name on every screen.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn needed_name(self, name: &'static str) -> Result<String, Problem> {
        let most = TextField::Name.limit();
        let answer = self.needed(name)?;
        if answer.len() > most {
            Err(Problem::of(name, t!(account_text_too_long, count(most))))
        } else {
            Ok(answer)
        }
    }

    /// Returns what was picked of a few; the first where nothing was.
    #[must_use]
    pub fn picked<T: Copy, const N: usize>(self, name: &str, options: &[(&str, T); N]) -> T {
        picked(options, &self.get(name))
    }

    /// Returns the answer to a tick.
    #[must_use]
    pub fn is_ticked(self, name: &str) -> bool {
        !self.get(name).is_empty()
    }

    /// Sends what was filled in, unless something is wrong with it, and goes on with the answer.
    pub fn send(
        self,
        accounts: Accounts,
        request: Result<Request, Problem>,
        place: Place,
        done: Callback<String>,
    ) {
        match request {
            Err(problem) => self.say(problem),
            Ok(request) => self.run(
                place,
                proof_failure_words,
                Box::pin(async move {
                    let text = accounts.call(&request).await?;
                    // Whoever wanted to know may be gone.
                    let _ = done.try_run(text);
                    Ok(())
                }),
            ),
        }
    }

    /// As [`Self::send`], for what begins a session.
    pub fn begin(
        self,
        replica: ReplicaHandle,
        url: &'static str,
        body: Result<String, Problem>,
        place: Place,
        done: Callback<Session>,
    ) {
        match body {
            Err(problem) => self.say(problem),
            Ok(body) => self.run(
                place,
                failure_words,
                Box::pin(async move {
                    let session = replica.begin_session(url, &body).await?;
                    let _ = done.try_run(session);
                    Ok(())
                }),
            ),
        }
    }

    /// Does what follows, once at a time, and says what was wrong.
    fn run(self, place: Place, words: fn(&Failure) -> String, work: Work) {
        if self.is_busy.get_untracked() {
            return;
        }
        self.is_busy.set(true);
        self.problem.set(None);
        leptos::task::spawn_local(async move {
            let done = work.await;
            // The form may be gone: what it was for is done.
            self.is_busy.try_set(false);
            if let Err(failure) = done {
                let code = code_of(&failure);
                let field = code.and_then(|code| place.try_run(code).flatten());
                // That a code is needed as well is no mistake: its field is there now, and says what it wants.
                let is_mistake = code != Some(ErrorCode::SecondFactorNeeded);
                let text = if is_mistake { words(&failure) } else { String::new() };
                self.say(Problem { field, text });
            }
        });
    }

    /// Says what is wrong.
    pub fn say(self, problem: Problem) {
        if let Some(field) = problem.field {
            focus::focus_soon(format!("#{field}"));
        }
        self.problem.try_set(Some(problem).filter(|problem| !problem.text.is_empty()));
    }

    /// Returns what is wrong with a field, or with all of it.
    fn problem_of(self, field: Option<&'static str>) -> Memo<Option<String>> {
        let problem = self.problem;
        memo(move || {
            let about = |known: &&Problem| known.field == field;
            problem.with(|problem| problem.as_ref().filter(about).map(|problem| problem.text.clone()))
        })
    }
}

/// Returns the option that an answer names; the first where it is none of them.
///
/// # Panics
///
/// When there are no options: a bug.
pub fn picked<T: Copy, const N: usize>(options: &[(&str, T); N], answer: &str) -> T {
    options.iter().find(|(option, _)| *option == answer).unwrap_or(&options[0]).1
}

/// A form.
#[component]
pub fn Form(
    /// Where the answers are.
    state: FormState,
    /// What is asked for, in its order.
    fields: Vec<Field>,
    /// What the button does.
    button: String,
    /// Whose password it is about, for whatever keeps passwords; empty where it is asked for, or about none.
    #[prop(optional)]
    login: String,
    /// Called when it is sent.
    on_send: Callback<()>,
) -> impl IntoView {
    let has_password = fields.iter().any(|field| is_password(&field.kind));
    let problem = state.problem_of(None);
    let busy = state.is_busy;
    view! {
        <form
            class="form"
            method="post"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                on_send.run(());
            }
        >
            {(!login.is_empty())
                .then(|| view! { <input type="text" autocomplete="username" value=login hidden /> })}
            {all(fields, move |field| view! { <FieldView state field /> }.into_any())}
            {has_password.then(|| view! { <ShowPasswords state /> })}
            <p class="field-error" role="alert">
                {live(move || problem.get().map(|text| view! { <Icon name="circle-alert" /> {text} }))}
            </p>
            <div class="form-actions">
                <button
                    class="button is-primary"
                    type="submit"
                    aria-disabled=derive(move || busy.get().then_some("true"))
                >
                    {button}
                </button>
            </div>
        </form>
    }
    .into_any()
}

const fn is_password(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Password | FieldKind::NewPassword)
}

#[component]
fn ShowPasswords(state: FormState) -> impl IntoView {
    let shows = state.shows_passwords;
    view! {
        <label class="tick-field">
            <input type="checkbox" prop:checked=shows on:change=move |event| shows.set(event_target_checked(&event)) />
            {t!(show_password)}
        </label>
    }
}

#[component]
fn FieldView(state: FormState, field: Field) -> impl IntoView {
    let Field { name, label, hint, kind } = field;
    let problem = state.problem_of(Some(name));
    let value = derive(move || {
        state.answers.track();
        state.get(name)
    });
    let change = move |text: String| {
        state.problem.set(None);
        state.set(name, text);
    };
    if kind == FieldKind::Tick {
        let on_change =
            move |event| change(if event_target_checked(&event) { "yes".to_owned() } else { String::new() });
        return view! {
            <label class="tick-field">
                <input
                    type="checkbox"
                    id=name
                    prop:checked=derive(move || !value.get().is_empty())
                    on:change=on_change
                />
                <span>{label} <small class="field-hint">{hint}</small></span>
            </label>
        }
        .into_any();
    }
    let help = format!("{name}-help");
    let described = help.clone();
    let control = match kind {
        FieldKind::Choice(options) => {
            let options = all(options, move |(option, words)| choice(option.to_owned(), words, value));
            view! {
                <select class="input" id=name aria-describedby=described on:change=move |event| change(event_target_value(&event))>
                    {options}
                </select>
            }
            .into_any()
        }
        kind => {
            let shows = state.shows_passwords;
            let (is_secret, is_day_time) = (is_password(&kind), kind == FieldKind::DayTime);
            let (autocomplete, input_mode, class) = look(&kind);
            view! {
                <input
                    class=class
                    id=name
                    name=name
                    type=derive(move || match (is_secret && !shows.get(), is_day_time) {
                        (true, _) => "password",
                        (false, true) => "datetime-local",
                        (false, false) => "text",
                    })
                    autocomplete=autocomplete
                    inputmode=input_mode
                    autocapitalize="none"
                    spellcheck="false"
                    aria-invalid=derive(move || problem.get().map(|_| "true"))
                    aria-describedby=described
                    prop:value=value
                    on:input=move |event| change(event_target_value(&event))
                />
            }
            .into_any()
        }
    };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            {control}
            <p id=help class=derive(move || if problem.get().is_some() { "field-error" } else { "field-hint" })>
                {live(move || match problem.get() {
                    Some(text) => view! { <Icon name="circle-alert" /> {text} }.into_any(),
                    None => hint.clone().into_any(),
                })}
            </p>
        </div>
    }
    .into_any()
}

/// What a field says to whatever fills fields in, what keys it wants, and how it looks.
const fn look(kind: &FieldKind) -> (&'static str, Option<&'static str>, &'static str) {
    match kind {
        FieldKind::Login => ("username", Some("email"), "input"),
        FieldKind::Password => ("current-password", None, "input"),
        FieldKind::NewPassword => ("new-password", None, "input"),
        FieldKind::Code => ("one-time-code", None, "input mono"),
        FieldKind::Token => ("off", None, "input mono"),
        FieldKind::Text | FieldKind::DayTime | FieldKind::Tick | FieldKind::Choice(_) => {
            ("off", None, "input")
        }
    }
}

/// A secret that is shown once: to be copied, and then gone.
#[component]
pub fn ShownOnce(
    /// What it is.
    label: String,
    /// What is to be done with it.
    hint: String,
    /// The secret.
    secret: String,
) -> impl IntoView {
    let is_copied = RwSignal::new(false);
    let (name, copied) = (label.clone(), secret.clone());
    let copy = move |_| {
        let copied = copied.clone();
        leptos::task::spawn_local(async move {
            is_copied.try_set(crate::browser::platform::copy_text(&copied).await);
        });
    };
    view! {
        <div class="shown-once" role="group" aria-label=name>
            <b>{label}</b>
            <p class="field-hint">{hint}</p>
            <div class="shown-once-row">
                <code class="mono" data-testid="secret">{secret}</code>
                <button class="button" type="button" on:click=copy>
                    <Icon name="copy" />
                    {t!(button_copy)}
                </button>
            </div>
            <span class="small" role="status">
                <When holds=is_copied>{t!(button_copied)}</When>
            </span>
        </div>
    }
    .into_any()
}
