//! What one browser stores: transactions that commit one after the other, each whole or not at all, and the mirror.

use std::collections::{BTreeMap, VecDeque};

use slipway_shared::ids::CommandKey;
use slipway_shared::log::{Cursor, StoredEvent, commands_of};
use slipway_shared::sync::envelope::{CommandEnvelope, WireCommand};
use slipway_shared::sync::repair::Recalled;
use slipway_shared::sync::replica::{Refused, Replica};
use slipway_shared::workspace::Workspace;

use super::Sabotage;
use super::witness::violated;

/// One transaction.
#[derive(Clone)]
pub enum Write {
    Commands(Vec<CommandEnvelope>),
    Retire(Vec<CommandEnvelope>),
    Refuse(Vec<Refused>),
    SetAside(Vec<Refused>, Vec<CommandEnvelope>),
    Events(Vec<StoredEvent>),
    /// A state with its place. One that is new from the server leaves nothing of the log: that may be another history.
    Snapshot {
        state: Box<(Workspace, Cursor)>,
        is_new: bool,
    },
    Lost(Vec<StoredEvent>),
    Found(Vec<CommandKey>),
    Rename(Vec<(CommandKey, CommandEnvelope)>),
    /// Only a sabotaged browser writes the place by itself.
    Place(Cursor),
}

/// What survives a crash, and what is on its way there.
#[derive(Clone, Default)]
pub struct Disk {
    pub snapshot: Option<(Workspace, Cursor)>,
    pub tail: BTreeMap<u64, StoredEvent>,
    pub outbox: BTreeMap<CommandKey, WireCommand>,
    pub refused: BTreeMap<CommandKey, Refused>,
    pub acknowledged: BTreeMap<CommandKey, CommandEnvelope>,
    pub lost: BTreeMap<(CommandKey, String), StoredEvent>,
    /// `localStorage`: what a tab can write before it dies.
    pub mirror: BTreeMap<CommandKey, WireCommand>,
    pub sabotage: Sabotage,
    /// The tab that leads, as the database knows: what another one writes of the log comes too late.
    leader: Option<u64>,
    place: Option<Cursor>,
    queue: VecDeque<(u64, Write)>,
}

/// What a page starts with.
pub struct Stored {
    pub replica: Replica,
    /// Commands that only the mirror has.
    pub mirrored: Vec<CommandEnvelope>,
}

impl Disk {
    pub fn new(sabotage: Sabotage) -> Self {
        Self { sabotage, ..Self::default() }
    }

    /// Begins to write, on behalf of a tab.
    pub fn write(&mut self, tab: u64, write: Write) {
        match write {
            Write::Events(events) if self.sabotage == Sabotage::AtomicCursor => {
                let newest =
                    events.last().and_then(|event| Some((event.read_header().ok()?.seq, event.chain)));
                if let (Some((seq, chain)), Some((_, cursor))) = (newest, &self.snapshot) {
                    let place = Cursor { seq, chain, ..*cursor };
                    self.queue.push_back((tab, Write::Place(place)));
                }
                self.queue.push_back((tab, Write::Events(events)));
            }
            write => self.queue.push_back((tab, write)),
        }
    }

    pub fn commit_all(&mut self) {
        while let Some((tab, write)) = self.queue.pop_front() {
            self.commit(tab, write);
        }
    }

    /// There was no room for a command: what the server can send again gave way to it.
    pub fn make_room(&mut self) {
        self.commit_all();
        self.snapshot = None;
        self.tail.clear();
    }

    /// The browser dies: the first `kept` of what is on its way were committed.
    pub fn crash(&mut self, kept: usize, loses_mirror: bool) {
        for _ in 0..kept {
            if let Some((tab, write)) = self.queue.pop_front() {
                self.commit(tab, write);
            }
        }
        self.queue.clear();
        if loses_mirror {
            self.mirror.clear();
        }
    }

    /// A tab dies: of what it has on its way the first `kept` go on.
    pub fn crash_tab(&mut self, tab: u64, kept: usize) {
        let mut own = 0;
        self.queue.retain(|(from, _)| {
            own += usize::from(*from == tab);
            *from != tab || own <= kept
        });
    }

    pub fn in_queue(&self) -> usize {
        self.queue.len()
    }

    /// Tells whether a command outlives the page, by its name.
    pub fn has(&self, key: CommandKey) -> bool {
        self.outbox.contains_key(&key)
            || self.mirror.contains_key(&key)
            || self.refused.contains_key(&key)
            || self.acknowledged.contains_key(&key)
    }

