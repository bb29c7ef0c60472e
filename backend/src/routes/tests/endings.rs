//! Streams end when their reader's access does.

use serde_json::{Value, json};
use slipway_shared::account::{IDLE_MS, Scope};
use slipway_shared::ids::{AccountId, TokenId};
use slipway_shared::member::Role;

use super::invitations::remove;
use super::streams::Stream;
use super::time::Time;
use super::visitor::PASSWORD;
use super::{TestApp, add_service};
use crate::access::endings;
use crate::access::sessions::Begun;
use crate::accounts::secret;
use crate::store::accounts::{Acted, By, SessionRow, TokenRow};

pub(super) fn set_role(member: &Value, role: &str) -> Value {
    json!({
        "client": uuid::Uuid::from_u128(98), "seq": 1, "at": 5, "seen": 0, "kind": "member.set_role", "v": 1,
        "body": { "member": { "set_role": { "member": member, "role": role } } },
    })
}

async fn open(test: &TestApp, session: &str) -> Stream {
    let mut stream = Stream::open_as(test, session, &test.cursor().seq.to_string()).await;
    assert_eq!(stream.next().await.unwrap().name, "heartbeat");
    stream
}

#[tokio::test]
async fn a_revoked_session_ends_its_streams_and_no_others() {
    let test = TestApp::new();
    let phone = test.begin_session(AccountId::from_u128(1));
    let (mut of_phone, mut of_owner) = (open(&test, &phone).await, open(&test, &test.session).await);
    assert_eq!(test.owner().delete("/api/v1/account/sessions").await.status, 204);
    assert_eq!(of_phone.next().await, None);
    test.push(&[add_service(1, 1, "web")]).await;
    assert_eq!(of_owner.places().await, [12]);
}

#[tokio::test]
async fn whoever_is_behind_reads_no_page_more() {
    let test = TestApp::new();
    let phone = test.begin_session(AccountId::from_u128(1));
    let mut streams =
        [Stream::open_as(&test, &phone, "0").await, Stream::open_as(&test, &test.session, "0").await];
    for stream in &mut streams {
        assert_eq!(stream.places().await.len(), 11);
    }
    assert_eq!(test.owner().delete("/api/v1/account/sessions").await.status, 204);
    // Both are still at the log: one page more is there for them.
    test.push(&[add_service(1, 1, "web")]).await;
    let [mut of_phone, mut of_owner] = streams;
    assert_eq!(of_phone.next().await, None);
    assert_eq!(of_owner.places().await, [12]);
}

#[tokio::test]
async fn what_another_process_ends_is_noticed() {
    let test = TestApp::new();
    let mut stream = open(&test, &test.session).await;
    let now = test.app.clock().now();
    let beside = crate::store::sqlite::Accounts::open(test.dir.path()).unwrap();
    beside.set_disabled(AccountId::from_u128(1), Some(now), now).unwrap();
    // What the server does again and again.
    endings::look(&test.app).await;
    assert_eq!(stream.next().await, None);
    assert_eq!(test.owner().get("/api/v1/session").await.error(), (401, "sign_in_needed".to_owned()));
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ends_by_its_time_ends_its_stream() {
    let time = Time::default();
    let test = TestApp::by(&time.clock());
    let mut stream = open(&test, &test.session).await;
    time.pass(IDLE_MS);
    while let Some(message) = stream.next().await {
        assert_eq!(message.name, "heartbeat");
    }
}

#[tokio::test]
async fn another_role_ends_the_stream_of_whose_it_is() {
    let test = TestApp::new();
    let (bo, member) = test.join(7, Role::Member).await;
    let (mut of_bo, mut of_owner) = (open(&test, &bo).await, open(&test, &test.session).await);
    let head = test.cursor().seq;
    assert_eq!(test.push(&[set_role(&json!(member), "viewer")]).await.status, 200);
    assert_eq!(of_bo.next().await, None);
    assert_eq!(of_owner.places().await, [head + 1]);
    assert_eq!(test.with_session(&bo).get("/api/v1/session").await.json()["workspaces"][0]["role"], "viewer");
}

#[tokio::test]
async fn a_removed_member_reads_nothing_more_and_their_tokens_neither() {
    let test = TestApp::new();
    let (bo, member) = test.join(7, Role::Member).await;
    let make = json!({ "name": "CI", "scope": "write" });
    let made = test.with_session(&bo).post(&test.path("tokens"), &make).await.json();
    let mut stream = open(&test, &bo).await;
    assert_eq!(test.push(&[remove(member)]).await.status, 200);
    assert_eq!(stream.next().await, None);
    let program = test.with_token(made["secret"].as_str().unwrap());
    for answer in [program.get(&test.path("snapshot")).await, program.push(&[add_service(1, 1, "web")]).await]
    {
        assert_eq!(answer.error(), (401, "sign_in_needed".to_owned()));
    }
    let stream = test.with_session(&bo).get(&test.path("stream?after=0")).await;
    assert_eq!(stream.error(), (403, "forbidden".to_owned()));
}

#[tokio::test]
async fn a_session_has_eight_streams_and_no_more() {
    let test = TestApp::new();
    let mut streams = Vec::new();
    for _ in 0..8 {
        streams.push(open(&test, &test.session).await);
    }
    let path = test.path("stream?after=0");
    let refused = test.owner().get(&path).await;
    assert_eq!(refused.error(), (429, "too_many_tries".to_owned()));
    assert!(refused.header("retry-after").is_some());
    streams.pop();
    drop(open(&test, &test.session).await);
    let other = test.begin_session(AccountId::from_u128(1));
    drop(open(&test, &other).await);
}

/// What there is of somebody: a session with its stream, a token with its stream.
struct Held<'a> {
    test: &'a TestApp,
    session: String,
    token: String,
    streams: [Stream; 2],
}

