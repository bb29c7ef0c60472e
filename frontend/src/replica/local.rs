//! A workspace without a server: this device stands in for one, by the same rules. Commands get their place in a log of
//! the device's own, and are answered once that is committed.
//!
//! Only who leads asks it. Should two tabs ever think they do, the row that says where the log is lets one through, and
//! the other reads anew.

use std::cell::RefCell;
use std::rc::Rc;

use slipway_shared::log::{Cursor, StoredEvent};
use slipway_shared::member::Profile;
use slipway_shared::sync::client::Failure;
use slipway_shared::sync::group::PushRefusal;
use slipway_shared::sync::local::{Folding, LocalError, LocalLog};
use slipway_shared::sync::protocol::{
    ApiError, ErrorCode, ErrorDetails, EventsPage, HelloRequest, HelloResponse, PushRequest, PushResponse,
};
use slipway_shared::sync::snapshot::SnapshotWriter;
use slipway_shared::workspace::Workspace;

use super::clock::Clock;
use super::fetching::Fetched;
use super::storage::{LogRow, SnapshotRows, Storage, StorageFailed};
use super::transport::Stream;
use crate::browser::slices::Slices;

/// How many events are read at once.
const PAGE: u64 = 500;

/// What stands in for a server. Clones are one.
#[derive(Clone)]
pub(super) struct LocalServer {
    storage: Storage,
    clock: Clock,
    people: Vec<Profile>,
    open: Rc<RefCell<Option<Open>>>,
    follower: Rc<RefCell<Option<Follower>>>,
}

/// A log that is read, and what its row said then.
#[derive(Clone)]
struct Open {
    log: LocalLog,
    row: String,
}

/// Tells what was appended together; nothing where it can't be read.
type Tell = Rc<RefCell<dyn FnMut(Option<Vec<StoredEvent>>)>>;

/// Who is told what is appended.
struct Follower {
    reached: u64,
    /// It reads what is in the log already; what is appended meanwhile it finds there.
    is_reading: bool,
    tell: Tell,
}

impl LocalServer {
    pub(super) fn new(storage: Storage, clock: Clock, people: Vec<Profile>) -> Self {
        Self { storage, clock, people, open: Rc::default(), follower: Rc::default() }
    }

    /// Tells whether the log is on its way to a server, as far as this tab has read.
    pub(super) fn is_moving(&self) -> bool {
        self.open.borrow().as_ref().is_some_and(|open| open.log.head().is_moving)
    }

    /// Tells whether a server has the log by now.
    pub(super) async fn is_moved(&self) -> bool {
        self.storage.log_row().await == Ok(LogRow::Moved)
    }

    /// Answers a `hello`. `known` is a state of the log that need not be read once more.
    pub(super) async fn hello(
        &self,
        hello: HelloRequest,
        known: Option<(Workspace, Cursor)>,
    ) -> Result<HelloResponse, Failure> {
        let open = self.opened(known).await?;
        let seq = hello.cursor.map_or(0, |cursor| cursor.seq);
        let at_cursor = match seq {
            0 => Vec::new(),
            seq => self.storage.log_after(seq - 1, 1).await.map_err(failed)?,
        };
        let chain = at_cursor.first().map(|event| event.chain);
        Ok(open.log.hello(&hello, chain, self.people.clone(), self.clock.now()))
    }

    /// Returns the log as it stands, read anew if somebody else has written to it.
    async fn opened(&self, known: Option<(Workspace, Cursor)>) -> Result<Open, Failure> {
        let (head, row) = match self.storage.log_row().await.map_err(failed)? {
            LogRow::Here(head, row) => (head, row),
            LogRow::Newer => return Err(refused(ErrorCode::Upgrade)),
            LogRow::None | LogRow::Moved => return Err(refused(ErrorCode::Internal)),
        };
        let present = self.open.borrow().as_ref().filter(|open| open.row == row).cloned();
        if let Some(open) = present {
            return Ok(open);
        }
        let begin = Folding::begin(head, known);
        let folding = match self.links(begin.cursor()).await? {
            true => begin,
            // It is of another log, or of one that was damaged: all of it is read.
            false => Folding::begin(head, None),
        };
        let log = read_log(&self.storage, folding, &mut |_| {}).await?;
        let open = Open { log, row };
        self.open.replace(Some(open.clone()));
        Ok(open)
    }

    /// Tells whether the log has this place.
    async fn links(&self, cursor: Cursor) -> Result<bool, Failure> {
        if cursor.seq == 0 {
            return Ok(true);
        }
        let found = self.storage.log_after(cursor.seq - 1, 1).await.map_err(failed)?;
        Ok(found.first().is_some_and(|event| event.chain == cursor.chain))
    }

    /// Returns the whole state, as a snapshot that was fetched.
    pub(super) async fn snapshot(&self) -> Result<Fetched, Failure> {
        let open = self.opened(None).await?;
        let (workspace, cursor) = (open.log.workspace().clone(), open.log.head().cursor);
        let rows = rows_of(&workspace, &cursor).await;
        Ok(Fetched { loaded: (workspace, cursor), rows })
    }

    /// Gives commands their place; answers once that is committed.
    pub(super) async fn push(&self, push: PushRequest) -> Result<PushResponse, Failure> {
        let open = self.open.borrow().clone();
        let Some(Open { mut log, row }) = open else { return Err(Failure::Unreachable) };
        if log.head().is_moving {
            return Err(refused(ErrorCode::Busy));
        }
        let mut found = self.storage.log_found(&log.needed(&push)).await.map_err(failed)?;
        let (results, outcomes) = log.decide(&push, self.clock.now(), &mut found).map_err(refusal)?;
        log.commit(&outcomes);
        if !outcomes.outcomes.is_empty() {
            let kept = self.storage.append_to_log(&outcomes, &log.head(), row).await;
            let row = kept.map_err(|error| {
                // Another tab may have written: the next `hello` reads it anew.
                self.open.replace(None);
                failed(error)
            })?;
            self.open.replace(Some(Open { log: log.clone(), row }));
            self.publish(outcomes.events.into_iter().map(|new| new.event).collect(), log.head().cursor.seq);
        }
        let Cursor { epoch, seq, .. } = log.head().cursor;
        Ok(PushResponse { server_ms: self.clock.now(), epoch, head: seq, results })
    }

