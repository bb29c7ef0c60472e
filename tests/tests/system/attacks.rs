//! What is sent to the server by who means no good, byte by byte: each is refused or harmless, and the next request finds
//! the server as it was.

use std::io::{ErrorKind, Read as _};
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::{Value, json};
use slipway_tests::api::Api;
use slipway_tests::credentials;
use slipway_tests::http::{self, Connection};
use slipway_tests::second_factor::bytes_of;
use slipway_tests::server::{OWNER, PASSWORD, ServerSetup, TestServer, run};
use slipway_tests::verify;

/// Sends bytes as they are, and returns the statuses of all that is answered until the server hangs up or, once it has
/// answered, goes quiet. A server that neither answers nor hangs up fails the test.
fn answers(address: SocketAddr, bytes: &[u8]) -> Vec<u16> {
    let mut connection = Connection::open(address).unwrap();
    let socket = connection.socket().unwrap();
    // The server may hang up before all of it is sent.
    drop(connection.send_raw(bytes));
    let mut statuses = Vec::new();
    loop {
        let (status, headers) = match connection.read_head() {
            Ok(head) => head,
            Err(error) => {
                let is_quiet = matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
                assert!(!is_quiet || !statuses.is_empty(), "neither an answer nor an end: {error}");
                break;
            }
        };
        socket.set_read_timeout(Some(Duration::from_millis(700))).unwrap();
        statuses.push(status);
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length: u64 = length.map_or(0, |(_, length)| length.parse().unwrap());
        let mut body = connection.into_body(&headers);
        std::io::copy(&mut body.by_ref().take(length), &mut std::io::sink()).unwrap();
        let Ok(next) = body.into_connection(address) else { break };
        connection = next;
    }
    statuses
}

fn is_well(address: SocketAddr) {
    assert_eq!(http::get(address, "/health/ready").unwrap().status, 200);
}

/// The request that is smuggled: it would be answered with 404, which nothing else here is.
const HIDDEN: &str = "GET /api/v1/smuggled HTTP/1.1\r\nhost: HOST\r\n\r\n";

/// A body that a proxy and the server could see different ends of. The server takes none for two requests.
#[test]
fn no_request_is_hidden_in_another() {
    let server = TestServer::start();
    let address = server.address();
    let post = "POST /api/v1/session HTTP/1.1\r\nhost: HOST\r\ncontent-type: application/json\r\n";
    let hidden = HIDDEN.replace("HOST", &address.to_string());
    let length = hidden.len();
    let cases: [(&str, String, &[u16]); 12] = [
        (
            "length and chunks",
            format!("{post}content-length: {length}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"),
            &[400],
        ),
        (
            "chunks and length",
            format!("{post}transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n0\r\n\r\n{hidden}"),
            &[400],
        ),
        (
            "two lengths",
            format!("{post}content-length: 0\r\ncontent-length: {length}\r\n\r\n{hidden}"),
            &[400],
        ),
        ("a list of lengths", format!("{post}content-length: 0, {length}\r\n\r\n{hidden}"), &[400]),
        ("a length with a sign", format!("{post}content-length: +{length}\r\n\r\n{hidden}"), &[400]),
        ("a negative length", format!("{post}content-length: -1\r\n\r\n{hidden}"), &[400]),
        ("a length in hexadecimal", format!("{post}content-length: 0x1\r\n\r\n{hidden}"), &[400]),
        (
            "chunks that are something else",
            format!("{post}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n{hidden}"),
            &[400],
        ),
        (
            "chunks with a space before the colon",
            format!("{post}transfer-encoding : chunked\r\n\r\n0\r\n\r\n{hidden}"),
            &[400],
        ),
        ("a folded line", format!("{post}transfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n{hidden}"), &[400]),
        (
            "chunks twice",
            format!("{post}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n{hidden}"),
            &[400],
        ),
        (
            "a chunk of a broken size",
            format!("{post}transfer-encoding: chunked\r\n\r\n0x0\r\n\r\n{hidden}"),
            &[400],
        ),
    ];
    let found = cases.each_ref().map(|(name, bytes, _)| {
        (*name, answers(address, bytes.replace("HOST", &address.to_string()).as_bytes()))
    });
    assert_eq!(found, cases.each_ref().map(|(name, _, expected)| (*name, expected.to_vec())));
    assert!(!found.iter().any(|(_, statuses)| statuses.contains(&404)), "what was hidden was answered");
    is_well(address);
    verify::total("smuggling", &format!("{} requests with two ends, none taken for two", cases.len()));
}

