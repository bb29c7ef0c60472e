//! A computer that others use: nobody leaves it with work that is nowhere else, and nothing of theirs stays.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::http;
use slipway_tests::server::{OWNER, PASSWORD, TestServer, run};

use crate::chromium::first_deployment;
use crate::people::{set_title, synced};
use crate::people_accounts::{BEN, fill, invite_ben, open_deployment, set_up, settings};

const TITLE: &str = "After the storm";

/// Keeps what is saved as a file, for a look.
const SAVES: &str = "const make = URL.createObjectURL; URL.createObjectURL = (blob) => (window.saved = blob, make.call(URL, blob))";

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

/// Looks at what is left once somebody has signed out.
fn nothing_is_left(browser: &Browser, before: &BTreeMap<String, String>, marks: &[String]) {
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
    browser.click_within("dialog[open]", "button", "Sign out");
    nothing_is_left(&browser, &before, &marks);
}

/// Who did not sign out is not there any more once their session has ended; and who opens the page before the server has
/// said who they are is shown nothing.
#[test]
fn whoever_comes_to_a_shared_computer_next_is_shown_nothing() {
    let mut server = TestServer::start();
    let marks = marks(&server);
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.visit(&format!("{}/sign-in", server.url()));
    browser.wait_for("#login");
    let before = kept(&browser);
    sign_in(&browser, &server.url());
    open_deployment(&browser, "crane", "4.2.0");
    synced(&browser);
    browser.visit(&format!("{}/board", server.url()));
    let page = first_deployment(&browser);
    browser.visit(&format!("{}{page}", server.url()));
    browser.wait_for("[data-testid=check]");
    synced(&browser);
    server.kill();
    set_title(&browser, TITLE);

    // Without the server their own tab goes on; another one may be anybody's.
    browser.reload();
    browser.see(TITLE);
    let own = browser.tab();
    browser.open_tab();
    browser.visit(&format!("{}{page}", server.url()));
    browser.wait_script("the app", "return document.body.innerText.trim().length > 0", &[]);
    let shown = "return [...arguments].filter((mark) => document.body.innerText.includes(mark))";
    let texts: Vec<_> = ["My workspace", "4.2.0", TITLE].map(|text| json!(text)).into();
    assert_eq!(browser.script(shown, &texts), json!([]));
    browser.close_tab();
    browser.show_tab(&own);

    // The operator ends the session: the page goes to where one signs in, and shows nothing; what was not sent waits.
    let data = server.data().to_string_lossy().into_owned();
    assert_eq!(run(&["user", "sign-out", OWNER, "--data", &data]).code, Some(0));
    server.restart();
    browser.wait_for("#login");
    browser.see("1 change waits on this device");
    assert_eq!(browser.script(shown, &texts), json!([]));
    let waiting = serde_json::to_string(&kept(&browser)).unwrap();
    assert!(waiting.contains(TITLE) && !waiting.contains("My workspace"), "{waiting}");

    // It is sent when its author is back.
    sign_in(&browser, &server.url());
    browser.visit(&format!("{}{page}", server.url()));
    browser.see(TITLE);
    synced(&browser);
    let told = http::get(server.address(), "/api/v1/session").unwrap().json::<Value>().unwrap();
    let workspace = told["workspaces"][0]["id"].as_str().unwrap().to_owned();
    let listed = http::get(server.address(), &format!("/api/v1/workspaces/{workspace}/deployments")).unwrap();
    assert!(listed.text().contains(TITLE), "{}", listed.text());
    browser.click("link", "Settings");
    browser.click("button", "Sign out");
    nothing_is_left(&browser, &before, &marks);
    assert_eq!(browser.script("return localStorage.getItem('slipway.person')", &[]), json!(null));
}

/// Who was taken out of the workspace is asked before what they could not submit is deleted, also after a reload.
#[test]
fn who_was_removed_leaves_nothing_on_a_shared_computer_and_is_asked_first() {
    let mut server = TestServer::start_unclaimed();
    let (_annas, anna) = set_up(&server, Engine::Chromium);
    let (_profile, ben) = invite_ben(&server, &anna);
    ben.click("link", "Settings");
    ben.click("button", "Sign out");
    ben.wait_for("#login");
    fill(&ben, "login", BEN.1);
    fill(&ben, "password", BEN.2);
    ben.click("checkbox", "/^Others use this computer/");
    ben.click("button", "Sign in");
    ben.wait_for("[data-testid=column]");
    synced(&ben);
    ben.wait_offline_ready();
    server.kill();
    open_deployment(&ben, "crane", "4.2.0");
    ben.visit("about:blank");
    server.restart();
    settings(&anna, &server);
    anna.click("button", "Remove Ben Mast");
    anna.click_within("dialog[open]", "button", "Remove Ben Mast");
    synced(&anna);

    ben.visit(&format!("{}/board", server.url()));
    ben.see("Your access was removed");
    ben.see_in("[data-testid=not-submitted]", "4.2.0");
    ben.reload();
    ben.see_in("[data-testid=not-submitted]", "4.2.0");
    ben.click("button", "Sign out");
    ben.see_in("dialog[open]", "nothing can stay on this computer");
    ben.script(SAVES, &[]);
    ben.click_within("dialog[open]", "button", "Save unsent changes as a file");
    ben.wait_script("the file", "return Boolean(window.saved)", &[]);
    let saved = ben.script_async("window.saved.text().then(arguments[arguments.length - 1])", &[]);
    assert!(saved.as_str().unwrap().contains("4.2.0"), "{saved}");
    ben.click_within("dialog[open]", "button", "Sign out");
    ben.wait_for("#login");
    let left = serde_json::to_string(&kept(&ben)).unwrap();
    let found: Vec<_> =
        ["4.2.0", "crane", "Ben Mast", "Harbour"].into_iter().filter(|mark| left.contains(mark)).collect();
    assert_eq!(found, Vec::<&str>::new(), "{left}");
}
