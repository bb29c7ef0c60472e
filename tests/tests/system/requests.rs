//! Requests that are wrong, from elsewhere, or for nothing: each gets its code and a message, and changes nothing.

use slipway_shared::sync::protocol::{ErrorBody, ErrorCode};
use slipway_tests::api::Api;
use slipway_tests::credentials;
use slipway_tests::http::{self, Connection, Response};
use slipway_tests::server::TestServer;

#[track_caller]
fn is_error(answer: &Response, status: u16, code: ErrorCode) {
    assert_eq!(answer.status, status, "{}", answer.text());
    let body: ErrorBody = answer.json().unwrap_or_else(|error| panic!("{error}: {}", answer.text()));
    assert_eq!(body.error.code, code);
    assert!(body.error.message.len() > 10, "no message for people: {:?}", body.error.message);
}

#[test]
fn what_can_not_be_read_is_refused() {
    let server = TestServer::start();
    let mut api = Api::connect(server.address()).unwrap();
    let bodies: [&[u8]; 7] =
        [b"", b"{", b"null", b"[]", b"{\"protocol\":1}", b"\xff\xfe", b"{\"protocol\":1,\"protocol\":1}"];
    for body in bodies {
        is_error(&api.send("POST", "push", Some(body)).unwrap(), 400, ErrorCode::Malformed);
        is_error(&api.send("POST", "hello", Some(body)).unwrap(), 400, ErrorCode::Malformed);
    }
    let deep = "[".repeat(100_000);
    is_error(&api.send("POST", "push", Some(deep.as_bytes())).unwrap(), 400, ErrorCode::Malformed);
    for query in ["events?after=minus", "events?after=-1", "events", "stream?after=x"] {
        is_error(&api.send("GET", query, None).unwrap(), 400, ErrorCode::Malformed);
    }
}

#[test]
fn other_types_than_json_are_refused() {
    let server = TestServer::start();
    let target = Api::connect(server.address()).unwrap().target("push");
    for given in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        let headers = [("content-type", given)];
        let answer = http::send(server.address(), "POST", &target, &headers, Some(b"{}")).unwrap();
        is_error(&answer, 415, ErrorCode::UnsupportedMediaType);
    }
}

#[test]
fn a_body_that_is_announced_too_large_is_refused_before_it_is_sent() {
    let server = TestServer::start();
    let target = Api::connect(server.address()).unwrap().target("push");
    let mut connection = Connection::open(server.address()).unwrap();
    let head = format!(
        "POST {target} HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\ncontent-type: application/json\r\n\
         content-length: 999999999\r\n\r\n",
        server.address(),
        credentials::cookie(server.address()).unwrap(),
    );
    connection.send_raw(head.as_bytes()).unwrap();
    let (status, _) = connection.read_head().unwrap();
    assert_eq!(status, 413);
}

#[test]
fn other_methods_are_refused() {
    let server = TestServer::start();
    let mut api = Api::connect(server.address()).unwrap();
    for (method, rest) in
        [("GET", "push"), ("DELETE", "push"), ("POST", "snapshot"), ("PUT", "events?after=0")]
    {
        is_error(&api.send(method, rest, None).unwrap(), 405, ErrorCode::MethodNotAllowed);
    }
}

#[test]
fn there_is_nothing_at_unknown_addresses_of_the_api() {
    let server = TestServer::start();
    let mut api = Api::connect(server.address()).unwrap();
    is_error(&api.send("GET", "nothing", None).unwrap(), 404, ErrorCode::NotFound);
    for target in ["/api", "/api/v1/nothing", "/api/v2/session", "/api/v1/workspaces/no-id/snapshot"] {
        is_error(&http::get(server.address(), target).unwrap(), 404, ErrorCode::NotFound);
    }
    let other = "/api/v1/workspaces/00000000-0000-7000-8000-000000000000/snapshot";
    is_error(&http::get(server.address(), other).unwrap(), 404, ErrorCode::NotFound);
}

#[test]
fn the_server_answers_to_no_foreign_name() {
    let server = TestServer::start();
    for host in ["example.org", "rebound.example:8080", "192.168.1.7:8080"] {
        for target in ["/api/v1/session", "/"] {
            let answer = http::send(server.address(), "GET", target, &[("host", host)], None).unwrap();
            is_error(&answer, 403, ErrorCode::CrossOrigin);
        }
    }
}

#[test]
fn other_sites_may_not_ask() {
    let server = TestServer::start();
    let target = Api::connect(server.address()).unwrap().target("push");
    let elsewhere = [
        ("origin", "https://example.org"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("x-forwarded-for", "203.0.113.7"),
    ];
    for header in elsewhere {
        let answer = http::send(server.address(), "POST", &target, &[header], Some(b"{}")).unwrap();
        is_error(&answer, 403, ErrorCode::CrossOrigin);
        let answer = http::send(server.address(), "GET", "/api/v1/session", &[header], None).unwrap();
        is_error(&answer, 403, ErrorCode::CrossOrigin);
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}

#[test]
fn a_request_that_never_ends_is_given_up_on() {
    let server = TestServer::start();
    let mut connection = Connection::open(server.address()).unwrap();
    connection.send_raw(b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n").unwrap();
    // Closed, or told to hurry: in any case not held open for ever.
    let ended = connection.read_head();
    assert!(ended.as_ref().map_or(true, |(status, _)| *status == 408), "{ended:?}");
    assert_eq!(http::get(server.address(), "/health/live").unwrap().status, 200);
}
