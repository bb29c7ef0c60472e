//! Sorting that is compiled once. The standard library's has a copy for every type of item, several kilobytes each, which a
//! browser has to fetch before it shows anything.

use std::cmp::Ordering;
use std::collections::BTreeSet;

/// Collects a set one by one: the library would sort first.
#[must_use]
pub fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

/// Brings items into an order; equal ones stay as they are to each other.
pub fn sort_by<T>(items: &mut [T], mut compare: impl FnMut(&T, &T) -> Ordering) {
    let mut goes_to = {
        let mut places = |one: usize, other: usize| match (items.get(one), items.get(other)) {
            (Some(one), Some(other)) => compare(one, other),
            (one, other) => one.is_some().cmp(&other.is_some()),
        };
        destinations(items.len(), &mut places)
    };
    // Each swap brings one item to where it goes.
    for place in 0..items.len() {
        while let Some(to) = goes_to.get(place).copied().filter(|to| *to != place) {
            items.swap(place, to);
            goes_to.swap(place, to);
        }
    }
}

/// Brings items into the order of their keys; equal ones stay as they are to each other.
pub fn sort_by_key<T, K: Ord>(items: &mut [T], key: impl Fn(&T) -> K) {
    sort_by(items, |one, other| key(one).cmp(&key(other)));
}

/// Brings items into their order.
pub fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::cmp);
}

/// Returns where the item of each place goes.
fn destinations(count: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut sorted: Vec<usize> = (0..count).collect();
    sorted.sort_by(|one, other| compare(*one, *other));
    let mut goes_to = vec![0; count];
    for (to, from) in sorted.into_iter().enumerate() {
        if let Some(place) = goes_to.get_mut(from) {
            *place = to;
        }
    }
    goes_to
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::{sort, sort_by, sort_by_key};

    proptest! {
        #[test]
        fn the_order_is_that_of_the_standard_library(items: Vec<(u8, u16)>) {
            let (mut expected, mut found) = (items.clone(), items);
            expected.sort_by_key(|item| item.0);
            sort_by_key(&mut found, |item| item.0);
            prop_assert_eq!(&found, &expected, "equal ones stay as they are to each other");
            expected.sort_by(|one, other| other.cmp(one));
            sort_by(&mut found, |one, other| other.cmp(one));
            prop_assert_eq!(&found, &expected);
            expected.sort();
            sort(&mut found);
            prop_assert_eq!(&found, &expected);
        }
    }
}
