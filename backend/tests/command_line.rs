//! The program from outside: exit codes, messages, and a server that is told to stop.

#![expect(clippy::unwrap_used, reason = "a failed setup should fail the test")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

fn slipway(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_slipway"));
    command.args(arguments);
    command
}

fn run(arguments: &[&str]) -> Output {
    slipway(arguments).output().unwrap()
}

/// Checks that a run fails with a code, and says something.
#[track_caller]
fn refused(output: &Output, code: i32, says: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for part in says {
        assert!(said.contains(part), "{part:?} is not in {said:?}");
    }
}

/// A server of its own on a port of its own.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(data: &Path, more: &[&str]) -> Self {
        let mut command = slipway(&["serve", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()]);
        let mut child = command.args(more).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let line = lines.by_ref().map_while(Result::ok).find(|line| line.contains("is on http://")).unwrap();
        let address = line.split("http://").nth(1).unwrap().split(',').next().unwrap().to_owned();
        // The rest is read so that the server never waits for somebody to.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"))
    }

    fn post(&self, path: &str, cookie: &str, body: &serde_json::Value) -> String {
        let body = body.to_string();
        let length = body.len();
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\nsec-fetch-site: same-origin\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\nconnection: close\r\n\r\n{body}"
        ))
    }

    /// Makes the first visit. Returns the owner's cookie and the id of the workspace.
    fn claim(&self, data: &Path) -> (String, String) {
        let token = std::fs::read_to_string(data.join("setup-token")).unwrap();
        let person = json!({
            "name": "Olivia Owner", "login": "olivia", "password": "nine green lanterns", "device": "Laptop",
        });
        let mut setup = json!({ "token": token.trim(), "workspace": "Harbour", "person": person });
        // What is there already keeps its name.
        if self.get("/api/v1/setup").contains("\"workspace\"") {
            setup.as_object_mut().unwrap().remove("workspace");
        }
        let answer = self.post("/api/v1/setup", "", &setup);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(!data.join("setup-token").exists(), "the used token is still there");
        let cookie = answer.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap().to_owned();
        let workspaces = answer.split("\"workspaces\":[{\"id\":\"").nth(1).unwrap();
        (cookie, workspaces.split('"').next().unwrap().to_owned())
    }

    fn token(&self, cookie: &str, workspace: &str) -> String {
        let make = json!({ "name": "CI", "scope": "admin" });
        let answer = self.post(&format!("/api/v1/workspaces/{workspace}/tokens"), cookie, &make);
        answer.split("\"secret\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    }

    fn terminate(&mut self) -> (Option<i32>, Duration) {
        let began = Instant::now();
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        (self.child.wait().unwrap().code(), began.elapsed())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn git(dir: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=Aino", "-c", "user.email=a@example.org"];
    let done = Command::new("git").arg("-C").arg(dir).args(identity).args(arguments).output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

fn repository(tags: &[&str]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    git(dir.path(), &["init", "--quiet"]);
    for tag in tags {
        git(dir.path(), &["commit", "--quiet", "--allow-empty", "-m", &format!("for {tag}")]);
        git(dir.path(), &["tag", tag]);
    }
    dir
}

#[test]
fn a_server_serves_and_stops_though_a_stream_is_open() {
    let data = tempfile::tempdir().unwrap();
    let mut server = Server::start(data.path(), &[]);
    assert!(server.get("/health/ready").starts_with("HTTP/1.1 200"));
    let (cookie, workspace) = server.claim(data.path());
    let mut stream = TcpStream::connect(&server.address).unwrap();
    let ask = format!(
        "GET /api/v1/workspaces/{workspace}/stream?after=0 HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\n\r\n"
    );
    stream.write_all(ask.as_bytes()).unwrap();
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    while !line.starts_with("data:") {
        line.clear();
        assert_ne!(reader.read_line(&mut line).unwrap(), 0);
    }
    let (code, took) = server.terminate();
    assert_eq!(code, Some(0));
    assert!(took < Duration::from_secs(5), "{took:?}");
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("event: end") && rest.contains("shutdown"), "{rest}");
    assert!(!data.path().join("server.json").exists());
}

#[test]
fn half_a_request_is_not_waited_for_for_ever() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[]);
    let began = Instant::now();
    let mut half = TcpStream::connect(&server.address).unwrap();
    half.write_all(b"GET / HTTP/1.1\r\nhost: loc").unwrap();
    let mut silent = TcpStream::connect(&server.address).unwrap();
    half.set_read_timeout(Some(Duration::from_secs(25))).unwrap();
    silent.set_read_timeout(Some(Duration::from_secs(25))).unwrap();
    let mut answer = Vec::new();
    silent.read_to_end(&mut answer).unwrap();
    assert!(answer.is_empty());
    half.read_to_end(&mut answer).unwrap();
    assert!(began.elapsed() < Duration::from_secs(25));
}

#[test]
fn an_address_that_others_can_reach_is_refused() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.7:8080"] {
        refused(
            &run(&["serve", "--listen", address]),
            64,
            &[
                "without TLS",
                "Nothing was started",
                "--tls-cert",
                "--behind-tls-proxy",
                "operations.md",
                "127.0.0.1",
            ],
        );
    }
}

