//! Queues of commands: the order across them, and how damaged ones are mended.

use std::collections::{BTreeMap, VecDeque};

use super::envelope::CommandEnvelope;
use super::replica::{Pending, Replica};
use crate::command::Command;
use crate::ids::{ClientId, CommandKey};
use crate::time::Timestamp;

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

/// A command among others: when it was made, its name, and its place there. One form for both ways to sort them: each
/// costs the app kilobytes.
type Row = (Timestamp, CommandKey, usize);

/// Orders commands so that each comes after those before it in its queue and after those it names as causes;
/// among what is left by their time.
#[must_use]
pub fn in_causal_order(commands: Vec<CommandEnvelope>) -> Vec<CommandEnvelope> {
    let by_time = commands.iter().enumerate().map(|(place, known)| (known.at, known.key, place));
    let mut rows: Vec<Row> = by_time.collect();
    rows.sort_unstable();
    let commands = arranged(commands, rows.into_iter().map(|(_, _, place)| place));
    let names: Vec<_> = commands.iter().map(|known| (known.key, known.causes.as_slice())).collect();
    let order = causal_order(&names);
    arranged(commands, order.into_iter())
}

/// Orders pending commands so that each comes after those before it in its queue and after those it names as causes;
/// where neither says anything the order stays.
pub(super) fn causally(pending: Vec<Pending>) -> Vec<Pending> {
    let names = pending.iter().map(|known| (known.envelope.key, known.envelope.causes.as_slice()));
    let order = causal_order(&names.collect::<Vec<_>>());
    arranged(pending, order.into_iter())
}

fn arranged<T>(items: Vec<T>, places: impl Iterator<Item = usize>) -> Vec<T> {
    let mut items: Vec<_> = items.into_iter().map(Some).collect();
    places.filter_map(|place| items.get_mut(place)?.take()).collect()
}

/// A queue while commands are ordered: those of its commands that have no place yet, and where they were.
struct Rest {
    commands: VecDeque<(usize, usize, CommandKey)>,
}

/// Returns the places of commands, given by their names and causes, in the order they are to have. Of those with the
/// same name the first one counts.
fn causal_order(commands: &[(CommandKey, &[CommandKey])]) -> Vec<usize> {
    let named = commands.iter().enumerate().map(|(place, (key, _))| (Timestamp(0), *key, place));
    let mut rows: Vec<Row> = named.collect();
    rows.sort_unstable();
    rows.dedup_by_key(|(_, key, _)| *key);
    let mut queues: Vec<Rest> = Vec::new();
    for (_, key, place) in rows.into_iter().rev() {
        let is_its =
            |queue: &&mut Rest| queue.commands.front().is_some_and(|(_, _, next)| next.client == key.client);
        match queues.last_mut().filter(|queue| is_its(queue)) {
            // One that comes to light late comes with those that waited for it.
            Some(queue) => {
                let next = queue.commands.front().map_or(place, |(next, _, _)| *next);
                queue.commands.push_front((place.min(next), place, key));
            }
            None => queues.push(Rest { commands: VecDeque::from([(place, place, key)]) }),
        }
    }
    let mut order = Vec::with_capacity(commands.len());
    loop {
        let is_waited_for = |cause: &CommandKey| {
            let mut heads = queues.iter().filter_map(|queue| queue.commands.front());
            heads.any(|(_, _, head)| head.client == cause.client && head.seq <= cause.seq)
        };
        let waits =
            |place: usize| commands.get(place).is_some_and(|(_, causes)| causes.iter().any(is_waited_for));
        let heads = queues.iter().enumerate();
        let heads = heads.filter_map(|(queue, rest)| Some((queue, rest.commands.front()?)));
        // Causes can't form a circle; should stored bytes claim one, the order that was decides alone.
        let next = heads.min_by_key(|(_, (rank, place, _))| (waits(*place), *rank));
        let Some(queue) = next.map(|(queue, _)| queue) else {
            return order;
        };
        let taken = queues.get_mut(queue).and_then(|rest| rest.commands.pop_front());
        order.extend(taken.map(|(_, place, _)| place));
    }
}
