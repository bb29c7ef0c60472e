//! Who asks: the owner, Bo, who has every role in turn, and Cy, who is there so that somebody else is.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde_json::{Value, json};
use slipway_shared::account::Scope;
use slipway_shared::command::Command;
use slipway_shared::ids::{ClientId, EpochId, MemberId};
use slipway_shared::member::{MemberCommand, Role};
use slipway_shared::sync::envelope::WireCommand;
use slipway_shared::sync::protocol::{PROTOCOL, PushRequest};
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;
use slipway_tests::api::Api;
use slipway_tests::http::Connection;
use slipway_tests::random::{Random, now_ms};
use slipway_tests::server::{PASSWORD, TestServer};
use slipway_tests::{commands, credentials, http};

/// By what somebody asks.
#[derive(Clone, Debug)]
pub enum Asks {
    /// The secret of a session.
    Session(String),
    /// An API token.
    Token(String),
    /// Nothing.
    Nobody,
}

/// Somebody who was invited and came.
pub struct Guest {
    pub member: MemberId,
    pub session: String,
}

/// Everybody, and the way to the server.
pub struct Team {
    pub bo: Guest,
    pub cy: Guest,
    api: Api,
    address: SocketAddr,
    epoch: EpochId,
    /// How far the log was when it was asked about last: what everybody has seen.
    seen: u64,
    /// What there was when the log was as long as this.
    known: (u64, Workspace),
    random: Random,
}

impl Team {
    pub fn gather(server: &TestServer) -> Self {
        let address = server.address();
        let mut api = Api::connect(address).unwrap();
        let (workspace, cursor) = api.snapshot().unwrap();
        let bo = join(&mut api, Role::Admin, "bo");
        let cy = join(&mut api, Role::Member, "cy");
        let (epoch, random) = (cursor.epoch, Random::announced("roles"));
        // Two people have come since: it is looked at again.
        Self { bo, cy, api, address, epoch, seen: u64::MAX, known: (cursor.seq, workspace), random }
    }

    pub const fn mint(&mut self) -> u128 {
        // Each page of a browser mints its own; here they only have to differ.
        ((self.random.next() as u128) << 64) | self.random.next() as u128
    }

    /// Returns where the server listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns who set the workspace up.
    pub const fn owner(&self) -> MemberId {
        self.api.member
    }

    /// Returns what there is now. It is asked for where the log went on: most of what is tried here changes nothing.
    pub fn snapshot(&mut self) -> Workspace {
        if self.seen != self.known.0 {
            let (workspace, cursor) = self.api.snapshot().unwrap();
            self.known = (cursor.seq, workspace);
            self.seen = cursor.seq;
        }
        self.known.1.clone()
    }

    pub const fn head(&self) -> u64 {
        self.seen
    }

    /// Makes a command of a new queue, by somebody who has seen the log up to `seen`.
    pub fn wire(&mut self, seen: u64, command: Command) -> WireCommand {
        commands::wire(ClientId::from_u128(self.mint()), 1, seen, command)
    }

    /// Pushes commands, each of a queue of its own, on what there is now.
    pub fn push(&mut self, asks: &Asks, commands: &[Command]) -> (u16, Value) {
        let seen = self.seen;
        let wires: Vec<_> = commands.iter().map(|command| self.wire(seen, command.clone())).collect();
        self.push_wires(asks, wires)
    }

    pub fn push_wires(&mut self, asks: &Asks, commands: Vec<WireCommand>) -> (u16, Value) {
        let sent_at = Timestamp(now_ms());
        let push = PushRequest { protocol: PROTOCOL, epoch: self.epoch, sent_at, commands };
        let body = serde_json::to_vec(&push).unwrap();
        let (name, value) = match asks {
            Asks::Session(secret) => {
                ("cookie", format!("{}={secret}", credentials::cookie_name(self.address)))
            }
            Asks::Token(token) => ("authorization", format!("Bearer {token}")),
            Asks::Nobody => ("cookie", String::new()),
        };
        let headers = [(name, value.as_str()), ("sec-fetch-site", "same-origin")];
        let target = self.api.target("push");
        // Each from elsewhere, so that nobody is told that there were too many of them.
        let mut connection = Connection::open_from(elsewhere(&mut self.random), self.address).unwrap();
        let answer = connection.send("POST", &target, &headers, Some(&body)).unwrap();
        let told: Value = answer.json().unwrap();
        self.seen = told["head"].as_u64().unwrap_or(self.seen);
        (answer.status, told)
    }