#[test]
fn a_port_in_use_is_told() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let data = tempfile::tempdir().unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = run(&["serve", "--listen", &address, "--data", data.path().to_str().unwrap()]);
    refused(&output, 69, &["another program listens there", "--listen"]);
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0, "nothing was touched");
}

#[test]
fn a_data_directory_is_used_by_one_server() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[]);
    let output = run(&["serve", "--listen", "127.0.0.1:0", "--data", data.path().to_str().unwrap()]);
    refused(&output, 75, &["in use", &server.address, "Nothing was touched"]);
}

#[test]
fn a_data_directory_that_is_not_right_is_left_alone() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().to_str().unwrap();
    std::fs::write(data.path().join("slipway.db"), "my diary ".repeat(1000)).unwrap();
    refused(&run(&["serve", "--listen", "127.0.0.1:0", "--data", path]), 74, &["not a Slipway database"]);
    let file = data.path().join("slipway.db");
    let inside = file.join("data");
    refused(
        &run(&["serve", "--listen", "127.0.0.1:0", "--data", inside.to_str().unwrap()]),
        73,
        &["can't be written"],
    );
    assert!(std::fs::read_to_string(file).unwrap().starts_with("my diary"));
}

#[test]
fn the_demo_never_replaces_real_work() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().to_str().unwrap();
    Server::start(data.path(), &[]).terminate();
    let before = std::fs::read(data.path().join("slipway.db")).unwrap();
    for demo in ["--demo", "--demo=reset"] {
        let output = run(&["serve", "--listen", "127.0.0.1:0", "--data", path, demo]);
        refused(&output, 77, &["no demo", "Nothing was touched"]);
    }
    assert_eq!(std::fs::read(data.path().join("slipway.db")).unwrap(), before);
}

#[test]
fn a_demo_is_made_once_and_anew_when_told() {
    let data = tempfile::tempdir().unwrap();
    let head = |server: &Server| {
        let session = server.get("/api/v1/session");
        let workspace = session.split("\"id\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let cookie = session.split("set-cookie: ").nth(1).unwrap().split(';').next().unwrap();
        let events = server.ask(&format!(
            "GET /api/v1/workspaces/{workspace}/events?after=0&limit=1 HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\n\
             connection: close\r\n\r\n"
        ));
        events.rsplit("\"chain\":\"").next().unwrap()[..64].to_owned()
    };
    let mut server = Server::start(data.path(), &["--demo"]);
    let first = head(&server);
    server.terminate();
    let mut server = Server::start(data.path(), &["--demo"]);
    assert_eq!(head(&server), first);
    server.terminate();
    assert_ne!(head(&Server::start(data.path(), &["--demo=reset"])), first);
}

#[test]
fn a_configuration_file_is_read_and_its_mistakes_are_told() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("slipway.toml");
    let config = file.to_str().unwrap();
    refused(&run(&["serve", "--config", config]), 78, &["can't be read"]);
    std::fs::write(&file, "listne = \"127.0.0.1:0\"\n").unwrap();
    refused(&run(&["serve", "--config", config]), 78, &["listne", "nothing was started"]);
    std::fs::write(&file, "listen = \"0.0.0.0:0\"\n").unwrap();
    refused(&run(&["serve", "--config", config]), 64, &["0.0.0.0:0"]);
    let output =
        slipway(&["serve", "--config", config]).env("SLIPWAY_LISTEN", "192.0.2.1:1").output().unwrap();
    refused(&output, 64, &["192.0.2.1:1"]);
    refused(&run(&["serve", "--nonsense"]), 2, &["--nonsense"]);
}

