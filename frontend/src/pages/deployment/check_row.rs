//! One check: ticked with one tap; evidence and the rarer answers are a second, optional one.

use leptos::html;
use leptos::prelude::*;
use slipway_shared::attestation::Attestation;
use slipway_shared::capability::Capability;
use slipway_shared::check::CheckState;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::outline::level_of;
use slipway_shared::deployment::{Check, CheckStatement};
use slipway_shared::ids::{CheckId, MemberId};

use super::check_edit::CheckForm;
use super::check_grip::{CheckGrip, use_pull};
use super::left_behind::{Typed, TypingIn, place_of_check};
use super::outline_act::use_outline_acts;
use super::outline_moves::{Step, section_with, shifted};
use super::people::CheckPeople;
use super::said_by::SaidBy;
use super::{Subject, use_subject};
use crate::acts::{Acts, use_acts};
use crate::components::avatar::use_name;
use crate::components::icon::Icon;
use crate::components::live::{When, derive, live, memo};
use crate::components::markdown::inline::is_safe;
use crate::components::menu::{Menu, MenuItem};
use crate::may::use_may_not;

/// One check.
#[component]
pub fn CheckRow(id: CheckId) -> impl IntoView {
    let subject = use_subject();
    let check = subject.select(move |known| known.check(id).cloned());
    let state = memo(move || check.with(|check| check.as_ref().map_or(CheckState::Open, Check::state)));
    let text =
        memo(move || check.with(|check| check.as_ref().map(|check| check.text.clone()).unwrap_or_default()));
    let verify = memo(move || check.with(|check| check.as_ref().and_then(|check| check.verify.clone())));
    let said = memo(move || {
        check.with(|check| {
            check.iter().flat_map(|check| check.attestations.iter().cloned()).collect::<Vec<_>>()
        })
    });
    let whose = memo(move || check.with(|check| check.as_ref().and_then(|check| check.assigned)));
    let level = subject.select(move |known| {
        section_with(known, id).map(|section| level_of(&section.checks, id)).unwrap_or_default()
    });
    let [is_noting, is_editing] = [RwSignal::new(false), RwSignal::new(false)];
    let pull = use_pull();
    let attest = Attest { subject, acts: use_acts(), id };
    let toggle = move |event: leptos::ev::Event| {
        let to = if state.get_untracked() == CheckState::Done { CheckState::Open } else { CheckState::Done };
        attest.say(to, None);
        // The box shows what is said, not what was clicked.
        if let Some(input) = event_target_input(&event) {
            input.set_checked(state.get_untracked() == CheckState::Done);
        }
    };
    let label = format!("check-{id}");
    let may_not = use_may_not(Capability::Work);
    view! {
        <li
            class="check"
            class:is-pulled=derive(move || pull.is_pulled(id))
            data-level=derive(move || level.get().saturating_sub(1).to_string())
            data-check=id.to_string()
            data-drop=derive(move || pull.mark_at(id))
            data-state=derive(move || state_name(state.get()))
            data-testid="check"
        >
            <CheckGrip id text />
            <input
                id=label.clone()
                type="checkbox"
                class="tick"
                class:is-failed=derive(move || state.get() == CheckState::Failed)
                class:is-not-applicable=derive(move || state.get() == CheckState::NotApplicable)
                prop:checked=derive(move || state.get() == CheckState::Done)
                disabled=derive(move || may_not.with(Option::is_some))
                on:change=toggle
            />
            <div>
                <label class="check-text" for=label>
                    <bdi>{text}</bdi>
                    <span class="visually-hidden">{derive(move || spoken(state.get()))}</span>
                </label>
                {live(move || verify.get().map(|verify| view! { <small class="check-how" dir="auto">{verify}</small> }))}
                {live(move || said.with(|said| evidence(said)))}
                <When holds=is_noting>
                    <EvidenceForm attest state is_noting />
                </When>
                <When holds=is_editing>
                    <CheckForm id is_editing />
                </When>
            </div>
            <div class="check-by">
                {live(move || whose.get().map(|member| view! { <Whose member /> }))}
                {live(move || said.get().into_iter().map(|said| view! { <SaidBy origin=said.origin words=state_said(said.statement.state) /> }).collect_view())}
                <When holds=derive(move || may_not.with(Option::is_none))>
                    <Menu label=t!(check_menu) class="icon-button is-small check-more no-print" face=|| view! { <Icon name="ellipsis" /> }>
                        <CheckMenuItems attest state is_noting />
                        <OutlineItems id is_editing />
                    </Menu>
                </When>
            </div>
        </li>
    }
}

