//! The audit in a browser, and a secret that is taken out of everything, other browsers too.

use serde_json::json;
use slipway_shared::audit::account_chain;
use slipway_shared::canonical::Hash;
use slipway_tests::browser::{Browser, Engine};
use slipway_tests::server::{TestServer, run};
use slipway_tests::wait;

use crate::people::{set_title, synced};
use crate::people_accounts::{fill, invite_ben, open_deployment, set_up, words};

const SECRET: &str = "hunter2-p4ssw0rd";

/// Returns the names of the stores of this browser, and of its localStorage, that have a text in them.
const KEPT: &str = "const [text, done] = arguments;
    (async () => {
      const found = Object.values(localStorage).some((value) => value.includes(text)) ? ['localStorage'] : [];
      for (const { name } of (await indexedDB.databases()).filter(({ name }) => name.startsWith('slipway'))) {
        const database = await new Promise((resolve) => (indexedDB.open(name).onsuccess = (event) => resolve(event.target.result)));
        for (const store of database.objectStoreNames) {
          const rows = await new Promise((resolve) => (database.transaction(store).objectStore(store).getAll().onsuccess = (event) => resolve(event.target.result)));
          if (JSON.stringify(rows).includes(text)) found.push(store);
        }
        database.close();
      }
      done(found);
    })();";

fn kept(browser: &Browser) -> Vec<String> {
    serde_json::from_value(browser.script_async(KEPT, &[json!(SECRET)])).unwrap()
}

fn data_has_secret(server: &TestServer) -> bool {
    let files = std::fs::read_dir(server.data()).unwrap().map(|entry| entry.unwrap().path());
    let mut files = files.filter(|path| path.is_file()).map(|path| std::fs::read(path).unwrap());
    files.any(|bytes| bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes()))
}

fn rows(browser: &Browser) -> u64 {
    browser.count(".audit .rows > li")
}

#[test]
fn an_admin_sees_who_did_what_and_nobody_else_does() {
    let server = TestServer::start_unclaimed();
    let (_profile, anna) = set_up(&server, Engine::Chromium);
    let (_bens, ben) = invite_ben(&server, &anna);
    open_deployment(&ben, "crane", "4.2.0");
    synced(&ben);
    anna.visit(&format!("{}/settings", server.url()));
    anna.click_within("section[aria-label=Audit]", "link", "Open");
    assert_eq!(anna.path(), "/settings/audit");
    anna.see("Open 4.2.0 crane");
    anna.see("Accept an invitation");
    anna.see("Take over the server as its owner");
    anna.see_in("[data-testid=audit-state]", "Verified on this device up to event");
    let found = anna.axe();
    assert!(found.is_empty(), "{found:#?}");

    // Narrowed down, and back again.
    let pick = |field: &str, option: &str| {
        let script = "const field = document.getElementById(arguments[0]);
            field.value = [...field.options].find((known) => known.text === arguments[1]).value;
            field.dispatchEvent(new Event('change'));";
        anna.script(script, &[json!(field), json!(option)]);
    };
    pick("audit-kind", "Members and invitations");
    wait::until("only people and invitations", || {
        let shown = words(&anna);
        (shown.contains("Accept an invitation") && !shown.contains("Open 4.2.0 crane")).then_some(())
    });
    pick("audit-person", "Ben Mast");
    pick("audit-kind", "Everything");
    anna.see("Open 4.2.0 crane");
    wait::until("only what Ben did", || (!words(&anna).contains("Take over the server")).then_some(()));
    assert!(rows(&anna) >= 3, "{}", words(&anna));
    let href =
        anna.script("return document.querySelector('a[download=\"audit.csv\"]').getAttribute('href')", &[]);
    let href = href.as_str().unwrap().to_owned();
    assert!(href.contains("format=csv") && href.contains("person="), "{href}");
    let fetched = "const [href, done] = arguments; fetch(href).then((answer) => answer.text()).then(done)";
    let csv = anna.script_async(fetched, &[json!(href)]);
    assert!(csv.as_str().unwrap().contains("\"deployment.opened\",\"Ben Mast\""), "{csv}");

    ben.visit(&format!("{}/settings/audit", server.url()));
    ben.wait_for("[data-testid=may-not]");
    assert_eq!(ben.count("[data-testid=audit-state]"), 0);
}

