//! Each route through the whole router: statuses and bodies.

mod assets;
mod audit;
mod confirming;
mod description;
mod elsewhere;
mod endings;
mod first_visit;
mod idempotency;
mod import;
mod invitations;
mod pushes;
mod rates;
mod redactions;
mod refusals;
mod resource_lists;
mod resources;
mod sealing;
mod second_factor;
mod sign_in;
mod slow_bodies;
mod streams;
mod time;
mod tokens;
mod visitor;
mod workspaces;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use slipway_shared::ids::AccountId;
use slipway_shared::log::Cursor;
use tempfile::TempDir;
use tower::ServiceExt;

use crate::access::sessions::Begun;
use crate::access::setup;
use crate::accounts::secret;
use crate::app::App;
use crate::clock::Clock;
use crate::facing::Facing;
use crate::open::{Beginning, open};
use crate::router::build_router;
use crate::store::accounts::{Entry, Joining, NewAccount};
use crate::writer::OpenWorkspace;

/// A server without a socket, on a new workspace with an owner who is signed in.
struct TestApp {
    app: App,
    router: Router,
    /// The secret of the owner's session.
    session: String,
    dir: TempDir,
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
        let mut test = Self::unclaimed_in(dir, Beginning::Workspace, clock);
        test.session = test.claim();
        test
    }

    /// Returns a server that waits for its first visit, or a demo.
    fn unclaimed_in(dir: TempDir, beginning: Beginning, clock: &Clock) -> Self {
        let opened = open(dir.path(), beginning, clock).unwrap();
        let app = App::start(opened, clock.clone()).unwrap();
        Self {
            router: build_router(app.clone(), &Arc::new(Facing::loopback())),
            app,
            session: String::new(),
            dir,
        }
    }

    /// Makes an owner without a password, which takes no time, and returns the secret of their session.
    fn claim(&self) -> String {
        let token = setup::offer(&self.app).unwrap();
        let now = self.app.clock().now();
        let id = AccountId::from_u128(1);
        if let Some(token) = token {
            let (name, login) = ("Olivia Owner".to_owned(), "olivia".to_owned());
            let who = Joining::New(NewAccount { id, name, login, password: String::new(), made: now });
            let (workspace, member) = (self.workspace().id(), self.workspace().local_member());
            let entry = Entry { who, workspace, member, session: None, who_signed_in: None };
            self.app.accounts().claim(secret::hash(&token), &entry, now).unwrap();
            self.app.claimed();
        }
        self.begin_session(id)
    }

    /// Begins a session, and returns its secret.
    fn begin_session(&self, account: AccountId) -> String {
        let begun = Begun::new(account, "Laptop".to_owned(), false, self.app.clock().now()).unwrap();
        let began = self.app.accounts().begin_session(&begun.row, None, None);
        assert!(began.unwrap());
        begun.secret.text().to_owned()
    }

    /// The first workspace.
    fn workspace(&self) -> OpenWorkspace {
        self.app.workspaces().remove(0)
    }

    fn cursor(&self) -> Cursor {
        self.workspace().state().cursor
    }

    /// Returns an address in the workspace.
    fn path(&self, rest: &str) -> String {
        format!("/api/v1/workspaces/{}/{rest}", self.workspace().id())
    }

    /// Sends a request as the owner's browser would, from this computer.
    async fn send(&self, mut request: Request<Body>) -> Answer {
        self.sign(&mut request);
        self.send_plain(request).await
    }

    /// Adds what the owner's browser adds: its cookie.
    fn sign(&self, request: &mut Request<Body>) {
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let port = host.and_then(|host| host.rsplit_once(':')).map_or("80", |(_, port)| port);
        let cookie = format!("slipway-{port}={}", self.session).parse().unwrap();
        request.headers_mut().insert(header::COOKIE, cookie);
        if !request.headers().contains_key(header::ORIGIN) {
            request.headers_mut().entry("sec-fetch-site").or_insert(HeaderValue::from_static("same-origin"));
        }
    }

    /// Sends a request as it is, from this computer.
    async fn send_plain(&self, request: Request<Body>) -> Answer {
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

/// Returns the id of a session that there is none of.
/// Returns a command that adds a service.
fn add_service(client: u128, seq: u64, name: &str) -> Value {
    let service = uuid::Uuid::from_u128(client << 64 | u128::from(seq));
    json!({
        "client": uuid::Uuid::from_u128(client), "seq": seq, "at": 5, "seen": 0, "kind": "service.add", "v": 1,
        "body": { "service": { "add": { "service": service, "name": name, "hue": 140 } } },
    })
}
