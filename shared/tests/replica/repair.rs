//! A server that forgot a part of its log: what this browser knows is offered again under its own names, requests
//! are asked about again, and what only others can bring back is kept in sight.

use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::ids::{ClientId, CommandKey, MemberId};
use slipway_shared::log::{Cursor, StoredEvent};
use slipway_shared::member::{MemberCommand, Role};
use slipway_shared::sync::client::{Effect, Failure, Input, Moment, SyncClient};
use slipway_shared::sync::envelope::CommandEnvelope;
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::{HelloAction, HelloResponse, QueuePosition};
use slipway_shared::sync::repair::{ACKNOWLEDGED_COMMANDS, ACKNOWLEDGED_MS, Recalled, expired};
use slipway_shared::sync::replica::Replica;
use slipway_shared::time::Timestamp;

use super::test;
use super::world::{
    ACTOR, CARD, OTHER_EPOCH, PAGE, SIBLING, STRANGER, Server, finish, key, pending, shown, submit, title,
};

/// The first events of every test server, which every timeline has.
const BEGINNING: u64 = 3;

/// The leader of a browser with what it stores, and the server it follows.
struct Browser {
    sync: SyncClient,
    replica: Replica,
    server: Server,
    acknowledged: Vec<CommandEnvelope>,
    tail: Vec<StoredEvent>,
    /// From which commands the server says that something was taken out.
    redacted: Vec<CommandKey>,
}

impl Browser {
    fn new() -> Self {
        let server = Server::new();
        let replica = server.replica();
        let (sync, acknowledged, tail) = (SyncClient::default(), Vec::new(), Vec::new());
        let mut browser = Self { sync, replica, server, acknowledged, tail, redacted: Vec::new() };
        browser.step(Input::Connect);
        browser.greeted(HelloAction::Tail);
        browser
    }

    fn step(&mut self, input: Input) -> Vec<Effect> {
        let effects = self.sync.step(&mut self.replica, input, Moment { now: Timestamp(0), jitter: 0 });
        for effect in &effects {
            match effect {
                Effect::Retire(left) => {
                    self.acknowledged.retain(|known| !left.iter().any(|new| new.key == known.key));
                    self.acknowledged.extend(left.iter().cloned());
                }
                Effect::StoreEvents(events) => self.tail.extend(events.iter().cloned()),
                _ => {}
            }
        }
        effects
    }

    fn greeted(&mut self, action: HelloAction) -> Vec<Effect> {
        let queues = self.sync.queues(&self.replica);
        let known = |client: &ClientId| self.server.sequencer.queues.get(client).copied().unwrap_or_default();
        let queues =
            queues.iter().map(|client| QueuePosition { client: *client, last_seq: known(client) }).collect();
        let cursor = self.server.cursor();
        self.step(Input::Greeted(Box::new(HelloResponse {
            server_ms: Timestamp(0),
            epoch: cursor.epoch,
            head: cursor.seq,
            chain: cursor.chain,
            oldest: 1,
            protocol: (1, 1),
            commands: std::collections::BTreeMap::new(),
            queues,
            action,
            restored_to: None,
            is_redaction: !self.redacted.is_empty(),
            redacted: self.redacted.clone(),
            member: ACTOR,
            people: Vec::new(),
        })))
    }

    /// Makes a command and has it confirmed.
    fn confirms(&mut self, key: CommandKey, command: Command) {
        submit(&mut self.replica, key, command);
        let effects = self.step(Input::Queued);
        self.answer(&effects);
    }

    /// Answers a push and those after it, and lets the log show what came of them.
    fn answer(&mut self, effects: &[Effect]) -> Vec<Effect> {
        let mut all = Vec::new();
        let mut next = Some(pushed(effects));
        while let Some((number, commands)) = next {
            let shown = self.replica.cursor().expect("in step").seq;
            let answer = Ok(self.server.answers(&commands));
            let mut then = self.step(Input::Pushed { number, answer });
            then.extend(self.step(Input::Events(self.server.log_after(shown))));
            next = push_among(&then);
            all.extend(then);
        }
        all
    }

    /// Meets the server after it was put back to `earlier`, on another timeline.
    fn meets(&mut self, mut earlier: Server) -> Vec<Effect> {
        earlier.sequencer.cursor.epoch = OTHER_EPOCH;
        earlier.sequencer.base = BEGINNING;
        self.server = earlier;
        self.step(Input::Failed(Failure::Unreachable));
        self.step(Input::Connect);
        assert_eq!(self.greeted(HelloAction::Fork), [Effect::TellFork, Effect::Recall]);
        let recalled = Recalled { acknowledged: self.acknowledged.clone(), tail: self.tail.clone() };
        assert_eq!(self.step(Input::Recalled(Box::new(recalled))), [Effect::Greet]);
        assert_eq!(self.greeted(HelloAction::Fork), [Effect::FetchSnapshot]);
        let snapshot = (self.server.sequencer.workspace.clone(), self.server.cursor());
        self.step(Input::Loaded(Box::new(snapshot)))
    }
}