/// What is left of it: the answers to the cookie and the token, and whether their streams are open.
#[derive(Debug, PartialEq, Eq)]
struct Left {
    cookie: u16,
    stream: bool,
    token: u16,
    token_stream: bool,
}

const ALL: Left = Left { cookie: 200, stream: true, token: 200, token_stream: true };
const NOTHING: Left = Left { cookie: 401, stream: false, token: 401, token_stream: false };
/// What was begun by signing in is gone, what programs have is not.
const PROGRAMS: Left = Left { cookie: 401, stream: false, ..ALL };

impl<'a> Held<'a> {
    /// Lets Bo, who is account 7, have all of it in `test`.
    async fn by(test: &'a TestApp, session: String) -> Self {
        let make = json!({ "name": "CI", "scope": "admin" });
        let made = test.with_session(&session).post(&test.path("tokens"), &make).await.json();
        let token = made["secret"].as_str().unwrap().to_owned();
        let (head, address) = (test.cursor().seq.to_string(), test.path(""));
        let open = async |proof| {
            let mut stream = Stream::open_by(test, proof, address.trim_end_matches('/'), &head, None).await;
            assert_eq!(stream.next().await.unwrap().name, "heartbeat");
            stream
        };
        let streams = [
            open(("cookie", format!("slipway-80={session}"))).await,
            open(("authorization", format!("Bearer {token}"))).await,
        ];
        Self { test, session, token, streams }
    }

    /// Looks what is left, and waits for the ends of the streams that are `expected` to end.
    async fn left(self, expected: &Left) -> Left {
        let Self { test, session, token, streams } = self;
        let snapshot = test.path("snapshot");
        let cookie = test.with_session(&session).get(&snapshot).await.status.as_u16();
        let program = test.with_token(&token).get(&snapshot).await.status.as_u16();
        let [mut stream, mut token_stream] = streams;
        let is_over = ended(&mut stream, !expected.stream).await;
        let is_token_over = ended(&mut token_stream, !expected.token_stream).await;
        assert_eq!(test.push(&[add_service(90, 1, "last")]).await.status, 200);
        Left {
            cookie,
            stream: !is_over && brings_events(&mut stream).await,
            token: program,
            token_stream: !is_token_over && brings_events(&mut token_stream).await,
        }
    }
}

/// Waits for the end of a stream that is to end: one that doesn't never lets the test go on.
async fn ended(stream: &mut Stream, is_to_end: bool) -> bool {
    while is_to_end && stream.next().await.is_some() {}
    is_to_end
}

/// Tells whether events come; one that ends brings none.
async fn brings_events(stream: &mut Stream) -> bool {
    while let Some(message) = stream.next().await {
        if message.name == "events" {
            return true;
        }
    }
    false
}

