//! The story of a release by nothing but keys: planned, brought through all six columns, declined, approved, stale, failed
//! once, and once past the gate. Wherever somebody stops, the focus is somewhere and to be seen, and axe finds nothing.
//!
//! It is told by somebody who is alone: what two people are to each other is in `release_story`.

use slipway_shared::environment::Tier;
use slipway_shared::rollout::Phase;
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::keyboard::{DOWN, ENTER, ESCAPE, RIGHT, SPACE};
use slipway_tests::server::TestServer;

use crate::people::{GATE, synced};

const SHEET: &str = "[data-testid=deployment]";
const DIALOG: &str = "dialog[open]";
const SEARCH: &str = "Faster search";

/// What has to hold before production.
const CHECKS: [&str; 9] = [
    "Tests passing",
    "Code reviewed",
    "Dependencies updated",
    "Migrations ready",
    "All tests pass",
    "Staging verified",
    "No blockers",
    "Rollback ready",
    "Team available",
];

/// Somebody stops here: they see where they are, and nothing is in the way of anybody.
#[track_caller]
fn stop(browser: &Browser, what: &str) {
    browser.see_focus(what);
    let found = browser.axe();
    assert!(found.is_empty(), "axe, after {what}:\n{}", found.join("\n"));
}

/// Goes to something and does it.
fn take(browser: &Browser, css: &str, role: &str, name: &str) {
    browser.tab_to(css, role, name);
    browser.see_focus(&format!("going to {name}"));
    browser.press(&[ENTER]);
}

/// Writes into a field.
fn write(browser: &Browser, css: &str, name: &str, text: &str) {
    browser.tab_to(css, "textbox", name);
    browser.type_text(text);
}

/// Picks from the menu that has just opened, by the words an item begins with.
fn pick(browser: &Browser, item: &str) {
    let (item, _shown) = (format!("/^{item}/"), browser.find("menuitem", &format!("/^{item}/")));
    browser.see_focus("opening a menu");
    for _ in 0..20 {
        if browser.is_on("[popover]:popover-open", "menuitem", &item) {
            return browser.press(&[ENTER]);
        }
        browser.press(&[DOWN]);
    }
    panic!("{item} is not in the menu");
}

fn environment(at: usize) -> String {
    format!("[data-testid=environment]:nth-of-type({at})")
}

fn column(at: usize) -> String {
    format!("[data-testid=column]:nth-of-type({at})")
}

/// Plans a release on the page for that, from wherever one is.
fn plan(browser: &Browser, version: &str, title: &str) {
    browser.press(&['c']);
    browser.wait_for("[data-testid=create]");
    stop(browser, "opening the form");
    if browser.count("select#new-service") == 1 {
        browser.tab_to("form", "combobox", "Service");
        browser.press(&[DOWN]);
    } else {
        write(browser, "form", "Name of the service", "harbour");
    }
    write(browser, "form", "Version", version);
    write(browser, "form", "/^Title/", title);
    browser.press(&[ENTER]);
    browser.see_in(&format!("{SHEET} h1"), title);
    stop(browser, "creating a deployment");
}

fn mark(browser: &Browser, stage: &str, at: usize) {
    take(browser, SHEET, "button", &format!("/^Mark {stage}/"));
    pick(browser, "passed");
    browser.wait_for(&format!(".stages > li:nth-of-type({at})[data-state=is-passed]"));
    stop(browser, "marking a stage");
}

/// Asks for the rollout that the dialog is about.
fn ask(browser: &Browser) {
    browser.wait_for(DIALOG);
    stop(browser, "being asked about a rollout");
    take(browser, DIALOG, "button", "Ask for the rollout");
    browser.wait_gone(DIALOG);
}

/// Says how the rollout that runs has ended: the answers are in a group, where arrows lead on.
fn report(browser: &Browser, at: usize, answer: &str, button: &str, word: &str) {
    take(browser, &environment(at), "button", "Record the outcome");
    browser.wait_for(DIALOG);
    browser.tab_to(DIALOG, "radio", "/^It succeeded/");
    if answer != "It succeeded" {
        browser.press(&[DOWN]);
        assert!(browser.is_on(DIALOG, "radio", &format!("/^{answer}/")));
    }
    take(browser, DIALOG, "button", button);
    browser.wait_gone(DIALOG);
    browser.see_in(&environment(at), word);
    stop(browser, "recording an outcome");
}

fn succeed(browser: &Browser, at: usize) {
    report(browser, at, "It succeeded", "Record the success", "Succeeded");
}

/// Opens the card that has the focus.
fn open(browser: &Browser) {
    browser.press(&[ENTER]);
    browser.see_in(&format!("{SHEET} h1"), SEARCH);
    stop(browser, "opening a card");
}

/// Goes back to the card.
fn close(browser: &Browser) {
    browser.press(&[ESCAPE]);
    browser.wait_gone(SHEET);
    let card = "return Boolean(document.activeElement?.matches('.card-link'))";
    browser.wait_script("the card to have the focus", card, &[]);
    stop(browser, "closing the card");
}

