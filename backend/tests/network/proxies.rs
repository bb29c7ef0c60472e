//! The proxies of `docs/operations.md`, as they are written there, in front of the real server.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Files, PUBLIC, Server, words};

const PAGE: &str = include_str!("../../../docs/operations.md");
const EXAMPLE: &str = "slipway.example.org";
/// Where distributions put servers.
const PATHS: &str = "/usr/sbin:/usr/local/sbin:/sbin";

/// Returns the block of the page in a language.
fn documented(language: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(&format!("```{language}\n")).unwrap();
    rest.split("\n```").next().unwrap()
}

/// Returns a port that nobody listens on.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A proxy with a configuration of its own, in front of a server.
struct Proxied {
    proxy: Child,
    server: Server,
    files: Files,
    port: u16,
}

impl Proxied {
    /// Starts what `command` starts with the documented configuration, changed by `change` as little as it takes to run in
    /// a test: ports, paths, and the name.
    fn start(language: &str, change: impl FnOnce(&str, &Files, u16) -> String, command: &[&str]) -> Self {
        let flags = [words(&PUBLIC), words(&["--behind-tls-proxy"])].concat();
        let server = Server::start("127.0.0.1:0", &flags);
        let (files, port) = (Files::new(), free_port());
        let written = documented(language).replace(EXAMPLE, super::NAME);
        let written = written.replace("127.0.0.1:8080", &server.address.to_string());
        let config = files.dir.path().join("config");
        std::fs::write(&config, change(&written, &files, port)).unwrap();
        let given = command.iter().map(|word| word.replace("CONFIG", config.to_str().unwrap()));
        let given: Vec<_> =
            given.map(|word| word.replace("DIR", files.dir.path().to_str().unwrap())).collect();
        let paths = format!("{}:{PATHS}", std::env::var("PATH").unwrap_or_default());
        let log = std::fs::File::create(files.dir.path().join("log")).unwrap();
        let mut proxy = Command::new("env");
        proxy.arg(format!("PATH={paths}")).args(&given).env("HOME", files.dir.path());
        let proxy = proxy.stdout(Stdio::null()).stderr(log).spawn().unwrap();
        let proxied = Self { proxy, server, files, port };
        proxied.wait_until_it_answers();
        proxied
    }

