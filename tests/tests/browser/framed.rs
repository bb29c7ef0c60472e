//! What another site could do to the app in a browser: put it into a frame, or a script into its page.

use serde_json::{Value, json};
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::server::TestServer;

/// Ways for a script to get into a page that shows somebody's text as it is.
const SCRIPTS: &str = "
    window.told = [];
    addEventListener('securitypolicyviolation', (event) => told.push(event.effectiveDirective));
    const script = document.createElement('script');
    script.textContent = 'window.pwned = 1';
    const image = document.createElement('div');
    image.innerHTML = '<img src=x onerror=\"window.pwned = 2\"><a href=\"javascript:window.pwned=3\">x</a>';
    const elsewhere = document.createElement('script');
    elsewhere.src = 'https://evil.example/x.js';
    const frame = document.createElement('iframe');
    frame.src = 'javascript:parent.pwned=4';
    document.body.append(script, image, elsewhere, frame);
    image.querySelector('a').click();";

#[test]
fn the_app_is_in_nobodys_frame() {
    let server = TestServer::start();
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&server.url());
    browser.wait_for("[data-testid=column]");
    browser.visit(&format!("data:text/html,<iframe src='{}/board'></iframe>", server.url()));
    browser.block_on(browser.client().enter_frame(0)).unwrap();
    // What the browser shows in the place of a page that may not be framed.
    browser.wait_script("the refusal", "return location.href.startsWith('chrome-error:')", &[]);
    assert_eq!(browser.count("[data-testid=column]"), 0);
    browser.expect_complaint("frame-ancestors");
}

#[test]
fn a_script_that_gets_into_the_page_does_not_run() {
    let server = TestServer::start();
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&server.url());
    browser.wait_for("[data-testid=column]");
    browser.script(SCRIPTS, &[]);
    let told = browser.wait_script("four refusals", "return told.length >= 4 && told", &[]);
    assert_eq!(browser.script("return window.pwned ?? null", &[]), Value::Null, "{told}");
    let kinds: std::collections::BTreeSet<_> =
        told.as_array().unwrap().iter().map(Value::to_string).collect();
    assert!(kinds.contains(&json!("script-src-elem").to_string()), "{kinds:?}");
    assert!(kinds.contains(&json!("script-src-attr").to_string()), "{kinds:?}");
    assert!(!browser.complaints().is_empty());
}
