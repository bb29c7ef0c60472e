//! The leader's state machine: inputs in, effects out.

use slipway_shared::command::Command;
use slipway_shared::ids::{ClientId, CommandKey};
use slipway_shared::log::Cursor;
use slipway_shared::member::MemberCommand;
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::client::{Effect, Failure, Input, Link, Moment, SyncClient};
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::{
    ApiError, ErrorCode, ErrorDetails, EventsPage, HelloAction, HelloResponse, PUSH_BYTES, PUSH_COMMANDS,
    PushResponse, QueuePosition,
};
use slipway_shared::sync::replica::Replica;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use super::test;
use super::world::{ACTOR, EPOCH, PAGE, SIBLING, Server, blind, finish, key, pending, submit, title};

/// The leader of a browser, in touch with a server.
struct Leader {
    sync: SyncClient,
    replica: Replica,
    server: Server,
    /// The number of the last push.
    pushes: u64,
}

impl Leader {
    fn offline() -> Self {
        let server = Server::new();
        Self { sync: SyncClient::default(), replica: server.replica(), server, pushes: 0 }
    }

    /// In touch and in step, with nothing in the queue.
    fn following() -> Self {
        let mut leader = Self::offline();
        leader.step(Input::Connect);
        leader.step(leader.greeting(HelloAction::Tail));
        leader
    }

    /// With so many commands made, the first of them pushed and not answered.
    fn pushing(commands: u64) -> (Self, Vec<WireCommand>) {
        let mut leader = Self::following();
        leader.make(1);
        let pushed = pushed(&leader.step(Input::Queued));
        (2..=commands).for_each(|seq| leader.make(seq));
        (leader, pushed)
    }

    fn make(&mut self, seq: u64) {
        submit(&mut self.replica, key(PAGE, seq), title(&seq.to_string()));
    }

    fn step(&mut self, input: Input) -> Vec<Effect> {
        // The largest jitter, so that waits are as long as they get.
        let effects =
            self.sync.step(&mut self.replica, input, Moment { now: Timestamp(0), jitter: u16::MAX });
        for effect in &effects {
            if let Effect::Push { number, .. } = effect {
                self.pushes = *number;
            }
        }
        effects
    }

    /// The last push is answered.
    fn answered(&mut self, answer: PushResponse) -> Vec<Effect> {
        self.step(Input::Pushed { number: self.pushes, answer: Ok(answer) })
    }

    fn fails(&mut self, code: ErrorCode, details: Option<ErrorDetails>) -> Vec<Effect> {
        let failure = Failure::Refused(ApiError { code, message: String::new(), details });
        self.step(Input::Pushed { number: self.pushes, answer: Err(failure) })
    }

    fn greeting(&self, action: HelloAction) -> Input {
        let Cursor { epoch, seq, chain } = self.server.cursor();
        Input::Greeted(Box::new(HelloResponse {
            server_ms: Timestamp(0),
            epoch,
            head: seq,
            chain,
            oldest: 1,
            protocol: (1, 1),
            commands: std::collections::BTreeMap::new(),
            queues: Vec::new(),
            action,
            restored_to: None,
            is_redaction: false,
            redacted: Vec::new(),
            member: ACTOR,
            people: Vec::new(),
        }))
    }

    fn snapshot(&self) -> Input {
        Input::Loaded(Box::new((self.server.sequencer.workspace.clone(), self.server.cursor())))
    }
}

/// The commands of the one push among some effects.
#[track_caller]
fn pushed(effects: &[Effect]) -> Vec<WireCommand> {
    let pushes = effects.iter().filter_map(|effect| match effect {
        Effect::Push { epoch, commands, .. } => {
            assert_eq!(*epoch, EPOCH);
            Some(commands)
        }
        _ => None,
    });
    let pushes: Vec<_> = pushes.collect();
    assert_eq!(pushes.len(), 1, "{effects:?}");
    pushes[0].clone()
}

fn keys(commands: &[WireCommand]) -> Vec<CommandKey> {
    commands.iter().map(WireCommand::key).collect()
}

#[test]
fn it_begins_offline_and_greets_once() {
    let mut leader = Leader::offline();
    assert_eq!(leader.sync.link(), Link::Offline);
    assert_eq!(leader.step(Input::Connect), [Effect::Greet]);
    assert_eq!(leader.step(Input::Connect), []);
    assert_eq!(leader.sync.link(), Link::Greeting);
}

