//! Removing a text that should never have been typed in: first what that would change is looked for, then it is done.

use leptos::prelude::*;
use slipway_shared::redaction::{Redact, Redacted, TEXT_LEAST};

use super::super::form_dialog::{DialogState, FormDialog};
use crate::accounts::{Request, read, use_accounts};
use crate::components::form::{Field, FieldKind, FormState, Problem};
use crate::components::live::live;
use crate::components::rows::{button, hint};
use crate::language::count;
use crate::toasts::use_toasts;

const TEXT: &str = "redact-text";
const REASON: &str = "redact-reason";

/// Returns the button; the dialog is behind it. `on_done` is called once something was removed.
pub(super) fn redact(url: String, on_done: Callback<()>) -> AnyView {
    let state = DialogState::new();
    // What was looked for, and what was found: only that is removed, whatever stands in the form by then.
    let (sought, found) = (RwSignal::new(None::<Redact>), RwSignal::new(None::<Redacted>));
    let fields = || {
        vec![
            Field::new(TEXT, FieldKind::Token, t!(redact_text)).with_hint(t!(redact_text_hint)),
            Field::new(REASON, FieldKind::Text, t!(redact_reason)).with_hint(t!(redact_reason_hint)),
        ]
    };
    let address = url.clone();
    let request = move |form: FormState| {
        found.set(None);
        let body = asked(form)?;
        let request = Request::with("POST", address.clone(), &body);
        sought.set(Some(body));
        Ok(request)
    };
    let done = move |text: String| found.set(read(&text).ok());
    FormDialog {
        title: t!(redact),
        button: t!(redact_look),
        lead: ViewFn::from(move || {
            vec![hint(t!(redact_what)), outcome(url.clone(), state, (sought, found), on_done)]
        }),
        on_open: Callback::new(move |()| found.set(None)),
        ..FormDialog::new(state, t!(redact_open), fields).sends(request, done)
    }
    .show()
}

fn asked(form: FormState) -> Result<Redact, Problem> {
    let text = form.get(TEXT).trim().to_owned();
    if text.chars().count() < TEXT_LEAST {
        return Err(Problem::of(TEXT, t!(redact_text_short, count(TEXT_LEAST))));
    }
    Ok(Redact { text, reason: form.needed(REASON)?, is_trial: true })
}

/// Says what was found, and offers to remove it.
fn outcome(
    url: String,
    state: DialogState,
    (sought, found): (RwSignal<Option<Redact>>, RwSignal<Option<Redacted>>),
    on_done: Callback<()>,
) -> AnyView {
    let (accounts, toasts) = (use_accounts(), use_toasts());
    let done = Callback::new(move |text: String| {
        let is_wiped = read::<Redacted>(&text).is_ok_and(|done| done.is_wiped);
        toasts.say(if is_wiped { t!(redact_done) } else { t!(redact_done_soon) });
        state.close();
        on_done.try_run(());
    });
    let remove = Callback::new(move |()| {
        if let Some(sought) = sought.get_untracked() {
            let body = Redact { is_trial: false, ..sought };
            let request = Ok(Request::with("POST", url.clone(), &body));
            state.form.send(accounts, request, Callback::new(|_| None), done);
        }
    });
    let told = live(move || {
        let Redacted { events, deployments, .. } = found.get()?;
        Some(match events {
            0 => hint(t!(redact_none)),
            _ => vec![
                hint(t!(redact_found, count(events), count(deployments))),
                button("button is-danger", t!(redact_now), remove),
            ]
            .into_any(),
        })
    });
    view! {
        <div role="status" data-testid="redact-found">
            {told}
        </div>
    }
    .into_any()
}
