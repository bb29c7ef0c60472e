//! The description of the API, against the routes themselves.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::Value;

use super::TestApp;
use crate::openapi;

/// Every operation of the description: its method, in capitals, its path, and what is said about it.
pub(super) fn operations(described: &Value) -> Vec<(Method, String, Value)> {
    let paths = described["paths"].as_object().unwrap();
    let of_path = paths.iter().flat_map(|(path, operations)| {
        let operations = operations.as_object().unwrap().iter();
        operations.map(|(method, operation)| {
            (method.to_uppercase().parse::<Method>().unwrap(), path.clone(), operation.clone())
        })
    });
    of_path.collect()
}

fn filled_in(test: &TestApp, path: &str) -> String {
    let id = "0192aabb-cc00-7000-8000-000000000000";
    let path = path.replace("{ws}", &test.workspace().id().to_string());
    path.replace("{id}", id)
        .replace("{check}", id)
        .replace("{section}", "x")
        .replace("{stage}", "build")
        .replace("{label}", "x")
        .replace("{environment}", "staging")
        .replace("{testing}", "manual")
}

#[tokio::test]
async fn every_operation_is_answered_with_a_status_that_it_describes() {
    let test = TestApp::new();
    for (method, path, operation) in operations(&openapi::description()) {
        if path.ends_with("/stream") {
            // Never ends; `streams.rs` has it.
            continue;
        }
        let with_type = [(header::CONTENT_TYPE, "application/json"), (header::CONTENT_TYPE, "text/plain")];
        for (name, value) in with_type {
            for body in [
                "",
                "{}",
                "[",
                "\"\u{0}\"",
                "{\"a\":[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]}",
            ] {
                let request = Request::builder().method(method.clone()).uri(filled_in(&test, &path));
                let answer = test.send(request.header(&name, value).body(Body::from(body)).unwrap()).await;
                let described = operation["responses"].get(answer.status.as_str());
                assert!(described.is_some(), "{method} {path} {value} {body}: {}", answer.status);
                assert_ne!(answer.status, 405, "{method} {path}");
                assert_ne!(answer.status, 500, "{method} {path}");
            }
        }
    }
}

#[tokio::test]
async fn it_is_served_to_everybody_and_printed() {
    let test = TestApp::new();
    let answer = test.nobody().get("/api/openapi.json").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("application/json")));
    assert_eq!(answer.json(), openapi::description());
    assert_eq!(answer.body, openapi::text().into_bytes());
}

/// What answers who is not signed in: all else says that it wants a session or a token.
const PUBLIC: [(&str, &str); 8] = [
    ("GET", "/api/openapi.json"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/api/v1/setup"),
    ("POST", "/api/v1/setup"),
    ("POST", "/api/v1/session"),
    ("POST", "/api/v1/invitations/accept"),
    ("POST", "/api/v1/invitations/look"),
];

/// Every route of the router is in the description, so that this is all of them.
#[tokio::test]
async fn nobody_is_answered_by_what_is_public_alone() {
    let all = operations(&openapi::description());
    // Who asks that much without being signed in is told to wait.
    for some in all.chunks(20) {
        let test = TestApp::new();
        for (method, path, operation) in some {
            let is_public = PUBLIC.contains(&(method.as_str(), path.as_str()));
            let body = serde_json::json!({});
            let body = Some(&body).filter(|_| !["GET", "DELETE"].contains(&method.as_str()));
            let answer = test.nobody().ask(method.clone(), &filled_in(&test, path), body).await;
            assert_eq!(answer.status != 401, is_public, "{method} {path}: {}", answer.status);
            let needs_none = operation["security"].as_array().is_some_and(|ways| ways.contains(&no_proof()));
            assert_eq!(needs_none, is_public, "{method} {path} is described otherwise");
        }
    }
    let known =
        |(method, path): &(&str, &str)| all.iter().any(|(of, at, _)| of.as_str() == *method && at == path);
    assert!(PUBLIC.iter().all(known), "the list has what there is not");
}

/// The way to ask that takes nothing.
fn no_proof() -> Value {
    Value::Object(serde_json::Map::new())
}

/// What other programs have for who runs them. Here such an address is like any other that there is not.
#[tokio::test]
async fn there_is_no_address_for_metrics_or_debugging() {
    let test = TestApp::new();
    for path in [
        "/metrics",
        "/debug",
        "/debug/pprof/",
        "/debug/vars",
        "/actuator/env",
        "/server-status",
        "/status",
        "/admin",
        "/console",
        "/trace",
    ] {
        for visitor in [test.nobody(), test.owner()] {
            let (answer, any) = (visitor.get(path).await, visitor.get("/no-such-place").await);
            assert_eq!((answer.status, &answer.body), (any.status, &any.body), "{path}");
            let api = visitor.get(&format!("/api/v1{path}")).await;
            assert_eq!(api.error(), (404, "not_found".to_owned()), "/api/v1{path}");
        }
    }
}

/// What an address of the API that is not described says, and a method that an address does not know.
#[tokio::test]
async fn what_is_not_described_is_not_there() {
    let test = TestApp::new();
    let mut methods: BTreeMap<String, Vec<Method>> = BTreeMap::new();
    for (method, path, _) in operations(&openapi::description()) {
        methods.entry(path).or_default().push(method);
    }
    for (path, known) in methods {
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::TRACE] {
            if known.contains(&method) {
                continue;
            }
            let request = Request::builder().method(method.clone()).uri(filled_in(&test, &path));
            let answer = test.send(request.body(Body::empty()).unwrap()).await;
            assert_eq!(answer.error(), (405, "method_not_allowed".to_owned()), "{method} {path}");
            assert!(
                answer.header("allow").is_some_and(|allow| !allow.contains(method.as_str())),
                "{method} {path}"
            );
        }
    }
    assert_eq!(test.get("/api/v1/nothing").await.error(), (404, "not_found".to_owned()));
}

/// What can't be read of an address is answered like every other error, never in words of the framework.
#[tokio::test]
async fn an_address_that_can_not_be_read_is_an_error_like_any_other() {
    let test = TestApp::new();
    for (method, path, _) in operations(&openapi::description()) {
        if !path.contains('{') || path.ends_with("/stream") {
            continue;
        }
        let broken = path.replace("{ws}", &test.workspace().id().to_string());
        for part in ["%ff", "x", "..%2f", "%00"] {
            let mut address = broken.clone();
            for name in ["{id}", "{check}", "{section}", "{stage}", "{label}", "{environment}", "{testing}"] {
                address = address.replace(name, part);
            }
            let request = Request::builder().method(method.clone()).uri(&address);
            let request = request.header(header::CONTENT_TYPE, "application/json");
            let answer = test.send(request.body(Body::from("{}")).unwrap()).await;
            let is_fine = answer.status.is_success() || answer.json()["error"]["code"].is_string();
            assert!(is_fine, "{method} {address}: {}", String::from_utf8_lossy(&answer.body));
        }
    }
}
