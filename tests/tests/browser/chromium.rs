//! What only Chromium lets us ask: installability, the console, axe on every page.

use serde_json::{Value, json};
use slipway_tests::browser::{Browser, Engine, Profile};
use slipway_tests::server::TestServer;

/// Every page, with what is there once it is shown.
const PAGES: [(&str, &str); 9] = [
    ("/board", "[data-testid=card]"),
    ("/deployments", "[data-testid=row]"),
    ("/deployments/new", "[data-testid=create]"),
    ("/needs-you", "h1"),
    ("/settings", "h1"),
    ("/settings/structure", "[data-testid=thing]"),
    ("/settings/templates", "h1"),
    ("/sync", ".sync-facts"),
    ("/nowhere/at/all", ".empty-state"),
];

/// Opens the demo, with settings as a person would have made them.
pub(crate) fn demo(settings: &Value) -> (TestServer, Profile, Browser) {
    let server = TestServer::demo();
    let (profile, browser) = Browser::open(Engine::Chromium);
    set(&browser, settings);
    browser.go(&server.url());
    browser.wait_for("[data-testid=card]");
    browser.see_in("[data-testid=sync-indicator]", "");
    (server, profile, browser)
}

/// Keeps settings before any page is opened.
fn set(browser: &Browser, settings: &Value) {
    let keep = "for (const [name, value] of Object.entries(SETTINGS)) localStorage.setItem(`slipway.${name}`, JSON.stringify(value));";
    browser.before_each_page(&keep.replace("SETTINGS", &settings.to_string()));
}

/// Returns the address of the first card of the board.
pub(crate) fn first_deployment(browser: &Browser) -> String {
    let link = "return document.querySelector('[data-testid=card] .card-link')?.getAttribute('href')";
    browser.wait_script("a card", link, &[]).as_str().unwrap().to_owned()
}

#[test]
fn the_app_can_be_installed() {
    let (_server, _profile, browser) = demo(&json!({}));
    browser.wait_offline_ready();
    let errors = browser.cdp("Page.getInstallabilityErrors", json!({}));
    assert_eq!(errors["installabilityErrors"], json!([]));
    let manifest = browser.cdp("Page.getAppManifest", json!({}));
    assert_eq!(manifest["errors"], json!([]));
    let data: Value = serde_json::from_str(manifest["data"].as_str().unwrap()).unwrap();
    assert_eq!(data["name"], "Slipway");
}

#[test]
fn nothing_complains_on_any_page() {
    let (server, _profile, browser) = demo(&json!({}));
    let deployment = first_deployment(&browser);
    let pages = PAGES.iter().map(|(path, there)| ((*path).to_owned(), *there));
    for (path, there) in pages.chain([(deployment, "[data-testid=deployment]")]) {
        browser.go(&format!("{}{path}", server.url()));
        browser.wait_for(there);
        assert_eq!(browser.complaints(), Vec::<String>::new(), "on {path}");
    }
}

/// Looks at every page and at what opens on them.
fn axe_everywhere(theme: &str, width: u32, height: u32) {
    let (server, _profile, browser) = demo(&json!({ "theme": theme }));
    browser.resize(width, height);
    let deployment = first_deployment(&browser);
    let mut found = Vec::new();
    let pages = PAGES.iter().map(|(path, there)| ((*path).to_owned(), *there));
    for (path, there) in pages.chain([(deployment, "[data-testid=deployment]")]) {
        browser.go(&format!("{}{path}", server.url()));
        browser.wait_for(there);
        let shown = browser.script("return document.documentElement.dataset.theme", &[]);
        assert_eq!(shown, theme, "{path} is in another theme");
        found.extend(browser.axe().into_iter().map(|violation| format!("{path}: {violation}")));
    }
    browser.go(&format!("{}/board", server.url()));
    browser.wait_for("[data-testid=card]");
    browser.click("button", "Actions for this card");
    browser.wait_for("[role=menu] [role=menuitem]");
    found.extend(browser.axe().into_iter().map(|violation| format!("a card's menu: {violation}")));
    assert!(found.is_empty(), "axe, {theme}, {width} pixels wide:\n{}", found.join("\n"));
}

#[test]
fn axe_finds_what_is_wrong() {
    let (_server, _profile, browser) = demo(&json!({}));
    browser.script("document.querySelector('main').append(new Image(40, 40))", &[]);
    let found = browser.axe();
    assert!(found.iter().any(|violation| violation.starts_with("image-alt")), "{found:?}");
}

#[test]
fn axe_finds_nothing_in_light() {
    axe_everywhere("light", 1440, 900);
}

#[test]
fn axe_finds_nothing_in_dark() {
    axe_everywhere("dark", 1440, 900);
}

#[test]
fn axe_finds_nothing_on_a_phone_in_light() {
    axe_everywhere("light", 390, 844);
}

#[test]
fn axe_finds_nothing_on_a_phone_in_dark() {
    axe_everywhere("dark", 390, 844);
}
