//! What was called saved is there: tabs crash, pages are left and closed in the very moment of an edit, and whole
//! browsers are killed, each time without a server that could have it already.

use std::time::Duration;

use serde_json::json;
use slipway_shared::check::CheckState;
use slipway_shared::ids::{ClientId, DeploymentId, ServiceId};
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine, Profile};
use slipway_tests::commands::{self, wire};
use slipway_tests::random::Random;
use slipway_tests::server::TestServer;
use slipway_tests::verify;

/// More than there are tries.
const CHECKS: usize = 60;
/// How often an edit in the last moment of a page is tried.
const ROUNDS: usize = 5;
/// How long after the click a browser is killed.
const DELAYS_MS: [u64; 4] = [0, 20, 50, 200];

pub(crate) const TICK: &str = "const tick = (check) => [...document.querySelectorAll('[data-testid=check]')]
    .find((row) => row.querySelector('label').textContent.trim().startsWith(check)).querySelector('input').click();";
const OPEN_PANEL: &str = "document.querySelector('[data-testid=sync-indicator]').click()";
const IS_CALLED_SAVED: &str = "return [...document.querySelectorAll('.sync-waiting li')].some((item) =>
    item.textContent.includes(arguments[0]) && item.textContent.includes('Saved on this device'))";
pub(crate) const STATE: &str = "return [...document.querySelectorAll('[data-testid=check]')]
    .find((row) => row.querySelector('label').textContent.trim().startsWith(arguments[0]))?.dataset.state";

/// One edit, and what the screen said of it before the end.
struct Try {
    way: &'static str,
    check: String,
    was_called_saved: bool,
}

/// When a browser is killed.
#[derive(Clone, Copy)]
enum Moment {
    /// So long after the click.
    After(Duration),
    /// Once the indicator counts the edit among what waits on this device.
    Waiting,
    /// Once the panel says that it is saved.
    Saved,
}

/// A device that knows a deployment with many checks, and whose server is gone.
struct Outage {
    server: TestServer,
    profile: Profile,
    page: String,
    deployment: DeploymentId,
    begin: u64,
    tries: Vec<Try>,
}

impl Outage {
    fn begin(engine: Engine) -> Self {
        let mut server = TestServer::start();
        let deployment = add_tries(&server);
        let page = format!("{}/deployments/{deployment}", server.url());
        let profile = Profile::new(engine);
        let browser = profile.open();
        browser.go(&page);
        browser.see("try 01");
        browser.wait_for("[data-testid=check]");
        browser.wait_offline_ready();
        browser.see_in("[data-testid=sync-indicator]", "Synced");
        let begin = Api::connect(server.address()).unwrap().snapshot().unwrap().1.seq;
        browser.close();
        server.kill();
        Self { server, profile, page, deployment, begin, tries: Vec::new() }
    }

    /// Opens the page with the sync panel, which says of every edit how safe it is.
    fn look(&self, browser: &Browser) {
        browser.go(&self.page);
        browser.wait_for("[data-testid=check]");
        browser.see_in("[data-testid=sync-indicator]", "Offline");
        browser.script(OPEN_PANEL, &[]);
        browser.wait_for(".sync-facts");
    }

    /// Returns a check that was not ticked yet.
    fn next_check(&self) -> String {
        format!("try {:02}", self.tries.len() + 1)
    }

    fn note(&mut self, way: &'static str, check: String, was_called_saved: bool) {
        self.tries.push(Try { way, check, was_called_saved });
    }

    /// Ends a tab, or what it shows, with a script that ticks a check: whatever was said of it came too late.
    fn end_page(&mut self, browser: &Browser, way: &'static str, script: &str) {
        for _ in 0..ROUNDS {
            let check = self.next_check();
            let first = browser.tab();
            browser.open_tab();
            self.look(browser);
            browser.script(&format!("{TICK} {script}"), &[json!(check)]);
            browser.close_tab();
            browser.show_tab(&first);
            self.note(way, check, false);
        }
    }

    /// Kills the browser some time after a click, or once the screen says what it says.
    fn kill_browser(&mut self, way: &'static str, moment: Moment) {
        let check = self.next_check();
        let browser = self.profile.open();
        self.look(&browser);
        let waiting = browser.count(".sync-waiting li");
        browser.script(&format!("{TICK} tick(arguments[0])"), &[json!(check)]);
        let was_called_saved = match moment {
            // How long it lives on is what is tried: nothing is waited for.
            Moment::After(delay) => {
                std::thread::sleep(delay);
                !delay.is_zero() && browser.script(IS_CALLED_SAVED, &[json!(check)]) == json!(true)
            }
            Moment::Waiting => {
                browser.see_in("[data-testid=sync-indicator]", &format!("{} waiting", waiting + 1));
                true
            }
            Moment::Saved => {
                says_saved(&browser, &check);
                true
            }
        };
        browser.kill();
        self.note(way, check, was_called_saved);
    }

