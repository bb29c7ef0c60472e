//! One of the people of a release, on a device of their own: what they do on the page of a deployment, and what they see.

use serde_json::json;
use slipway_tests::browser::{Browser, Engine, Profile};
use slipway_tests::server::TestServer;
use slipway_tests::wait;

use crate::document::pick_service;
use crate::people::{GATE, saved, synced};
use crate::people_accounts::sign_in;

/// How a rollout begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// It is asked for, and starts because its gate is open.
    Asked,
    /// It is told of, whatever its gate says.
    Recorded,
}

/// The three environments, by their places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    Development = 1,
    Staging = 2,
    Production = 3,
}

/// Somebody with a browser.
pub struct Person {
    pub browser: Browser,
    _profile: Profile,
    url: String,
}

impl Person {
    /// The owner, on the board.
    pub fn owner(engine: Engine, server: &TestServer) -> Self {
        let (profile, browser) = Browser::open(engine);
        let url = server.url();
        browser.go(&format!("{url}/board"));
        browser.wait_for("[data-testid=column]");
        synced(&browser);
        Self { browser, _profile: profile, url }
    }

    /// Somebody who has an account, on the board.
    pub fn signed_in(engine: Engine, server: &TestServer, who: (&str, &str, &str)) -> Self {
        let (profile, browser) = Browser::open(engine);
        let url = server.url();
        browser.visit(&format!("{url}/sign-in"));
        sign_in(&browser, who);
        Self { browser, _profile: profile, url }
    }

    /// Goes to a page by its address.
    pub fn goes_to(&self, page: &str) {
        self.browser.visit(&format!("{}{page}", self.url));
    }

    /// Opens a card of the board, which shows it beside the board.
    pub fn opens(&self, title: &str) {
        self.browser.click("link", "/^Board/");
        self.browser.click_within("[data-testid=card]", "link", title);
        self.browser.see_in("[data-testid=deployment] h1", title);
    }

    /// Writes a new deployment of harbour from the template, and returns the address of its page.
    pub fn plans(&self, version: &str, title: &str) -> String {
        self.browser.click("link", "/^Board/");
        self.browser.click("link", "/^New deployment/");
        pick_service(&self.browser);
        self.browser.write("Version", version);
        self.browser.write("/^Title/", title);
        self.browser.click("button", "Create deployment");
        self.browser.see_in("[data-testid=deployment] h1", title);
        self.browser.path()
    }

    pub fn marks(&self, stage: &str) {
        self.browser.click("button", &format!("/^Mark {stage}/"));
        self.browser.click("menuitem", "passed");
        self.browser.wait_gone("[role=menuitem]");
    }

    /// Ticks checks, and sees that they are ticked.
    pub fn ticks(&self, checks: &[&str]) {
        for check in checks {
            self.browser.click("checkbox", check);
            let ticked = "return [...document.querySelectorAll('[data-testid=check][data-state=done] .check-text bdi')]
                .some((text) => text.textContent === arguments[0])";
            self.browser.wait_script(&format!("{check} to be ticked"), ticked, &[json!(check)]);
        }
    }

    /// Puts the deployment into a column, by the menu of its page.
    pub fn moves_to(&self, column: &str) {
        self.browser.click("button", "/^Move to/");
        self.browser.click("menuitem", &format!("/^{column}/"));
    }

    /// Answers what a rollout that is begun is.
    pub fn begins(&self, start: Start, at: Where) {
        let button = match start {
            Start::Asked => "Ask for the rollout",
            Start::Recorded => "Record the start",
        };
        self.browser.click_within("dialog[open]", "button", button);
        self.browser.wait_gone("dialog[open]");
        self.browser.see_in(&place(at), "Rolling out");
    }

    /// Begins a rollout from the list of environments, where the card stays in its column.
    pub fn begins_again(&self, start: Start, at: Where) {
        self.browser.click_within(&place(at), "button", "Record a rollout");
        self.begins(start, at);
    }

