//! The real server as a process that a test starts, kills and brings back.

use std::ffi::OsStr;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::time::Duration;

use serde_json::{Value, json};
use slipway_shared::account::{NewToken, SetupState};
use tempfile::TempDir;

use crate::api::Api;
use crate::credentials;
use crate::http;
use crate::process::Running;
use crate::random::Random;
use crate::wait;

/// What the owner signs in with.
pub const OWNER: &str = "owner@example.org";
/// The name of the demo's owner, who has no password.
const DEMO_OWNER: &str = "mara";
/// The owner's password.
pub const PASSWORD: &str = "nine green lanterns";
/// How long a graceful end may take: the server's own limit is 10 s.
const END: Duration = Duration::from_secs(15);

/// Returns the path of the server's binary: `SLIPWAY_BIN`, else beside the test that runs, else of a build.
///
/// # Panics
///
/// When there is none.
#[must_use]
pub fn binary() -> PathBuf {
    if let Some(named) = std::env::var_os("SLIPWAY_BIN") {
        return named.into();
    }
    let own = std::env::current_exe().unwrap();
    let beside = own.ancestors().skip(1).take(2).map(|folder| folder.join("slipway"));
    let target = repository().join("target");
    let built = ["release", "debug"].map(|profile| target.join(profile).join("slipway"));
    let mut found = beside.chain(built).filter(|path| path.is_file());
    found.next().expect("no slipway binary: build it, or name it in SLIPWAY_BIN")
}

/// Returns the folder of the repository.
///
/// # Panics
///
/// When the tests were moved out of it.
#[must_use]
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// Runs the binary once, for what is no server, and returns how it ended and what it printed.
///
/// # Panics
///
/// When it can't be started.
#[must_use]
pub fn run(arguments: &[&str]) -> Finished {
    run_inside(&[], arguments)
}

