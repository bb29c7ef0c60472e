//! The app from a plain file server: a workspace on this device, which outlives reloads, tabs and killed browsers, and is
//! moved to a server with its whole history, in the same place or by a file.

use fantoccini::Locator;
use serde_json::{Value, json};
use slipway_shared::canonical::Hash;
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine, Profile};
use slipway_tests::server::{TestServer, free_address};
use slipway_tests::static_files::StaticFiles;
use slipway_tests::verify::read_log;
use slipway_tests::wait;

use crate::people::synced;

const INDICATOR: &str = "[data-testid=sync-indicator]";

/// What is kept of the workspace on this device: rows of its log, of its outbox, and where it is.
const KEPT: &str = "const done = arguments[arguments.length - 1];
    (async () => {
      const kept = {};
      for (const { name } of (await indexedDB.databases()).filter(({ name }) => name.startsWith('slipway-'))) {
        const database = await new Promise((resolve) => (indexedDB.open(name).onsuccess = (event) => resolve(event.target.result)));
        const ask = (store, ask) => new Promise((resolve) => (ask(database.transaction(store).objectStore(store)).onsuccess = (event) => resolve(event.target.result)));
        kept[name] = { log: await ask('log', (store) => store.count()), outbox: await ask('outbox', (store) => store.count()), head: await ask('meta', (store) => store.get('log')) };
        database.close();
      }
      done(kept);
    })();";

fn kept(browser: &Browser) -> Value {
    browser.script_async(KEPT, &[])
}

/// Returns what is kept of the one workspace there is.
fn kept_of_one(browser: &Browser) -> Value {
    let kept = kept(browser);
    let kept = kept.as_object().unwrap();
    assert_eq!(kept.len(), 1, "{kept:?}");
    kept.values().next().unwrap().clone()
}

fn fill(browser: &Browser, id: &str, text: &str) {
    browser.wait_for(&format!("#{id}"));
    let field = browser.block_on(browser.client().find(Locator::Id(id))).unwrap();
    browser.block_on(field.clear()).unwrap();
    browser.block_on(field.send_keys(text)).unwrap();
}

fn on_device(browser: &Browser) {
    browser.see_in(INDICATOR, "On this device");
}

/// Begins a workspace by the screens, from where no server is found.
fn begin(browser: &Browser, url: &str) {
    browser.visit(&format!("{url}/"));
    browser.click("link", "Try it here");
    let found = browser.axe_where_it_can();
    assert!(found.is_empty(), "{found:#?}");
    browser.click("button", "Begin");
    browser.see("This is needed");
    fill(browser, "workspace", "Harbour");
    fill(browser, "name", "Anna Keel");
    browser.click("button", "Begin");
    browser.wait_for("[data-testid=column]");
    on_device(browser);
}

trait Accessible {
    fn axe_where_it_can(&self) -> Vec<String>;
}

impl Accessible for Browser {
    fn axe_where_it_can(&self) -> Vec<String> {
        if self.engine() == Engine::Chromium { self.axe() } else { Vec::new() }
    }
}

fn open_deployment(browser: &Browser, service: &str, version: &str) {
    browser.click("link", "/^New deployment/");
    browser.write("/^(Service|Name of the service)/", service);
    browser.write("Version", version);
    browser.click("button", "Create deployment");
    browser.see(version);
}

/// Opens the one deployment on the board.
fn open_card(browser: &Browser) {
    browser.wait_for(".card-link");
    browser.script("document.querySelector('.card-link').click()", &[]);
    browser.wait_for("[data-testid=check]");
}

/// Ticks the first open check of the deployment that is shown, and returns its text.
fn tick(browser: &Browser) -> String {
    let check = crate::people::open_check(browser);
    browser.click("checkbox", &check);
    is_ticked(browser, &check);
    check
}

fn is_ticked(browser: &Browser, check: &str) {
    let script = "return [...document.querySelectorAll('[data-testid=check][data-state=done] label')]
        .some((label) => label.textContent.trim().startsWith(arguments[0])) || undefined";
    browser.wait_script("the tick", script, &[json!(check)]);
}

/// Waits until everything that was done has its place in the log.
fn all_in_log(browser: &Browser) {
    wait::until("the outbox to be empty", || {
        let kept = kept(browser);
        kept.as_object()?.values().all(|rows| rows["outbox"] == json!(0)).then_some(())
    });
}