/// What is no HTTP or has too long a head is answered while it is read, with 400 or 431 and no body, and hung up on.
#[test]
fn what_is_no_request_is_no_trouble() {
    let server = TestServer::start();
    let address = server.address();
    let long = |count: usize| "a".repeat(count);
    let cases: [(&str, Vec<u8>, &[u16]); 14] = [
        // Hung up on, without a word.
        ("the beginning of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), &[]),
        ("a hello of TLS", vec![0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3], &[400]),
        ("noise", (0..=255).cycle().take(4_096).collect(), &[400]),
        ("lines without a return", b"GET / HTTP/1.1\nhost: x\n\n".to_vec(), &[403]),
        ("a null in a header", b"GET / HTTP/1.1\r\nhost: x\r\nx: a\0b\r\n\r\n".to_vec(), &[400]),
        ("no host", b"GET /health/live HTTP/1.1\r\n\r\n".to_vec(), &[400]),
        (
            "two hosts",
            format!("GET /health/live HTTP/1.1\r\nhost: {address}\r\nhost: evil.example\r\n\r\n")
                .into_bytes(),
            &[400],
        ),
        ("another host", b"GET /health/live HTTP/1.1\r\nhost: evil.example\r\n\r\n".to_vec(), &[403]),
        (
            "a whole address",
            b"GET http://evil.example/health/live HTTP/1.1\r\nhost: evil.example\r\n\r\n".to_vec(),
            &[403],
        ),
        ("a tunnel", b"CONNECT evil.example:443 HTTP/1.1\r\nhost: evil.example:443\r\n\r\n".to_vec(), &[403]),
        ("a long address", format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", long(70_000)).into_bytes(), &[431]),
        (
            "a long header",
            format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", long(70_000)).into_bytes(),
            &[431],
        ),
        (
            "many headers",
            format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "x: y\r\n".repeat(2_000)).into_bytes(),
            &[431],
        ),
        ("an old version", b"GET /health/live HTTP/0.9\r\n\r\n".to_vec(), &[400]),
    ];
    let found = cases.each_ref().map(|(name, bytes, _)| (*name, answers(address, bytes)));
    assert_eq!(found, cases.each_ref().map(|(name, _, expected)| (*name, expected.to_vec())));
    for (name, bytes, _) in cases.iter().filter(|(_, _, expected)| *expected == [400] || *expected == [431]) {
        assert!(is_bare(address, bytes), "{name}: more than a status");
    }
    is_well(address);
}

/// Tells whether the answer is a status alone: nothing in it has to be guarded by headers.
fn is_bare(address: SocketAddr, bytes: &[u8]) -> bool {
    let mut connection = Connection::open(address).unwrap();
    drop(connection.send_raw(bytes));
    let (_, headers) = connection.read_head().unwrap();
    let value = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    value("content-type").is_none() && value("content-length").is_none_or(|length| length == "0")
}

#[test]
fn methods_that_nobody_needs_are_refused_everywhere() {
    let server = TestServer::start();
    let (address, api) = (server.address(), Api::connect(server.address()).unwrap());
    let targets = [
        "/",
        "/board",
        "/sw.js",
        "/health/live",
        "/api/v1/session",
        &api.target("push"),
        &api.target("snapshot"),
    ];
    for method in ["TRACE", "TRACK", "PROPFIND", "OPTIONS", "DEBUG", "BREW"] {
        for target in targets {
            let answer =
                http::send(address, method, target, &[("origin", "http://evil.example")], None).unwrap();
            // From elsewhere nothing of the API is answered, whatever the method.
            assert!([403, 405].contains(&answer.status), "{method} {target}: {}", answer.status);
            let answer = http::send(address, method, target, &[], None).unwrap();
            assert_eq!(answer.status, 405, "{method} {target}");
            assert!(!answer.text().contains("sec-fetch-site"), "{method} {target} echoes the request");
        }
    }
}

#[test]
fn no_path_leads_out_of_the_app() {
    let server = TestServer::start();
    std::fs::write(server.data().join("canary.txt"), "out of reach").unwrap();
    for path in [
        "/../canary.txt",
        "/../../../../etc/passwd",
        "/..%2f..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/.%2e/.%2e/data/canary.txt",
        "/assets/..%5c..%5ccanary.txt",
        "/%00/canary.txt",
        "/canary.txt%00.js",
        "//etc/passwd",
        "/api/v1/..%2f..%2fcanary.txt",
        "/slipway.db",
        "/secret-key",
        "/setup-token",
        "/server.json",
        "/.git/config",
        "/etc/passwd",
    ] {
        let answer = http::get(server.address(), path).unwrap();
        let text = answer.text();
        assert!(!text.contains("out of reach") && !text.contains("root:"), "{path}");
        // An address of the app that is none of a file gets its page, or the word that there is none in this binary.
        assert!([200, 400, 404, 503].contains(&answer.status), "{path}: {}", answer.status);
        assert!(answer.status != 200 || text.contains("<!doctype html>"), "{path}: {text}");
    }
}

/// A body that would be a gigabyte once unpacked is not unpacked, whoever sends it.
#[test]
fn what_is_packed_is_not_unpacked() {
    let server = TestServer::start();
    let (address, api) = (server.address(), Api::connect(server.address()).unwrap());
    // Zeros, packed by gzip into what repeats itself.
    let mut bomb = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    bomb.resize(60_000, 0);
    for encoding in ["gzip", "br", "zstd", "deflate", "gzip, gzip", "identity"] {
        for (target, cookie) in [
            ("/api/v1/session".to_owned(), ""),
            ("/api/v1/setup".to_owned(), ""),
            (api.target("push"), &*credentials::cookie(address).unwrap()),
        ] {
            let headers =
                [("content-encoding", encoding), ("cookie", cookie), ("sec-fetch-site", "same-origin")];
            let small = &bomb[..bomb.len().min(10_000)];
            let answer = http::send(address, "POST", &target, &headers, Some(small)).unwrap();
            assert_eq!(answer.status, 415, "{encoding} {target}: {}", answer.text());
        }
    }
    is_well(address);
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    let server = TestServer::start();
    let (address, api) = (server.address(), Api::connect(server.address()).unwrap());
    let cookie = credentials::cookie(address).unwrap();
    let deep = "[".repeat(5_000);
    let wide = format!("{{\"protocol\":1,\"commands\":[{}]}}", vec!["0"; 100_000].join(","));
    for (target, body, statuses) in [
        ("/api/v1/session".to_owned(), " ".repeat(20_000), 413..414),
        (api.target("push"), " ".repeat(300_000), 413..414),
        (api.target("push"), deep.clone(), 400..401),
        (api.target("push"), wide, 400..414),
        (api.target("hello"), " ".repeat(300_000), 413..414),
        ("/api/v1/invitations/look".to_owned(), deep, 400..401),
    ] {
        let headers = [("cookie", &*cookie), ("sec-fetch-site", "same-origin")];
        let answer = http::send(address, "POST", &target, &headers, Some(body.as_bytes())).unwrap();
        assert!(statuses.contains(&answer.status), "{target}: {} {}", answer.status, answer.text());
    }
    // Announced, and never sent: the answer does not wait for it.
    let announced = format!(
        "POST /api/v1/session HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: \
         99999999999\r\n\r\n"
    );
    assert_eq!(answers(address, announced.as_bytes()), [413]);
    is_well(address);
}

/// What every answer has, whatever it answers.
const HEADERS: [(&str, &str); 7] = [
    ("content-security-policy", "default-src 'none'"),
    ("content-security-policy", "frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=()"),
];

/// Every method and address that the description of the API has, filled in, with some that are of the app or not there.
fn everything(address: SocketAddr, api: &Api) -> Vec<(String, String)> {
    let described: Value = http::get(address, "/api/openapi.json").unwrap().json().unwrap();
    let id = "0192aabb-cc00-7000-8000-000000000000";
    let filled = |path: &str| {
        let path = path.replace("{ws}", &api.workspace.to_string());
        let named = |name: &str| if name.ends_with("id}") || name == "{check}" { id } else { "x" };
        path.split('/')
            .map(|part| if part.starts_with('{') { named(part) } else { part })
            .collect::<Vec<_>>()
            .join("/")
    };
    let mut all: Vec<_> = described["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            let target = filled(path);
            methods.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), target.clone()))
        })
        .collect();
    assert!(
        all.len() > 50 && all.contains(&("GET".to_owned(), api.target("stream"))),
        "{} described",
        all.len()
    );
    let others = ["/", "/board", "/sw.js", "/missing.js", "/api", "/api/v1/nothing", "/metrics"];
    all.extend(others.map(|target| ("GET".to_owned(), target.to_owned())));
    all.push(("BREW".to_owned(), "/health/live".to_owned()));
    all
}

