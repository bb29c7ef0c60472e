//! Accounts in a browser: the first visit, an invitation, who signs out with work that was not sent, another person in
//! between, and access that is removed.

use fantoccini::Locator;
use serde_json::{Value, json};
use slipway_tests::browser::{Browser, Engine, Profile};
use slipway_tests::http;
use slipway_tests::server::TestServer;
use slipway_tests::wait;

use crate::people::synced;

pub const ANNA: (&str, &str, &str) = ("Anna Keel", "anna@example.org", "correct horse battery");
pub const BEN: (&str, &str, &str) = ("Ben Mast", "ben", "another long password");

/// Where the settings tell of the people of the workspace, and of the browsers one is signed in with.
pub const PEOPLE: &str = "section[aria-labelledby=settings-people]";
pub const DEVICES: &str = "section[aria-labelledby=settings-devices]";

/// Returns how many rows every store of every person's replica has, by what the database is called.
const ROWS: &str = "const done = arguments[arguments.length - 1];
    (async () => {
      const kept = {};
      for (const { name } of (await indexedDB.databases()).filter(({ name }) => name.startsWith('slipway-'))) {
        const database = await new Promise((resolve) => (indexedDB.open(name).onsuccess = (event) => resolve(event.target.result)));
        const count = (store) => new Promise((resolve) => (database.transaction(store).objectStore(store).count().onsuccess = (event) => resolve(event.target.result)));
        kept[name] = { snapshot: await count('snapshot'), tail: await count('tail'), outbox: await count('outbox') };
        database.close();
      }
      done(kept);
    })();";

/// Writes into a field: what takes passwords has no role to find it by.
pub(crate) fn fill(browser: &Browser, id: &str, text: &str) {
    browser.wait_for(&format!("#{id}"));
    let field = browser.block_on(browser.client().find(Locator::Id(id))).unwrap();
    browser.block_on(field.clear()).unwrap();
    browser.block_on(field.send_keys(text)).unwrap();
}

pub fn fill_in_person(browser: &Browser, (name, login, password): (&str, &str, &str)) {
    for (id, text) in [("name", name), ("login", login), ("password", password), ("password-again", password)]
    {
        fill(browser, id, text);
    }
}

pub fn sign_in(browser: &Browser, (_, login, password): (&str, &str, &str)) {
    fill(browser, "login", login);
    fill(browser, "password", password);
    browser.click("button", "Sign in");
    browser.wait_for("[data-testid=column]");
    synced(browser);
}

/// Sets a server up as Anna, in a browser of her own.
pub(crate) fn set_up(server: &TestServer, engine: Engine) -> (Profile, Browser) {
    let (profile, browser) = Browser::open(engine);
    browser.visit(&format!("{}/setup#{}", server.url(), server.setup_token()));
    fill(&browser, "workspace", "Harbour");
    fill_in_person(&browser, ANNA);
    browser.click("button", "Set up the workspace");
    browser.wait_for("[data-testid=column]");
    synced(&browser);
    (profile, browser)
}

/// Opens the settings, and waits until all that the server says of the account is there: what is clicked moves until then.
pub fn settings(browser: &Browser, server: &TestServer) {
    browser.visit(&format!("{}/settings", server.url()));
    browser.see_in(DEVICES, "Last used");
    browser.wait_for("section[aria-labelledby=settings-tokens]");
    browser.see_in(PEOPLE, "Anna Keel");
}

/// Invites Ben by the screens, and lets him in in a browser of his own.
pub(crate) fn invite_ben(server: &TestServer, annas: &Browser) -> (Profile, Browser) {
    settings(annas, server);
    annas.click("button", "Invite somebody");
    fill(annas, "invite-note", "Ben, on call");
    annas.click_within("dialog[open]", "button", "Make the link");
    let secret = "return document.querySelector('dialog[open] [data-testid=secret]')?.textContent";
    let link = annas.wait_script("the link", secret, &[]).as_str().unwrap().to_owned();
    annas.click_within("dialog[open]", "button", "Done");

    let (profile, browser) = Browser::open(annas.engine());
    browser.visit(&link);
    browser.see("Anna Keel invites you as Member");
    if browser.engine() == Engine::Chromium {
        let found = browser.axe();
        assert!(found.is_empty(), "{found:#?}");
    }
    fill_in_person(&browser, BEN);
    browser.click("button", "Join");
    browser.wait_for("[data-testid=column]");
    synced(&browser);
    (profile, browser)
}

