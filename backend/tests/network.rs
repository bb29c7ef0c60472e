//! The program on a network: TLS of its own, a proxy in front, and what is refused.

#![expect(clippy::unwrap_used, reason = "a failed setup should fail the test")]

#[path = "network/crowds.rs"]
mod crowds;
#[path = "network/proxies.rs"]
mod proxies;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion, version};
use tempfile::TempDir;

type Secured = StreamOwned<ClientConnection, TcpStream>;

const NAME: &str = "slipway.test";
const PUBLIC: [&str; 2] = ["--public-url", "https://slipway.test"];

/// A folder with a certificate and its key.
struct Files {
    dir: TempDir,
    trusted: CertificateDer<'static>,
}

impl Files {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut files = Self { dir, trusted: CertificateDer::from(Vec::new()) };
        let (cert, key) = files.make();
        fs::write(files.cert(), cert).unwrap();
        files.write_key(&key);
        files
    }

    /// Makes another pair, and trusts it from now on. Writes nothing.
    fn make(&mut self) -> (String, String) {
        let made = rcgen::generate_simple_self_signed([NAME.to_owned()]).unwrap();
        self.trusted = made.cert.der().clone();
        (made.cert.pem(), made.signing_key.serialize_pem())
    }

    fn cert(&self) -> PathBuf {
        self.dir.path().join("cert.pem")
    }

    fn key(&self) -> PathBuf {
        self.dir.path().join("key.pem")
    }

    fn write_key(&self, key: &str) {
        fs::write(self.key(), key).unwrap();
        fs::set_permissions(self.key(), fs::Permissions::from_mode(0o600)).unwrap();
    }

    fn flags(&self) -> Vec<String> {
        let path = |path: PathBuf| path.to_str().unwrap().to_owned();
        vec!["--tls-cert".to_owned(), path(self.cert()), "--tls-key".to_owned(), path(self.key())]
    }
}

