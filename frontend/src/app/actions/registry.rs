//! What is on offer now: pages and parts of them offer actions while they are shown.

use leptos::prelude::*;
use web_sys::KeyboardEvent;

use super::Action;

/// An action that a part of the page carries out while it is shown.
#[derive(Clone, Copy)]
pub struct Offer {
    action: Action,
    is_meant: Option<Callback<String, bool>>,
    may_not: Option<Signal<Option<String>>>,
    run: Callback<String>,
}

impl Offer {
    /// Makes an offer that holds wherever the focus is.
    pub fn new(action: Action, run: impl Fn() + Send + Sync + 'static) -> Self {
        Self::by_key(action, move |_| run())
    }

    /// As [`Self::new`], for an action whose keys mean different things: `run` is told which it was.
    pub fn by_key(action: Action, run: impl Fn(String) + Send + Sync + 'static) -> Self {
        Self { action, is_meant: None, may_not: None, run: Callback::new(run) }
    }

    /// Says when the action makes sense, by the key that was pressed (empty where it is picked from a list) and by
    /// what has the focus. Otherwise its keys are left to whoever else wants them.
    #[must_use]
    pub fn when(self, is_meant: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self { is_meant: Some(Callback::new(move |key: String| is_meant(&key))), ..self }
    }

    /// Says why the person here may not do it, while that is so.
    #[must_use]
    pub fn unless(self, may_not: impl Into<Signal<Option<String>>>) -> Self {
        Self { may_not: Some(may_not.into()), ..self }
    }

    /// Returns the action.
    #[must_use]
    pub const fn action(self) -> Action {
        self.action
    }

    /// Tells whether it makes sense now.
    #[must_use]
    pub fn is_meant(self, key: &str) -> bool {
        self.is_meant.is_none_or(|is_meant| is_meant.try_run(key.to_owned()).unwrap_or(false))
    }

    /// Returns why the person here may not do it; `None` while they may.
    #[must_use]
    pub fn may_not(self) -> Option<String> {
        self.may_not.and_then(|why| why.try_get_untracked()).flatten()
    }

    /// Does it.
    pub fn run(self, key: &str) {
        // Where the part of the page that offered it is gone, there is nothing left to do it with.
        let _ = self.run.try_run(key.to_owned());
    }
}

/// What is on offer now.
#[derive(Clone, Copy)]
pub struct Actions {
    offers: StoredValue<Vec<(u64, Offer)>>,
    modes: StoredValue<Vec<(u64, Callback<KeyboardEvent, bool>)>>,
    made: StoredValue<u64>,
}

/// Makes the registry. To be called once, by the app.
pub fn provide_actions() {
    provide_context(Actions {
        offers: StoredValue::default(),
        modes: StoredValue::default(),
        made: StoredValue::new(0),
    });
}

/// Returns what is on offer.
#[must_use]
pub fn use_actions() -> Actions {
    expect_context()
}

impl Actions {
    /// Offers an action for as long as the calling component is shown.
    pub fn offer(self, offer: Offer) {
        let own = self.next();
        self.offers.update_value(|offers| offers.push((own, offer)));
        on_cleanup(move || {
            self.offers.try_update_value(|offers| offers.retain(|(number, _)| *number != own));
        });
    }

    /// Lets the calling component have every key before actions do, while it wants them: `take` tells whether it
    /// took one. For modes such as the moving of a card, in which keys mean something else.
    pub fn take_keys(self, take: impl Fn(&KeyboardEvent) -> bool + Send + Sync + 'static) {
        let own = self.next();
        let take = Callback::new(move |event: KeyboardEvent| take(&event));
        self.modes.update_value(|modes| modes.push((own, take)));
        on_cleanup(move || {
            self.modes.try_update_value(|modes| modes.retain(|(number, _)| *number != own));
        });
    }

    /// Returns what makes sense now: what was offered last, and so is innermost on the page, comes first.
    #[must_use]
    pub fn on_offer(self, key: &str) -> Vec<Offer> {
        // They ask about the focus, and may change what is offered: the list must not be borrowed meanwhile.
        let offers = self.offers.get_value();
        offers.into_iter().rev().map(|(_, offer)| offer).filter(|offer| offer.is_meant(key)).collect()
    }

    /// Gives a key to the modes; tells whether one took it.
    pub(super) fn is_taken(self, event: &KeyboardEvent) -> bool {
        let modes = self.modes.get_value();
        modes.into_iter().rev().any(|(_, take)| take.try_run(event.clone()).unwrap_or(false))
    }

    fn next(self) -> u64 {
        self.made.update_value(|made| *made += 1);
        self.made.get_value()
    }
}
