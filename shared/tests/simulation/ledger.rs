//! What people asked for, to be found again at the end: applied, merged, without effect, or put before them.

use std::collections::BTreeMap;

use slipway_shared::canonical::Hash;
use slipway_shared::ids::CommandKey;
use slipway_shared::sync::envelope::CommandEnvelope;
use slipway_shared::sync::protocol::OutcomeStatus;

use super::browser::Browser;
use super::server::Server;
use super::witness::violated;

/// A command that somebody gave.
struct Given {
    browser: usize,
    /// Its names, newest last, each with the hash it has under that name.
    names: Vec<(CommandKey, Hash)>,
    promise: Promise,
}

/// What the person may count on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Promise {
    /// It is on the device, or may still be put there.
    Kept,
    /// The browser died before it was saved there, but the server has it.
    OnServer,
    /// The browser died before it was saved anywhere.
    None,
}

#[derive(Default)]
pub struct Ledger {
    given: Vec<Given>,
    by_name: BTreeMap<CommandKey, usize>,
}

impl Ledger {
    pub fn len(&self) -> usize {
        self.given.len()
    }

    pub fn add(&mut self, browser: usize, envelope: &CommandEnvelope) {
        self.by_name.insert(envelope.key, self.given.len());
        let names = vec![(envelope.key, envelope.to_wire().hash())];
        self.given.push(Given { browser, names, promise: Promise::Kept });
    }

    pub fn rename(&mut self, old: CommandKey, new: &CommandEnvelope) {
        if let Some(place) = self.by_name.get(&old).copied() {
            self.by_name.insert(new.key, place);
            self.given[place].names.push((new.key, new.to_wire().hash()));
        }
    }

    /// A browser died: what it had not committed was never called saved.
    pub fn crashed(&mut self, browser: &Browser, server: &Server) {
        for given in self.given.iter_mut().filter(|given| given.browser == browser.number) {
            let is_there = given.names.iter().any(|(key, _)| browser.disk.has(*key));
            let is_answered = given.names.iter().any(|(key, _)| server.store.outcomes.contains_key(key));
            given.promise = match given.promise {
                Promise::Kept if is_there => Promise::Kept,
                Promise::Kept | Promise::OnServer if is_answered => Promise::OnServer,
                _ => Promise::None,
            };
        }
    }

    /// Everything has come to rest: nothing may be missing, nothing may be there twice.
    pub fn check(&self, browsers: &[Browser], server: &Server, restores: usize) {
        for given in &self.given {
            self.check_one(given, &browsers[given.browser], server, restores);
        }
        if restores > 0 {
            return;
        }
        for (key, refused) in browsers.iter().flat_map(|browser| &browser.disk.refused) {
            let outcome = server.store.outcomes.get(key).map(|(_, outcome)| outcome.status);
            if outcome != Some(OutcomeStatus::Rejected) && !refused.envelope.is_request() {
                violated("I12", &format!("{key} is shown as refused, and is {outcome:?}"));
            }
        }
    }

    fn check_one(&self, given: &Given, browser: &Browser, server: &Server, restores: usize) {
        let outcome_of = |key: &CommandKey| server.store.outcomes.get(key);
        let happened = given.names.iter().filter(|(key, hash)| {
            outcome_of(key).is_some_and(|(known, outcome)| known == hash && outcome.events.is_some())
        });
        if happened.count() > 1 {
            violated("I3", &format!("{:?} happened under several names", given.names));
        }
        let is_shown = given.names.iter().any(|(key, _)| browser.disk.refused.contains_key(key));
        let found = given.names.iter().rev().find_map(|(key, hash)| {
            let (known, outcome) = outcome_of(key)?;
            // What does nothing may stand in its place only where it did nothing itself, or where its author is told.
            let may_stand = is_shown || server.empty.contains(&(*key, *hash));
            (known == hash || outcome.events.is_none() && may_stand).then_some(outcome.status)
        });
        let did_nothing = given.names.iter().any(|name| server.empty.contains(name));
        let is_lost_in_sight =
            browser.disk.lost.keys().any(|(key, _)| given.names.iter().any(|name| name.0 == *key));
        let is_accounted = match found {
            // What its browser had not saved yet when it died can't be put before anybody.
            Some(OutcomeStatus::Rejected) => is_shown || given.promise == Promise::OnServer,
            Some(_) => true,
            // Where a file was put back by hand nobody may notice that what did nothing has been forgotten: it is nothing.
            None if server.witness.was_swapped => is_shown || is_lost_in_sight || did_nothing,
            None => is_shown || is_lost_in_sight,
        };
        let is_excused = match given.promise {
            Promise::Kept => false,
            Promise::OnServer => restores > 0,
            Promise::None => true,
        };
        if !is_accounted && !is_excused {
            let names = &given.names;
            violated("I12", &format!("{names:?} of browser {} is lost ({found:?})", browser.number));
        }
    }
}