#[test]
fn on_the_same_history_it_follows_from_where_it_is() {
    let mut leader = Leader::offline();
    leader.step(Input::Connect);
    let after = leader.server.cursor();
    assert_eq!(leader.step(leader.greeting(HelloAction::Tail)), [Effect::OpenStream { after }]);
    assert_eq!(leader.sync.link(), Link::Following);
}

#[test]
fn an_empty_replica_loads_the_snapshot_and_follows_from_there() {
    let mut leader = Leader::offline();
    leader.replica = Replica::default();
    leader.step(Input::Connect);
    // It may have had a replica, and lost it to a full disk.
    assert_eq!(leader.step(leader.greeting(HelloAction::Snapshot)), [Effect::Recall]);
    assert_eq!(leader.step(Input::Recalled(Box::default())), [Effect::FetchSnapshot]);
    let after = leader.server.cursor();
    assert_eq!(leader.step(leader.snapshot()), [Effect::StoreSnapshot, Effect::OpenStream { after }]);
    assert_eq!(leader.replica.view(), &leader.server.sequencer.workspace);
}

#[test]
fn a_fork_is_told_and_what_is_known_is_recalled_before_it_is_loaded() {
    let mut leader = Leader::offline();
    leader.step(Input::Connect);
    let effects = leader.step(leader.greeting(HelloAction::Fork));
    assert_eq!(effects, [Effect::TellFork, Effect::Recall]);
    assert_eq!(leader.sync.link(), Link::Loading);
    assert_eq!(leader.step(Input::Recalled(Box::default())), [Effect::Greet]);
    assert_eq!(leader.step(leader.greeting(HelloAction::Fork)), [Effect::FetchSnapshot]);
}

#[test]
fn answers_nobody_waits_for_change_nothing() {
    let mut leader = Leader::offline();
    assert_eq!(leader.step(leader.greeting(HelloAction::Fork)), []);
    assert_eq!(leader.step(leader.snapshot()), []);
    assert_eq!(leader.step(Input::Events(leader.server.log.clone())), []);
    assert_eq!(leader.sync.link(), Link::Offline);
}

#[test]
fn nothing_is_pushed_before_it_is_in_touch() {
    let mut leader = Leader::offline();
    leader.make(1);
    assert_eq!(leader.step(Input::Queued), []);
    leader.step(Input::Connect);
    assert_eq!(leader.step(Input::Queued), []);
    assert_eq!(keys(&pushed(&leader.step(leader.greeting(HelloAction::Tail)))), [key(PAGE, 1)]);
}

#[test]
fn nothing_is_pushed_while_a_push_is_not_answered() {
    let (mut leader, first) = Leader::pushing(3);
    assert_eq!(leader.step(Input::Queued), []);
    let answer = leader.server.answers(&first);
    let next = leader.answered(answer);
    assert_eq!(keys(&pushed(&next)), [key(PAGE, 2), key(PAGE, 3)]);
}

#[test]
fn a_push_whose_answer_never_came_is_sent_again_after_hello() {
    let (mut leader, first) = Leader::pushing(2);
    leader.server.answers(&first);
    let effects = leader.step(Input::Failed(Failure::Unreachable));
    assert_eq!(effects, [Effect::CloseStream, Effect::Wait { ms: 500 }]);
    assert_eq!(leader.step(Input::Queued), [], "nothing goes past the fence");
    leader.step(Input::Connect);
    let again = pushed(&leader.step(leader.greeting(HelloAction::Tail)));
    assert_eq!(keys(&again), [key(PAGE, 1), key(PAGE, 2)]);
    let answer = leader.server.answers(&again);
    assert!(answer.results[0].duplicate && !answer.results[1].duplicate);
    leader.answered(answer);
    leader.step(Input::Events(leader.server.log_after(0)));
    assert_eq!(
        (pending(&leader.replica), leader.replica.view()),
        (vec![], &leader.server.sequencer.workspace)
    );
}

#[test]
fn a_push_may_span_queues_in_their_order() {
    let mut leader = Leader::following();
    leader.replica.adopt(blind(key(SIBLING, 1), title("sibling")));
    leader.make(1);
    assert_eq!(keys(&pushed(&leader.step(Input::Queued))), [key(SIBLING, 1), key(PAGE, 1)]);
}

