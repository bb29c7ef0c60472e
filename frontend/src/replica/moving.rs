//! Workspaces that are on this device only: beginning one, keeping a copy of one, and moving one to a server with its
//! whole history.
//!
//! While a log is on its way nothing is appended to it: what is done meanwhile waits in the outbox, and is sent to the
//! server afterwards. If the answer is lost nobody knows whether the server has it, so the log waits until the same is
//! sent again, which is answered as before, or its person says that it stays.

use leptos::prelude::GetValue as _;
use slipway_shared::account::Session;
use slipway_shared::account::import::Imported;
use slipway_shared::canonical::Hash;
use slipway_shared::ids::{MemberId, WorkspaceId};
use slipway_shared::json;
use slipway_shared::log::Cursor;
use slipway_shared::member::Profile;
use slipway_shared::order;
use slipway_shared::sync::client::Failure;
use slipway_shared::sync::export::ExportLine;
use slipway_shared::sync::local::{Folding, LocalHead, LocalLog, begin};
use slipway_shared::sync::protocol::ErrorCode;
use slipway_shared::workspace::MODEL_VERSION;

use super::clock::Clock;
use super::identity::BootRecord;
use super::local::{read_log, rows_of};
use super::storage::{self, LogRow, Storage};
use super::tabs::{TabMessage, Tabs, has_locks};
use super::{ReplicaHandle, leaving, transport, workspaces};

/// Where a server takes workspaces in.
const URL: &str = "/api/v1/workspaces/import";
/// What their logs are called on the wire.
const LINES: &str = "application/x-ndjson";

/// A workspace that is on this device only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalWorkspace {
    /// Which.
    pub workspace: WorkspaceId,
    /// What it is called.
    pub name: String,
    /// It is the one that is open.
    pub is_open: bool,
    /// It is on its way to a server, and that was not finished.
    pub is_moving: bool,
}

/// Why a workspace is not moved, or not copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MoveProblem {
    /// This device can't read or write what it keeps.
    Storage,
    /// Its log is damaged, or a newer version of the app wrote it.
    Unreadable,
    /// The server said no: it stays as it is.
    Refused(Failure),
    /// Whether the server has it is not known: the same is to be tried again.
    Unknown(Failure),
    /// The server has it, and it is not what was sent: it stays as it is here.
    Different,
    /// The server has it, and this device could not note that: the same is to be tried again.
    NotHandedOver,
}

/// The lines of a workspace, ready to be saved or sent.
pub struct Copy {
    /// As the browser keeps them.
    pub lines: web_sys::Blob,
    /// The digest of the state they lead to.
    pub digest: Hash,
}

impl ReplicaHandle {
    /// Tells whether a workspace can be begun on this device: its tabs have to be able to agree who leads.
    #[must_use]
    pub fn can_begin_here(self) -> bool {
        has_locks()
    }

    /// Tells whether the workspace that is open is on this device only.
    #[must_use]
    pub fn is_local(self) -> bool {
        self.engine.get_value().with(|state| state.local.is_some())
    }

    /// Begins a workspace on this device; the next start opens it. Tells whether it is kept.
    pub async fn begin_here(self, name: &str, person: &str) -> bool {
        begin_here(self.engine.get_value().clock(), name, person).await.is_some()
    }

    /// Returns the workspaces that are on this device only.
    pub async fn local_workspaces(self) -> Vec<LocalWorkspace> {
        let present = self.workspace();
        let mut found = Vec::new();
        for record in local_records().await {
            let row = Storage::open(record.home()).await.log_row().await;
            let Ok(LogRow::Here(head, _)) = row else { continue };
            found.push(LocalWorkspace {
                workspace: record.workspace,
                name: record.local.unwrap_or_default(),
                is_open: present == Some(record.workspace),
                is_moving: head.is_moving,
            });
        }
        found
    }

    /// Opens a workspace that is on this device only, at the next start.
    pub async fn open_local(self, workspace: WorkspaceId) {
        if let Some(record) = local_record(workspace).await {
            storage::keep_boot_record(&record).await;
            workspaces::note(&record);
        }
    }

