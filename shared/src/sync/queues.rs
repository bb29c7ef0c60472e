//! Queues of commands: the order across them, and how damaged ones are mended.

use std::collections::BTreeMap;

use super::envelope::CommandEnvelope;
use super::replica::{Pending, Replica};
use crate::ids::{ClientId, CommandKey};

impl Replica {
    /// Puts commands that do nothing in place of those that a queue lost, from `expected` on up to the next one
    /// that is there, and returns them. Only a browser that could store nothing loses any.
    pub fn fill_gap(&mut self, client: ClientId, expected: u64) -> Vec<CommandEnvelope> {
        let follows =
            |pending: &Pending| pending.envelope.key.client == client && pending.envelope.key.seq >= expected;
        let is_held = self.held.iter().any(|held| held.client == client);
        let Some(place) = self.pending.iter().position(follows).filter(|_| !is_held) else {
            return Vec::new();
        };
        let next = self.pending.get(place).map(|pending| pending.envelope.clone());
        let fillers = next.into_iter().flat_map(|next| {
            let missing = expected..next.key.seq;
            missing
                .map(move |seq| CommandEnvelope { key: CommandKey { client, seq }, ..next.clone() }.emptied())
        });
        let fillers: Vec<_> = fillers.collect();
        self.pending.splice(place..place, fillers.iter().cloned().map(Pending::new));
        fillers
    }

    /// Gives the commands of a queue new names, from `first` on: the server knows that name from another command
    /// (a browser profile was copied). Those before it are known there as what they are. Returns old and new.
    pub fn reissue(&mut self, first: CommandKey, to: ClientId) -> Vec<(CommandKey, CommandEnvelope)> {
        let before = CommandKey { seq: first.seq.saturating_sub(1), ..first };
        let mut renamed = BTreeMap::new();
        let own = self
            .pending
            .iter_mut()
            .map(|pending| &mut pending.envelope)
            .filter(|envelope| envelope.key.client == first.client && envelope.key.seq >= first.seq);
        for (envelope, seq) in own.zip(1..) {
            let key = CommandKey { client: to, seq };
            renamed.insert(envelope.key, key);
            envelope.key = key;
            if before.seq > 0 {
                envelope.causes.push(before);
            }
        }
        let all = self.pending.iter_mut().flat_map(|pending| &mut pending.envelope.causes);
        for cause in all {
            if let Some(key) = renamed.get(cause) {
                *cause = *key;
            }
        }
        self.rebase();
        let find = |key| self.pending.iter().find(|pending| pending.envelope.key == key);
        let found = renamed.into_iter().filter_map(|(old, new)| Some((old, find(new)?.envelope.clone())));
        found.collect()
    }
}

/// Orders commands so that each comes after those before it in its queue and after those it names as causes;
/// among what is left by their time.
#[must_use]
pub fn in_causal_order(mut commands: Vec<CommandEnvelope>) -> Vec<CommandEnvelope> {
    commands.sort_by_key(|envelope| envelope.key);
    commands.dedup_by_key(|envelope| envelope.key);
    let mut queues: BTreeMap<ClientId, std::collections::VecDeque<CommandEnvelope>> = BTreeMap::new();
    for envelope in commands {
        queues.entry(envelope.key.client).or_default().push_back(envelope);
    }
    let mut ordered = Vec::new();
    loop {
        let waits = |cause: &CommandKey| {
            let front = queues.get(&cause.client).and_then(|queue| queue.front());
            front.is_some_and(|front| front.key.seq <= cause.seq)
        };
        let heads = queues.values().filter_map(|queue| queue.front());
        // Causes can't form a circle; should stored bytes claim one, time alone decides.
        let next = heads.min_by_key(|head| (head.causes.iter().any(waits), head.at, head.key));
        let Some(client) = next.map(|head| head.key.client) else {
            return ordered;
        };
        ordered.extend(queues.get_mut(&client).and_then(std::collections::VecDeque::pop_front));
    }
}