/// Everything that ends something of Bo's, and what is left of all that Bo has.
#[tokio::test]
async fn what_ends_ends_cookies_streams_and_tokens_as_the_page_about_security_says() {
    let forbidden = Left { cookie: 403, ..NOTHING };
    let table: [(&str, Left); 13] = [
        ("nothing", ALL),
        ("signs out", PROGRAMS),
        ("ends it elsewhere", PROGRAMS),
        ("ends the others elsewhere", PROGRAMS),
        ("changes the password elsewhere", PROGRAMS),
        ("sets a second factor elsewhere", PROGRAMS),
        ("drops the second factor elsewhere", PROGRAMS),
        ("the operator drops the second factor", PROGRAMS),
        ("the operator signs them out", PROGRAMS),
        ("the operator sets a password", NOTHING),
        ("the operator disables the account", NOTHING),
        // Whoever reads with another role reads anew.
        ("another role", Left { stream: false, token_stream: false, ..ALL }),
        ("is removed", forbidden),
    ];
    for (what, expected) in table {
        let test = TestApp::new();
        let (session, member) = test.join(7, Role::Admin).await;
        let bo = AccountId::from_u128(7);
        let held = Held::by(&test, session).await;
        ends(&test, what, &held.session, bo, json!(member)).await;
        endings::look(&test.app).await;
        assert_eq!(held.left(&expected).await, expected, "{what}");
    }
}

fn row(test: &TestApp, session: &str) -> SessionRow {
    test.app.accounts().session(secret::hash(session), test.app.clock().now()).unwrap().unwrap()
}

/// Gives the owner of a session a second factor, which spares this session.
fn have_factor(test: &TestApp, session: &str) {
    let (accounts, row, now) = (test.app.accounts(), row(test, session), test.app.clock().now());
    assert_eq!(accounts.draft_second_factor(b"locked", &row, now).unwrap(), Acted::Done);
    let taken = accounts.take_second_factor(row.account, b"locked", b"locked", 0, &[], row.id, now);
    assert_eq!(taken.unwrap(), Acted::Done);
}

/// Who was let in a moment ago, and whose session ends before the thing is done.
#[tokio::test]
async fn nothing_is_made_for_a_session_that_has_ended() {
    let test = TestApp::new();
    let (session, member) = test.join(7, Role::Admin).await;
    let (accounts, row, now) = (test.app.accounts(), row(&test, &session), test.app.clock().now());
    accounts.end_sessions(row.account, None, now).unwrap();
    let token = TokenRow {
        id: TokenId::from_u128(1),
        account: row.account,
        workspace: test.workspace().id(),
        member,
        name: "CI".to_owned(),
        scope: Scope::Admin,
        made: now,
        ends: now.plus(IDLE_MS),
        used: None,
    };
    let by = By::Session { account: row.account, id: row.id };
    assert_eq!(accounts.add_token(secret::hash("x"), &token, by).unwrap(), Acted::Ended);
    assert_eq!(accounts.draft_second_factor(b"locked", &row, now).unwrap(), Acted::Ended);
    assert_eq!(accounts.drop_second_factor(row.account, Some(row.id), now).unwrap(), Acted::Ended);
    let taken = accounts.take_second_factor(row.account, b"locked", b"locked", 0, &[], row.id, now);
    assert_eq!(taken.unwrap(), Acted::Ended);
    assert_eq!(accounts.tokens(token.workspace, now).unwrap(), []);
}

/// Whoever copied a cookie has a stream of it no longer than that.
#[tokio::test(start_paused = true)]
async fn a_stream_ends_within_a_minute_once_another_secret_opens_its_session() {
    let test = TestApp::new();
    let mut stream = open(&test, &test.session).await;
    let (accounts, row, now) = (test.app.accounts(), row(&test, &test.session), test.app.clock().now());
    assert!(accounts.confirm_session(row.id, row.hash, secret::hash("another"), now).unwrap());
    let began = tokio::time::Instant::now();
    while stream.next().await.is_some() {}
    assert!(began.elapsed() <= std::time::Duration::from_secs(60), "{:?}", began.elapsed());
}

