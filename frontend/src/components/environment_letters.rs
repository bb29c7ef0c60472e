//! Where a deployment has been, as one letter an environment.

use leptos::prelude::*;
use slipway_shared::rollout::Phase;

use crate::command_words::phase_word;

/// One environment, and how far the latest rollout there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentLetter {
    /// Its name.
    pub name: String,
    /// How far the latest rollout is; `None` where there was none.
    pub phase: Option<Phase>,
}

impl EnvironmentLetter {
    const fn class(&self) -> &'static str {
        match self.phase {
            None => "",
            Some(Phase::Started) => "is-going",
            Some(Phase::Succeeded) => "is-done",
            Some(Phase::Failed) => "is-failed",
            Some(Phase::RolledBack) => "is-back",
        }
    }

    fn words(&self) -> String {
        let phase = self.phase.map_or_else(|| t!(not_rolled_out), phase_word);
        format!("{}: {phase}", self.name)
    }
}

/// Where a deployment has been, as one letter an environment.
#[component]
pub fn EnvironmentLetters(environments: Vec<EnvironmentLetter>) -> impl IntoView {
    let words: Vec<String> = environments.iter().map(EnvironmentLetter::words).collect();
    let letters = environments.into_iter().zip(words.clone()).map(|(environment, words)| {
        let letter: String = environment.name.chars().take(1).flat_map(char::to_uppercase).collect();
        view! { <b class=environment.class() title=words>{letter}</b> }
    });
    view! {
        <span class="environment-letters" role="img" aria-label=words.join(", ")>
            {letters.collect_view()}
        </span>
    }
}
