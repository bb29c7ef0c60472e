//! Serves a folder as it is, for the baseline app.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A server of files that can be gone.
#[derive(Debug)]
pub struct StaticFiles {
    address: SocketAddr,
    is_gone: Arc<AtomicBool>,
}

impl StaticFiles {
    /// Serves `folder`.
    pub fn serve(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let is_gone = Arc::<AtomicBool>::default();
        let (gone, folder) = (Arc::clone(&is_gone), folder.to_owned());
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if !gone.load(Ordering::SeqCst) {
                    // A browser that hangs up wants nothing more.
                    let _gone_client = answer(&client, &folder);
                }
            }
        });
        Self { address, is_gone }
    }

    /// Returns its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Answers nobody from now on.
    pub fn stop(&self) {
        self.is_gone.store(true, Ordering::SeqCst);
    }
}

fn answer(client: &TcpStream, folder: &Path) -> std::io::Result<()> {
    let mut lines = BufReader::new(client).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    let head_ends = lines.map_while(Result::ok).find(String::is_empty);
    let path = request.split(' ').nth(1).unwrap_or("/");
    let wanted: PathBuf = folder.join(path.trim_start_matches('/'));
    let file = if head_ends.is_some() && wanted.is_file() { wanted } else { folder.join("index.html") };
    let kind = match file.extension().and_then(|ending| ending.to_str()) {
        Some("js") => "text/javascript",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css",
        _ => "text/html",
    };
    let body = std::fs::read(&file)?;
    let mut client = client;
    write!(
        client,
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )?;
    client.write_all(&body)
}
