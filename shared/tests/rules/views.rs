//! Views: what somebody looks for, kept under a name.

use slipway_shared::event::Event;
use slipway_shared::ids::ViewId;
use slipway_shared::rejection::Rejection;
use slipway_shared::view::{VIEWS, ViewEvent};

use super::given::{BO, Given, after, check, happens, has_no_effect, refused};
use super::test;
use super::when::{remove_view, save_view, set_up};

const VIEW: u128 = 0x71;

fn saved(name: &str, query: &str) -> Event {
    let (name, query) = (name.to_owned(), query.to_owned());
    Event::View(ViewEvent::Saved { view: ViewId::from_u128(VIEW), name, query })
}

fn set_up_with_mine() -> Given {
    set_up().into_iter().chain([save_view(VIEW, "Mine", "person=me")]).collect()
}

#[test]
fn a_view_is_saved_changed_and_removed() {
    check(set_up(), save_view(VIEW, " Mine ", "person=me"), happens([saved("Mine", "person=me")]));
    check(set_up_with_mine(), save_view(VIEW, "Mine", "person=me"), has_no_effect());
    check(set_up_with_mine(), save_view(VIEW, "Ours", ""), happens([saved("Ours", "")]));
    let removed = Event::View(ViewEvent::Removed { view: ViewId::from_u128(VIEW) });
    check(set_up_with_mine(), remove_view(VIEW), happens([removed]));
    check(set_up(), remove_view(VIEW), has_no_effect());
}

#[test]
fn two_views_cannot_share_a_name_whatever_its_case() {
    let taken = || refused(Rejection::NameTaken { name: "MINE".to_owned() });
    check(set_up_with_mine(), save_view(0x72, "MINE", "q=x"), taken());
    check(set_up_with_mine(), save_view(VIEW, "MINE", "q=x"), happens([saved("MINE", "q=x")]));
}

#[test]
fn whoever_saves_a_view_that_somebody_removed_has_it_again() {
    let given: Given = set_up_with_mine().into_iter().chain([remove_view(VIEW)]).collect();
    let late = save_view(VIEW, "Mine", "state=failed").by(BO).without_seeing(1);
    check(given, late, happens([saved("Mine", "state=failed")]));
}

#[test]
fn there_are_only_so_many_views() {
    let views = (0..VIEWS as u128).map(|number| save_view(number + 1, &format!("View {number}"), ""));
    let full: Given = set_up().into_iter().chain(views).collect();
    let (count, limit) = (VIEWS as u64 + 1, VIEWS as u64);
    check(full.clone(), save_view(0x999, "One more", ""), refused(Rejection::TooMany { count, limit }));
    let changed = after(full.into_iter().chain([save_view(1, "View 0", "q=x")]).collect());
    assert_eq!(changed.views[&ViewId::from_u128(1)].query, "q=x");
}
