//! API tokens: for machines, with a scope and an end. The secret is shown once.

use leptos::prelude::*;
use slipway_shared::account::{MakeToken, NewToken, Token, Tokens};

use super::form_dialog::{DialogState, FormDialog, Made};
use super::remote::Remote;
use crate::account_words::{SCOPES, scope_name};
use crate::accounts::{Request, read};
use crate::browser::intl;
use crate::components::avatar::use_name;
use crate::components::form::{Field, FieldKind, FormState};
use crate::components::live::derive;
use crate::components::rows::{Row, asking_button, hint, rows, section};
use crate::language::count;
use crate::replica::use_replica;

const NAME: &str = "token-name";
const SCOPE: &str = "token-scope";
const LASTS: &str = "token-lasts";

/// For how many days a token may be asked for, by what that is called in the form.
const LASTING: [(&str, i64); 3] = [("90", 90), ("30", 30), ("365", 365)];
const DAY_MS: i64 = 86_400_000;

/// API tokens.
pub(super) fn tokens() -> AnyView {
    let Some(workspace) = use_replica().workspace() else { return ().into_any() };
    let url = format!("/api/v1/workspaces/{workspace}/tokens");
    let tokens = Remote::of(url.clone());
    let made = view! { <div class="row">{make(url.clone(), tokens)}</div> }.into_any();
    let list = tokens.shown(move |known: Tokens| {
        let row = |token: Token| {
            let url = format!("{url}/{}", token.id);
            token_row(token, tokens.end(url, t!(token_revoked)))
        };
        rows(known.tokens.into_iter().map(row).collect())
    });
    section("settings-tokens", t!(settings_tokens), vec![hint(t!(tokens_what)), list, made])
}

fn token_row(token: Token, revoke: Callback<()>) -> Row {
    let Token { name, scope, member, ends, used, .. } = token;
    let (owner, now) = (use_name(member), use_replica().now());
    let text = derive(move || {
        let used = match used {
            Some(at) => format!("{} {}", t!(last_used), intl::relative_time(at, now)),
            None => t!(never_used),
        };
        [scope_name(scope), owner.get(), t!(ends, &intl::exact_time(ends)), used].join(" · ")
    });
    let actions = vec![asking_button(t!(token_revoke), &name, t!(token_revoke_what), revoke)];
    Row { text, ..Row::new(name, String::new(), actions) }
}

fn make(url: String, tokens: Remote) -> AnyView {
    let state = DialogState::new();
    let fields = || {
        let scopes = SCOPES.map(|(option, scope)| (option, scope_name(scope))).into();
        let lasting = LASTING.map(|(option, days)| (option, t!(days, count(days)))).into();
        vec![
            Field::new(NAME, FieldKind::Text, t!(token_name)).with_hint(t!(token_name_hint)),
            Field::new(SCOPE, FieldKind::Choice(scopes), t!(token_scope)),
            Field::new(LASTS, FieldKind::Choice(lasting), t!(token_lasts)),
        ]
    };
    let request = move |form: FormState| {
        let make = MakeToken {
            name: form.needed(NAME)?,
            scope: form.picked(SCOPE, &SCOPES),
            lasts_ms: Some(form.picked(LASTS, &LASTING) * DAY_MS),
        };
        Ok(Request::with("POST", url.clone(), &make))
    };
    let done = move |text: String| {
        let show = |NewToken { token, secret }| Made {
            label: token.name,
            hint: t!(token_secret_what),
            secret,
            file: None,
        };
        state.made.set(read(&text).ok().map(show));
        tokens.ask();
    };
    FormDialog::new(state, t!(token_make), fields).sends(request, done).show()
}
