//! What has to hold before rollouts, per environment and risk. Everybody reads it; admins change it.

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::document::SectionKind;
use slipway_shared::member::Role;
use slipway_shared::policy::{LONGEST_WINDOW_MS, PolicyCommand, PolicyId, Risk, Rules};

use crate::account_words::role_name;
use crate::acts::use_acts;
use crate::command_words::{environment_name, risk_word};
use crate::components::dialog::Dialog;
use crate::components::form::{Field, FieldKind, Form, FormState, Problem};
use crate::components::live::{When, derive, live, memo};
use crate::components::rows::{Row, button, hint, rows, section};
use crate::may::{MayNot, use_may_not};
use crate::rejection_words::rejection_words;
use crate::replica::use_replica;
use crate::rules_words::{
    MINUTE_MS, incident_words, override_words, rules_words, section_word, watched_words,
};

/// The sections that a policy can ask for, each with the name of its field.
const SECTIONS: [(&str, SectionKind); 8] = [
    ("policy-changes", SectionKind::Changes),
    ("policy-environments", SectionKind::Environments),
    ("policy-pre-deployment", SectionKind::PreDeployment),
    ("policy-approval", SectionKind::Approval),
    ("policy-steps", SectionKind::Steps),
    ("policy-post-deployment", SectionKind::PostDeployment),
    ("policy-rollback", SectionKind::Rollback),
    ("policy-other", SectionKind::Other),
];
const APPROVALS: &str = "policy-approvals";
const FOUR_EYES: &str = "policy-four-eyes";
const LAST: &str = "policy-last";
const ORDER: &str = "policy-order";
const OVERRIDE: &str = "policy-override";
const INCIDENT: &str = "policy-incident";
const DUE: &str = "policy-due";
const WATCHED: &str = "policy-watched";
const WHO: [(&str, Option<Role>); 4] = [
    ("nobody", None),
    ("admin", Some(Role::Admin)),
    ("approver", Some(Role::Approver)),
    ("member", Some(Role::Member)),
];
/// More approvals than that are a slip of the hand.
const MOST_APPROVALS: u32 = 99;

/// The policies of all environments.
pub(super) fn policies() -> AnyView {
    let view = use_replica().view();
    let all = memo(move || {
        view.with(|view| {
            let environments = view.environments_in_order().into_iter();
            environments
                .flat_map(|environment| Risk::ALL.map(|risk| PolicyId { environment, risk }))
                .collect::<Vec<_>>()
        })
    });
    let list = live(move || rows(all.get().into_iter().map(policy).collect()));
    let why = view! { <MayNot capability=Capability::Administer /> }.into_any();
    section("settings-policies", t!(policies), vec![hint(t!(policies_what)), why, list])
}

fn policy(id: PolicyId) -> Row {
    let view = use_replica().view();
    let may_not = use_may_not(Capability::Administer);
    let title = derive(move || {
        view.with(|view| t!(policy_of, &environment_name(id.environment, view), &risk_word(id.risk)))
    });
    let rules = memo(move || view.with(|view| view.rules_at(id)));
    let text = derive(move || {
        rules.with(|rules| {
            let past = rules.ask().then(|| override_words(rules));
            let incident = if rules.ask() { incident_words(rules) } else { None };
            let words = [Some(rules_words(rules)), past, incident, watched_words(rules)];
            words.into_iter().flatten().collect::<Vec<_>>().join(" · ")
        })
    });
    let edit =
        view! { <When holds=derive(move || may_not.with(Option::is_none))>{editor(id, rules, title)}</When> };
    Row { title, text, ..Row::new(String::new(), String::new(), vec![edit.into_any()]) }
}

fn editor(id: PolicyId, rules: Memo<Rules>, title: Signal<String>) -> AnyView {
    let (acts, replica) = (use_acts(), use_replica());
    let state = FormState::new(Vec::new());
    let asks = RwSignal::new(false);
    let open = Callback::new(move |()| {
        fill(state, &rules.get_untracked());
        asks.set(true);
    });
    let send = Callback::new(move |()| {
        let next = match read(state) {
            Ok(next) => next,
            Err(problem) => return state.say(problem),
        };
        let PolicyId { environment, risk } = id;
        let set = |rules| Command::Policy(PolicyCommand::Set { environment, risk, rules });
        let said = t!(policy_changed, &title.get_untracked());
        match acts.try_act(set(next), said, set(rules.get_untracked())) {
            Ok(()) => asks.set(false),
            Err(rejection) => {
                let words = replica.view().with_untracked(|view| rejection_words(&rejection, view));
                state.say(Problem::of(APPROVALS, words));
            }
        }
    });
    let close = Callback::new(move |()| asks.set(false));
    view! {
        <button
            class="button"
            type="button"
            aria-label=derive(move || t!(policy_change, &title.get()))
            on:click=move |_| open.run(())
        >
            {t!(button_change)}
        </button>
        <Dialog is_open=asks on_close=close title>
            <p class="dialog-lead">{t!(policy_lead)}</p>
            <Form state fields=fields() button=t!(button_save) on_send=send />
            {default_button(state, id)}
        </Dialog>
    }
    .into_any()
}

