//! Looking at all of a file: is it whole, do the chains of its workspaces hold, does everything agree with their logs.

use std::path::Path;

use serde::Serialize;
use slipway_shared::audit::AccountPlace;
use slipway_shared::canonical::Hash;
use slipway_shared::ids::CommandKey;
use slipway_shared::log::{Cursor, NEWEST_EVENT_VERSION, Payload};
use slipway_shared::redaction::Vouchers;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

use crate::history::{HistoryError, each_verified};
use crate::store::sqlite::Inspector;
use crate::store::{LogHead, SnapshotRow, StoreError};
use crate::writer::{SnapshotState, snapshot_state};

/// How many events are read at once.
const PAGE: usize = 1000;

/// How bad something is that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grade {
    /// As it should be.
    Fine,
    /// To be looked at; nothing is lost.
    Warning,
    /// Not what was written.
    Damage,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Finding {
    pub(crate) what: &'static str,
    pub(crate) grade: Grade,
    pub(crate) text: String,
}

impl Finding {
    pub(crate) fn new(what: &'static str, grade: Grade, text: impl Into<String>) -> Self {
        Self { what, grade, text: text.into() }
    }

    fn fine(what: &'static str, text: impl Into<String>) -> Self {
        Self::new(what, Grade::Fine, text)
    }

    fn damage(what: &'static str, text: impl Into<String>) -> Self {
        Self::new(what, Grade::Damage, text)
    }
}

/// A log that was read from its first event on.
#[derive(Clone, Debug)]
pub(crate) struct AuditedLog {
    pub(crate) head: LogHead,
    pub(crate) digest: Hash,
    /// When its newest event reached the server.
    pub(crate) received: Option<Timestamp>,
}

/// The logs of a file that is whole, by workspace.
#[derive(Clone, Debug)]
pub(crate) struct WholeLogs {
    pub(crate) first: AuditedLog,
    pub(crate) others: Vec<AuditedLog>,
}

impl WholeLogs {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &AuditedLog> {
        std::iter::once(&self.first).chain(&self.others)
    }
}

/// What was found in a file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Audit {
    pub(crate) findings: Vec<Finding>,
    /// The logs that could be read to their end, by workspace.
    pub(crate) logs: Vec<AuditedLog>,
}

impl Audit {
    /// Returns the logs of a file in which nothing is damaged, else what is. There is at least one.
    pub(crate) fn whole(self) -> Result<WholeLogs, Vec<Finding>> {
        let (damage, _): (Vec<_>, Vec<_>) =
            self.findings.into_iter().partition(|finding| finding.grade == Grade::Damage);
        let mut logs = self.logs.into_iter();
        match logs.next() {
            Some(first) if damage.is_empty() => Ok(WholeLogs { first, others: logs.collect() }),
            _ => Err(damage),
        }
    }

    /// Tells whether everything was read and nothing is damaged.
    pub(crate) fn is_whole(&self) -> bool {
        !self.logs.is_empty() && self.findings.iter().all(|finding| finding.grade != Grade::Damage)
    }
}

/// Reads a whole file, also beside whoever writes it.
///
/// # Errors
///
/// [`StoreError::Foreign`] and [`StoreError::Newer`] for a file that is not ours to judge. All damage is a finding.
pub(crate) fn audit(path: &Path) -> Result<Audit, StoreError> {
    let mut audit = Audit::default();
    match inspect(path, &mut audit) {
        Ok(()) => {}
        Err(error @ (StoreError::Foreign | StoreError::Newer { .. } | StoreError::Busy)) => {
            return Err(error);
        }
        Err(error) => {
            let source = std::error::Error::source(&error).map(|source| format!(" ({source})"));
            let text = format!("it can't be read: {error}{}", source.unwrap_or_default());
            audit.findings.push(Finding::damage("reading", text));
        }
    }
    Ok(audit)
}

