//! A menu: a button, and what it offers in a popover. Nothing of it is in the page while it is closed.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, KeyboardEvent, MouseEvent, ToggleEvent};

use super::icon::Icon;
use crate::app::actions::{Action, KeyHint};
use crate::browser::{focus, platform};
use crate::components::live::{When, derive, live, memo};

/// What a menu hangs on; none while it is closed.
pub type Anchor = RwSignal<Option<HtmlElement>, LocalStorage>;

/// A button with a menu.
#[component]
pub fn Menu(
    /// What the menu is for.
    #[prop(into)]
    label: String,
    /// The classes of the button.
    #[prop(default = "icon-button is-small")]
    class: &'static str,
    /// What the button shows.
    #[prop(into)]
    face: ViewFn,
    children: ChildrenFn,
) -> impl IntoView {
    let anchor: Anchor = RwSignal::new_local(None);
    let was_open = StoredValue::new(false);
    let on_click = move |event: MouseEvent| {
        // A press beside an open menu closes it before the click arrives.
        if !was_open.get_value() {
            anchor.set(event.current_target().and_then(|button| button.dyn_into().ok()));
        }
        was_open.set_value(false);
    };
    view! {
        <button
            type="button"
            class=class
            title=label.clone()
            aria-haspopup="menu"
            aria-expanded=derive(move || anchor.with(Option::is_some).to_string())
            on:pointerdown=move |_| was_open.set_value(anchor.with_untracked(Option::is_some))
            on:click=on_click
        >
            <span class="visually-hidden">{label.clone()} " "</span>
            {live(move || face.run())}
        </button>
        <MenuPopover anchor label=label>
            {children()}
        </MenuPopover>
    }
    .into_any()
}

/// The popover of a menu, shown at its anchor.
#[component]
pub fn MenuPopover(
    /// What it hangs on.
    anchor: Anchor,
    /// What it is for.
    #[prop(into)]
    label: String,
    children: ChildrenFn,
) -> impl IntoView {
    let popover = NodeRef::<html::Div>::new();
    let is_open = memo(move || anchor.with(Option::is_some));
    let show = move || {
        let (Some(popover), Some(anchor)) = (popover.get_untracked(), anchor.get_untracked()) else { return };
        platform::open_popover(&popover, &anchor);
        focus::move_among(&items(&popover), "Home");
    };
    // The items are in the page only after it was brought up to date.
    Effect::new(move |_| is_open.get().then(|| request_animation_frame(show)));
    let on_toggle = move |event: leptos::ev::Event| {
        let closed = event.dyn_ref::<ToggleEvent>().is_some_and(|event| event.new_state() == "closed");
        if closed {
            anchor.set(None);
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        let moved = popover.get().is_some_and(|popover| focus::move_among(&items(&popover), &event.key()));
        if moved {
            event.prevent_default();
        }
    };
    view! {
        <div
            class="popover menu"
            popover="auto"
            role="menu"
            aria-label=label
            node_ref=popover
            on:toggle=on_toggle
            on:keydown=on_keydown
        >
            <When holds=is_open>{children()}</When>
        </div>
    }
}

fn items(menu: &HtmlElement) -> Vec<HtmlElement> {
    focus::find_all(menu, "[role^=menuitem]")
}

/// One thing a menu offers.
#[component]
pub fn MenuItem(
    /// What it shows beside its words.
    icon: &'static str,
    /// What happens.
    #[prop(into)]
    text: String,
    /// What else there is to know.
    #[prop(optional, into)]
    hint: Option<String>,
    /// The action that does the same by key.
    #[prop(optional)]
    action: Option<Action>,
    /// Whether it is how things are already.
    #[prop(optional)]
    is_current: bool,
    /// Does it.
    #[prop(into)]
    on_pick: Callback<()>,
) -> impl IntoView {
    let pick = move |event: MouseEvent| {
        hide_around(&event);
        on_pick.run(());
    };
    view! {
        <button type="button" class="menu-item" role="menuitem" tabindex="-1" on:click=pick>
            <Icon name=icon />
            <span>{text} {hint.map(|hint| view! { <small>{hint}</small> })}</span>
            {is_current.then(|| view! { <Icon name="check" class="icon is-small menu-check" /> })}
            {action.map(|action| view! { <KeyHint action /> })}
        </button>
    }
    .into_any()
}

fn hide_around(event: &MouseEvent) {
    let item = event.current_target().and_then(|item| item.dyn_into::<HtmlElement>().ok());
    let popover = item.and_then(|item| item.closest("[popover]").ok().flatten());
    if let Some(popover) = popover.and_then(|popover| popover.dyn_into::<HtmlElement>().ok()) {
        // It is shown, or there would have been nothing to click.
        let _ = popover.hide_popover();
    }
}
