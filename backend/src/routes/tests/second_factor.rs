//! The second factor: it can't be skipped, and each code is good once.

use serde_json::{Value, json};
use slipway_shared::account::CONFIRMED_MS;
use slipway_shared::ids::AccountId;

use super::streams::Stream;
use super::time::Time;
use super::visitor::{PASSWORD, Visitor};
use super::{Answer, TestApp};
use crate::accounts::lockbox::Place;
use crate::accounts::{secret, totp};
use crate::app::App;
use crate::open::{Beginning, open};
use crate::store::accounts::Acted;

const PATH: &str = "/api/v1/account/second-factor";

struct Factor {
    test: TestApp,
    time: Time,
    secret: Vec<u8>,
    codes: Vec<String>,
}

impl Factor {
    /// A server whose owner has a password and a second factor. Tries are few: this takes one.
    async fn set() -> Self {
        let (test, time, secret) = drafted().await;
        let code = totp::code(&secret, totp::step(time.now()));
        let proved = test.owner().put(PATH, &json!({ "code": code })).await.json();
        let codes = proved["codes"].as_array().unwrap();
        let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect();
        Self { test, time, secret, codes }
    }

    fn code(&self) -> String {
        totp::code(&self.secret, totp::step(self.time.now()))
    }
}

/// A server whose owner has a password and the draft of a second factor.
async fn drafted() -> (TestApp, Time, Vec<u8>) {
    let time = Time::default();
    let test = TestApp::by(&time.clock());
    let hash = test.app.hasher().hash(PASSWORD.to_owned()).await.unwrap();
    test.app.accounts().set_password(AccountId::from_u128(1), &hash).unwrap();
    let draft = test.owner().ask(axum::http::Method::POST, PATH, None).await.json();
    assert!(draft["uri"].as_str().unwrap().starts_with("otpauth://totp/"), "{draft}");
    let account = AccountId::from_u128(1);
    let locked = test.app.accounts().account(account).unwrap().unwrap().draft.unwrap();
    let secret = test.app.lockbox().open(Place::Draft(account), &locked).unwrap();
    assert_eq!(draft["secret"], json!(totp::base32(&secret)));
    assert!(draft["picture"]["path"].as_str().unwrap().starts_with('M'), "{draft}");
    (test, time, secret)
}

/// Sets a second factor, as somebody who is signed in to `account`.
pub(super) async fn set_by(test: &TestApp, visitor: &Visitor<'_>, account: AccountId) -> Answer {
    assert_eq!(visitor.ask(axum::http::Method::POST, PATH, None).await.status, 200);
    let locked = test.app.accounts().account(account).unwrap().unwrap().draft.unwrap();
    let secret = test.app.lockbox().open(Place::Draft(account), &locked).unwrap();
    let code = totp::code(&secret, totp::step(test.app.clock().now()));
    visitor.put(PATH, &json!({ "code": code })).await
}

#[tokio::test]
async fn a_draft_is_asked_for_by_nobody_until_a_code_has_proved_it() {
    let (test, ..) = drafted().await;
    for wrong in ["000000x", ""] {
        let answer = test.owner().put(PATH, &json!({ "code": wrong })).await;
        assert_eq!(answer.error(), (401, "wrong_code".to_owned()));
    }
    assert_eq!(test.sign_in(None).await.status, 200);
    assert_eq!(test.owner().delete(PATH).await.status, 204);
    let gone = test.owner().put(PATH, &json!({ "code": "000000" })).await;
    assert_eq!(gone.error(), (404, "not_found".to_owned()));
}

impl TestApp {
    async fn sign_in(&self, code: Option<&str>) -> Answer {
        let mut body: Value =
            json!({ "login": "olivia", "password": PASSWORD, "device": "Phone", "is_shared": false });
        if let Some(code) = code {
            body["code"] = json!(code);
        }
        self.nobody().post("/api/v1/session", &body).await
    }
}

#[tokio::test]
async fn it_is_asked_for_after_the_password_and_each_code_is_good_once() {
    let it = Factor::set().await;
    for code in [None, Some("  ")] {
        assert_eq!(it.test.sign_in(code).await.error(), (401, "second_factor_needed".to_owned()), "{code:?}");
    }
    // The one that proved the secret is used up.
    assert_eq!(it.test.sign_in(Some(&it.code())).await.error(), (401, "wrong_code".to_owned()));
}

