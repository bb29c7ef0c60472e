//! What `push` promises: one outcome for each command, for ever; nothing of a push that is refused.

use serde_json::json;
use slipway_shared::command::Command;
use slipway_shared::ids::{ClientId, DeploymentId, EpochId};
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::{
    ApiError, CommandResult, ErrorCode, ErrorDetails, OutcomeStatus, PUSH_COMMANDS, PushResponse,
};
use slipway_tests::api::{Api, RequestError};
use slipway_tests::commands::{self, wire};
use slipway_tests::random::Random;
use slipway_tests::server::TestServer;

use crate::killed::prepare;

/// A server with one deployment, and a queue of its own.
struct Setting {
    _server: TestServer,
    api: Api,
    epoch: EpochId,
    client: ClientId,
    deployment: DeploymentId,
    seen: u64,
    random: Random,
}

impl Setting {
    fn new() -> Self {
        let mut random = Random::announced("push");
        let server = TestServer::start();
        let (deployments, _) = prepare(&server, &mut random, 1);
        let mut api = Api::connect(server.address()).unwrap();
        let client = ClientId::from_u128(random.id());
        let hello = api.hello(client, None, vec![]).unwrap();
        let (epoch, seen) = (hello.epoch, hello.head);
        Self { _server: server, api, epoch, client, deployment: *deployments.first().unwrap(), seen, random }
    }

    fn retitle(&self, seq: u64, title: &str) -> WireCommand {
        wire(self.client, seq, self.seen, commands::retitle(self.deployment, title))
    }

    fn push(&mut self, commands: &[WireCommand]) -> PushResponse {
        self.api.push(self.epoch, commands).unwrap()
    }

    #[track_caller]
    fn refusal(&mut self, commands: &[WireCommand]) -> (u16, ApiError) {
        let head = self.api.events(0).unwrap().head;
        let Err(RequestError::Refused(status, error)) = self.api.push(self.epoch, commands) else {
            panic!("the push was not refused");
        };
        // What was not read of a refused body makes the connection useless.
        self.api.hang_up();
        assert_eq!(self.api.events(0).unwrap().head, head, "a refused push left something");
        (status, error)
    }
}

fn outcomes(answer: &PushResponse) -> Vec<(u64, OutcomeStatus, bool)> {
    let outcome = |result: &CommandResult| (result.seq, result.outcome.status, result.duplicate);
    answer.results.iter().map(outcome).collect()
}

#[test]
fn a_push_repeated_gets_the_same_outcomes_marked_as_duplicates() {
    let mut setting = Setting::new();
    let nowhere = commands::retitle(DeploymentId::from_u128(setting.random.id()), "nowhere");
    let batch = [
        setting.retitle(1, "first"),
        wire(setting.client, 2, 0, nowhere),
        wire(setting.client, 3, 0, Command::Nothing),
    ];
    let first = setting.push(&batch);
    let expected = [(1, OutcomeStatus::Applied), (2, OutcomeStatus::Rejected), (3, OutcomeStatus::Noop)];
    assert_eq!(outcomes(&first), expected.map(|(seq, status)| (seq, status, false)));

    let second = setting.push(&batch);
    assert_eq!(outcomes(&second), expected.map(|(seq, status)| (seq, status, true)));
    let unmarked = second.results.into_iter().map(|result| CommandResult { duplicate: false, ..result });
    assert_eq!(unmarked.collect::<Vec<_>>(), first.results);
    assert_eq!(second.head, first.head);
}

#[test]
fn what_was_pushed_may_be_the_beginning_of_a_push() {
    let mut setting = Setting::new();
    let (first, second) = (setting.retitle(1, "first"), setting.retitle(2, "second"));
    setting.push(std::slice::from_ref(&first));
    let answer = setting.push(&[first, second]);
    assert_eq!(outcomes(&answer), [(1, OutcomeStatus::Applied, true), (2, OutcomeStatus::Applied, false)]);
}

