//! The audit of a workspace: its log and what happened to the accounts of its people, as one list, newest first.
//!
//! Nothing is indexed for it: it is read rarely, by few, and a look reads a bounded number of events and says where to
//! go on.

pub(crate) mod belonging;
mod filter;
mod table;

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use slipway_shared::audit::{AccountEvent, AuditDetails, AuditEntry};
use slipway_shared::ids::{AccountId, DeploymentId, MemberId, SessionId, TokenId, WorkspaceId};
use slipway_shared::log::{EventHeader, StoredEvent};
use slipway_shared::member::MemberEvent;
use slipway_shared::time::Timestamp;

use crate::store::accounts::{AccountEventRow, Belonging};
use crate::store::sqlite::Accounts;
use crate::store::{Reader, StoreError};
use crate::writer::OpenWorkspace;

pub(crate) use filter::Filter;
pub(crate) use table::{HEADINGS, cells};

/// How many events are read at once.
const BATCH: usize = 500;
/// How many events one look reads, however few of them are asked for.
const MOST_READ: usize = 20_000;

/// Where a look begins: before these places of the two logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    log: u64,
    accounts: u64,
}

impl Place {
    /// Where everything is older than.
    pub(crate) const NEWEST: Self = Self { log: u64::MAX, accounts: u64::MAX };
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.log, self.accounts)
    }
}

/// A text that is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NotAPlace;

impl FromStr for Place {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let (log, accounts) = text.split_once('-').ok_or(NotAPlace)?;
        let number = |text: &str| text.parse().map_err(|_| NotAPlace);
        Ok(Self { log: number(log)?, accounts: number(accounts)? })
    }
}

/// What one look found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) entries: Vec<AuditEntry>,
    /// Where to go on; `None` at the end.
    pub(crate) next: Option<Place>,
}

/// The audit of one workspace, with what turns ids into people and devices.
pub(crate) struct Trail {
    reader: Arc<dyn Reader>,
    accounts: Arc<Accounts>,
    workspace: WorkspaceId,
    members: HashMap<AccountId, MemberId>,
    /// When who belonged to the workspace; nobody did where the log of accounts is not looked at.
    people: Vec<Belonging>,
    /// What sessions and API tokens are called.
    devices: HashMap<u128, String>,
    /// What is known of API tokens and invitations.
    subjects: HashMap<u128, AuditDetails>,
}

impl Trail {
    /// Prepares to look at both logs.
    pub(crate) fn whole(
        reader: Arc<dyn Reader>,
        accounts: Arc<Accounts>,
        open: &OpenWorkspace,
    ) -> Result<Self, StoreError> {
        let trail = Self::of(reader, accounts, open)?;
        let state = open.state();
        let people = belonging::of(&*trail.reader, open.id(), &state.workspace, &trail.members)?;
        Ok(Self { people, ..trail })
    }

    /// Prepares to look at the workspace's log.
    pub(crate) fn of(
        reader: Arc<dyn Reader>,
        accounts: Arc<Accounts>,
        open: &OpenWorkspace,
    ) -> Result<Self, StoreError> {
        let workspace = open.id();
        let members: HashMap<_, _> = accounts.members(workspace)?.into_iter().collect();
        let devices = accounts.devices(workspace)?.into_iter();
        let mut devices: HashMap<_, _> =
            devices.map(|(session, device)| (session.as_u128(), device)).collect();
        let invitations = accounts.invited_roles(workspace)?.into_iter();
        let invitations = invitations
            .map(|(id, role)| (id.as_u128(), AuditDetails { role: Some(role), ..AuditDetails::default() }));
        let mut subjects: HashMap<_, _> = invitations.collect();
        for (id, name, scope) in accounts.token_names(workspace)? {
            devices.insert(id.as_u128(), format!("API token \u{201c}{name}\u{201d}"));
            let details = AuditDetails { name: Some(name), scope: Some(scope), role: None };
            subjects.insert(id.as_u128(), details);
        }
        Ok(Self { reader, accounts, workspace, members, people: Vec::new(), devices, subjects })
    }

    /// Returns the newest entries before a place that are asked for, at most `limit`.
    pub(crate) fn look(&self, from: Place, filter: &Filter, limit: usize) -> Result<Found, StoreError> {
        let mut look = Look { trail: self, place: from, log: VecDeque::new(), accounts: VecDeque::new() };
        let mut entries = Vec::new();
        for _ in 0..MOST_READ {
            if entries.len() == limit {
                return Ok(Found { entries, next: Some(look.place) });
            }
            let Some(entry) = look.next()? else { return Ok(Found { entries, next: None }) };
            if filter.is_over(entry.at) {
                return Ok(Found { entries, next: None });
            }
            entries.extend(Some(entry).filter(|entry| filter.takes(entry)));
        }
        Ok(Found { entries, next: Some(look.place) })
    }

