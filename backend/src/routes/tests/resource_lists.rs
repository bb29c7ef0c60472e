//! Lists of resources: every filter, every order, and pages that hold while things come and go.

use serde_json::{Value, json};
use slipway_shared::member::Role;

use super::resources::{deployment, service};
use super::time::Time;
use super::{Answer, TestApp};

fn versions(answer: &Answer) -> Vec<String> {
    let found = answer.json();
    let found = found["deployments"].as_array().unwrap_or_else(|| panic!("{found}"));
    found
        .iter()
        .map(|item| item["deployment"]["version"].as_str().or(item["version"].as_str()).unwrap().to_owned())
        .collect()
}

/// Three deployments of two services by two people: `1.0` finished, `2.0` on staging with a label, `3.0` fresh.
async fn filled(test: &TestApp, time: &Time) {
    let api = service(test, "api").await;
    service(test, "web").await;
    assert_eq!(test.owner().post(&test.path("labels"), &json!({ "name": "hotfix" })).await.status, 201);
    let first = deployment(&test.owner(), test, &api, "1.0").await;
    let (bo, _) = test.join(7, Role::Member).await;
    time.pass(1_000);
    let second = deployment(&test.with_session(&bo), test, "web", "2.0").await;
    time.pass(1_000);
    deployment(&test.owner(), test, "api", "3.0").await;
    let told = json!({ "deployment": second, "environment": "staging", "phase": "succeeded" });
    assert_eq!(test.owner().post(&test.path("rollouts"), &told).await.status, 201);
    let title = json!({ "title": "Größere Knöpfe" });
    let path = test.path(&format!("deployments/{second}"));
    assert_eq!(test.owner().patch(&path, &title).await.status, 200);
    assert_eq!(
        test.owner().ask(axum::http::Method::PUT, &format!("{path}/labels/hotfix"), None).await.status,
        200
    );
    let finish = test.path(&format!("deployments/{first}/finish"));
    assert_eq!(test.owner().ask(axum::http::Method::POST, &finish, None).await.status, 200);
}

#[tokio::test]
async fn each_filter_leaves_what_it_says() {
    let time = Time::default();
    let test = TestApp::by(&time.clock());
    filled(&test, &time).await;
    for (query, expected) in [
        ("", &["3.0", "2.0", "1.0"][..]),
        ("service=API", &["3.0", "1.0"]),
        ("environment=Staging", &["2.0"]),
        ("environment=Production", &[]),
        ("column=staging", &["2.0"]),
        ("column=Ready%20to%20Deploy", &["3.0", "1.0"]),
        ("label=hotfix", &["2.0"]),
        ("label=deploy-staging", &["2.0"]),
        ("label=type-deployment", &["3.0", "2.0", "1.0"]),
        ("state=open", &["3.0", "2.0"]),
        ("state=finished", &["1.0"]),
        ("state=archived", &[]),
        ("state=sealed", &[]),
        ("person=person%207", &["2.0"]),
        ("q=gr%C3%B6%C3%9Fe", &["2.0"]),
        ("q=WEB", &["2.0"]),
        ("q=0", &["3.0", "2.0", "1.0"]),
        ("service=api&state=open&q=3", &["3.0"]),
    ] {
        let answer = test.get(&test.path(&format!("deployments?{query}"))).await;
        assert_eq!(versions(&answer), expected, "{query}");
    }
    for (query, expected) in [
        ("", 1),
        ("service=web", 1),
        ("service=api", 0),
        ("environment=staging", 1),
        ("environment=production", 0),
        ("phase=succeeded", 1),
        ("phase=started", 0),
        ("person=olivia%20owner", 1),
        ("person=person%207", 0),
        ("deployment=0192aabb-cc00-7000-8000-000000000000", 0),
    ] {
        let answer = test.get(&test.path(&format!("rollouts?{query}"))).await.json();
        assert_eq!(answer["rollouts"].as_array().map(Vec::len), Some(expected), "{query}");
    }
}