fn inspect(path: &Path, audit: &mut Audit) -> Result<(), StoreError> {
    let inspector = Inspector::open(path)?;
    let damage = inspector.damage()?;
    if damage.is_empty() {
        audit.findings.push(Finding::fine("database", "SQLite finds nothing wrong with the file"));
    }
    audit.findings.extend(damage.into_iter().map(|line| Finding::damage("database", line)));
    audit.findings.extend(accounts(&inspector)?);
    let heads = inspector.heads()?;
    if heads.is_empty() {
        audit.findings.push(Finding::damage("log", "it holds no workspace"));
    }
    for head in &heads {
        let from = audit.findings.len();
        let inspected = inspect_log(&inspector, head, audit);
        if heads.len() > 1 {
            for finding in audit.findings.iter_mut().skip(from) {
                finding.text = format!("workspace {}: {}", head.workspace, finding.text);
            }
        }
        inspected?;
    }
    Ok(())
}

fn inspect_log(inspector: &Inspector, head: &LogHead, audit: &mut Audit) -> Result<(), StoreError> {
    let mut walk = Walk::begin(inspector, head)?;
    let reached = walk.walk_on();
    audit.findings.append(&mut walk.findings);
    let Some(log) = reached? else { return Ok(()) };
    let (seq, chain, digest) = (log.head.cursor.seq, log.head.cursor.chain, log.digest);
    let text = format!("{seq} events, unbroken chain up to {chain}, digest {digest}");
    audit.findings.push(Finding::fine("log", text));
    audit.findings.extend(projections(inspector, head, walk.commands)?);
    audit.logs.push(log);
    Ok(())
}

/// Looks at the log of accounts; a file of an older version has none.
fn accounts(inspector: &Inspector) -> Result<Option<Finding>, StoreError> {
    match each_verified(inspector, |_| Ok::<_, HistoryError>(())) {
        Ok(end) => Ok(end.map(|AccountPlace { seq, chain }| {
            Finding::fine("accounts", format!("{seq} events of accounts, unbroken chain up to {chain}"))
        })),
        Err(HistoryError::Store(error)) => Err(error),
        Err(error) => Ok(Some(Finding::damage("accounts", error.to_string()))),
    }
}

/// On the way through a log.
struct Walk<'a> {
    inspector: &'a Inspector,
    head: &'a LogHead,
    state: Workspace,
    cursor: Cursor,
    received: Option<Timestamp>,
    /// How many commands there were.
    commands: u64,
    /// The first event of the command that is not complete yet.
    open: Option<(CommandKey, u64)>,
    snapshots: Vec<SnapshotRow>,
    vouchers: Vouchers,
    findings: Vec<Finding>,
}

impl<'a> Walk<'a> {
    fn begin(inspector: &'a Inspector, head: &'a LogHead) -> Result<Self, StoreError> {
        let cursor = Cursor { seq: 0, chain: Hash::ZERO, ..head.cursor };
        let snapshots = inspector.snapshots(head.workspace)?;
        let (state, findings) = (Workspace::default(), Vec::new());
        Ok(Self {
            inspector,
            head,
            state,
            cursor,
            received: None,
            commands: 0,
            open: None,
            snapshots,
            vouchers: Vouchers::default(),
            findings,
        })
    }

    /// Returns the log; `None` when the chain breaks on the way.
    fn walk_on(&mut self) -> Result<Option<AuditedLog>, StoreError> {
        while self.next_page()? {}
        if !self.findings.iter().all(|finding| finding.what != "log") {
            return Ok(None);
        }
        if self.cursor != self.head.cursor || self.open.is_some() {
            let (reached, head) = (self.cursor.seq, self.head.cursor.seq);
            let text = format!("it ends at event {reached}, its head is said to be {head}");
            self.findings.push(Finding::damage("log", text));
            return Ok(None);
        }
        if let Some(seq) = self.vouchers.missing() {
            let text = format!("event {seq} is not what was written, and no later event says why");
            self.findings.push(Finding::damage("log", text));
            return Ok(None);
        }
        for row in std::mem::take(&mut self.snapshots) {
            let text = format!("the snapshot of event {} is of no event of the log", row.seq);
            self.findings.push(Finding::damage("snapshot", text));
        }
        let digest = self.state.digest();
        Ok(Some(AuditedLog { head: *self.head, digest, received: self.received }))
    }