    /// Reads everything, after what is on its way there.
    pub fn load(&mut self) -> Stored {
        self.commit_all();
        let mut outbox: BTreeMap<_, _> = self.outbox.iter().map(|(key, wire)| (*key, read(wire))).collect();
        let mirrored: Vec<_> = self
            .mirror
            .iter()
            .filter(|(key, _)| !outbox.contains_key(key))
            .map(|(_, wire)| read(wire))
            .collect();
        let mut replica = match &self.snapshot {
            None => Replica::default(),
            Some((confirmed, cursor)) => Replica::new(confirmed.clone(), Some(*cursor), Vec::new()),
        };
        let tail = self.contiguous();
        // A tail that does not fit is passed over: the server sends it again.
        if self.snapshot.is_some() && replica.receive(&tail).is_ok() {
            commands_of(&tail).for_each(|key| drop(outbox.remove(&key)));
        }
        if let Some(place) =
            self.place.filter(|place| replica.cursor().is_some_and(|known| known.seq < place.seq))
        {
            replica = Replica::new(replica.confirmed().clone(), Some(place), Vec::new());
        }
        outbox.extend(mirrored.iter().map(|envelope| (envelope.key, envelope.clone())));
        replica.adopt_all(outbox.into_values().collect());
        let lost: Vec<_> = self.lost.values().cloned().collect();
        replica.remember_lost(&lost);
        Stored { replica, mirrored }
    }

    /// Notes who leads from now on, and reads the outbox.
    pub fn take_lead(&mut self, tab: u64) -> Vec<CommandEnvelope> {
        let commands = self.commands();
        self.leader = Some(tab);
        commands
    }

    /// Returns how far what is stored goes.
    pub fn reached(&self) -> Option<Cursor> {
        let (_, cursor) = self.snapshot.as_ref()?;
        let last = self.contiguous().pop();
        let reached = last.and_then(|event| {
            Some(Cursor { seq: event.read_header().ok()?.seq, chain: event.chain, ..*cursor })
        });
        reached.or(Some(*cursor))
    }

    fn commands(&mut self) -> Vec<CommandEnvelope> {
        self.commit_all();
        let mut all = self.mirror.clone();
        all.extend(self.outbox.iter().map(|(key, wire)| (*key, wire.clone())));
        all.values().map(read).collect()
    }

    pub fn recall(&mut self) -> Recalled {
        self.commit_all();
        if self.sabotage == Sabotage::Reoffering {
            return Recalled::default();
        }
        let acknowledged = self.acknowledged.values().cloned().collect();
        Recalled { acknowledged, tail: self.tail.values().cloned().collect() }
    }

    /// A tab that died may have left a hole: there the tail ends.
    fn contiguous(&self) -> Vec<StoredEvent> {
        let first = self.snapshot.as_ref().map_or(0, |(_, cursor)| cursor.seq) + 1;
        let known = (first..).map_while(|seq| self.tail.get(&seq));
        known.cloned().collect()
    }

    fn commit(&mut self, tab: u64, write: Write) {
        let is_late = self.leader != Some(tab);
        match write {
            Write::Events(_) | Write::Snapshot { .. } if is_late => {}
            Write::Commands(envelopes) => self.keep(envelopes),
            Write::Retire(left) => {
                for envelope in left {
                    self.release(envelope.key);
                    self.acknowledged.insert(envelope.key, envelope);
                }
            }
            Write::Refuse(refused) => self.refuse(refused),
            Write::SetAside(refused, fillers) => {
                self.refuse(refused);
                self.keep(fillers);
            }
            Write::Events(events) => self.keep_events(events),
            Write::Snapshot { state, is_new } => {
                self.tail.retain(|seq, _| !is_new && *seq > state.1.seq);
                self.snapshot = Some(*state);
                self.place = None;
            }
            Write::Lost(events) => {
                for event in events {
                    if let Ok(header) = event.read_header() {
                        self.lost.insert((header.command, event.header.clone()), event);
                    }
                }
            }
            Write::Found(keys) => self.lost.retain(|(key, _), _| !keys.contains(key)),
            Write::Rename(renamed) => {
                for (old, envelope) in renamed {
                    self.release(old);
                    self.keep(vec![envelope]);
                }
            }
            Write::Place(cursor) => self.place = Some(cursor),
        }
    }

    fn keep(&mut self, envelopes: Vec<CommandEnvelope>) {
        for envelope in envelopes {
            self.mirror.remove(&envelope.key);
            self.outbox.insert(envelope.key, envelope.to_wire());
        }
    }

    fn release(&mut self, key: CommandKey) {
        self.outbox.remove(&key);
        self.mirror.remove(&key);
    }

    fn refuse(&mut self, refused: Vec<Refused>) {
        for command in refused {
            self.release(command.envelope.key);
            self.refused.insert(command.envelope.key, command);
        }
    }

    fn keep_events(&mut self, events: Vec<StoredEvent>) {
        let numbered = events.into_iter().filter_map(|event| Some((event.read_header().ok()?.seq, event)));
        self.tail.extend(numbered);
    }
}

fn read(wire: &WireCommand) -> CommandEnvelope {
    match wire.read() {
        Ok(envelope) => envelope,
        Err(rejection) => violated("I8", &format!("a stored command can't be read: {rejection}")),
    }
}