#[test]
fn what_the_server_forgot_is_sent_again_under_its_own_name() {
    let mut browser = Browser::new();
    browser.confirms(key(PAGE, 1), title("one"));
    let backup = browser.server.clone();
    browser.confirms(key(PAGE, 2), title("two"));
    browser.confirms(key(SIBLING, 1), title("three"));
    assert_eq!(pending(&browser.replica), []);
    let effects = browser.meets(backup);
    assert_eq!(pending(&browser.replica), [key(PAGE, 2), key(SIBLING, 1)]);
    assert_eq!(shown(&browser.replica), "three");
    browser.answer(&effects);
    assert_eq!(pending(&browser.replica), []);
    assert_eq!(browser.replica.view(), &browser.server.sequencer.workspace);
    let card = &browser.server.sequencer.workspace.deployments[&CARD];
    assert_eq!(card.conflicts, [], "its own edits overwrite nothing of others");
}

/// After a crash in between, the same fork is met again: what is sent again has to be stored before the snapshot.
#[test]
fn what_is_sent_again_is_stored_before_the_history_it_is_known_from_goes() {
    let mut browser = Browser::new();
    let backup = browser.server.clone();
    browser.confirms(key(PAGE, 1), title("one"));
    let effects = browser.meets(backup);
    let place = |wanted: fn(&Effect) -> bool| effects.iter().position(wanted).expect("the effect");
    let commands = place(|effect| matches!(effect, Effect::StoreCommands(again) if again.len() == 1));
    let snapshot = place(|effect| matches!(effect, Effect::StoreSnapshot));
    let push = place(|effect| matches!(effect, Effect::Push { .. }));
    assert!(commands < snapshot && snapshot < push, "{effects:?}");
}

#[test]
fn what_the_server_still_knows_does_not_happen_again() {
    let mut browser = Browser::new();
    browser.confirms(key(PAGE, 1), title("one"));
    let backup = browser.server.clone();
    let effects = browser.meets(backup);
    assert_eq!(pending(&browser.replica), []);
    let head = browser.server.cursor();
    let then = browser.answer(&effects);
    assert!(!then.iter().any(|effect| matches!(effect, Effect::KeepRefused(_))), "{then:?}");
    assert_eq!((browser.server.cursor(), pending(&browser.replica)), (head, vec![]));
}

/// An admin has taken a text out of what it said: the copy that is kept for a restore says nothing any more, also of a
/// command whose answer was lost, and nothing is sent that the server took before.
#[test]
fn what_was_taken_out_of_the_log_is_not_kept_here() {
    let mut browser = Browser::new();
    browser.confirms(key(PAGE, 1), title("secret"));
    browser.confirms(key(PAGE, 2), title("other"));
    submit(&mut browser.replica, key(PAGE, 3), title("secret again"));
    let (_, lost) = pushed(&browser.step(Input::Queued));
    browser.server.answers(&lost);
    browser.redacted = vec![key(PAGE, 1), key(PAGE, 3)];
    let server = browser.server.clone();
    let effects = browser.meets(server);
    let told = effects.iter().any(|effect| matches!(effect, Effect::TellRestored { is_redaction: true, .. }));
    assert!(told, "{effects:?}");
    let place = |wanted: fn(&Effect) -> bool| effects.iter().position(wanted).expect("the effect");
    let (emptied, snapshot) = (
        place(|effect| matches!(effect, Effect::Retire(_))),
        place(|effect| matches!(effect, Effect::StoreSnapshot)),
    );
    assert!(emptied < snapshot, "after a crash in between it has to be told again: {effects:?}");
    let asked: Vec<_> = pushed(&effects).1.iter().map(WireCommand::key).collect();
    assert_eq!(asked, [key(PAGE, 2)], "nothing is asked about what was taken out");
    browser.answer(&effects);
    assert_eq!(pending(&browser.replica), []);
    let kept: Vec<_> = browser.acknowledged.iter().map(|known| (known.key, known.command.clone())).collect();
    for (seq, expected) in [(1, Command::Nothing), (2, title("other")), (3, Command::Nothing)] {
        assert!(kept.contains(&(key(PAGE, seq), expected)), "{seq}: {kept:?}");
    }
}

