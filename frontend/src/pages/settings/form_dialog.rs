//! A button, and a form in a dialog behind it. What came of it may be something to be shown once.

use leptos::prelude::*;

use crate::components::dialog::Dialog;
use crate::components::form::{Field, Form, FormState, ShownOnce};
use crate::components::live::{derive, live};

/// What a form made, to be shown once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Made {
    /// What it is.
    pub(super) label: String,
    /// What is to be done with it.
    pub(super) hint: String,
    /// The secret.
    pub(super) secret: String,
}

/// A form in a dialog.
#[derive(Clone, Copy)]
pub(super) struct DialogState {
    pub(super) form: FormState,
    pub(super) is_open: RwSignal<bool>,
    pub(super) made: RwSignal<Option<Made>>,
}

impl DialogState {
    pub(super) fn new() -> Self {
        Self { form: FormState::new(Vec::new()), is_open: RwSignal::new(false), made: RwSignal::new(None) }
    }

    pub(super) fn close(self) {
        self.is_open.try_set(false);
        self.made.try_set(None);
        self.form.clear();
    }

    pub(super) fn show(self, label: String, hint: String, secret: String) {
        self.made.try_set(Some(Made { label, hint, secret }));
    }
}

/// A button, and a form in a dialog behind it.
#[component]
pub(super) fn FormDialog(
    state: DialogState,
    /// What the button says that opens it.
    word: String,
    /// What it is about.
    title: String,
    /// What is asked for; empty where there is nothing to send yet.
    #[prop(into)]
    fields: Callback<(), Vec<Field>>,
    /// What is to be seen above it.
    #[prop(optional, into)]
    lead: ViewFn,
    /// What the button says that sends it.
    button: String,
    /// Whose password it is about; empty for none.
    #[prop(optional)]
    login: String,
    /// Called before it opens.
    #[prop(optional)]
    on_open: Option<Callback<()>>,
    on_send: Callback<()>,
) -> impl IntoView {
    let words = StoredValue::new((title, button, login));
    let close = Callback::new(move |()| state.close());
    let open = move |_| {
        state.is_open.set(true);
        if let Some(on_open) = on_open {
            on_open.run(());
        }
    };
    view! {
        <button class="button" type="button" on:click=open>
            {word}
        </button>
        <Dialog is_open=state.is_open on_close=close title=derive(move || words.with_value(|words| words.0.clone()))>
            {
                let lead = lead.clone();
                live(move || match state.made.get() {
                    Some(made) => view! { <Result made on_done=close /> }.into_any(),
                    None => {
                        let (_, button, login) = words.get_value();
                        let fields = fields.run(());
                        let form = (!fields.is_empty())
                            .then(|| view! { <Form state=state.form fields button login on_send /> });
                        view! {
                            {lead.run()}
                            {form}
                        }
                        .into_any()
                    }
                })
            }
        </Dialog>
    }
    .into_any()
}

#[component]
fn Result(made: Made, on_done: Callback<()>) -> impl IntoView {
    let Made { label, hint, secret } = made;
    view! {
        <ShownOnce label hint secret />
        <div class="row">
            <button class="button is-primary" type="button" on:click=move |_| on_done.run(())>
                {t!(button_done)}
            </button>
        </div>
    }
    .into_any()
}
