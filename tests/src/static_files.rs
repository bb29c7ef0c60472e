//! A file server that knows nothing of the app, as there are many: it serves a folder, and has no page for any other
//! address.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::server::repository;

/// How long a connection may be idle.
const IDLE: Duration = Duration::from_secs(20);

/// A file server that a test starts and stops.
#[derive(Debug)]
pub struct StaticFiles {
    address: SocketAddr,
    is_stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl StaticFiles {
    /// Serves the app as it was built, at an address.
    ///
    /// # Panics
    ///
    /// When the address is taken, or the app was not built.
    #[must_use]
    pub fn app_at(address: SocketAddr) -> Self {
        let folder = repository().join("frontend/dist");
        assert!(folder.join("index.html").is_file(), "the app is not built: script/build-app");
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let is_stopped = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&is_stopped);
        let thread = std::thread::spawn(move || accept(&listener, &folder, &stopped));
        Self { address, is_stopped, thread: Some(thread) }
    }

    /// Returns where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns its address as a link has it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for StaticFiles {
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::Release);
        // Somebody has to come for it to notice.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn accept(listener: &TcpListener, folder: &Path, is_stopped: &Arc<AtomicBool>) {
    for stream in listener.incoming() {
        if is_stopped.load(Ordering::Acquire) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let (folder, is_stopped) = (folder.to_owned(), Arc::clone(is_stopped));
        // One thread for each: browsers keep connections open.
        std::thread::spawn(move || drop(answer(&stream, &folder, &is_stopped)));
    }
}

/// Answers one request, and hangs up: nothing keeps the address busy once it is stopped.
fn answer(mut stream: &TcpStream, folder: &Path, is_stopped: &AtomicBool) -> io::Result<()> {
    stream.set_read_timeout(Some(IDLE))?;
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut length = 0_u64;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or_default();
        }
    }
    io::copy(&mut reader.by_ref().take(length), &mut io::sink())?;
    // Browsers open connections ahead: what comes over one of those is for whoever listens here by now.
    if is_stopped.load(Ordering::Acquire) {
        return Ok(());
    }
    let mut words = first.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or("/"));
    let path = target.split(['?', '#']).next().unwrap_or("/");
    let (status, kind, body) = match (method, file(folder, path)) {
        ("GET" | "HEAD", Some((kind, body))) => ("200 OK", kind, body),
        ("GET" | "HEAD", None) => {
            ("404 Not Found", "text/html", b"<!doctype html><h1>Not found</h1>".to_vec())
        }
        _ => ("501 Not Implemented", "text/html", b"<!doctype html><h1>No such method</h1>".to_vec()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    if method != "HEAD" {
        stream.write_all(&body)?;
    }
    stream.flush()
}

/// Returns a file and its type. A folder is its page.
fn file(folder: &Path, path: &str) -> Option<(&'static str, Vec<u8>)> {
    let name = if path == "/" { "index.html" } else { path.trim_start_matches('/') };
    if name.split('/').any(|part| part == "..") {
        return None;
    }
    let path: PathBuf = folder.join(name);
    let kind = match path.extension().and_then(|ending| ending.to_str())? {
        "html" => "text/html",
        "js" => "text/javascript",
        "wasm" => "application/wasm",
        "css" => "text/css",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    };
    Some((kind, fs::read(path).ok()?))
}
