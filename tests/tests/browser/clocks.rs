//! Clocks of devices that are wrong: told, and nothing goes wrong by them.

use serde_json::json;
use slipway_tests::api::Api;
use slipway_tests::commands;

use crate::people::{Somebody, opened, set_title, synced, title_on};

/// The device's clock is wrong by `window.shift`.
const WRONG_CLOCK: &str =
    "window.shift = SHIFT; { const right = Date.now; Date.now = () => right() + window.shift; }";
const DAYS_MS: i64 = 3 * 86_400_000;

#[test]
fn a_clock_three_days_ahead_is_told_and_wins_nothing() {
    let (server, _profile, browser, deployment) = opened(&WRONG_CLOCK.replace("SHIFT", &DAYS_MS.to_string()));
    browser.see_in("[data-testid=clock]", "The clock of this device is wrong");
    set_title(&browser, "From the future");
    synced(&browser);
    assert_eq!(title_on(&server, deployment), "From the future");
    // Somebody who has not seen it, a moment later by the right clock: the later edit counts.
    let mut other = Somebody::at(&server);
    other.seen = 0;
    other.does(commands::retitle(deployment, "From the present"));
    browser.see("From the present");
    assert_eq!(title_on(&server, deployment), "From the present");
}

#[test]
fn a_clock_that_jumps_dates_nothing_wrong_and_is_told_once() {
    let (server, _profile, browser, deployment) = opened(&WRONG_CLOCK.replace("SHIFT", "0"));
    assert_eq!(browser.count("[data-testid=clock]"), 0, "the clock is right");
    for shift in [-DAYS_MS, DAYS_MS, 0] {
        browser.script("window.shift = arguments[0]", &[json!(shift)]);
        set_title(&browser, &format!("At {shift}"));
        synced(&browser);
        assert_eq!(title_on(&server, deployment), format!("At {shift}"));
        assert!(browser.count("[data-testid=clock]") <= 1, "told again and again");
    }
    let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
    assert!(workspace.deployments.get(&deployment).unwrap().conflicts.is_empty(), "one author, one order");
}
