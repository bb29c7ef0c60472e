//! The parts of a page of settings, each compiled once: sections, rows with what can be done about them, and the
//! question before something that can't be undone.

use leptos::prelude::*;

use super::dialog::Dialog;
use super::pill::{Pill, PillKind};
use crate::components::live::{all, live};

/// Returns a button.
pub fn button(class: &'static str, word: String, act: Callback<()>) -> AnyView {
    view! {
        <button class=class type="button" on:click=move |_| act.run(())>
            {word}
        </button>
    }
    .into_any()
}

/// Returns a line that explains.
pub fn hint(text: String) -> AnyView {
    view! { <p class="field-hint">{text}</p> }.into_any()
}

/// Returns a part of the page with a heading.
pub fn section(id: &'static str, title: String, body: Vec<AnyView>) -> AnyView {
    view! {
        <section aria-labelledby=id>
            <h2 id=id>{title}</h2>
            {body}
        </section>
    }
    .into_any()
}

/// Something in a page of settings, and what can be done about it.
pub struct Row {
    /// What stands before it, for the eye alone.
    pub lead: AnyView,
    /// What it is.
    pub title: Signal<String>,
    /// What tells it from others of its kind; empty for nothing.
    pub mark: Signal<String>,
    /// How it is.
    pub text: Signal<String>,
    /// What can be done about it.
    pub actions: Vec<AnyView>,
}

impl Row {
    /// Returns a row that does not change while it is shown.
    #[must_use]
    pub fn new(title: String, text: String, actions: Vec<AnyView>) -> Self {
        Self {
            lead: ().into_any(),
            title: Signal::stored(title),
            mark: Signal::stored(String::new()),
            text: Signal::stored(text),
            actions,
        }
    }

    /// Shows it.
    pub fn show(self) -> AnyView {
        let Self { lead, title, mark, text, actions } = self;
        view! {
            <div class="setting">
                <div class="setting-what">
                    <span aria-hidden="true">{lead}</span>
                    <div>
                        <div class="setting-name">
                            {title} " "
                            {live(move || {
                                let mark = Some(mark.get()).filter(|mark| !mark.is_empty());
                                mark.map(|text| view! { <Pill kind=PillKind::Plain text /> })
                            })}
                        </div>
                        <p>{text}</p>
                    </div>
                </div>
                <div class="row">{actions}</div>
            </div>
        }
        .into_any()
    }
}

/// Returns a list of rows.
pub fn rows(rows: Vec<Row>) -> AnyView {
    let items = all(rows.into_iter().map(Row::show), |row| view! { <li>{row}</li> }.into_any());
    view! { <ul class="rows">{items}</ul> }.into_any()
}

/// Returns a button for something that can't be undone: it asks first. `about` tells it from others with the same word.
pub fn asking_button(word: String, about: &str, what: String, act: Callback<()>) -> AnyView {
    let asks = RwSignal::new(false);
    let title = format!("{word}: {about}");
    let go = Callback::new(move |()| {
        asks.set(false);
        act.run(());
    });
    let (shown, label) = (word.clone(), title.clone());
    let actions = ViewFn::from(move || {
        let stay = button("button is-quiet", t!(button_cancel), Callback::new(move |()| asks.set(false)));
        vec![button("button is-danger", word.clone(), go), stay]
    });
    view! {
        <button class="button is-danger" type="button" aria-label=label on:click=move |_| asks.set(true)>
            {shown}
        </button>
        {question(asks, Signal::stored(title), Signal::stored(what), actions)}
    }
    .into_any()
}

/// Returns a question before something that can't be undone.
pub fn question(
    asks: RwSignal<bool>,
    title: Signal<String>,
    text: Signal<String>,
    actions: ViewFn,
) -> AnyView {
    view! {
        <Dialog is_open=asks on_close=Callback::new(move |()| asks.set(false)) title>
            <p>{text}</p>
            <div class="row">{actions.run()}</div>
        </Dialog>
    }
    .into_any()
}
