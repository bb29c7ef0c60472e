//! How what is in an environment was tested: each kind, who says so, and what says it.

use leptos::html;
use leptos::prelude::*;
use slipway_shared::attestation::Attestation;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::testing::{TestOutcome, TestStanding, Tested};
use slipway_shared::environment::Testing;
use slipway_shared::ids::EnvironmentId;
use slipway_shared::rejection::TextField;

use super::said_by::SaidBy;
use super::use_subject;
use crate::acts::{Acts, use_acts};
use crate::command_words::{test_outcome_word, test_words, testing_word};
use crate::components::icon::Icon;
use crate::components::live::{When, all, derive, live, memo};
use crate::components::menu::{Menu, MenuItem};
use crate::may::use_may_not;
use crate::replica::{ReplicaHandle, use_replica};

/// How each kind of testing stands, once something was rolled out there.
#[component]
pub fn TestingKinds(environment: EnvironmentId) -> impl IntoView {
    let subject = use_subject();
    let view = use_replica().view();
    let kinds = memo(move || {
        view.with(|view| {
            let is_sealed = view.deployments.get(&subject.id).is_none_or(|known| known.sealed.is_some());
            if is_sealed || view.latest_rollout_in(subject.id, environment).is_none() {
                return Vec::new();
            }
            view.environments.get(&environment).map(|known| known.testing.clone()).unwrap_or_default()
        })
    });
    let rows = move || all(kinds.get(), move |testing| view! { <Kind environment testing /> }.into_any());
    view! {
        <When holds=derive(move || kinds.with(|kinds| !kinds.is_empty()))>
            <ul class="testing" role="list" aria-label=t!(testing)>
                {live(rows)}
            </ul>
        </When>
    }
}

/// What says how one kind of testing went.
#[derive(Clone, Copy)]
struct Say {
    acts: Acts,
    replica: ReplicaHandle,
    deployment: slipway_shared::ids::DeploymentId,
    environment: EnvironmentId,
    testing: Testing,
    standing: Memo<Option<TestStanding>>,
}

impl Say {
    /// Returns what was said last.
    fn last(self) -> Option<Tested> {
        self.standing.with_untracked(|standing| {
            standing
                .as_ref()
                .and_then(|standing| standing.said.iter().next_back())
                .map(|said| said.statement.clone())
        })
    }

    fn say(self, outcome: Option<TestOutcome>, note: Option<String>) -> bool {
        let Self { deployment, environment, testing, .. } = self;
        let before = self.last();
        let latest = self.replica.view().with_untracked(|view| {
            let (rollout, _) = view.latest_rollout_in(deployment, environment)?;
            Some((rollout, test_words(outcome, testing, environment, deployment, view)))
        });
        let Some((rollout, words)) = latest else { return false };
        let test = |outcome, note| {
            Command::Deployment(DeploymentCommand::Test {
                deployment,
                environment,
                testing,
                rollout,
                outcome,
                note,
            })
        };
        let before_has_note = before.as_ref().is_some_and(|said| said.note.is_some());
        let back = test(before.as_ref().map(|said| said.outcome), before.and_then(|said| said.note));
        // A note that goes with the answer it was about goes with a word.
        if before_has_note && note.is_none() {
            return self.acts.act_undoable(test(outcome, note), words, back);
        }
        self.acts.act_quietly(test(outcome, note), words, back)
    }
}

