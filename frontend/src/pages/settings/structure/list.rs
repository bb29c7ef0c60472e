//! The things of one kind, one below the other, each with what can be done about it.

use leptos::prelude::*;
use slipway_shared::column::ColumnKind;
use slipway_shared::environment::Tier;
use slipway_shared::ids::{ColumnId, EnvironmentId, LabelId, ServiceId};
use slipway_shared::service::Cadence;
use slipway_shared::workspace::Workspace;

use super::order::{Order, OrderHandle, use_order};
use super::steps::{Kind, Thing, archive_step};
use super::use_structure;
use crate::acts::use_acts;
use crate::command_words::environment_name;
use crate::components::icon::Icon;
use crate::components::live::{Key, When, derive, each, live, memo};
use crate::components::menu::{Menu, MenuItem};
use crate::components::swatch::Swatch;
use crate::language::count;
use crate::replica::use_replica;

/// The number of a thing's id, as a key of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct ThingKey(u128);

impl Key for ThingKey {
    fn to_number(self) -> u128 {
        self.0
    }

    fn from_number(number: u128) -> Self {
        Self(number)
    }
}

/// The things of one kind.
#[component]
pub fn List(kind: Kind, things: Memo<Vec<u128>>) -> impl IntoView {
    let order = use_order(kind);
    let keys = memo(move || things.with(|things| things.iter().copied().map(ThingKey).collect::<Vec<_>>()));
    view! {
        <ul class="things" role="list">
            {each(keys, move |key| view! { <Row kind id=key.0 order /> }.into_any())}
        </ul>
    }
}

#[component]
fn Row(kind: Kind, id: u128, order: Order) -> impl IntoView {
    let structure = use_structure();
    let view = use_replica().view();
    let name = memo(move || view.with(|view| thing_name(view, kind, id)));
    let about = memo(move || view.with(|view| thing_about(view, kind, id)));
    let is_archived = memo(move || view.with(|view| thing_is_archived(view, kind, id)));
    let may_change = derive(move || structure.may_not.with(Option::is_none));
    let has_order = derive(move || kind.has_order() && may_change.get() && !is_archived.get());
    let hue =
        memo(move || view.with(|view| view.services.get(&ServiceId::from_u128(id)).map(|known| known.hue)));
    let is_target = memo(move || {
        let target = order.target.get();
        target.is_some() && target == order.place(id).map(|(place, _)| place)
    });
    let edit = move |_| structure.edited.set(Some(Thing { kind, id: Some(id) }));
    let menu = move || {
        let label = t!(actions_for, &name.get());
        view! {
            <Menu label face=|| view! { <Icon name="ellipsis" /> }>
                <RowItems kind id order is_archived />
            </Menu>
        }
    };
    view! {
        <li class="thing" class:is-target=is_target data-thing=format!("{id:x}") data-testid="thing">
            <When holds=has_order>
                <OrderHandle order id name />
            </When>
            {live(move || hue.get().filter(|_| kind == Kind::Service).map(|hue| view! { <Swatch hue /> }))}
            <bdi class="thing-name">{name}</bdi>
            <span class="thing-about faint small">{about}</span>
            <When holds=may_change>
                <button class="button is-quiet is-small" type="button" on:click=edit>
                    {t!(button_edit)}
                    <span class="visually-hidden">" " {name}</span>
                </button>
                {live(menu)}
            </When>
        </li>
    }
}

#[component]
fn RowItems(kind: Kind, id: u128, order: Order, is_archived: Memo<bool>) -> impl IntoView {
    let acts = use_acts();
    let view = use_replica().view();
    let place = memo(move || order.place(id));
    let archive = Callback::new(move |()| {
        let name = view.with_untracked(|view| thing_name(view, kind, id));
        let archives = !is_archived.get_untracked();
        let words = if archives { t!(archived_one, &name) } else { t!(restored_one, &name) };
        let (command, inverse) = archive_step(kind, id, archives);
        acts.act_undoable(command, words, inverse);
    });
    let up = Callback::new(move |()| order.shift(id, false));
    let down = Callback::new(move |()| order.shift(id, true));
    let can = move |is_end: fn(usize, usize) -> bool| {
        let is_there = place.get().is_some_and(|(place, all)| !is_end(place, all));
        kind.has_order() && !is_archived.get() && is_there
    };
    view! {
        <When holds=derive(move || can(|place, _| place == 0))>
            <MenuItem icon="arrow-up" text=t!(move_up) on_pick=up />
        </When>
        <When holds=derive(move || can(|place, all| place + 1 == all))>
            <MenuItem icon="arrow-down" text=t!(move_down) on_pick=down />
        </When>
        <When
            holds=is_archived
            otherwise=move || view! { <MenuItem icon="archive" text=t!(archive) on_pick=archive /> }
        >
            <MenuItem icon="rotate-ccw" text=t!(restore) on_pick=archive />
        </When>
    }
}

