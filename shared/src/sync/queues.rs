//! Queues of commands: the order across them, and how damaged ones are mended.

use std::collections::VecDeque;

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

    /// Gives commands of one queue new names in another one, see `Replica::to_reissue`. Returns old and new, in order.
    ///
    /// What other commands name as their causes stays as it is: they may have been sent, and a command keeps its bytes.
    /// The old name, too, has its place on the server.
    pub fn reissue(&mut self, taken: &[CommandKey], to: ClientId) -> Vec<(CommandKey, CommandEnvelope)> {
        let Some(first) = taken.first() else { return Vec::new() };
        let mut renamed = Vec::new();
        // What its author did in the old queue before each.
        let mut before = CommandKey { seq: first.seq.saturating_sub(1), ..*first };
        let own = self.pending.iter_mut().map(|pending| &mut pending.envelope);
        for envelope in own.filter(|known| known.key.client == first.client && known.key.seq >= first.seq) {
            let old = envelope.key;
            if !taken.contains(&old) {
                before = old;
                continue;
            }
            envelope.key = CommandKey { client: to, seq: renamed.len() as u64 + 1 };
            if before.seq > 0 {
                envelope.causes.push(before);
            }
            renamed.push((old, envelope.clone()));
        }
        self.renamed.extend(taken);
        self.rebase();
        renamed
    }

    /// Returns which commands of a queue need new names, because the server knows this one from another command: a
    /// browser profile was copied, or put back from a copy. Those that `is_known` there keep theirs, since they may be the
    /// same ones; what comes after all that goes with the first, for it was done having seen that.
    pub(super) fn to_reissue(
        &self,
        taken: CommandKey,
        is_known: impl Fn(CommandKey) -> bool,
    ) -> Vec<CommandKey> {
        let own = self.pending.iter().map(|pending| pending.envelope.key);
        let own = own.filter(|key| key.client == taken.client && key.seq >= taken.seq);
        own.filter(|key| *key == taken || !is_known(*key)).collect()
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
