//! The way to the server: requests, and the stream. A failure is a value that says what is known.

use serde::Serialize;
use serde::de::DeserializeOwned;
use slipway_shared::account::{People, Session, Workspaces};
use slipway_shared::ids::{DeploymentId, WorkspaceId};
use slipway_shared::json;
use slipway_shared::log::StoredEvent;
use slipway_shared::sync::client::Failure;
use slipway_shared::sync::presence::{Onlookers, PresenceRequest};
use slipway_shared::sync::protocol::{
    ErrorBody, EventsPage, HelloRequest, HelloResponse, PushRequest, PushResponse,
};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/replica/transport/http.js")]
extern "C" {
    async fn request(method: &str, url: &str, body: Option<&str>) -> JsValue;

    async fn send(url: &str, kind: &str, body: &web_sys::Blob) -> JsValue;

    /// An answer that is read piece by piece.
    type Answer;

    async fn ask(method: &str, url: &str) -> Answer;

    #[wasm_bindgen(method, getter)]
    fn status(this: &Answer) -> f64;

    #[wasm_bindgen(method)]
    async fn next(this: &Answer) -> JsValue;

    #[wasm_bindgen(method)]
    fn close(this: &Answer);

    #[wasm_bindgen(js_name = textOf)]
    async fn text_of(answer: &Answer) -> JsValue;

    fn follow(
        url: &str,
        on_events: &Closure<dyn FnMut(String)>,
        on_alive: &Closure<dyn FnMut(String)>,
        on_presence: &Closure<dyn FnMut(String)>,
        on_end: &Closure<dyn FnMut()>,
    ) -> js_sys::Function;

    #[wasm_bindgen(js_name = onReturn)]
    fn on_return(callback: &Closure<dyn FnMut()>);
}

/// Asks for something that is no part of the protocol between replicas. `body` is JSON, and so is the answer.
pub(crate) async fn call(method: &str, url: &str, body: Option<&str>) -> Result<String, Failure> {
    answer(method, url, body).await
}

/// Sends something large, of the type `kind`. The answer is JSON.
pub(super) async fn upload(url: &str, kind: &str, body: &web_sys::Blob) -> Result<String, Failure> {
    text_in(&send(url, kind, body).await)
}

async fn answer(method: &str, url: &str, body: Option<&str>) -> Result<String, Failure> {
    text_in(&request(method, url, body).await)
}

fn text_in(answer: &JsValue) -> Result<String, Failure> {
    let answer = js_sys::Array::from(answer);
    let status = answer.get(0).as_f64().unwrap_or_default();
    let text = answer.get(1).as_string().unwrap_or_default();
    if status == 0.0 {
        return Err(Failure::Unreachable);
    }
    if is_success(status) { Ok(text) } else { Err(refusal(&text)) }
}

fn is_success(status: f64) -> bool {
    (200.0..300.0).contains(&status)
}