/// Fills in what holds where nothing was set.
fn default_button(state: FormState, id: PolicyId) -> AnyView {
    let view = use_replica().view();
    let fill_in = Callback::new(move |()| {
        fill(state, &view.with_untracked(|view| view.default_rules(id.environment)));
    });
    button("link", t!(policy_default), fill_in)
}

fn fields() -> Vec<Field> {
    let sections = SECTIONS
        .map(|(name, kind)| Field::new(name, FieldKind::Tick, t!(policy_section, &section_word(kind))));
    let who: Vec<_> =
        WHO.iter().map(|(option, role)| (*option, role.map_or_else(|| t!(nobody), role_name))).collect();
    let rest = [
        Field::new(APPROVALS, FieldKind::Text, t!(policy_approvals)),
        Field::new(FOUR_EYES, FieldKind::Tick, t!(policy_four_eyes)),
        Field::new(LAST, FieldKind::Text, t!(policy_last)).with_hint(t!(policy_last_hint)),
        Field::new(ORDER, FieldKind::Tick, t!(policy_order)),
        Field::new(OVERRIDE, FieldKind::Choice(who.clone()), t!(policy_override))
            .with_hint(t!(policy_override_hint)),
        Field::new(INCIDENT, FieldKind::Choice(who), t!(policy_incident)).with_hint(t!(policy_incident_hint)),
        Field::new(DUE, FieldKind::Text, t!(policy_due)).with_hint(t!(policy_due_hint)),
        Field::new(WATCHED, FieldKind::Text, t!(policy_watched)).with_hint(t!(policy_watched_hint)),
    ];
    sections.into_iter().chain(rest).collect()
}

fn fill(state: FormState, rules: &Rules) {
    let tick = |holds: bool| if holds { "yes".to_owned() } else { String::new() };
    for (name, kind) in SECTIONS {
        state.set(name, tick(rules.required.contains(&kind)));
    }
    state.set(APPROVALS, rules.approvals.to_string());
    state.set(FOUR_EYES, tick(rules.four_eyes));
    state.set(ORDER, tick(rules.in_order));
    let minutes = |ms: Option<i64>| ms.map(|ms| (ms / MINUTE_MS).to_string()).unwrap_or_default();
    state.set(LAST, minutes(rules.approvals_last_ms));
    state.set(WATCHED, minutes(rules.monitored_ms));
    state.set(DUE, minutes(rules.approval_due_ms));
    let who = |least| WHO.iter().find(|(_, role)| *role == least).map_or("nobody", |(option, _)| *option);
    state.set(OVERRIDE, who(rules.override_by).to_owned());
    state.set(INCIDENT, who(rules.incident_role()).to_owned());
}

fn read(state: FormState) -> Result<Rules, Problem> {
    let approvals = state.filled_in(APPROVALS).unwrap_or_else(|| "0".to_owned()).parse().ok();
    let approvals = approvals.filter(|number| *number <= MOST_APPROVALS);
    let approvals = approvals.ok_or_else(|| Problem::of(APPROVALS, t!(policy_approvals_wrong)))?;
    let approvals_last_ms = read_minutes(state, LAST, u32::MAX)?;
    let longest = u32::try_from(LONGEST_WINDOW_MS / MINUTE_MS).unwrap_or(u32::MAX);
    let monitored_ms = read_minutes(state, WATCHED, longest)?;
    let approval_due_ms = read_minutes(state, DUE, longest)?;
    let required = SECTIONS.into_iter().filter(|(name, _)| state.is_ticked(name)).map(|(_, kind)| kind);
    Ok(Rules {
        required: required.collect(),
        approvals,
        four_eyes: state.is_ticked(FOUR_EYES),
        in_order: state.is_ticked(ORDER),
        approvals_last_ms,
        override_by: state.picked(OVERRIDE, &WHO),
        incident_by: Some(state.picked(INCIDENT, &WHO).into()),
        approval_due_ms,
        monitored_ms,
    })
}

/// Reads a number of minutes as milliseconds; `None` where nothing was filled in.
fn read_minutes(state: FormState, name: &'static str, most: u32) -> Result<Option<i64>, Problem> {
    let minutes = state.filled_in(name).map(|text| text.parse::<u32>());
    let minutes = minutes.transpose().ok();
    let minutes = minutes.filter(|minutes| minutes.is_none_or(|minutes| (1..=most).contains(&minutes)));
    let minutes = minutes.ok_or_else(|| Problem::of(name, t!(policy_last_wrong)))?;
    Ok(minutes.map(|minutes| i64::from(minutes) * MINUTE_MS))
}
