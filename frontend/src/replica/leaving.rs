//! Who comes and who goes: what is kept, forgotten and made way for when somebody signs in or out, or is let out.
//!
//! The session is a cookie that all tabs of a browser have in common, and no page can read it. So a tab in which
//! somebody else signs in would send the work of the one before as theirs. What keeps that from happening is a note of
//! who is signed in: it is emptied before anything is asked for that may change the session, and a tab that does not
//! find its own person there sends nothing.

use leptos::prelude::*;
use slipway_shared::account::{Session, WorkspaceSummary};
use slipway_shared::ids::AccountId;
use slipway_shared::sync::client::Failure;
use slipway_shared::sync::protocol::{ApiError, ErrorCode};
use slipway_shared::sync::replica::Replica;

use super::Boot;
use super::engine::Engine;
use super::identity::{BootRecord, Home, to_open};
use super::storage::{self, Storage};
use super::tabs::{TabMessage, Tabs};
use super::workspaces;
use crate::browser::{kept, page};

/// How often a tab looks whether everything in it is stored.
const SAFE_SOON: std::time::Duration = std::time::Duration::from_millis(500);

/// Where it is noted who is signed in.
const PERSON: &str = "person";

/// Where `js/crash.js` notes what was done last.
const ACTIONS: &str = "actions";

/// Where it is noted what has to be deleted and could not be.
const LEFT: &str = "left";

/// Notes who is signed in, as the server has said.
pub(super) fn note_person(account: Option<AccountId>) {
    match account {
        Some(account) => drop(kept::keep(PERSON, &account)),
        None => kept::forget(PERSON),
    }
}

/// Notes that who is signed in may change any moment: until that is settled nobody sends anything. Returns what was noted,
/// for [`settle_as_before`].
pub(super) fn unsettle_person() -> Option<String> {
    let before = kept::read(PERSON);
    kept::keep(PERSON, &"");
    before
}

/// Notes what was noted before: nobody else was let in. Where an answer was lost before that, it stays unsettled.
pub(super) fn settle_as_before(before: Option<String>) {
    match before {
        Some(before) => drop(kept::keep(PERSON, &before)),
        None => kept::forget(PERSON),
    }
}

/// Returns who is signed in, as far as this browser knows.
pub(super) fn noted_person() -> Option<AccountId> {
    kept::read::<AccountId>(PERSON)
}

/// Takes in what the server says of whose replica this is: one from before there were accounts is theirs from now on.
pub(super) fn note(engine: &Engine, session: &Session) {
    let account = session.account.as_ref().map(|account| account.id);
    note_person(account);
    engine.with(|state| {
        if let Some(record) = state.record.as_mut() {
            if let Some(account) = &session.account {
                (record.account, record.login) = (Some(account.id), Some(account.login.clone()));
            }
            record.is_shared = session.session.as_ref().is_some_and(|session| session.is_shared);
        }
    });
}

/// Tells whether who is signed in is who this tab works for, as far as this browser knows.
pub(super) fn is_still_theirs(engine: &Engine) -> bool {
    let account = engine.with(|state| state.record.as_ref().and_then(|record| record.account));
    let noted: Option<String> = kept::read(PERSON);
    match (account, noted) {
        (Some(account), Some(noted)) => account.to_string() == noted,
        // Without accounts there is nobody else, and storage that is blocked knows nothing.
        (None, _) | (_, None) => true,
    }
}

/// Returns what stands for a request that was not sent, since somebody else is signed in.
pub(super) fn signed_out() -> Failure {
    let code = ErrorCode::SignInNeeded;
    Failure::Refused(ApiError { code, message: String::new(), details: None })
}

/// Loads the page anew for whoever is signed in now, unless something is in this tab alone.
pub(super) fn make_way(engine: &Engine) -> bool {
    let is_safe = may_load_anew(engine);
    if is_safe {
        page::reload();
    }
    is_safe
}

/// As [`make_way`], as soon as nothing is in this tab alone any more.
pub(super) fn make_way_soon(engine: &Engine) {
    if !make_way(engine) {
        let engine = engine.clone();
        set_timeout(move || make_way_soon(&engine), SAFE_SOON);
    }
}