#[tokio::test]
async fn a_code_is_good_once() {
    let it = Factor::set().await;
    it.time.pass(60_000);
    let code = it.code();
    let session = it.test.sign_in(Some(&code)).await.session();
    assert_eq!(it.test.sign_in(Some(&code)).await.error(), (401, "wrong_code".to_owned()));
    it.time.pass(CONFIRMED_MS + 1);
    let confirm = |code: Option<&str>| {
        let mut body = json!({ "password": PASSWORD });
        code.into_iter().for_each(|code| body["code"] = json!(code));
        body
    };
    let owner = it.test.with_session(&session);
    let path = "/api/v1/session/confirm";
    assert_eq!(owner.post(path, &confirm(None)).await.error(), (401, "second_factor_needed".to_owned()));
    let confirmed = owner.post(path, &confirm(Some(&it.code()))).await;
    assert_eq!(confirmed.status, 204);
    assert!(confirmed.header("set-cookie").is_some());
}

#[tokio::test]
async fn a_recovery_code_stands_in_for_it_once() {
    let it = Factor::set().await;
    let session = it.test.sign_in(Some(&it.codes[0].to_lowercase())).await.session();
    let again = it.test.sign_in(Some(&it.codes[0])).await;
    assert_eq!(again.error(), (401, "wrong_code".to_owned()));
    let told = it.test.with_session(&session).get("/api/v1/account").await.json();
    let left = json!(it.codes.len() - 1);
    assert_eq!((&told["has_second_factor"], &told["recovery_codes"]), (&json!(true), &left));
}

#[tokio::test]
async fn changing_it_wants_a_confirmed_session() {
    let it = Factor::set().await;
    it.time.pass(CONFIRMED_MS + 1);
    let needed = (403, "confirmation_needed".to_owned());
    let owner = it.test.owner();
    assert_eq!(owner.ask(axum::http::Method::POST, PATH, None).await.error(), needed);
    assert_eq!(owner.put(PATH, &json!({ "code": "000000" })).await.error(), needed);
    assert_eq!(owner.delete(PATH).await.error(), needed);
    let session = it.test.sign_in(Some(&it.code())).await.session();
    assert_eq!(it.test.with_session(&session).delete(PATH).await.status, 204);
    assert_eq!(it.test.sign_in(None).await.status, 200);
}

#[tokio::test]
async fn turning_it_on_or_off_ends_the_other_sessions() {
    let (test, time, secret) = drafted().await;
    let ask = async |session: &str| test.with_session(session).get("/api/v1/session").await.status.as_u16();
    let begin = || test.begin_session(AccountId::from_u128(1));
    let (other, _) = test.join(7, slipway_shared::member::Role::Member).await;
    let mut phone = begin();
    let mut stream = Stream::open_as(&test, &phone, &test.cursor().seq.to_string()).await;
    assert_eq!(stream.next().await.unwrap().name, "heartbeat");
    let code = totp::code(&secret, totp::step(time.now()));
    assert_eq!(test.owner().put(PATH, &json!({ "code": code })).await.status, 200);
    assert_eq!((ask(&phone).await, ask(&test.session).await, ask(&other).await), (401, 200, 200));
    assert_eq!(stream.next().await, None);
    phone = begin();
    assert_eq!(test.owner().delete(PATH).await.status, 204);
    assert_eq!((ask(&phone).await, ask(&test.session).await, ask(&other).await), (401, 200, 200));
    phone = begin();
    assert_eq!(test.owner().delete(PATH).await.status, 204);
    assert_eq!(ask(&phone).await, 200, "there was none, so nothing has changed");
}

/// What is in the file is locked, for its place alone: in another row or column it opens nothing.
#[tokio::test]
async fn a_secret_that_was_put_in_the_place_of_another_is_good_for_nothing() {
    let it = Factor::set().await;
    let (ana, bo) = (AccountId::from_u128(1), AccountId::from_u128(7));
    let (session, _) = it.test.join(7, slipway_shared::member::Role::Member).await;
    let accounts = it.test.app.accounts();
    let session = accounts.session(secret::hash(&session), it.time.now()).unwrap().unwrap();
    let factor = |account| accounts.account(account).unwrap().unwrap().second_factor;
    let locked = factor(ana).unwrap().locked;
    assert!(!locked.windows(it.secret.len()).any(|part| part == it.secret));
    let now = it.time.now();
    assert_eq!(accounts.draft_second_factor(&locked, &session, now).unwrap(), Acted::Done);
    let taken = accounts.take_second_factor(bo, &locked, &locked, 0, &[], session.id, now);
    assert_eq!(taken.unwrap(), Acted::Done);
    it.test
        .app
        .accounts()
        .set_password(bo, &it.test.app.hasher().hash(PASSWORD.to_owned()).await.unwrap())
        .unwrap();
    it.time.pass(60_000);
    let sign_in = json!({
        "login": "person-7", "password": PASSWORD, "code": it.code(), "device": "Phone", "is_shared": false,
    });
    let answer = it.test.nobody().post("/api/v1/session", &sign_in).await;
    assert_eq!(answer.error(), (403, "forbidden".to_owned()));
    assert_eq!(it.test.sign_in(Some(&it.code())).await.status, 200, "where it belongs it is good");
}

