//! Somebody who asks: with a session, a token, or nothing.

use axum::body::Body;
use axum::http::{HeaderName, Method, Request, header};
use serde_json::{Value, json};
use slipway_shared::ids::{AccountId, MemberId};
use slipway_shared::member::Role;

use super::{Answer, TestApp};
use crate::store::accounts::{Acted, By, Entry, Joining, NewAccount};

/// What everybody here signs in with.
pub(super) const PASSWORD: &str = "nine green lanterns";

/// Whoever asks, by what they send along.
#[derive(Clone)]
pub(super) struct Visitor<'a> {
    test: &'a TestApp,
    headers: Vec<(HeaderName, String)>,
}

impl TestApp {
    /// Nobody.
    pub(super) fn nobody(&self) -> Visitor<'_> {
        Visitor { test: self, headers: Vec::new() }
    }

    /// Who has the secret of a session.
    pub(super) fn with_session(&self, secret: &str) -> Visitor<'_> {
        let browser = self.nobody().and(HeaderName::from_static("sec-fetch-site"), "same-origin");
        browser.and(header::COOKIE, &format!("slipway-80={secret}"))
    }

    /// Who has an API token.
    pub(super) fn with_token(&self, token: &str) -> Visitor<'_> {
        self.nobody().and(header::AUTHORIZATION, &format!("Bearer {token}"))
    }

    /// The owner.
    pub(super) fn owner(&self) -> Visitor<'_> {
        self.with_session(&self.session)
    }

    /// Makes somebody else a member, and returns the secret of their session and who they are.
    pub(super) async fn join(&self, number: u128, role: Role) -> (String, MemberId) {
        let (account, member) = (AccountId::from_u128(number), MemberId::from_u128(number));
        let add = json!({ "member": { "add": { "member": member, "role": role } } });
        let command = json!({
            "client": uuid::Uuid::from_u128(number), "seq": 1, "at": 5, "seen": 0, "kind": "member.add", "v": 1,
            "body": add,
        });
        let pushed = self.push(&[command]).await.json();
        assert_eq!(pushed["results"][0]["outcome"]["status"], "applied", "{pushed}");
        self.has_account(number, member);
        (self.begin_session(account), member)
    }

    /// Makes an account that is or was `member`.
    pub(super) fn has_account(&self, number: u128, member: MemberId) {
        let now = self.app.clock().now();
        let invitation = crate::store::accounts::InvitationRow {
            id: slipway_shared::ids::InvitationId::from_u128(number),
            workspace: self.workspace().id(),
            member,
            role: Role::Viewer,
            note: "A test".to_owned(),
            by: self.workspace().local_member(),
            is_operators: false,
            ends: now.plus(1),
        };
        let hash = crate::accounts::secret::hash(&number.to_string());
        assert_eq!(self.app.accounts().invite(hash, &invitation, By::Operator, now).unwrap(), Acted::Done);
        let (id, name, login) =
            (AccountId::from_u128(number), format!("Person {number}"), format!("person-{number}"));
        let who = Joining::New(NewAccount { id, name, login, password: String::new(), made: now });
        let workspace = self.workspace().id();
        let entry = Entry { who, workspace, member, session: None, who_signed_in: None };
        let reserved = self.app.accounts().reserve(invitation.id, now).unwrap();
        self.app.accounts().accept(invitation.id, reserved, &entry, now).unwrap();
    }
}

impl Visitor<'_> {
    /// Sends one header more.
    pub(super) fn and(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = match body {
            Some(body) => {
                request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string()))
            }
            None => request.body(Body::empty()),
        };
        self.test.send_plain(request.unwrap()).await
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }

    pub(super) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PUT, path, Some(body)).await
    }

    pub(super) async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PATCH, path, Some(body)).await
    }

    pub(super) async fn delete(&self, path: &str) -> Answer {
        self.ask(Method::DELETE, path, None).await
    }

    pub(super) async fn push(&self, commands: &[Value]) -> Answer {
        let epoch = self.test.cursor().epoch;
        let push = json!({ "protocol": 1, "epoch": epoch, "sent_at": 5, "commands": commands });
        self.post(&self.test.path("push"), &push).await
    }
}

impl Answer {
    /// Returns the secret that a session has from now on, after its password was given again.
    #[track_caller]
    pub(super) fn confirmed(&self) -> String {
        assert_eq!(self.status, 204, "{}", String::from_utf8_lossy(&self.body));
        self.cookie()
    }

    /// Returns the secret of the session that the answer begins.
    #[track_caller]
    pub(super) fn session(&self) -> String {
        assert_eq!(self.status, 200, "{}", String::from_utf8_lossy(&self.body));
        self.cookie()
    }

    #[track_caller]
    fn cookie(&self) -> String {
        let cookie = self.header("set-cookie").unwrap();
        cookie.split(';').next().unwrap().split_once('=').unwrap().1.to_owned()
    }
}
