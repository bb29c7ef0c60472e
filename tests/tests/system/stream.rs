//! The stream: what one replica does the others see, from where they left off, and it holds up no shutdown.

use std::time::Duration;

use slipway_shared::ids::{ClientId, ServiceId};
use slipway_shared::sync::protocol::{StreamEnd, StreamMessage};
use slipway_tests::api::Api;
use slipway_tests::commands;
use slipway_tests::random::Random;
use slipway_tests::replica::TestReplica;
use slipway_tests::server::{ServerSetup, TestServer};
use slipway_tests::stream::{EventStream, Received};

use crate::killed::prepare;

/// Reads until events come.
fn next_events(stream: &mut EventStream) -> (Received, Vec<u64>) {
    loop {
        let received = stream.next_message().expect("the stream ended");
        if let StreamMessage::Events(events) = &received.message {
            let seqs = events.iter().map(|event| event.read_header().unwrap().seq).collect();
            return (received, seqs);
        }
    }
}

fn add_service(replica: &mut TestReplica, name: &str) {
    let id = ServiceId::from_u128(replica.mint());
    replica.submit(commands::add_service(id, name)).unwrap();
    replica.settle();
}

#[test]
fn what_one_does_another_sees() {
    let mut random = Random::announced("stream");
    let server = TestServer::start();
    let mut first = TestReplica::connected(server.address(), random.fork());
    let mut second = TestReplica::connected(server.address(), random.fork());
    add_service(&mut first, "harbour");
    second.pump_until("the other's service", |replica| replica.view().service_named("harbour").is_some());
    assert_eq!(second.view().digest(), first.view().digest());
}

#[test]
fn a_stream_goes_on_where_it_broke_off() {
    let mut random = Random::announced("resume");
    let server = TestServer::start();
    let mut replica = TestReplica::connected(server.address(), random.fork());
    let before = replica.replica().cursor().unwrap().seq;
    let api = Api::connect(server.address()).unwrap();
    let mut stream = api.stream(before).unwrap();
    add_service(&mut replica, "one");
    let (received, seqs) = next_events(&mut stream);
    assert_eq!(seqs, [before + 1]);
    let id = received.id.expect("events have an id");
    drop(stream);

    add_service(&mut replica, "two");
    add_service(&mut replica, "three");
    // As a browser comes back: its first address, and the id of what it heard last, which wins.
    let target = api.target(&format!("stream?after={before}"));
    let mut stream = EventStream::open(server.address(), &target, Some(&id)).unwrap();
    let mut seen = Vec::new();
    while seen.len() < 2 {
        seen.extend(next_events(&mut stream).1);
    }
    assert_eq!(seen, [before + 2, before + 3]);
}

#[test]
fn open_streams_hold_up_no_shutdown() {
    let mut server = ServerSetup::default().flag("--streams-per-session=50").start();
    let api = Api::connect(server.address()).unwrap();
    let streams: Vec<_> = (0..50).map(|_| api.stream(0).unwrap()).collect();
    let (status, took) = server.terminate();
    assert!(status.success(), "{status}: {}", server.log());
    assert!(took < Duration::from_secs(3), "took {took:?}");
    for mut stream in streams {
        let mut last = None;
        while let Some(received) = stream.next_message() {
            last = Some(received.message);
        }
        assert_eq!(last, Some(StreamMessage::End { reason: StreamEnd::Shutdown }));
    }
}

#[test]
fn a_reader_that_does_not_read_holds_up_nobody() {
    let mut random = Random::announced("slow reader");
    let mut server = TestServer::start();
    let (deployments, _) = prepare(&server, &mut random, 1);
    let deployment = *deployments.first().unwrap();
    let mut api = Api::connect(server.address()).unwrap();
    let _never_read: Vec<_> = (0..5).map(|_| api.stream(0).unwrap()).collect();
    let mut follower = TestReplica::connected(server.address(), random.fork());
    let client = ClientId::from_u128(random.id());
    let hello = api.hello(client, None, vec![]).unwrap();
    // More than the buffers of the system take in for somebody who doesn't read.
    let mut head = hello.head;
    for push in 0..20 {
        let retitle = |seq| {
            let title = format!("{seq} {}", "x".repeat(150));
            commands::wire(client, seq, hello.head, commands::retitle(deployment, &title))
        };
        let batch: Vec<_> = (push * 400 + 1..=push * 400 + 400).map(retitle).collect();
        head = api.push(hello.epoch, &batch).unwrap().head;
    }
    follower.reach(head);
    let (status, took) = server.terminate();
    assert!(status.success() && took < Duration::from_secs(11), "{status} {took:?}");
}
