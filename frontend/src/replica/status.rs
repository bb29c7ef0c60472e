//! What the screen says about the replica.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use slipway_shared::command::Command;
use slipway_shared::ids::{CommandKey, MemberId};
use slipway_shared::log::StoredEvent;
use slipway_shared::order;
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::client::Link;
use slipway_shared::sync::envelope::SeenLog;
use slipway_shared::sync::protocol::ErrorCode;
use slipway_shared::sync::replica::Pending;
use slipway_shared::time::Timestamp;
use wasm_bindgen::prelude::*;

use super::engine::State;
use super::local::LocalServer;
use super::tabs::LinkWord;
use crate::browser::kept;

/// Differences between clocks below this are nobody's business.
const SKEW_WORTH_A_WORD_MS: i64 = 120_000;

/// What waits longer than that is worth a word, in milliseconds: a day.
const WAITS_LONG_MS: i64 = 86_400_000;

/// Where it is noted that the browser was asked.
const ASKED: &str = "asked_to_keep";

#[wasm_bindgen(module = "/js/platform.js")]
extern "C" {
    #[wasm_bindgen(js_name = storagePromise)]
    async fn storage_promise() -> JsValue;

    #[wasm_bindgen(js_name = askToKeepStorage)]
    async fn ask_to_keep() -> JsValue;
}

/// Whether there is something to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boot {
    /// Not yet.
    Loading,
    /// There is a replica here.
    Ready,
    /// There is no replica on this device yet, and no server to get one from.
    Unreachable,
    /// Nobody is signed in, and there is nothing here to show without.
    SignedOut,
    /// The server waits for its first visit.
    SetupNeeded,
    /// Whoever is signed in is a member of no workspace.
    NoWorkspace,
    /// Access to the workspace was removed, and with it what was here of it.
    Removed,
}

/// What became of a command that was submitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submitted {
    /// It is done here and waits for the server.
    Queued(CommandKey),
    /// It would change nothing.
    NoEffect,
}

/// How things stand, in one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SyncWord {
    /// The first `hello` is under way.
    #[default]
    Connecting,
    /// Everything is confirmed.
    Synced,
    /// In touch, and something is on its way.
    Saving,
    /// Not in touch.
    Offline,
    /// Something was refused.
    NeedsYou,
}

/// Where the data of this device is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StorageKind {
    /// On this device.
    #[default]
    Device,
    /// In memory only: it is gone with the tab.
    MemoryOnly,
}

/// Whether the browser promised to keep it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StoragePromise {
    /// The browser does not say.
    #[default]
    Unknown,
    /// It will keep it.
    Promised,
    /// It may delete it when space runs out.
    Evictable,
}

/// What is to be told about a server that was restored to an earlier state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restored {
    /// When the newest event it still knows had reached it, where that can be told.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to: Option<Timestamp>,
    /// How many commands were sent again.
    pub again: usize,
    /// About how many requests their author is asked.
    pub asked: usize,
    /// Nothing was restored: an admin has taken something out of the log for good.
    #[serde(default)]
    pub is_redaction: bool,
}

/// What somebody did, known here and forgotten by the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostCommand {
    /// Its name.
    pub key: CommandKey,
    /// Who did it.
    pub actor: MemberId,
    /// When, by the server's clock.
    pub at: Timestamp,
    /// What came of it.
    pub events: Vec<StoredEvent>,
}

