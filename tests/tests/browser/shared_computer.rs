//! A computer that others use: nobody leaves it with work that is nowhere else, and nothing of theirs stays.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::http;
use slipway_tests::server::{OWNER, PASSWORD, TestServer, run};

use crate::chromium::first_deployment;
use crate::people::{set_title, synced};
use crate::people_accounts::{fill, open_deployment};

const TITLE: &str = "After the storm";

/// Returns every text that this browser keeps, by where it is.
const KEPT: &str = "const done = arguments[arguments.length - 1];
    (async () => {
      const kept = { ...localStorage };
      for (const { name } of await indexedDB.databases()) {
        const ask = (request) => new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
        const database = await ask(indexedDB.open(name));
        for (const store of database.objectStoreNames) {
          const rows = database.transaction(store).objectStore(store);
          const [keys, values] = await Promise.all([ask(rows.getAllKeys()), ask(rows.getAll())]);
          keys.forEach((key, place) => (kept[`${store}/${key}`] = JSON.stringify(values[place])));
        }
        database.close();
      }
      done(kept);
    })();";

/// What may stay: that the browser was asked to keep data, and that a place was left.
const OF_NOBODY: [&str; 2] = ["slipway.asked_to_keep", "meta/term"];

fn kept(browser: &Browser) -> BTreeMap<String, String> {
    serde_json::from_value(browser.script_async(KEPT, &[])).unwrap()
}

/// Returns what the owner, their work and their places are called.
fn marks(server: &TestServer) -> Vec<String> {
    let session = http::get(server.address(), "/api/v1/session").unwrap().json::<Value>().unwrap();
    let ids = [&session["account"]["id"], &session["member"], &session["workspaces"][0]["id"]];
    let ids = ids.map(|id| id.as_str().unwrap().to_owned());
    let names = [OWNER, "My workspace", "crane", "4.2.0", TITLE];
    names.into_iter().map(str::to_owned).chain(ids).collect()
}

fn sign_in(browser: &Browser, url: &str) {
    browser.visit(&format!("{url}/sign-in"));
    fill(browser, "login", OWNER);
    fill(browser, "password", PASSWORD);
    browser.click("checkbox", "/^Others use this computer/");
    browser.click("button", "Sign in");
    browser.wait_for("[data-testid=column]");
    synced(browser);
    browser.wait_offline_ready();
}

/// Asks to sign out with work that is here alone, which is refused.
fn is_held_back(browser: &Browser) {
    browser.click("link", "Settings");
    browser.click("button", "Sign out");
    browser.see_in("dialog[open]", "nothing can stay on this computer");
    let buttons = "return [...document.querySelectorAll('dialog[open] button')].map((button) => button.textContent.trim())";
    let buttons: Vec<String> = serde_json::from_value(browser.script(buttons, &[])).unwrap();
    assert!(!buttons.contains(&"Sign out".to_owned()), "{buttons:?}");
}

/// Signs out where that is asked, and looks at what is left.
fn leave(browser: &Browser, before: &BTreeMap<String, String>, marks: &[String]) {
    browser.click_within("dialog[open]", "button", "Sign out");
    browser.wait_for("#login");
    assert_eq!(browser.path(), "/sign-in");
    let left = kept(browser);
    let all = serde_json::to_string(&left).unwrap();
    let found: Vec<_> = marks.iter().filter(|mark| all.contains(*mark)).collect();
    assert!(found.is_empty(), "{found:?} stayed: {left:#?}");
    let is_new = |name: &&String| !before.contains_key(*name) && !OF_NOBODY.contains(&name.as_str());
    let new: Vec<_> = left.keys().filter(is_new).collect();
    assert_eq!(new, Vec::<&String>::new());
}

#[test]
fn nobody_leaves_a_shared_computer_with_unsent_work_and_nothing_of_theirs_stays() {
    let mut server = TestServer::start();
    let marks = marks(&server);
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.visit(&format!("{}/sign-in", server.url()));
    browser.wait_for("#login");
    let before = kept(&browser);

    // What was done while the server was away is sent when it is back.
    sign_in(&browser, &server.url());
    let here = serde_json::to_string(&kept(&browser)).unwrap();
    assert!(here.contains(OWNER) && here.contains("My workspace"), "the looking finds nothing");
    server.kill();
    open_deployment(&browser, "crane", "4.2.0");
    is_held_back(&browser);
    server.restart();
    browser.see_in("dialog[open]", "Everything was sent meanwhile");
    leave(&browser, &before, &marks);

    // What can't be sent, since the operator has ended the session, is saved as a file.
    sign_in(&browser, &server.url());
    browser.see("4.2.0");
    let page = first_deployment(&browser);
    browser.visit(&format!("{}{page}", server.url()));
    browser.wait_for("[data-testid=check]");
    synced(&browser);
    server.kill();
    set_title(&browser, TITLE);
    let data = server.data().to_string_lossy().into_owned();
    assert_eq!(run(&["user", "sign-out", OWNER, "--data", &data]).code, Some(0));
    server.restart();
    browser.wait_for("[data-testid=signed-out]");
    is_held_back(&browser);
    browser.script("const make = URL.createObjectURL; URL.createObjectURL = (blob) => (window.saved = blob, make.call(URL, blob))", &[]);
    browser.click_within("dialog[open]", "button", "Save unsent changes as a file");
    let saved = browser.script_async("window.saved.text().then(arguments[arguments.length - 1])", &[]);
    assert!(saved.as_str().unwrap().contains(TITLE), "{saved}");
    leave(&browser, &before, &marks);
    assert_eq!(browser.script("return localStorage.getItem('slipway.person')", &[]), json!(null));
}