fn works_here(engine: Engine) {
    let files = StaticFiles::app_at(free_address());
    let url = files.url();
    let profile = Profile::new(engine);
    let browser = profile.open();
    begin(&browser, &url);
    open_deployment(&browser, "crane", "4.2.0");
    let first = tick(&browser);
    let page = browser.path();
    all_in_log(&browser);
    browser.wait_offline_ready();
    browser.reload();
    is_ticked(&browser, &first);
    on_device(&browser);

    // A second tab shows what the first does, and does its own.
    let tab = browser.tab();
    browser.open_tab();
    browser.visit(&format!("{url}{page}"));
    is_ticked(&browser, &first);
    let second = tick(&browser);
    browser.show_tab(&tab);
    is_ticked(&browser, &second);
    all_in_log(&browser);
    let before = kept_of_one(&browser);

    if engine == Engine::WebKit {
        // Its driver keeps no profile.
        browser.close();
        return;
    }
    browser.kill();
    drop(files);
    // No network at all: the app and the workspace are both here.
    let browser = profile.open();
    browser.visit(&format!("{url}{page}"));
    is_ticked(&browser, &first);
    is_ticked(&browser, &second);
    on_device(&browser);
    assert_eq!(kept_of_one(&browser)["head"], before["head"], "the log is another one");
    let third = tick(&browser);
    all_in_log(&browser);
    browser.reload();
    is_ticked(&browser, &third);
    browser.close();
}

#[test]
fn a_workspace_without_a_server_works_in_chromium() {
    works_here(Engine::Chromium);
}

#[test]
fn a_workspace_without_a_server_works_in_firefox() {
    works_here(Engine::Firefox);
}

#[test]
fn a_workspace_without_a_server_works_in_webkit() {
    works_here(Engine::WebKit);
}

#[test]
fn settings_say_what_needs_a_server_and_what_is_here() {
    let files = StaticFiles::app_at(free_address());
    let (_profile, browser) = Browser::open(Engine::Chromium);
    begin(&browser, &files.url());
    browser.click("link", "Settings");
    browser.see("On this device only");
    browser.see("Harbour");
    for missing in ["Sign out", "Invite somebody", "Make a token"] {
        assert!(!browser.has("button", missing), "{missing} needs a server");
    }
    let found = browser.axe();
    assert!(found.is_empty(), "{found:#?}");
    browser.click("button", "Move to a server");
    browser.see_in("[data-testid=local-said]", "There is no Slipway server at this address");
    browser.click("button", "Save a copy");
    browser.see_in("[data-testid=local-said]", "Its digest is");
}

/// A workspace that was made at the address of a server which is away, with the browser it is in.
struct Away {
    server: TestServer,
    files: Option<StaticFiles>,
    _profile: Profile,
    browser: Browser,
    check: String,
}

impl Away {
    fn begin(engine: Engine) -> Self {
        let mut server = TestServer::start();
        server.kill();
        let files = StaticFiles::app_at(server.address());
        let (profile, browser) = Browser::open(engine);
        begin(&browser, &files.url());
        open_deployment(&browser, "crane", "4.2.0");
        let check = tick(&browser);
        all_in_log(&browser);
        browser.wait_offline_ready();
        Self { server, files: Some(files), _profile: profile, browser, check }
    }

    /// The server is there in place of the files.
    fn arrive(&mut self) {
        self.files = None;
        self.server.restart();
    }
}

fn move_it(browser: &Browser, url: &str) {
    browser.go(&format!("{url}/settings"));
    browser.click("button", "/^(Move to a server|Continue the move)$/");
}

/// The state that a server has of the workspace that was moved to it, by what it is called.
fn state_on(server: &TestServer) -> (Hash, u64) {
    let mut api = Api::connect_to(server.address(), "Harbour").unwrap();
    let (workspace, cursor) = api.snapshot().unwrap();
    (workspace.digest(), cursor.seq)
}

/// Saves a copy, and returns the digest of what is here, as the app says it.
fn digest_here(browser: &Browser) -> String {
    browser.click("link", "Settings");
    // What becomes of the file is the business of another test.
    browser.script("HTMLAnchorElement.prototype.click = () => {}", &[]);
    browser.click("button", "Save a copy");
    let said = "return /Its digest is ([0-9a-f]+)/.exec(document.querySelector('[data-testid=local-said]')?.innerText)?.[1]";
    browser.wait_script("the digest", said, &[]).as_str().unwrap().to_owned()
}

/// Returns the digest of the state that a server had of the workspace at a place of its log.
fn digest_at(server: &TestServer, place: usize) -> String {
    let mut api = Api::connect_to(server.address(), "Harbour").unwrap();
    let (_, cursor) = api.snapshot().unwrap();
    let log = api.log().unwrap();
    read_log(cursor.epoch, &log[..place]).workspace.digest().to_string()
}