/// Ends every session of a person but one that is begun for it, as they would from another device.
fn end_sessions(server: &TestServer, (_, login, password): (&str, &str, &str)) {
    let body = json!({ "login": login, "password": password, "device": "Elsewhere", "is_shared": false });
    let nobody = [("cookie", "")];
    let address = server.address();
    let begun =
        http::send(address, "POST", "/api/v1/session", &nobody, Some(body.to_string().as_bytes())).unwrap();
    assert_eq!(begun.status, 200, "{}", begun.text());
    let cookie = begun.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let headers = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
    let ended = http::send(address, "DELETE", "/api/v1/account/sessions", &headers, None).unwrap();
    assert_eq!(ended.status, 204, "{}", ended.text());
}

/// Each with a service of its own: two people who add one of the same name apart from each other are asked.
pub(crate) fn open_deployment(browser: &Browser, service: &str, version: &str) {
    browser.click("link", "/^New deployment/");
    browser.write("/^(Service|Name of the service)/", service);
    browser.write("Version", version);
    browser.click("button", "Create deployment");
    browser.see(version);
}

pub(crate) fn words(browser: &Browser) -> String {
    browser.script("return document.body.innerText", &[]).as_str().unwrap().to_owned()
}

pub(crate) fn rows(browser: &Browser) -> Value {
    browser.script_async(ROWS, &[])
}

#[test]
fn nobody_sees_or_sends_what_another_person_left_in_the_browser() {
    let server = TestServer::start_unclaimed();
    let (_profile, browser) = set_up(&server, Engine::Chromium);
    let (_bens, ben) = invite_ben(&server, &browser);

    // Signed out from afar, Anna works on; it is kept, and nothing is tried again.
    browser.visit(&format!("{}/board", server.url()));
    synced(&browser);
    end_sessions(&server, ANNA);
    browser.wait_for("[data-testid=signed-out]");
    open_deployment(&browser, "crane", "4.2.0");
    browser.see("Sign in to send");

    // She leaves, and is told what stays.
    browser.visit(&format!("{}/settings", server.url()));
    browser.click("button", "Sign out");
    browser.see("not sent yet");
    browser.click_within("dialog[open]", "button", "Sign out");
    browser.wait_for("[data-testid=waiting-here]");
    assert_eq!(browser.path(), "/sign-in");
    let left = rows(&browser);
    let annas = left.as_object().unwrap().values().next().unwrap().clone();
    assert_eq!(
        (&annas["snapshot"], &annas["tail"]),
        (&json!(0), &json!(0)),
        "the log is still there: {left}"
    );
    assert_ne!(annas["outbox"], json!(0), "her work is gone: {left}");

    // Ben works in the same browser: hers is neither shown nor sent.
    sign_in(&browser, BEN);
    assert_eq!(browser.count("[data-testid=card]"), 0);
    browser.click("link", "/^Synced/");
    browser.see_in("[data-testid=of-others]", "somebody else");
    browser.visit(&format!("{}/board", server.url()));
    open_deployment(&browser, "pilot", "7.0.0");
    synced(&browser);
    ben.visit(&format!("{}/board", server.url()));
    ben.see("7.0.0");
    assert!(!words(&ben).contains("4.2.0"));
    assert_eq!(rows(&browser).as_object().unwrap().len(), 2, "they share a place");
    browser.visit(&format!("{}/settings", server.url()));
    browser.click("button", "Sign out");
    browser.wait_for("[data-testid=waiting-here]");

    // Anna is back, and her work is sent by itself.
    sign_in(&browser, ANNA);
    browser.see("4.2.0");
    ben.see("4.2.0");
    wait::until("the outbox to be empty", || {
        let kept = rows(&browser);
        kept.as_object()?.values().all(|rows| rows["outbox"] == json!(0)).then_some(())
    });
}