fn serve(listen: &str, flags: &[String]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_slipway"));
    command.args(["serve", "--listen", listen]).args(flags);
    command
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

struct Server {
    child: Child,
    address: SocketAddr,
    first: String,
    lines: Receiver<String>,
    dir: TempDir,
}

impl Server {
    fn start(listen: &str, flags: &[String]) -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut command = serve(listen, flags);
        let mut child = command.arg("--data").arg(data.path()).stderr(Stdio::piped()).spawn().unwrap();
        let (told, lines) = channel();
        let said = BufReader::new(child.stderr.take().unwrap());
        std::thread::spawn(move || said.lines().map_while(Result::ok).try_for_each(|line| told.send(line)));
        let first = wait_for(&lines, " is on ");
        let note: serde_json::Value =
            serde_json::from_str(&fs::read_to_string(data.path().join("server.json")).unwrap()).unwrap();
        let address = note["address"].as_str().unwrap().parse().unwrap();
        Self { child, address, first, lines, dir: data }
    }

    fn data(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// Waits for the link of the first visit, and returns what is before its token.
    fn setup_link(&self) -> String {
        let line = wait_for(&self.lines, "/setup#");
        line.trim().split_once('#').unwrap().0.to_owned()
    }

    fn with_tls(files: &Files) -> Self {
        Self::start("127.0.0.1:0", &[files.flags(), words(&PUBLIC)].concat())
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    fn connect_secured(&self, files: &Files, versions: &[&'static SupportedProtocolVersion]) -> Secured {
        let mut roots = RootCertStore::empty();
        roots.add(files.trusted.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
        let mut config = config.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let name = ServerName::try_from(NAME).unwrap();
        StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), self.connect())
    }

    /// Asks over TLS. `None` when the certificate is not the one that is trusted.
    fn ask_secured(&self, files: &Files, request: &str) -> Option<String> {
        let mut stream = self.connect_secured(files, &[&version::TLS13]);
        match stream.write_all(request.as_bytes()) {
            Ok(()) => Some(read_all(&mut stream)),
            Err(error) => {
                assert!(error.to_string().contains("certificate"), "{error}");
                None
            }
        }
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        read_all(&mut stream)
    }

    fn signal(&self, signal: &str) {
        assert!(
            Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success()
        );
    }

    /// Waits until the log says something.
    fn told(&self, part: &str) {
        wait_for(&self.lines, part);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
fn wait_for(lines: &Receiver<String>, part: &str) -> String {
    loop {
        let line =
            lines.recv_timeout(Duration::from_secs(30)).unwrap_or_else(|_| panic!("never told: {part}"));
        if line.contains(part) {
            return line;
        }
    }
}

/// Reads until the other side ends.
fn read_all(stream: &mut impl Read) -> String {
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8(answer).unwrap()
}

/// Reads until the other side hangs up without a word.
fn cut_off(stream: &mut Secured) -> String {
    let mut answer = Vec::new();
    let error = stream.read_to_end(&mut answer).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof, "{error}");
    String::from_utf8(answer).unwrap()
}

/// The one address of the API that answers whoever asks, before and after the first visit.
fn get(headers: &[(&str, &str)]) -> String {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    format!("GET /api/v1/setup HTTP/1.1\r\n{headers}connection: close\r\n\r\n")
}

/// Checks that nothing is started, with which code, and what is said.
#[track_caller]
fn refused(listen: &str, flags: &[String], code: i32, says: &[&str]) {
    let data = tempfile::tempdir().unwrap();
    let output = serve(listen, flags).arg("--data").arg(data.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for part in says.iter().chain(&["Nothing was started"]) {
        assert!(said.contains(part), "{part:?} is not in {said:?}");
    }
    assert_eq!(fs::read_dir(data.path()).unwrap().count(), 0, "nothing was touched");
}

#[test]
fn a_server_with_a_certificate_speaks_tls_under_its_names() {
    let files = Files::new();
    let server = Server::start("0.0.0.0:0", &[files.flags(), words(&PUBLIC)].concat());
    assert!(server.first.contains("https://slipway.test"), "{}", server.first);
    let answer = server.ask_secured(&files, &get(&[("host", NAME)])).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age=31536000; includeSubDomains"), "{answer}");
    for host in ["evil.example", "127.0.0.1.evil.example", "slipway.test.evil.example"] {
        let answer = server.ask_secured(&files, &get(&[("host", host)])).unwrap();
        assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("--host"), "{answer}");
    }
    let elsewhere = [("host", NAME), ("origin", "https://evil.example")];
    assert!(server.ask_secured(&files, &get(&elsewhere)).unwrap().starts_with("HTTP/1.1 403"));
    // Whoever comes directly may say what they like of others.
    let forwarded = [("host", NAME), ("x-forwarded-for", "127.0.0.1"), ("x-forwarded-host", "evil.example")];
    assert!(server.ask_secured(&files, &get(&forwarded)).unwrap().starts_with("HTTP/1.1 200"));
    // On this computer's own names nothing is remembered about TLS.
    let local = server.ask_secured(&files, &get(&[("host", "localhost")])).unwrap();
    assert!(local.starts_with("HTTP/1.1 200") && !local.contains("strict-transport"), "{local}");
    assert!(!server.ask(&get(&[("host", NAME)])).contains("HTTP/1.1 200"), "without TLS");
}

#[test]
fn tls_is_1_2_or_1_3_and_http_is_1_1() {
    let files = Files::new();
    let server = Server::with_tls(&files);
    for version in [&version::TLS12, &version::TLS13] {
        let mut stream = server.connect_secured(&files, &[version]);
        stream.write_all(get(&[("host", NAME)]).as_bytes()).unwrap();
        assert!(read_all(&mut stream).starts_with("HTTP/1.1 200"));
        assert_eq!(stream.conn.alpn_protocol(), Some(b"http/1.1".as_slice()));
        assert_eq!(stream.conn.protocol_version(), Some(version.version));
    }
}

#[test]
fn a_new_certificate_is_taken_once_it_can_be_used() {
    let mut files = Files::new();
    let server = Server::with_tls(&files);
    let ask = |files: &Files| server.ask_secured(files, &get(&[("host", NAME)]));
    assert!(ask(&files).is_some());
    let before = files.trusted.clone();
    let (cert, key) = files.make();
    fs::write(files.cert(), cert).unwrap();
    server.signal("-HUP");
    server.told("the present one is kept");
    assert!(ask(&files).is_none());
    files.write_key(&key);
    server.signal("-HUP");
    server.told("certificate read anew");
    assert!(ask(&files).is_some());
    files.trusted = before;
    assert!(ask(&files).is_none());
}

#[test]
fn who_stops_in_the_middle_is_not_waited_for_for_ever() {
    let files = Files::new();
    let server = Server::with_tls(&files);
    let began = Instant::now();
    let mut half = server.connect();
    half.write_all(b"\x16\x03\x01\x02").unwrap();
    let mut silent = server.connect_secured(&files, &[&version::TLS13]);
    while silent.conn.is_handshaking() {
        silent.conn.complete_io(&mut silent.sock).unwrap();
    }
    let mut idle = server.connect_secured(&files, &[&version::TLS13]);
    idle.write_all(b"GET /health/live HTTP/1.1\r\nhost: slipway.test\r\n\r\n").unwrap();
    assert!(half.read_to_end(&mut Vec::new()).is_ok());
    assert!(began.elapsed() < Duration::from_secs(14), "{:?}", began.elapsed());
    assert_eq!(cut_off(&mut silent), "");
    assert!(cut_off(&mut idle).starts_with("HTTP/1.1 200"));
    assert!(began.elapsed() < Duration::from_secs(25), "{:?}", began.elapsed());
}

#[test]
fn a_shutdown_waits_for_no_handshake() {
    let files = Files::new();
    let mut server = Server::with_tls(&files);
    let mut half = server.connect();
    half.write_all(b"\x16\x03\x01\x02").unwrap();
    let _silent = server.connect();
    // Answered after both were accepted.
    assert!(server.ask_secured(&files, &get(&[("host", NAME)])).is_some());
    let began = Instant::now();
    server.signal("-TERM");
    assert_eq!(server.child.wait().unwrap().code(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn behind_a_proxy_only_the_proxy_is_believed() {
    let flags = [words(&["--behind-tls-proxy"]), words(&PUBLIC)].concat();
    let through = [("host", NAME), ("x-forwarded-for", "203.0.113.7"), ("x-forwarded-proto", "https")];
    let server = Server::start("127.0.0.1:0", &flags);
    assert!(server.first.contains("https://slipway.test"), "{}", server.first);
    let answer = server.ask(&get(&through));
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("strict-transport-security"), "{answer}");
    let plain = [("host", NAME), ("x-forwarded-for", "203.0.113.7"), ("x-forwarded-proto", "http")];
    assert!(server.ask(&get(&plain)).contains("without TLS"));
    let elsewhere = [("host", "evil.example"), ("x-forwarded-for", "203.0.113.7")];
    assert!(server.ask(&get(&elsewhere)).starts_with("HTTP/1.1 403"));
    // Commands beside the server.
    assert!(server.ask(&get(&[("host", "127.0.0.1")])).starts_with("HTTP/1.1 200"));
    drop(server);
    let other = [flags, words(&["--trusted-proxy", "10.0.0.0/8,192.0.2.1"])].concat();
    let server = Server::start("127.0.0.1:0", &other);
    let answer = server.ask(&get(&through));
    assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("--trusted-proxy"), "{answer}");
}

#[test]
fn the_environment_and_the_file_say_the_same_as_flags() {
    let files = Files::new();
    let data = tempfile::tempdir().unwrap();
    let config = data.path().join("slipway.toml");
    let text = format!(
        "listen = \"127.0.0.1:0\"\ntls-cert = {:?}\ntls-key = \"/nowhere\"\nhost = [\"{NAME}\", \"other.test\"]\n",
        files.cert()
    );
    fs::write(&config, text).unwrap();
    let config = config.to_str().unwrap().to_owned();
    let key = files.key().to_str().unwrap().to_owned();
    let server = Server::start("127.0.0.1:0", &words(&["--config", &config, "--tls-key", &key]));
    assert!(
        server.ask_secured(&files, &get(&[("host", "other.test:8443")])).unwrap().starts_with("HTTP/1.1 200")
    );
    let proxied = serve("0.0.0.0:0", &[]).env("SLIPWAY_BEHIND_TLS_PROXY", "1").output().unwrap();
    let said = String::from_utf8_lossy(&proxied.stderr).into_owned();
    assert!(proxied.status.code() == Some(78) && said.contains("--public-url"), "{said}");
}

/// Whoever starts the server is given a link that can be opened.
#[test]
fn the_link_of_the_first_visit_leads_to_the_public_address() {
    let files = Files::new();
    assert_eq!(Server::with_tls(&files).setup_link(), format!("{}/setup", PUBLIC[1]));
    let proxied = Server::start("127.0.0.1:0", &words(&[&PUBLIC[..], &["--behind-tls-proxy"]].concat()));
    assert_eq!(proxied.setup_link(), format!("{}/setup", PUBLIC[1]));
    let plain = Server::start("127.0.0.1:0", &[]);
    assert_eq!(plain.setup_link(), format!("http://{}/setup", plain.address));
}

#[test]
fn what_does_not_go_together_is_refused() {
    let files = Files::new();
    let tls = files.flags();
    let with = |flags: &[String], more: &[&str]| [flags, &words(more)].concat();
    let any = "0.0.0.0:0";
    refused(any, &[], 64, &["--tls-cert FILE --tls-key FILE", "--behind-tls-proxy", "docs/operations.md"]);
    refused(any, &words(&PUBLIC), 64, &["without TLS"]);
    refused(any, &tls, 78, &["--public-url"]);
    refused("127.0.0.1:0", &words(&["--behind-tls-proxy"]), 78, &["--public-url"]);
    refused(
        "127.0.0.1:0",
        &with(&with(&["--demo".to_owned()], &["--behind-tls-proxy"]), &PUBLIC),
        78,
        &["the demo"],
    );
    refused(any, &with(&tls[..2], &PUBLIC), 78, &["--tls-key FILE"]);
    refused(any, &with(&tls[2..], &PUBLIC), 78, &["--tls-cert FILE"]);
    refused(any, &with(&with(&tls, &PUBLIC), &["--behind-tls-proxy"]), 78, &["Leave one out"]);
    refused("127.0.0.1:0", &words(&PUBLIC), 78, &["for a server that others reach"]);
    refused(
        "127.0.0.1:0",
        &words(&["--trusted-proxy", "10.0.0.0/8"]),
        78,
        &["for a server that others reach"],
    );
    for url in ["http://slipway.test", "slipway.test", "https://slipway.test/board"] {
        refused(any, &with(&tls, &["--public-url", url]), 78, &[url, "https://slipway.example.org"]);
    }
    refused(any, &with(&tls, &["--host", "a b"]), 78, &["--host a b"]);
    let proxied = ["--behind-tls-proxy", "--trusted-proxy", "10.0.0.0/33"];
    refused(any, &with(&words(&PUBLIC), &proxied), 78, &["10.0.0.0/33"]);
    fs::set_permissions(files.key(), fs::Permissions::from_mode(0o644)).unwrap();
    refused(any, &with(&tls, &PUBLIC), 78, &["key.pem", "0644", "chmod 600"]);
    files.write_key(&Files::new().make().1);
    refused(any, &with(&tls, &PUBLIC), 78, &["does not belong to the certificate"]);
}