#[test]
fn events_are_stored_with_what_they_settle() {
    let (mut leader, first) = Leader::pushing(1);
    let head = leader.server.cursor().seq;
    leader.server.answers(&first);
    let batch = leader.server.log_after(head);
    let effects = leader.step(Input::Events(batch.clone()));
    assert_eq!(
        effects,
        [Effect::StoreEvents(batch.clone()), Effect::Retire(vec![first[0].read().expect("a command")])]
    );
    assert_eq!(leader.step(Input::Events(batch)), [], "what is known is not stored again");
}

#[test]
fn a_hole_in_the_stream_leads_to_hello() {
    let mut leader = Leader::following();
    let head = leader.server.cursor().seq;
    leader.server.does(title("a"));
    leader.server.does(title("b"));
    let batch = leader.server.log_after(head + 1);
    assert_eq!(leader.step(Input::Events(batch)), [Effect::CloseStream, Effect::Wait { ms: 500 }]);
}

#[test]
fn what_is_refused_is_kept_for_its_author() {
    let (mut leader, first) = Leader::pushing(1);
    leader.server.does(finish());
    let answer = leader.server.answers(&first);
    let effects = leader.answered(answer);
    let [Effect::TellResults(_), Effect::KeepRefused(refused), Effect::Retire(gone)] = effects.as_slice()
    else {
        panic!("{effects:?}")
    };
    assert_eq!(refused[0].envelope.key, key(PAGE, 1));
    // It must not happen should the server forget that it refused it; its place is kept all the same.
    assert_eq!((gone[0].key, &gone[0].command), (key(PAGE, 1), &Command::Nothing));
}

#[test]
fn waits_grow_up_to_half_a_minute_and_begin_anew_once_in_step() {
    let mut leader = Leader::following();
    for expected in [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] {
        let effects = leader.step(Input::Failed(Failure::Unreachable));
        assert_eq!(effects, [Effect::CloseStream, Effect::Wait { ms: expected }]);
        leader.step(Input::Connect);
        // An answer to hello is no sign that the stream and the push get through.
        leader.step(leader.greeting(HelloAction::Tail));
    }
    leader.step(Input::Alive);
    let effects = leader.step(Input::Failed(Failure::Unreadable));
    assert_eq!(effects, [Effect::CloseStream, Effect::Wait { ms: 500 }]);
}

#[test]
fn an_outdated_app_stops() {
    let (mut leader, _) = Leader::pushing(1);
    assert_eq!(leader.fails(ErrorCode::Upgrade, None), [Effect::CloseStream]);
    assert_eq!((leader.sync.link(), leader.sync.trouble()), (Link::Outdated, Some(ErrorCode::Upgrade)));
    leader.make(2);
    assert_eq!(leader.step(Input::Connect), []);
    assert_eq!(leader.step(Input::Queued), []);
    let mut leader = Leader::offline();
    leader.step(Input::Connect);
    assert_eq!(leader.step(leader.greeting(HelloAction::Upgrade)), []);
    assert_eq!(leader.sync.link(), Link::Outdated);
}

/// What a request but a push is answered.
fn refusal(code: ErrorCode) -> Input {
    Input::Failed(Failure::Refused(ApiError { code, message: String::new(), details: None }))
}

#[test]
fn where_nobody_is_signed_in_it_waits_for_somebody_and_keeps_what_is_not_sent() {
    for code in [ErrorCode::SignInNeeded, ErrorCode::SetupNeeded] {
        let (mut leader, _) = Leader::pushing(2);
        assert_eq!(leader.fails(code, None), [Effect::CloseStream], "{code:?}");
        assert_eq!((leader.sync.link(), leader.sync.is_signed_out()), (Link::SignedOut, true));
        leader.make(3);
        assert_eq!(leader.step(Input::Queued), []);
        assert_eq!(pending(&leader.replica).len(), 3);
    }
}

#[test]
fn what_was_asked_before_nobody_was_signed_in_leads_to_no_further_tries() {
    let (mut leader, pushed) = Leader::pushing(1);
    leader.step(refusal(ErrorCode::SignInNeeded));
    let answer = leader.server.answers(&pushed);
    assert_eq!(leader.answered(answer), []);
    assert_eq!(leader.step(Input::Failed(Failure::Unreachable)), []);
    assert_eq!(leader.sync.link(), Link::SignedOut);
}