/// Loads an address as soon as nothing is in this tab alone any more: what is only here is sent first, by who has just
/// signed in again. In a browser that stores nothing everything is in this tab, so that has to be sent.
pub(super) fn load_soon(engine: &Engine, to: String) {
    let is_sent = engine.with(|state| state.replica.pending().is_empty() && state.refused.is_empty());
    if may_load_anew(engine) || is_sent {
        return page::load(&to);
    }
    let engine = engine.clone();
    set_timeout(move || load_soon(&engine, to), SAFE_SOON);
}

/// Tells whether nothing is in this tab alone, so that the page may be loaded anew.
pub(super) fn may_load_anew(engine: &Engine) -> bool {
    engine.with(|state| state.unsaved.is_empty() && state.awaited.is_empty() && !state.memory_only)
}

/// Somebody else is signed in, or another data directory is served at this address: theirs is opened, this one stays
/// stored. What only this page holds would be gone with it, so then it stays. Returns what the greeting came to.
pub(super) async fn make_way_for(engine: &Engine, session: &Session) -> Failure {
    if may_load_anew(engine) {
        open_next(session).await;
        page::reload();
    }
    match session.account {
        Some(_) => signed_out(),
        None => Failure::Unreadable,
    }
}

/// Sees to it that the next start opens what this person may open.
async fn open_next(session: &Session) {
    workspaces::forget_note();
    let records = storage::boot_records().await;
    // A build that knew no accounts kept no other note of it.
    if let Some(present) = &records.present {
        storage::keep_boot_record(present).await;
    }
    let before = records.present.as_ref().map(|record| record.workspace);
    match to_open(session, before) {
        Some(workspace) => {
            storage::keep_boot_record(&record_of(session, workspace, &records.all)).await;
        }
        None => match &records.present {
            // Nothing else says who its person is.
            Some(present) if present.local.is_some() => storage::open_nothing().await,
            Some(present) => storage::leave_boot_record(present).await,
            None => {}
        },
    }
}

/// Returns the record of somebody who opens a workspace, beside what this browser knows already and what it could not
/// delete.
pub(super) fn record_of(session: &Session, workspace: &WorkspaceSummary, known: &[BootRecord]) -> BootRecord {
    let left: Vec<_> = left().iter().filter_map(|(name, _)| name.parse().ok()).collect();
    BootRecord::among(session, workspace, known, &left)
}

/// Returns what is known here of somebody who may open nothing any more.
pub(super) fn former_record_of(session: &Session, known: &[BootRecord]) -> Option<BootRecord> {
    let account = session.account.as_ref()?.id;
    let former = known.iter().find(|record| record.account == Some(account))?;
    let is_shared = session.session.as_ref().is_some_and(|session| session.is_shared);
    Some(BootRecord { is_shared, ..former.clone() })
}

/// Somebody signed in: the next start is theirs.
pub(super) async fn enter(session: &Session) {
    open_next(session).await;
    note_person(session.account.as_ref().map(|account| account.id));
}

/// Its person signed out. What they did and the server does not know stays, for when they come back; on a shared
/// computer nothing does.
pub(super) async fn leave(engine: &Engine) {
    forget(engine, false).await;
    kept::forget(PERSON);
}

/// The session of somebody on a computer that others use has ended, and nobody asked: what they did stays for when they
/// come back, and whoever is next sees none of it. The page begins anew, and asks before it shows anything.
pub(super) fn leave_unasked(engine: &Engine) {
    workspaces::forget_note();
    make_way_soon(engine);
}

/// Forgets what is here of somebody who has gone from a computer that others use, but what they did and the server does
/// not know. Nobody was asked, so no work is deleted, also what another tab does at this moment; nobody else is shown it.
pub(super) async fn forget_gone(record: &BootRecord) {
    let records = storage::boot_records().await.all;
    for record in records.iter().filter(|known| known.is_of_same_person(record)) {
        forget_place(record, false, None).await;
    }
    if let Some(account) = record.account {
        storage::forget_workspaces(account).await;
    }
    kept::forget(PERSON);
}

/// They may not see the workspace any more. What they did and the server does not know is before them by now.
pub(super) fn removed(engine: &Engine) {
    let engine = engine.clone();
    leptos::task::spawn_local(async move {
        forget(&engine, true).await;
        show_removed(&engine);
    });
}

