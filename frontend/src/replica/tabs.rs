//! Other tabs of this browser: what they tell each other, and which one of them leads.

use serde::{Deserialize, Serialize};
use slipway_shared::ids::WorkspaceId;
use slipway_shared::json;
use slipway_shared::log::StoredEvent;
use slipway_shared::sync::client::Link;
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::CommandResult;
use slipway_shared::time::Timestamp;
use wasm_bindgen::prelude::*;

use super::RefusedCommand;

#[wasm_bindgen(module = "/src/replica/tabs.js")]
extern "C" {
    #[wasm_bindgen(js_name = openChannel)]
    fn open_channel(name: &str, on_message: &Closure<dyn FnMut(JsValue)>) -> js_sys::Function;

    fn lead(name: &str, on_held: &Closure<dyn FnMut()>);
}

/// What one tab tells the others.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TabMessage {
    /// Its person made a command.
    Submitted(WireCommand),
    /// The leader got events from the log.
    Events(Vec<StoredEvent>),
    /// The leader got outcomes.
    Results(Vec<CommandResult>),
    /// The leader stored a new snapshot: read everything anew.
    Reload,
    /// The list of refused commands changed.
    Refused(Vec<RefusedCommand>),
    /// The leader's link to the server changed.
    Link {
        /// How far it is.
        link: LinkWord,
        /// When it was last in step.
        last_in_step: Option<Timestamp>,
    },
    /// A new tab asks the leader how things are.
    Ask,
}

/// [`Link`] for the channel.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LinkWord {
    /// See [`Link::Offline`].
    Offline,
    /// See [`Link::Greeting`] and [`Link::Loading`].
    Connecting,
    /// See [`Link::Following`].
    Following,
    /// See [`Link::Outdated`].
    Outdated,
}

impl From<Link> for LinkWord {
    fn from(link: Link) -> Self {
        match link {
            Link::Offline => Self::Offline,
            Link::Greeting | Link::Loading => Self::Connecting,
            Link::Following => Self::Following,
            Link::Outdated => Self::Outdated,
        }
    }
}

/// The channel to the other tabs.
pub(super) struct Tabs(js_sys::Function);

impl Tabs {
    /// Opens the channel. It stays open as long as the page.
    pub(super) fn open(workspace: WorkspaceId, mut on_message: impl FnMut(TabMessage) + 'static) -> Self {
        let on_message = Closure::new(move |message: JsValue| {
            let text = message.as_string().unwrap_or_default();
            if let Ok(message) = json::read(&text) {
                on_message(message);
            }
        });
        let post = open_channel(&format!("slipway-{workspace}"), &on_message);
        on_message.forget();
        Self(post)
    }

    pub(super) fn post(&self, message: &TabMessage) {
        let text = json::write(message);
        // A channel that is closed loses nothing: what matters is in the database.
        let _ = self.0.call1(&JsValue::NULL, &text.into());
    }
}

/// Waits to become the leader; `on_held` is called once, when this tab is.
pub(super) fn wait_to_lead(workspace: WorkspaceId, on_held: impl FnMut() + 'static) {
    let on_held = Closure::new(on_held);
    lead(&format!("slipway-sync-{workspace}"), &on_held);
    on_held.forget();
}
