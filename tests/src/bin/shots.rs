//! Pictures of every page and state, or of those named, in light and dark at three sizes: `target/shots/`.
//!
//! Usage: `shots [ROUTE…]`, where a route is an address such as `/settings` or the name of a state such as `sync`.
//! The theme is the system's, as the app follows it by default, so both pictures show the very same moment.
#![expect(clippy::unwrap_used, reason = "a picture that can't be taken should end the run")]
#![expect(clippy::print_stdout, reason = "the list of pictures is the result")]

use std::path::PathBuf;
use std::time::Instant;

use serde_json::json;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::server::{TestServer, repository};
use slipway_tests::wait;

const SIZES: [(u32, u32); 3] = [(1440, 900), (1024, 768), (390, 844)];
const THEMES: [&str; 2] = ["light", "dark"];
/// From this width on a deployment opens beside the board.
const WIDE: u32 = 1180;
const RIGHT: char = '\u{e014}';
const ENTER: char = '\u{e007}';

/// How a state is reached.
#[derive(Clone, Copy)]
enum Way {
    /// By its address.
    Address(&'static str),
    /// The first card's address.
    Deployment,
    /// The first card, opened from the board, on screens wide enough for both.
    Sheet,
    /// The form for a new deployment, with its document as it will look.
    Preview,
    /// The sync panel, or its page on a phone.
    Sync,
}

/// A state: the name of its pictures, how it is reached, and what is there once it is.
struct State {
    name: &'static str,
    way: Way,
    there: &'static str,
}

const ONLINE: [State; 8] = [
    State { name: "board", way: Way::Address("/board"), there: "[data-testid=card]" },
    State { name: "deployments", way: Way::Address("/deployments"), there: "[data-testid=row]" },
    State { name: "deployment", way: Way::Deployment, there: "[data-testid=deployment]" },
    State { name: "sheet", way: Way::Sheet, there: "[data-testid=deployment]" },
    State { name: "new-deployment", way: Way::Address("/deployments/new"), there: "[data-testid=create]" },
    State { name: "new-deployment-preview", way: Way::Preview, there: ".writing-preview" },
    State { name: "needs-you", way: Way::Address("/needs-you"), there: ".needs-you" },
    State { name: "settings", way: Way::Address("/settings"), there: "h1" },
];
const SYNC: State = State { name: "sync", way: Way::Sync, there: ".sync-facts" };
const OFFLINE: [State; 3] = [
    State { name: "board-offline", way: Way::Address("/board"), there: ".card-unsent" },
    State { name: "deployment-offline", way: Way::Deployment, there: "[data-testid=deployment]" },
    State { name: "sync-offline", way: Way::Sync, there: ".sync-facts" },
];
const EMPTY: [State; 2] = [
    State { name: "board-empty", way: Way::Address("/board"), there: "[data-testid=column]" },
    State { name: "deployments-empty", way: Way::Address("/deployments"), there: ".empty-state" },
];
const UNREACHABLE: State = State { name: "unreachable", way: Way::Address("/board"), there: ".empty-state" };

/// What the pictures are taken with.
struct Camera {
    browser: Browser,
    wanted: Vec<String>,
    folder: PathBuf,
    deployment: String,
    taken: usize,
}

fn main() {
    let start = Instant::now();
    let (_profile, browser) = Browser::open(Engine::Chromium);
    let folder = repository().join("target/shots");
    std::fs::create_dir_all(&folder).unwrap();
    let wanted = std::env::args().skip(1).collect();
    let mut camera = Camera { browser, wanted, folder, deployment: String::new(), taken: 0 };
    camera.demo();
    camera.empty();
    println!("{} pictures in {} s: {}", camera.taken, start.elapsed().as_secs(), camera.folder.display());
}

impl Camera {
    /// The demo, with the server and then without it.
    fn demo(&mut self) {
        let mut server = TestServer::demo();
        let url = server.url();
        self.browser.go(&format!("{url}/board"));
        self.browser.wait_for("[data-testid=card]");
        self.browser.wait_offline_ready();
        let busiest = "const bars = [...document.querySelectorAll('[data-testid=card]')];
            const card = bars.find((card) => card.querySelector('.pills')) ?? bars[0];
            return card.querySelector('.card-link').getAttribute('href')";
        self.browser.script(busiest, &[]).as_str().unwrap().clone_into(&mut self.deployment);
        for state in ONLINE.iter().chain([&SYNC]) {
            self.take(state, &url);
        }
        if OFFLINE.iter().any(|state| self.wants(state)) {
            server.kill();
            self.work_offline(&url);
            for state in &OFFLINE {
                self.take(state, &url);
            }
        }
    }