fn event_target_input(event: &leptos::ev::Event) -> Option<web_sys::HtmlInputElement> {
    use wasm_bindgen::JsCast as _;
    event.target()?.dyn_into().ok()
}

const fn state_name(state: CheckState) -> &'static str {
    match state {
        CheckState::Open => "open",
        CheckState::Done => "done",
        CheckState::Failed => "failed",
        CheckState::NotApplicable => "not-applicable",
    }
}

/// What a box can't say by being ticked or not.
fn spoken(state: CheckState) -> String {
    match state {
        CheckState::Open | CheckState::Done => String::new(),
        CheckState::Failed => format!(", {}", t!(check_failed)),
        CheckState::NotApplicable => format!(", {}", t!(check_not_applicable)),
    }
}

/// Says how the check stands.
#[derive(Clone, Copy)]
struct Attest {
    subject: Subject,
    acts: Acts,
    id: CheckId,
}

impl Attest {
    /// Returns what shows that it stands as it does.
    fn evidence(self) -> String {
        self.subject.deployment.with_untracked(|known| {
            let check = known.as_ref().and_then(|known| known.check(self.id));
            let newest = check.and_then(|check| {
                check.attestations.iter().rev().find_map(|said| said.statement.evidence.clone())
            });
            newest.unwrap_or_default()
        })
    }

    fn say(self, state: CheckState, evidence: Option<String>) -> bool {
        let Self { subject, id: check, .. } = self;
        let known = subject.deployment.get_untracked();
        let Some(before) = known.as_ref().and_then(|known| known.check(check)) else { return false };
        let last = before.attestations.iter().next_back().map(|said| said.statement.clone());
        let last = last.unwrap_or(CheckStatement { state: CheckState::Open, evidence: None });
        let attest = |state, evidence| {
            Command::Deployment(DeploymentCommand::Attest { deployment: subject.id, check, state, evidence })
        };
        let words = t!(check_changed, &before.text);
        let has_lost = last.evidence.is_some() && evidence.is_none();
        let (command, back) = (attest(state, evidence), attest(last.state, last.evidence));
        // What showed that it stood as it did goes with a word.
        if has_lost {
            return self.acts.act_undoable(command, words, back);
        }
        self.acts.act_quietly(command, words, back)
    }
}

/// Whose it is, while it is somebody's in particular.
#[component]
fn Whose(member: MemberId) -> impl IntoView {
    let name = use_name(member);
    view! {
        <span class="check-whose" title=derive(move || t!(check_whose, &name.get()))>
            <Icon name="user" class="icon is-tiny" />
            <span class="visually-hidden">{t!(check_of)} " "</span>
            <bdi>{name}</bdi>
        </span>
    }
}

/// Returns how somebody said that a check stands.
fn state_said(state: CheckState) -> String {
    match state {
        CheckState::Open => t!(check_reopened),
        CheckState::Done => t!(check_done),
        CheckState::Failed => t!(check_failed),
        CheckState::NotApplicable => t!(check_not_applicable),
    }
}

fn evidence(said: &[Attestation<CheckStatement>]) -> Option<AnyView> {
    let evidence = said.iter().rev().find_map(|said| said.statement.evidence.clone())?;
    let shown = if is_safe(&evidence) {
        let address = evidence.clone();
        view! {
            <a class="check-evidence" href=address rel="noopener noreferrer external" target="_blank">
                <Icon name="link" />
                <span class="clip">{evidence}</span>
            </a>
        }
        .into_any()
    } else {
        view! { <span class="check-how">{evidence}</span> }.into_any()
    };
    Some(shown)
}

