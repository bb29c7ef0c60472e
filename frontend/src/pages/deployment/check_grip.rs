//! The handle of a check: pulled with a pointer, or with the arrow keys while it has the focus.

use leptos::prelude::*;
use slipway_shared::ids::CheckId;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, KeyboardEvent, PointerEvent};

use super::outline_act::use_outline_acts;
use super::outline_moves::Step;
use crate::browser::focus;
use crate::components::icon::Icon;

/// Where a check would go if it was let go of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drop {
    /// The check it would stand beside.
    pub target: CheckId,
    /// Whether it would come after that one.
    pub is_after: bool,
}

/// What is pulled, and where it would go: one for the whole document.
#[derive(Clone, Copy)]
pub struct Pull {
    pulled: RwSignal<Option<CheckId>>,
    drop: RwSignal<Option<Drop>>,
}

/// Makes the place for what is pulled. To be called once, by the document.
pub fn provide_pull() {
    provide_context(Pull { pulled: RwSignal::new(None), drop: RwSignal::new(None) });
}

/// Returns what is pulled, and where it would go.
pub fn use_pull() -> Pull {
    expect_context()
}

impl Pull {
    /// Returns where the line is drawn at a check: before it, after it, or not at all.
    pub fn mark_at(self, check: CheckId) -> Option<&'static str> {
        let drop = self.drop.get().filter(|drop| drop.target == check)?;
        Some(if drop.is_after { "after" } else { "before" })
    }

    /// Tells whether a check is being pulled.
    pub fn is_pulled(self, check: CheckId) -> bool {
        self.pulled.get() == Some(check)
    }

    fn end(self) -> Option<(CheckId, Drop)> {
        let (pulled, drop) = (self.pulled.get_untracked(), self.drop.get_untracked());
        self.pulled.set(None);
        self.drop.set(None);
        pulled.zip(drop)
    }
}

/// The handle of a check.
#[component]
pub fn CheckGrip(id: CheckId, text: Memo<String>) -> impl IntoView {
    let (pull, outline) = (use_pull(), use_outline_acts());
    let down = move |event: PointerEvent| {
        let handle = event.current_target().and_then(|handle| handle.dyn_into::<Element>().ok());
        if let Some(handle) = handle.filter(|_| event.button() == 0) {
            // A pointer that is gone again needs no handle.
            let _ = handle.set_pointer_capture(event.pointer_id());
            pull.pulled.set(Some(id));
        }
    };
    let follow = move |event: PointerEvent| {
        if pull.pulled.get_untracked() == Some(id) {
            pull.drop.set(drop_under(id, event.client_x(), event.client_y()));
        }
    };
    let release = move |_| {
        if let Some((check, drop)) = pull.end() {
            outline.drop_at(check, drop.target, drop.is_after);
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowUp" => Step::Up,
            "ArrowDown" => Step::Down,
            "ArrowRight" => Step::In,
            "ArrowLeft" => Step::Out,
            "Escape" if pull.end().is_some() => return event.prevent_default(),
            _ => return,
        };
        event.prevent_default();
        outline.shift(id, step);
        focus::focus_soon(format!("#grip-{id}"));
    };
    view! {
        <button
            id=format!("grip-{id}")
            class="icon-button is-small check-grip no-print"
            type="button"
            aria-label=move || t!(check_grip, &text.get())
            title=t!(check_grip_keys)
            on:pointerdown=down
            on:pointermove=follow
            on:pointerup=release
            on:pointercancel=move |_| {
                let _ = pull.end();
            }
            on:keydown=on_keydown
        >
            <Icon name="grip-vertical" />
        </button>
    }
}

/// Returns where a check would go if it was let go of here; `None` above itself and outside of the lists.
fn drop_under(id: CheckId, x: i32, y: i32) -> Option<Drop> {
    #[expect(clippy::cast_precision_loss, reason = "places on a screen are small")]
    let under = document().element_from_point(x as f32, y as f32)?.closest("[data-check]").ok().flatten()?;
    let target: CheckId = under.get_attribute("data-check")?.parse().ok()?;
    let edges = under.get_bounding_client_rect();
    let is_after = f64::from(y) > edges.top() + edges.height() / 2.0;
    (target != id).then_some(Drop { target, is_after })
}
