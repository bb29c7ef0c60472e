//! How the tabs of a browser stay together: reading anew what is stored, and storing it anew for those that are behind.

use std::collections::BTreeSet;

use slipway_shared::ids::EpochId;
use slipway_shared::log::Cursor;
use slipway_shared::sync::replica::Replica;
use slipway_shared::sync::tabs::{Rereading, StoringAnew, Wish};
use slipway_shared::time::Timestamp;

use super::test;
use super::world::{OTHER_EPOCH, PAGE, SIBLING, Server, key, knowing, pending, shown, submit, title};

#[test]
fn what_is_asked_for_before_a_reading_begins_is_one_reading() {
    let mut rereading = Rereading::<u8>::default();
    assert!(rereading.ask(Wish::NEW));
    assert!(!rereading.ask(Wish::FORKED));
    assert!(!rereading.ask(Wish::HOLE));
    assert_eq!(rereading.begin(), Some(Wish { forked: true, hole: true }));
    assert_eq!(rereading.begin(), None, "one at a time");
}

#[test]
fn what_is_told_and_asked_during_a_reading_comes_after_it() {
    let mut rereading = Rereading::default();
    rereading.note(|| 0);
    rereading.ask(Wish::FORKED);
    rereading.begin();
    rereading.note(|| 1);
    assert!(!rereading.ask(Wish::HOLE));
    rereading.note(|| 2);
    assert_eq!(rereading.end(), (vec![1, 2], true), "in order, without what was told before");
    assert_eq!(rereading.begin(), Some(Wish::HOLE), "and no stronger than it was asked");
    assert_eq!(rereading.end(), (Vec::new(), false));
    assert_eq!(rereading.end(), (Vec::new(), false), "what has not begun does not end");
}

#[test]
fn a_leader_that_is_asked_to_store_anew_does_it_at_once_and_then_once_a_minute() {
    let mut storing = StoringAnew::default();
    let asked = |storing: &mut StoringAnew, at: i64| storing.ask(Timestamp(at));
    assert_eq!(asked(&mut storing, 1_000_000), Some(0));
    assert_eq!(asked(&mut storing, 1_000_001), None, "it will");
    storing.begin(Timestamp(1_000_010));
    assert_eq!(asked(&mut storing, 1_010_010), Some(50_000));
    assert_eq!(asked(&mut storing, 1_020_000), None);
    storing.begin(Timestamp(1_060_010));
    assert_eq!(asked(&mut storing, 2_000_000), Some(0));
    storing.begin(Timestamp(2_000_000));
    assert_eq!(asked(&mut storing, 0), Some(60_000), "a clock that was set back holds nothing up for longer");
}

/// What is stored, as another tab reads it.
fn read(server: &Server) -> Replica {
    server.replica()
}

fn took(present: &mut Replica, stored: Replica, wish: Wish) -> bool {
    let before = present.pending_keys();
    present.take_stored(stored, &before, |_| false, wish)
}

#[test]
fn what_is_as_new_counts_and_what_is_older_only_on_another_timeline() {
    let mut server = Server::new();
    let older = read(&server);
    server.does(title("newer"));
    let newer = read(&server);
    let forked = Server::in_epoch(OTHER_EPOCH).replica();
    // (what the tab has, what it read, what for, whether that counts)
    let rows = [
        (&older, &newer, Wish::NEW, true),
        (&newer, &newer, Wish::HOLE, true),
        (&newer, &older, Wish::NEW, false),
        (&newer, &older, Wish::FORKED, true),
        (&newer, &forked, Wish::NEW, true),
        (&newer, &Replica::default(), Wish::FORKED, false),
        (&Replica::default(), &older, Wish::NEW, true),
    ];
    for (place, (present, stored, wish, counts)) in rows.into_iter().enumerate() {
        let mut present = present.clone();
        assert_eq!(took(&mut present, stored.clone(), wish), counts, "row {place}");
        let expected = if counts { stored.cursor() } else { present.cursor() };
        assert_eq!(present.cursor(), expected, "row {place}");
    }
}

#[test]
fn what_happened_while_it_was_read_stays() {
    let server = Server::new();
    let mut present = server.replica();
    submit(&mut present, key(PAGE, 1), title("gone meanwhile"));
    submit(&mut present, key(PAGE, 2), title("not stored yet"));
    submit(&mut present, key(PAGE, 3), title("dropped by another tab"));
    let before = present.pending_keys();
    let mut stored = read(&server);
    stored.adopt(knowing(key(PAGE, 1), title("gone meanwhile")));
    stored.adopt(knowing(key(SIBLING, 1), title("of another tab")));
    present.retain(|known| known != key(PAGE, 1));
    submit(&mut present, key(PAGE, 4), title("made meanwhile"));
    assert!(present.take_stored(stored, &before, |known| known == key(PAGE, 2), Wish::NEW));
    let kept: BTreeSet<_> = pending(&present).into_iter().collect();
    assert_eq!(kept, BTreeSet::from([key(PAGE, 2), key(PAGE, 4), key(SIBLING, 1)]));
}

#[test]
fn a_name_that_counts_no_more_stays_so_whatever_is_read() {
    let server = Server::new();
    let mut present = server.replica();
    present.adopt(knowing(key(PAGE, 1), title("mine")));
    present.forget_names(&[key(PAGE, 1)]);
    present.adopt(knowing(key(0xf0, 1), title("mine")));
    let mut stored = read(&server);
    // The leader could not store the new name: the old one is there still.
    stored.adopt(knowing(key(PAGE, 1), title("mine")));
    stored.adopt(knowing(key(0xf0, 1), title("mine")));
    assert!(took(&mut present, stored, Wish::FORKED));
    present.adopt(knowing(key(PAGE, 1), title("mine")));
    assert_eq!((pending(&present), shown(&present)), (vec![key(0xf0, 1)], "mine"));
}

#[test]
fn a_tab_is_stuck_where_reading_gets_it_no_further() {
    let place = |epoch: u128, seq: u64| {
        Some(Cursor { epoch: EpochId::from_u128(epoch), seq, ..Server::new().cursor() })
    };
    let rows = [
        (None, Wish::NEW, false),
        (None, Wish::HOLE, true),
        (None, Wish::FORKED, true),
        (place(7, 3), Wish::HOLE, true),
        (place(7, 5), Wish::HOLE, true),
        (place(7, 6), Wish::HOLE, false),
        (place(8, 3), Wish::HOLE, false),
        (place(7, 3), Wish::FORKED, false),
    ];
    let present = Replica::new(Server::new().sequencer.workspace, place(7, 5), Vec::new());
    for (read, wish, expected) in rows {
        assert_eq!(present.is_stuck(read, wish), expected, "{read:?} for {wish:?}");
    }
    assert!(!Replica::default().is_stuck(place(7, 1), Wish::HOLE), "it is something to begin with");
}
