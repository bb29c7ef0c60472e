//! The second factor: set up with any app that knows how, shown to work before it is asked for, turned off again.

use leptos::prelude::*;
use slipway_shared::account::{Account, ConfirmSecondFactor, Picture, RecoveryCodes, SecondFactorDraft};

use super::form_dialog::{DialogState, FormDialog, Made};
use super::remote::Remote;
use crate::accounts::{Request, read, use_accounts};
use crate::components::form::{Field, FieldKind, FormState, ShownOnce};
use crate::components::live::live;
use crate::components::rows::{Row, button, hint};
use crate::language::count;
use crate::toasts::use_toasts;

const URL: &str = "/api/v1/account/second-factor";
const CODE: &str = "second-factor-code";

/// The second factor.
pub(super) fn second_factor(account: &Account, session: Remote) -> Row {
    let mut actions = vec![set_up(session)];
    if account.has_second_factor {
        let turn_off = session.end(URL.to_owned(), t!(second_factor_turned_off));
        actions.push(button("button", t!(second_factor_turn_off), turn_off));
    }
    let words = if account.has_second_factor {
        t!(second_factor_on, count(account.recovery_codes))
    } else {
        t!(second_factor_off)
    };
    Row::new(t!(second_factor), words, actions)
}

fn set_up(session: Remote) -> AnyView {
    let (accounts, toasts, state) = (use_accounts(), use_toasts(), DialogState::new());
    let draft = RwSignal::new(None::<SecondFactorDraft>);
    // There is nothing to be seen before.
    let drafted = Callback::new(move |text: String| {
        draft.set(read(&text).ok());
        state.is_open.set(true);
    });
    let begin = Callback::new(move |()| {
        draft.set(None);
        let request = Request { method: "POST", url: URL.to_owned(), body: None };
        accounts.act(toasts, request, drafted);
    });
    let fields = move || {
        let code = Field::new(CODE, FieldKind::Code, t!(code)).with_hint(t!(second_factor_code_hint));
        if draft.with(Option::is_some) { vec![code] } else { Vec::new() }
    };
    let request = |form: FormState| {
        let body = ConfirmSecondFactor { code: form.needed(CODE)? };
        Ok(Request::with("PUT", URL.to_owned(), &body))
    };
    let done = move |text: String| {
        let codes = read::<RecoveryCodes>(&text).map(|known| known.codes.join("\n"));
        let (label, hint) = (t!(recovery_codes), t!(recovery_codes_what));
        let file = Some("slipway-recovery-codes.txt");
        state.made.set(codes.ok().map(|secret| Made { label, hint, secret, file }));
    };
    // Whether it is on is told once the codes were seen.
    Effect::new(move |was: Option<bool>| {
        let is_open = state.is_open.get();
        if was == Some(true) && !is_open {
            session.ask();
        }
        is_open
    });
    FormDialog {
        title: t!(second_factor),
        button: t!(second_factor_turn_on),
        lead: ViewFn::from(move || live(move || draft.get().map(draft_view))),
        on_open: begin,
        opens_late: true,
        place: Callback::new(|_| Some(CODE)),
        ..FormDialog::new(state, t!(second_factor_set_up), fields).sends(request, done)
    }
    .show()
}

fn draft_view(draft: SecondFactorDraft) -> AnyView {
    let SecondFactorDraft { secret, uri, picture } = draft;
    view! {
        {hint(t!(second_factor_what))}
        {picture.map(code_view)}
        <ShownOnce label=t!(second_factor_secret) hint=t!(second_factor_secret_hint) secret />
        <a href=uri>{t!(second_factor_open)}</a>
    }
    .into_any()
}

/// Draws what an app on another device scans; whoever can't see it types the secret.
fn code_view(picture: Picture) -> AnyView {
    let Picture { size, path } = picture;
    view! {
        <svg class="scanned" viewBox=format!("0 0 {size} {size}") role="img" aria-label=t!(second_factor_picture)>
            <path d=path stroke="currentColor" />
        </svg>
    }
    .into_any()
}
