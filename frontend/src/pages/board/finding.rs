//! Whether a deployment is one of those looked for. Pure.

use std::collections::BTreeSet;

use leptos::prelude::*;
use slipway_shared::column::ColumnKind;
use slipway_shared::deployment::Deployment;
use slipway_shared::ids::{DeploymentId, MemberId};
use slipway_shared::rollout::Phase;
use slipway_shared::workspace::Workspace;

use crate::app::query::{CardState, Facet, Pick};
use crate::app::search::{Search, use_search};
use crate::components::live::memo;
use crate::replica::use_replica;

/// Who looks, and what of theirs has not been sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Looking {
    /// Who.
    pub me: Option<MemberId>,
    /// The deployments with changes that the server does not have.
    pub unsent: BTreeSet<DeploymentId>,
}

/// Tells whether a search shows a deployment: every word of it is in its version, title or service, and of each facet
/// that something is picked of, one thing holds.
#[must_use]
pub fn is_found(workspace: &Workspace, id: DeploymentId, search: &Search, looking: &Looking) -> bool {
    let Some(deployment) = workspace.deployments.get(&id) else { return false };
    let is_picked = |facet| {
        let mut picks = search.picks.iter().filter(|pick| pick.facet() == facet).peekable();
        picks.peek().is_none() || picks.any(|pick| holds(workspace, id, deployment, *pick, looking))
    };
    Facet::ALL.into_iter().all(is_picked) && has_words(workspace, deployment, &search.text)
}

fn has_words(workspace: &Workspace, deployment: &Deployment, words: &str) -> bool {
    if words.trim().is_empty() {
        return true;
    }
    let service = workspace.services.get(&deployment.service).map_or("", |service| service.name.as_str());
    let text = format!("{} {} {service}", deployment.version.value, deployment.title.value).to_lowercase();
    words.to_lowercase().split_whitespace().all(|word| text.contains(word))
}

fn holds(
    workspace: &Workspace,
    id: DeploymentId,
    deployment: &Deployment,
    pick: Pick,
    looking: &Looking,
) -> bool {
    match pick {
        Pick::Service(service) => deployment.service == service,
        Pick::BuiltIn(label) => workspace.built_in_labels(id).contains(&label),
        Pick::Label(label) => deployment.labels.contains(&label),
        Pick::Me => looking.me.is_some_and(|me| deployment.assigned.contains(&me)),
        Pick::Nobody => deployment.assigned.is_empty(),
        Pick::Person(member) => deployment.assigned.contains(&member),
        Pick::State(CardState::Running) => latest_phase(workspace, id) == Some(Phase::Started),
        Pick::State(CardState::Failed) => {
            matches!(latest_phase(workspace, id), Some(Phase::Failed | Phase::RolledBack))
        }
        Pick::State(CardState::Approval) => {
            let column = workspace.columns.get(&deployment.column);
            deployment.is_on_board() && column.is_some_and(|column| column.kind == ColumnKind::Approval)
        }
        Pick::State(CardState::ChecksOpen) => {
            let progress = deployment.progress();
            progress.done < progress.all
        }
        Pick::State(CardState::Unsent) => looking.unsent.contains(&id),
    }
}

fn latest_phase(workspace: &Workspace, id: DeploymentId) -> Option<Phase> {
    let latest = workspace.rollouts_of(id).max_by_key(|(id, rollout)| (rollout.started_at, *id));
    latest.map(|(_, rollout)| rollout.phase())
}

/// Returns who looks, and what of theirs is not sent; that is followed only while somebody looks for it.
#[must_use]
pub fn use_looking() -> Memo<Looking> {
    let (replica, search) = (use_replica(), use_search());
    memo(move || {
        let asks = search.with(|search| search.picks.contains(&Pick::State(CardState::Unsent)));
        let unsent =
            if asks { replica.unsent().with(|unsent| BTreeSet::clone(unsent)) } else { BTreeSet::new() };
        Looking { me: Some(replica.me().get()), unsent }
    })
}

#[cfg(test)]
mod tests {
    use slipway_shared::label::BuiltInLabel;

    use super::super::trial::{BOARD_CARD as CARD, SERVICE, board_with, report};
    use super::*;
    use crate::trial::ME;

    #[track_caller]
    fn found(workspace: &Workspace, picks: &[Pick], text: &str) -> bool {
        let looking = Looking { me: Some(ME), unsent: BTreeSet::new() };
        let search =
            Search { text: text.to_owned(), picks: picks.iter().copied().collect(), ..Search::default() };
        is_found(workspace, CARD, &search, &looking)
    }

    #[test]
    fn every_word_has_to_be_somewhere_in_version_title_or_service() {
        let workspace = board_with(&[]);
        let table = [
            ("", true),
            ("  ", true),
            ("faster", true),
            ("FASTER search", true),
            ("search website 1.4", true),
            ("site", true),
            ("faster billing", false),
            ("1.5", false),
        ];
        for (words, expected) in table {
            assert_eq!(found(&workspace, &[], words), expected, "{words:?}");
        }
    }

    #[test]
    fn of_one_facet_any_will_do_and_of_several_each_has_to_hold() {
        let workspace = board_with(&[]);
        let (this, other) =
            (Pick::Service(SERVICE), Pick::Service(slipway_shared::ids::ServiceId::from_u128(9)));
        let table: [(&[Pick], bool); 6] = [
            (&[this], true),
            (&[other], false),
            (&[this, other], true),
            (&[this, Pick::Nobody], true),
            (&[this, Pick::Me], false),
            (&[this, Pick::Me, Pick::Nobody], true),
        ];
        for (picks, expected) in table {
            assert_eq!(found(&workspace, picks, ""), expected, "{picks:?}");
        }
    }

    #[test]
    fn states_and_labels_follow_the_facts() {
        let state = |state| Pick::State(state);
        let running = board_with(&[report(Phase::Started)]);
        assert!(found(&running, &[state(CardState::Running)], ""));
        assert!(found(&running, &[Pick::BuiltIn(BuiltInLabel::DeployStaging)], ""));
        assert!(!found(&running, &[state(CardState::Failed)], ""));
        let failed = board_with(&[report(Phase::Failed)]);
        assert!(found(&failed, &[state(CardState::Failed), state(CardState::Running)], ""));
        assert!(!found(&failed, &[state(CardState::Approval)], ""));
    }
}
