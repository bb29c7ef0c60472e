//! Queues of commands: the order across them, and how damaged ones are mended.

use std::collections::{BTreeMap, VecDeque};

use super::envelope::CommandEnvelope;
use super::replica::{Pending, Replica};
use crate::command::Command;
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

    /// Takes a command that only keeps a place out of its queue: the server has another command there. It was put
    /// back to a time when what the place is kept for had happened.
    pub fn give_way(&mut self, key: CommandKey) -> Option<CommandEnvelope> {
        let is_it =
            |pending: &Pending| pending.envelope.key == key && pending.envelope.command == Command::Nothing;
        let place = self.pending.iter().position(is_it)?;
        Some(self.pending.remove(place).envelope)
    }

    /// Gives the commands of a queue new names, from `first` on: the server knows that name from another command
    /// (a browser profile was copied). Those before it are known there as what they are. Returns old and new.
    ///
    /// What other queues name as their causes stays as it is: they may have been sent, and a command keeps its bytes.
    /// The old name, too, has its place on the server.
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
    commands.sort_by_key(|envelope| (envelope.at, envelope.key));
    causally(commands, |envelope| envelope)
}

/// Orders what belongs to commands so that each comes after those before it in its queue and after those it names as
/// causes; where neither says anything the order stays.
pub(super) fn causally<T>(items: Vec<T>, envelope: impl Fn(&T) -> &CommandEnvelope) -> Vec<T> {
    let mut queues: BTreeMap<ClientId, VecDeque<(usize, T)>> = BTreeMap::new();
    for (place, item) in items.into_iter().enumerate() {
        queues.entry(envelope(&item).key.client).or_default().push_back((place, item));
    }
    for queue in queues.values_mut() {
        queue.make_contiguous().sort_by_key(|(_, item)| envelope(item).key.seq);
        // One that comes to light late comes with those that waited for it.
        let mut earliest = usize::MAX;
        for (place, _) in queue.iter_mut().rev() {
            earliest = earliest.min(*place);
            *place = earliest;
        }
    }
    let mut ordered = Vec::new();
    loop {
        let waits = |cause: &CommandKey| {
            let front = queues.get(&cause.client).and_then(|queue| queue.front());
            front.is_some_and(|(_, front)| envelope(front).key.seq <= cause.seq)
        };
        let heads = queues.iter().filter_map(|(client, queue)| Some((client, queue.front()?)));
        // Causes can't form a circle; should stored bytes claim one, the order that was decides alone.
        let next = heads.min_by_key(|(_, (place, item))| (envelope(item).causes.iter().any(waits), *place));
        let Some(client) = next.map(|(client, _)| *client) else {
            return ordered;
        };
        let next = queues.get_mut(&client).and_then(VecDeque::pop_front);
        ordered.extend(next.map(|(_, item)| item));
    }
}
