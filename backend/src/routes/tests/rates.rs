//! How many requests a minute: of a session or a token, and of nobody.

use super::resources::token;
use super::visitor::Visitor;
use super::{Answer, TestApp, add_service};

/// Asks until the answer is to wait, and returns that with how often it was another one. Tries come back while this
/// goes on, so there can be more than the limit, and never fewer.
async fn until_told_to_wait(who: &Visitor<'_>, path: &str) -> (usize, Answer) {
    for count in 0..10_000 {
        let answer = who.get(path).await;
        if answer.status == 429 {
            return (count, answer);
        }
    }
    panic!("nobody is ever told to wait")
}

#[tokio::test]
async fn a_session_has_600_requests_and_its_sync_goes_on() {
    let test = TestApp::new();
    let (count, waits) = until_told_to_wait(&test.owner(), &test.path("services")).await;
    assert!((600..1_000).contains(&count), "{count}");
    assert_eq!(waits.error(), (429, "too_many_tries".to_owned()));
    let seconds = waits.header("retry-after").and_then(|seconds| seconds.parse::<u64>().ok());
    assert!(seconds.is_some_and(|seconds| (1..=60).contains(&seconds)), "{seconds:?}");
    // What a browser has to send is not held up, and nobody else is.
    for number in 0..100 {
        assert_eq!(test.push(&[add_service(1, number + 1, &number.to_string())]).await.status, 200);
        assert_eq!(test.get(&test.path("events?after=0")).await.status, 200);
    }
    let other = test.begin_session(slipway_shared::ids::AccountId::from_u128(1));
    assert_eq!(test.with_session(&other).get(&test.path("services")).await.status, 200);
}

#[tokio::test]
async fn a_token_has_600_requests_of_its_own() {
    let test = TestApp::new();
    let secret = token(&test, "read").await;
    let (count, waits) = until_told_to_wait(&test.with_token(&secret), &test.path("services")).await;
    assert!((600..1_000).contains(&count), "{count}");
    assert_eq!(waits.error(), (429, "too_many_tries".to_owned()));
    assert_eq!(test.get(&test.path("services")).await.status, 200);
}

#[tokio::test]
async fn nobody_has_60_requests_and_who_is_signed_in_goes_on() {
    let test = TestApp::new();
    let (count, waits) = until_told_to_wait(&test.nobody(), &test.path("services")).await;
    assert!((60..200).contains(&count), "{count}");
    assert_eq!(waits.error(), (429, "too_many_tries".to_owned()));
    assert!(waits.header("retry-after").is_some());
    assert_eq!(test.get(&test.path("services")).await.status, 200);
    // Nor is what is no token at all a way to ask on.
    assert!(until_told_to_wait(&test.with_token("x"), &test.path("services")).await.0 < 60);
    // Whose session has ended is told so: secrets that nobody knows are counted by themselves.
    let ended = test.with_session("x").get(&test.path("services")).await;
    assert_eq!(ended.error(), (401, "sign_in_needed".to_owned()));
}

#[tokio::test]
async fn who_has_four_snapshots_sent_gets_no_fifth_and_others_do() {
    let test = TestApp::new();
    let (now, hash) = (test.app.clock().now(), crate::accounts::secret::hash(&test.session));
    let own = test.app.accounts().session(hash, now).unwrap().unwrap();
    let other = test.begin_session(own.account);
    let sent: Vec<_> = (0..4).map(|_| test.app.long_answers_of().take(own.id.as_u128(), 4)).collect();
    let (snapshot, audit) = (test.path("snapshot"), test.path("audit?format=csv"));
    for path in [&snapshot, &audit] {
        assert_eq!(test.get(path).await.error(), (503, "busy".to_owned()), "{path}");
    }
    assert_eq!(test.with_session(&other).get(&snapshot).await.status, 200);
    drop(sent);
    assert_eq!(test.get(&snapshot).await.status, 200);
}
