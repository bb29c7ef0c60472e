//! A bad network in front of the server: what goes through it can be cut, chopped, held, doubled, put out of order, or
//! answered by somebody else.

use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::credentials;
use crate::server::free_address;
use crate::wait::PAUSE;

/// What happens to connections that are made from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// The answer is cut off after so many bytes; with few of them an acknowledgement is lost.
    CutAfter(usize),
    /// The answer comes one byte at a time.
    Chopped,
    /// Somebody answers the phone and says nothing, until the fault ends.
    HalfOpen,
    /// A portal answers everything with a page of its own.
    Portal,
    /// Every chunk of an answer comes twice: each message of a stream is repeated.
    Doubled,
    /// Chunks of an answer change places in pairs: messages of a stream come out of order.
    Reordered,
}

const PAGE: &str = "<!doctype html><title>Welcome to Harbour Wi-Fi</title><p>Please accept our terms.";

#[derive(Debug)]
struct Inner {
    fault: Mutex<Fault>,
    /// How many connections met a fault.
    met: AtomicUsize,
    /// Both ends of every connection there was.
    ends: Mutex<Vec<TcpStream>>,
}

impl Inner {
    fn fault(&self) -> Fault {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A network that runs as long as the test.
#[derive(Debug)]
pub struct BadNetwork {
    address: SocketAddr,
    inner: Arc<Inner>,
}

impl BadNetwork {
    /// Starts one in front of `upstream`, without a fault.
    ///
    /// # Panics
    ///
    /// When there is no address to be had.
    #[must_use]
    pub fn start(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind(free_address()).unwrap();
        let address = listener.local_addr().unwrap();
        credentials::share(address, upstream);
        let inner = Arc::new(Inner {
            fault: Mutex::new(Fault::None),
            met: AtomicUsize::new(0),
            ends: Mutex::default(),
        });
        let shared = Arc::clone(&inner);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&shared);
                // A connection that breaks is what this is for.
                std::thread::spawn(move || drop(connection(client, upstream, &shared)));
            }
        });
        Self { address, inner }
    }

    /// Returns where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Has this happen from now on, to connections that are made from now on.
    pub fn set(&self, fault: Fault) {
        *self.inner.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// Breaks every connection off, so that whoever works makes a new one.
    pub fn break_off(&self) {
        for end in self.inner.ends.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            // Most are closed already.
            drop(end.shutdown(Shutdown::Both));
        }
    }

    /// Returns how many connections met a fault.
    #[must_use]
    pub fn met(&self) -> usize {
        self.inner.met.load(Ordering::Relaxed)
    }
}

fn connection(client: TcpStream, upstream: SocketAddr, inner: &Inner) -> io::Result<()> {
    let fault = inner.fault();
    inner.met.fetch_add(usize::from(fault != Fault::None), Ordering::Relaxed);
    client.set_nodelay(true)?;
    inner.ends.lock().unwrap_or_else(PoisonError::into_inner).push(client.try_clone()?);
    match fault {
        Fault::HalfOpen => {
            while inner.fault() == Fault::HalfOpen {
                std::thread::sleep(PAUSE);
            }
            return client.shutdown(Shutdown::Both);
        }
        Fault::Portal => return portal(&client),
        _ => {}
    }
    let server = TcpStream::connect(upstream)?;
    server.set_nodelay(true)?;
    let (mut asks, mut asked) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || {
        // Whoever breaks it off, both ends are told.
        drop(io::copy(&mut asks, &mut asked));
        drop(asked.shutdown(Shutdown::Both));
    });
    let answered = answer(&server, &client, fault);
    drop(client.shutdown(Shutdown::Both));
    drop(server.shutdown(Shutdown::Both));
    answered
}

/// Answers whatever is asked with a page, and closes.
fn portal(client: &TcpStream) -> io::Result<()> {
    let mut lines = BufReader::new(client).lines();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let length = PAGE.len();
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    );
    let mut to = client;
    to.write_all(head.as_bytes())?;
    to.write_all(PAGE.as_bytes())?;
    // What is not read of the request would make the system throw the answer away.
    client.set_read_timeout(Some(Duration::from_millis(50)))?;
    drop(io::copy(&mut &*client, &mut io::sink()));
    client.shutdown(Shutdown::Both)
}

fn answer(mut server: &TcpStream, mut client: &TcpStream, fault: Fault) -> io::Result<()> {
    match fault {
        Fault::CutAfter(bytes) => io::copy(&mut server.take(bytes as u64), &mut client).map(drop),
        Fault::Chopped => {
            for byte in BufReader::new(server).bytes() {
                client.write_all(&[byte?])?;
            }
            Ok(())
        }
        Fault::Doubled | Fault::Reordered => chunks(BufReader::new(server), client, fault),
        _ => io::copy(&mut server, &mut client).map(drop),
    }
}

/// Passes answers on, and the chunks of one that comes in chunks as the fault says.
fn chunks(mut from: impl io::BufRead, mut to: impl io::Write, fault: Fault) -> io::Result<()> {
    loop {
        let (mut head, mut length, mut is_chunked) = (Vec::new(), 0, false);
        loop {
            let start = head.len();
            if from.read_until(b'\n', &mut head)? == 0 {
                return Ok(());
            }
            let line = String::from_utf8_lossy(&head[start..]).to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            is_chunked |= line.starts_with("transfer-encoding:") && line.contains("chunked");
            if line.trim().is_empty() {
                break;
            }
        }
        to.write_all(&head)?;
        if !is_chunked {
            io::copy(&mut from.by_ref().take(length), &mut to)?;
            continue;
        }
        let is_stream = String::from_utf8_lossy(&head).contains("text/event-stream");
        let mut held: Option<Vec<u8>> = None;
        while let Some(chunk) = chunk(&mut from)? {
            let is_last = chunk.starts_with(b"0\r\n");
            match fault {
                Fault::Doubled if is_stream && !is_last => {
                    to.write_all(&[&chunk[..], &chunk[..]].concat())?;
                }
                Fault::Reordered if is_stream && !is_last && held.is_none() => held = Some(chunk),
                _ => {
                    to.write_all(&chunk)?;
                    to.write_all(&held.take().unwrap_or_default())?;
                }
            }
            if is_last {
                break;
            }
        }
    }
}

/// Reads one chunk, with its length and its ends of line.
fn chunk(from: &mut impl io::BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut chunk = Vec::new();
    if from.read_until(b'\n', &mut chunk)? == 0 {
        return Ok(None);
    }
    let length = String::from_utf8_lossy(&chunk);
    let length = u64::from_str_radix(length.trim(), 16).map_err(io::Error::other)?;
    from.take(length + 2).read_to_end(&mut chunk)?;
    Ok(Some(chunk))
}
