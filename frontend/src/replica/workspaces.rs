//! The workspaces that this person may open: which there are, which of them are held here, and going to another one.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use slipway_shared::account::{Session, WorkspaceSummary, Workspaces};
use slipway_shared::ids::{AccountId, WorkspaceId};
use slipway_shared::order;
use slipway_shared::sync::client::{Failure, Link};

use super::engine::Engine;
use super::identity::BootRecord;
use super::storage::{self, Elsewhere};
use super::{leaving, transport};
use crate::browser::slices::wait;
use crate::browser::{kept, page};

/// How often the server is asked for the names and roles of all workspaces: only the open one tells of itself.
const ASK_EVERY: Duration = Duration::from_secs(60);
/// How long going to another workspace waits for what was just done to be stored, in milliseconds, and how often it looks.
const STORING_MS: u32 = 3_000;
const LOOK_MS: u32 = 50;
/// Where it is noted which workspace a tab shows: two tabs may show two of them, and each stays with its own.
const OF_TAB: &str = "workspace";

/// A workspace that this person may open, or did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownWorkspace {
    /// What the server said of it last. One that it says nothing of any more has no name.
    pub summary: WorkspaceSummary,
    /// Whether it is the one that is open.
    pub is_open: bool,
    /// Whether it is on this device, so that it opens without a server.
    pub is_held: bool,
    /// Whether no server has it.
    pub is_local: bool,
    /// How many changes of this person wait in it.
    pub unsent: usize,
    /// How much waits for this person in it, as far as was counted: only those that are on this device are.
    pub waiting: usize,
}

/// What came of going to another workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Switched {
    /// The page is loaded anew.
    Going,
    /// It is not on this device, and the server can't be reached.
    NeedsConnection,
    /// Something that was done here is in this tab alone, and would be gone with it.
    NotSaved,
    /// The server refused, or knows nothing of it.
    Refused(Failure),
}

/// Returns whose workspaces are to be shown beside one: of one that is on this device only, those of who is signed in.
pub(super) fn person_of(present: &BootRecord) -> Option<AccountId> {
    present.account.or_else(|| present.local.as_ref().and_then(|_| leaving::noted_person()))
}

/// Looks for the workspaces, now and then again and again.
pub(super) fn watch(engine: &Engine) {
    let asking = engine.clone();
    set_interval(move || ask(&asking), ASK_EVERY);
    look(engine);
}

/// Asks the server, where this tab is the one that does.
fn ask(engine: &Engine) {
    // Of one that is on this device only, no server is in touch.
    let asks = engine.with(|state| {
        let has_account = state.record.as_ref().is_some_and(|record| record.account.is_some());
        has_account && state.is_leader && state.sync.link() == Link::Following
    });
    if !asks || !leaving::is_still_theirs(engine) {
        return;
    }
    let engine = engine.clone();
    leptos::task::spawn_local(async move {
        let answered = transport::workspaces().await;
        // Somebody else may have signed in meanwhile: what they may open is not this person's business.
        if let Ok(told) = answered
            && leaving::is_still_theirs(&engine)
        {
            keep(&engine, told).await;
        }
    });
}

/// Takes in what the server says of the workspaces of who is signed in, who is this person.
pub(super) fn learn(engine: &Engine, session: &Session) {
    let (engine, workspaces) = (engine.clone(), session.workspaces.clone());
    leptos::task::spawn_local(async move { keep(&engine, Workspaces { workspaces }).await });
}

async fn keep(engine: &Engine, told: Workspaces) {
    let account = engine.with(|state| state.record.as_ref().and_then(|record| record.account));
    let Some(account) = account else { return };
    storage::keep_workspaces(account, &told).await;
    read(engine).await;
}

/// Shows what is known here of the workspaces.
pub(super) fn look(engine: &Engine) {
    let engine = engine.clone();
    leptos::task::spawn_local(async move { read(&engine).await });
}

/// Reads what is known here of the workspaces, and what waits in them, and shows it.
pub(super) async fn read(engine: &Engine) {
    let (present, is_shared) = engine.with(|state| (state.record.clone(), state.is_shared()));
    let waiting = storage::elsewhere(present.as_ref()).await;
    let count = |of_others: bool, each: fn(&Elsewhere) -> usize| {
        waiting.iter().filter(|waiting| waiting.is_of_others == of_others).map(each).sum()
    };
    let own = if is_shared { Elsewhere::lost_with_it } else { Elsewhere::unsent };
    engine.with(|state| {
        (state.elsewhere, state.of_others) = (count(false, own), count(true, Elsewhere::unsent));
    });
    engine.show();
    let Some(present) = present else { return };
    let person = person_of(&present);
    let kept = match person {
        Some(account) => storage::kept_workspaces(account).await,
        None => Vec::new(),
    };
    let mut known = listed(kept, &storage::boot_records().await.all, (&present, person), &waiting);
    engine.signals.workspaces.with_untracked(|before| {
        for known in &mut known {
            let before = before.iter().find(|before| before.summary.id == known.summary.id);
            known.waiting = before.map_or(0, |before| before.waiting);
        }
    });
    if *engine.signals.workspaces.get_untracked() != known {
        engine.signals.workspaces.set(Arc::new(known));
    }
}

