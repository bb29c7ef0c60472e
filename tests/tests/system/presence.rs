//! Who looks at what: passed on to everybody who follows, known to who comes later, and forgotten when it is taken back or
//! nobody follows any more.

use serde_json::json;
use slipway_shared::ids::{ClientId, DeploymentId, MemberId};
use slipway_shared::sync::presence::Onlookers;
use slipway_shared::sync::protocol::StreamMessage;
use slipway_tests::api::Api;
use slipway_tests::random::Random;
use slipway_tests::server::TestServer;
use slipway_tests::stream::EventStream;

/// Somebody who follows the log and looks at things.
struct Page {
    api: Api,
    client: ClientId,
    member: MemberId,
    head: u64,
}

impl Page {
    fn open(server: &TestServer, random: &mut Random) -> Self {
        let mut api = Api::connect(server.address()).unwrap();
        let client = ClientId::from_u128(random.id());
        let hello = api.hello(client, None, vec![]).unwrap();
        Self { api, client, member: hello.member, head: hello.head }
    }

    fn stream(&self) -> EventStream {
        self.api.stream(self.head).unwrap()
    }

    fn looks_at(&mut self, deployment: Option<DeploymentId>) -> u16 {
        let body = match deployment {
            Some(deployment) => json!({ "client": self.client, "deployment": deployment }),
            None => json!({ "client": self.client }),
        };
        self.api.send("POST", "presence", Some(body.to_string().as_bytes())).unwrap().status
    }
}

/// Reads until it is told who looks where.
fn told(stream: &mut EventStream) -> Vec<Onlookers> {
    loop {
        if let StreamMessage::Presence(told) = stream.next_message().expect("the stream ended").message {
            return told;
        }
    }
}

/// Returns a deployment of the demo.
fn a_deployment(api: &mut Api) -> DeploymentId {
    api.snapshot().unwrap().0.open_deployments().next().unwrap()
}

#[test]
fn two_that_follow_are_told_who_looks_at_what() {
    let mut random = Random::announced("presence");
    let server = TestServer::demo();
    let (mut ana, bo) = (Page::open(&server, &mut random), Page::open(&server, &mut random));
    let deployment = a_deployment(&mut ana.api);
    let (mut anas, mut bos) = (ana.stream(), bo.stream());
    assert_eq!(ana.looks_at(Some(deployment)), 204);
    let looks = [Onlookers { deployment, members: vec![ana.member] }];
    assert_eq!(told(&mut anas), looks);
    assert_eq!(told(&mut bos), looks);
    assert_eq!(told(&mut bo.stream()), looks, "who comes later is told too");
    let before = Api::connect(server.address()).unwrap().events(0).unwrap().head;
    assert_eq!(ana.looks_at(None), 204);
    assert_eq!(told(&mut bos), [Onlookers { deployment, members: vec![] }]);
    let after = Api::connect(server.address()).unwrap().events(0).unwrap().head;
    assert_eq!(after, before, "nothing of it is in the log");
}

#[test]
fn what_nobody_follows_any_more_is_forgotten() {
    let mut random = Random::announced("presence, forgotten");
    let server = TestServer::demo();
    let mut ana = Page::open(&server, &mut random);
    let (first, second) = {
        let open = ana.api.snapshot().unwrap().0;
        let mut open = open.open_deployments();
        (open.next().unwrap(), open.next().unwrap())
    };
    let stream = ana.stream();
    assert_eq!(ana.looks_at(Some(first)), 204);
    let mut watching = ana.stream();
    assert_eq!(told(&mut watching)[0].deployment, first);
    drop((stream, watching));
    // The server notices that a stream is gone when it has something to say; from then on it knows of nobody.
    slipway_tests::wait::until("the page to be forgotten", || {
        let mut later = ana.stream();
        let mut other = Page::open(&server, &mut random);
        assert_eq!(other.looks_at(Some(second)), 204);
        let known = told(&mut later);
        (known.iter().all(|known| known.deployment != first)).then_some(())
    });
}

#[test]
fn what_cannot_be_looked_at_is_passed_over_or_refused() {
    let mut random = Random::announced("presence, refused");
    let server = TestServer::demo();
    let mut ana = Page::open(&server, &mut random);
    let unknown = DeploymentId::from_u128(random.id());
    assert_eq!(ana.looks_at(Some(unknown)), 204, "it may come later");
    let large = "x".repeat(5_000);
    for body in ["", "{}", r#"{"client":1}"#, r#"{"client":1,"column":2}"#, &large] {
        let found = ana.api.send("POST", "presence", Some(body.as_bytes())).unwrap().status;
        assert!((400..500).contains(&found), "{body:.20} was answered {found}");
    }
}
