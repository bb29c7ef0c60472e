//! A pipeline with a key for each of its requests, and a server that is killed again and again: everything happens once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use slipway_tests::api::Api;
use slipway_tests::http;
use slipway_tests::server::TestServer;
use slipway_tests::verify::total;

const BUILDS: usize = 60;

/// Sends a request until it is answered, as a careful pipeline does: with the same key each time.
fn insist(api: &Api, token: &str, target: &str, key: &str, body: &Value) -> (Value, usize) {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str()), ("cookie", ""), ("idempotency-key", key)];
    let body = body.to_string();
    for tries in 1.. {
        match http::send(api.address(), "POST", target, &headers, Some(body.as_bytes())) {
            Ok(answer) if answer.status == 201 => return (answer.json().unwrap(), tries),
            Ok(answer) => assert_eq!(answer.status, 503, "{}", answer.text()),
            Err(_) => thread::yield_now(),
        }
    }
    unreachable!("it tries for ever")
}

#[test]
fn a_pipeline_that_insists_gets_everything_once() {
    let mut server = TestServer::start();
    let token = server.token();
    let mut api = Api::connect(server.address()).unwrap();
    let added = api.send("POST", "services", Some(br#"{"name":"api"}"#)).unwrap();
    assert_eq!(added.status, 201, "{}", added.text());
    let (deployments, rollouts) = (api.target("deployments"), api.target("rollouts"));
    let is_done = AtomicBool::new(false);
    let (kills, tries) = thread::scope(|scope| {
        let pipeline = scope.spawn(|| {
            let mut tries = 0;
            for build in 0..BUILDS {
                let version = format!("1.{build}");
                let body = json!({ "service": "api", "version": version });
                let (opened, times) = insist(&api, &token, &deployments, &format!("open-{build}"), &body);
                tries += times;
                let id = &opened["deployment"]["id"];
                let body = json!({ "deployment": id, "environment": "Staging", "phase": "succeeded" });
                tries += insist(&api, &token, &rollouts, &format!("roll-{build}"), &body).1;
            }
            is_done.store(true, Ordering::Release);
            tries
        });
        let mut kills = 0;
        while !is_done.load(Ordering::Acquire) {
            // Long enough for some requests, and a different moment of one each time.
            thread::sleep(Duration::from_millis(40 + kills * 7 % 60));
            server.restart();
            kills += 1;
        }
        (kills, pipeline.join().unwrap())
    });
    let mut api = Api::connect(server.address()).unwrap();
    let mut versions: BTreeMap<String, usize> = BTreeMap::new();
    for item in
        api.send("GET", "deployments?limit=200", None).unwrap().json::<Value>().unwrap()["deployments"]
            .as_array()
            .unwrap()
    {
        *versions.entry(item["version"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert_eq!(versions.len(), BUILDS);
    assert!(versions.values().all(|count| *count == 1), "{versions:?}");
    let told: Value = api.send("GET", "rollouts?limit=200", None).unwrap().json().unwrap();
    assert_eq!(told["rollouts"].as_array().map(Vec::len), Some(BUILDS));
    total(
        "pipeline",
        &format!("{} requests in {tries} tries over {kills} kills, each carried out once", BUILDS * 2),
    );
}