    /// Opens the browser again, without a server, and counts what is there; then the server gets each of it once.
    fn count(mut self, engine: Engine) {
        let browser = self.profile.open();
        self.look(&browser);
        let state = |check: &str| browser.script(STATE, &[json!(check)]);
        let there: Vec<bool> = self.tries.iter().map(|tried| state(&tried.check) == json!("done")).collect();
        let mut lost = Vec::new();
        let mut ways: Vec<&str> = self.tries.iter().map(|tried| tried.way).collect();
        ways.dedup();
        let all = || self.tries.iter().zip(&there);
        let counted = ways.iter().map(|way| {
            let of_way = || all().filter(|(tried, _)| tried.way == *way);
            let kept = of_way().filter(|(_, there)| **there).count();
            lost.extend(
                of_way()
                    .filter(|(tried, there)| tried.was_called_saved && !**there)
                    .map(|(tried, _)| &tried.check),
            );
            format!("{way} {kept}/{}", of_way().count())
        });
        let counted = counted.collect::<Vec<_>>().join(", ");
        let saved = self.tries.iter().filter(|tried| tried.was_called_saved).count();
        let name = format!("durability in {engine:?}");
        let (commands, kept) = (self.tries.len(), there.iter().filter(|there| **there).count());
        verify::total(
            &name,
            &format!(
                "{commands} commands, {saved} called saved, lost {} of them (kept {kept}: {counted})",
                lost.len()
            ),
        );
        assert!(lost.is_empty(), "called saved and lost: {lost:?}");
        assert!(saved >= 2, "the screen never called anything saved");

        self.server.restart();
        browser.see_in("[data-testid=sync-indicator]", "Synced");
        let (workspace, cursor) = Api::connect(self.server.address()).unwrap().snapshot().unwrap();
        let deployment = workspace.deployments.get(&self.deployment).unwrap();
        let done = deployment.checks().filter(|check| check.state() == CheckState::Done).count();
        assert_eq!(done, kept, "what was kept is on the server");
        assert_eq!(cursor.seq - self.begin, u64::try_from(kept).unwrap(), "each once");
    }
}

/// Adds the deployment whose checks are ticked.
pub(crate) fn add_tries(server: &TestServer) -> DeploymentId {
    let mut random = Random::fresh();
    let mut api = Api::connect(server.address()).unwrap();
    let client = ClientId::from_u128(random.id());
    let hello = api.hello(client, None, vec![]).unwrap();
    let column = commands::first_queue(&api.snapshot().unwrap().0);
    let service = ServiceId::from_u128(random.id());
    let deployment = DeploymentId::from_u128(random.id());
    let open = commands::open_with_checks(deployment, service, column, CHECKS, || random.id());
    let all = [commands::add_service(service, "harbour"), open];
    let wires: Vec<_> =
        all.into_iter().zip(1..).map(|(command, seq)| wire(client, seq, hello.head, command)).collect();
    api.push(hello.epoch, &wires).unwrap();
    deployment
}

fn says_saved(browser: &Browser, check: &str) {
    browser.wait_script("the edit to be called saved", IS_CALLED_SAVED, &[json!(check)]);
}

/// Kills the browser at several moments after a click.
fn kill_at_several_moments(outage: &mut Outage) {
    for delay in DELAYS_MS {
        outage.kill_browser("killed a moment later", Moment::After(Duration::from_millis(delay)));
    }
    outage.kill_browser("killed once it said waiting", Moment::Waiting);
    for _ in 0..2 {
        outage.kill_browser("killed once it said saved", Moment::Saved);
    }
}

#[test]
fn pages_that_end_in_the_moment_of_an_edit_lose_nothing_that_was_called_saved() {
    for engine in [Engine::Chromium, Engine::Firefox] {
        let mut outage = Outage::begin(engine);
        let browser = outage.profile.open();
        outage.look(&browser);
        outage.end_page(
            &browser,
            "left in the same task",
            "tick(arguments[0]); location.href = '/licences.html'",
        );
        outage.end_page(
            &browser,
            "closed from pagehide",
            "addEventListener('pagehide', () => tick(arguments[0]))",
        );
        if engine == Engine::Chromium {
            crash_tabs(&mut outage, &browser);
        }
        saved_and_left(&mut outage, &browser);
        browser.close();
        outage.count(engine);
    }
}

/// Crashes tabs at once after a click.
fn crash_tabs(outage: &mut Outage, browser: &Browser) {
    for _ in 0..ROUNDS {
        let check = outage.next_check();
        let tab = browser.open_tab();
        outage.look(browser);
        browser.script(&format!("{TICK} tick(arguments[0])"), &[json!(check)]);
        browser.crash_tab(&tab);
        outage.note("tab crashed", check, false);
    }
}

/// Closes tabs that said that it is saved.
fn saved_and_left(outage: &mut Outage, browser: &Browser) {
    for _ in 0..2 {
        let check = outage.next_check();
        let first = browser.tab();
        browser.open_tab();
        outage.look(browser);
        browser.script(&format!("{TICK} tick(arguments[0])"), &[json!(check)]);
        says_saved(browser, &check);
        browser.close_tab();
        browser.show_tab(&first);
        outage.note("closed once it said saved", check, true);
    }
}

#[test]
fn a_killed_chromium_loses_nothing_it_called_saved() {
    let mut outage = Outage::begin(Engine::Chromium);
    kill_at_several_moments(&mut outage);
    outage.count(Engine::Chromium);
}

#[test]
fn a_killed_firefox_loses_nothing_it_called_saved() {
    let mut outage = Outage::begin(Engine::Firefox);
    kill_at_several_moments(&mut outage);
    outage.count(Engine::Firefox);
}
