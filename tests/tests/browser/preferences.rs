//! How the app looks and listens on this device: what is picked is shown at once, and after a reload.

use serde_json::json;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::server::TestServer;

use crate::people::synced;
use crate::people_accounts::DEVICES;

const ZONE: &str = "Pacific/Kiritimati";

/// Picks one of a few, as a person does.
fn pick(browser: &Browser, name: &str) {
    browser.click("radio", name);
}

fn style(browser: &Browser, css: &str, property: &str) -> String {
    let script = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]";
    browser.script(script, &[json!(css), json!(property)]).as_str().unwrap().to_owned()
}

/// Returns the end of the session in a zone and a language, as it stands in the list of devices.
fn end(browser: &Browser, zone: &str, language: &str) -> String {
    let script = "const [timeZone, language, done] = arguments;
        fetch('/api/v1/session').then((answer) => answer.json()).then(({ session }) =>
          done(new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(session.ends)));";
    browser.script_async(script, &[json!(zone), json!(language)]).as_str().unwrap().to_owned()
}

/// Looks at a picked theme and density.
fn looks_picked(browser: &Browser, ground: &str, control: &str) {
    assert_eq!(style(browser, "body", "backgroundColor"), ground);
    assert_eq!(style(browser, ".setting .button", "minHeight"), control);
}

#[test]
fn language_zone_density_and_theme_are_shown_at_once_and_after_a_reload() {
    let server = TestServer::start();
    let (_profile, browser) = Browser::open(Engine::Chromium);
    browser.go(&format!("{}/settings", server.url()));
    synced(&browser);
    browser.see_in(DEVICES, "Last used");

    pick(&browser, "Light");
    let light = style(&browser, "body", "backgroundColor");
    pick(&browser, "Dark");
    let dark = style(&browser, "body", "backgroundColor");
    assert_ne!(light, dark, "the theme is as before");
    let compact = style(&browser, ".setting .button", "minHeight");
    pick(&browser, "Comfortable");
    let airy = style(&browser, ".setting .button", "minHeight");
    assert_ne!(compact, airy, "the density is as before");
    browser.reload();
    browser.see_in(DEVICES, "Last used");
    looks_picked(&browser, &dark, &airy);

    // Times are written anew in another zone, and in the words of another language.
    let there = end(&browser, ZONE, "en");
    let zone = browser.wait_for("input[list=zones]");
    browser.block_on(zone.send_keys(&format!("{ZONE}\n"))).unwrap();
    browser.see_in(DEVICES, &there);
    browser.reload();
    browser.see_in(DEVICES, &there);

    let words = end(&browser, ZONE, "fr");
    pick(&browser, "Français");
    browser.see_in("h1", "Réglages");
    browser.see_in(DEVICES, &words);
    assert_eq!(browser.script("return document.documentElement.lang", &[]), json!("fr"));
    browser.reload();
    browser.see_in("h1", "Réglages");
    browser.see_in(DEVICES, &words);
    looks_picked(&browser, &dark, &airy);
    let picked = "return [...document.querySelectorAll('.settings input[type=radio]:checked')].map((radio) => radio.parentElement.textContent.trim())";
    assert_eq!(browser.script(picked, &[]), json!(["Français", "Sombre", "Aérée"]));
}