fn refusal(text: &str) -> Failure {
    json::read::<ErrorBody>(text).map_or(Failure::Unreadable, |body| Failure::Refused(body.error))
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Failure> {
    json::read(text).map_err(|_| Failure::Unreadable)
}

async fn post<T: DeserializeOwned>(url: &str, body: &impl Serialize) -> Result<T, Failure> {
    let body = json::write(body);
    read(&answer("POST", url, Some(&body)).await?)
}

fn address(workspace: WorkspaceId, what: &str) -> String {
    format!("/api/v1/workspaces/{workspace}/{what}")
}

/// Asks who is here and which workspaces there are.
pub(super) async fn session() -> Result<Session, Failure> {
    read(&answer("GET", "/api/v1/session", None).await?)
}

/// Asks which workspaces there are for who is signed in.
pub(super) async fn workspaces() -> Result<Workspaces, Failure> {
    read(&answer("GET", "/api/v1/workspaces", None).await?)
}

/// Says where this replica stands.
pub(super) async fn hello(workspace: WorkspaceId, hello: HelloRequest) -> Result<HelloResponse, Failure> {
    post(&address(workspace, "hello"), &hello).await
}

/// Asks who the members are.
pub(super) async fn people(workspace: WorkspaceId) -> Result<People, Failure> {
    read(&answer("GET", &address(workspace, "people"), None).await?)
}

/// Begins to fetch the snapshot.
pub(super) async fn snapshot(workspace: WorkspaceId) -> Result<Pieces, Failure> {
    let answer = ask("GET", &address(workspace, "snapshot")).await;
    match answer.status() {
        0.0 => Err(Failure::Unreachable),
        status if is_success(status) => Ok(Pieces(answer)),
        _ => Err(text_of(&answer).await.as_string().map_or(Failure::Unreachable, |text| refusal(&text))),
    }
}

/// What is still to come of an answer. Dropping it ends the request.
pub(super) struct Pieces(Answer);

impl Pieces {
    /// Waits for the next bytes; `None` is the end.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let bytes = self.0.next().await;
        if bytes.is_undefined() {
            return Ok(None);
        }
        let bytes: js_sys::Uint8Array = bytes.dyn_into().map_err(|_| Failure::Unreachable)?;
        Ok(Some(bytes.to_vec()))
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Fetches a page of the log.
pub(super) async fn events(workspace: WorkspaceId, after: u64) -> Result<EventsPage, Failure> {
    read(&answer("GET", &address(workspace, &format!("events?after={after}")), None).await?)
}

/// Fetches what a deployment was before it was sealed, as it is hashed.
pub(super) async fn detail(workspace: WorkspaceId, id: DeploymentId) -> Result<String, Failure> {
    answer("GET", &address(workspace, &format!("deployments/{id}/detail")), None).await
}

/// Sends commands.
pub(super) async fn push(workspace: WorkspaceId, push: PushRequest) -> Result<PushResponse, Failure> {
    post(&address(workspace, "push"), &push).await
}

/// Says what a page looks at.
pub(super) async fn look(workspace: WorkspaceId, request: PresenceRequest) -> Result<(), Failure> {
    let body = json::write(&request);
    answer("POST", &address(workspace, "presence"), Some(&body)).await.map(drop)
}

/// An open stream. Dropping it closes it.
pub(super) struct Stream(Option<Box<dyn FnOnce()>>);

impl Stream {
    /// Returns a stream that is closed in this way.
    pub(super) fn closed_by(close: impl FnOnce() + 'static) -> Self {
        Self(Some(Box::new(close)))
    }

    /// Follows the log after `after`. `on_events` gets what was committed together; nothing for what can't be read.
    pub(super) fn open(
        workspace: WorkspaceId,
        after: u64,
        mut on_events: impl FnMut(Option<Vec<StoredEvent>>) + 'static,
        mut on_alive: impl FnMut() + 'static,
        mut on_presence: impl FnMut(Vec<Onlookers>) + 'static,
        on_end: impl FnMut() + 'static,
    ) -> Self {
        let on_events = Closure::new(move |text: String| on_events(json::read(&text).ok()));
        let on_alive = Closure::new(move |_: String| on_alive());
        // What can't be read of it is passed over: nobody needs it to work.
        let on_presence =
            Closure::new(move |text: String| json::read(&text).ok().into_iter().for_each(&mut on_presence));
        let on_end = Closure::new(on_end);
        let url = address(workspace, &format!("stream?after={after}"));
        let close = follow(&url, &on_events, &on_alive, &on_presence, &on_end);
        Self::closed_by(move || {
            let _ = close.call0(&JsValue::NULL);
            // Until then they may be called.
            drop((on_events, on_alive, on_presence, on_end));
        })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(close) = self.0.take() {
            close();
        }
    }
}

/// Calls back whenever there is a reason to try again: the page is shown, the system says it is online.
pub(super) fn when_worth_a_try(callback: impl FnMut() + 'static) {
    let callback = Closure::new(callback);
    on_return(&callback);
    callback.forget();
}
