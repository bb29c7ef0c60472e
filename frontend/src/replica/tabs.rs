//! Other tabs of this browser: what they tell each other, and which one of them leads.

use serde::{Deserialize, Serialize};
use slipway_shared::ids::{ClientId, CommandKey};
use slipway_shared::json;
use slipway_shared::log::StoredEvent;
use slipway_shared::member::Profile;
use slipway_shared::sync::client::{Link, SyncClient};
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::presence::Onlookers;
use slipway_shared::sync::protocol::CommandResult;
use slipway_shared::time::Timestamp;
use wasm_bindgen::prelude::*;

use super::identity::Home;
use super::{RefusedCommand, Restored};

#[wasm_bindgen(module = "/src/replica/tabs.js")]
extern "C" {
    #[wasm_bindgen(js_name = openChannel)]
    fn open_channel(name: &str, on_message: &Closure<dyn FnMut(JsValue)>) -> js_sys::Function;

    fn lead(name: &str, on_held: &Closure<dyn FnMut()>, on_lost: &Closure<dyn FnMut()>) -> js_sys::Function;

    #[wasm_bindgen(js_name = hasLocks)]
    pub(super) fn has_locks() -> bool;

    #[wasm_bindgen(js_name = isVisible)]
    pub(super) fn is_visible() -> bool;
}

/// What one tab tells the others.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TabMessage {
    /// Its person made a command, which it is about to store.
    Submitted(WireCommand),
    /// It has stored them: from now on they are saved on this device. A build that doesn't know this word passes it
    /// over, and one that doesn't say it is looked after: see [`Engine::hear_of`](super::engine::Engine::hear_of).
    Saved(Vec<CommandKey>),
    /// The leader got events from the log.
    Events(Vec<StoredEvent>),
    /// The leader got outcomes.
    Results(Vec<CommandResult>),
    /// The leader stored a new snapshot: read everything anew.
    Reload {
        /// It is of another timeline: whatever this tab has, counts no more.
        forked: bool,
    },
    /// The leader put other commands under these names.
    Replaced(Vec<WireCommand>),
    /// The leader had to name commands anew: what they were called, and what they are now.
    Renamed {
        /// The names that count no more.
        old: Vec<CommandKey>,
        /// The commands under their new names.
        new: Vec<WireCommand>,
    },
    /// The leader knows events that the server has forgotten.
    Lost(Vec<StoredEvent>),
    /// What was lost of these commands came back, or somebody has seen to it.
    FoundAgain(Vec<CommandKey>),
    /// The server was restored, or that word was put away.
    Restored(Option<Restored>),
    /// Somebody has seen to these commands, which can't be read: their queues go on.
    LetGo(Vec<CommandKey>),
    /// These commands were refused or set aside. What others know besides stays.
    Refused(Vec<RefusedCommand>),
    /// Somebody has dealt with these refused commands.
    Dealt(Vec<CommandKey>),
    /// The leader's heart beats. Nothing else is a sign of life: a frozen tab still answers messages.
    Beat,
    /// How the leader's link to the server is.
    Link {
        /// How far it is.
        link: LinkWord,
        /// When it was last in step.
        last_in_step: Option<Timestamp>,
        /// The server is too old for what waits.
        waits_for_server: bool,
        /// How many commands wait for the password; absent from what earlier builds say.
        #[serde(default)]
        waits_for_password: usize,
    },
    /// Its person has given the password again.
    Confirmed,
    /// It has asked for the names of people.
    Named(Vec<Profile>),
    /// Who looks at what, as the leader knows it. A build that doesn't know this word passes it over.
    Looking(Vec<Onlookers>),
    /// A new tab asks the leader how things are.
    Ask,
    /// What is stored does not get this tab as far as the others.
    Behind,
    /// Its person signed out, or may not see the workspace any more: what every tab has of it is forgotten.
    Left {
        /// It was taken from them; otherwise they signed out.
        is_removed: bool,
    },
    /// The workspace was on this device only, and a server has it now: every tab begins anew.
    Moved {
        /// The page that moved it: it goes its own way.
        by: ClientId,
    },
}

impl TabMessage {
    /// Tells whether what a tab shows of the workspace may be another after it.
    pub(super) const fn is_news(&self) -> bool {
        !matches!(
            self,
            Self::Saved(_)
                | Self::Beat
                | Self::Link { .. }
                | Self::Confirmed
                | Self::Named(_)
                | Self::Looking(_)
                | Self::Ask
                | Self::Behind
                | Self::Left { .. }
                | Self::Moved { .. }
                | Self::Reload { .. }
        )
    }

    /// Tells whether it is about what waits for somebody to decide, or to read.
    pub(super) const fn is_for_somebody(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Dealt(_) | Self::Restored(_))
    }
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
    /// See [`SyncClient::is_signed_out`].
    SignedOut,
}

impl LinkWord {
    /// Returns how far the leader is.
    pub(super) fn of(sync: &SyncClient) -> Self {
        if sync.is_signed_out() { Self::SignedOut } else { sync.link().into() }
    }
}

impl From<Link> for LinkWord {
    fn from(link: Link) -> Self {
        match link {
            Link::Offline => Self::Offline,
            Link::Greeting | Link::Loading => Self::Connecting,
            Link::Following => Self::Following,
            Link::Outdated => Self::Outdated,
            Link::SignedOut | Link::Removed => Self::SignedOut,
        }
    }
}

/// The channel to the other tabs.
pub(super) struct Tabs(js_sys::Function);

impl Tabs {
    /// Opens the channel. It stays open as long as the page.
    pub(super) fn open(home: Home, mut on_message: impl FnMut(TabMessage) + 'static) -> Self {
        let on_message = Closure::new(move |message: JsValue| {
            let text = message.as_string().unwrap_or_default();
            if let Ok(message) = json::read(&text) {
                on_message(message);
            }
        });
        let post = open_channel(&format!("slipway-{home}"), &on_message);
        on_message.forget();
        Self(post)
    }

    pub(super) fn post(&self, message: &TabMessage) {
        let text = json::write(message);
        // A channel that is closed loses nothing: what matters is in the database.
        let _ = self.0.call1(&JsValue::NULL, &text.into());
    }
}

/// The lock that the leader holds.
pub(super) struct Lock(js_sys::Function);

impl Lock {
    /// Waits for the lock. `on_held` is called whenever this tab gets it, `on_lost` when another one took it over.
    pub(super) fn wait(home: Home, on_held: impl FnMut() + 'static, on_lost: impl FnMut() + 'static) -> Self {
        let (on_held, on_lost) = (Closure::new(on_held), Closure::new(on_lost));
        let take_over = lead(&format!("slipway-sync-{home}"), &on_held, &on_lost);
        on_held.forget();
        on_lost.forget();
        Self(take_over)
    }

    /// Takes the lock from the tab that holds it.
    pub(super) fn take_over(&self) {
        // A browser that can't leaves things as they are.
        let _ = self.0.call0(&JsValue::NULL);
    }
}