async fn ends(test: &TestApp, what: &str, session: &str, bo: AccountId, member: Value) {
    let (accounts, now) = (test.app.accounts(), test.app.clock().now());
    let elsewhere = test.begin_session(bo);
    let elsewhere = test.with_session(&elsewhere);
    match what {
        "nothing" => {}
        "signs out" => {
            assert_eq!(test.with_session(session).delete("/api/v1/session").await.status, 204);
        }
        "ends it elsewhere" => {
            let id = row(test, session).id;
            let answer = elsewhere.delete(&format!("/api/v1/account/sessions/{id}")).await;
            assert_eq!(answer.status, 204);
        }
        "drops the second factor elsewhere" => {
            have_factor(test, session);
            let elsewhere = test.begin_session(bo);
            let answer = test.with_session(&elsewhere).delete("/api/v1/account/second-factor").await;
            assert_eq!(answer.status, 204);
        }
        "the operator drops the second factor" => {
            have_factor(test, session);
            assert_eq!(accounts.drop_second_factor(bo, None, now).unwrap(), Acted::Done);
        }
        "ends the others elsewhere" => {
            assert_eq!(elsewhere.delete("/api/v1/account/sessions").await.status, 204);
        }
        "changes the password elsewhere" => {
            let hash = test.app.hasher().hash(PASSWORD.to_owned()).await.unwrap();
            accounts.set_password(bo, &hash).unwrap();
            let change = json!({ "old": PASSWORD, "new": "seven yellow kettles" });
            let changed = elsewhere.put("/api/v1/account/password", &change).await;
            assert_eq!(changed.status, 204, "{}", String::from_utf8_lossy(&changed.body));
        }
        "sets a second factor elsewhere" => {
            let proved = super::second_factor::set_by(test, &elsewhere, bo).await;
            assert_eq!(proved.status, 200, "{}", String::from_utf8_lossy(&proved.body));
        }
        "the operator signs them out" => {
            accounts.end_sessions(bo, None, now).unwrap();
        }
        "the operator sets a password" => {
            assert_eq!(accounts.change_password(bo, "x", None, now).unwrap(), Acted::Done);
        }
        "the operator disables the account" => {
            accounts.set_disabled(bo, Some(now), now).unwrap();
        }
        "another role" => assert_eq!(test.push(&[set_role(&member, "viewer")]).await.status, 200),
        "is removed" => {
            let member = member.as_str().unwrap().parse().unwrap();
            assert_eq!(test.push(&[remove(member)]).await.status, 200);
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn whoever_is_let_in_again_gets_no_sessions_and_tokens_back() {
    let test = TestApp::new();
    let (session, _) = test.join(7, Role::Member).await;
    let held = Held::by(&test, session).await;
    let (accounts, now, bo) = (test.app.accounts(), test.app.clock().now(), AccountId::from_u128(7));
    accounts.set_disabled(bo, Some(now), now).unwrap();
    accounts.set_disabled(bo, None, now).unwrap();
    for who in [test.with_token(&held.token), test.with_session(&held.session)] {
        assert_eq!(who.get(&test.path("snapshot")).await.error(), (401, "sign_in_needed".to_owned()));
    }
}

/// A sign-in that waits for its password to be checked while something ends all sessions would otherwise outlive that.
#[tokio::test]
async fn what_ends_all_sessions_ends_those_that_are_about_to_begin() {
    for what in [
        "ends the others elsewhere",
        "changes the password elsewhere",
        "sets a second factor elsewhere",
        "the operator signs them out",
        "the operator sets a password",
        "the operator disables the account",
    ] {
        let test = TestApp::new();
        let (session, member) = test.join(7, Role::Admin).await;
        let (accounts, now, bo) = (test.app.accounts(), test.app.clock().now(), AccountId::from_u128(7));
        let known = accounts.account(bo).unwrap().unwrap();
        ends(&test, what, &session, bo, json!(member)).await;
        accounts.set_disabled(bo, None, now).unwrap();
        let begin = || Begun::new(bo, "Phone".to_owned(), false, now).unwrap();
        let refused = begin().keep(&test.app, Some(&known), None).await.err().unwrap();
        assert!(refused.is_wrong_proof(), "{what}");
        let now_known = accounts.account(bo).unwrap();
        assert!(begin().keep(&test.app, now_known.as_ref(), None).await.is_ok(), "{what}");
    }
}

#[tokio::test]
async fn a_password_is_not_changed_by_one_that_was_changed_meanwhile() {
    let test = TestApp::new();
    let (accounts, now, owner) = (test.app.accounts(), test.app.clock().now(), AccountId::from_u128(1));
    let of = |session: &str| accounts.session(secret::hash(session), now).unwrap().unwrap().id;
    let (here, there) = (of(&test.session), of(&test.begin_session(owner)));
    let known = accounts.account(owner).unwrap().unwrap().sign_outs;
    let change = |password, own| accounts.change_password(owner, password, Some(own), now).unwrap();
    assert_eq!(change("one", (here, known)), Acted::Done);
    assert_eq!(change("two", (here, known)), Acted::Not);
    assert_eq!(change("two", (there, known + 1)), Acted::Ended);
    assert_eq!(accounts.account(owner).unwrap().unwrap().password, "one");
}
