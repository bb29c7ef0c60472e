//! What follows a deployment begins with its service and nothing else, and says where it comes from.

use serde_json::{Value, json};

use crate::gate::made;
use crate::people::synced;

#[test]
fn a_follow_up_is_of_the_same_service_and_links_back() {
    let (_server, _profile, browser) = made();
    let first = browser.path();
    browser.click("button", "More actions");
    browser.click("menuitem", "/^Follow-up/");
    browser.wait_for("[data-testid=create]");
    let service = "return document.querySelector('#new-service').selectedOptions[0].text";
    assert_eq!(browser.script(service, &[]), json!("harbour"));
    let version = "return document.querySelector('#new-version').value";
    assert_eq!(browser.script(version, &[]), Value::from(""));
    browser.write("Version", "2.4.1");
    browser.click("button", "Create deployment");
    browser.see_in("[data-testid=deployment]", "2.4.1");
    browser.see_in(".deployment-facts", "Follows");
    synced(&browser);
    browser.reload();
    browser.see_in(".deployment-facts", "Follows");
    browser.click_within(".deployment-facts", "link", "/2.4.0 harbour/");
    browser.see_in("[data-testid=deployment]", "2.4.0");
    assert_eq!(browser.path(), first);
}