/// No site but the app itself reads anything, and every answer says how it is to be treated.
#[test]
fn every_route_has_its_headers_and_none_is_for_other_sites() {
    let many = ["--requests-per-session=100000000", "--requests-per-address=100000000"];
    let server = many.iter().fold(ServerSetup::default(), |setup, flag| setup.flag(flag)).start();
    let (address, api) = (server.address(), Api::connect(server.address()).unwrap());
    let all = everything(address, &api);
    let (nobody, evil, null) = (("cookie", ""), ("origin", "http://evil.example"), ("origin", "null"));
    // The owner only looks: what else the owner does would end the test's own session, and has the same headers.
    let callers: [&[_]; 4] = [&[], &[nobody], &[nobody, evil], &[nobody, null]];
    let (mut seen, mut fine) = (0, 0);
    for (caller, (method, target)) in
        callers.iter().flat_map(|caller| all.iter().map(move |one| (caller, one)))
    {
        let is_owner = caller.is_empty();
        if is_owner && method != "GET" {
            continue;
        }
        // The head alone: a stream has no end.
        let mut connection = Connection::open(address).unwrap();
        let (status, headers) = connection.begin(method, target, caller, None).unwrap();
        let place = format!("{method} {target} {caller:?}: {status}");
        let value =
            |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        for (name, part) in HEADERS {
            assert!(value(name).is_some_and(|value| value.contains(part)), "{place}: {name}");
        }
        // Pages and files of the app may be kept where they are asked about each time; nothing else may.
        let is_of_app = !target.starts_with("/api") && !target.starts_with("/health") && status == 200;
        let caching = if is_of_app { "no-cache" } else { "no-store" };
        assert_eq!(value("cache-control"), Some(caching), "{place}");
        for (name, _) in &headers {
            let is_for_others = name.starts_with("access-control-");
            assert!(
                !is_for_others && !["server", "x-powered-by"].contains(&name.as_str()),
                "{place}: {name}"
            );
        }
        let is_elsewhere = caller.contains(&evil) || caller.contains(&null);
        assert!(!is_elsewhere || !target.starts_with("/api") || status == 403, "{place}");
        seen += 1;
        fine += usize::from(is_owner && status == 200);
    }
    assert!(fine > 15, "the owner was answered {fine} times");
    verify::total("headers", &format!("{seen} answers with all headers, none for other sites"));
}

