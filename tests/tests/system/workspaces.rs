//! Several workspaces in one data directory: the command line asks which is meant, and a backup and a restore are of all.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use slipway_tests::api::Api;
use slipway_tests::commands;
use slipway_tests::http;
use slipway_tests::random::Random;
use slipway_tests::server::{Finished, TestServer, run};

use crate::backup::{back_up, check, restore};

/// Makes a workspace beside the first, and returns its id.
fn make(server: &TestServer, number: u32, name: &str) -> String {
    let request = format!("ffff0000-0000-7000-8000-{number:012}");
    let body = json!({ "request": request, "name": name }).to_string();
    let headers = [("sec-fetch-site", "same-origin")];
    let made =
        http::send(server.address(), "POST", "/api/v1/workspaces", &headers, Some(body.as_bytes())).unwrap();
    let told: Value = serde_json::from_str(&made.text()).unwrap();
    let all = told["workspaces"].as_array().unwrap();
    all.iter().find(|known| known["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
}

fn on(data: &Path, arguments: &[&str]) -> Finished {
    run(&[arguments, &["--data", &data.to_string_lossy()]].concat())
}

/// Returns an api for the second workspace, in which a service was added.
fn worked_in(server: &TestServer, second: &str, random: &mut Random) -> Api {
    let mut api = Api::connect(server.address()).unwrap();
    api.workspace = second.parse().unwrap();
    let (_, cursor) = api.snapshot().unwrap();
    let service = slipway_shared::ids::ServiceId::from_u128(random.id());
    let add = commands::add_service(service, "pilot");
    let client = slipway_shared::ids::ClientId::from_u128(random.id());
    let pushed = api.push(cursor.epoch, &[commands::wire(client, 1, cursor.seq, add)]).unwrap();
    assert!(pushed.results.iter().all(|result| result.outcome.rejection.is_none()), "{pushed:?}");
    api
}

#[test]
fn the_command_line_asks_which_workspace_is_meant() {
    let server = TestServer::start();
    let data = server.data();
    let one = on(&data, &["export"]);
    assert_eq!(one.code, Some(0), "of one there is no question: {}", one.stderr);
    let second = make(&server, 1, "Pier");
    let refused = on(&data, &["export"]);
    assert_eq!((refused.code, &*refused.stdout), (Some(65), ""), "{}", refused.stderr);
    assert!(refused.stderr.contains(&format!("{second}  Pier")), "{}", refused.stderr);
    for which in ["pier", &second] {
        let exported = on(&data, &["export", "--workspace", which]);
        assert_eq!(exported.code, Some(0), "{}", exported.stderr);
        assert!(exported.stdout.lines().next().unwrap().contains(&second), "{which}");
    }
    let unknown = on(&data, &["user", "invite", "--role", "viewer", "--workspace", "Quay"]);
    assert_eq!(unknown.code, Some(65), "{}", unknown.stderr);
    assert!(unknown.stderr.contains("\"Quay\"") && unknown.stderr.contains("Nothing was done"));

    // An invitation made here leads into the one that was named.
    let invited = on(&data, &["user", "invite", "--role", "viewer", "--workspace", "Pier", "--json"]);
    let invited: Value = serde_json::from_str(&invited.stdout).unwrap();
    let look = json!({ "token": invited["token"] }).to_string();
    let headers = [("sec-fetch-site", "same-origin")];
    let path = "/api/v1/invitations/look";
    let offer = http::send(server.address(), "POST", path, &headers, Some(look.as_bytes())).unwrap();
    let offer: Value = serde_json::from_str(&offer.text()).unwrap();
    assert_eq!(offer["workspace"], "Pier");
    let listed = on(&data, &["user", "list", "--json"]);
    let listed: Value = serde_json::from_str(&listed.stdout).unwrap();
    let places = listed["accounts"][0]["workspaces"].as_array().unwrap();
    let names: Vec<_> = places.iter().map(|place| (&place["name"], &place["role"])).collect();
    let admin = json!("admin");
    assert_eq!(names, [(&json!("My workspace"), &admin), (&json!("Pier"), &admin)]);
}

#[test]
fn a_restore_brings_every_workspace_back_on_a_timeline_of_its_own() {
    let mut random = Random::announced("workspaces");
    let mut server = TestServer::start();
    let second = make(&server, 1, "Pier");
    let mut api = worked_in(&server, &second, &mut random);
    let (before, old) = api.snapshot().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("both.db");
    let note = back_up(&server.data(), &file);
    assert_eq!(note["others"][0]["workspace"].as_str(), Some(&*second));
    assert_eq!(note["others"][0]["head"], json!(old.seq));
    let (code, found) = check(&[&file.to_string_lossy()]);
    assert_eq!((code, found["workspaces"].as_array().unwrap().len()), (Some(0), 2), "{found}");

    // What comes after it is gone, and so is a workspace that was made since.
    make(&server, 2, "Quay");
    server.terminate();
    let data = server.data();
    let restored = restore(&file, &data, &["--force", "--json"]);
    assert_eq!(restored.code, Some(0), "{}", restored.stderr);
    let told: Value = serde_json::from_str(&restored.stdout).unwrap();
    let timelines: Vec<_> =
        told["workspaces"].as_array().unwrap().iter().map(|known| known["epoch"].clone()).collect();
    assert_eq!(timelines.len(), 2);
    assert_ne!(timelines[0], timelines[1]);
    server.restart();
    let mut api = Api::connect(server.address()).unwrap();
    api.workspace = second.parse().unwrap();
    let (after, new) = api.snapshot().unwrap();
    assert_eq!((after.digest(), new.seq, new.chain), (before.digest(), old.seq, old.chain));
    assert_eq!(json!(new.epoch), timelines[1]);
    let all = http::get(server.address(), "/api/v1/workspaces").unwrap().text();
    assert!(all.contains("Pier") && !all.contains("Quay"), "{all}");
}

#[test]
fn a_note_that_tells_of_another_state_of_any_workspace_is_not_believed() {
    let server = TestServer::start();
    make(&server, 1, "Pier");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("both.db");
    back_up(&server.data(), &file);
    let note = folder.path().join("both.db.json");
    let mut told: Value = serde_json::from_str(&fs::read_to_string(&note).unwrap()).unwrap();
    told["others"][0]["head"] = json!(3);
    fs::write(&note, told.to_string()).unwrap();
    let refused = restore(&file, &folder.path().join("data"), &[]);
    assert_eq!(refused.code, Some(74), "{}", refused.stderr);
}
