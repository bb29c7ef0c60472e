//! The freezes: those that are in force or to come. Everybody reads them; admins declare, change and lift them.

use std::collections::BTreeSet;

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::command::Command;
use slipway_shared::freeze::{Freeze, FreezeCommand, FreezeTerms};
use slipway_shared::ids::{EnvironmentId, FreezeId};
use slipway_shared::order;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;
use slipway_shared::zone::Side;

use crate::acts::use_acts;
use crate::browser::clock::use_now;
use crate::browser::intl::{device_zone, exact_time_in, field_time_in, parse_field_time_in};
use crate::command_words::environment_name;
use crate::components::dialog::Dialog;
use crate::components::form::{Field, FieldKind, Form, FormState, Problem};
use crate::components::live::{When, all, derive, live, memo};
use crate::components::rows::{Row, button, hint, rows, section};
use crate::may::{MayNot, use_may_not};
use crate::rejection_words::rejection_words;
use crate::replica::use_replica;
use crate::settings::zone;

const NAME: &str = "freeze-name";
const REASON: &str = "freeze-reason";
const FROM: &str = "freeze-from";
const UNTIL: &str = "freeze-until";
const ZONE: &str = "freeze-zone";

/// The freezes that are not over.
pub(super) fn freezes() -> AnyView {
    let (view, now) = (use_replica().view(), use_now());
    let known = memo(move || {
        let now = now.get();
        let mut known: Vec<_> = view.with(|view| {
            let known = view.freezes.iter().map(|(id, known)| (*id, Freeze::clone(known)));
            known.filter(|(_, known)| known.until() > now).collect()
        });
        order::sort_by_key(&mut known, |(id, known)| (known.terms.from, *id));
        known
    });
    let list = live(move || {
        let known = known.get();
        if known.is_empty() {
            return hint(t!(freezes_none));
        }
        rows(known.into_iter().map(|(id, known)| freeze(id, known)).collect())
    });
    let may_not = use_may_not(Capability::Administer);
    let why = || view! { <MayNot capability=Capability::Administer /> };
    let declare = view! {
        <When holds=derive(move || may_not.with(Option::is_none)) otherwise=why>
            <div class="row">{editor(None, "button", t!(freeze_declare))}</div>
        </When>
    };
    section("settings-freezes", t!(freezes), vec![hint(t!(freezes_what)), list, declare.into_any()])
}

fn freeze(id: FreezeId, known: Freeze) -> Row {
    let (view, now) = (use_replica().view(), use_now());
    let may_not = use_may_not(Capability::Administer);
    let may = derive(move || may_not.with(Option::is_none));
    let FreezeTerms { name, from, until, zone, reason, environments } = known.terms.clone();
    let text = derive(move || {
        let places = view.with(|view| names(&environments, view));
        let when = t!(freeze_when, &exact_time_in(from, &zone), &exact_time_in(until, &zone), &zone);
        [places, when, reason.clone()].join(" · ")
    });
    let mark = derive(move || if from <= now.get() { t!(freeze_in_force) } else { t!(freeze_to_come) });
    let edit = StoredValue::new(known);
    let actions = view! {
        <When holds=may>
            {editor(Some((id, edit.get_value())), "button", t!(button_change))}
            {lift(id, edit)}
        </When>
    };
    Row { mark, text, ..Row::new(name, String::new(), vec![actions.into_any()]) }
}

fn names(environments: &[EnvironmentId], view: &Workspace) -> String {
    let names: Vec<_> = environments.iter().map(|id| environment_name(*id, view)).collect();
    names.join(", ")
}

/// What happened while it was lifted did not happen in a freeze: it is taken back by declaring the same anew.
fn lift(freeze: FreezeId, known: StoredValue<Freeze>) -> AnyView {
    let (acts, replica) = (use_acts(), use_replica());
    let lift = Callback::new(move |()| {
        let terms = known.with_value(|known| known.terms.clone());
        let said = t!(freeze_lifted, &terms.name);
        let again = FreezeCommand::Declare { freeze: FreezeId::from_u128(replica.mint()), terms };
        acts.act_undoable(Command::Freeze(FreezeCommand::Lift { freeze }), said, Command::Freeze(again));
    });
    button("button is-danger", t!(freeze_lift), lift)
}