#[test]
fn a_secret_that_was_pasted_is_removed_from_every_browser_and_the_log_says_so() {
    let server = TestServer::start_unclaimed();
    let (_profile, anna) = set_up(&server, Engine::Chromium);
    let (_bens, ben) = invite_ben(&server, &anna);
    open_deployment(&ben, "crane", SECRET);
    synced(&ben);
    anna.visit(&format!("{}/board", server.url()));
    anna.see(SECRET);
    synced(&anna);
    assert!(kept(&ben).contains(&"acknowledged".to_owned()), "{:?}", kept(&ben));
    assert!(!kept(&anna).is_empty() && data_has_secret(&server));

    anna.visit(&format!("{}/settings/audit", server.url()));
    anna.click("button", "Remove a secret…");
    fill(&anna, "redact-text", SECRET);
    fill(&anna, "redact-reason", "A password in a version");
    anna.click_within("dialog[open]", "button", "Look for it");
    anna.see_in("[data-testid=redact-found]", "1 event has it, of 1 deployment");
    let found = anna.axe();
    assert!(found.is_empty(), "{found:#?}");
    assert!(data_has_secret(&server), "looking for it changes nothing");
    // What was looked for is what goes, whatever is typed afterwards: this would be found nowhere.
    fill(&anna, "redact-text", "something else altogether");
    anna.click_within("dialog[open]", "button", "Remove it for good");

    for browser in [&ben, &anna] {
        browser.see("An admin has removed something for good");
        wait::until("the secret to be gone from the browser", || kept(browser).is_empty().then_some(()));
        // A toast that has it goes by itself, as every toast does.
        wait::until("the secret to be gone from the screen", || {
            (!words(browser).contains(SECRET)).then_some(())
        });
    }
    assert!(!data_has_secret(&server));
    ben.reload();
    ben.see("[removed]");
    assert!(!words(&ben).contains(SECRET) && kept(&ben).is_empty());
    // The work goes on.
    set_title(&ben, "Without the password");
    synced(&ben);
    anna.visit(&format!("{}/deployments", server.url()));
    anna.see("Without the password");
    anna.visit(&format!("{}/settings/audit", server.url()));
    anna.see("Remove something from 1 event: A password in a version");
}

/// Writes the log of accounts of a server that is down anew, as if its first event had happened a second earlier. Every
/// hash fits, so that nothing in the data tells of it.
fn rewrite_accounts(server: &TestServer) {
    let mut file = rusqlite::Connection::open(server.data().join("slipway.db")).unwrap();
    let transaction = file.transaction().unwrap();
    let sql = "UPDATE account_events SET body = json_set(body, '$.at', body ->> '$.at' - 1000) WHERE seq = 1";
    assert_eq!(transaction.execute(sql, []).unwrap(), 1);
    let bodies: Vec<(i64, String)> = {
        let mut rows = transaction.prepare("SELECT seq, body FROM account_events ORDER BY seq").unwrap();
        let read = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        read.collect::<Result<_, _>>().unwrap()
    };
    let mut chain = Hash::ZERO;
    for (seq, body) in bodies {
        chain = account_chain(chain, &body);
        let values = rusqlite::params![seq, chain.0];
        transaction.execute("UPDATE account_events SET chain = ?2 WHERE seq = ?1", values).unwrap();
    }
    transaction.execute("UPDATE account_events_head SET chain = ?1", [chain.0]).unwrap();
    transaction.commit().unwrap();
}

#[test]
fn a_browser_that_saw_another_history_of_accounts_says_so() {
    const VERIFIED: &str = "Verified on this device up to event";
    const FORKED: &str = "This browser has seen another history";
    let mut server = TestServer::start();
    let (_profile, browser) = Browser::open(Engine::Chromium);
    let page = format!("{}/settings/audit", server.url());
    browser.go(&page);
    browser.see_in("[data-testid=audit-state]", VERIFIED);
    server.kill();
    server.restart();
    browser.visit(&page);
    browser.see_in("[data-testid=audit-state]", VERIFIED);
    assert!(!words(&browser).contains(FORKED), "the history is the same");

    server.kill();
    rewrite_accounts(&server);
    let data = server.data().to_string_lossy().into_owned();
    let checked = run(&["check", "--data", &data]);
    assert_eq!(checked.code, Some(0), "the data itself tells: {checked:?}");
    server.restart();
    browser.visit(&page);
    browser.see(FORKED);
    browser.see("slipway check tells what the data holds");

    // It is said until somebody has taken note of it.
    browser.reload();
    browser.see(FORKED);
    browser.click("button", "Dismiss");
    wait::until("nothing to be said", || (!words(&browser).contains(FORKED)).then_some(()));
    browser.reload();
    browser.see_in("[data-testid=audit-state]", VERIFIED);
    assert!(!words(&browser).contains(FORKED));
}