/// Puts together what the server said last and what is in this browser.
fn listed(
    kept: Vec<WorkspaceSummary>,
    records: &[BootRecord],
    (present, person): (&BootRecord, Option<AccountId>),
    waiting: &[Elsewhere],
) -> Vec<KnownWorkspace> {
    let own = |record: &&BootRecord| record.account.is_some() && record.account == person;
    let unsent = |record: &BootRecord| {
        let there = waiting.iter().find(|waiting| waiting.home == record.home());
        there.map_or(0, Elsewhere::unsent)
    };
    let known = |summary: WorkspaceSummary, record: Option<&BootRecord>| KnownWorkspace {
        is_open: summary.id == present.workspace,
        is_held: record.is_some_and(|record| record.last_in_step.is_some()),
        is_local: false,
        unsent: record.map_or(0, unsent),
        waiting: 0,
        summary,
    };
    let of_server = kept.into_iter().map(|summary| {
        let is_it = |record: &&BootRecord| {
            record.workspace == summary.id && summary.member.is_none_or(|member| member == record.member)
        };
        let record = records.iter().filter(own).find(is_it);
        known(summary, record)
    });
    let mut all: Vec<_> = of_server.collect();
    // What waits where they are no member any more is theirs still.
    for record in records.iter().filter(own).filter(|record| unsent(record) > 0) {
        if all.iter().all(|known| known.summary.id != record.workspace) {
            let (id, member) = (record.workspace, Some(record.member));
            all.push(known(WorkspaceSummary { id, name: String::new(), member, role: None }, Some(record)));
        }
    }
    // Those that are on this device only are whoever's uses it.
    let mut here: Vec<_> = records.iter().filter(|record| record.local.is_some()).collect();
    order::sort_by_key(&mut here, |record| record.workspace);
    here.dedup_by_key(|record| record.workspace);
    all.extend(here.into_iter().map(|record| {
        let (id, name) = (record.workspace, record.local.clone().unwrap_or_default());
        let summary = WorkspaceSummary { id, name, member: Some(record.member), role: None };
        KnownWorkspace { is_held: true, is_local: true, ..known(summary, Some(record)) }
    }));
    order::sort_by_key(&mut all, |known| {
        (known.summary.name.is_empty(), known.summary.name.to_lowercase(), known.summary.id)
    });
    all
}

/// Goes to another workspace: at once to one that is held here, else with the server's help.
pub(super) async fn switch(engine: &Engine, to: WorkspaceId) -> Switched {
    let Some(present) = engine.with(|state| state.record.clone()) else { return Switched::NeedsConnection };
    let records = storage::boot_records().await.all;
    let person = person_of(&present);
    let is_here = |record: &&BootRecord| {
        let is_held = record.account == person && record.last_in_step.is_some();
        record.workspace == to && (is_held || record.local.is_some())
    };
    if let Some(record) = records.iter().find(is_here) {
        return open(engine, record).await;
    }
    match transport::session().await {
        Ok(session) => enter(engine, &session, to).await,
        Err(Failure::Unreachable) => Switched::NeedsConnection,
        Err(failure) => Switched::Refused(failure),
    }
}

/// Opens a workspace that the server has just said this person may open.
pub(super) async fn enter(engine: &Engine, session: &Session, to: WorkspaceId) -> Switched {
    let account = session.account.as_ref().map(|account| account.id);
    let is_same =
        engine.with(|state| state.record.as_ref().is_some_and(|record| person_of(record) == account));
    let known = session.workspaces.iter().find(|known| known.id == to);
    match known {
        Some(workspace) if is_same => {
            let records = storage::boot_records().await.all;
            open(engine, &leaving::record_of(session, workspace, &records)).await
        }
        _ if !is_same => Switched::Refused(leaving::make_way_for(engine, session).await),
        _ => Switched::Refused(Failure::Unreadable),
    }
}

async fn open(engine: &Engine, record: &BootRecord) -> Switched {
    if !is_stored_soon(engine).await {
        return Switched::NotSaved;
    }
    storage::keep_boot_record(record).await;
    note(record);
    page::load("/board");
    Switched::Going
}

/// Loads another page anew, once nothing is in this tab alone.
pub(super) async fn load_page(engine: &Engine, to: &str) -> Switched {
    if !is_stored_soon(engine).await {
        return Switched::NotSaved;
    }
    page::load(to);
    Switched::Going
}

/// Waits a while until nothing is in this tab alone; tells whether that is so.
async fn is_stored_soon(engine: &Engine) -> bool {
    for _ in 0..STORING_MS / LOOK_MS {
        if leaving::may_load_anew(engine) {
            return true;
        }
        wait(LOOK_MS).await;
    }
    false
}

