//! The track of the seven stages: done is solid, current is half, failed is crossed out, to come is hollow.

use leptos::prelude::*;
use slipway_shared::stage::{Stage, StageState};

use crate::command_words::{stage_name, stage_state_word};

/// How one stage looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageLook {
    /// How far it is.
    pub state: StageState,
    /// It failed because what it rolled out was taken back.
    pub was_rolled_back: bool,
}

impl StageLook {
    /// Returns the class of the stage's part of the track.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self.state {
            StageState::NotStarted => "",
            StageState::Running => "is-running",
            StageState::Passed => "is-passed",
            StageState::Failed if self.was_rolled_back => "is-back",
            StageState::Failed => "is-failed",
            StageState::Skipped => "is-skipped",
        }
    }

    /// Returns the word for how far the stage is.
    #[must_use]
    pub fn word(self) -> String {
        if self.was_rolled_back { t!(phase_rolled_back) } else { stage_state_word(self.state) }
    }
}

/// The track of the seven stages.
#[component]
pub fn Track(looks: [StageLook; 7]) -> impl IntoView {
    let begun = Stage::ALL.into_iter().zip(looks).filter(|(_, look)| look.state != StageState::NotStarted);
    let words: Vec<String> =
        begun.map(|(stage, look)| format!("{} {}", stage_name(stage), look.word())).collect();
    let words = if words.is_empty() { t!(stage_none) } else { words.join(", ") };
    view! {
        <div class="track" role="img" aria-label=words.clone() title=words>
            {looks.map(|look| view! { <b class=look.class()></b> }).collect_view()}
        </div>
    }
}
