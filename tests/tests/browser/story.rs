//! The story this app is for, in each engine: work, lose the server, go on working, come back, and be seen elsewhere.

use slipway_shared::check::CheckState;
use slipway_shared::workspace::Workspace;
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine, Profile};
use slipway_tests::server::TestServer;

/// Opens the board and waits until the app can do without the server.
fn load(browser: &Browser, server: &TestServer) {
    browser.go(&server.url());
    browser.wait_for("[data-testid=column]");
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    browser.wait_offline_ready();
}

/// Makes a deployment of a new service by the form.
fn make(browser: &Browser, version: &str) {
    browser.click("link", "/^New deployment/");
    browser.write("/^(Service|Name of the service)/", "harbour");
    browser.write("Version", version);
    browser.write("/^Title/", "Faster search");
    browser.click("button", "Create deployment");
    browser.see(version);
}

fn tick(browser: &Browser, check: &str) {
    let ticked = format!("//{check}/").replace("//", "/");
    browser.click("checkbox", &ticked);
}

/// What the story leaves behind, as the server has it.
fn told(workspace: &Workspace) {
    let deployments: Vec<_> = workspace.deployments.values().collect();
    assert_eq!(deployments.len(), 1, "one deployment, exactly once");
    let deployment = deployments.first().unwrap();
    assert_eq!(workspace.services.len(), 1);
    assert_eq!(workspace.columns.get(&deployment.column).unwrap().name, "Approval");
    let done: Vec<_> = deployment
        .checks()
        .filter(|check| check.state() == CheckState::Done)
        .map(|check| check.text.as_str())
        .collect();
    assert_eq!(done, ["Tests passing", "Code reviewed"]);
    for check in deployment.checks() {
        assert!(check.attestations.iter().count() <= 1, "{} was said twice", check.text);
    }
}

fn story(engine: Engine) {
    let mut server = TestServer::start();
    let profile = Profile::new(engine);
    let mut browser = profile.open();
    load(&browser, &server);
    make(&browser, "2.4.0");
    browser.see_in("[data-testid=sync-indicator]", "Synced");

    server.kill();
    browser.reload();
    browser.see("Faster search");
    browser.see_in("[data-testid=sync-indicator]", "Offline");

    browser.click("link", "Board");
    browser.click("button", "Actions for this card");
    browser.click("menuitem", "/^Approval/");
    browser.see_in("section[data-testid=column]:nth-of-type(4)", "Faster search");
    browser.click("link", "Faster search");
    tick(&browser, "Tests passing");
    tick(&browser, "Code reviewed");
    browser.see_in("[data-testid=sync-indicator]", "3 waiting");

    if engine == Engine::WebKit {
        browser.reload();
    } else {
        browser.close();
        browser = profile.open();
        browser.go(&server.url());
    }
    browser.see_in("[data-testid=sync-indicator]", "3 waiting");
    browser.see("Faster search");

    server.restart();
    browser.see_in("[data-testid=sync-indicator]", "Synced");
    let (_other_profile, other) = Browser::open(Engine::Chromium);
    other.go(&server.url());
    other.see_in("section[data-testid=column]:nth-of-type(4)", "Faster search");
    other.see("2/");
    assert_eq!(other.count("[data-testid=card]"), 1);
    told(&Api::connect(server.address()).unwrap().snapshot().unwrap().0);
}

#[test]
fn the_story_in_chromium() {
    story(Engine::Chromium);
}

#[test]
fn the_story_in_firefox() {
    story(Engine::Firefox);
}

#[test]
fn the_story_in_webkit() {
    story(Engine::WebKit);
}