    /// Returns a workspace that is on this device only, with its whole history, as lines.
    ///
    /// # Errors
    ///
    /// Why not.
    pub async fn copy_local(self, workspace: WorkspaceId) -> Result<Copy, MoveProblem> {
        let (storage, record) = opened(workspace).await?;
        let (head, _) = here(&storage).await?;
        Ok(read_copy(&storage, &record, head).await?.1)
    }

    /// Moves a workspace to the server of this address, for who is signed in there. After it the page is to be loaded
    /// anew.
    ///
    /// # Errors
    ///
    /// Why not, and what is known.
    pub async fn move_local(self, workspace: WorkspaceId) -> Result<(), MoveProblem> {
        let (storage, record) = opened(workspace).await?;
        let (head, row) = here(&storage).await?;
        let row = storage.set_moving(head, row, true).await.map_err(|_| MoveProblem::Storage)?;
        let sent = send(&storage, &record, head).await;
        match sent {
            Ok((log, imported)) => {
                hand_over(&storage, &record, &log, imported, row).await?;
                let by = self.engine.get_value().client();
                Tabs::open(record.home(), |_| ()).post(&TabMessage::Moved { by });
                Ok(())
            }
            Err(problem) => {
                // What is not known to be there is not taken for gone either; nor does a later refusal say anything of
                // what was sent before.
                if !head.is_moving && !matches!(problem, MoveProblem::Unknown(_)) {
                    // Where this fails it stays marked as moving: nothing is lost, and the settings offer to go on with the
                    // move or to keep it here.
                    let _ = storage.set_moving(head, row, false).await;
                }
                Err(problem)
            }
        }
    }

    /// Leaves a workspace where it is, whose move was not finished.
    ///
    /// # Errors
    ///
    /// When that can't be kept.
    pub async fn stay_local(self, workspace: WorkspaceId) -> Result<(), MoveProblem> {
        let (storage, _) = opened(workspace).await?;
        let (head, row) = here(&storage).await?;
        storage.set_moving(head, row, false).await.map(drop).map_err(|_| MoveProblem::Storage)?;
        self.connect_now();
        Ok(())
    }

    /// Brings a workspace to the server of this address, from a file.
    ///
    /// # Errors
    ///
    /// Why the server does not take it, or that there is no answer.
    pub async fn bring(self, lines: &web_sys::Blob) -> Result<Imported, Failure> {
        let text = transport::upload(URL, LINES, lines).await?;
        json::read(&text).map_err(|_| Failure::Unreadable)
    }
}

async fn begin_here(clock: Clock, name: &str, person: &str) -> Option<()> {
    let (workspace, member) = (WorkspaceId::from_u128(clock.mint()), MemberId::from_u128(clock.mint()));
    let begun = begin(name, member, clock.now(), || clock.mint()).ok()?;
    let profile = Profile { member, name: person.to_owned() };
    let record = BootRecord::begun_here(workspace, profile, begun.sequencer.workspace.name.clone());
    let storage = Storage::open(record.home()).await;
    let head = LocalHead::after(member, &begun);
    storage.append_to_log(&begun, &head, String::new()).await.ok()?;
    storage::keep_boot_record(&record).await;
    workspaces::note(&record);
    // Without the record nobody would find it again.
    let kept = storage::boot_records().await.present?;
    (kept.workspace == workspace).then_some(())
}

async fn local_records() -> Vec<BootRecord> {
    let mut records = storage::boot_records().await.all;
    records.retain(|record| record.local.is_some());
    order::sort_by_key(&mut records, |record| record.workspace);
    records.dedup_by_key(|record| record.workspace);
    records
}

async fn local_record(workspace: WorkspaceId) -> Option<BootRecord> {
    local_records().await.into_iter().find(|record| record.workspace == workspace)
}

async fn opened(workspace: WorkspaceId) -> Result<(Storage, BootRecord), MoveProblem> {
    let record = local_record(workspace).await.ok_or(MoveProblem::Storage)?;
    Ok((Storage::open(record.home()).await, record))
}

async fn here(storage: &Storage) -> Result<(LocalHead, String), MoveProblem> {
    match storage.log_row().await {
        Ok(LogRow::Here(head, row)) => Ok((head, row)),
        Ok(LogRow::Newer) => Err(MoveProblem::Unreadable),
        Ok(LogRow::None | LogRow::Moved) | Err(_) => Err(MoveProblem::Storage),
    }
}