#[component]
fn CheckMenuItems(attest: Attest, state: Memo<CheckState>, is_noting: RwSignal<bool>) -> impl IntoView {
    let states = [
        (CheckState::Done, "check", t!(check_mark_done)),
        (CheckState::Failed, "x", t!(check_mark_failed)),
        (CheckState::NotApplicable, "circle-slash", t!(check_mark_not_applicable)),
        (CheckState::Open, "circle", t!(check_mark_open)),
    ];
    let items = states.map(|(to, icon, text)| {
        let is_current = state.get_untracked() == to;
        let pick = Callback::new(move |()| {
            attest.say(to, None);
        });
        view! { <MenuItem icon text is_current on_pick=pick /> }
    });
    view! {
        {items.collect_view()}
        <hr />
        <MenuItem icon="link" text=t!(add_evidence) on_pick=Callback::new(move |()| is_noting.set(true)) />
        <hr />
        <div class="menu-title">{t!(check_of)}</div>
        <CheckPeople check=attest.id />
    }
}

/// What can be done with the check itself, whatever is said about it.
#[component]
fn OutlineItems(id: CheckId, is_editing: RwSignal<bool>) -> impl IntoView {
    let subject = use_subject();
    let outline = use_outline_acts();
    let is_open = subject.select(|known| known.finished.is_none());
    let steps = [
        (Step::Up, "arrow-up", t!(move_up)),
        (Step::Down, "arrow-down", t!(move_down)),
        (Step::In, "arrow-right", t!(check_move_in)),
        (Step::Out, "arrow-left", t!(check_move_out)),
    ];
    let items = move || {
        let possible = steps.clone().into_iter().filter(|(step, _, _)| {
            let step = *step;
            subject.deployment.with_untracked(|known| {
                known.as_deref().is_some_and(|known| shifted(known, id, step).is_some())
            })
        });
        let moves = possible.map(|(step, icon, text)| {
            let pick = Callback::new(move |()| {
                outline.shift(id, step);
            });
            view! { <MenuItem icon text on_pick=pick /> }
        });
        view! {
            <hr />
            <MenuItem icon="pencil" text=t!(check_edit) on_pick=Callback::new(move |()| is_editing.set(true)) />
            {moves.collect_view()}
            <MenuItem icon="x" text=t!(check_remove) on_pick=Callback::new(move |()| outline.remove(id)) />
        }
    };
    view! { <When holds=is_open>{items.clone()()}</When> }
}

/// What shows that the check stands as it does.
#[component]
fn EvidenceForm(attest: Attest, state: Memo<CheckState>, is_noting: RwSignal<bool>) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    // What is there is changed, not written anew.
    let before = attest.evidence();
    Effect::new(move |_| field.get().map(|field| field.focus()));
    let typing = TypingIn::follow();
    let about = place_of_check(attest.subject, attest.id);
    let note = move |event: leptos::ev::Event| {
        let (check, section) = about.clone();
        typing.note(Typed { text: event_target_value(&event), verify: None, check, section });
    };
    let close = move || {
        typing.end();
        is_noting.set(false);
    };
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let evidence =
            field.get_untracked().map(|field| field.value()).filter(|text| !text.trim().is_empty());
        // Evidence for an open check answers it.
        let to =
            if state.get_untracked() == CheckState::Open { CheckState::Done } else { state.get_untracked() };
        if attest.say(to, evidence) {
            close();
        }
    };
    view! {
        <form class="check-note no-print" on:submit=save on:input=note>
            <input class="input" node_ref=field aria-label=t!(evidence) placeholder=t!(evidence_hint) maxlength="1900" value=before />
            <button class="button is-small" type="submit">
                {t!(button_save)}
            </button>
            <button class="button is-quiet is-small" type="button" on:click=move |_| close()>
                {t!(button_cancel)}
            </button>
        </form>
    }
}