/// Its author would have to give the password for what they did long ago, and nothing else would be sent meanwhile.
#[test]
fn nothing_is_asked_about_what_counts_only_with_the_password() {
    let mut browser = Browser::new();
    browser.confirms(key(PAGE, 1), title("one"));
    let member = MemberId::from_u128(0xb0);
    browser.confirms(key(PAGE, 2), Command::Member(MemberCommand::Add { member, role: Role::Viewer }));
    assert_eq!(browser.acknowledged.len(), 2);
    submit(&mut browser.replica, key(PAGE, 3), title("new"));
    let server = browser.server.clone();
    let effects = browser.meets(server);
    let asked: Vec<_> = pushed(&effects).1.iter().map(WireCommand::key).collect();
    assert_eq!(asked, [key(PAGE, 1)]);
    let then = browser.answer(&effects);
    let sent =
        then.iter().any(|effect| matches!(effect, Effect::Push { commands, .. } if commands[0].seq == 3));
    assert!(sent, "{then:?}");
    assert_eq!(pending(&browser.replica), []);
}

/// A push reached the server just after its file was put back; the answer got lost, and the stream still brought the
/// events of before.
#[test]
fn what_was_done_on_a_lost_timeline_and_is_refused_on_this_one_is_put_before_its_author() {
    let mut browser = Browser::new();
    let mut other = browser.server.clone();
    browser.confirms(key(PAGE, 1), title("one"));
    other.does(finish());
    let refused = browser.acknowledged.first().expect("one is acknowledged").to_wire();
    assert!(
        other.answers(&[refused]).results[0].outcome.rejection.is_some(),
        "finished deployments are closed"
    );
    let effects = browser.meets(other);
    let then = browser.answer(&effects);
    let kept = then.iter().find_map(|effect| match effect {
        Effect::KeepRefused(refused) => refused.first().map(|refused| refused.envelope.key),
        _ => None,
    });
    assert_eq!(kept, Some(key(PAGE, 1)), "{then:?}");
}

/// What was refused, and dealt with since, must not happen after a restore; its queue stays dense all the same.
#[test]
fn a_refused_command_is_not_carried_out_by_a_restore() {
    let mut browser = Browser::new();
    let backup = browser.server.clone();
    submit(&mut browser.replica, key(PAGE, 1), title("refused"));
    let effects = browser.step(Input::Queued);
    browser.server.does(finish());
    browser.answer(&effects);
    browser.confirms(key(PAGE, 2), Command::Deployment(DeploymentCommand::Reopen { deployment: CARD }));
    let effects = browser.meets(backup);
    assert_eq!(pending(&browser.replica), [key(PAGE, 1), key(PAGE, 2)]);
    browser.answer(&effects);
    assert_eq!(shown(&browser.replica), "Faster search");
    assert_eq!(pending(&browser.replica), []);
}

#[test]
fn what_others_did_is_kept_in_sight_until_it_comes_back() {
    let mut browser = Browser::new();
    let backup = browser.server.clone();
    let head = browser.server.cursor().seq;
    browser.server.does(title("theirs"));
    let stranger = CommandKey {
        client: ClientId::from_u128(STRANGER),
        seq: browser.server.sequencer.queues[&ClientId::from_u128(STRANGER)],
    };
    browser.step(Input::Events(browser.server.log_after(head)));
    let effects = browser.meets(backup);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::KeepLost(events) if events.len() == 1)));
    assert_eq!(browser.replica.lost().map(|(key, _)| key).collect::<Vec<_>>(), [stranger]);
    let before = browser.server.cursor().seq;
    browser.server.does(title("theirs"));
    let effects = browser.step(Input::Events(browser.server.log_after(before)));
    assert!(effects.contains(&Effect::FoundAgain(vec![stranger])), "{effects:?}");
    assert_eq!(browser.replica.lost().count(), 0);
}

/// What an edit had seen on the lost timeline says nothing about what happened on the new one since.
#[test]
fn an_edit_of_the_lost_timeline_overwrites_nothing_silently() {
    let mut browser = Browser::new();
    let mut backup = browser.server.clone();
    browser.confirms(key(PAGE, 1), title("one"));
    browser.confirms(key(PAGE, 2), title("two"));
    backup.does(title("theirs, after the restore"));
    let effects = browser.meets(backup);
    browser.answer(&effects);
    let card = &browser.server.sequencer.workspace.deployments[&CARD];
    let values: Vec<_> = card.conflicts.iter().map(|conflict| conflict.value.as_str()).collect();
    // At one and the same time the name of the command decides; what matters is that both are kept.
    assert_eq!((card.title.value.as_str(), values), ("theirs, after the restore", vec!["one", "two"]));
}

