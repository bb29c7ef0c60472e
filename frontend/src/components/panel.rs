//! A button that opens a small panel: fields and links that stay until one is done with them. On a phone it is a sheet
//! at the bottom.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{MouseEvent, ToggleEvent};

use super::menu::Anchor;
use crate::browser::{focus, platform};
use crate::components::live::{When, derive, live, memo};

/// A button with a panel.
#[component]
pub fn PanelButton(
    /// What the panel is for.
    #[prop(into)]
    label: String,
    /// The id of the panel, by which the focus finds it.
    id: &'static str,
    /// The classes of the button.
    #[prop(into)]
    class: Signal<&'static str>,
    /// What the button shows.
    #[prop(into)]
    face: ViewFn,
    children: ChildrenFn,
) -> impl IntoView {
    let anchor: Anchor = RwSignal::new_local(None);
    let panel = NodeRef::<html::Div>::new();
    let was_open = StoredValue::new(false);
    let is_open = memo(move || anchor.with(Option::is_some));
    let on_click = move |event: MouseEvent| {
        // A press beside an open panel closes it before the click arrives.
        if !was_open.get_value() {
            anchor.set(event.current_target().and_then(|button| button.dyn_into().ok()));
        }
        was_open.set_value(false);
    };
    let show = move || {
        let (Some(panel), Some(anchor)) = (panel.get_untracked(), anchor.get_untracked()) else { return };
        platform::open_popover(&panel, &anchor);
        focus::focus_soon(format!("#{id}"));
    };
    Effect::new(move |_| is_open.get().then(|| request_animation_frame(show)));
    let on_toggle = move |event: leptos::ev::Event| {
        if event.dyn_ref::<ToggleEvent>().is_some_and(|event| event.new_state() == "closed") {
            anchor.set(None);
        }
    };
    view! {
        <button
            type="button"
            class=class
            aria-haspopup="dialog"
            aria-expanded=derive(move || is_open.get().to_string())
            on:pointerdown=move |_| was_open.set_value(is_open.get_untracked())
            on:click=on_click
        >
            {live(move || face.run())}
        </button>
        <div
            class="popover panel"
            popover="auto"
            role="dialog"
            aria-label=label
            id=id
            tabindex="-1"
            node_ref=panel
            on:toggle=on_toggle
        >
            <When holds=is_open>{children()}</When>
        </div>
    }
    .into_any()
}