    /// A few changes that wait to be sent.
    fn work_offline(&self, url: &str) {
        self.browser.resize(1440, 900);
        self.browser.go(&format!("{url}{}", self.deployment));
        for waiting in 1..=3 {
            // Not those of the environments, which the rollouts tick.
            let tick = "[...document.querySelectorAll('[data-testid=section]')]
                .filter((section) => !section.querySelector('h2').textContent.startsWith('Environments'))
                .flatMap((section) => [...section.querySelectorAll('input.tick:not(:checked)')])[0].click()";
            self.browser.wait_for("[data-testid=check]");
            self.browser.script(tick, &[]);
            self.browser.see_in("[data-testid=sync-indicator]", &format!("{waiting} waiting"));
        }
        self.browser.go(&format!("{url}/board"));
        self.browser.wait_for("[data-testid=card]");
        let other = "[...document.querySelectorAll('[data-testid=column]')[0].querySelectorAll('.card-link')]
            .find((card) => card.getAttribute('href') !== arguments[0]).focus()";
        self.browser.script(other, &[json!(self.deployment)]);
        self.browser.press(&['m', RIGHT, RIGHT, RIGHT]);
        self.browser.see_in("[aria-live=assertive]", "Approval, place");
        self.browser.press(&[ENTER]);
        self.browser.see_in("[data-testid=sync-indicator]", "4 waiting");
    }

    /// A workspace nobody has used, and a device that was never in touch with a server.
    fn empty(&mut self) {
        if !EMPTY.iter().chain([&UNREACHABLE]).any(|state| self.wants(state)) {
            return;
        }
        let mut server = TestServer::start();
        let url = server.url();
        self.browser.go(&url);
        self.browser.wait_for("[data-testid=column]");
        self.browser.wait_offline_ready();
        for state in &EMPTY {
            self.take(state, &url);
        }
        self.browser.script_async(FORGET, &[]);
        server.kill();
        self.take(&UNREACHABLE, &url);
    }

    fn wants(&self, state: &State) -> bool {
        let address = if let Way::Address(address) = state.way { address } else { "" };
        self.wanted.is_empty() || self.wanted.iter().any(|wanted| wanted == state.name || wanted == address)
    }

    fn take(&mut self, state: &State, url: &str) {
        if !self.wants(state) {
            return;
        }
        let is_shown = |(width, _): &(u32, u32)| *width >= WIDE || !matches!(state.way, Way::Sheet);
        for (width, height) in SIZES.into_iter().filter(is_shown) {
            self.browser.resize(width, height);
            self.reach(state, url, width);
            for theme in THEMES {
                let media = [("prefers-color-scheme", theme), ("prefers-reduced-motion", "reduce")];
                let features = media.map(|(name, value)| json!({ "name": name, "value": value }));
                self.browser.cdp("Emulation.setEmulatedMedia", json!({ "features": features }));
                self.browser.script_async(SETTLED, &[]);
                let name = format!("{}-{theme}-{width}.png", state.name);
                std::fs::write(self.folder.join(&name), self.browser.picture()).unwrap();
                println!("{name}");
                self.taken += 1;
            }
        }
    }

    fn reach(&self, state: &State, url: &str, width: u32) {
        let browser = &self.browser;
        match state.way {
            Way::Address(address) => browser.go(&format!("{url}{address}")),
            Way::Deployment => browser.go(&format!("{url}{}", self.deployment)),
            Way::Sheet => {
                browser.go(&format!("{url}/board"));
                browser.wait_for("[data-testid=card]");
                let open = "document.querySelector(`a[href=\"${arguments[0]}\"]`).click()";
                browser.script(open, &[json!(self.deployment)]);
            }
            Way::Preview => {
                browser.go(&format!("{url}/deployments/new"));
                browser.wait_for("[data-testid=create]");
                browser.click("tab", "Preview");
            }
            Way::Sync if width < 720 => browser.go(&format!("{url}/sync")),
            Way::Sync => {
                browser.go(&format!("{url}/board"));
                browser.wait_for("[data-testid=card]");
                browser.script("document.querySelector('[data-testid=sync-indicator]').click()", &[]);
            }
        }
        browser.wait_for(state.there);
        wait::until("sync to settle", || browser.script(STEADY, &[]).as_bool().filter(|settled| *settled));
    }
}

/// The word for sync is none that changes by itself in a moment.
const STEADY: &str = "const indicator = document.querySelector('[data-testid=sync-indicator]');
    return !/Connecting|Saving/.test(indicator?.innerText ?? '')";

/// Fonts are there, and what was drawn last is on the screen.
const SETTLED: &str = "const done = arguments[0];
    document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))";

/// Deletes what this device holds of the workspace; the app itself stays.
const FORGET: &str = "const done = arguments[0];
    indexedDB.databases().then((all) => Promise.all(all.map(({ name }) => new Promise((gone) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = request.onblocked = gone;
    })))).then(() => done(true))";