#[test]
fn it_goes_on_when_somebody_signed_in() {
    let (mut leader, _) = Leader::pushing(2);
    leader.fails(ErrorCode::SignInNeeded, None);
    assert_eq!(leader.step(Input::Connect), [Effect::Greet]);
    // The way there is not the end of it: what the page says must not flicker.
    assert!(leader.sync.is_signed_out());
    let effects = leader.step(leader.greeting(HelloAction::Tail));
    assert_eq!(keys(&pushed(&effects)), [key(PAGE, 1), key(PAGE, 2)]);
    assert!(!leader.sync.is_signed_out());
}

#[test]
fn whose_access_was_removed_keeps_what_was_not_sent_and_nothing_else() {
    let mut leader = Leader::offline();
    leader.make(1);
    submit(&mut leader.replica, key(PAGE, 2), Command::Nothing);
    leader.make(3);
    // Leaving is done; there is nothing of it to keep.
    let leave = Command::Member(MemberCommand::Remove { member: ACTOR });
    leader.replica.adopt(blind(key(PAGE, 4), leave));
    leader.step(Input::Connect);
    let effects = leader.step(refusal(ErrorCode::Forbidden));
    let [Effect::CloseStream, Effect::KeepRefused(refused), Effect::Forget] = &effects[..] else {
        panic!("{effects:?}")
    };
    let refused: Vec<_> = refused.iter().map(|one| (one.envelope.key, one.rejection.clone())).collect();
    let removed = Rejection::AccessRemoved;
    assert_eq!(refused, [(key(PAGE, 1), removed.clone()), (key(PAGE, 3), removed)]);
    assert_eq!((leader.sync.link(), leader.replica.cursor()), (Link::Removed, None));
    assert_eq!(leader.replica.view(), &Workspace::default());
    assert_eq!(leader.step(Input::Connect), []);
    assert_eq!(leader.step(Input::Failed(Failure::Unreachable)), []);
}

#[test]
fn what_else_is_forbidden_is_no_reason_to_forget_anything() {
    let (mut leader, _) = Leader::pushing(1);
    let effects = leader.fails(ErrorCode::Forbidden, None);
    assert!(matches!(effects[..], [Effect::CloseStream, Effect::Wait { .. }]), "{effects:?}");
    assert_eq!((leader.sync.link(), pending(&leader.replica).len()), (Link::Offline, 1));
}