#[test]
fn acknowledged_commands_are_kept_for_two_weeks_and_not_without_end() {
    let now = Timestamp(ACKNOWLEDGED_MS * 3);
    let old = (key(PAGE, 1), now.plus(-ACKNOWLEDGED_MS - 1));
    let fresh = (key(PAGE, 2), now.plus(-ACKNOWLEDGED_MS));
    assert_eq!(expired(&[old, fresh], now), [key(PAGE, 1)]);
    let many: Vec<_> = (1..=ACKNOWLEDGED_COMMANDS as u64 + 3).map(|seq| (key(PAGE, seq), now)).collect();
    let mut over = expired(&many, now);
    over.sort_unstable();
    assert_eq!(over, [key(PAGE, 1), key(PAGE, 2), key(PAGE, 3)]);
}

/// Put back once more between `hello` and the snapshot: what the server said of the queues is of another timeline.
#[test]
fn a_snapshot_of_yet_another_timeline_is_not_repaired_with_what_was_said_before() {
    let mut browser = Browser::new();
    let backup = browser.server.clone();
    browser.confirms(key(PAGE, 1), title("one"));
    browser.server = backup;
    browser.server.sequencer.cursor.epoch = OTHER_EPOCH;
    browser.step(Input::Failed(Failure::Unreachable));
    browser.step(Input::Connect);
    browser.greeted(HelloAction::Fork);
    let recalled = Recalled { acknowledged: browser.acknowledged.clone(), tail: browser.tail.clone() };
    browser.step(Input::Recalled(Box::new(recalled)));
    browser.greeted(HelloAction::Fork);
    let epoch = slipway_shared::ids::EpochId::from_u128(0xe);
    let again = Cursor { epoch, ..browser.server.cursor() };
    let effects = browser.step(Input::Loaded(Box::new((browser.server.sequencer.workspace.clone(), again))));
    assert!(matches!(effects.as_slice(), [Effect::CloseStream, Effect::Wait { .. }]), "{effects:?}");
    assert_eq!(shown(&browser.replica), "one", "nothing is given up");
}

/// The file is put back by hand between `hello` and the snapshot, and the timeline keeps its name: what the server said
/// it knows is not in the snapshot. The browser has no replica of its own that would show it.
#[test]
fn a_snapshot_from_before_what_was_greeted_is_not_taken() {
    let mut browser = Browser::new();
    let backup = browser.server.clone();
    browser.confirms(key(PAGE, 1), title("one"));
    browser.replica = Replica::default();
    browser.step(Input::Failed(Failure::Unreachable));
    browser.step(Input::Connect);
    assert_eq!(browser.greeted(HelloAction::Snapshot), [Effect::Recall]);
    let recalled = Recalled { acknowledged: browser.acknowledged.clone(), tail: Vec::new() };
    browser.step(Input::Recalled(Box::new(recalled.clone())));
    assert_eq!(browser.greeted(HelloAction::Snapshot), [Effect::FetchSnapshot]);
    browser.server = backup;
    let snapshot = |browser: &Browser| {
        Input::Loaded(Box::new((browser.server.sequencer.workspace.clone(), browser.server.cursor())))
    };
    let effects = browser.step(snapshot(&browser));
    assert!(matches!(effects.as_slice(), [Effect::CloseStream, Effect::Wait { .. }]), "{effects:?}");

    browser.step(Input::Connect);
    browser.greeted(HelloAction::Snapshot);
    browser.step(Input::Recalled(Box::new(recalled)));
    browser.greeted(HelloAction::Snapshot);
    browser.step(snapshot(&browser));
    assert_eq!((pending(&browser.replica), shown(&browser.replica)), (vec![key(PAGE, 1)], "one"));
}

/// Returns the push among some effects, with its number.
#[track_caller]
fn pushed(effects: &[Effect]) -> (u64, Vec<WireCommand>) {
    push_among(effects).expect("a push")
}

fn push_among(effects: &[Effect]) -> Option<(u64, Vec<WireCommand>)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Push { number, commands, .. } => Some((*number, commands.clone())),
        _ => None,
    })
}

/// The answer to a push of the lost timeline comes when a push of the new one is under way.
#[test]
fn an_answer_of_another_timeline_settles_nothing() {
    let mut browser = Browser::new();
    let backup = browser.server.clone();
    submit(&mut browser.replica, key(PAGE, 1), title("one"));
    let pushed = browser.step(Input::Queued);
    let (number, commands) = self::pushed(&pushed);
    let late = browser.server.answers(&commands);
    let effects = browser.meets(backup);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Push { .. })), "{effects:?}");
    assert_eq!(browser.step(Input::Pushed { number, answer: Ok(late) }), []);
    assert_eq!(pending(&browser.replica), [key(PAGE, 1)]);
    browser.answer(&effects);
    assert_eq!(pending(&browser.replica), []);
}
