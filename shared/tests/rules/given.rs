//! Deeds with their circumstances, and the one function that has them judged.

use std::sync::Arc;

use slipway_shared::command::Command;
use slipway_shared::context::Context;
use slipway_shared::decide::decide;
use slipway_shared::event::Event;
use slipway_shared::ids::{ClientId, CommandKey, MemberId};
use slipway_shared::member::{Member, MemberCommand, Role};
use slipway_shared::origin::{Origin, Seen};
use slipway_shared::rejection::Rejection;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::Workspace;

/// The server's time at the first deed; each later one happens a second after the one before.
pub const START: i64 = 1_700_000_000_000;

/// Pages that commands come from. Deeds are Ana's unless they say otherwise.
pub const ANA: u128 = 0xa;
pub const BO: u128 = 0xb;
/// Whoever else acts is in the workspace from the beginning, see [`let_in`].
const STRANGER: u128 = 0x57;
/// Another tab of Ana's browser.
pub const ANAS_OTHER_TAB: u128 = 0xaa;

/// A command with its circumstances: by Ana, in time, by a right clock, and knowing everything before it.
#[derive(Clone)]
pub struct Deed {
    pub command: Command,
    page: u128,
    member: Option<u128>,
    unseen: usize,
    causes: Vec<u128>,
    late_ms: i64,
    clock_error_ms: i64,
}

impl From<Command> for Deed {
    fn from(command: Command) -> Self {
        Self {
            command,
            page: ANA,
            member: None,
            unseen: 0,
            causes: Vec::new(),
            late_ms: 0,
            clock_error_ms: 0,
        }
    }
}

impl Deed {
    pub fn by(self, page: u128) -> Self {
        Self { page, ..self }
    }

    /// Somebody does it who never was in the workspace.
    pub fn by_stranger(self) -> Self {
        Self { page: STRANGER, ..self }
    }

    /// Who acts there, where it is not the person whose page has the same number.
    pub fn of_member(self, member: u128) -> Self {
        Self { member: Some(member), ..self }
    }

    /// The author had not seen the last `deeds` deeds before this one.
    pub fn without_seeing(self, deeds: usize) -> Self {
        Self { unseen: deeds, ..self }
    }

    /// The author had seen what another tab of the browser did, though the log had not brought it.
    pub fn knowing_tab(mut self, page: u128) -> Self {
        self.causes.push(page);
        self
    }

    /// It was done so many milliseconds before it reached the server.
    pub fn made_ms_before(self, late_ms: i64) -> Self {
        Self { late_ms, ..self }
    }

    /// The clock of the device was behind by so many milliseconds when it was sent.
    pub fn by_a_clock_behind_ms(self, clock_error_ms: i64) -> Self {
        Self { clock_error_ms, ..self }
    }
}

/// Deeds that all have to be allowed before the one that is judged.
pub type Given = Vec<Deed>;

/// What is to become of the deed that is judged.
#[derive(Clone, Debug, PartialEq)]
pub enum Then {
    Happens(Vec<Event>),
    Refused(Rejection),
}

pub fn happens(events: impl IntoIterator<Item = Event>) -> Then {
    Then::Happens(events.into_iter().collect())
}

pub fn has_no_effect() -> Then {
    Then::Happens(Vec::new())
}

pub fn refused(rejection: Rejection) -> Then {
    Then::Refused(rejection)
}

/// Does what is given, then judges `when` and compares.
#[track_caller]
pub fn check(given: Given, when: impl Into<Deed>, then: Then) {
    let (_, found) = judged(given, when.into());
    assert_eq!(found, then);
}

/// Does what is given and returns the workspace, to read it.
#[track_caller]
pub fn after(mut given: Given) -> Workspace {
    let last = given.pop().expect("something is given");
    let (workspace, found) = judged(given, last);
    assert!(matches!(found, Then::Happens(_)), "the last deed was {found:?}");
    workspace
}

/// The only code of these tests that touches the API.
#[track_caller]
pub fn judged(given: Given, when: Deed) -> (Workspace, Then) {
    let mut workspace = Workspace::default();
    let_in(&mut workspace, given.iter().chain([&when]));
    let mut heads = vec![0];
    let mut done: Vec<CommandKey> = Vec::new();
    let last = given.len();
    for (index, deed) in given.into_iter().chain([when]).enumerate() {
        let context = context(&deed, index, &heads, &done);
        done.push(context.command);
        let decided = decide(&workspace, &context, &deed.command);
        let events = match decided {
            Ok(events) => events,
            Err(rejection) if index == last => return (workspace, Then::Refused(rejection)),
            Err(rejection) => panic!("given deed {index}, {:?}: {rejection}", deed.command),
        };
        let mut head = heads.last().copied().unwrap_or_default();
        for event in &events {
            head += 1;
            let (command, actor, at) = (context.command, context.actor, context.effective);
            workspace.apply(&Origin { seq: Some(head), command, actor, at }, event);
        }
        heads.push(head);
        if index == last {
            return (workspace, Then::Happens(events));
        }
    }
    unreachable!("the last deed is always judged")
}

/// Whoever acts, and is let in by none of the deeds, is a member from the beginning: it goes without saying in most
/// tests. Ana sets the workspace up.
fn let_in<'a>(workspace: &mut Workspace, deeds: impl Iterator<Item = &'a Deed> + Clone) {
    let joins = |actor: MemberId| move |deed: &Deed| matches!(deed.command, Command::Member(MemberCommand::Add { member, .. }) if member == actor);
    for actor in deeds.clone().map(actor_of) {
        let is_told = [ANA, STRANGER].contains(&actor.as_u128()) || deeds.clone().any(joins(actor));
        if !is_told {
            workspace.members.insert(actor, Arc::new(Member { role: Role::Member }));
        }
    }
}

fn actor_of(deed: &Deed) -> MemberId {
    MemberId::from_u128(deed.member.unwrap_or(deed.page))
}

fn context(deed: &Deed, index: usize, heads: &[u64], done: &[CommandKey]) -> Context {
    let newest = |page: u128| {
        let client = ClientId::from_u128(page);
        let seq = done.iter().filter(|key| key.client == client).count() as u64;
        CommandKey { client, seq }
    };
    let before = newest(deed.page);
    let seen = heads.len().checked_sub(1 + deed.unseen).and_then(|place| heads.get(place));
    let now = Timestamp(START + 1_000 * i64::try_from(index).expect("few deeds"));
    Context {
        command: CommandKey { seq: before.seq + 1, ..before },
        actor: actor_of(deed),
        device: None,
        now,
        effective: now.plus(-deed.late_ms),
        clock_error_ms: deed.clock_error_ms,
        seen: Seen {
            seq: seen.copied().expect("no more is unseen than was done"),
            commands: deed.causes.iter().map(|page| newest(*page)).chain([before]).collect(),
        },
    }
}

/// The name of the `number`th deed of a page, counted from 1.
pub fn deed_of(page: u128, number: u64) -> CommandKey {
    CommandKey { client: ClientId::from_u128(page), seq: number }
}