#[test]
fn a_workspace_is_moved_to_the_server_of_the_same_place() {
    for engine in [Engine::Chromium, Engine::Firefox] {
        let mut away = Away::begin(engine);
        let head = kept_of_one(&away.browser)["head"].as_str().unwrap().to_owned();
        let head: Value = serde_json::from_str(&head).unwrap();
        let place = head["cursor"]["seq"].as_u64().unwrap();
        let digest = digest_here(&away.browser);
        away.arrive();
        let url = away.server.url();
        move_it(&away.browser, &url);
        synced(&away.browser);
        away.browser.visit(&format!("{url}/board"));
        synced(&away.browser);
        away.browser.see("4.2.0");
        let (_, seq) = state_on(&away.server);
        assert_eq!(seq, place + 1, "all of it, and the move");
        let arrived = digest_at(&away.server, usize::try_from(place).unwrap());
        assert_eq!(arrived, digest, "the server has another state");
        wait::until("the copy here to be let go of", || {
            let kept = kept(&away.browser);
            kept.as_object()?
                .values()
                .all(|rows| rows["log"] == json!(0) && rows["head"].is_null())
                .then_some(())
        });
        // It goes on there.
        open_card(&away.browser);
        is_ticked(&away.browser, &away.check);
        tick(&away.browser);
        synced(&away.browser);
        wait::until("the tick to arrive", || (state_on(&away.server).1 == seq + 1).then_some(()));
    }
}

#[test]
fn a_move_whose_answer_is_lost_is_repeated_and_nothing_is_lost() {
    let mut away = Away::begin(Engine::Chromium);
    let before = kept_of_one(&away.browser);
    away.files = None;
    away.server.restart();
    let url = away.server.url();
    away.browser.go(&format!("{url}/settings"));
    // The server has it, and the browser never hears of it.
    away.browser.script(
        "const sent = window.fetch; window.fetch = async (url, ...rest) => {
           const answer = await sent(url, ...rest);
           if (String(url).endsWith('/import')) throw new TypeError('the connection broke');
           return answer;
         }",
        &[],
    );
    away.browser.click("button", "Move to a server");
    away.browser.see_in("[data-testid=local-said]", "Continue the move");
    assert_eq!(kept_of_one(&away.browser)["log"], before["log"], "the log is here still");
    let (digest, seq) = state_on(&away.server);

    // The page dies in the middle of it; what is done meanwhile waits, and is sent in the end.
    away.browser.visit("about:blank");
    away.browser.go(&format!("{url}/board"));
    away.browser.see("on its way to a server");
    open_card(&away.browser);
    let meanwhile = tick(&away.browser);
    move_it(&away.browser, &url);
    synced(&away.browser);
    away.browser.visit(&format!("{url}/board"));
    synced(&away.browser);
    let (after, grown) = state_on(&away.server);
    assert_ne!(after, digest, "what was done meanwhile is missing");
    assert_eq!(grown, seq + 1, "each once");
    open_card(&away.browser);
    is_ticked(&away.browser, &away.check);
    is_ticked(&away.browser, &meanwhile);
}

#[test]
fn a_file_of_it_is_brought_to_a_server_elsewhere() {
    let files = StaticFiles::app_at(free_address());
    let (_profile, browser) = Browser::open(Engine::Chromium);
    begin(&browser, &files.url());
    open_deployment(&browser, "crane", "4.2.0");
    let check = tick(&browser);
    all_in_log(&browser);
    browser.visit(&format!("{}/settings", files.url()));
    // What would be saved as a file is kept where the test can read it.
    browser.script("const make = URL.createObjectURL; URL.createObjectURL = (blob) => (window.saved = blob, make.call(URL, blob))", &[]);
    browser.click("button", "Save a copy");
    browser.see_in("[data-testid=local-said]", "Its digest is");
    let text = browser.script_async("window.saved.text().then(arguments[arguments.length - 1])", &[]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("harbour.jsonl");
    std::fs::write(&path, text.as_str().unwrap()).unwrap();

    let server = TestServer::start();
    browser.go(&format!("{}/settings", server.url()));
    // It is offered once it is known who may.
    let input = browser.wait_for("[data-testid=bring-file]");
    browser.block_on(input.send_keys(&path.to_string_lossy())).unwrap();
    browser.see("The digest is the same in the file and on the server");
    browser.click("button", "Open the workspace");
    browser.wait_for("[data-testid=column]");
    synced(&browser);
    open_card(&browser);
    is_ticked(&browser, &check);
}