    fn wait_until_it_answers(&self) {
        let began = Instant::now();
        while !self.curl(&["/health/live"]).status.success() {
            let said = || std::fs::read_to_string(self.files.dir.path().join("log")).unwrap_or_default();
            assert!(
                began.elapsed() < Duration::from_secs(20),
                "no answer (script/setup long installs it): {}",
                said()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Asks through the proxy, over TLS that is verified; the first argument is the path.
    fn curl(&self, arguments: &[&str]) -> Output {
        let (path, rest) = arguments.split_first().unwrap();
        let place = format!("{}:{}:127.0.0.1", super::NAME, self.port);
        let url = format!("https://{}:{}{path}", super::NAME, self.port);
        let mut curl = Command::new("curl");
        curl.args([
            "--silent",
            "--show-error",
            "--include",
            "--max-time",
            "20",
            "--http1.1",
            "--resolve",
            &place,
        ]);
        // The name without a port: that is how browsers ask for the one people open.
        curl.args(["--header", &format!("Host: {}", super::NAME), "--cacert"]).arg(self.files.cert());
        curl.arg(url).args(rest).output().unwrap()
    }

    fn ask(&self, arguments: &[&str]) -> String {
        let output = self.curl(arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn post(&self, path: &str, more: &[&str], body: &Value) -> String {
        let (kind, file) = ("content-type: application/json", self.files.dir.path().join("body"));
        // In a file: a body may be longer than an argument.
        std::fs::write(&file, body.to_string()).unwrap();
        let body = format!("@{}", shown(&file));
        let same = "sec-fetch-site: same-origin";
        self.ask(&[&[path, "--header", kind, "--header", same, "--data", &body], more].concat())
    }

    /// What a browser does behind the proxy.
    fn works(&self) {
        let page = self.ask(&["/"]);
        assert!(page.starts_with("HTTP/1.1 200"), "{page}");
        assert!(page.to_lowercase().contains("strict-transport-security: max-age=31536000"), "{page}");
        let token = std::fs::read_to_string(self.server.data().join("setup-token")).unwrap();
        let person = json!({
            "name": "Olivia", "login": "olivia", "password": "nine green lanterns", "device": "Laptop",
        });
        let setup = json!({ "token": token.trim(), "workspace": "Harbour", "person": person });
        let answer = self.post("/api/v1/setup", &[], &setup);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        // Proxies write names of headers as they like.
        let place = answer.to_lowercase().find("set-cookie: ").unwrap() + "set-cookie: ".len();
        let cookie = answer[place..].split(';').next().unwrap().to_owned();
        assert!(cookie.starts_with("__Host-slipway="), "{cookie}");
        let workspace = answer.split("\"workspaces\":[{\"id\":\"").nth(1).unwrap().split('"').next().unwrap();
        self.streams(&format!("/api/v1/workspaces/{workspace}/stream?after=0"), &cookie);
        // The largest body there is: a push.
        let push = json!({ "protocol": 1, "epoch": uuid::Uuid::nil(), "sent_at": 5, "commands": "x".repeat(200_000) });
        let refused =
            self.post(&format!("/api/v1/workspaces/{workspace}/push"), &["--cookie", &cookie], &push);
        assert!(refused.contains("\"malformed\""), "{refused}");
        // Whoever says they come from this computer does not: the proxy says where they are from.
        let spoofed = self.ask(&[
            "/api/v1/setup",
            "--header",
            "X-Forwarded-For: 127.0.0.1",
            "--header",
            "Forwarded: for=127.0.0.1",
        ]);
        assert!(spoofed.starts_with("HTTP/1.1 200"), "{spoofed}");
    }

    /// What is sent now arrives now, and what comes before the end arrives before the end.
    fn streams(&self, path: &str, cookie: &str) {
        let began = Instant::now();
        let output = self.curl(&[path, "--cookie", cookie, "--no-buffer", "--max-time", "3"]);
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(28), "the stream goes on until it is left: {said}");
        assert!(began.elapsed() < Duration::from_secs(10), "{said}");
        assert!(said.contains("event: events") && said.contains("event: heartbeat"), "{said}");
    }
}

impl Drop for Proxied {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.proxy.id().to_string()).status();
        let _ = self.proxy.wait();
    }
}

fn shown(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

#[test]
fn long_nginx_as_documented() {
    let change = |written: &str, files: &Files, port: u16| {
        let lines = written.lines().filter(|line| !line.contains("listen [::]"));
        let lines = lines.map(|line| match line.trim() {
            "listen 80;" => format!("listen 127.0.0.1:{};", free_port()),
            "listen 443 ssl;" => format!("listen 127.0.0.1:{port} ssl;"),
            other if other.starts_with("ssl_certificate_key") => {
                format!("ssl_certificate_key {};", shown(&files.key()))
            }
            other if other.starts_with("ssl_certificate") => {
                format!("ssl_certificate {};", shown(&files.cert()))
            }
            other => other.to_owned(),
        });
        let servers = lines.collect::<Vec<_>>().join("\n");
        let dir = shown(files.dir.path());
        let paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {dir}/{name};"))
            .join("\n");
        format!(
            "daemon off;\nworker_processes 1;\npid {dir}/pid;\nerror_log stderr;\nevents {{}}\n\
             http {{\naccess_log off;\n{paths}\n{servers}\n}}\n"
        )
    };
    Proxied::start("nginx", change, &["nginx", "-p", "DIR", "-e", "stderr", "-c", "CONFIG"]).works();
}

#[test]
fn long_haproxy_as_documented() {
    let change = |written: &str, files: &Files, port: u16| {
        let pem = files.dir.path().join("both.pem");
        let both = [files.cert(), files.key()].map(|path| std::fs::read_to_string(path).unwrap()).concat();
        std::fs::write(&pem, both).unwrap();
        let lines = written.lines().map(|line| match line.trim() {
            "bind :80" => format!("    bind 127.0.0.1:{}", free_port()),
            other if other.starts_with("bind :443") => {
                format!("    bind 127.0.0.1:{port} ssl crt {}", shown(&pem))
            }
            _ => line.to_owned(),
        });
        lines.collect::<Vec<_>>().join("\n") + "\n"
    };
    Proxied::start("haproxy", change, &["haproxy", "-db", "-f", "CONFIG"]).works();
}

#[test]
fn long_caddy_as_documented() {
    let change = |written: &str, files: &Files, port: u16| {
        let site = written.replacen(super::NAME, &format!("https://{}:{port}", super::NAME), 1);
        let tls = format!("{{\n    bind 127.0.0.1\n    tls {} {}", shown(&files.cert()), shown(&files.key()));
        let site = site.replacen('{', &tls, 1);
        format!("{{\n    admin off\n    auto_https off\n}}\n{site}\n")
    };
    let command = ["caddy", "run", "--adapter", "caddyfile", "--config", "CONFIG"];
    Proxied::start("caddy", change, &command).works();
}