    /// Says how the rollout that runs has ended.
    pub fn reports(&self, at: Where, answer: &str, button: &str, word: &str) {
        self.browser.click_within(&place(at), "button", "Record the outcome");
        self.browser.click_within("dialog[open]", "radio", &format!("/^{answer}/"));
        self.browser.click_within("dialog[open]", "button", button);
        self.browser.wait_gone("dialog[open]");
        self.browser.see_in(&place(at), word);
    }

    pub fn succeeds(&self, at: Where) {
        self.reports(at, "It succeeded", "Record the success", "Succeeded");
    }

    pub fn fails(&self, at: Where) {
        self.reports(at, "It failed", "Record the failure", "Failed");
    }

    pub fn approves(&self) {
        self.browser.click_within(GATE, "button", "Approve");
    }

    pub fn declines(&self, reason: &str) {
        self.browser.write("Note; the reason, to decline", reason);
        self.browser.click_within(GATE, "button", "Decline");
    }

    /// Gives the deployment another version, in place.
    pub fn renames_to(&self, version: &str) {
        self.browser.click("button", "Edit version");
        let _field = self.browser.wait_for(".version-edit");
        // Clearing the field by the driver would leave it, and leaving it saves.
        let write = "const field = document.querySelector('.version-edit'); field.focus(); field.value = arguments[0]";
        self.browser.script(write, &[json!(version)]);
        self.browser.press(&['\u{e007}']);
        self.browser.see_in(".deployment-lead .version", version);
    }

    /// Starts a rollout past the closed gate.
    pub fn starts_anyway(&self, reason: &str) {
        self.browser.click_within(GATE, "button", "Start anyway…");
        self.browser.write("Reason", reason);
        self.browser.click_within("dialog[open]", "button", "Start the rollout past the gate");
        self.browser.wait_gone("dialog[open]");
    }

    /// Sees a card in a column of the board, by its place.
    pub fn sees_in_column(&self, column: usize, title: &str) {
        // WebKit leaves out of what is shown what is off the screen, as the last column is.
        let there = "return [...document.querySelectorAll(`[data-testid=column]:nth-of-type(${arguments[0]}) .card-link`)]
            .some((link) => link.textContent.trim() === arguments[1])";
        let what = format!("{title:?} to be in column {column}");
        self.browser.wait_script(&what, there, &[json!(column), json!(title)]);
    }

    /// Waits until all that is not sent is on the disk.
    pub fn is_saved(&self) {
        saved(&self.browser);
    }

    /// Returns the whole timeline of a deployment as the server tells it: moments in place of how long ago they were.
    pub fn timeline(&self, page: &str) -> Vec<String> {
        const TIMELINE: &str = "section:has(> .timeline)";
        self.goes_to(page);
        // Only the server tells from which device something came.
        self.browser.wait_for(".timeline-from");
        let is_long = "return /and \\d+ more/.test(document.querySelector(arguments[0]).innerText)";
        if self.browser.script(is_long, &[json!(TIMELINE)]) == json!(true) {
            self.browser.click_within(TIMELINE, "button", "/^and \\d+ more/");
        }
        let lines = "return [...document.querySelectorAll('.timeline > li')].map((item) => {
            const line = item.cloneNode(true);
            for (const time of line.querySelectorAll('time')) time.replaceWith(` ${time.dateTime} `);
            return line.textContent.replace(/\\s+/g, ' ').trim();
          })";
        serde_json::from_value(self.browser.script(lines, &[])).unwrap()
    }
}

/// Two people read the same story, whoever of them did what on which device.
pub fn both_read(one: &Person, other: &Person, page: &str) -> Vec<String> {
    let told = one.timeline(page);
    wait::until_or(
        wait::PATIENCE,
        || {
            format!(
                "both to read:\n{}\nthe other reads:\n{}",
                told.join("\n"),
                other.timeline(page).join("\n")
            )
        },
        || (other.timeline(page) == told).then_some(()),
    );
    told
}

fn place(at: Where) -> String {
    format!("[data-testid=environment]:nth-of-type({})", at as usize)
}
