//! Bringing things into another order: dragged by a handle, with the arrows on it, or by menu.

use std::sync::Arc;

use leptos::prelude::*;
use slipway_shared::workspace::Workspace;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, KeyboardEvent, PointerEvent};

use super::steps::{Kind, in_order, reorder};
use super::{Structure, use_structure};
use crate::acts::{Acts, use_acts};
use crate::browser::focus;
use crate::components::icon::Icon;
use crate::components::live::{derive, memo};
use crate::language::count;
use crate::replica::{ReplicaHandle, use_replica};

/// What brings things of one kind into another order.
#[derive(Clone, Copy)]
pub struct Order {
    kind: Kind,
    acts: Acts,
    replica: ReplicaHandle,
    structure: Structure,
    /// The place where what is dragged would go.
    pub target: RwSignal<Option<usize>>,
}

/// Returns what brings things of a kind into another order.
pub fn use_order(kind: Kind) -> Order {
    Order {
        kind,
        acts: use_acts(),
        replica: use_replica(),
        structure: use_structure(),
        target: RwSignal::new(None),
    }
}

impl Order {
    /// Returns the place of a thing and how many there are.
    pub fn place(self, id: u128) -> Option<(usize, usize)> {
        let place = |view: &Arc<Workspace>| {
            let order = in_order(view, self.kind, false);
            Some((order.iter().position(|known| *known == id)?, order.len()))
        };
        self.replica.view().with(place)
    }

    /// Brings a thing to another place, and says where it is.
    pub fn bring(self, id: u128, to: usize) {
        let Some((from, all)) = untrack(|| self.place(id)) else { return };
        let to = to.min(all.saturating_sub(1));
        let steps = self.replica.view().with_untracked(|view| reorder(view, self.kind, from, to));
        if !steps.is_empty() && self.acts.act_all(steps, |_| t!(reordered)) > 0 {
            self.structure.said.set(t!(place_of, count(to + 1), count(all)));
        }
    }

    /// Brings a thing some places up or down.
    pub fn shift(self, id: u128, down: bool) {
        let Some((from, _)) = untrack(|| self.place(id)) else { return };
        let to = if down { Some(from + 1) } else { from.checked_sub(1) };
        if let Some(to) = to {
            self.bring(id, to);
        }
    }
}

/// The handle of a thing.
#[component]
pub fn OrderHandle(order: Order, id: u128, name: Memo<String>) -> impl IntoView {
    let place = memo(move || order.place(id));
    let label = derive(move || {
        let (place, all) = place.get().unwrap_or_default();
        t!(order_handle, &name.get(), count(place + 1), count(all))
    });
    let on_keydown = move |event: KeyboardEvent| {
        let down = match event.key().as_str() {
            "ArrowDown" => true,
            "ArrowUp" => false,
            _ => return,
        };
        event.prevent_default();
        order.shift(id, down);
        focus::focus_soon(format!("[data-thing=\"{id:x}\"] .order-handle"));
    };
    let is_dragging = RwSignal::new(false);
    let on_pointerdown = move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        if let Some(handle) = event.current_target().and_then(|handle| handle.dyn_into::<Element>().ok()) {
            // A pointer that is gone again is not followed.
            is_dragging.set(handle.set_pointer_capture(event.pointer_id()).is_ok());
        }
    };
    let on_pointermove = move |event: PointerEvent| {
        if is_dragging.get_untracked() {
            let handle = event.current_target().and_then(|handle| handle.dyn_into::<Element>().ok());
            order.target.set(handle.and_then(|handle| place_under(&handle, event.client_y())));
        }
    };
    let let_go = move |puts: bool| {
        if is_dragging.try_set(false).is_none() {
            let target = order.target.try_update(Option::take).flatten();
            if let Some(to) = target.filter(|_| puts) {
                order.bring(id, to);
            }
        }
    };
    view! {
        <button
            type="button"
            class="icon-button is-small order-handle"
            aria-label=label
            on:keydown=on_keydown
            on:pointerdown=on_pointerdown
            on:pointermove=on_pointermove
            on:pointerup=move |_| let_go(true)
            on:pointercancel=move |_| let_go(false)
        >
            <Icon name="grip-vertical" />
        </button>
    }
}

/// Returns the place in the list that is under a height of the page.
fn place_under(handle: &Element, y: i32) -> Option<usize> {
    let list = handle.closest("ul").ok().flatten()?;
    let things = focus::find_all(&list, "[data-thing]");
    let above = things.iter().filter(|thing| {
        let edges = thing.get_bounding_client_rect();
        edges.top() + edges.height() < f64::from(y)
    });
    Some(above.count().min(things.len().saturating_sub(1)))
}
