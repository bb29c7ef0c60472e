//! A button, and a form in a dialog behind it. What came of it may be something to be shown once.

use leptos::prelude::*;

use crate::accounts::{Request, use_accounts};
use crate::browser::platform;
use crate::components::dialog::Dialog;
use crate::components::form::{Field, Form, FormState, Place, Problem, ShownOnce};
use crate::components::live::{derive, live};
use crate::components::rows::button;

/// What a form made, to be shown once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Made {
    /// What it is.
    pub(super) label: String,
    /// What is to be done with it.
    pub(super) hint: String,
    /// The secret.
    pub(super) secret: String,
    /// What it is called as a file, where it is worth one.
    pub(super) file: Option<&'static str>,
}

/// How far a dialog is.
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
}

/// A form in a dialog.
pub(super) struct FormDialog {
    /// How far it is.
    pub(super) state: DialogState,
    /// What the button says that opens it.
    pub(super) word: String,
    /// What it is about.
    pub(super) title: String,
    /// What is to be seen above the form.
    pub(super) lead: ViewFn,
    /// What is asked for; empty where there is nothing to send yet.
    pub(super) fields: Callback<(), Vec<Field>>,
    /// What the button says that sends it.
    pub(super) button: String,
    /// Whose password it is about; empty for none.
    pub(super) login: String,
    /// Called before it opens.
    pub(super) on_open: Callback<()>,
    /// What is called before it opens opens it, once there is something to be seen.
    pub(super) opens_late: bool,
    /// Returns what is sent, or what is wrong.
    pub(super) request: Callback<(), Result<Request, Problem>>,
    /// Which field a refusal is about.
    pub(super) place: Place,
    /// Called with the answer.
    pub(super) on_done: Callback<String>,
}

impl FormDialog {
    /// Returns a dialog that asks for these fields and says nothing else.
    pub(super) fn new(
        state: DialogState,
        word: String,
        fields: impl Fn() -> Vec<Field> + Send + Sync + 'static,
    ) -> Self {
        Self {
            state,
            title: word.clone(),
            button: word.clone(),
            word,
            lead: ViewFn::default(),
            fields: Callback::new(move |()| fields()),
            login: String::new(),
            on_open: Callback::new(|()| ()),
            opens_late: false,
            request: Callback::new(|()| Ok(Request::delete(String::new()))),
            place: Callback::new(|_| None),
            on_done: Callback::new(|_| ()),
        }
    }

    /// Says what is sent, and what follows.
    pub(super) fn sends(
        self,
        request: impl Fn(FormState) -> Result<Request, Problem> + Send + Sync + 'static,
        on_done: impl Fn(String) + Send + Sync + 'static,
    ) -> Self {
        let form = self.state.form;
        let request = Callback::new(move |()| request(form));
        Self { request, on_done: Callback::new(on_done), ..self }
    }

    /// Shows the button; the dialog is behind it.
    pub(super) fn show(self) -> AnyView {
        let Self { state, word, title, lead, fields, button: send, login, .. } = self;
        let Self { on_open, opens_late, request, place, on_done, .. } = self;
        let accounts = use_accounts();
        let close = Callback::new(move |()| state.close());
        let open = Callback::new(move |()| {
            on_open.run(());
            if !opens_late {
                state.is_open.set(true);
            }
        });
        let on_send = Callback::new(move |()| state.form.send(accounts, request.run(()), place, on_done));
        let words = StoredValue::new((title, send, login));
        view! {
            {button("button", word, open)}
            <Dialog
                is_open=state.is_open
                on_close=close
                title=derive(move || words.with_value(|words| words.0.clone()))
            >
                {
                    let lead = lead.clone();
                    live(move || match state.made.get() {
                        Some(made) => result(made, close),
                        None => {
                            let (_, button, login) = words.get_value();
                            let fields = fields.run(());
                            let form = (!fields.is_empty())
                                .then(|| view! { <Form state=state.form fields button login on_send /> }.into_any());
                            vec![lead.run(), form.into_any()].into_any()
                        }
                    })
                }
            </Dialog>
        }
        .into_any()
    }
}

fn result(made: Made, on_done: Callback<()>) -> AnyView {
    let Made { label, hint, secret, file } = made;
    let kept = secret.clone();
    let save = file.map(|name| {
        button(
            "button",
            t!(save_codes),
            Callback::new(move |()| platform::save_file(name, "text/plain", &kept)),
        )
    });
    view! {
        <ShownOnce label hint secret />
        <div class="row">
            {save}
            {button("button is-primary", t!(button_done), on_done)}
        </div>
    }
    .into_any()
}
