//! The seven stages with their names. Those that follow facts show them; the others are marked here.

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::stage::{Stage, StageState};

use super::use_subject;
use crate::acts::use_acts;
use crate::browser::clock::use_now;
use crate::browser::intl::exact_time;
use crate::command_words::{stage_name, stage_state_word};
use crate::components::live::{When, derive, live, memo};
use crate::components::menu::{Menu, MenuItem};
use crate::components::track::StageLook;
use crate::may::use_may_not;
use crate::pages::board::view_model::track_looks;
use crate::replica::use_replica;

/// The seven stages.
#[component]
pub fn Stages() -> impl IntoView {
    let subject = use_subject();
    let (view, now) = (use_replica().view(), use_now());
    let looks = memo(move || view.with(|view| track_looks(view, subject.id, now.get())));
    let is_watched =
        move || looks.with(|looks| looks.last().is_some_and(|look| look.state == StageState::Running));
    let watched = memo(move || view.with(|view| view.monitoring_ended(subject.id)).filter(|_| is_watched()));
    let current = memo(move || looks.with(current));
    let stages = Stage::ALL.into_iter().enumerate().map(|(index, stage)| {
        let look = memo(move || looks.with(|looks| looks.get(index).copied().unwrap_or_default()));
        let is_current = memo(move || current.get() == Some(index));
        view! { <StageItem stage look is_current /> }
    });
    let until = live(move || {
        let words = watched.get().map(|until| t!(watched_until, &exact_time(until)));
        words.map(|words| view! { <p class="faint small" data-testid="watched">{words}</p> })
    });
    view! {
        <ol class="stages" aria-label=t!(stages)>{stages.collect_view()}</ol>
        {until}
    }
}

/// The first stage that is under way or failed, else the first that has not begun.
fn current(looks: &[StageLook; 7]) -> Option<usize> {
    let is = |states: &'static [StageState]| looks.iter().position(|look| states.contains(&look.state));
    is(&[StageState::Running, StageState::Failed]).or_else(|| is(&[StageState::NotStarted]))
}

#[component]
fn StageItem(stage: Stage, look: Memo<StageLook>, is_current: Memo<bool>) -> impl IntoView {
    let name = stage_name(stage);
    let words = memo(move || look.get().word());
    let label = t!(mark_stage, &name);
    let face = move || {
        let name = name.clone();
        view! {
            <span class="stage-name">{name}</span>
            <span class="visually-hidden">{words}</span>
        }
    };
    let subject = use_subject();
    let (view, now) = (use_replica().view(), use_now());
    let may_not = use_may_not(Capability::Work);
    // Nothing to mark: it follows the facts, or is not for them to mark.
    let follows = memo(move || {
        let by_facts = || view.with(|view| view.stage_by_facts(subject.id, stage, now.get()).is_some());
        may_not.with(Option::is_some) || stage.followed_tier().is_some() || by_facts()
    });
    let marking = {
        let face = face.clone();
        move || {
            let (label, face) = (label.clone(), face.clone());
            view! {
                <Menu label class="stage-button" face>
                    <StageMenuItems stage look />
                </Menu>
            }
        }
    };
    view! {
        <li aria-current=derive(move || is_current.get().then_some("step")) data-state=derive(move || look.get().class())>
            <div class="track" title=words>
                <b class=derive(move || look.get().class())></b>
            </div>
            <When holds=follows otherwise=move || marking.clone()()>{face.clone()()}</When>
        </li>
    }
}

#[component]
fn StageMenuItems(stage: Stage, look: Memo<StageLook>) -> impl IntoView {
    let states = [
        (StageState::NotStarted, "circle"),
        (StageState::Running, "play"),
        (StageState::Passed, "check"),
        (StageState::Failed, "x"),
        (StageState::Skipped, "skip-forward"),
    ];
    let items = states.map(|(state, icon)| {
        let is_current = look.get_untracked().state == state;
        view! { <StageMenuItem stage look state icon is_current /> }
    });
    items.collect_view()
}

#[component]
fn StageMenuItem(
    stage: Stage,
    look: Memo<StageLook>,
    state: StageState,
    icon: &'static str,
    is_current: bool,
) -> impl IntoView {
    let subject = use_subject();
    let acts = use_acts();
    let pick = Callback::new(move |()| {
        let deployment = subject.id;
        let mark =
            |from, to| Command::Deployment(DeploymentCommand::MarkStage { deployment, stage, from, to });
        // What is shown is what is decided by: Monitor may run by itself, without a mark.
        let from = look.get_untracked().state;
        let words = t!(stage_marked, &stage_name(stage), &stage_state_word(state));
        acts.act_quietly(mark(from, state), words, mark(state, from));
    });
    view! { <MenuItem icon text=stage_state_word(state) is_current on_pick=pick /> }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(states: [StageState; 7]) -> [StageLook; 7] {
        states.map(|state| StageLook { state, was_rolled_back: false })
    }

    #[test]
    fn the_current_stage_is_the_one_that_asks_for_attention() {
        use StageState::{Failed, NotStarted, Passed, Running, Skipped};
        let one = [Passed, Skipped, Running, NotStarted, NotStarted, NotStarted, NotStarted];
        assert_eq!(current(&looks(one)), Some(2));
        let two = [Passed, Failed, NotStarted, NotStarted, NotStarted, NotStarted, NotStarted];
        assert_eq!(current(&looks(two)), Some(1));
        let three = [Passed, Passed, NotStarted, NotStarted, NotStarted, NotStarted, NotStarted];
        assert_eq!(current(&looks(three)), Some(2));
        assert_eq!(current(&looks([Passed; 7])), None);
    }
}