/// A button, and the form behind it: for a new freeze, or for one that is there.
fn editor(known: Option<(FreezeId, Freeze)>, class: &'static str, word: String) -> AnyView {
    let (acts, replica) = (use_acts(), use_replica());
    let view = replica.view();
    let state = FormState::new(Vec::new());
    let places = RwSignal::new(BTreeSet::<EnvironmentId>::new());
    let asks = RwSignal::new(false);
    let known = StoredValue::new(known);
    let open = Callback::new(move |()| {
        let terms = known.with_value(|known| known.as_ref().map(|(_, known)| known.terms.clone()));
        places.set(terms.iter().flat_map(|terms| terms.environments.iter().copied()).collect());
        fill(state, terms.as_ref());
        asks.set(true);
    });
    let send = Callback::new(move |()| {
        let terms = match read(state, places.get_untracked()) {
            Ok(terms) => terms,
            Err(problem) => return state.say(problem),
        };
        let name = terms.name.clone();
        let was = known.with_value(|known| known.as_ref().map(|(id, known)| (*id, known.terms.clone())));
        let (command, said, back) = match was {
            Some((freeze, was)) => (
                FreezeCommand::Change { freeze, terms },
                t!(freeze_changed, &name),
                FreezeCommand::Change { freeze, terms: was },
            ),
            None => {
                let freeze = FreezeId::from_u128(replica.mint());
                let declare = FreezeCommand::Declare { freeze, terms };
                (declare, t!(freeze_declared, &name), FreezeCommand::Lift { freeze })
            }
        };
        match acts.try_act(Command::Freeze(command), said, Command::Freeze(back)) {
            Ok(()) => asks.set(false),
            Err(rejection) => {
                let words = view.with_untracked(|view| rejection_words(&rejection, view));
                state.say(Problem { field: None, text: words });
            }
        }
    });
    let title = word.clone();
    view! {
        {button(class, word, open)}
        <Dialog is_open=asks on_close=Callback::new(move |()| asks.set(false)) title=Signal::stored(title)>
            {places_field(places)}
            <Form state fields=fields() button=t!(button_save) on_send=send />
        </Dialog>
    }
    .into_any()
}

fn places_field(places: RwSignal<BTreeSet<EnvironmentId>>) -> AnyView {
    let view = use_replica().view();
    let known = view.with_untracked(|view| {
        let order = view.environments_in_order().into_iter();
        order.map(|id| (id, environment_name(id, view))).collect::<Vec<_>>()
    });
    let boxes = all(known, move |(id, name)| {
        let change = move |event| {
            places.update(|places| {
                if event_target_checked(&event) {
                    places.insert(id)
                } else {
                    places.remove(&id)
                };
            });
        };
        view! {
            <label class="tick-field">
                <input
                    type="checkbox"
                    prop:checked=derive(move || places.with(|places| places.contains(&id)))
                    on:change=change
                />
                <span>{name}</span>
            </label>
        }
        .into_any()
    });
    view! {
        <fieldset class="field">
            <legend>{t!(environments)}</legend>
            {boxes}
        </fieldset>
    }
    .into_any()
}

fn fields() -> Vec<Field> {
    vec![
        Field::new(NAME, FieldKind::Text, t!(freeze_name)),
        Field::new(FROM, FieldKind::DayTime, t!(freeze_from)),
        Field::new(UNTIL, FieldKind::DayTime, t!(freeze_until)),
        Field::new(ZONE, FieldKind::Text, t!(zone)).with_hint(t!(freeze_zone_hint)),
        Field::new(REASON, FieldKind::Text, t!(freeze_reason)),
    ]
}

fn fill(state: FormState, terms: Option<&FreezeTerms>) {
    let text = |read: fn(&FreezeTerms) -> String| terms.map(read).unwrap_or_default();
    state.clear();
    state.set(NAME, text(|terms| terms.name.clone()));
    state.set(REASON, text(|terms| terms.reason.clone()));
    state.set(FROM, text(|terms| field_time_in(terms.from, &terms.zone)));
    state.set(UNTIL, text(|terms| field_time_in(terms.until, &terms.zone)));
    let own = || zone().unwrap_or_else(device_zone);
    state.set(ZONE, terms.map_or_else(own, |terms| terms.zone.clone()));
}

/// What a clock shows twice counts as frozen both times.
fn read(state: FormState, places: BTreeSet<EnvironmentId>) -> Result<FreezeTerms, Problem> {
    if places.is_empty() {
        return Err(Problem { field: None, text: t!(freeze_places_missing) });
    }
    let (name, zone) = (state.needed(NAME)?, state.needed(ZONE)?);
    let moment = |field: &'static str, side| -> Result<Timestamp, Problem> {
        parse_field_time_in(&state.get(field), &zone, side)
            .ok_or_else(|| Problem::of(field, t!(freeze_time_missing)))
    };
    let (from, until) = (moment(FROM, Side::Earlier)?, moment(UNTIL, Side::Later)?);
    if until <= from {
        return Err(Problem::of(UNTIL, t!(freeze_until_wrong)));
    }
    let environments = places.into_iter().collect();
    Ok(FreezeTerms { name, environments, from, until, zone, reason: state.needed(REASON)? })
}
