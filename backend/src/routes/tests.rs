//! Each route through the whole router: statuses and bodies.

mod assets;
mod pushes;
mod refusals;
mod sealing;
mod streams;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use slipway_shared::log::Cursor;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::app::App;
use crate::clock::Clock;
use crate::facing::Facing;
use crate::open::{Beginning, open};
use crate::router::build_router;

/// A server without a socket, on a new workspace.
struct TestApp {
    app: App,
    router: Router,
    _dir: TempDir,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    #[track_caller]
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&self.body)))
    }

    /// Returns the status and the code of an error.
    #[track_caller]
    fn error(&self) -> (u16, String) {
        let code = self.json()["error"]["code"].as_str().unwrap().to_owned();
        assert!(self.json()["error"]["message"].as_str().is_some_and(|message| !message.is_empty()));
        (self.status.as_u16(), code)
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl TestApp {
    fn new() -> Self {
        Self::by(&Clock::system())
    }

    fn by(clock: &Clock) -> Self {
        Self::in_dir(tempfile::tempdir().unwrap(), clock)
    }

    fn in_dir(dir: TempDir, clock: &Clock) -> Self {
        let opened = open(dir.path(), Beginning::Workspace, clock).unwrap();
        let app = App::start(opened, clock.clone()).unwrap();
        Self { router: build_router(app.clone(), &Arc::new(Facing::loopback())), app, _dir: dir }
    }

    fn cursor(&self) -> Cursor {
        self.app.writer().state().cursor
    }

    /// Returns an address in the workspace.
    fn path(&self, rest: &str) -> String {
        format!("/api/v1/workspaces/{}/{rest}", self.app.workspace())
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).header(header::HOST, "localhost").body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).unwrap()).await
    }

    async fn push(&self, commands: &[Value]) -> Answer {
        let push = json!({
            "protocol": 1, "epoch": self.cursor().epoch, "sent_at": 5, "commands": commands,
        });
        self.post(&self.path("push"), &push).await
    }
}

/// Returns a command that adds a service.
fn add_service(client: u128, seq: u64, name: &str) -> Value {
    let service = uuid::Uuid::from_u128(client << 64 | u128::from(seq));
    json!({
        "client": uuid::Uuid::from_u128(client), "seq": seq, "at": 5, "seen": 0, "kind": "service.add", "v": 1,
        "body": { "service": { "add": { "service": service, "name": name, "hue": 140 } } },
    })
}
