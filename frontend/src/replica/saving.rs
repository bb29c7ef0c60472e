//! Storing what people do before the screen calls it saved, and seeing to it that other tabs have stored theirs.

use std::time::Duration;

use leptos::prelude::set_timeout;
use slipway_shared::ids::CommandKey;
use slipway_shared::sync::envelope::WireCommand;

use super::boot::adopt;
use super::engine::{Engine, State};
use super::storage::Kept;
use super::tabs::TabMessage;

/// How long a tab may take to store what it has told, in milliseconds; then whoever heard it looks.
const SAVED_SOON_MS: u64 = 3_000;

impl Engine {
    /// Begins to store a command; the screen calls it saved once that is committed.
    /// What it was done in place of goes with it, or stays with it.
    pub(super) fn save(&self, wire: &WireCommand, in_place_of: Option<CommandKey>) {
        let key = wire.key();
        let saving = self.with(|state| {
            state.unsaved.insert(key);
            state.storage.as_ref().map(|storage| storage.keep_command(wire, in_place_of))
        });
        let engine = self.clone();
        leptos::task::spawn_local(async move {
            let kept = match saving {
                Some(saving) => saving.await,
                None => Kept::Nowhere,
            };
            engine.with(|state| {
                if kept == Kept::Committed {
                    state.unsaved.remove(&key);
                    state.tell(&TabMessage::Saved(vec![key]));
                }
                state.memory_only |= kept == Kept::Nowhere;
            });
            engine.show();
        });
    }

    /// Begins to store commands together.
    pub(super) fn save_all(&self, wires: &[WireCommand]) {
        let keys: Vec<_> = wires.iter().map(WireCommand::key).collect();
        let saving = self.with(|state| {
            state.unsaved.extend(keys.iter().copied());
            state.storage.as_ref().map(|storage| storage.keep_commands(wires))
        });
        let saving = saving.map(|saving| self.ahead_of_pushes(saving));
        let engine = self.clone();
        leptos::task::spawn_local(async move {
            let is_kept = match saving {
                Some(saving) => saving.await.is_ok(),
                None => false,
            };
            engine.with(|state| {
                if is_kept {
                    state.unsaved.retain(|key| !keys.contains(key));
                }
                state.memory_only |= !is_kept;
            });
            engine.show();
        });
    }

    /// Keeps pushes waiting until something is written: what they send would else be all that is left of it.
    pub(super) fn ahead_of_pushes<T>(
        &self,
        writing: impl Future<Output = T> + 'static,
    ) -> impl Future<Output = T> + 'static {
        let engine = self.clone();
        self.with(|state| state.writing += 1);
        async move {
            let written = writing.await;
            engine.with(|state| state.writing = state.writing.saturating_sub(1));
            written
        }
    }

    /// Takes in what another tab does. It counts as saved once that tab has stored it; one that dies before, or that
    /// is of a build that doesn't say so, is not waited for.
    pub(super) fn hear_of(&self, wire: WireCommand) {
        let key = wire.key();
        // Tabs tell again what everybody knows.
        if self.with(|state| state.replica.pending().iter().any(|pending| pending.envelope.key == key)) {
            return;
        }
        adopt(self, vec![wire.clone()]);
        let is_first = self.with(|state| {
            state.awaited.insert(key, wire);
            state.awaited.len() == 1
        });
        if is_first {
            self.make_sure_soon();
        }
    }

    fn make_sure_soon(&self) {
        let engine = self.clone();
        set_timeout(move || engine.make_sure(), Duration::from_millis(SAVED_SOON_MS));
    }

    /// Looks whether other tabs have stored what they said they would, and stores what they have not. Looking waits
    /// for writes that are under way.
    fn make_sure(&self) {
        let (storage, awaited) = self.with(|state| (state.storage.clone(), state.awaited.clone()));
        let Some(storage) = storage.filter(|_| !awaited.is_empty()) else { return };
        let engine = self.clone();
        leptos::task::spawn_local(async move {
            let stored = storage.stored_commands().await.unwrap_or_default();
            for (key, wire) in awaited {
                // Meanwhile it may have been stored, answered, or named anew.
                let is_missing = engine.with(|state| {
                    state.awaited.remove(&key).is_some() && !stored.contains(&key) && state.is_unanswered(key)
                });
                if is_missing {
                    engine.save(&wire, None);
                }
            }
            if engine.with(|state| !state.awaited.is_empty()) {
                engine.make_sure_soon();
            }
            engine.show();
        });
    }
}

impl State {
    fn is_unanswered(&self, key: CommandKey) -> bool {
        let mut pending = self.replica.pending().iter();
        pending.any(|pending| pending.envelope.key == key && pending.acknowledged.is_none())
    }
}
