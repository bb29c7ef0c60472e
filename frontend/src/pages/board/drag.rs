//! Dragging a card with a pointer: a copy of it follows, the gap in the columns shows where it would go, and
//! only letting go moves anything. A finger scrolls and taps; after a long press it drags, and picks the card if it goes
//! nowhere. On the handle it drags at once.

use std::time::Duration;

use leptos::prelude::*;
use slipway_shared::capability::Capability;
use slipway_shared::ids::DeploymentId;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement, PointerEvent};

use super::layout::{LaneId, Spot};
use super::moving::{Grip, Held, Mover, use_mover};
use super::{Board, use_board};
use crate::browser::focus;
use crate::may::use_may_not;

/// How far a mouse goes before it drags, in pixels.
const THRESHOLD: i32 = 5;
/// How long a finger rests before it drags.
const LONG_PRESS: Duration = Duration::from_millis(280);
/// How near an edge scrolls, and how far each time, in pixels.
const EDGE: i32 = 44;
const SCROLL_STEP: i32 = 14;

/// Starts drags.
#[derive(Clone, Copy)]
pub struct Drag {
    board: Board,
    mover: Mover,
    press: StoredValue<Option<Press>, LocalStorage>,
    /// Why the person here may not move anything.
    may_not: Memo<Option<String>>,
}

/// A pointer that went down on a card.
struct Press {
    id: DeploymentId,
    pointer: i32,
    card: HtmlElement,
    /// Where it went down, in the page and on the card.
    at: (i32, i32),
    grip: (i32, i32),
    /// A finger on the card itself: it scrolls until it has rested.
    is_touch: bool,
    /// It went far enough that it was meant.
    has_moved: bool,
    long_press: Option<TimeoutHandle>,
    /// The copy that follows the pointer, once it drags.
    copy: Option<HtmlElement>,
    /// Where the pointer is.
    now: (i32, i32),
    listeners: Vec<WindowListenerHandle>,
}

/// Makes what starts drags on the board. To be called once, by the board.
pub fn provide_drag() {
    provide_context(Drag {
        board: use_board(),
        mover: use_mover(),
        press: StoredValue::new_local(None),
        may_not: use_may_not(Capability::Work),
    });
}

/// Returns what starts drags on the board.
#[must_use]
pub fn use_drag() -> Drag {
    expect_context()
}

impl Drag {
    /// A pointer went down on a card.
    pub fn press(self, id: DeploymentId, event: &PointerEvent) {
        let Some(card) = event.current_target().and_then(|card| card.dyn_into::<HtmlElement>().ok()) else {
            return;
        };
        let on_button = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let on_button = on_button.and_then(|target| target.closest("button").ok().flatten());
        // Of the buttons of a card only the handle drags, and with a finger without waiting.
        let on_handle = on_button.as_ref().is_some_and(|button| button.class_list().contains("card-handle"));
        let on_button = on_button.is_some() && !on_handle;
        let is_touch = event.pointer_type() == "touch";
        let is_fixed = self.may_not.with_untracked(Option::is_some);
        let picks = event.ctrl_key() || event.meta_key();
        if is_fixed || event.button() != 0 || on_button || picks {
            return;
        }
        self.end();
        let corner = card.get_bounding_client_rect();
        let at = (event.client_x(), event.client_y());
        let long_press = (is_touch && !on_handle)
            .then(|| set_timeout_with_handle(move || self.begin(), LONG_PRESS).ok())
            .flatten();
        self.press.set_value(Some(Press {
            id,
            pointer: event.pointer_id(),
            card,
            at,
            grip: (at.0 - whole(corner.left()), at.1 - whole(corner.top())),
            is_touch: is_touch && !on_handle,
            has_moved: false,
            long_press,
            copy: None,
            now: at,
            listeners: self.listeners(),
        }));
    }

    fn listeners(self) -> Vec<WindowListenerHandle> {
        vec![
            window_event_listener(leptos::ev::pointermove, move |event| self.follow(&event)),
            window_event_listener(leptos::ev::pointerup, move |event| self.release(&event)),
            window_event_listener(leptos::ev::pointercancel, move |_| self.cancel()),
            window_event_listener(leptos::ev::keydown, move |event| {
                if event.key() == "Escape" && self.is_dragging() {
                    event.prevent_default();
                    self.cancel();
                }
            }),
        ]
    }

    fn is_dragging(self) -> bool {
        self.press.with_value(|press| press.as_ref().is_some_and(|press| press.copy.is_some()))
    }

    fn follow(self, event: &PointerEvent) {
        let now = (event.client_x(), event.client_y());
        let Some((far, is_touch, is_dragging)) = self
            .press
            .try_update_value(|press| {
                let press = press.as_mut().filter(|press| press.pointer == event.pointer_id())?;
                press.now = now;
                let far = (now.0 - press.at.0).abs().max((now.1 - press.at.1).abs()) > THRESHOLD;
                press.has_moved |= far;
                Some((far, press.is_touch, press.copy.is_some()))
            })
            .flatten()
        else {
            return;
        };
        match (is_dragging, far, is_touch) {
            (true, _, _) => self.update(),
            (false, true, false) => self.begin(),
            // A finger that moves before the long press is over scrolls.
            (false, true, true) => self.end(),
            (false, false, _) => {}
        }
    }

