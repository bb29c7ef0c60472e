//! What is refused, and that every answer has its headers.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::json;
use slipway_shared::sync::protocol::{PUSH_BYTES, PUSH_COMMANDS};

use super::{TestApp, add_service};

#[tokio::test]
async fn health_is_told() {
    let test = TestApp::new();
    assert_eq!(test.get("/health/live").await.status, 200);
    assert_eq!(test.get("/health/ready").await.json(), json!({"status": "ready"}));
    test.app.drain();
    let draining = test.get("/health/ready").await;
    assert_eq!((draining.status.as_u16(), draining.json()["status"].clone()), (503, json!("not_ready")));
    assert_eq!(test.get("/health/live").await.status, 200);
    let refused = test.push(&[add_service(1, 1, "web")]).await;
    assert_eq!(refused.error(), (503, "shutting_down".to_owned()));
    assert_eq!(refused.header("retry-after"), Some("1"));
}

#[tokio::test]
async fn unknown_addresses_and_methods_are_told_apart() {
    let test = TestApp::new();
    for path in ["/api", "/api/", "/api/v1/nothing", "/api/v2/session"] {
        assert_eq!(test.get(path).await.error(), (404, "not_found".to_owned()), "{path}");
    }
    let unknown = format!("/api/v1/workspaces/{}/snapshot", uuid::Uuid::from_u128(5));
    assert_eq!(test.get(&unknown).await.error(), (404, "not_found".to_owned()));
    assert_eq!(test.get("/api/v1/workspaces/x/events?after=0").await.error(), (404, "not_found".to_owned()));
    assert_eq!(
        test.post("/api/v1/account", &json!({})).await.error(),
        (405, "method_not_allowed".to_owned())
    );
    assert_eq!(test.get(&test.path("push")).await.error(), (405, "method_not_allowed".to_owned()));
    let trace = Request::builder().method("TRACE").uri("/").body(Body::empty()).unwrap();
    assert_eq!(test.send(trace).await.error(), (405, "method_not_allowed".to_owned()));
}

#[tokio::test]
async fn bodies_are_limited() {
    let test = TestApp::new();
    let post = |content_type: &str, body: String| {
        Request::post(test.path("push"))
            .header(header::CONTENT_TYPE, content_type)
            .body(Body::from(body))
            .unwrap()
    };
    let refused = |status, code: &str| (status, code.to_owned());
    let large = test.send(post("application/json", " ".repeat(PUSH_BYTES + 1))).await;
    assert_eq!(large.error(), refused(413, "too_large"));
    let many: Vec<_> = (1..=PUSH_COMMANDS as u64 + 1).map(|seq| json!({"client": uuid::Uuid::from_u128(1), "seq": seq, "at": 1, "seen": 0, "kind": "nothing", "v": 1, "body": "nothing"})).collect();
    assert_eq!(test.push(&many).await.error(), refused(413, "too_large"));
    let deep = test.send(post("application/json", "[".repeat(100))).await;
    assert_eq!(deep.error(), refused(400, "malformed"));
    let broken = test.send(post("application/json", "{".to_owned())).await;
    assert_eq!(broken.error(), refused(400, "malformed"));
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""] {
        let answer = test.send(post(content_type, "{}".to_owned())).await;
        assert_eq!(answer.error(), refused(415, "unsupported_media_type"), "{content_type}");
    }
    let fine = test.send(post("application/json; charset=utf-8", "{}".to_owned())).await;
    assert_eq!(fine.error(), refused(400, "malformed"), "the type is fine, the fields are missing");
    let packed = Request::post(test.path("push"))
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CONTENT_ENCODING, "gzip");
    let packed = test.send(packed.body(Body::from("{}")).unwrap()).await;
    assert_eq!(packed.error(), refused(415, "unsupported_media_type"));
    assert_eq!(test.cursor().seq, 11);
}

#[tokio::test]
async fn requests_from_elsewhere_are_refused() {
    let test = TestApp::new();
    for (name, value) in [
        ("host", "evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "http://evil.example"),
        ("x-forwarded-for", "10.1.1.1"),
    ] {
        let request = Request::get("/api/v1/session").header(name, value).body(Body::empty()).unwrap();
        let answer = test.send(request).await;
        assert_eq!(answer.error(), (403, "cross_origin".to_owned()), "{name}: {value}");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    // A link from elsewhere may open the app itself.
    let link = Request::get("/board").header("sec-fetch-site", "cross-site").body(Body::empty()).unwrap();
    assert_ne!(test.send(link).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let test = TestApp::new();
    let evil = Request::get("/").header(header::HOST, "evil.example").body(Body::empty()).unwrap();
    let answers = [
        test.get("/").await,
        test.get("/missing.js").await,
        test.get("/api/v1/session").await,
        test.get("/api/nothing").await,
        test.get("/health/live").await,
        test.get(&test.path("snapshot")).await,
        test.post(&test.path("push"), &json!(1)).await,
        test.send(evil).await,
    ];
    for answer in answers {
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"));
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
        assert!(answer.header("permissions-policy").is_some() && answer.header("cache-control").is_some());
        assert!(answer.header("x-request-id").is_some());
    }
    assert_eq!(test.get("/api/v1/session").await.header("cache-control"), Some("no-store"));
}

#[tokio::test]
async fn snapshot_and_events_are_compressed() {
    let test = TestApp::new();
    for (encoding, path) in [("br", "snapshot"), ("gzip", "snapshot"), ("gzip", "events?after=0")] {
        let request = Request::get(test.path(path)).header(header::ACCEPT_ENCODING, encoding);
        let answer = test.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.header("content-encoding"), Some(encoding), "{path}");
    }
}