#[test]
fn who_was_removed_keeps_what_was_not_submitted_and_nothing_else() {
    let mut server = TestServer::start_unclaimed();
    let (_profile, anna) = set_up(&server, Engine::Chromium);
    let (_bens, ben) = invite_ben(&server, &anna);
    ben.visit(&format!("{}/board", server.url()));
    synced(&ben);
    ben.wait_offline_ready();
    ben.visit("about:blank");

    anna.visit(&format!("{}/settings", server.url()));
    anna.click("button", "Remove Ben Mast");
    anna.click_within("dialog[open]", "button", "Remove Ben Mast");
    let people = "section[aria-labelledby=settings-people] .rows > li";
    wait::until("Ben to be gone", || (anna.count(people) == 1).then_some(()));
    synced(&anna);

    // Offline, Ben does not know.
    server.kill();
    ben.visit(&format!("{}/board", server.url()));
    open_deployment(&ben, "crane", "4.2.0");
    server.restart();
    ben.see("Your access was removed");
    ben.see_in("[data-testid=not-submitted]", "Not submitted: access removed");
    ben.see_in("[data-testid=not-submitted]", "4.2.0");
    let left = rows(&ben);
    let kept = left.as_object().unwrap().values().next().unwrap().clone();
    assert_eq!(kept, json!({ "snapshot": 0, "tail": 0, "outbox": 0 }), "{left}");
    anna.visit(&format!("{}/board", server.url()));
    synced(&anna);
    assert!(!words(&anna).contains("4.2.0"));

    // It is still there when the page is loaded again, and can be taken along.
    ben.reload();
    ben.see_in("[data-testid=not-submitted]", "Not submitted: access removed");
    ben.see_in("[data-testid=not-submitted]", "4.2.0");
    let keep = "const make = URL.createObjectURL; URL.createObjectURL = (blob) => (window.saved = blob, make.call(URL, blob))";
    ben.script(keep, &[]);
    ben.click("button", "Save unsent changes as a file");
    ben.wait_script("the file", "return Boolean(window.saved)", &[]);
    let saved = ben.script_async("window.saved.text().then(arguments[arguments.length - 1])", &[]);
    assert!(saved.as_str().unwrap().contains("4.2.0"), "{saved}");
}

/// What somebody may do is taken from who has just given their password. Asked for when it is sent, it waits until then, and
/// what was done before it does not.
#[test]
fn a_decision_waits_for_the_password_of_who_made_it() {
    let server = TestServer::start_unclaimed();
    let (_profile, anna) = set_up(&server, Engine::Chromium);
    let (_bens, ben) = invite_ben(&server, &anna);
    // A quarter of an hour later, as far as the server knows.
    let file = rusqlite::Connection::open(server.data().join("slipway.db")).unwrap();
    file.execute("UPDATE sessions SET confirmed_at = 0", []).unwrap();
    drop(file);

    anna.visit(&format!("{}/settings", server.url()));
    anna.click("button", "/^Role of Ben Mast/");
    anna.click("menuitem", "/^Approver/");
    anna.see_in("[data-testid=password-waits]", "Give your password again to send 1 decision");
    let found = anna.axe();
    assert!(found.is_empty(), "{found:#?}");
    ben.visit(&format!("{}/settings", server.url()));
    ben.see_in("section[aria-labelledby=settings-people]", "Member");
    assert!(!words(&ben).contains("Approver"), "it counts before it is confirmed");

    anna.click_within("[data-testid=password-waits]", "button", "Give password");
    fill(&anna, "confirm-password", "not her password");
    anna.click_within("dialog[open]", "button", "Continue");
    anna.see_in("dialog[open]", "not right");
    fill(&anna, "confirm-password", ANNA.2);
    anna.click_within("dialog[open]", "button", "Continue");
    anna.wait_gone("[data-testid=password-waits]");
    synced(&anna);
    ben.see_in("section[aria-labelledby=settings-people]", "Approver");

    // One's own role is given up only on purpose; here it can't be, since there is no other admin.
    anna.see("The only admin");
}