#[test]
fn a_gap_is_filled_stored_and_pushed() {
    let mut leader = Leader::following();
    leader.replica.adopt(blind(key(PAGE, 2), title("second")));
    leader.step(Input::Queued);
    let details = ErrorDetails::Gap { client: key(PAGE, 1).client, expected: 1 };
    // A server that was put back misses what it had: first it is asked which history it holds.
    let effects = leader.fails(ErrorCode::Gap, Some(details.clone()));
    assert_eq!(effects, [Effect::CloseStream, Effect::Wait { ms: 500 }]);
    leader.step(Input::Connect);
    leader.step(leader.greeting(HelloAction::Tail));
    let effects = leader.fails(ErrorCode::Gap, Some(details));
    let [Effect::StoreCommands(fillers), Effect::Push { .. }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(fillers[0].key, key(PAGE, 1));
    assert_eq!(keys(&pushed(&effects)), [key(PAGE, 1), key(PAGE, 2)]);
}

#[test]
fn a_gap_that_is_none_here_leads_to_hello() {
    let (mut leader, _) = Leader::pushing(1);
    let details = ErrorDetails::Gap { client: ClientId::from_u128(0xdead), expected: 1 };
    let effects = leader.fails(ErrorCode::Gap, Some(details));
    assert_eq!(effects, [Effect::CloseStream, Effect::Wait { ms: 500 }]);
}

#[test]
fn a_taken_name_is_reissued() {
    let (mut leader, _) = Leader::pushing(2);
    let CommandKey { client, seq } = key(PAGE, 1);
    let effects = leader.fails(ErrorCode::Reused, Some(ErrorDetails::Reused { client, seq }));
    assert_eq!(effects, [Effect::Reissue(vec![key(PAGE, 1), key(PAGE, 2)])]);
    leader.replica.reissue(&[key(PAGE, 1), key(PAGE, 2)], ClientId::from_u128(0xf0));
    assert_eq!(keys(&pushed(&leader.step(Input::Queued))), [key(0xf0, 1), key(0xf0, 2)]);
}

/// A profile was put back from a copy: the server has another command in the first place, and these two after it.
#[test]
fn what_the_server_knew_at_the_last_hello_keeps_its_name() {
    let mut leader = Leader::offline();
    (1..=4).for_each(|seq| leader.make(seq));
    leader.step(Input::Connect);
    let Input::Greeted(mut greeting) = leader.greeting(HelloAction::Tail) else { unreachable!() };
    let CommandKey { client, seq } = key(PAGE, 1);
    greeting.queues.push(QueuePosition { client, last_seq: 3 });
    leader.step(Input::Greeted(greeting));
    let effects = leader.fails(ErrorCode::Reused, Some(ErrorDetails::Reused { client, seq }));
    assert_eq!(effects, [Effect::Reissue(vec![key(PAGE, 1), key(PAGE, 4)])]);
}

/// The server was put back to a time when what the place is kept for had happened.
#[test]
fn what_only_keeps_a_place_gives_way_to_what_the_server_has_there() {
    let mut leader = Leader::following();
    leader.replica.adopt(blind(key(PAGE, 1), title("kept")).emptied());
    leader.replica.adopt(blind(key(PAGE, 2), title("next")));
    leader.step(Input::Queued);
    let CommandKey { client, seq } = key(PAGE, 1);
    let effects = leader.fails(ErrorCode::Reused, Some(ErrorDetails::Reused { client, seq }));
    let [Effect::TellResults(told), Effect::Retire(gone), Effect::Push { .. }] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!((told[0].seq, gone[0].key), (1, key(PAGE, 1)));
    assert_eq!(keys(&pushed(&effects)), [key(PAGE, 2)]);
}

#[test]
fn a_push_that_is_too_large_is_halved() {
    let mut leader = Leader::following();
    (1..=600).for_each(|seq| leader.replica.adopt(blind(key(PAGE, seq), finish())));
    let mut lengths = vec![pushed(&leader.step(Input::Queued)).len()];
    for _ in 0..9 {
        lengths.push(pushed(&leader.fails(ErrorCode::TooLarge, None)).len());
    }
    assert_eq!(lengths, [PUSH_COMMANDS, 250, 125, 63, 32, 16, 8, 4, 2, 1]);
    assert_eq!(leader.fails(ErrorCode::TooLarge, None), [Effect::CloseStream, Effect::Wait { ms: 500 }]);
}

#[test]
fn a_push_fits_in_the_bytes_it_may_have() {
    let mut leader = Leader::following();
    for seq in 1..=600 {
        leader.replica.adopt(blind(key(PAGE, seq), title(&"x".repeat(1_000))));
    }
    let commands = pushed(&leader.step(Input::Queued));
    let bytes = serde_json::to_string(&commands).expect("commands are JSON").len();
    assert!(bytes < PUSH_BYTES && bytes > PUSH_BYTES / 2, "{bytes}");
}

#[test]
fn a_server_in_trouble_is_tried_again_and_its_trouble_told_until_something_succeeds() {
    use ErrorCode as E;
    for code in
        [E::Busy, E::StorageFull, E::Indeterminate, E::ShuttingDown, E::Internal, E::Fork, E::Malformed]
    {
        let (mut leader, first) = Leader::pushing(1);
        assert_eq!(leader.fails(code, None), [Effect::CloseStream, Effect::Wait { ms: 500 }]);
        assert_eq!((leader.sync.trouble(), pending(&leader.replica).len()), (Some(code), 1));
        leader.step(Input::Connect);
        leader.step(leader.greeting(HelloAction::Tail));
        let answer = leader.server.answers(&first);
        leader.answered(answer);
        assert_eq!(leader.sync.trouble(), None);
    }
}

/// Something on the way holds streams back: hello and pushes get through, streams say nothing.
#[test]
fn where_streams_say_nothing_pages_are_asked_for() {
    let mut leader = Leader::following();
    leader.step(Input::Failed(Failure::Unreachable));
    leader.step(Input::Connect);
    leader.step(leader.greeting(HelloAction::Tail));
    leader.step(Input::Failed(Failure::Unreachable));
    leader.step(Input::Connect);
    let after = leader.server.cursor();
    assert_eq!(leader.step(leader.greeting(HelloAction::Tail)), [Effect::FetchEvents { after }]);
    leader.server.does(title("theirs"));
    let events = leader.server.log_after(after.seq);
    let page = EventsPage { events: events.clone(), head: leader.server.cursor().seq };
    let effects = leader.step(Input::Page(page));
    assert_eq!(effects, [Effect::StoreEvents(events), Effect::Pause { ms: 2_000 }]);
    let after = leader.server.cursor();
    assert_eq!(leader.step(Input::Poll), [Effect::FetchEvents { after }]);
}

#[test]
fn a_stream_is_tried_again_after_a_while_and_kept_if_it_speaks() {
    let mut leader = Leader::following();
    for _ in 0..3 {
        leader.step(Input::Failed(Failure::Unreachable));
        leader.step(Input::Connect);
        leader.step(leader.greeting(HelloAction::Tail));
    }
    let after = leader.server.cursor();
    let greeted = (0..100).find(|_| leader.step(Input::Poll) == [Effect::Greet]);
    assert!(greeted.is_some(), "no stream is ever tried again");
    assert_eq!(leader.step(leader.greeting(HelloAction::Tail)), [Effect::OpenStream { after }]);
    leader.step(Input::Alive);
    leader.step(Input::Failed(Failure::Unreachable));
    leader.step(Input::Connect);
    assert_eq!(leader.step(leader.greeting(HelloAction::Tail)), [Effect::OpenStream { after }]);
}

/// It was said before a new `hello`, and maybe by a server that is another one since.
#[test]
fn a_gap_that_is_told_late_fills_nothing() {
    let (mut leader, first) = Leader::pushing(2);
    leader.step(Input::Failed(Failure::Unreachable));
    let details = ErrorDetails::Gap { client: first[0].client, expected: 1 };
    assert_eq!(leader.fails(ErrorCode::Gap, Some(details)), []);
    assert_eq!(pending(&leader.replica), [key(PAGE, 1), key(PAGE, 2)]);
}

fn let_in(leader: &mut Leader, member: u128) {
    let member = slipway_shared::ids::MemberId::from_u128(member);
    let seq = leader.replica.pending().len() as u64 + 1;
    let add = MemberCommand::Add { member, role: slipway_shared::member::Role::Viewer };
    submit(&mut leader.replica, key(PAGE, seq), Command::Member(add));
}

#[test]
fn what_counts_only_with_the_password_waits_for_it_and_what_was_before_goes_on() {
    let mut leader = Leader::following();
    leader.make(1);
    let_in(&mut leader, 0xb0);
    leader.make(3);
    assert_eq!(pushed(&leader.step(Input::Queued)).len(), 3);
    let again = pushed(&leader.fails(ErrorCode::ConfirmationNeeded, None));
    assert_eq!((keys(&again), leader.sync.link()), (vec![key(PAGE, 1)], Link::Following));
    assert_eq!((leader.sync.waits_for_password(&leader.replica), leader.sync.trouble()), (1, None));
    let answer = leader.server.answers(&again);
    let settled = leader.answered(answer);
    assert!(!settled.iter().any(|effect| matches!(effect, Effect::Push { .. } | Effect::Wait { .. })));
    assert_eq!(leader.step(Input::Queued), [], "it is not asked again by itself");
    let rest = pushed(&leader.step(Input::Confirmed));
    assert_eq!(keys(&rest), [key(PAGE, 2), key(PAGE, 3)]);
    assert_eq!(leader.sync.waits_for_password(&leader.replica), 0);
    let answer = leader.server.answers(&rest);
    leader.answered(answer);
    let log = leader.server.log_after(0);
    leader.step(Input::Events(log));
    assert!(leader.replica.pending().is_empty());
}

#[test]
fn a_password_that_was_given_elsewhere_is_found_out_by_the_next_hello() {
    let mut leader = Leader::following();
    let_in(&mut leader, 0xb0);
    assert_eq!(pushed(&leader.step(Input::Queued)).len(), 1);
    leader.fails(ErrorCode::ConfirmationNeeded, None);
    leader.step(Input::Failed(Failure::Unreachable));
    leader.step(Input::Connect);
    let greeted = leader.step(leader.greeting(HelloAction::Tail));
    assert_eq!(keys(&pushed(&greeted)), [key(PAGE, 1)]);
}

#[test]
fn who_gave_the_password_and_is_signed_out_all_the_same_is_asked_for_anew() {
    let mut leader = Leader::following();
    let failure = ApiError { code: ErrorCode::SignInNeeded, message: String::new(), details: None };
    leader.step(Input::Failed(Failure::Refused(failure)));
    assert_eq!(leader.sync.link(), Link::SignedOut);
    assert_eq!(leader.step(Input::Confirmed), [Effect::Greet]);
}
