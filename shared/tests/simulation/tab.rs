//! One page of a browser: the real replica and, should it lead, the real leader's state machine.

use std::collections::BTreeSet;

use slipway_shared::command::Command;
use slipway_shared::ids::{ClientId, CommandKey, MemberId};
use slipway_shared::log::Cursor;
use slipway_shared::sync::client::SyncClient;
use slipway_shared::sync::envelope::CommandEnvelope;
use slipway_shared::sync::replica::{Replica, Submission};
use slipway_shared::sync::tabs::{Rereading, StoringAnew, Wish};
use slipway_shared::time::Timestamp;

use super::net::{Mail, Told};
use super::witness::violated;

pub struct Tab {
    pub id: u64,
    pub client: ClientId,
    pub next_seq: u64,
    pub replica: Replica,
    pub sync: SyncClient,
    pub is_leader: bool,
    /// Counts the times it began or ceased to lead: answers to what it asked before count no more.
    pub reign: u64,
    /// Tells what a closed stream brings from what the present one does.
    pub stream: u64,
    pub has_stream: bool,
    pub is_frozen: bool,
    /// What comes while it is frozen.
    pub backlog: Vec<Mail>,
    /// Events stored since the last snapshot.
    pub tail_length: usize,
    /// Something is being written that no push may overtake.
    pub writes_ahead: bool,
    pub rereading: Rereading<Told>,
    pub storing_anew: StoringAnew,
    /// What it showed when that was last looked at.
    pub shown: Option<Cursor>,
}

impl Tab {
    pub fn new(id: u64, client: ClientId, mut replica: Replica, actor: MemberId) -> Self {
        replica.set_actor(actor);
        Self {
            id,
            client,
            next_seq: 1,
            replica,
            sync: SyncClient::default(),
            is_leader: false,
            reign: 0,
            stream: 0,
            has_stream: false,
            is_frozen: false,
            backlog: Vec::new(),
            tail_length: 0,
            writes_ahead: false,
            rereading: Rereading::default(),
            storing_anew: StoringAnew::default(),
            shown: None,
        }
    }

    /// Does something, as a person would.
    pub fn submit(&mut self, command: Command, at: Timestamp) -> Option<CommandEnvelope> {
        let key = CommandKey { client: self.client, seq: self.next_seq };
        let envelope = self.replica.submit(Submission { key, at, seen: None }, command).ok().flatten()?;
        self.next_seq += 1;
        Some(envelope)
    }

    /// Ceases to lead: another tab took over.
    pub fn step_down(&mut self) {
        self.is_leader = false;
        self.has_stream = false;
        self.reign += 1;
        self.sync = SyncClient::default();
    }

    /// Takes in what another tab tells. Returns what everything has to be read anew for.
    pub fn hear(&mut self, told: Told) -> Option<Wish> {
        match told {
            Told::Submitted(envelope) => self.replica.adopt(*envelope),
            // Who leads has this from the server, and has to store what follows from it.
            Told::Events(_) | Told::Results(_) if self.is_leader => {}
            Told::Events(events) => return self.replica.receive(&events).is_err().then_some(Wish::HOLE),
            Told::Results(results) => drop(self.replica.settle(&results)),
            Told::Replaced(fillers) => {
                let names: BTreeSet<_> = fillers.iter().map(|filler| filler.key).collect();
                self.replica.retain(|key| !names.contains(&key));
                fillers.into_iter().for_each(|filler| self.replica.adopt(filler));
            }
            Told::Lost(events) => self.replica.remember_lost(&events),
            Told::Found(keys) => drop(self.replica.forget_lost(&keys)),
            Told::Renamed(old, new) => {
                self.replica.forget_names(&old);
                self.replica.adopt_all(new);
            }
            Told::Reload { forked } => return Some(Wish { forked, hole: false }),
            Told::Behind => {}
        }
        None
    }

    /// Takes in what was told while something was read that counts now.
    pub fn hear_again(&mut self, told: Vec<Told>) -> Vec<Wish> {
        let shown: BTreeSet<_> = told.iter().flat_map(Told::shown).collect();
        let is_open = |told: &Told| !matches!(told, Told::Submitted(known) if shown.contains(&known.key));
        told.into_iter().filter(is_open).filter_map(|told| self.hear(told)).collect()
    }

    /// I7: the view is what confirmed and pending make; I11: no request has a part in it.
    pub fn check_view(&self) {
        let shown = self.recomputed(|_| true);
        if shown.view() != self.replica.view() {
            violated("I7", "the view is not what confirmed and pending commands make");
        }
        if self.replica.requested().next().is_some() {
            let without = self.recomputed(|envelope| !envelope.is_request());
            if without.view() != self.replica.view() {
                violated("I11", "a request shows as done");
            }
        }
    }

    fn recomputed(&self, is_counted: impl Fn(&CommandEnvelope) -> bool) -> Replica {
        let mut fresh = Replica::new(self.replica.confirmed().clone(), self.replica.cursor(), Vec::new());
        fresh.set_actor(self.replica.actor());
        let all = self.replica.pending().iter().map(|pending| &pending.envelope);
        all.filter(|known| is_counted(known)).for_each(|envelope| fresh.adopt(envelope.clone()));
        fresh
    }
}