    /// Returns a page of the log.
    pub(super) async fn events(&self, after: u64) -> Result<EventsPage, Failure> {
        let head = self.opened(None).await?.log.head().cursor.seq;
        // All of it: no page may end in the midst of a command's events.
        let events = self.storage.log_after(after, head.saturating_sub(after)).await.map_err(failed)?;
        Ok(EventsPage { events, head })
    }

    /// Follows the log after `after`: first what is there, then what is appended.
    pub(super) fn follow(
        &self,
        after: u64,
        tell: impl FnMut(Option<Vec<StoredEvent>>) + 'static,
        mut on_alive: impl FnMut() + 'static,
    ) -> Stream {
        let tell: Tell = Rc::new(RefCell::new(tell));
        self.follower.replace(Some(Follower { reached: after, is_reading: true, tell: Rc::clone(&tell) }));
        let server = self.clone();
        let reading = Rc::clone(&tell);
        leptos::task::spawn_local(async move {
            server.catch_up(&reading).await;
            on_alive();
        });
        let follower = Rc::clone(&self.follower);
        Stream::closed_by(move || {
            let is_present = follower.borrow().as_ref().is_some_and(|known| Rc::ptr_eq(&known.tell, &tell));
            if is_present {
                follower.replace(None);
            }
        })
    }

    /// Reads what is in the log already, until there is no more.
    async fn catch_up(&self, tell: &Tell) {
        loop {
            let reached = {
                let follower = self.follower.borrow();
                let present = follower.as_ref().filter(|known| Rc::ptr_eq(&known.tell, tell));
                let Some(present) = present else { return };
                present.reached
            };
            let read = self.events(reached).await.map(|page| page.events);
            let is_more = match read {
                Ok(events) if events.is_empty() => false,
                Ok(events) => {
                    let reached = reached + events.len() as u64;
                    self.reach(tell, reached, true);
                    tell.borrow_mut()(Some(events));
                    true
                }
                Err(_) => {
                    tell.borrow_mut()(None);
                    return;
                }
            };
            // Nothing was appended since the log was last asked: from here on it is told.
            let head = self.open.borrow().as_ref().map_or(0, |open| open.log.head().cursor.seq);
            if !is_more && head <= reached {
                return self.reach(tell, reached, false);
            }
        }
    }

    fn reach(&self, tell: &Tell, to: u64, is_reading: bool) {
        if let Some(known) = self.follower.borrow_mut().as_mut()
            && Rc::ptr_eq(&known.tell, tell)
        {
            (known.reached, known.is_reading) = (to, is_reading);
        }
    }

    /// Tells who follows what was appended.
    fn publish(&self, events: Vec<StoredEvent>, head: u64) {
        let tell = {
            let mut follower = self.follower.borrow_mut();
            let Some(known) = follower.as_mut().filter(|known| !known.is_reading && !events.is_empty())
            else {
                return;
            };
            known.reached = head;
            Rc::clone(&known.tell)
        };
        tell.borrow_mut()(Some(events));
    }
}

/// Reads a log to its end, in slices; `each` gets every event.
pub(super) async fn read_log(
    storage: &Storage,
    mut folding: Folding,
    each: &mut dyn FnMut(&StoredEvent),
) -> Result<LocalLog, Failure> {
    let mut slices = Slices::begin();
    loop {
        let page = storage.log_after(folding.cursor().seq, PAGE).await.map_err(failed)?;
        if page.is_empty() {
            break;
        }
        for event in &page {
            folding.take(event).map_err(damaged)?;
            each(event);
            slices.pause_if_due().await;
        }
    }
    let queues = storage.log_queues().await.map_err(failed)?;
    folding.finish(queues).map_err(damaged)
}

/// Returns a state in the rows it is stored in, made in slices.
pub(super) async fn rows_of(workspace: &Workspace, cursor: &Cursor) -> SnapshotRows {
    let (mut slices, mut rows) = (Slices::begin(), SnapshotRows::default());
    for line in SnapshotWriter::new(workspace, cursor) {
        rows.push(&line);
        slices.pause_if_due().await;
    }
    rows
}

fn refused(code: ErrorCode) -> Failure {
    Failure::Refused(ApiError { code, message: String::new(), details: None })
}

fn failed(error: StorageFailed) -> Failure {
    if error.is_full() { refused(ErrorCode::StorageFull) } else { Failure::Unreachable }
}

fn damaged(error: LocalError) -> Failure {
    match error {
        LocalError::Newer { .. } => refused(ErrorCode::Upgrade),
        LocalError::Damaged(_) | LocalError::CutOff { .. } => refused(ErrorCode::Internal),
    }
}

fn refusal(refusal: PushRefusal) -> Failure {
    let (code, details) = match refusal {
        PushRefusal::Gap { client, expected } => (ErrorCode::Gap, ErrorDetails::Gap { client, expected }),
        PushRefusal::Reused { client, seq } => (ErrorCode::Reused, ErrorDetails::Reused { client, seq }),
        PushRefusal::Fork { epoch, head } => (ErrorCode::Fork, ErrorDetails::Fork { epoch, head }),
    };
    Failure::Refused(ApiError { code, message: String::new(), details: Some(details) })
}