/// The card is in a column, and still has the focus.
fn is_in(browser: &Browser, at: usize) {
    browser.see_in(&format!("{} [data-testid=card]", column(at)), SEARCH);
    let card = "return Boolean(document.activeElement?.matches('.card-link'))";
    browser.wait_script("the card that was moved to have the focus", card, &[]);
    stop(browser, "moving a card");
}

/// Brings the card a column further in move mode.
fn carry_on(browser: &Browser) {
    browser.press(&['m']);
    browser.see_in("[aria-live=assertive]", "Move mode");
    browser.press(&[RIGHT]);
    browser.see_in("[aria-live=assertive]", "place 1 of 1");
    stop(browser, "holding a card");
    browser.press(&[ENTER]);
}

/// Puts the card into a column by its menu.
fn put(browser: &Browser, name: &str) {
    browser.press(&['.']);
    pick(browser, name);
}

#[test]
fn a_release_by_nothing_but_keys() {
    let server = TestServer::start();
    let (_profile, browser) = Browser::open(Engine::Chromium);
    let browser = &browser;
    browser.go(&server.url());
    browser.wait_for("[data-testid=column]");
    synced(browser);

    plan(browser, "2.4.0", SEARCH);
    mark(browser, "Build", 1);
    mark(browser, "Test", 2);

    // From the list of places to the board, and to its first card.
    browser.press(&['g', 'b']);
    browser.wait_for("[data-testid=card]");
    stop(browser, "going to the board");
    browser.press(&['j']);
    is_in(browser, 1);

    put(browser, "Development");
    ask(browser);
    is_in(browser, 2);
    open(browser);
    succeed(browser, 1);
    close(browser);

    carry_on(browser);
    ask(browser);
    is_in(browser, 3);
    open(browser);
    succeed(browser, 2);
    close(browser);

    carry_on(browser);
    is_in(browser, 4);
    open(browser);
    is_judged(browser);
    close(browser);

    put(browser, "Production");
    ask(browser);
    is_in(browser, 5);
    open(browser);
    report(browser, 3, "It failed", "Record the failure", "Failed");
    take(browser, &environment(3), "button", "Record a rollout");
    ask(browser);
    browser.see_in(&environment(3), "Rolling out");
    stop(browser, "asking again");
    succeed(browser, 3);
    close(browser);

    carry_on(browser);
    is_in(browser, 6);

    plan(browser, "2.4.2", "Search without the cache");
    take(browser, GATE, "button", "Start anyway…");
    browser.wait_for(DIALOG);
    stop(browser, "being asked for a reason");
    write(browser, DIALOG, "Reason", "Nobody finds anything");
    browser.press(&[ENTER]);
    browser.wait_gone(DIALOG);
    browser.see("Started anyway: Nobody finds anything");
    stop(browser, "starting past the gate");

    synced(browser);
    is_left_behind(&server);
}

/// The checks are ticked, it is declined, approved, changed and approved again.
fn is_judged(browser: &Browser) {
    take(browser, GATE, "button", "Go to check");
    browser.see_focus("being led to a check");
    for check in CHECKS {
        browser.tab_to(SHEET, "checkbox", check);
        browser.press(&[SPACE]);
        browser.see_focus("ticking a check");
    }
    browser.see_in(GATE, "9 checks are done");
    stop(browser, "ticking all checks");

    browser.tab_back_to(GATE, "textbox", "Note; the reason, to decline");
    browser.type_text("Name the version as it is built");
    take(browser, GATE, "button", "Decline");
    browser.see_in(GATE, "an approver declined it");
    stop(browser, "declining");
    browser.tab_back_to(GATE, "button", "Approve");
    browser.press(&[ENTER]);
    browser.see_in(GATE, "Gate before Production: open");
    stop(browser, "approving");

    browser.tab_back_to(SHEET, "button", "Edit version");
    browser.press(&[ENTER]);
    browser.wait_for(".version-edit");
    stop(browser, "editing in place");
    // What is there is selected.
    browser.type_text("2.4.1");
    browser.press(&[ENTER]);
    browser.see_in("[data-testid=what-changed]", "the version: it was 2.4.0, it is 2.4.1");
    stop(browser, "changing the version");
    take(browser, GATE, "button", "Approve");
    browser.see_in(GATE, "Gate before Production: open");
    stop(browser, "approving again");
}

fn is_left_behind(server: &TestServer) {
    let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    let with = |version: &str| {
        let mut all = workspace.deployments.iter();
        *all.find(|(_, known)| known.version.value == version).unwrap().0
    };
    let (release, hotfix) = (with("2.4.1"), with("2.4.2"));
    let known = workspace.deployments.get(&release).unwrap();
    assert_eq!(workspace.columns.get(&known.column).unwrap().name, "Monitoring");
    let live = workspace.latest_rollout(release, Tier::Production).unwrap().1;
    assert_eq!((live.phase(), live.requested, live.outside_gate), (Phase::Succeeded, true, false));
    let past = workspace.latest_rollout(hotfix, Tier::Production).unwrap().1;
    assert_eq!(past.overridden.as_ref().unwrap().reason, "Nobody finds anything");
}