    /// Returns what happened to a deployment before a place of the log, the newest first, at most `limit` entries.
    pub(crate) fn of_deployment(
        &self,
        deployment: DeploymentId,
        before: u64,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let events = self.reader.events_of(self.workspace, deployment, before, limit)?;
        let entry = |event: StoredEvent| {
            let header = event.read_header().map_err(|_| StoreError::Corrupt { seq: before })?;
            Ok(self.of_log(&header, event))
        };
        events.into_iter().map(entry).collect()
    }

    fn of_log(&self, header: &EventHeader, event: StoredEvent) -> AuditEntry {
        AuditEntry {
            at: header.received,
            kind: header.kind.clone(),
            member: Some(header.actor),
            device: header.device.map(|device| self.device(device.as_u128())),
            concerns: member_of(header, &event).filter(|concerned| *concerned != header.actor),
            event: Some(event),
            account: None,
            details: None,
        }
    }

    fn of_accounts(&self, event: AccountEvent) -> AuditEntry {
        let member = |account: AccountId| self.members.get(&account).copied();
        let by = event.by.and_then(member);
        AuditEntry {
            at: event.at,
            kind: event.kind.clone(),
            member: by,
            device: event
                .session
                .map(SessionId::as_u128)
                .or(event.token.map(TokenId::as_u128))
                .map(|id| self.device(id)),
            details: event.subject.and_then(|subject| self.subjects.get(&subject.as_u128()).cloned()),
            event: None,
            concerns: event.account.and_then(member).filter(|concerned| by != Some(*concerned)),
            account: Some(event),
        }
    }

    /// Returns what a device is called, or the end of its id where that is not known any more: ids begin with the time.
    fn device(&self, id: u128) -> String {
        let short = || format!("{:08x}", id & 0xffff_ffff);
        self.devices.get(&id).cloned().unwrap_or_else(short)
    }
}

/// Returns whom an event of the log is about, where that is a member.
fn member_of(header: &EventHeader, event: &StoredEvent) -> Option<MemberId> {
    // Payloads may be long, and few are about members.
    let told = header.kind.starts_with("member.").then(|| belonging::concerned(event)).flatten()?;
    let (MemberEvent::Joined { member, .. }
    | MemberEvent::RoleSet { member, .. }
    | MemberEvent::Removed { member }) = told;
    Some(member)
}

/// On the way back through both logs.
struct Look<'a> {
    trail: &'a Trail,
    place: Place,
    log: VecDeque<(EventHeader, StoredEvent)>,
    accounts: VecDeque<AccountEvent>,
}

impl Look<'_> {
    /// Returns the next older entry of the two logs; `None` where both have begun.
    fn next(&mut self) -> Result<Option<AuditEntry>, StoreError> {
        self.read_on()?;
        let (log, accounts) = (self.log.front(), self.accounts.front());
        let at = |header: &EventHeader| header.received;
        let takes_log = match (log, accounts) {
            (None, None) => return Ok(None),
            (Some((header, _)), Some(account)) => at(header) >= account.at,
            (log, None) => log.is_some(),
            (None, Some(_)) => false,
        };
        if takes_log {
            let taken = self.log.pop_front();
            return Ok(taken.map(|(header, event)| {
                self.place.log = header.seq;
                self.trail.of_log(&header, event)
            }));
        }
        Ok(self.accounts.pop_front().map(|event| {
            self.place.accounts = event.seq;
            self.trail.of_accounts(event)
        }))
    }

    fn read_on(&mut self) -> Result<(), StoreError> {
        let Trail { reader, accounts, workspace, people, .. } = self.trail;
        if self.log.is_empty() && self.place.log > 1 {
            let events = reader.events_before(*workspace, self.place.log, BATCH)?;
            let read = events.into_iter().map(|event| {
                let header = event.read_header().map_err(|_| StoreError::Corrupt { seq: self.place.log })?;
                Ok::<_, StoreError>((header, event))
            });
            self.log = read.collect::<Result<_, _>>()?;
            self.place.log = if self.log.is_empty() { 0 } else { self.place.log };
        }
        if self.accounts.is_empty() && self.place.accounts > 1 {
            let rows = accounts.history_of(*workspace, people, self.place.accounts, BATCH)?;
            self.accounts = rows.iter().map(account_event).collect::<Result<_, _>>()?;
            self.place.accounts = if self.accounts.is_empty() { 0 } else { self.place.accounts };
        }
        Ok(())
    }
}

fn account_event(row: &AccountEventRow) -> Result<AccountEvent, StoreError> {
    serde_json::from_str(&row.body).map_err(|error| StoreError::Failed(error.into()))
}

/// Returns whether a moment is so long before another that clocks that were set back don't explain it.
fn is_long_before(at: Timestamp, limit: Timestamp) -> bool {
    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    at.0 < limit.0.saturating_sub(DAY_MS)
}
