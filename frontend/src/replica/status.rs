//! What the screen says about the replica.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use slipway_shared::command::Command;
use slipway_shared::ids::CommandKey;
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::protocol::ErrorCode;
use slipway_shared::time::Timestamp;
use wasm_bindgen::prelude::*;

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

/// How things stand with the server and with this device's storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncStatus {
    /// In one word.
    pub word: SyncWord,
    /// How many commands are not confirmed.
    pub waiting: usize,
    /// When the server was last heard.
    pub last_in_step: Option<Timestamp>,
    /// Where the data is.
    pub storage: StorageKind,
    /// Whether it is kept.
    pub promise: StoragePromise,
    /// The server holds another history than this device did.
    pub forked: bool,
    /// The app is too old for the server.
    pub outdated: bool,
    /// What the server last complained about.
    pub trouble: Option<ErrorCode>,
    /// This tab speaks for the browser.
    pub is_leader: bool,
    /// How far the device's clock is ahead of the server's, in milliseconds, where that is worth a word.
    pub skew_ms: Option<i64>,
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
    /// It is committed to this device's storage.
    pub is_saved: bool,
    /// The server has taken it, and the log will show it any moment.
    pub is_answered: bool,
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

/// Asks the browser to promise to keep the data. The answer may take as long as the person does.
pub(super) fn ask_to_keep_storage(status: RwSignal<SyncStatus>) {
    leptos::task::spawn_local(async move {
        let promise = promise(&ask_to_keep().await);
        status.update(|status| status.promise = promise);
    });
}
