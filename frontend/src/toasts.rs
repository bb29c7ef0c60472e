//! Short notices in a corner: what was done, with Undo, and what could not be.

use leptos::prelude::*;

use crate::components::live::Key;

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToastKind {
    /// Something was done.
    Done,
    /// Something could not be done.
    Refused,
}

/// Tells notices apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToastId(u64);

impl Key for ToastId {
    fn to_number(self) -> u128 {
        self.0.into()
    }

    fn from_number(number: u128) -> Self {
        Self(u64::try_from(number).unwrap_or_default())
    }
}

/// One notice.
#[derive(Clone)]
pub struct Toast {
    /// Tells it from others.
    pub id: ToastId,
    /// What it is about.
    pub kind: ToastKind,
    /// What it says.
    pub text: String,
    /// What can be done about it, and its word.
    pub action: Option<(String, Callback<ToastId>)>,
}

/// The notices on the screen.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    made: StoredValue<u64>,
    /// The owner of the whole app: what a notice offers is done though the form or the page it came from is gone.
    owner: StoredValue<Option<Owner>>,
}

/// More would cover the page; the oldest go first.
const AT_MOST: usize = 3;

/// Makes the place for notices. To be called once.
pub fn provide_toasts() {
    let owner = StoredValue::new(Owner::current());
    provide_context(Toasts { shown: RwSignal::new(Vec::new()), made: StoredValue::new(0), owner });
}

/// Returns the place for notices.
#[must_use]
pub fn use_toasts() -> Toasts {
    expect_context()
}

impl Toasts {
    /// Returns the notices on the screen, oldest first.
    #[must_use]
    pub fn shown(self) -> Signal<Vec<Toast>> {
        self.shown.into()
    }

    /// Says that something was done.
    pub fn say(self, text: String) {
        self.push(ToastKind::Done, text, None);
    }

    /// Says that something was done, and offers something to do about it.
    pub fn offer(self, text: String, word: String, action: Callback<ToastId>) -> ToastId {
        self.push(ToastKind::Done, text, Some((word, action)))
    }

    /// As [`Self::offer`], for what is made while something is pressed: it outlives the part of the page where that was.
    pub fn offer_act(
        self,
        text: String,
        word: String,
        act: impl Fn(ToastId) + Send + Sync + 'static,
    ) -> ToastId {
        let action = match self.owner.get_value() {
            Some(owner) => owner.with(|| Callback::new(act)),
            None => Callback::new(act),
        };
        self.offer(text, word, action)
    }

    /// Says that something could not be done, and why.
    pub fn refuse(self, text: String) {
        self.push(ToastKind::Refused, text, None);
    }

    /// Returns one notice, as long as it is on the screen.
    #[must_use]
    pub fn get(self, id: ToastId) -> Option<Toast> {
        self.shown.with_untracked(|shown| shown.iter().find(|toast| toast.id == id).cloned())
    }

    /// Takes a notice away.
    pub fn dismiss(self, id: ToastId) {
        self.shown.update(|shown| shown.retain(|toast| toast.id != id));
    }

    fn push(self, kind: ToastKind, text: String, action: Option<(String, Callback<ToastId>)>) -> ToastId {
        self.made.update_value(|made| *made += 1);
        let id = ToastId(self.made.get_value());
        let toast = Toast { id, kind, text, action };
        self.shown.update(|shown| {
            shown.push(toast);
            let extra = shown.len().saturating_sub(AT_MOST);
            shown.drain(..extra);
        });
        id
    }
}
