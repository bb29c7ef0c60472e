//! Server-sent events, read as they come.

use std::io::{self, BufRead as _, BufReader, Lines};
use std::net::{Shutdown, SocketAddr, TcpStream};

use slipway_shared::sync::protocol::StreamMessage;

use crate::http::{Body, Connection};

/// An open stream of a workspace.
#[derive(Debug)]
pub struct EventStream {
    lines: Lines<BufReader<Body<BufReader<TcpStream>>>>,
    socket: TcpStream,
}

/// One message, with the id a browser would come back with.
#[derive(Clone, Debug)]
pub struct Received {
    /// Its id, where it has one.
    pub id: Option<String>,
    /// What it says.
    pub message: StreamMessage,
}

impl EventStream {
    /// Opens `target`.
    ///
    /// # Errors
    ///
    /// When nobody listens, or the answer is no stream.
    pub fn open(address: SocketAddr, target: &str, last_event_id: Option<&str>) -> io::Result<Self> {
        let mut connection = Connection::open(address)?;
        let mut headers = vec![("accept", "text/event-stream")];
        headers.extend(last_event_id.map(|id| ("last-event-id", id)));
        let (status, headers) = connection.begin("GET", target, &headers, None)?;
        let is_stream = headers
            .iter()
            .any(|(name, value)| name == "content-type" && value.starts_with("text/event-stream"));
        if status != 200 || !is_stream {
            return Err(io::Error::other(format!("{target} answered {status} {headers:?}")));
        }
        let socket = connection.socket()?;
        let lines = BufReader::new(connection.into_body(&headers)).lines();
        Ok(Self { lines, socket })
    }

    /// Returns what cuts the stream off from another thread.
    ///
    /// # Panics
    ///
    /// When the system has no more sockets.
    #[must_use]
    pub fn cutter(&self) -> Cutter {
        Cutter(self.socket.try_clone().unwrap())
    }

    /// Waits for the next message; `None` when the stream has ended.
    ///
    /// # Panics
    ///
    /// When what comes is no message of the protocol.
    pub fn next_message(&mut self) -> Option<Received> {
        let (mut name, mut data, mut id) = (String::new(), String::new(), None);
        loop {
            let line = self.lines.next()?.ok()?;
            match line.split_once(':').map(|(field, value)| (field, value.strip_prefix(' ').unwrap_or(value)))
            {
                Some(("event", value)) => value.clone_into(&mut name),
                Some(("data", value)) => data.push_str(value),
                Some(("id", value)) => id = Some(value.to_owned()),
                _ if line.is_empty() && !name.is_empty() => {
                    let message = message(&name, &data);
                    return Some(Received { id, message });
                }
                _ => {}
            }
        }
    }
}

fn message(name: &str, data: &str) -> StreamMessage {
    let content: serde_json::Value = serde_json::from_str(data).unwrap();
    let tagged = serde_json::json!({ name: content });
    serde_json::from_value(tagged).unwrap_or_else(|error| panic!("{name} {data}: {error}"))
}

/// Cuts a stream off.
#[derive(Debug)]
pub struct Cutter(TcpStream);

impl Cutter {
    /// Cuts it off, in both directions.
    pub fn cut(&self) {
        // It may have ended by itself meanwhile.
        drop(self.0.shutdown(Shutdown::Both));
    }
}

impl Drop for Cutter {
    fn drop(&mut self) {
        self.cut();
    }
}