/// As [`run`], as an argument of another program.
///
/// # Panics
///
/// When it can't be started.
#[must_use]
pub fn run_inside(wrapper: &[&str], arguments: &[&str]) -> Finished {
    let binary = binary();
    let mut words = wrapper.iter().map(OsStr::new).chain([binary.as_ref()]);
    let output = Command::new(words.next().unwrap()).args(words).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Finished { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// A run of the binary that ended.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Its exit code; `None` when it was killed.
    pub code: Option<i32>,
    /// What it printed as its result.
    pub stdout: String,
    /// What it said meanwhile.
    pub stderr: String,
}

/// How to start a server.
#[derive(Debug)]
pub struct ServerSetup {
    address: SocketAddr,
    folder: TempDir,
    arguments: Vec<String>,
    wrapper: Vec<String>,
    is_unclaimed: bool,
}

impl Default for ServerSetup {
    fn default() -> Self {
        Self {
            address: free_address(),
            folder: tempfile::tempdir().unwrap(),
            arguments: vec![],
            wrapper: vec![],
            is_unclaimed: false,
        }
    }
}

impl ServerSetup {
    /// Adds a flag.
    #[must_use]
    pub fn flag(mut self, flag: &str) -> Self {
        self.arguments.push(flag.to_owned());
        self
    }

    /// Starts it inside `command`, which gets the server's own command line appended.
    #[must_use]
    pub fn inside(mut self, command: &[&str]) -> Self {
        self.wrapper = command.iter().map(ToString::to_string).collect();
        self
    }

    /// Leaves the first visit to the test: nobody is the owner, and nobody is signed in.
    #[must_use]
    pub const fn unclaimed(mut self) -> Self {
        self.is_unclaimed = true;
        self
    }

    fn is_demo(&self) -> bool {
        self.arguments.iter().any(|argument| argument.starts_with("--demo"))
    }

    /// Returns the data directory it will use; the folder around it exists.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts it and waits until it is ready.
    ///
    /// # Panics
    ///
    /// When it does not become ready.
    #[must_use]
    pub fn start(self) -> TestServer {
        let mut server = self.stopped();
        server.restart();
        server
    }

    /// Returns the server before it is started.
    #[must_use]
    pub const fn stopped(self) -> TestServer {
        TestServer { setup: self, running: None, earlier_output: String::new() }
    }
}

/// The real server, with a data directory of its own that is deleted in the end.
#[derive(Debug)]
pub struct TestServer {
    setup: ServerSetup,
    running: Option<Running>,
    earlier_output: String,
}

impl TestServer {
    /// Starts an empty server, makes an owner, and waits until it is ready for them.
    ///
    /// # Panics
    ///
    /// When it does not become ready.
    #[must_use]
    pub fn start() -> Self {
        ServerSetup::default().start()
    }

    /// Starts an empty server that waits for its first visit.
    ///
    /// # Panics
    ///
    /// When it does not become ready.
    #[must_use]
    pub fn start_unclaimed() -> Self {
        ServerSetup::default().unclaimed().start()
    }

    /// Starts a server with the demo workspace and waits until it is ready.
    ///
    /// # Panics
    ///
    /// When it does not become ready.
    #[must_use]
    pub fn demo() -> Self {
        ServerSetup::default().flag("--demo").start()
    }

    /// Returns where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.setup.address
    }

    /// Returns the address of the app, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.setup.address)
    }

    /// Returns its data directory.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.setup.data()
    }

    /// Returns its process number; `None` while it is down.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.running.as_ref().map(Running::id)
    }

    /// Returns its resident memory at this moment, in KiB.
    ///
    /// # Panics
    ///
    /// When it is down.
    #[must_use]
    pub fn resident_kib(&self) -> f64 {
        let id = self.process_id().expect("the server is down");
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().and_then(|kib| kib.parse::<u32>().ok()).map(f64::from).unwrap()
    }

    /// Returns everything it has logged so far, over all its lives.
    #[must_use]
    pub fn log(&self) -> String {
        let now = self.running.as_ref().map(Running::output).unwrap_or_default();
        format!("{}{now}", self.earlier_output)
    }

    /// Kills it, as a crash or a loss of power would.
    pub fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            running.kill();
            self.earlier_output.push_str(&running.output());
        }
    }

    /// Asks it to end, and returns how it ended and how long it took.
    ///
    /// # Panics
    ///
    /// When it is down, or does not end in time.
    pub fn terminate(&mut self) -> (ExitStatus, Duration) {
        let mut running = self.running.take().expect("the server is down");
        let ended = running.terminate(END);
        self.earlier_output.push_str(&running.output());
        ended
    }

    /// Starts it at the same address with the same data, after killing it if it runs, and waits until it is ready.
    ///
    /// # Panics
    ///
    /// When it does not become ready.
    pub fn restart(&mut self) {
        let ended = self.try_restart();
        assert!(ended.is_none(), "the server ended ({ended:?}):\n{}", self.log());
    }

    /// As [`TestServer::restart`] where the start may fail: returns how it ended instead of becoming ready.
    ///
    /// # Panics
    ///
    /// When it neither becomes ready nor ends.
    pub fn try_restart(&mut self) -> Option<ExitStatus> {
        self.kill();
        let setup = &self.setup;
        if !setup.is_unclaimed {
            // Whatever keeps this from working, the start itself tells.
            let owner = if setup.is_demo() { DEMO_OWNER } else { OWNER };
            drop(credentials::revive(setup.address, &setup.data(), owner));
        }
        let mut words: Vec<_> = setup.wrapper.clone();
        words.push(binary().to_string_lossy().into_owned());
        words.extend(["serve", "--listen", &setup.address.to_string(), "--data"].map(str::to_owned));
        words.push(setup.data().to_string_lossy().into_owned());
        words.extend(setup.arguments.iter().cloned());
        let (program, arguments) = words.split_first().unwrap();
        let mut running = Running::start(Command::new(program).args(arguments));
        let ended = wait::until("the server to be ready, or to end", || {
            let ended = running.ended();
            let answer = || http::get(setup.address, "/health/ready").ok();
            let is_over = ended.is_some() || answer().is_some_and(|answer| answer.status == 200);
            is_over.then_some(ended)
        });
        self.running = Some(running);
        if ended.is_none() && !self.setup.is_unclaimed {
            self.be_the_owner();
        }
        ended
    }

    /// Sees to it that requests are the owner's: by the session there is, the first visit, or signing in.
    fn be_the_owner(&self) {
        let address = self.address();
        let nobody = [("cookie", "")];
        let ask = |method: &str, target: &str, headers: &[(&str, &str)], body: Option<Value>| {
            let body = body.map(|body| body.to_string());
            // A wrapped server may be killed at any moment: then the test goes on with what it kept.
            http::send(address, method, target, headers, body.as_deref().map(str::as_bytes)).ok()
        };
        let is_fine = |answer: http::Response| match credentials::begun(address, &answer) {
            // The demo does not ask whether somebody was signed in before.
            Some(session) => {
                credentials::remember(address, session);
                true
            }
            None => answer.status != 401 && answer.status != 403,
        };
        if credentials::session(address).is_some()
            && ask("GET", "/api/v1/session", &[], None).is_none_or(is_fine)
        {
            return;
        }
        let state = || ask("GET", "/api/v1/setup", &nobody, None)?.json::<SetupState>().ok();
        let needed = || state().filter(|state| state.is_needed);
        let begun = if self.setup.is_demo() {
            ask("GET", "/api/v1/session", &nobody, None)
        } else if let Some(state) = needed() {
            let mut visit = first_visit(&self.setup_token());
            // What is there already keeps its name.
            if let (Some(_), Some(visit)) = (state.workspace, visit.as_object_mut()) {
                visit.remove("workspace");
            }
            ask("POST", "/api/v1/setup", &nobody, Some(visit))
        } else {
            let sign_in =
                json!({ "login": OWNER, "password": PASSWORD, "device": "Tests", "is_shared": false });
            ask("POST", "/api/v1/session", &nobody, Some(sign_in))
        };
        if let Some(answer) = begun {
            let session = credentials::begun(address, &answer);
            let session =
                session.unwrap_or_else(|| panic!("nobody got in: {} {}", answer.status, answer.text()));
            credentials::remember(address, session);
        }
    }

    /// Returns the token of the first visit, off the link that the server printed: its files may be on a disk that only it
    /// sees.
    ///
    /// # Panics
    ///
    /// When it is down, or does not print one in time.
    #[must_use]
    pub fn setup_token(&self) -> String {
        wait::until("the link of the first visit", || {
            let output = self.running.as_ref().expect("the server is down").output();
            let token = output.lines().rev().find_map(|line| line.split_once("/setup#"))?.1.trim().to_owned();
            Some(token)
        })
    }

    /// Makes an API token for the owner, that may do all that a token may.
    ///
    /// # Panics
    ///
    /// When the server makes none.
    #[must_use]
    pub fn token(&self) -> String {
        let mut api = Api::connect(self.address()).unwrap();
        let make = json!({ "name": "Tests", "scope": "admin" }).to_string();
        let answer = api.send("POST", "tokens", Some(make.as_bytes())).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json::<NewToken>().unwrap().secret
    }

    /// Starts inside nothing from now on.
    pub fn unwrap_command(&mut self) {
        self.setup.wrapper.clear();
    }

    /// Returns whether it runs by itself no more.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.running.as_mut().and_then(Running::ended)
    }
}