/// Returns the name of a thing.
pub fn thing_name(workspace: &Workspace, kind: Kind, id: u128) -> String {
    let name = match kind {
        Kind::Column => workspace.columns.get(&ColumnId::from_u128(id)).map(|known| &known.name),
        Kind::Environment => {
            workspace.environments.get(&EnvironmentId::from_u128(id)).map(|known| &known.name)
        }
        Kind::Service => workspace.services.get(&ServiceId::from_u128(id)).map(|known| &known.name),
        Kind::Label => workspace.labels.get(&LabelId::from_u128(id)).map(|known| &known.name),
    };
    name.cloned().unwrap_or_default()
}

fn thing_is_archived(workspace: &Workspace, kind: Kind, id: u128) -> bool {
    let archived = match kind {
        Kind::Column => workspace.columns.get(&ColumnId::from_u128(id)).map(|known| known.archived),
        Kind::Environment => {
            workspace.environments.get(&EnvironmentId::from_u128(id)).map(|known| known.archived)
        }
        Kind::Service => workspace.services.get(&ServiceId::from_u128(id)).map(|known| known.archived),
        Kind::Label => workspace.labels.get(&LabelId::from_u128(id)).map(|known| known.archived),
    };
    archived.unwrap_or_default()
}

/// Returns what there is to know about a thing beside its name.
fn thing_about(workspace: &Workspace, kind: Kind, id: u128) -> String {
    match kind {
        Kind::Column => {
            let Some(known) = workspace.columns.get(&ColumnId::from_u128(id)) else { return String::new() };
            let limit = known.limit.map(|limit| t!(limit_of, count(limit)));
            [Some(kind_name(known.kind, workspace)), limit]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" · ")
        }
        Kind::Environment => {
            let known = workspace.environments.get(&EnvironmentId::from_u128(id));
            let parts = known.map(|known| [Some(tier_name(known.tier)), known.purpose.clone()]);
            parts.into_iter().flatten().flatten().collect::<Vec<_>>().join(" · ")
        }
        Kind::Service => {
            let known = workspace.services.get(&ServiceId::from_u128(id));
            let parts = known.map(|known| [known.cadence.map(cadence_name), known.repository.clone()]);
            parts.into_iter().flatten().flatten().collect::<Vec<_>>().join(" · ")
        }
        Kind::Label => {
            let label = LabelId::from_u128(id);
            let on = workspace.deployments.values().filter(|known| known.labels.contains(&label)).count();
            t!(deployments_count, count(on))
        }
    }
}

/// Returns the words for what a column stands for.
pub fn kind_name(kind: ColumnKind, workspace: &Workspace) -> String {
    match kind {
        ColumnKind::Queue => t!(kind_queue),
        ColumnKind::Approval => t!(kind_approval),
        ColumnKind::Monitoring => t!(kind_monitoring),
        ColumnKind::Environment(environment) => {
            t!(kind_environment, &environment_name(environment, workspace))
        }
    }
}

/// Returns the name of a tier.
pub fn tier_name(tier: Tier) -> String {
    match tier {
        Tier::Development => t!(tier_development),
        Tier::Staging => t!(tier_staging),
        Tier::Production => t!(tier_production),
    }
}

/// Returns the words for how often a service is released.
pub fn cadence_name(cadence: Cadence) -> String {
    match cadence {
        Cadence::Continuous => t!(cadence_continuous),
        Cadence::Daily => t!(cadence_daily),
        Cadence::Weekly => t!(cadence_weekly),
        Cadence::Train => t!(cadence_train),
    }
}