#[test]
fn git_tags_are_imported_once_with_and_without_a_server() {
    let repository = repository(&["v1.0", "v1.1"]);
    let repo = repository.path().to_str().unwrap();
    let data = tempfile::tempdir().unwrap();
    let path = data.path().to_str().unwrap();
    let import = [
        "import",
        "git-tags",
        "--repo",
        repo,
        "--service",
        "web",
        "--tag-pattern",
        "v*",
        "--data",
        path,
        "--json",
    ];
    let told = |output: &Output| {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    let first = told(&run(&import));
    assert_eq!((first["added"].clone(), first["changes"].clone()), (2.into(), 2.into()));
    let server = Server::start(data.path(), &[]);
    git(repository.path(), &["tag", "v1.2"]);
    refused(&run(&import), 1, &["no owner yet"]);
    let (cookie, workspace) = server.claim(data.path());
    refused(&run(&import), 1, &["--token-file", "SLIPWAY_TOKEN"]);
    let token = server.token(&cookie, &workspace);
    let with_token = || slipway(&import).env("SLIPWAY_TOKEN", &token).output().unwrap();
    let second = told(&with_token());
    assert_eq!((second["added"].clone(), second["imported_before"].clone()), (1.into(), 2.into()));
    assert_eq!(told(&with_token())["added"], 0);
    drop(server);
    assert_eq!(told(&run(&import))["imported_before"], 3);
}

#[test]
fn what_can_not_be_imported_is_told() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().to_str().unwrap();
    let import = |repo: &Path, pattern: &str| {
        let repo = repo.to_str().unwrap();
        run(&[
            "import",
            "git-tags",
            "--repo",
            repo,
            "--service",
            "web",
            "--tag-pattern",
            pattern,
            "--data",
            path,
        ])
    };
    let nothing = tempfile::tempdir().unwrap();
    refused(&import(nothing.path(), "*"), 65, &["not a Git repository", "Nothing was changed"]);
    refused(&import(&nothing.path().join("gone"), "*"), 66, &["does not exist"]);
    let repository = repository(&["v1.0"]);
    refused(&import(repository.path(), "w*"), 65, &["no tag", "v1.0"]);
    let mut without_git = slipway(&["import", "git-tags", "--service", "web", "--data", path]);
    let without_git =
        without_git.args(["--repo", repository.path().to_str().unwrap()]).env("PATH", "/nonexistent");
    refused(&without_git.output().unwrap(), 1, &["git is not installed"]);
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0, "nothing was touched");
}