#[tokio::test]
async fn a_query_that_says_something_unknown_is_an_error_that_says_what_is_known() {
    let test = TestApp::new();
    for (query, status, word) in [
        ("deployments?colour=red", 400, "unknown field `colour`, expected one of `service`, `environment`"),
        ("deployments?state=gone", 400, "unknown variant `gone`"),
        ("deployments?limit=0", 400, "limit is 1 to 200"),
        ("deployments?limit=201", 400, "limit is 1 to 200"),
        ("deployments?limit=x", 400, "invalid digit"),
        ("deployments?limit=1&limit=2", 400, "duplicate field `limit`"),
        ("deployments?cursor=x", 400, "no cursor of this list"),
        ("services?cursor=d61-00000000000000000000000000000007", 400, "no cursor of this list"),
        ("deployments?service=nothing", 422, "there is no service \"nothing\" here"),
        ("deployments?environment=nothing", 422, "there is no environment"),
        ("deployments?column=nothing", 422, "there is no column"),
        ("deployments?label=nothing", 422, "there is no label"),
        ("deployments?person=nobody", 422, "there is no person"),
        ("rollouts?phase=done", 400, "unknown variant `done`"),
        ("rollouts?deployment=x", 400, "UUID"),
        ("services?q=a", 400, "unknown field `q`, expected `limit` or `cursor`"),
        ("environments?x=1", 400, "unknown field"),
        ("columns?x=1", 400, "unknown field"),
        ("labels?x=1", 400, "unknown field"),
    ] {
        let answer = test.get(&test.path(query)).await;
        assert_eq!(answer.status, status, "{query}");
        let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
        assert!(message.contains(word), "{query}: {message}");
    }
}

#[tokio::test]
async fn places_are_in_their_order() {
    let test = TestApp::new();
    for name in ["web", "Api", "größer", "Zebra"] {
        service(&test, name).await;
    }
    let names = async |rest: &str| -> Vec<String> {
        let told = test.get(&test.path(rest)).await.json();
        let list = told[rest.split('?').next().unwrap()].as_array().unwrap().clone();
        list.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("services").await, ["Api", "größer", "web", "Zebra"]);
    assert_eq!(names("environments").await, ["Development", "Staging", "Production"]);
    assert_eq!(
        names("columns").await,
        ["Ready to Deploy", "Development", "Staging", "Approval", "Production", "Monitoring"]
    );
    let hues: Vec<_> = test.get(&test.path("services")).await.json()["services"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["hue"].clone())
        .collect();
    assert_eq!(hues.iter().collect::<std::collections::HashSet<_>>().len(), 4, "{hues:?}");
}

#[tokio::test]
async fn pages_hold_while_things_come_and_go() {
    let time = Time::default();
    let test = TestApp::by(&time.clock());
    service(&test, "api").await;
    for number in 0..7 {
        // Two at once now and then: what is as old is told apart by its id.
        time.pass(if number % 2 == 0 { 1_000 } else { 0 });
        deployment(&test.owner(), &test, "api", &format!("1.{number}")).await;
    }
    let all = versions(&test.get(&test.path("deployments")).await);
    let (mut seen, mut path) = (Vec::new(), test.path("deployments?limit=3"));
    loop {
        let page = test.get(&path).await;
        seen.extend(versions(&page));
        let Some(next) = page.json()["next"].as_str().map(str::to_owned) else { break };
        path = test.path(&format!("deployments?limit=3&cursor={next}"));
        // What is opened meanwhile comes before everything, and moves nothing.
        deployment(&test.owner(), &test, "api", &format!("2.{}", seen.len())).await;
    }
    assert_eq!(seen, all);
    assert_eq!(
        test.get(&test.path("deployments?limit=1")).await.json()["deployments"].as_array().map(Vec::len),
        Some(1)
    );
    let last = test.get(&test.path("deployments?limit=200")).await.json();
    assert_eq!(last.get("next"), None::<&Value>);
}