    fn next_page(&mut self) -> Result<bool, StoreError> {
        let page = self.inspector.events(self.head.workspace, self.cursor.seq, PAGE)?;
        for event in &page {
            let Ok(read) = event.read_redacted_after(&self.cursor) else {
                let text = format!("event {} is not what was written", self.cursor.seq + 1);
                self.findings.push(Finding::damage("log", text));
                return Ok(false);
            };
            self.vouchers.take(&read, event);
            match &read.payload {
                Payload::Known(known) => self.state.apply(&read.header.origin(), known),
                Payload::Opaque if event.payload.is_none() => {}
                Payload::Opaque => {
                    let (found, known) = (i64::from(read.header.v), i64::from(NEWEST_EVENT_VERSION));
                    return Err(StoreError::Newer { found, known });
                }
            }
            self.cursor = Cursor { seq: read.header.seq, chain: read.chain, ..self.cursor };
            self.received = Some(read.header.received);
            self.command(read.header.command, read.header.more)?;
            self.compare_snapshots();
        }
        Ok(!page.is_empty())
    }

    /// Compares the events of a command that is complete with its outcome.
    fn command(&mut self, key: CommandKey, more: u32) -> Result<(), StoreError> {
        let (open, first) = self.open.unwrap_or((key, self.cursor.seq));
        if open != key {
            let text = format!("the events of command {open} end in its midst");
            self.findings.push(Finding::damage("outcomes", text));
        }
        self.open = (more > 0).then_some((key, first));
        if more > 0 {
            return Ok(());
        }
        self.commands += 1;
        let range = Some((first, self.cursor.seq));
        let known = self.inspector.outcome(self.head.workspace, key)?;
        if known.is_none_or(|known| known.events != range) {
            let text = format!("the outcome of command {key} does not name its events, {first} and on");
            self.findings.push(Finding::damage("outcomes", text));
        }
        Ok(())
    }

    fn compare_snapshots(&mut self) {
        let seq = self.cursor.seq;
        if self.snapshots.iter().all(|row| row.seq != seq) {
            return;
        }
        let (here, later) = std::mem::take(&mut self.snapshots).into_iter().partition(|row| row.seq == seq);
        self.snapshots = later;
        let here: Vec<SnapshotRow> = here;
        let found = here.iter().map(|row| match snapshot_state(row) {
            SnapshotState::Of(state, cursor)
                if cursor.chain == self.cursor.chain && state.digest() == self.state.digest() =>
            {
                Finding::fine("snapshot", format!("the snapshot of event {seq} agrees with the log"))
            }
            SnapshotState::Of(..) => Finding::damage(
                "snapshot",
                format!("the snapshot of event {seq} is not what the log leads to"),
            ),
            SnapshotState::Damaged => Finding::damage(
                "snapshot",
                format!("the snapshot of event {seq} is damaged; a start reads the log"),
            ),
            SnapshotState::OtherModel => Finding::new(
                "snapshot",
                Grade::Warning,
                format!("the snapshot of event {seq} is of another version; a start reads the log"),
            ),
        });
        self.findings.extend(found);
    }
}

/// Looks at what is kept beside the log.
fn projections(inspector: &Inspector, head: &LogHead, commands: u64) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    let known = inspector.commands_with_events(head.workspace)?;
    findings.push(if known == commands {
        Finding::fine("outcomes", format!("{commands} commands have events, and their outcomes name them"))
    } else {
        let text = format!("{commands} commands have events in the log, {known} by their outcomes");
        Finding::damage("outcomes", text)
    });
    findings.push(match inspector.wrong_queue(head.workspace)? {
        None => Finding::fine("queues", "every queue stands at its newest outcome"),
        Some(client) => {
            Finding::damage("queues", format!("queue {client} does not stand at its newest outcome"))
        }
    });
    let details = inspector.details(head.workspace)?;
    let wrong = details.iter().find(|detail| Hash::of(&[detail.body.as_bytes()]) != detail.hash);
    if let Some(wrong) = wrong {
        let text = format!("what deployment {} was before it was sealed is damaged", wrong.deployment);
        findings.push(Finding::damage("details", text));
    }
    let began = inspector.timelines(head.workspace)?;
    if let Some(late) = began.iter().find(|timeline| timeline.began > head.cursor.seq) {
        // A timeline of data that was set aside may have begun later than this backup's end.
        let text = format!(
            "timeline {} began at event {}, beyond the head: this is a backup from before, put in place of data that was \
             further along. If that was meant, redact once more what was redacted since, as the backup has it; browsers \
             send the rest of what they know again. Else restore a newer backup",
            late.epoch, late.began
        );
        findings.push(Finding::new("timelines", Grade::Warning, text));
    }
    Ok(findings)
}
