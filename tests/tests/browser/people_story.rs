//! Two people and one server, in each engine: set up, invited, signed in with a second factor, given another role while
//! both look, cut off, offline, signed out with work that was not sent, and back.

use serde_json::{Value, json};
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::http;
use slipway_tests::second_factor::Authenticator;
use slipway_tests::server::{TestServer, run};
use slipway_tests::wait;

use crate::people::synced;
use crate::people_accounts::{
    ANNA, BEN, DEVICES, PEOPLE, fill, invite_ben, open_deployment, rows, set_up, settings, sign_in, words,
};

fn secret(browser: &Browser) -> String {
    let script = "return document.querySelector('dialog[open] [data-testid=secret]')?.textContent";
    browser.wait_script("a secret", script, &[]).as_str().unwrap().to_owned()
}

/// Sets a second factor up by the screens, and returns the app that shows its codes.
fn take_second_factor(browser: &Browser, server: &TestServer) -> Authenticator {
    settings(browser, server);
    browser.click("button", "Set up");
    browser.wait_for("dialog[open] svg.scanned path");
    let mut app = Authenticator::knowing(&secret(browser));
    fill(browser, "second-factor-code", "000000");
    browser.click_within("dialog[open]", "button", "Turn on");
    browser.see_in("dialog[open]", "The code is not right");
    fill(browser, "second-factor-code", &app.code());
    browser.click_within("dialog[open]", "button", "Turn on");
    browser.see_in("dialog[open]", "Recovery codes");
    browser.click_within("dialog[open]", "button", "Done");
    browser.see("Signing in asks for a code");
    app
}

fn sign_out(browser: &Browser, server: &TestServer) {
    settings(browser, server);
    browser.click("button", "Sign out");
    browser.wait_script("the page to sign in", "return location.pathname === '/sign-in'", &[]);
}

/// Gives the code after the password, in the field that is there then.
fn sign_in_with_code(browser: &Browser, app: &mut Authenticator) {
    let (_, login, password) = BEN;
    fill(browser, "login", login);
    fill(browser, "password", password);
    browser.click("button", "Sign in");
    fill(browser, "code", &app.code());
    browser.click("button", "Sign in");
    browser.wait_for("[data-testid=column]");
    synced(browser);
}

/// Signs somebody in from elsewhere, and returns their cookie.
fn phone_of(server: &TestServer, (_, login, password): (&str, &str, &str)) -> String {
    let body =
        json!({ "login": login, "password": password, "device": "Phone", "is_shared": false }).to_string();
    let (address, nobody) = (server.address(), [("cookie", "")]);
    let begun = http::send(address, "POST", "/api/v1/session", &nobody, Some(body.as_bytes())).unwrap();
    assert_eq!(begun.status, 200, "{}", begun.text());
    begun.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

fn is_signed_in(server: &TestServer, cookie: &str) -> bool {
    let answer = http::send(server.address(), "GET", "/api/v1/session", &[("cookie", cookie)], None).unwrap();
    answer.status == 200
}

/// Anna cuts her phone off from where she sits.
fn cut_off_the_phone(browser: &Browser, server: &TestServer) {
    let phone = phone_of(server, ANNA);
    settings(browser, server);
    browser.see_in(DEVICES, "Phone");
    browser.click_within(DEVICES, "button", "Sign out there: Phone");
    browser.click_within("dialog[open]", "button", "Sign out there");
    wait::until("the phone to be cut off", || (!is_signed_in(server, &phone)).then_some(()));
    wait::until("the phone to be gone", || {
        let listed = "return document.querySelector(arguments[0]).innerText.includes('Phone')";
        (browser.try_script(listed, &[json!(DEVICES)]).ok()? == json!(false)).then_some(())
    });
}

/// The service worker keeps the app's own files, and no answer that was somebody's.
fn keeps_files_alone(browser: &Browser) {
    let addresses = "const done = arguments[0];
        caches.keys()
          .then((names) => Promise.all(names.map((name) => caches.open(name))))
          .then((all) => Promise.all(all.map((cache) => cache.keys())))
          .then((requests) => done(requests.flat().map(({ url }) => url)));";
    let kept: Vec<String> = serde_json::from_value(browser.script_async(addresses, &[])).unwrap();
    assert!(!kept.is_empty(), "the app is not kept");
    let answers: Vec<_> = kept.iter().filter(|url| url.contains("/api/")).collect();
    assert!(answers.is_empty(), "{answers:?}");
}

fn waits_here(browser: &Browser) -> bool {
    let kept = rows(browser);
    kept.as_object().unwrap().values().any(|rows: &Value| rows["outbox"] != json!(0))
}

fn story(engine: Engine) {
    let mut server = TestServer::start_unclaimed();
    let (_annas, anna) = set_up(&server, engine);
    let (_bens, ben) = invite_ben(&server, &anna);

    let mut app = take_second_factor(&ben, &server);
    sign_out(&ben, &server);
    sign_in_with_code(&ben, &mut app);

    // Both look at who may do what; it changes for both.
    settings(&ben, &server);
    ben.see_in(PEOPLE, "Member");
    settings(&anna, &server);
    anna.click("button", "/^Role of Ben Mast/");
    anna.click("menuitem", "/^Approver/");
    anna.see_in(PEOPLE, "Approver");
    ben.see_in(PEOPLE, "Approver");

    cut_off_the_phone(&anna, &server);

    // Offline Anna works on, and can't sign out: only the server ends a session.
    anna.visit(&format!("{}/board", server.url()));
    synced(&anna);
    anna.wait_offline_ready();
    server.kill();
    open_deployment(&anna, "crane", "4.2.0");
    anna.click("link", "Settings");
    anna.click("button", "Sign out");
    anna.see_in("dialog[open]", "Signing out needs the server");
    anna.click_within("dialog[open]", "button", "Stay signed in");

    // Meanwhile the operator has cut her off. She is told, and leaves with her work unsent.
    let data = server.data().to_string_lossy().into_owned();
    assert_eq!(run(&["user", "sign-out", ANNA.1, "--data", &data]).code, Some(0));
    server.restart();
    anna.wait_for("[data-testid=signed-out]");
    anna.see_in("[data-testid=sync-indicator]", "Signed out");
    anna.click("button", "Sign out");
    anna.see_in("dialog[open]", "not sent yet");
    anna.click_within("dialog[open]", "button", "Sign out");
    anna.wait_for("[data-testid=waiting-here]");
    assert!(waits_here(&anna), "her work is gone");

    // Ben signs in where she was: hers is neither shown nor sent.
    sign_in_with_code(&anna, &mut app);
    assert_eq!(anna.count("[data-testid=card]"), 0);
    assert!(!words(&ben).contains("4.2.0"));
    sign_out(&anna, &server);

    // She is back, and her work is sent by itself.
    sign_in(&anna, ANNA);
    anna.see("4.2.0");
    ben.visit(&format!("{}/board", server.url()));
    ben.see("4.2.0");
    wait::until("the outbox to be empty", || (!waits_here(&anna)).then_some(()));
    keeps_files_alone(&anna);
    keeps_files_alone(&ben);
}

#[test]
fn two_people_in_chromium() {
    story(Engine::Chromium);
}

#[test]
fn two_people_in_firefox() {
    story(Engine::Firefox);
}

#[test]
fn two_people_in_webkit() {
    story(Engine::WebKit);
}