    /// The pointer has gone far enough, or rested long enough: the card is taken up.
    fn begin(self) {
        let taken = self.press.try_update_value(|press| {
            let press = press.as_mut().filter(|press| press.copy.is_none())?;
            let copy = copy_of(&press.card)?;
            press.copy = Some(copy);
            Some((press.id, press.card.offset_height()))
        });
        let Some((id, height)) = taken.flatten() else { return };
        let Some(spot) = self.board.layout.with_untracked(|layout| layout.spot_of(id)) else { return };
        set_dragging(true);
        self.board.held.set(Some(Held { id, grip: Grip::Pointer, spot, height }));
        self.update();
        self.scroll_at_edges();
    }

    /// Brings the copy to the pointer, and the gap to where the card would go.
    fn update(self) {
        let place = self.press.with_value(|press| {
            let press = press.as_ref()?;
            let copy = press.copy.as_ref()?;
            let (x, y) = (press.now.0 - press.grip.0, press.now.1 - press.grip.1);
            // Our own element takes any translation.
            let _ = copy.style().set_property("translate", &format!("{x}px {y}px"));
            Some((press.id, press.now))
        });
        let Some((id, (x, y))) = place else { return };
        if let Some(spot) = spot_under(id, x, y) {
            self.board.held.update(|held| {
                if let Some(held) = held.as_mut().filter(|held| held.spot != spot) {
                    held.spot = spot;
                }
            });
        }
    }

    /// While the pointer is near an edge of the board or of a column, that scrolls.
    fn scroll_at_edges(self) {
        let now = self
            .press
            .with_value(|press| press.as_ref().filter(|press| press.copy.is_some()).map(|press| press.now));
        let Some((x, y)) = now else { return };
        if let Some(board) = focus::find(".board") {
            let edges = board.get_bounding_client_rect();
            let step = step_at(x, whole(edges.left()), whole(edges.right()));
            board.set_scroll_left(board.scroll_left() + step);
        }
        let cards =
            column_under(x, y).and_then(|column| column.query_selector(".column-cards").ok().flatten());
        if let Some(cards) = cards {
            let edges = cards.get_bounding_client_rect();
            cards.set_scroll_top(cards.scroll_top() + step_at(y, whole(edges.top()), whole(edges.bottom())));
        }
        self.update();
        request_animation_frame(move || self.scroll_at_edges());
    }

    fn release(self, event: &PointerEvent) {
        let is_ours = self
            .press
            .with_value(|press| press.as_ref().is_some_and(|press| press.pointer == event.pointer_id()));
        if !is_ours {
            return;
        }
        let held = self.is_dragging().then(|| self.board.held.get_untracked()).flatten();
        // A finger that rested and went nowhere picks the card.
        let rested = self
            .press
            .with_value(|press| press.as_ref().is_some_and(|press| press.is_touch && !press.has_moved));
        self.end();
        if let Some(held) = held {
            // The click that follows opens nothing; it comes before any timer.
            self.board.was_dragged.set_value(true);
            set_timeout(move || self.board.was_dragged.set_value(false), Duration::ZERO);
            if rested {
                self.board.toggle_picked(held.id);
            } else {
                self.mover.put(held.id, held.spot);
            }
        }
    }

    /// The browser took the pointer away, or Esc was pressed: nothing moves.
    fn cancel(self) {
        self.end();
    }

    fn end(self) {
        let Some(press) = self.press.try_update_value(Option::take).flatten() else { return };
        if let Some(timer) = press.long_press {
            timer.clear();
        }
        press.listeners.into_iter().for_each(WindowListenerHandle::remove);
        if let Some(copy) = press.copy {
            copy.remove();
            set_dragging(false);
            self.board.held.set(None);
        }
    }
}

/// A copy of the card that nothing can be done with.
fn copy_of(card: &HtmlElement) -> Option<HtmlElement> {
    let frame: HtmlElement = document().create_element("div").ok()?.dyn_into().ok()?;
    frame.set_class_name("card-held");
    let _ = frame.set_attribute("aria-hidden", "true");
    let _ = frame.style().set_property("width", &format!("{}px", card.offset_width()));
    frame.append_child(&card.clone_node_with_deep(true).ok()?).ok()?;
    document().body()?.append_child(&frame).ok()?;
    Some(frame)
}

fn set_dragging(on: bool) {
    if let Some(body) = document().body() {
        let _ = body.class_list().toggle_with_force("is-dragging", on);
    }
}

fn step_at(at: i32, low: i32, high: i32) -> i32 {
    if at < low + EDGE {
        -SCROLL_STEP
    } else if at > high - EDGE {
        SCROLL_STEP
    } else {
        0
    }
}

/// Whole pixels are enough, and need none of the code that writes fractions.
#[expect(clippy::cast_possible_truncation, reason = "places on a screen are small")]
fn whole(pixels: f64) -> i32 {
    pixels as i32
}

#[expect(clippy::cast_precision_loss, reason = "places on a screen are small")]
fn column_under(x: i32, y: i32) -> Option<Element> {
    document().element_from_point(x as f32, y as f32)?.closest("[data-column]").ok().flatten()
}

/// Returns where a card would go if it was let go here: before the first other card whose middle is below.
fn spot_under(id: DeploymentId, x: i32, y: i32) -> Option<Spot> {
    let column = column_under(x, y)?;
    let own = id.to_string();
    let cards = focus::find_all(&column, "[data-card]");
    let others = cards.iter().filter(|card| card.get_attribute("data-card").as_deref() != Some(&own));
    let above = others.filter(|card| {
        let edges = card.get_bounding_client_rect();
        whole(edges.top() + edges.height() / 2.0) < y
    });
    let lane = LaneId(column.get_attribute("data-lane")?.parse().ok()?);
    Some(Spot { lane, column: column.get_attribute("data-column")?.parse().ok()?, index: above.count() })
}
