//! API tokens: for machines, with a scope and an end. The secret is shown once.

use leptos::prelude::*;
use slipway_shared::account::{MakeToken, NewToken, Token, Tokens as Listed};

use super::form_dialog::{DialogState, FormDialog};
use super::remote::{Remote, run_or_say};
use crate::account_words::{SCOPES, scope_name, text_problem};
use crate::accounts::use_accounts;
use crate::browser::intl;
use crate::components::avatar::use_name;
use crate::components::form::{Field, FieldKind, Problem};
use crate::components::live::{all, live};
use crate::components::relative_time::RelativeTime;
use crate::language::count;
use crate::replica::use_replica;
use crate::toasts::use_toasts;

const NAME: &str = "token-name";
const SCOPE: &str = "token-scope";
const LASTS: &str = "token-lasts";

/// For how long a token may be asked for, by what that is called in the form.
const LASTING: [(&str, i64); 3] = [("90", 90), ("30", 30), ("365", 365)];
const DAY_MS: i64 = 86_400_000;

/// API tokens.
#[component]
pub(super) fn Tokens() -> impl IntoView {
    let Some(workspace) = use_replica().workspace() else { return ().into_any() };
    let url = format!("/api/v1/workspaces/{workspace}/tokens");
    let tokens = Remote::<Listed>::of(url.clone());
    view! {
        <section aria-labelledby="settings-tokens">
            <h2 id="settings-tokens">{t!(settings_tokens)}</h2>
            <p class="field-hint">{t!(tokens_what)}</p>
            {
                let url = url.clone();
                tokens.shown(move |known| {
                    let url = url.clone();
                    view! {
                        <ul class="rows">
                            {all(known.tokens, move |token| {
                                let url = format!("{url}/{}", token.id);
                                view! { <TokenRow token url tokens /> }.into_any()
                            })}
                        </ul>
                    }
                    .into_any()
                })
            }
            <div class="row">
                <Make url tokens />
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn TokenRow(token: Token, url: String, tokens: Remote<Listed>) -> impl IntoView {
    let (accounts, toasts) = (use_accounts(), use_toasts());
    let url = StoredValue::new(url);
    let revoke = move |_| {
        run_or_say(
            toasts,
            Box::pin(async move {
                accounts.call("DELETE", &url.get_value(), None).await?;
                tokens.ask();
                toasts.say(t!(token_revoked));
                Ok(())
            }),
        );
    };
    let owner = use_name(token.member);
    let used = token.used;
    view! {
        <li class="setting">
            <div>
                <div class="setting-name">{token.name}</div>
                <p>
                    {scope_name(token.scope)} " · " {owner} " · " {t!(ends, &intl::exact_time(token.ends))} " · "
                    {live(move || match used {
                        Some(at) => view! { {t!(last_used)} " " <RelativeTime at /> }.into_any(),
                        None => t!(never_used).into_any(),
                    })}
                </p>
            </div>
            <button class="button is-danger" type="button" on:click=revoke>
                {t!(token_revoke)}
            </button>
        </li>
    }
    .into_any()
}

#[component]
fn Make(url: String, tokens: Remote<Listed>) -> impl IntoView {
    let (accounts, state) = (use_accounts(), DialogState::new());
    let url = StoredValue::new(url);
    let open = Callback::new(move |()| {
        state.form.set(SCOPE, SCOPES[0].0.to_owned());
        state.form.set(LASTS, LASTING[0].0.to_owned());
    });
    let send = Callback::new(move |()| {
        state.form.run(Box::pin(async move {
            let name = state.form.get(NAME).trim().to_owned();
            if let Some(text) = text_problem(&name) {
                return Err(Problem::of(NAME, text));
            }
            let scope = picked(&SCOPES, &state.form.get(SCOPE));
            let lasts_ms = Some(picked(&LASTING, &state.form.get(LASTS)) * DAY_MS);
            let make = MakeToken { name, scope, lasts_ms };
            let made = accounts.send::<NewToken>("POST", &url.get_value(), &make).await?;
            tokens.ask();
            state.show(made.token.name, t!(token_secret_what), made.secret);
            Ok(())
        }));
    });
    let fields = |()| {
        let scopes = SCOPES.map(|(option, scope)| (option, scope_name(scope))).into();
        let lasting = LASTING.map(|(option, days)| (option, t!(days, count(days)))).into();
        vec![
            Field::new(NAME, FieldKind::Text, t!(token_name)).with_hint(t!(token_name_hint)),
            Field::new(SCOPE, FieldKind::Choice(scopes), t!(token_scope)),
            Field::new(LASTS, FieldKind::Choice(lasting), t!(token_lasts)),
        ]
    };
    view! { <FormDialog state word=t!(token_make) title=t!(token_make) fields button=t!(token_make) on_open=open on_send=send /> }
}

/// Returns what was picked in a form; the first where that is none of them.
pub(super) fn picked<T: Copy, const N: usize>(options: &[(&str, T); N], answer: &str) -> T {
    let found = options.iter().find(|(option, _)| *option == answer);
    found.map_or(options[0].1, |(_, value)| *value)
}