async fn forget(engine: &Engine, is_removed: bool) {
    let (storage, record) = engine.with(|state| {
        // Nothing that is under way is stored any more.
        (state.is_leader, state.stream) = (false, None);
        state.reign += 1;
        state.tell(&TabMessage::Left { is_removed });
        (state.storage.clone(), state.record.clone().or_else(|| state.former.clone()))
    });
    let leaves_nothing = !is_removed && record.as_ref().is_some_and(|record| record.is_shared);
    if let Some(record) = &record {
        forget_place(record, leaves_nothing, storage).await;
        if leaves_nothing {
            kept::forget_own_of(&record.member.to_string());
            kept::forget(ACTIONS);
        }
    }
    if let Some(record) = record {
        if is_removed {
            workspaces::open_another(&record).await;
        } else {
            forget_others(&record, leaves_nothing).await;
        }
    }
}

/// Forgets what is in somebody's place, which may be open. As long as it can't be, the place stays theirs: whoever comes
/// next would else find what they did, and send it.
async fn forget_place(record: &BootRecord, leaves_nothing: bool, open: Option<Storage>) {
    storage::leave_boot_record(record).await;
    let forgotten = match open {
        Some(open) => open.forget(!leaves_nothing).await,
        None => storage::forget(record.home(), !leaves_nothing).await,
    };
    match forgotten {
        Ok(()) if leaves_nothing => storage::drop_record(record.home()).await,
        Ok(()) => {}
        // It is not shown, and whoever comes next is told that it is there still.
        Err(_) => note_left(record.home(), leaves_nothing),
    }
}

/// Forgets what is here of the other workspaces of somebody who signed out, in every tab.
async fn forget_others(left: &BootRecord, leaves_nothing: bool) {
    let records = storage::boot_records().await.all;
    let is_other = |record: &&BootRecord| record.home() != left.home() && record.is_of_same_person(left);
    for record in records.iter().filter(is_other) {
        Tabs::open(record.home(), |_| ()).post(&TabMessage::Left { is_removed: false });
        forget_place(record, leaves_nothing, None).await;
        if leaves_nothing {
            kept::forget_own_of(&record.member.to_string());
        }
    }
    if let Some(account) = left.account {
        storage::forget_workspaces(account).await;
    }
}

/// Notes that something has to be deleted once more, with or without what its person did.
fn note_left(home: Home, leaves_nothing: bool) {
    let mut left = left();
    left.retain(|(known, _)| *known != home.to_string());
    left.push((home.to_string(), leaves_nothing));
    kept::keep(LEFT, &left);
}

fn left() -> Vec<(String, bool)> {
    kept::read(LEFT).unwrap_or_default()
}

/// Tells whether something could not be deleted.
pub(super) fn has_left_something() -> bool {
    !left().is_empty()
}

/// Its person has a place again that was to be deleted: what they do there from now on stays.
pub(super) fn take_back(record: &BootRecord) {
    if record.account.is_some() && noted_person() == record.account {
        let_go_of(&record.home().to_string());
    }
}

fn let_go_of(name: &str) {
    let mut left = left();
    let before = left.len();
    left.retain(|(known, _)| known != name);
    if left.len() < before {
        kept::keep(LEFT, &left);
    }
}

/// Deletes what could not be deleted before, at the start of a page: nothing of it is open then, but what its person
/// has taken back. What still can't be is tried again at the next start.
pub(super) async fn delete_what_is_left() {
    for (name, leaves_nothing) in left() {
        // Its person may have taken it back in another tab meanwhile.
        if !left().contains(&(name.clone(), leaves_nothing)) {
            continue;
        }
        // A name that is none is of a build that wrote another form.
        let done = match name.parse::<Home>() {
            Ok(home) => storage::forget(home, !leaves_nothing).await.is_ok(),
            Err(_) => true,
        };
        if done {
            if let (true, Ok(home)) = (leaves_nothing, name.parse()) {
                storage::drop_record(home).await;
            }
            let_go_of(&name);
        }
    }
}

/// Another tab of this browser forgot what this one still shows.
pub(super) fn left_elsewhere(engine: &Engine, is_removed: bool) {
    engine.with(|state| {
        (state.is_leader, state.stream) = (false, None);
        state.reign += 1;
    });
    if is_removed {
        show_removed(engine);
    } else {
        page::load("/sign-in");
    }
}

fn show_removed(engine: &Engine) {
    let signals = engine.signals;
    // What was not submitted is about things that have names only there.
    signals.last_view.set(signals.view.get_untracked());
    engine.with(|state| {
        let actor = state.replica.actor();
        state.replica = Replica::default();
        state.replica.set_actor(actor);
    });
    engine.signals.boot.set(Boot::Removed);
    engine.show();
}