#[test]
fn a_workspace_goes_out_and_in_again_and_a_cut_off_file_does_not() {
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (source, target) = (from.path().to_str().unwrap(), to.path().to_str().unwrap());
    refused(&run(&["export", "--data", source]), 66, &["no workspace", "--data"]);
    let server = Server::start(from.path(), &[]);
    let file = from.path().join("out.ndjson");
    let file = file.to_str().unwrap();
    // Also beside a server.
    assert!(run(&["export", "--data", source, "--output", file]).status.success());
    drop(server);
    let whole = std::fs::read_to_string(file).unwrap();
    let cut = from.path().join("cut.ndjson");
    std::fs::write(&cut, whole.lines().take(5).collect::<Vec<_>>().join("\n")).unwrap();
    let output = run(&["import", "workspace", cut.to_str().unwrap(), "--data", target]);
    refused(&output, 65, &["line 5", "Nothing of it was kept"]);
    assert!(!to.path().join("slipway.db").exists() && !to.path().join("import.new").exists());
    assert!(run(&["import", "workspace", file, "--data", target]).status.success());
    let again = run(&["export", "--data", target]);
    let digest =
        |text: &str| text.lines().last().unwrap().split("\"digest\":\"").nth(1).unwrap()[..64].to_owned();
    assert_eq!(digest(&String::from_utf8_lossy(&again.stdout)), digest(&whole));
    refused(&run(&["import", "workspace", file, "--data", target]), 77, &["already", "--data"]);
    refused(&run(&["import", "workspace", "/nonexistent", "--data", target]), 66, &["can't be read"]);
}

/// Waits until nobody is let in: what another process ends, the server looks for four times a second.
fn ends(what: &str, ask: impl Fn() -> String) {
    let began = Instant::now();
    while ask() != "401" {
        assert!(began.elapsed() < Duration::from_secs(1), "{what} goes on");
    }
}

#[test]
fn an_operator_helps_who_is_locked_out_while_the_server_runs() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_str().unwrap();
    let user = |arguments: &[&str]| run(&[&["user"], arguments, &["--data", data]].concat());
    let server = Server::start(dir.path(), &[]);
    refused(&user(&["invite", "--role", "member"]), 1, &["no owner yet"]);
    let (cookie, workspace) = server.claim(dir.path());
    let token = server.token(&cookie, &workspace);
    let session = |cookie: &str| {
        let asked = format!(
            "GET /api/v1/session HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n"
        );
        server.ask(&asked)[9..12].to_owned()
    };
    let sign_in = |password: &str| {
        let body = json!({ "login": "Olivia", "password": password, "device": "Phone", "is_shared": false });
        server.post("/api/v1/session", "", &body)[9..12].to_owned()
    };
    let text = |output: Output| {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let list: serde_json::Value = serde_json::from_str(&text(user(&["list", "--json"]))).unwrap();
    assert_eq!(
        (&list["accounts"][0]["login"], &list["accounts"][0]["sessions"]),
        (&json!("olivia"), &json!(1))
    );
    refused(&user(&["sign-out", "nobody"]), 65, &["nobody signs in", "slipway user list"]);

    assert_eq!(session(&cookie), "200");
    assert!(text(user(&["sign-out", "OLIVIA"])).contains("1 sessions"));
    ends("the session", || session(&cookie));
    let tokens: serde_json::Value =
        serde_json::from_str(&text(run(&["token", "list", "--json", "--data", data]))).unwrap();
    let id = tokens["tokens"][0]["id"].as_str().unwrap();
    let with_token = || {
        let asked = format!(
            "GET /api/v1/session HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n"
        );
        server.ask(&asked)[9..12].to_owned()
    };
    assert_eq!(with_token(), "200");
    text(run(&["token", "revoke", id, "--data", data]));
    ends("the token", with_token);
    refused(&run(&["token", "revoke", id, "--data", data]), 65, &["slipway token list"]);

    text(user(&["disable", "olivia"]));
    assert_eq!(sign_in("nine green lanterns"), "401");
    text(user(&["enable", "olivia"]));
    assert_eq!(sign_in("nine green lanterns"), "200");

    let mut command = slipway(&["user", "password", "olivia", "--data", data]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"seven yellow kettles\n").unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(
        (sign_in("nine green lanterns"), sign_in("seven yellow kettles")),
        ("401".into(), "200".into())
    );
    assert!(text(user(&["second-factor-off", "olivia"])).contains("had no second factor"));

    let invited = text(user(&["invite", "--role", "member"]));
    assert!(invited.starts_with(&format!("http://{}/invitation#", server.address)), "{invited}");
}
