//! The second factor: set up with any app that knows how, shown to work before it is asked for, turned off again.

use leptos::prelude::*;
use slipway_shared::account::{Account, ConfirmSecondFactor, RecoveryCodes, SecondFactorDraft, Session};

use super::form_dialog::{DialogState, FormDialog};
use super::remote::{Remote, run_or_say};
use crate::accounts::use_accounts;
use crate::browser::platform;
use crate::components::confirmation::placed;
use crate::components::form::{Field, FieldKind, ShownOnce};
use crate::components::live::live;
use crate::language::count;
use crate::toasts::use_toasts;

const URL: &str = "/api/v1/account/second-factor";
const CODE: &str = "second-factor-code";

/// The second factor.
#[component]
pub(super) fn SecondFactor(account: Account, session: Remote<Session>) -> impl IntoView {
    let words = if account.has_second_factor {
        t!(second_factor_on, count(account.recovery_codes))
    } else {
        t!(second_factor_off)
    };
    view! {
        <div class="setting">
            <div>
                <div class="setting-name">{t!(second_factor)}</div>
                <p>{words}</p>
            </div>
            <div class="row">
                <SetUp session />
                {account.has_second_factor.then(|| view! { <TurnOff session /> })}
            </div>
        </div>
    }
    .into_any()
}

#[component]
fn SetUp(session: Remote<Session>) -> impl IntoView {
    let (accounts, toasts, state) = (use_accounts(), use_toasts(), DialogState::new());
    let draft = RwSignal::new(None::<SecondFactorDraft>);
    let begin = Callback::new(move |()| {
        draft.set(None);
        run_or_say(
            toasts,
            Box::pin(async move {
                match accounts.send::<SecondFactorDraft>("POST", URL, &()).await {
                    Ok(made) => drop(draft.try_set(Some(made))),
                    Err(failure) => {
                        state.close();
                        return Err(failure.into());
                    }
                }
                Ok(())
            }),
        );
    });
    let send = Callback::new(move |()| {
        state.form.run(Box::pin(async move {
            let code = state.form.get(CODE).trim().to_owned();
            let shown = accounts.send::<RecoveryCodes>("PUT", URL, &ConfirmSecondFactor { code }).await;
            let codes = shown.map_err(|failure| placed(failure, CODE, CODE))?.codes.join("\n");
            platform::save_file("slipway-recovery-codes.txt", "text/plain", &codes);
            state.show(t!(recovery_codes), t!(recovery_codes_what), codes);
            Ok(())
        }));
    });
    let fields = move |()| {
        let code = || Field::new(CODE, FieldKind::Code, t!(code)).with_hint(t!(second_factor_code_hint));
        draft.get().map(|_| code()).into_iter().collect::<Vec<_>>()
    };
    let lead = move || {
        live(move || {
            draft.get().map(|SecondFactorDraft { secret, uri }| {
                view! {
                    <p>{t!(second_factor_what)}</p>
                    <ShownOnce label=t!(second_factor_secret) hint=t!(second_factor_secret_hint) secret />
                    <a href=uri>{t!(second_factor_open)}</a>
                }
            })
        })
    };
    // Whether it is on is told once the codes were seen.
    Effect::new(move |was: Option<bool>| {
        let is_open = state.is_open.get();
        if was == Some(true) && !is_open {
            session.ask();
        }
        is_open
    });
    view! {
        <FormDialog
            state
            word=t!(second_factor_set_up)
            title=t!(second_factor)
            fields
            lead
            button=t!(second_factor_turn_on)
            on_open=begin
            on_send=send
        />
    }
}

#[component]
fn TurnOff(session: Remote<Session>) -> impl IntoView {
    let (accounts, toasts) = (use_accounts(), use_toasts());
    let turn_off = move |_| {
        run_or_say(
            toasts,
            Box::pin(async move {
                accounts.call("DELETE", URL, None).await?;
                session.ask();
                toasts.say(t!(second_factor_turned_off));
                Ok(())
            }),
        );
    };
    view! {
        <button class="button" type="button" on:click=turn_off>
            {t!(second_factor_turn_off)}
        </button>
    }
}