/// Reads a whole log, verifying every link, and makes the lines of an export of it.
async fn read_copy(
    storage: &Storage,
    record: &BootRecord,
    head: LocalHead,
) -> Result<(LocalLog, Copy), MoveProblem> {
    // The lines are the browser's: memory of the app never shrinks again.
    let lines = js_sys::Array::new();
    let mut each = |event: &slipway_shared::log::StoredEvent| {
        lines.push(&(ExportLine::Event(event.clone()).to_text() + "\n").into());
    };
    let read = read_log(storage, Folding::begin(head, None), &mut each).await;
    let log = read.map_err(|_| MoveProblem::Unreadable)?;
    let header = log.export_header(record.workspace, record.people.clone());
    let digest = header.digest;
    let first = ExportLine::Header(header.clone()).to_text();
    lines.unshift(&(first.clone() + "\n").into());
    lines.push(&(header.footer(&first).to_text() + "\n").into());
    let lines = web_sys::Blob::new_with_str_sequence(&lines).map_err(|_| MoveProblem::Storage)?;
    Ok((log, Copy { lines, digest }))
}

/// Sends a log, and sees to it that what arrived is what was sent.
async fn send(
    storage: &Storage,
    record: &BootRecord,
    head: LocalHead,
) -> Result<(LocalLog, Imported), MoveProblem> {
    let (log, Copy { lines, digest }) = read_copy(storage, record, head).await?;
    let text = transport::upload(URL, LINES, &lines).await.map_err(sending_failed)?;
    let imported: Imported = json::read(&text).map_err(|_| MoveProblem::Unknown(Failure::Unreadable))?;
    let Imported { workspace, arrived, digest: there, model, .. } = &imported;
    let is_same = (*workspace, arrived.seq, arrived.chain) == (record.workspace, head.cursor.seq, head.cursor.chain)
        // Digests say something about each other only under equal models.
        && (*model != MODEL_VERSION || *there == digest);
    if is_same { Ok((log, imported)) } else { Err(MoveProblem::Different) }
}

fn sending_failed(failure: Failure) -> MoveProblem {
    match &failure {
        Failure::Refused(error) if !matches!(error.code, ErrorCode::Indeterminate | ErrorCode::Internal) => {
            MoveProblem::Refused(failure)
        }
        _ => MoveProblem::Unknown(failure),
    }
}

/// Lets the replica follow the server from now on. What is not sent stays in the outbox.
async fn hand_over(
    storage: &Storage,
    record: &BootRecord,
    log: &LocalLog,
    imported: Imported,
    row: String,
) -> Result<(), MoveProblem> {
    let Imported { workspace, arrived, session, .. } = imported;
    let cursor = Cursor { epoch: arrived.epoch, ..log.head().cursor };
    let rows = rows_of(log.workspace(), &cursor).await;
    storage.hand_over(rows, row).await.map_err(|_| MoveProblem::NotHandedOver)?;
    follow(record, &session, workspace).await;
    Ok(())
}

/// Notes whose a workspace is that was moved: its member there is who they were here.
async fn follow(record: &BootRecord, session: &Session, workspace: WorkspaceId) {
    let known = session.workspaces.iter().find(|known| known.id == workspace);
    let account = session.account.as_ref();
    leaving::note_person(account.map(|account| account.id));
    let moved = BootRecord {
        local: None,
        account: account.map(|account| account.id),
        login: account.map(|account| account.login.clone()),
        member: known.and_then(|known| known.member).unwrap_or(record.member),
        is_shared: session.session.as_ref().is_some_and(|session| session.is_shared),
        ..record.clone()
    };
    storage::keep_boot_record(&moved).await;
    workspaces::note(&moved);
}

/// Finishes a move that was cut off between the two notes of it: the log is handed over, and the record does not say so
/// yet. Who it belongs to there, the server tells.
pub(super) async fn finish_moves(record: BootRecord) -> BootRecord {
    if record.local.is_none() || Storage::open(record.home()).await.log_row().await != Ok(LogRow::Moved) {
        return record;
    }
    let moved = BootRecord { local: None, ..record };
    storage::keep_boot_record(&moved).await;
    moved
}
