//! The names of the people of the workspace. They are in no log, so that they can be erased, and no stream brings them:
//! they come with `hello`, are asked for when somebody joins, and now and then, since people change theirs.

use std::collections::BTreeMap;
use std::time::Duration;

use leptos::prelude::*;
use slipway_shared::account::Person;
use slipway_shared::member::Profile;
use slipway_shared::time::Timestamp;

use super::engine::Engine;
use super::tabs::TabMessage;
use super::{SyncWord, transport};

/// How long after somebody joined their name is asked for: it is written right after its member is in the log.
const AFTER: Duration = Duration::from_millis(1_500);
/// How long it takes until a name is asked for again that could not be had.
const AGAIN_AFTER: Duration = Duration::from_secs(15);
/// How long a name that somebody has changed may go on being shown, in milliseconds.
const KEPT_MS: i64 = 5 * 60_000;

impl Engine {
    /// Asks for the names of who has joined since `hello`.
    pub(super) fn ask_for_names(&self) {
        let people = self.signals.people.get_untracked();
        let members: Vec<_> = self.signals.view.with_untracked(|view| view.members.keys().copied().collect());
        let is_due = self.with(|state| {
            if state.local.is_some() || state.status(self.clock().now()).word == SyncWord::Offline {
                return false;
            }
            let known = state.named.len();
            state.named.extend(members.into_iter().filter(|member| !people.contains_key(member)));
            state.named.len() > known
        });
        if is_due {
            let engine = self.clone();
            set_timeout(move || engine.refresh_names(), AFTER);
        }
    }

    /// Asks for all names, if that was not done for a while.
    pub(super) fn keep_names_fresh(&self) {
        let now: Timestamp = self.clock().now();
        if self.with(|state| now.since(state.named_at).abs() > KEPT_MS) {
            self.refresh_names();
        }
    }

    /// Asks for all names now.
    pub(super) fn refresh_names(&self) {
        // On a device alone there is nobody to ask, and nobody else.
        let Some(workspace) = self.with(|state| state.workspace.filter(|_| state.local.is_none())) else {
            return;
        };
        let (engine, now) = (self.clone(), self.clock().now());
        self.with(|state| state.named_at = now);
        leptos::task::spawn_local(async move {
            let Ok(listed) = transport::people(workspace).await else { return engine.ask_again() };
            let named = listed.people.into_iter().map(|Person { member, name, .. }| Profile { member, name });
            let named: Vec<_> = named.collect();
            engine.take_names(named.clone());
            engine.with(|state| state.tell(&TabMessage::Named(named)));
        });
    }

    /// Nobody has answered: whoever has no name yet is asked for once more.
    fn ask_again(&self) {
        let people = self.signals.people.get_untracked();
        self.with(|state| state.named.retain(|member| people.contains_key(member)));
        let engine = self.clone();
        set_timeout(move || engine.ask_for_names(), AGAIN_AFTER);
    }

    /// Takes names in. Those of former members stay: what they did is still theirs.
    pub(super) fn take_names(&self, named: Vec<Profile>) {
        let mut people = BTreeMap::clone(&self.signals.people.get_untracked());
        people.extend(named.into_iter().map(|profile| (profile.member, profile)));
        self.show_people(people);
    }
}