#[component]
fn Kind(environment: EnvironmentId, testing: Testing) -> impl IntoView {
    let subject = use_subject();
    let replica = use_replica();
    let view = replica.view();
    let standing = memo(move || {
        view.with(|view| {
            view.testing_in(subject.id, environment).into_iter().find(|known| known.testing == testing)
        })
    });
    let outcome = memo(move || standing.with(|standing| standing.as_ref().and_then(TestStanding::outcome)));
    let said = move || {
        let said = standing.with(|standing| {
            standing.as_ref().map(|standing| standing.said.iter().cloned().collect::<Vec<_>>())
        });
        all(said.unwrap_or_default(), |said| view! { <Said said /> }.into_any())
    };
    let deployment = subject.id;
    let say = Say { acts: use_acts(), replica, deployment, environment, testing, standing };
    let may_not = use_may_not(Capability::Work);
    let may = derive(move || may_not.with(Option::is_none));
    let is_noting = RwSignal::new(false);
    let face = move || {
        view! {
            {live(move || view! { <Icon name=icon_of(outcome.get()) /> })}
            <span>{testing_word(testing)}</span>
            <span class="visually-hidden">
                {derive(move || format!(": {}", test_outcome_word(outcome.get())))}
            </span>
        }
    };
    view! {
        <li data-state=derive(move || state_name(outcome.get())) data-testid="testing">
            <When holds=may otherwise=face>
                <Menu label=t!(testing_say) class="testing-button" face>
                    <KindItems say outcome is_noting />
                </Menu>
            </When>
            {live(said)}
            <When holds=is_noting>
                <NoteForm say outcome is_noting />
            </When>
        </li>
    }
}

const fn icon_of(outcome: Option<TestOutcome>) -> &'static str {
    match outcome {
        None => "circle",
        Some(TestOutcome::Passed) => "circle-check",
        Some(TestOutcome::Failed) => "circle-alert",
    }
}

const fn state_name(outcome: Option<TestOutcome>) -> &'static str {
    match outcome {
        None => "open",
        Some(TestOutcome::Passed) => "passed",
        Some(TestOutcome::Failed) => "failed",
    }
}

/// Who said how it went, when, and what else they said; several, where people answered apart from each other.
#[component]
fn Said(said: Attestation<Tested>) -> impl IntoView {
    view! {
        <SaidBy origin=said.origin words=test_outcome_word(Some(said.statement.outcome)) />
        {said.statement.note.map(|note| view! { <small dir="auto">{note}</small> })}
    }
}

#[component]
fn KindItems(say: Say, outcome: Memo<Option<TestOutcome>>, is_noting: RwSignal<bool>) -> impl IntoView {
    let now = outcome.get_untracked();
    let states = [(Some(TestOutcome::Passed), "check"), (Some(TestOutcome::Failed), "x"), (None, "circle")];
    let items = states.map(|(to, icon)| {
        let pick = Callback::new(move |()| {
            say.say(to, None);
        });
        view! { <MenuItem icon text=test_outcome_word(to) is_current=now == to on_pick=pick /> }
    });
    let note = Callback::new(move |()| is_noting.set(true));
    view! {
        {items.collect_view()}
        {now.is_some().then(|| view! {
            <hr />
            <MenuItem icon="pencil" text=t!(testing_note) on_pick=note />
        })}
    }
}

/// What else there is to say.
#[component]
fn NoteForm(say: Say, outcome: Memo<Option<TestOutcome>>, is_noting: RwSignal<bool>) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let before = say.last().and_then(|said| said.note).unwrap_or_default();
    Effect::new(move |_| field.get().map(|field| field.focus()));
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let note = field.get_untracked().map(|field| field.value()).filter(|text| !text.trim().is_empty());
        // Taken back by somebody else meanwhile, there is nothing to say more about: what was typed stays.
        let Some(outcome) = outcome.get_untracked() else { return };
        if say.say(Some(outcome), note) {
            is_noting.set(false);
        }
    };
    view! {
        <form class="check-note no-print" on:submit=save>
            <input
                class="input"
                node_ref=field
                aria-label=t!(testing_note)
                maxlength=TextField::Note.limit().to_string()
                value=before
            />
            <button class="button is-small" type="submit">
                {t!(button_save)}
            </button>
            <button class="button is-quiet is-small" type="button" on:click=move |_| is_noting.set(false)>
                {t!(button_cancel)}
            </button>
        </form>
    }
}