    /// Pushes what has to work, as the owner.
    #[track_caller]
    pub fn must(&mut self, commands: &[Command]) {
        if commands.is_empty() {
            return;
        }
        let owner = credentials::session(self.address).unwrap();
        let (status, answer) = self.push(&Asks::Session(owner), commands);
        assert_all_happened(status, &answer);
    }

    /// Sees to it that Bo and Cy are members again, Bo in `role`, and that nothing they did to each other is left.
    pub fn put_back(&mut self, role: Role) {
        let workspace = self.snapshot();
        let people = [(self.bo.member, role), (self.cy.member, Role::Member)];
        let fixes = people.into_iter().filter_map(|(member, role)| match workspace.members.get(&member) {
            None => Some(Command::Member(MemberCommand::Add { member, role })),
            Some(known) if known.role != role => {
                Some(Command::Member(MemberCommand::SetRole { member, role }))
            }
            Some(_) => None,
        });
        let fixes: Vec<_> = fixes.collect();
        self.must(&fixes);
    }

    /// Takes Bo out of the workspace.
    pub fn put_out(&mut self) {
        let member = self.bo.member;
        self.must(&[Command::Member(MemberCommand::Remove { member })]);
    }

    /// Invites somebody who doesn't come, and returns the secret of the link.
    pub fn invite(&mut self, role: Role) -> String {
        invite(&mut self.api, role)
    }

    /// Makes a token of Bo's.
    pub fn token(&mut self, scope: Scope) -> String {
        let body = json!({ "name": "CI", "scope": scope }).to_string();
        let cookie = format!("{}={}", credentials::cookie_name(self.address), self.bo.session);
        let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
        let target = self.api.target("tokens");
        let answer = http::send(self.address, "POST", &target, &headers, Some(body.as_bytes())).unwrap();
        answer.json::<Value>().unwrap()["secret"].as_str().unwrap().to_owned()
    }

    /// Counts what somebody has done since a place in the log.
    pub fn events_by(&mut self, member: MemberId, since: u64) -> usize {
        let page = self.api.events(since).unwrap();
        let actors = page.events.iter().map(|stored| stored.read_header().unwrap().actor);
        actors.filter(|actor| *actor == member).count()
    }
}

#[track_caller]
pub fn assert_all_happened(status: u16, answer: &Value) {
    let results = answer["results"].as_array().unwrap_or_else(|| panic!("{status} {answer}"));
    let refused = results.iter().filter(|result| !result["outcome"]["rejection"].is_null());
    assert_eq!(refused.collect::<Vec<_>>(), Vec::<&Value>::new());
}

/// Returns some address of this machine.
const fn elsewhere(random: &mut Random) -> IpAddr {
    let [.., second, third, fourth] = random.next().to_be_bytes();
    IpAddr::V4(Ipv4Addr::new(127, second, third, 1 + fourth % 254))
}

fn invite(api: &mut Api, role: Role) -> String {
    let body = json!({ "role": role, "note": "Somebody" }).to_string();
    let answer = api.send("POST", "invitations", Some(body.as_bytes())).unwrap();
    answer.json::<Value>().unwrap()["token"].as_str().unwrap().to_owned()
}

fn join(api: &mut Api, role: Role, login: &str) -> Guest {
    let token = invite(api, role);
    let person = json!({ "name": login, "login": login, "password": PASSWORD, "device": "Tests" });
    let body = json!({ "token": token, "person": person }).to_string();
    let (address, nobody) = (api.address(), [("cookie", "")]);
    let path = "/api/v1/invitations/accept";
    let answer = http::send(address, "POST", path, &nobody, Some(body.as_bytes())).unwrap();
    assert_eq!(answer.status, 200, "{}", answer.text());
    let member = answer.json::<slipway_shared::account::Session>().unwrap().member;
    Guest { member, session: credentials::begun(address, &answer).unwrap() }
}