/// Returns the body of the first visit, which makes the owner of the tests.
#[must_use]
pub fn first_visit(token: &str) -> Value {
    // The name that a workspace had before anybody claimed it.
    let name = std::env::var("USER").ok().filter(|user| !user.trim().is_empty());
    let name = name.unwrap_or_else(|| "Owner".to_owned());
    json!({
        "token": token,
        "workspace": "My workspace",
        "person": { "name": name, "login": OWNER, "password": PASSWORD, "device": "Tests" },
    })
}

/// Ports from 10,000 to 30,000 that browsers refuse to connect to, by the list of "bad ports" of the Fetch standard.
const REFUSED_PORTS: [u16; 1] = [10_080];

/// Returns a loopback address that nobody listens on and browsers go to, outside the range that outgoing connections are
/// given.
///
/// # Panics
///
/// When there is none.
#[must_use]
pub fn free_address() -> SocketAddr {
    let mut random = Random::fresh();
    let free = std::iter::repeat_with(|| {
        let port = 10_000 + u16::try_from(random.below(20_000)).unwrap_or_default();
        SocketAddr::from((Ipv4Addr::LOCALHOST, port))
    });
    let is_free =
        |address: &SocketAddr| !REFUSED_PORTS.contains(&address.port()) && TcpListener::bind(address).is_ok();
    free.take(1_000).find(is_free).expect("no free port")
}