/// How things stand with the server and with this device's storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncStatus {
    /// In one word.
    pub word: SyncWord,
    /// Whether something was refused, or waits for somebody in another way.
    pub needs_you: bool,
    /// How many commands are not confirmed.
    pub waiting: usize,
    /// When the server was last heard.
    pub last_in_step: Option<Timestamp>,
    /// Where the data is.
    pub storage: StorageKind,
    /// Whether it is kept.
    pub promise: StoragePromise,
    /// The server was restored, and nobody has put that word away yet.
    pub restored: Option<Restored>,
    /// How many changes of other workspaces, which were served at this address, wait in this browser.
    pub elsewhere: usize,
    /// How many changes of other people, who used this browser, wait in it.
    pub of_others: usize,
    /// Not in touch yet, and about to be.
    pub is_connecting: bool,
    /// Nobody is signed in: nothing is sent until somebody is.
    pub signed_out: bool,
    /// The app is too old for the server.
    pub outdated: bool,
    /// The log holds something this build does not understand: parts of what is shown may be old.
    pub has_opaque: bool,
    /// Something is on its way to the server.
    pub is_sending: bool,
    /// The server is too old for what waits.
    pub waits_for_server: bool,
    /// How many commands wait for their author to give the password again.
    pub waits_for_password: usize,
    /// Something has waited for more than a day, and the browser has not promised to keep it.
    pub waits_long: bool,
    /// How many commands waited at most since everything was confirmed last.
    pub most_waiting: usize,
    /// When the oldest of them was made.
    pub waiting_since: Option<Timestamp>,
    /// What the server last complained about.
    pub trouble: Option<ErrorCode>,
    /// This tab speaks for the browser.
    pub is_leader: bool,
    /// The workspace is on this device only.
    pub is_local: bool,
    /// It is on its way to a server: what is done meanwhile waits.
    pub is_moving: bool,
    /// How far the device's clock is ahead of the server's, in milliseconds, where that is worth a word.
    pub skew_ms: Option<i64>,
}

/// How far a command is that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueState {
    /// It is in this tab only.
    Here,
    /// It is in the tab that made it, as far as is known here.
    InOtherTab,
    /// It is committed to this device's storage.
    Saved,
    /// It is on its way, and the answer is not here yet.
    Sent,
    /// The server has taken it, and the log will show it any moment.
    Answered,
    /// It, or one before it, is newer than the server.
    NeedsServer,
    /// It, or one before it, counts only from somebody who has just given their password.
    NeedsPassword,
    /// One before it in its queue can't be read by this version.
    NeedsApp,
}

/// A command that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueuedCommand {
    /// Its name.
    pub key: CommandKey,
    /// When it was made, by the device's clock.
    pub at: Timestamp,
    /// What was asked for.
    pub command: Command,
    /// How far it is.
    pub state: QueueState,
    /// Why it would be refused in the present state, as far as this device can tell.
    pub refusal: Option<Rejection>,
}

/// A command that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedCommand {
    /// Its name.
    pub key: CommandKey,
    /// When it was made, by the device's clock.
    pub at: Timestamp,
    /// What was asked for.
    pub command: Command,
    /// Why it was refused.
    pub rejection: Rejection,
    /// What its author had seen; absent from what earlier builds have stored.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub seen: Option<SeenLog>,
}

fn promise(answer: &JsValue) -> StoragePromise {
    match answer.as_string().as_deref() {
        Some("promised") => StoragePromise::Promised,
        Some("evictable") => StoragePromise::Evictable,
        _ => StoragePromise::Unknown,
    }
}

/// Looks whether the browser has promised to keep the data.
pub(super) fn look_at_promise(status: RwSignal<SyncStatus>) {
    leptos::task::spawn_local(async move {
        let promise = promise(&storage_promise().await);
        status.update(|status| status.promise = promise);
    });
}

/// Asks the browser to promise to keep the data, once in the life of this device, when there is something to keep.
pub(super) fn ask_after_first_edit(status: RwSignal<SyncStatus>) {
    let is_open = status.with_untracked(|status| status.promise == StoragePromise::Evictable);
    if is_open && !kept::read::<bool>(ASKED).unwrap_or_default() && kept::keep(ASKED, &true) {
        ask_to_keep_storage(status);
    }
}

/// Asks the browser to promise to keep the data. The answer may take as long as the person does.
pub(super) fn ask_to_keep_storage(status: RwSignal<SyncStatus>) {
    leptos::task::spawn_local(async move {
        let promise = promise(&ask_to_keep().await);
        status.update(|status| status.promise = promise);
    });
}

