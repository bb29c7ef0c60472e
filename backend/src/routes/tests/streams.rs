//! Streams: from any place on, in order, and with an end.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use futures_util::StreamExt;
use serde_json::{Value, json};
use slipway_shared::log::StoredEvent;
use tower::ServiceExt;

use super::{TestApp, add_service};

/// An open stream, read message by message.
pub(super) struct Stream {
    body: BodyDataStream,
    read: String,
}

#[derive(Debug, PartialEq)]
pub(super) struct Message {
    id: Option<String>,
    pub(super) name: String,
    data: Value,
}

impl Stream {
    pub(super) async fn open(test: &TestApp, after: &str, last_event_id: Option<&str>) -> Self {
        Self::open_with(test, &test.session, after, last_event_id).await
    }

    /// Opens one with another session.
    pub(super) async fn open_as(test: &TestApp, session: &str, after: &str) -> Self {
        Self::open_with(test, session, after, None).await
    }

    async fn open_with(test: &TestApp, session: &str, after: &str, last_event_id: Option<&str>) -> Self {
        Self::open_in(test, session, test.path("").trim_end_matches('/'), after, last_event_id).await
    }

    /// Opens one in the workspace at an address.
    pub(super) async fn open_at(test: &TestApp, session: &str, address: &str, after: &str) -> Self {
        Self::open_in(test, session, address, after, None).await
    }

    async fn open_in(
        test: &TestApp,
        session: &str,
        address: &str,
        after: &str,
        last_event_id: Option<&str>,
    ) -> Self {
        let proof = ("cookie", format!("slipway-80={session}"));
        Self::open_by(test, proof, address, after, last_event_id).await
    }

    /// Opens one by what somebody sends along to say who they are.
    pub(super) async fn open_by(
        test: &TestApp,
        (name, proof): (&str, String),
        address: &str,
        after: &str,
        last_event_id: Option<&str>,
    ) -> Self {
        let mut request = Request::get(format!("{address}/stream?after={after}")).header(name, proof);
        if let Some(id) = last_event_id {
            request = request.header("last-event-id", id);
        }
        let request = request.header("accept-encoding", "gzip, br").body(Body::empty()).unwrap();
        let response = test.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["x-accel-buffering"], "no");
        assert_eq!(response.headers()["cache-control"], "no-store");
        assert!(!response.headers().contains_key("content-encoding"));
        Self { body: response.into_body().into_data_stream(), read: String::new() }
    }

    /// Returns the next message; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some((message, rest)) = self.read.split_once("\n\n") {
                let field =
                    |name: &str| message.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let data = serde_json::from_str(&field("data: ").unwrap()).unwrap();
                let found = Message { id: field("id: "), name: field("event: ").unwrap(), data };
                self.read = rest.to_owned();
                return Some(found);
            }
            let bytes = self.body.next().await?.unwrap();
            self.read.push_str(std::str::from_utf8(&bytes).unwrap());
        }
    }

    /// Returns the places of the events of the next message.
    pub(super) async fn places(&mut self) -> Vec<u64> {
        let mut message = self.next().await.unwrap();
        while message.name == "heartbeat" {
            message = self.next().await.unwrap();
        }
        assert_eq!(message.name, "events");
        let events: Vec<StoredEvent> = serde_json::from_value(message.data).unwrap();
        let places: Vec<_> = events.iter().map(|event| event.read_header().unwrap().seq).collect();
        let id = message.id.unwrap();
        assert_eq!(id.split_once('.').unwrap().1, places.last().unwrap().to_string());
        places
    }
}

#[tokio::test]
async fn a_stream_brings_the_log_and_then_what_is_new() {
    let test = TestApp::new();
    test.push(&[add_service(1, 1, "web")]).await;
    let mut stream = Stream::open(&test, "11", None).await;
    assert_eq!(stream.places().await, [12]);
    test.push(&[add_service(1, 2, "api"), add_service(1, 3, "ledger")]).await;
    assert_eq!(stream.places().await, [13, 14], "what was committed together comes together");
    test.push(&[add_service(1, 4, "API")]).await;
    test.push(&[add_service(1, 5, "notify")]).await;
    assert_eq!(stream.places().await, [15], "a refused command is in no stream");
}

#[tokio::test]
async fn a_browser_that_comes_back_goes_on_where_it_was() {
    let test = TestApp::new();
    test.push(&[add_service(1, 1, "web"), add_service(1, 2, "api")]).await;
    let id = format!("{}.12", test.cursor().epoch);
    let mut stream = Stream::open(&test, "0", Some(&id)).await;
    assert_eq!(stream.places().await, [13]);
}

#[tokio::test]
async fn a_place_that_is_not_there_is_refused() {
    let test = TestApp::new();
    let ask = async |query: &str, id: Option<&str>| {
        let mut request = Request::get(test.path(&format!("stream{query}")));
        if let Some(id) = id {
            request = request.header("last-event-id", id);
        }
        test.send(request.body(Body::empty()).unwrap()).await.error()
    };
    assert_eq!(ask("?after=12", None).await, (409, "fork".to_owned()));
    let other = format!("{}.3", uuid::Uuid::from_u128(1));
    assert_eq!(ask("?after=0", Some(&other)).await, (409, "fork".to_owned()));
    for (query, id) in [("", None), ("?after=x", None), ("?after=-1", None), ("?after=0", Some("12"))] {
        assert_eq!(ask(query, id).await, (400, "malformed".to_owned()), "{query} {id:?}");
    }
}

#[tokio::test]
async fn a_shutdown_ends_streams_and_says_so() {
    let test = TestApp::new();
    let mut stream = Stream::open(&test, "11", None).await;
    test.app.drain();
    let end = Message { id: None, name: "end".to_owned(), data: json!({"reason": "shutdown"}) };
    assert_eq!(stream.next().await, Some(end));
    assert_eq!(stream.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_is_too_slow_is_told_to_start_over() {
    let test = TestApp::new();
    let mut stream = Stream::open(&test, "11", None).await;
    // A heartbeat means that it has read the log and listens; what follows it does not take.
    assert_eq!(stream.next().await.unwrap().name, "heartbeat");
    for seq in 1..=300 {
        test.push(&[add_service(1, seq, &format!("service {seq}"))]).await;
    }
    let end = Message { id: None, name: "end".to_owned(), data: json!({"reason": "behind"}) };
    assert_eq!(stream.next().await, Some(end));
    assert_eq!(stream.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_quiet_stream_says_that_it_is_alive_at_once_and_now_and_then() {
    let test = TestApp::new();
    let mut stream = Stream::open(&test, "11", None).await;
    let began = tokio::time::Instant::now();
    assert_eq!(stream.next().await.unwrap().name, "heartbeat");
    assert!(began.elapsed() < Duration::from_secs(1));
    let beat = stream.next().await.unwrap();
    assert_eq!((beat.name.as_str(), beat.data["head"].clone(), beat.id), ("heartbeat", json!(11), None));
    assert!(began.elapsed() >= Duration::from_secs(15));
}