#[test]
fn a_push_with_a_gap_is_refused_and_told_what_comes_next() {
    let mut setting = Setting::new();
    let first = setting.retitle(1, "first");
    setting.push(&[first]);
    let (third, fourth) = (setting.retitle(3, "third"), setting.retitle(4, "fourth"));
    let (status, error) = setting.refusal(&[third, fourth]);
    assert_eq!((status, error.code), (409, ErrorCode::Gap));
    assert_eq!(error.details, Some(ErrorDetails::Gap { client: setting.client, expected: 2 }));

    let (second, fourth) = (setting.retitle(2, "second"), setting.retitle(4, "fourth"));
    let (status, error) = setting.refusal(&[second, fourth]);
    assert_eq!((status, error.code), (409, ErrorCode::Gap), "a gap within the push");
}

#[test]
fn a_name_used_for_another_command_is_refused() {
    let mut setting = Setting::new();
    let first = setting.retitle(1, "first");
    setting.push(&[first]);
    let other = setting.retitle(1, "another one");
    let (status, error) = setting.refusal(&[other]);
    assert_eq!((status, error.code), (409, ErrorCode::Reused));
    assert_eq!(error.details, Some(ErrorDetails::Reused { client: setting.client, seq: 1 }));
}

#[test]
fn an_unknown_kind_is_rejected_and_those_behind_it_go_on() {
    let mut setting = Setting::new();
    let mut unknown = setting.retitle(1, "from the future");
    unknown.kind = "deployment.teleport".to_owned();
    unknown.body = json!({"deployment": {"teleport": {"to": "the moon"}}});
    let mut newer = setting.retitle(2, "of the second version");
    newer.v = 2;
    let mut malformed = setting.retitle(3, "with a field too many");
    malformed.body["deployment"]["edit"]["colour"] = json!("blue");
    let answer = setting.push(&[unknown, newer, malformed, setting.retitle(4, "known")]);

    let rejections: Vec<_> = answer.results.iter().map(|result| result.outcome.rejection.clone()).collect();
    let expected = [
        Some(Rejection::UnknownCommand { kind: "deployment.teleport".to_owned(), version: 1 }),
        Some(Rejection::UnknownCommand { kind: "deployment.edit".to_owned(), version: 2 }),
        Some(Rejection::MalformedCommand { kind: "deployment.edit".to_owned() }),
        None,
    ];
    assert_eq!(rejections, expected);
    assert_eq!(answer.results.last().unwrap().outcome.status, OutcomeStatus::Applied);
}

#[test]
fn a_push_for_another_timeline_is_refused() {
    let mut setting = Setting::new();
    let right = setting.epoch;
    setting.epoch = EpochId::from_u128(7);
    let first = setting.retitle(1, "first");
    let (status, error) = setting.refusal(&[first]);
    assert_eq!((status, error.code), (409, ErrorCode::Fork));
    assert!(matches!(error.details, Some(ErrorDetails::Fork { epoch, .. }) if epoch == right));
}

#[test]
fn a_push_with_too_much_in_it_is_refused() {
    let mut setting = Setting::new();
    let many: Vec<_> =
        (1..=PUSH_COMMANDS as u64 + 1).map(|seq| wire(setting.client, seq, 0, Command::Nothing)).collect();
    let (status, error) = setting.refusal(&many);
    assert_eq!((status, error.code), (413, ErrorCode::TooLarge));
    let most = many.get(..PUSH_COMMANDS).unwrap();
    assert_eq!(setting.push(most).results.len(), PUSH_COMMANDS);

    let long = "x".repeat(300 * 1024);
    let long = setting.retitle(PUSH_COMMANDS as u64 + 1, &long);
    let (status, error) = setting.refusal(&[long]);
    assert_eq!((status, error.code), (413, ErrorCode::TooLarge));
}

#[test]
fn a_protocol_nobody_speaks_is_refused() {
    let mut setting = Setting::new();
    let body = json!({"protocol": 99, "epoch": setting.epoch, "sent_at": 0, "commands": []}).to_string();
    let answer = setting.api.send("POST", "push", Some(body.as_bytes())).unwrap();
    assert_eq!(answer.status, 426, "{}", answer.text());
}
