//! What changes on the screen, in forms that are compiled once.
//!
//! Leptos makes a copy of its machinery for every closure in a view, and a third of the app was such copies. A view
//! gives its closures to these instead.

use std::sync::Arc;

use leptos::prelude::*;
use slipway_shared::ids::{CheckId, ColumnId, CommentId, DeploymentId, EnvironmentId, SectionId};

/// Returns a value that follows what `read` reads: for texts and attributes.
pub fn derive<T: Send + Sync + 'static>(read: impl Fn() -> T + Send + Sync + 'static) -> Signal<T> {
    derived(Arc::new(read))
}

fn derived<T: Send + Sync + 'static>(read: Arc<dyn Fn() -> T + Send + Sync>) -> Signal<T> {
    Signal::derive(move || read())
}

/// Returns a value that follows what `read` reads, and tells of it only when it is another.
pub fn memo<T: PartialEq + Send + Sync + 'static>(read: impl Fn() -> T + Send + Sync + 'static) -> Memo<T> {
    memoised(Arc::new(read))
}

fn memoised<T: PartialEq + Send + Sync + 'static>(read: Arc<dyn Fn() -> T + Send + Sync>) -> Memo<T> {
    Memo::new(move |_| read())
}

/// Returns a part of a view that is drawn anew when what `draw` reads has changed.
pub fn live<V: IntoView + 'static>(draw: impl Fn() -> V + Send + Sync + 'static) -> AnyView {
    drawn(Arc::new(move || draw().into_any()))
}

fn drawn(draw: Arc<dyn Fn() -> AnyView + Send + Sync>) -> AnyView {
    (move || draw()).into_any()
}

/// Shows its children while something holds, and something else, or nothing, while it does not.
#[component]
pub fn When(
    /// What has to hold.
    #[prop(into)]
    holds: Signal<bool>,
    /// What is shown while it does not.
    #[prop(optional, into)]
    otherwise: ViewFn,
    children: ChildrenFn,
) -> impl IntoView {
    let holds = memo(move || holds.get());
    drawn(Arc::new(move || if holds.get() { children().into_any() } else { otherwise.run() }))
}

/// What tells the items of a list apart.
pub trait Key: Copy + Send + Sync + 'static {
    /// Returns the key as a number; no other item of the list has it.
    fn to_number(self) -> u128;

    /// Returns the key that has a number.
    fn from_number(number: u128) -> Self;
}

macro_rules! keys {
    ($($id:ident),*) => {
        $(impl Key for $id {
            fn to_number(self) -> u128 {
                self.as_u128()
            }

            fn from_number(number: u128) -> Self {
                Self::from_u128(number)
            }
        })*
    };
}

keys!(CheckId, ColumnId, CommentId, DeploymentId, EnvironmentId, SectionId);

/// Returns a list that keeps the views of the items that stay.
pub fn each<K: Key>(keys: Memo<Vec<K>>, show: impl Fn(K) -> AnyView + Send + Sync + 'static) -> AnyView {
    let numbers = move || keys.with(|keys| keys.iter().map(|key| key.to_number()).collect());
    listed(Arc::new(numbers), Arc::new(move |number| show(K::from_number(number))))
}

fn listed(
    keys: Arc<dyn Fn() -> Vec<u128> + Send + Sync>,
    show: Arc<dyn Fn(u128) -> AnyView + Send + Sync>,
) -> AnyView {
    view! { <For each=move || keys() key=|key| *key children=move |key| show(key) /> }.into_any()
}

/// Returns the views of all items, one after the other.
pub fn all<T>(items: impl IntoIterator<Item = T>, show: impl Fn(T) -> AnyView) -> AnyView {
    items.into_iter().map(show).collect::<Vec<AnyView>>().into_any()
}
