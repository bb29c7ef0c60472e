//! The API against its own description: schemathesis sends what the description allows and what it forbids, as
//! everybody who may ask, and every answer has to be one that is described. Nothing may make the server fail.
//!
//! Left out of its checks: `positive_data_acceptance`, since names have to be of things that are there, and JSON Schema
//! counts 1.0 as an integer. Left out of what it asks for: the stream, which never ends, what would end the very session it asks with, and the import, whose
//! lines are no JSON that it could make up.

use std::process::Command;

use serde_json::{Value, json};
use slipway_tests::api::Api;
use slipway_tests::credentials;
use slipway_tests::http;
use slipway_tests::server::{ServerSetup, TestServer};
use slipway_tests::verify::total;

const PASSWORD: &str = "seven yellow kettles";
/// Each finding is tried again by itself, so that a seed is all that is needed.
const SEED: &str = "20261127";

const LEFT_OUT: [&str; 5] = [
    "get_stream",
    "delete_session",
    "delete_account_sessions",
    "delete_account_sessions_id",
    "post_workspaces_import",
];

/// Somebody who asks.
struct Caller {
    name: &'static str,
    /// How they say who they are, as schemathesis is told.
    proof: String,
}

/// A server with something in it and everybody who may ask.
struct Scene {
    server: TestServer,
    api: Api,
}

impl Scene {
    fn new() -> Self {
        let many = ["--requests-per-session=100000000", "--requests-per-address=100000000"];
        let server = many.iter().fold(ServerSetup::default(), |setup, flag| setup.flag(flag)).start();
        let api = Api::connect(server.address()).unwrap();
        let mut scene = Self { server, api };
        scene.post("services", &json!({ "name": "api" }));
        scene.post("labels", &json!({ "name": "hotfix" }));
        for version in ["1.0", "1.1"] {
            let opened = scene.post("deployments", &json!({ "service": "api", "version": version }));
            let id = &opened["deployment"]["id"];
            scene
                .post("rollouts", &json!({ "deployment": id, "environment": "Staging", "phase": "started" }));
        }
        scene
    }

    /// Posts as the owner.
    fn post(&mut self, rest: &str, body: &Value) -> Value {
        let answer = self.api.send("POST", rest, Some(body.to_string().as_bytes())).unwrap();
        assert!(answer.status < 300, "{rest}: {} {}", answer.status, answer.text());
        answer.json().unwrap()
    }

    /// Makes an API token with what a browser sends along.
    fn token(&self, name: &'static str, scope: &str, session: Option<&str>) -> Caller {
        let cookie =
            session.map(str::to_owned).or_else(|| credentials::cookie(self.server.address())).unwrap();
        let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
        let body = json!({ "name": name, "scope": scope }).to_string();
        let target = self.api.target("tokens");
        let made =
            http::send(self.server.address(), "POST", &target, &headers, Some(body.as_bytes())).unwrap();
        let made: Value = made.json().unwrap();
        let proof = format!("[auth.openapi.bearer]\nbearer = {}\n", made["secret"]);
        Caller { name, proof }
    }

    /// Lets somebody in, and makes a token for them.
    fn join(&mut self, role: &'static str) -> Caller {
        let invited = self.post("invitations", &json!({ "role": role, "note": role }));
        let person = json!({ "name": role, "login": role, "password": PASSWORD, "device": "Tests" });
        let body = json!({ "token": invited["token"], "person": person }).to_string();
        let target = "/api/v1/invitations/accept";
        let nobody = [("cookie", "")];
        let joined =
            http::send(self.server.address(), "POST", target, &nobody, Some(body.as_bytes())).unwrap();
        let secret = credentials::begun(self.server.address(), &joined).unwrap();
        let cookie = format!("{}={secret}", credentials::cookie_name(self.server.address()));
        self.token(role, "admin", Some(&cookie))
    }

    /// The owner in a browser.
    fn session(&self) -> Caller {
        let secret = credentials::session(self.server.address()).unwrap();
        Caller { name: "session", proof: format!("[auth.openapi.cookie]\napi_key = \"{secret}\"\n") }
    }

    /// Runs schemathesis as somebody; returns how many requests it sent.
    fn run(&self, caller: &Caller, examples: u32) -> u64 {
        let folder = tempfile::tempdir().unwrap();
        // On this computer, without TLS, the cookie has the port in its name.
        let described = http::get(self.server.address(), "/api/openapi.json").unwrap().text();
        let described = described.replace("__Host-slipway", &credentials::cookie_name(self.server.address()));
        std::fs::write(folder.path().join("openapi.json"), described).unwrap();
        let settings = format!("[parameters]\n\"path.ws\" = \"{}\"\n{}", self.api.workspace, caller.proof);
        std::fs::write(folder.path().join("schemathesis.toml"), settings).unwrap();
        let program =
            std::env::var_os("SLIPWAY_SCHEMATHESIS").expect("script/setup test installs schemathesis");
        let mut command = Command::new(program);
        command.current_dir(folder.path()).args(["run", "openapi.json", "--url", &self.server.url()]);
        command.args(["--checks", "all", "--exclude-checks", "positive_data_acceptance"]);
        command.args(["--max-examples", &examples.to_string(), "--seed", SEED, "--no-shrink"]);
        command.args(["--generation-database", "none", "--request-timeout", "20", "--warnings", "off"]);
        for operation in LEFT_OUT {
            command.args(["--exclude-operation-id", operation]);
        }
        if caller.proof.contains("cookie") {
            // What else a browser sends along.
            command.args(["--header", "Sec-Fetch-Site: same-origin"]);
        }
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "as {}:\n{said}\n{}", caller.name, self.server.log());
        let sent =
            said.lines().find_map(|line| line.trim().strip_suffix("skipped")?.split_once(" generated"));
        let sent = sent.or_else(|| said.lines().find_map(|line| line.trim().split_once(" generated")));
        sent.and_then(|(sent, _)| sent.parse().ok()).expect("what was sent is not told any more")
    }

    fn run_all(&self, callers: &[Caller], examples: u32) {
        let sent: u64 = callers.iter().map(|caller| self.run(caller, examples)).sum();
        assert!(!self.server.log().contains("panicked"), "{}", self.server.log());
        let names: Vec<_> = callers.iter().map(|caller| caller.name).collect();
        total("schemathesis", &format!("{sent} requests as {}, 0 undescribed, 0 failures", names.join(", ")));
    }
}

#[test]
fn what_is_described_is_what_is_answered() {
    let scene = Scene::new();
    let nobody = Caller { name: "nobody", proof: String::new() };
    let owner = scene.token("admin", "admin", None);
    scene.run_all(&[nobody, owner], 2);
}

#[test]
fn long_what_is_described_is_what_is_answered_to_everybody() {
    let mut scene = Scene::new();
    let mut callers = vec![Caller { name: "nobody", proof: String::new() }];
    callers.extend(["viewer", "member", "approver"].map(|role| scene.join(role)));
    callers.extend(
        [("read", "read"), ("write", "write"), ("admin", "admin")]
            .map(|(name, scope)| scene.token(name, scope, None)),
    );
    callers.push(scene.session());
    scene.run_all(&callers, 20);
}