/// Planted secrets are nowhere to be found: not in the data directory, its backups, or the log.
#[test]
fn no_secret_is_written_down() {
    let mut server = TestServer::start();
    let address = server.address();
    let cookie = [("cookie", &*credentials::cookie(address).unwrap()), ("sec-fetch-site", "same-origin")]
        .map(|(name, value)| (name, value.to_owned()));
    let headers: Vec<_> = cookie.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let post = |target: &str, body: &Value| -> Value {
        let body = body.to_string();
        http::send(address, "POST", target, &headers, Some(body.as_bytes())).unwrap().json().unwrap()
    };
    let api = Api::connect(address).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let token = text(&post(&api.target("tokens"), &json!({ "name": "CI", "scope": "admin" }))["secret"]);
    let invitation =
        text(&post(&api.target("invitations"), &json!({ "role": "member", "note": "Bo" }))["token"]);
    let factor = text(&post("/api/v1/account/second-factor", &json!({}))["secret"]);
    let wrong = "a very wrong canary password";
    let bad = json!({ "login": OWNER, "password": wrong, "device": "Tests", "is_shared": false });
    post("/api/v1/session", &bad);
    let query = format!("/api/v1/session?token={token}");
    http::send(address, "GET", &query, &[("authorization", &format!("Bearer {token}"))], None).unwrap();
    let backup = server.data().with_file_name("backup.db");
    let (data, to) = (server.data().to_string_lossy().into_owned(), backup.to_string_lossy().into_owned());
    assert_eq!(run(&["backup", "--data", &data, "--output", &to]).code, Some(0));
    let secret_of = |token: &str| token.rsplit('_').next().unwrap().to_owned();
    let session = credentials::session(address).unwrap();
    let key = std::fs::read_to_string(server.data().join("secret-key")).unwrap().trim().to_owned();
    server.terminate();
    let canaries = [
        ("the password", PASSWORD.to_owned()),
        ("a wrong password", wrong.to_owned()),
        ("the session", session),
        ("the API token", secret_of(&token)),
        ("the invitation", invitation),
        ("the second factor", factor.clone()),
    ];
    let mut files = files_below(&server.data());
    files.push(backup);
    let mut searched = 0;
    for file in &files {
        let bytes = std::fs::read(file).unwrap();
        let holds = |secret: &[u8]| bytes.windows(secret.len()).any(|part| part == secret);
        for (name, secret) in &canaries {
            assert!(!holds(secret.as_bytes()), "{name} is in {}", file.display());
        }
        assert!(!holds(&bytes_of(&factor)), "the second factor is in {}", file.display());
        // The key is in its own file alone, and in no backup.
        assert!(!holds(key.as_bytes()) || file.ends_with("secret-key"), "the key is in {}", file.display());
        searched += 1;
    }
    let log = server.log();
    for (name, secret) in &canaries {
        assert!(!log.contains(secret.as_str()), "{name} is in the log");
    }
    verify::total(
        "canaries",
        &format!("{} secrets in none of {searched} files and not in the log", canaries.len()),
    );
}

fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}
