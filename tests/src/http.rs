//! HTTP/1.1 as a test needs it: over one plain socket, so that a request can also be wrong, slow or cut off.

use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

use crate::credentials;

/// How long an answer may take. A server under load answers within seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// An answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// Its status code.
    pub status: u16,
    /// Its header fields, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Response {
    /// Returns a header field.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        field(&self.headers, name)
    }

    /// Returns the body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Reads the body as JSON.
    ///
    /// # Errors
    ///
    /// When it is none, or of another shape.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> io::Result<T> {
        serde_json::from_slice(&self.body).map_err(io::Error::other)
    }
}

fn field<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// A connection that is kept for several requests, one after the other.
#[derive(Debug)]
pub struct Connection {
    address: SocketAddr,
    stream: BufReader<TcpStream>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    ///
    /// When nobody listens.
    pub fn open(address: SocketAddr) -> io::Result<Self> {
        Self::over(address, TcpStream::connect_timeout(&address, PATIENCE)?)
    }

    fn over(address: SocketAddr, stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self { address, stream: BufReader::new(stream) })
    }

    /// Connects from an address of this machine, as somebody else in the network would: what is counted for each address
    /// is counted for that one.
    ///
    /// # Errors
    ///
    /// When nobody listens, or the address is none of this machine.
    pub fn open_from(from: IpAddr, address: SocketAddr) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        socket.bind(&SocketAddr::new(from, 0).into())?;
        socket.connect_timeout(&address.into(), PATIENCE)?;
        Self::over(address, socket.into())
    }

    /// Sends a request and reads its answer whole. `headers` replace those that are sent by themselves.
    ///
    /// # Errors
    ///
    /// When the connection broke before the answer was complete.
    pub fn send(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> io::Result<Response> {
        let (status, headers) = self.begin(method, target, headers, body)?;
        let mut whole = Vec::new();
        if method != "HEAD" && status != 204 && status != 304 {
            Body::of(&headers, &mut self.stream).read_to_end(&mut whole)?;
        }
        Ok(Response { status, headers, body: whole })
    }

    /// Sends a request and reads the head of its answer, leaving the body to the caller.
    ///
    /// # Errors
    ///
    /// When the connection broke before.
    pub fn begin(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> io::Result<(u16, Vec<(String, String)>)> {
        self.stream.get_mut().write_all(&request(self.address, method, target, headers, body))?;
        self.read_head()
    }

    /// Sends bytes as they are.
    ///
    /// # Errors
    ///
    /// When the connection is broken.
    pub fn send_raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.get_mut().write_all(bytes)
    }

    /// Reads the head of an answer.
    ///
    /// # Errors
    ///
    /// When the connection broke, or what came is no HTTP.
    pub fn read_head(&mut self) -> io::Result<(u16, Vec<(String, String)>)> {
        let status_line = self.line()?;
        let status = status_line.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| io::Error::other(format!("no status line: {status_line:?}")))?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            if line.is_empty() {
                return Ok((status, headers));
            }
            if let Some((name, value)) = line.split_once(':') {
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
    }

    /// Returns the body of the answer whose head was `headers`.
    pub fn into_body(self, headers: &[(String, String)]) -> Body<BufReader<TcpStream>> {
        Body::of(headers, self.stream)
    }

    /// Returns the socket, to cut it off from elsewhere.
    ///
    /// # Errors
    ///
    /// When the system has no more of them.
    pub fn socket(&self) -> io::Result<TcpStream> {
        self.stream.get_ref().try_clone()
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }
}

