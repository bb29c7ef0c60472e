//! What other tabs tell, and how it is taken in.

use slipway_shared::log::commands_of;
use slipway_shared::order;
use slipway_shared::sync::client::{Input, Link};
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::replica::Settled;
use slipway_shared::sync::tabs::Wish;

use super::boot::adopt;
use super::effects::refused_command;
use super::engine::Engine;
use super::leaving;
use super::rereading::{asked_to_store, read_anew_soon};
use super::tabs::TabMessage;

/// Takes in what another tab tells.
pub(super) fn told(engine: &Engine, message: TabMessage) {
    if message.is_news() {
        engine.with(|state| state.rereading.note(|| message.clone()));
    }
    take_in(engine, message);
}

/// Takes in once more what was told while something was read that may not contain it.
pub(super) fn told_meanwhile(engine: &Engine, messages: Vec<TabMessage>, is_replaced: bool) {
    let events = messages.iter().filter_map(|message| match message {
        TabMessage::Events(events) => Some(events),
        _ => None,
    });
    let shown = order::set(events.flat_map(|events| commands_of(events)));
    for message in messages {
        // The log may be read as far as there already: then nothing would take it out of the queue again.
        let is_over = matches!(&message, TabMessage::Submitted(wire) if shown.contains(&wire.key()));
        if !is_over && (is_replaced || message.is_for_somebody()) {
            take_in(engine, message);
        }
    }
}

fn take_in(engine: &Engine, message: TabMessage) {
    match message {
        TabMessage::Beat => {
            engine.hear_leader();
            return;
        }
        TabMessage::Submitted(wire) => {
            engine.hear_of(wire);
            engine.input(Input::Queued);
        }
        TabMessage::Saved(keys) => {
            engine.with(|state| state.awaited.retain(|key, _| !keys.contains(key)));
        }
        // Who leads has this from the server, and stores what follows from it.
        TabMessage::Events(_) | TabMessage::Results(_) if engine.with(|state| state.is_leader) => return,
        TabMessage::Events(events) => {
            let is_hole = engine.with(|state| state.replica.receive(&events).is_err());
            if is_hole {
                read_anew_soon(engine, Wish::HOLE);
            }
        }
        TabMessage::Results(results) => {
            engine.with(|state| {
                let refused = state.replica.settle(&results).into_iter().filter_map(Settled::refused);
                let refused = refused.map(refused_command).collect();
                state.take_refused(refused);
            });
        }
        TabMessage::Reload { forked } => read_anew_soon(engine, Wish { forked, hole: false }),
        TabMessage::Behind => asked_to_store(engine),
        TabMessage::Replaced(wires) => {
            let names = order::set(wires.iter().map(WireCommand::key));
            engine.with(|state| state.replica.retain(|key| !names.contains(&key)));
            adopt(engine, wires);
        }
        TabMessage::Renamed { old, new } => {
            engine.with(|state| state.replica.forget_names(&old));
            adopt(engine, new);
        }
        TabMessage::LetGo(keys) => {
            engine.with(|state| keys.iter().for_each(|key| state.replica.let_go(*key)));
            engine.input(Input::Queued);
        }
        TabMessage::Lost(events) => engine.with(|state| state.replica.remember_lost(&events)),
        TabMessage::FoundAgain(keys) => {
            engine.with(|state| state.replica.forget_lost(&keys));
        }
        TabMessage::Restored(restored) => engine.with(|state| state.restored = restored),
        TabMessage::Refused(refused) => engine.with(|state| state.take_refused(refused)),
        TabMessage::Dealt(keys) => {
            engine.with(|state| state.refused.retain(|refused| !keys.contains(&refused.key)));
        }
        TabMessage::Confirmed => engine.input(Input::Confirmed),
        TabMessage::Named(named) => {
            engine.take_names(named);
            return;
        }
        TabMessage::Looking(all) => {
            engine.take_who_looks(all);
            return;
        }
        TabMessage::Link { link, last_in_step, waits_for_server, waits_for_password } => {
            engine.with(|state| {
                state.leaders_link = link;
                state.leader_waits = waits_for_server;
                state.leader_asks = waits_for_password;
                state.last_in_step = last_in_step;
            });
        }
        TabMessage::Ask => {
            engine.with(super::engine::State::tell_link);
            engine.tell_who_looks();
            // Whoever opened that tab may have signed in there.
            if engine.with(|state| state.sync.link() == Link::SignedOut) {
                engine.connect();
            }
        }
        TabMessage::Moved { by } => {
            if by != engine.client() {
                leaving::make_way_soon(engine);
            }
            return;
        }
        TabMessage::Left { is_removed } => {
            leaving::left_elsewhere(engine, is_removed);
            return;
        }
    }
    engine.show();
}
