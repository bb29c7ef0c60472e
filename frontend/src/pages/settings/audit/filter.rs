//! What is asked for: by whom, of which kind, about which deployment, since when, with which text.

use leptos::prelude::*;
use slipway_shared::order;

use crate::command_words::name_of;
use crate::components::choice::choice;
use crate::components::live::{all, derive, live};
use crate::language::count;
use crate::replica::use_replica;

/// How many deployments can be chosen from, the newest; others are found by their text.
const DEPLOYMENTS: usize = 200;
const DAY_MS: i64 = 86_400_000;
const DAYS: [i64; 4] = [1, 7, 30, 90];

/// What is asked for; what is empty leaves nothing out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    person: String,
    kind: String,
    deployment: String,
    /// Since when, in milliseconds.
    from: String,
    text: String,
}

/// What is chosen from: a name, words, options, and where the answer goes.
type Choice = (&'static str, String, Signal<Vec<(String, String)>>, fn(&mut Asked) -> &mut String);

impl Asked {
    /// Returns it as the query of an address.
    pub(super) fn query(&self) -> String {
        let Self { person, kind, deployment, from, text } = self;
        let parts =
            [("person", person), ("kind", kind), ("deployment", deployment), ("from", from), ("text", text)];
        let given = parts.into_iter().filter(|(_, value)| !value.is_empty());
        let given = given.map(|(name, value)| format!("{name}={}", js_sys::encode_uri_component(value)));
        given.collect::<Vec<_>>().join("&")
    }
}

/// Shows what can be asked for.
pub(super) fn filters(asked: RwSignal<Asked>) -> AnyView {
    let choices: [Choice; 4] = [
        ("audit-person", t!(audit_person), people(), |asked| &mut asked.person),
        ("audit-kind", t!(audit_kind), Signal::stored(kinds()), |asked| &mut asked.kind),
        ("audit-deployment", t!(audit_deployment), deployments(), |asked| &mut asked.deployment),
        ("audit-period", t!(audit_period), Signal::stored(periods()), |asked| &mut asked.from),
    ];
    let text = move |event| asked.update(|asked| asked.text = event_target_value(&event));
    view! {
        <div class="audit-filters" role="search">
            {all(choices, |choice| pick(choice, asked))}
            <label class="field">
                <span class="field-label">{t!(audit_text)}</span>
                <input class="input" type="search" id="audit-text" maxlength="200" on:change=text />
            </label>
        </div>
    }
    .into_any()
}

fn pick((id, label, options, place): Choice, asked: RwSignal<Asked>) -> AnyView {
    let change = move |event| asked.update(|asked| *place(asked) = event_target_value(&event));
    let picked = derive(move || place(&mut asked.get()).clone());
    let options = live(move || all(options.get(), move |(value, words)| choice(value, words, picked)));
    view! {
        <label class="field">
            <span class="field-label">{label}</span>
            <select class="input" id=id on:change=change>
                {options}
            </select>
        </label>
    }
    .into_any()
}

fn people() -> Signal<Vec<(String, String)>> {
    let people = use_replica().people();
    derive(move || {
        let mut known: Vec<_> = people.with(|people| {
            people.values().map(|known| (known.member.to_string(), known.name.clone())).collect()
        });
        order::sort_by_key(&mut known, |(_, name)| name.to_lowercase());
        known.insert(0, (String::new(), t!(audit_everybody)));
        known
    })
}

fn deployments() -> Signal<Vec<(String, String)>> {
    let view = use_replica().view();
    derive(move || {
        let mut known: Vec<_> = view.with(|view| {
            let newest = view.deployments.iter().map(|(id, known)| (std::cmp::Reverse(known.opened.at), *id));
            let mut newest: Vec<_> = newest.collect();
            order::sort(&mut newest);
            newest.iter().take(DEPLOYMENTS).map(|(_, id)| (id.to_string(), name_of(*id, view))).collect()
        });
        known.insert(0, (String::new(), t!(audit_any)));
        known
    })
}

fn kinds() -> Vec<(String, String)> {
    let kinds = [
        ("", t!(audit_everything)),
        ("deployment,rollout", t!(audit_kind_work)),
        ("workspace,service,environment,column,label", t!(audit_kind_workspace)),
        ("member,invitation", t!(audit_kind_people)),
        ("session", t!(audit_kind_sessions)),
        ("account", t!(audit_kind_accounts)),
        ("token", t!(audit_kind_tokens)),
        ("server", t!(audit_kind_server)),
    ];
    kinds.map(|(value, words)| (value.to_owned(), words)).into()
}

fn periods() -> Vec<(String, String)> {
    let now = use_replica().now();
    let since = DAYS.map(|days| {
        let from = now.plus(-days * DAY_MS).0;
        (from.to_string(), t!(audit_last_days, count(usize::try_from(days).unwrap_or_default())))
    });
    std::iter::once((String::new(), t!(audit_ever))).chain(since).collect()
}