fn request(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: Option<&[u8]>,
) -> Vec<u8> {
    let has = |name: &str| headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name));
    let mut head = format!("{method} {target} HTTP/1.1\r\n");
    if !has("host") {
        head.push_str(&format!("host: {address}\r\n"));
    }
    // Somebody else, or nobody with an empty cookie, where the test says so.
    let cookie = credentials::cookie(address).filter(|_| !has("cookie") && !has("authorization"));
    if let Some(cookie) = cookie {
        head.push_str(&format!("cookie: {cookie}\r\n"));
        if !has("sec-fetch-site") && !has("origin") {
            head.push_str("sec-fetch-site: same-origin\r\n");
        }
    }
    if let Some(body) = body {
        if !has("content-type") {
            head.push_str("content-type: application/json\r\n");
        }
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    // An empty cookie stands for nobody: it only keeps the known one back.
    for (name, value) in headers.iter().filter(|(name, value)| *name != "cookie" || !value.is_empty()) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(body.unwrap_or_default());
    bytes
}

/// The body of an answer, as it comes.
#[derive(Debug)]
pub struct Body<R> {
    from: R,
    framing: Framing,
}

#[derive(Debug)]
enum Framing {
    /// So many bytes are left.
    Length(u64),
    /// So many bytes of a chunk are left; another chunk follows.
    Chunked(u64),
    /// The last chunk came.
    Done,
    /// Until the connection ends.
    Open,
}

impl Body<BufReader<TcpStream>> {
    /// Returns the connection, for the next answer, once all of this one was read.
    ///
    /// # Errors
    ///
    /// When something of it is left, or it goes on until the connection ends.
    pub fn into_connection(self, address: SocketAddr) -> io::Result<Connection> {
        match self.framing {
            Framing::Length(0) | Framing::Done => Ok(Connection { address, stream: self.from }),
            Framing::Length(_) | Framing::Chunked(_) | Framing::Open => {
                Err(io::ErrorKind::InvalidData.into())
            }
        }
    }
}

impl<R: io::BufRead> Body<R> {
    fn of(headers: &[(String, String)], from: R) -> Self {
        let length = field(headers, "content-length").and_then(|length| length.parse().ok());
        let framing = match (length, field(headers, "transfer-encoding")) {
            (_, Some("chunked")) => Framing::Chunked(0),
            (Some(length), _) => Framing::Length(length),
            (None, _) => Framing::Open,
        };
        Self { from, framing }
    }

    fn next_chunk(&mut self) -> io::Result<u64> {
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        if line.trim().is_empty() {
            line.clear();
            self.from.read_line(&mut line)?;
        }
        let digits = line.trim().split(';').next().unwrap_or_default();
        u64::from_str_radix(digits, 16).map_err(|_| io::ErrorKind::UnexpectedEof.into())
    }
}

impl<R: io::BufRead> Read for Body<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if let Framing::Chunked(0) = self.framing {
            let size = self.next_chunk()?;
            self.framing = if size == 0 { Framing::Done } else { Framing::Chunked(size) };
            if size == 0 {
                let mut end = String::new();
                self.from.read_line(&mut end)?;
            }
        }
        let left = match &mut self.framing {
            Framing::Done => return Ok(0),
            Framing::Open => return self.from.read(into),
            Framing::Length(left) | Framing::Chunked(left) => left,
        };
        // Asked for nothing, a buffered reader still waits for something.
        if *left == 0 {
            return Ok(0);
        }
        let most = usize::try_from(*left).unwrap_or(usize::MAX).min(into.len());
        let read = self.from.read(into.get_mut(..most).unwrap_or_default())?;
        if read == 0 && most > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        *left -= read as u64;
        Ok(read)
    }
}

/// Sends one request over a connection of its own.
///
/// # Errors
///
/// When nobody listens, or the connection broke before the answer was complete.
pub fn send(
    address: SocketAddr,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: Option<&[u8]>,
) -> io::Result<Response> {
    Connection::open(address)?.send(method, target, headers, body)
}

/// Gets one address over a connection of its own.
///
/// # Errors
///
/// As [`send`].
pub fn get(address: SocketAddr, target: &str) -> io::Result<Response> {
    send(address, "GET", target, &[], None)
}