impl State {
    pub(super) fn queue_state(
        &self,
        pending: &Pending,
        waits_for_server: bool,
        waits_for_password: bool,
    ) -> QueueState {
        let key = pending.envelope.key;
        if pending.acknowledged.is_some() {
            QueueState::Answered
        } else if self.replica.is_held(key) {
            QueueState::NeedsApp
        } else if waits_for_server {
            QueueState::NeedsServer
        } else if waits_for_password {
            QueueState::NeedsPassword
        } else if self.sent.contains(&key) {
            QueueState::Sent
        } else if self.memory_only || self.unsaved.contains(&key) {
            QueueState::Here
        } else if self.awaited.contains_key(&key) {
            QueueState::InOtherTab
        } else {
            QueueState::Saved
        }
    }

    fn needs_somebody(&self) -> bool {
        !self.refused.is_empty() || !self.unreadable.is_empty() || self.replica.lost().next().is_some()
    }

    /// Returns how many commands wait for the password, as far as the leader knows.
    pub(super) fn waits_for_password(&self) -> usize {
        if self.is_leader { self.sync.waits_for_password(&self.replica) } else { self.leader_asks }
    }

    /// Tells whether a newer build has left commands here that this one can't read.
    fn holds_newer(&self) -> bool {
        let is_broken = |key| self.unreadable.iter().any(|row| row.command() == Some(key));
        self.replica.held().any(|key| !is_broken(key))
    }

    /// Returns what this browser knows and the server has forgotten, oldest first.
    pub(super) fn lost(&self) -> Vec<LostCommand> {
        let lost = self.replica.lost().filter_map(|(key, events)| {
            let header = events.first()?.read_header().ok()?;
            Some(LostCommand { key, actor: header.actor, at: header.effective, events: events.to_vec() })
        });
        let mut lost: Vec<_> = lost.collect();
        order::sort_by_key(&mut lost, |lost| (lost.at, lost.key));
        lost
    }

    pub(super) fn status(&mut self, now: Timestamp) -> SyncStatus {
        let link = if self.is_leader { LinkWord::of(&self.sync) } else { self.leaders_link };
        let waiting = self.replica.pending().len();
        self.most_waiting = if waiting == 0 { 0 } else { waiting.max(self.most_waiting) };
        let waiting_since = self.replica.pending().iter().map(|pending| pending.envelope.at).min();
        let waits_for_server =
            if self.is_leader { self.sync.waits_for_server(&self.replica) } else { self.leader_waits };
        let waits_for_password = self.waits_for_password();
        let needs_you = self.needs_somebody();
        let word = match link {
            LinkWord::Following if needs_you => SyncWord::NeedsYou,
            LinkWord::Following if waiting == 0 => SyncWord::Synced,
            LinkWord::Following => SyncWord::Saving,
            LinkWord::Connecting if self.last_in_step.is_none() && waiting == 0 => SyncWord::Connecting,
            // Being offline comes first: what needs somebody is counted beside its own page as well.
            LinkWord::Connecting | LinkWord::Offline | LinkWord::Outdated | LinkWord::SignedOut => {
                SyncWord::Offline
            }
        };
        SyncStatus {
            word,
            needs_you,
            waiting,
            last_in_step: self.last_in_step,
            storage: if self.memory_only { StorageKind::MemoryOnly } else { StorageKind::Device },
            promise: StoragePromise::Unknown,
            has_opaque: self.replica.has_opaque(),
            is_sending: waiting > 0
                && matches!(link, LinkWord::Following)
                && !waits_for_server
                && waits_for_password == 0,
            waits_for_server,
            waits_for_password,
            waits_long: waiting_since.is_some_and(|since| now.since(since) > WAITS_LONG_MS),
            most_waiting: self.most_waiting,
            waiting_since,
            restored: self.restored,
            elsewhere: self.elsewhere,
            of_others: self.of_others,
            is_connecting: matches!(link, LinkWord::Connecting),
            signed_out: matches!(link, LinkWord::SignedOut),
            outdated: self.sync.link() == Link::Outdated || self.holds_newer(),
            trouble: self.sync.trouble(),
            is_leader: self.is_leader,
            is_local: self.local.is_some(),
            is_moving: self.local.as_ref().is_some_and(LocalServer::is_moving),
            skew_ms: Some(self.skew_ms).filter(|skew| skew.abs() > SKEW_WORTH_A_WORD_MS),
        }
    }
}
