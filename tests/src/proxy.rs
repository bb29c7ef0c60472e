//! A server in front of the server: counts what is asked, can hold streams back, and can pretend that the app was
//! built anew.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::credentials;
use crate::server::free_address;

/// How much comes of a snapshot that is cut off: some entities, and not all.
const BEGINNING: u64 = 8 * 1024;

/// What is asked through a proxy.
#[derive(Debug, Default)]
struct Seen {
    asked: Mutex<Vec<String>>,
    open_streams: AtomicUsize,
    most_streams: AtomicUsize,
    is_newer: AtomicBool,
    holds_streams: AtomicBool,
    cuts_snapshots: AtomicBool,
}

/// A proxy that runs as long as it is held.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    seen: Arc<Seen>,
}

impl Proxy {
    /// Starts a proxy in front of `upstream`.
    ///
    /// # Panics
    ///
    /// When there is no address to be had.
    #[must_use]
    pub fn start(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind(free_address()).unwrap();
        let address = listener.local_addr().unwrap();
        credentials::share(address, upstream);
        let seen = Arc::<Seen>::default();
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let shared = Arc::clone(&shared);
                // A connection that breaks is the business of whoever broke it.
                std::thread::spawn(move || drop(pass_on(client, upstream, &shared)));
            }
        });
        Self { address, seen }
    }

    /// Returns the address of the app through the proxy, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns everything that was asked so far, as `METHOD /path`.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        self.seen.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns how many streams are open now, and how many ever were at once.
    #[must_use]
    pub fn streams(&self) -> (usize, usize) {
        (self.seen.open_streams.load(Ordering::SeqCst), self.seen.most_streams.load(Ordering::SeqCst))
    }

    /// Lets no word of a stream through from now on, as a proxy does that waits for the end of every answer.
    pub fn hold_streams_back(&self) {
        self.seen.holds_streams.store(true, Ordering::SeqCst);
    }

    /// Cuts snapshots off after their beginning, or no more.
    pub fn cut_snapshots(&self, cut: bool) {
        self.seen.cuts_snapshots.store(cut, Ordering::SeqCst);
    }

    /// Serves the service worker of another build from now on.
    pub fn pretend_a_newer_build(&self) {
        self.seen.is_newer.store(true, Ordering::SeqCst);
    }
}

/// Counts a stream as long as it is open.
struct OpenStream<'a>(&'a Seen);

impl<'a> OpenStream<'a> {
    fn count(seen: &'a Seen) -> Self {
        let now = seen.open_streams.fetch_add(1, Ordering::SeqCst) + 1;
        seen.most_streams.fetch_max(now, Ordering::SeqCst);
        Self(seen)
    }
}

impl Drop for OpenStream<'_> {
    fn drop(&mut self) {
        self.0.open_streams.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Passes one request on and its answer back, then closes.
fn pass_on(client: TcpStream, upstream: SocketAddr, seen: &Seen) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let mut request_line = String::new();
    if reader.read_line(&mut request_line)? == 0 {
        return Ok(());
    }
    let asked = request_line.rsplit_once(' ').map_or("", |(asked, _)| asked).to_owned();
    seen.asked.lock().unwrap_or_else(PoisonError::into_inner).push(asked.clone());
    let is_worker = asked == "GET /sw.js";
    let stream = asked.contains("/stream?").then(|| OpenStream::count(seen));

    let mut head = request_line;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let name = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if name == "content-length" {
            length = line.rsplit(':').next().and_then(|number| number.trim().parse().ok()).unwrap_or(0);
        }
        if line.trim().is_empty() {
            break;
        }
        // The worker has to come plain and whole to be changed.
        let is_dropped =
            name == "connection" || is_worker && (name == "accept-encoding" || name == "if-none-match");
        if !is_dropped {
            head.push_str(&line);
        }
    }
    head.push_str("connection: close\r\n\r\n");
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;

    let mut server = TcpStream::connect(upstream)?;
    server.write_all(head.as_bytes())?;
    server.write_all(&body)?;
    if is_worker && seen.is_newer.load(Ordering::SeqCst) {
        let mut answer = Vec::new();
        server.read_to_end(&mut answer)?;
        return (&client).write_all(&as_newer_build(&answer));
    }
    watch_for_goodbye(&client, &server)?;
    if stream.is_some() && seen.holds_streams.load(Ordering::SeqCst) {
        io::copy(&mut server, &mut io::sink())?;
        return client.shutdown(Shutdown::Both);
    }
    let is_cut = asked.ends_with("/snapshot") && seen.cuts_snapshots.load(Ordering::SeqCst);
    io::copy(&mut server.take(if is_cut { BEGINNING } else { u64::MAX }), &mut &client)?;
    client.shutdown(Shutdown::Both)
}

/// Closes the server's side as soon as the client goes: a stream that says nothing would stay open for long.
fn watch_for_goodbye(client: &TcpStream, server: &TcpStream) -> io::Result<()> {
    let (mut client, server) = (client.try_clone()?, server.try_clone()?);
    std::thread::spawn(move || {
        let mut nothing = [0; 64];
        while client.read(&mut nothing).is_ok_and(|read| read > 0) {}
        // It may be closed already.
        drop(server.shutdown(Shutdown::Both));
    });
    Ok(())
}

/// Gives the build another name of the same length, so that nothing else of the answer changes.
fn as_newer_build(answer: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(answer).into_owned();
    let begin = text.find("const BUILD = '").map(|at| at + "const BUILD = '".len());
    let Some(begin) = begin else { return answer.to_vec() };
    let end = text[begin..].find('\'').map_or(begin, |at| begin + at);
    let name = "f".repeat(end - begin);
    format!("{}{name}{}", &text[..begin], &text[end..]).into_bytes()
}
