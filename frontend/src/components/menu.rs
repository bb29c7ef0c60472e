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
    /// What finds its button.
    #[prop(optional)]
    id: Option<&'static str>,
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
            id=id
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
    // What it was last shown at.
    let shown_at = StoredValue::new_local(None::<HtmlElement>);
    let show = move || {
        let (Some(popover), Some(anchor)) = (popover.get_untracked(), anchor.get_untracked()) else { return };
        shown_at.set_value(Some(anchor.clone()));
        platform::open_popover(&popover, &anchor);
        enter(popover.into(), anchor, LOOKS);
    };
    // The items are in the page only after it was brought up to date. From one button to the next it stays open.
    Effect::new(move |_| anchor.with(Option::is_some).then(|| request_animation_frame(show)));
    let on_toggle = move |event: leptos::ev::Event| {
        let closed = event.dyn_ref::<ToggleEvent>().is_some_and(|event| event.new_state() == "closed");
        // That it was closed is told late: by then the press that closed it may have asked for it at another button.
        if closed && anchor.with_untracked(|anchor| shown_at.with_value(|shown| anchor == shown)) {
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

/// How often it is looked for the items of a menu that come with the second file, and how long between, in milliseconds.
const LOOKS: u32 = 40;
const LOOK_EVERY_MS: u64 = 50;

/// Brings the focus to the first item; while there is none yet, later, and to where the menu has its room then.
fn enter(menu: HtmlElement, anchor: HtmlElement, looks: u32) {
    let items = items(&menu);
    if !items.is_empty() || looks == 0 {
        focus::move_among(&items, "Home");
        return;
    }
    let look = move || {
        if menu.matches(":popover-open").unwrap_or_default() {
            platform::place_popover(&menu, &anchor);
            enter(menu, anchor, looks - 1);
        }
    };
    set_timeout(look, std::time::Duration::from_millis(LOOK_EVERY_MS));
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

/// One thing a menu turns on and off. The menu stays, for there may be more to turn.
#[component]
pub fn MenuCheck(
    /// What it is.
    #[prop(into)]
    text: String,
    /// Whether it is on.
    is_on: Memo<bool>,
    /// Turns it.
    #[prop(into)]
    on_pick: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class="menu-item"
            role="menuitemcheckbox"
            tabindex="-1"
            aria-checked=derive(move || is_on.get().to_string())
            on:click=move |_| on_pick.run(())
        >
            <bdi class="clip">{text}</bdi>
            <When holds=is_on>
                <Icon name="check" class="icon is-small menu-check" />
            </When>
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