/// As after a restore without the key: codes of the app can't be checked, and recovery codes can.
#[tokio::test]
async fn without_the_key_a_recovery_code_is_the_way_in() {
    let it = Factor::set().await;
    let Factor { test, time, secret, codes } = it;
    let (TestApp { app, router, session, dir }, clock) = (test, time.clock());
    assert_eq!(app.stop(), crate::writer::Health::Stopped);
    drop((app, router));
    std::fs::remove_file(dir.path().join(crate::accounts::lockbox::FILE)).unwrap();
    let test = TestApp { session, ..TestApp::unclaimed_in(dir, Beginning::Workspace, &clock) };
    time.pass(60_000);
    let code = totp::code(&secret, totp::step(time.now()));
    let refused = test.sign_in(Some(&code)).await;
    assert_eq!(refused.error(), (403, "forbidden".to_owned()));
    assert!(refused.json()["error"]["message"].as_str().unwrap().contains("recovery code"));
    assert_eq!(test.sign_in(Some(&codes[3])).await.status, 200);
}

/// What an earlier version kept as it is, is locked by the first start of this one.
#[tokio::test]
async fn a_secret_of_an_earlier_version_is_locked() {
    let it = Factor::set().await;
    let Factor { test, time, secret, .. } = it;
    let account = AccountId::from_u128(1);
    let locked = test.app.accounts().account(account).unwrap().unwrap().second_factor.unwrap().locked;
    test.app.accounts().lock_second_factor(account, &locked, &secret).unwrap();
    let other = AccountId::from_u128(7);
    let (session, _) = test.join(7, slipway_shared::member::Role::Member).await;
    let session = test.app.accounts().session(secret::hash(&session), time.now()).unwrap().unwrap();
    test.app.accounts().draft_second_factor(&secret, &session, time.now()).unwrap();
    let (TestApp { app, router, dir, .. }, clock) = (test, time.clock());
    assert_eq!(app.stop(), crate::writer::Health::Stopped);
    drop((app, router));
    let opened = open(dir.path(), Beginning::Workspace, &clock).unwrap();
    let app = App::start(opened, clock).unwrap();
    let locked = app.accounts().account(account).unwrap().unwrap().second_factor.unwrap().locked;
    assert_eq!(app.lockbox().open(Place::SecondFactor(account), &locked), Some(secret.clone()));
    assert_eq!(app.accounts().account(other).unwrap().unwrap().draft, None, "a draft can be made again");
    app.wipe();
    assert_eq!(app.stop(), crate::writer::Health::Stopped);
    drop(app);
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap_or_default();
        assert!(!bytes.windows(secret.len()).any(|part| part == secret), "{}", path.display());
    }
}

#[tokio::test]
async fn codes_are_counted_for_the_account_wherever_they_come_from() {
    let it = Factor::set().await;
    for _ in 0..10 {
        it.test.app.rates().code(AccountId::from_u128(1)).unwrap();
    }
    assert_eq!(it.test.sign_in(Some(&it.code())).await.error(), (429, "too_many_tries".to_owned()));
    assert_eq!(it.test.sign_in(None).await.error(), (401, "second_factor_needed".to_owned()));
    // What is tried from outside keeps nobody from confirming, who has codes of their own. One has proved the secret, and
    // is good no more.
    it.time.pass(60_000);
    let confirm = json!({ "password": PASSWORD, "code": it.code() });
    let session = it.test.owner().post("/api/v1/session/confirm", &confirm).await.confirmed();
    for _ in 2..10 {
        it.test.app.rates().own_code(AccountId::from_u128(1)).unwrap();
    }
    let again = it.test.with_session(&session).post("/api/v1/session/confirm", &confirm).await;
    assert_eq!(again.error(), (429, "too_many_tries".to_owned()));
}