/// Sees to it that the next start opens another workspace of who was let out of this one, if one is held here.
pub(super) async fn open_another(left: &BootRecord) {
    forget_note();
    let records = storage::boot_records().await.all;
    let is_other = |record: &&BootRecord| {
        record.workspace != left.workspace && record.account == left.account && record.last_in_step.is_some()
    };
    if let Some(other) = records.iter().find(is_other) {
        storage::keep_boot_record(other).await;
    }
}

/// Notes which workspace this tab shows.
pub(super) fn note(record: &BootRecord) {
    kept::keep_of_tab(OF_TAB, &record.home().to_string());
}

/// Tells whether this tab shows a workspace, or did before it was loaded anew.
pub(super) fn is_noted(record: &BootRecord) -> bool {
    kept::of_tab(OF_TAB).is_some_and(|noted| noted == record.home().to_string())
}

/// Forgets which workspace this tab shows: the next start opens what the browser opened last.
pub(super) fn forget_note() {
    kept::keep_of_tab(OF_TAB, "");
}

/// Returns the record of what this tab showed, where that is of the person whose replica is to be opened.
pub(super) fn of_tab(records: &storage::Records) -> Option<BootRecord> {
    let present = records.present.as_ref()?;
    let noted = kept::of_tab(OF_TAB)?;
    let person = person_of(present);
    let is_noted = |record: &&BootRecord| {
        record.home().to_string() == noted && (record.account == person || record.local.is_some())
    };
    records.all.iter().find(is_noted).cloned()
}

#[cfg(test)]
mod tests {
    use slipway_shared::ids::MemberId;
    use slipway_shared::member::Role;
    use slipway_shared::time::Timestamp;

    use super::*;

    fn summary(id: u128, name: &str) -> WorkspaceSummary {
        WorkspaceSummary {
            id: WorkspaceId::from_u128(id),
            name: name.to_owned(),
            member: Some(MemberId::from_u128(id * 10)),
            role: Some(Role::Member),
        }
    }

    fn record(workspace: u128, account: u128, last_in_step: Option<i64>) -> BootRecord {
        BootRecord {
            workspace: WorkspaceId::from_u128(workspace),
            member: MemberId::from_u128(workspace * 10),
            people: Vec::new(),
            last_in_step: last_in_step.map(Timestamp),
            account: Some(AccountId::from_u128(account)),
            login: None,
            is_beside: false,
            is_shared: false,
            local: None,
        }
    }

    #[test]
    fn the_list_is_what_the_server_said_last_and_what_is_here() {
        let kept = vec![summary(1, "web"), summary(2, "Api"), summary(3, "Board")];
        let present = record(1, 7, Some(5));
        let records = [present.clone(), record(2, 7, Some(5)), record(3, 7, None), record(4, 7, Some(5))];
        let all = listed(kept.clone(), &records, (&present, present.account), &[]);
        let shown: Vec<_> =
            all.iter().map(|known| (&*known.summary.name, known.is_open, known.is_held)).collect();
        // The third was left here, or never came; the fourth is none of theirs any more, and nothing waits in it.
        assert_eq!(shown, [("Api", false, true), ("Board", false, false), ("web", true, true)]);
        // Somebody else's replicas of the same workspaces are not theirs.
        let others = [present.clone(), record(2, 8, Some(5))];
        assert!(
            listed(kept, &others, (&present, present.account), &[])
                .iter()
                .all(|known| known.is_held == known.is_open)
        );
    }

    #[test]
    fn what_is_on_this_device_only_is_listed_beside_the_others() {
        let present = record(1, 7, Some(5));
        let here = BootRecord { account: None, local: Some("Here".to_owned()), ..record(2, 7, None) };
        let records = [present.clone(), here.clone(), here.clone()];
        let all = listed(vec![summary(1, "Web")], &records, (&present, present.account), &[]);
        let shown: Vec<_> =
            all.iter().map(|known| (&*known.summary.name, known.is_open, known.is_held)).collect();
        assert_eq!(shown, [("Here", false, true), ("Web", true, true)]);
        // From there, those of who is signed in; of nobody, none.
        let own = present.account;
        assert_eq!(listed(vec![summary(1, "Web")], &records, (&here, own), &[]).len(), 2);
        assert_eq!(listed(Vec::new(), &records, (&here, None), &[]).len(), 1);
    }

    #[test]
    fn what_waits_in_a_workspace_is_listed_wherever_it_is() {
        let present = record(1, 7, Some(5));
        let records = [present.clone(), record(2, 7, Some(5)), record(4, 7, Some(5)), record(5, 8, Some(5))];
        let waiting =
            [2, 4, 5].map(|workspace| Elsewhere::with_one_unsent(record(workspace, 7, None).home()));
        let all = listed(
            vec![summary(1, "Web"), summary(2, "Api")],
            &records,
            (&present, present.account),
            &waiting,
        );
        let shown: Vec<_> = all.iter().map(|known| (known.summary.id.as_u128(), known.unsent)).collect();
        assert_eq!(shown, [(2, 1), (1, 0), (4, 1)], "nobody else's, and one without a name comes last");
    }
}
