//! What the pictures are taken with: it goes to a state, waits until nothing changes there, and keeps what it sees.

use std::path::PathBuf;

use serde_json::json;
use slipway_tests::browser::{Browser, Engine, Profile};
use slipway_tests::server::repository;
use slipway_tests::wait;

use crate::language::Language;
use crate::state::{Frame, Screens, Start, State, is_phone};
use crate::steps;

/// A browser in one language, and what it is asked for.
pub struct Camera {
    pub browser: Browser,
    /// The address of the deployment that has most to show.
    pub deployment: String,
    language: Language,
    wanted: Vec<String>,
    folder: PathBuf,
    taken: usize,
    _profile: Profile,
}

impl Camera {
    /// Opens a browser that has picked `language`, and keeps no draft from one picture to the next.
    pub fn open(language: Language, wanted: &[String]) -> Self {
        let profile = Profile::new(Engine::Chromium);
        let browser = profile.open_with_mouse();
        let pick = format!("localStorage.setItem('slipway.language', '\"{}\"')", language.tag());
        browser.before_each_page(&format!("{FORGET_DRAFTS}{pick}"));
        Self {
            browser,
            deployment: String::new(),
            language,
            wanted: wanted.to_vec(),
            folder: repository().join("target/shots"),
            taken: 0,
            _profile: profile,
        }
    }

    /// Returns how many pictures were taken.
    pub const fn taken(&self) -> usize {
        self.taken
    }

    /// Tells whether any of `states` was asked for.
    pub fn wants_any(&self, states: &[State]) -> bool {
        states.iter().any(|state| state.is_among(&self.wanted))
    }

    /// Takes the pictures of those of `states` that were asked for.
    pub fn take_all(&mut self, states: &[State], url: &str) {
        for state in states {
            if !state.is_among(&self.wanted) {
                continue;
            }
            for (width, height) in state.sizes(self.language.sizes()) {
                self.take(state, url, (width, height));
            }
        }
    }

    fn take(&mut self, state: &State, url: &str, (width, height): (u32, u32)) {
        // A page that was scrolled or printed leaves nothing of that behind.
        self.look("light", "screen");
        self.browser.resize(width, height);
        self.reach(state, url, width);
        if state.frame == Frame::Whole {
            self.look("light", medium(state));
            let whole = self.browser.script(WHOLE, &[json!(height)]).as_u64().unwrap();
            self.browser.resize(width, u32::try_from(whole).unwrap());
        }
        for theme in state.themes(self.language.themes()) {
            self.look(theme, medium(state));
            self.browser.script_async(SETTLED, &[]);
            let name = format!("{}-{width}-{theme}-{}.png", state.name, self.language.tag());
            std::fs::write(self.folder.join(&name), self.browser.picture()).unwrap();
            println!("{name}");
            self.taken += 1;
        }
    }

    /// Sets how the page is looked at.
    fn look(&self, theme: &str, medium: &str) {
        let media = [("prefers-color-scheme", theme), ("prefers-reduced-motion", "reduce")];
        let features = media.map(|(name, value)| json!({ "name": name, "value": value }));
        self.browser.cdp("Emulation.setEmulatedMedia", json!({ "media": medium, "features": features }));
    }

    fn reach(&self, state: &State, url: &str, width: u32) {
        let browser = &self.browser;
        let address = match state.start {
            Start::Address(address) => address,
            Start::Deployment => &self.deployment,
            Start::Sync if is_phone(width) => "/sync",
            Start::Board | Start::Sync => "/board",
        };
        browser.go(&format!("{url}{address}"));
        browser.wait_for("main h1, main h2");
        if state.start == Start::Sync && !is_phone(width) {
            browser.script("document.querySelector('[data-testid=sync-indicator]').click()", &[]);
        }
        for step in state.steps {
            steps::take(browser, *step, &self.deployment);
        }
        browser.wait_for(state.there);
        wait::until("sync to settle", || browser.script(STEADY, &[]).as_bool().filter(|settled| *settled));
    }
}

const fn medium(state: &State) -> &'static str {
    match state.screens {
        Screens::Paper => "print",
        _ => "screen",
    }
}

/// Throws away what a form has kept.
const FORGET_DRAFTS: &str = "for (const name of Object.keys(localStorage)) if (name.includes('draft')) localStorage.removeItem(name);";

/// The word for sync is none that changes by itself in a moment.
const STEADY: &str = "const indicator = document.querySelector('[data-testid=sync-indicator]');
    return !/Connecting|Saving|Connexion|Enregistrement/.test(indicator?.innerText ?? '')";

/// Fonts are there, and what was drawn last is on the screen.
const SETTLED: &str = "const done = arguments[0];
    document.fonts.ready.then(() => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))";

/// How high a screen has to be for all of the page, which scrolls by itself or in a part of its own.
const WHOLE: &str = "const hidden = [document.documentElement, ...document.querySelectorAll('main, main *')]
        .map((element) => ['auto', 'scroll'].includes(getComputedStyle(element).overflowY) || element === document.documentElement
            ? element.scrollHeight - element.clientHeight : 0);
    return arguments[0] + Math.max(...hidden)";
