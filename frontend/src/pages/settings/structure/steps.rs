//! What is asked about a thing of the structure, and the commands that an answer becomes. Pure.

use slipway_shared::column::{ColumnChange, ColumnCommand, ColumnKind};
use slipway_shared::command::Command;
use slipway_shared::environment::{EnvironmentChange, EnvironmentCommand, Testing, Tier};
use slipway_shared::ids::{ColumnId, EnvironmentId, LabelId, ServiceId};
use slipway_shared::label::{LabelChange, LabelCommand};
use slipway_shared::order;
use slipway_shared::service::{Cadence, ServiceChange, ServiceCommand};
use slipway_shared::workspace::Workspace;

use crate::acts::Step;

/// What a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A column of the board.
    Column,
    /// An environment.
    Environment,
    /// A service.
    Service,
    /// A label of the team's own.
    Label,
}

impl Kind {
    /// Tells whether things of this kind have places of their own; the others are in the order of their names.
    pub const fn has_order(self) -> bool {
        matches!(self, Self::Column | Self::Environment)
    }
}

/// Something the board is made of, by the number of its id; or a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thing {
    /// What it is.
    pub kind: Kind,
    /// Which; none for a new one.
    pub id: Option<u128>,
}

/// The answers about a thing. What a kind does not have stays empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// What it is called.
    pub name: String,
    /// What a column stands for: `queue`, `approval`, `monitoring`, or the id of an environment.
    pub stands_for: String,
    /// The most cards a column is meant to have; empty for no limit.
    pub limit: String,
    /// The tier of an environment.
    pub tier: Option<Tier>,
    /// How what is in an environment is tested.
    pub testing: Vec<Testing>,
    /// What an environment is used for.
    pub purpose: String,
    /// Where an environment can be reached.
    pub address: String,
    /// Where to ask how an environment is.
    pub health_address: String,
    /// The hue of a service.
    pub hue: String,
    /// Where the source of a service is.
    pub repository: String,
    /// How often a service is released.
    pub cadence: Option<Cadence>,
}

/// A number that is none, or is too large to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotANumber;

/// Returns the things of a kind in their order: those that are archived, or the others.
pub fn in_order(workspace: &Workspace, kind: Kind, archived: bool) -> Vec<u128> {
    let mut found: Vec<((u32, String), u128)> = match kind {
        Kind::Column => {
            let known = workspace.columns.iter().filter(|(_, known)| known.archived == archived);
            known.map(|(id, known)| ((known.position, String::new()), id.as_u128())).collect()
        }
        Kind::Environment => {
            let known = workspace.environments.iter().filter(|(_, known)| known.archived == archived);
            known.map(|(id, known)| ((known.position, String::new()), id.as_u128())).collect()
        }
        Kind::Service => {
            let known = workspace.services.iter().filter(|(_, known)| known.archived == archived);
            known.map(|(id, known)| ((0, known.name.to_lowercase()), id.as_u128())).collect()
        }
        Kind::Label => {
            let known = workspace.labels.iter().filter(|(_, known)| known.archived == archived);
            known.map(|(id, known)| ((0, known.name.to_lowercase()), id.as_u128())).collect()
        }
    };
    order::sort(&mut found);
    found.into_iter().map(|(_, id)| id).collect()
}

/// Returns how a thing is now, as answers; of a new one what is suggested.
pub fn answers(workspace: &Workspace, thing: Thing) -> Answers {
    let number = thing.id.unwrap_or_default();
    match thing.kind {
        Kind::Column => {
            let Some(known) = workspace.columns.get(&ColumnId::from_u128(number)) else {
                return Answers { stands_for: "queue".to_owned(), ..Answers::default() };
            };
            let stands_for = match known.kind {
                ColumnKind::Queue => "queue".to_owned(),
                ColumnKind::Approval => "approval".to_owned(),
                ColumnKind::Monitoring => "monitoring".to_owned(),
                ColumnKind::Environment(environment) => environment.to_string(),
            };
            let limit = known.limit.map(|limit| limit.to_string()).unwrap_or_default();
            Answers { name: known.name.clone(), stands_for, limit, ..Answers::default() }
        }
        Kind::Environment => {
            let Some(known) = workspace.environments.get(&EnvironmentId::from_u128(number)) else {
                return Answers { tier: Some(Tier::Staging), ..Answers::default() };
            };
            Answers {
                name: known.name.clone(),
                tier: Some(known.tier),
                testing: known.testing.clone(),
                purpose: known.purpose.clone().unwrap_or_default(),
                address: known.address.clone().unwrap_or_default(),
                health_address: known.health_address.clone().unwrap_or_default(),
                ..Answers::default()
            }
        }
        Kind::Service => {
            let Some(known) = workspace.services.get(&ServiceId::from_u128(number)) else {
                return Answers { hue: "230".to_owned(), ..Answers::default() };
            };
            Answers {
                name: known.name.clone(),
                hue: known.hue.to_string(),
                repository: known.repository.clone().unwrap_or_default(),
                cadence: known.cadence,
                ..Answers::default()
            }
        }
        Kind::Label => {
            let known = workspace.labels.get(&LabelId::from_u128(number));
            let name = known.map(|known| known.name.clone()).unwrap_or_default();
            Answers { name, ..Answers::default() }
        }
    }
}

/// Returns what makes a thing as it was answered, each with what takes it back. `new` is the number of a new id.
///
/// # Errors
///
/// When a number was asked for and is none.
pub fn steps(workspace: &Workspace, thing: Thing, to: &Answers, new: u128) -> Result<Vec<Step>, NotANumber> {
    let from = answers(workspace, thing);
    let id = thing.id.unwrap_or(new);
    let added = thing.id.is_none().then(|| add(workspace, thing.kind, to, id)).transpose()?;
    // What was made just now has what it was made with.
    let made_with = if added.is_some() { as_made(thing.kind, to) } else { from };
    let before = changes(thing.kind, &made_with)?;
    let after = changes(thing.kind, to)?;
    let changed = before.into_iter().zip(after).filter(|(before, after)| before != after);
    let changed = changed.map(|(before, after)| (after.command(id), before.command(id)));
    Ok(added.into_iter().chain(changed).collect())
}

/// What a thing has right after it was made, besides what it was made with.
fn as_made(kind: Kind, to: &Answers) -> Answers {
    let blank = Answers { name: to.name.clone(), ..Answers::default() };
    match kind {
        Kind::Column => Answers { stands_for: to.stands_for.clone(), ..blank },
        Kind::Environment => Answers { tier: to.tier, testing: to.testing.clone(), ..blank },
        Kind::Service => Answers { hue: to.hue.clone(), repository: to.repository.clone(), ..blank },
        Kind::Label => blank,
    }
}

/// Returns what adds a thing. There is no way to have never made something: taking it back archives it.
fn add(workspace: &Workspace, kind: Kind, to: &Answers, id: u128) -> Result<Step, NotANumber> {
    let name = to.name.clone();
    let next =
        |positions: &mut dyn Iterator<Item = u32>| positions.max().map_or(0, |last| last.saturating_add(1));
    let command = match kind {
        Kind::Column => Command::Column(ColumnCommand::Add {
            column: ColumnId::from_u128(id),
            name,
            position: next(&mut workspace.columns.values().map(|known| known.position)),
            kind: stands_for(&to.stands_for),
        }),
        Kind::Environment => Command::Environment(EnvironmentCommand::Add {
            environment: EnvironmentId::from_u128(id),
            name,
            position: next(&mut workspace.environments.values().map(|known| known.position)),
            tier: to.tier.unwrap_or(Tier::Staging),
            testing: to.testing.clone(),
        }),
        Kind::Service => Command::Service(ServiceCommand::Add {
            service: ServiceId::from_u128(id),
            name,
            hue: number(&to.hue)?,
            repository: Some(to.repository.clone()).filter(|text| !text.is_empty()),
        }),
        Kind::Label => Command::Label(LabelCommand::Add { label: LabelId::from_u128(id), name }),
    };
    Ok((command, Change::Archived(kind, true).command(id)))
}

fn stands_for(word: &str) -> ColumnKind {
    match word {
        "approval" => ColumnKind::Approval,
        "monitoring" => ColumnKind::Monitoring,
        other => other.parse().map_or(ColumnKind::Queue, ColumnKind::Environment),
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, NotANumber> {
    text.trim().parse().map_err(|_| NotANumber)
}

/// One change of a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    Column(ColumnChange),
    Environment(EnvironmentChange),
    Service(ServiceChange),
    Label(LabelChange),
    Archived(Kind, bool),
}

impl Change {
    fn command(self, id: u128) -> Command {
        match self {
            Self::Column(change) => {
                Command::Column(ColumnCommand::Change { column: ColumnId::from_u128(id), change })
            }
            Self::Environment(change) => {
                let environment = EnvironmentId::from_u128(id);
                Command::Environment(EnvironmentCommand::Change { environment, change })
            }
            Self::Service(change) => {
                Command::Service(ServiceCommand::Change { service: ServiceId::from_u128(id), change })
            }
            Self::Label(change) => {
                Command::Label(LabelCommand::Change { label: LabelId::from_u128(id), change })
            }
            Self::Archived(Kind::Column, on) => Self::Column(ColumnChange::Archived(on)).command(id),
            Self::Archived(Kind::Environment, on) => {
                Self::Environment(EnvironmentChange::Archived(on)).command(id)
            }
            Self::Archived(Kind::Service, on) => Self::Service(ServiceChange::Archived(on)).command(id),
            Self::Archived(Kind::Label, on) => Self::Label(LabelChange::Archived(on)).command(id),
        }
    }
}

/// Returns all that can be answered about a thing as changes, always in the same order.
fn changes(kind: Kind, to: &Answers) -> Result<Vec<Change>, NotANumber> {
    let name = to.name.clone();
    Ok(match kind {
        Kind::Column => {
            let limit = Some(&to.limit).filter(|limit| !limit.trim().is_empty());
            let cards = limit.map(|limit| number(limit)).transpose()?;
            let all = [
                ColumnChange::Name(name),
                ColumnChange::Kind(stands_for(&to.stands_for)),
                ColumnChange::Limit { cards },
            ];
            all.map(Change::Column).to_vec()
        }
        Kind::Environment => {
            let all = [
                EnvironmentChange::Name(name),
                EnvironmentChange::Tier(to.tier.unwrap_or(Tier::Staging)),
                EnvironmentChange::Testing(to.testing.clone()),
                EnvironmentChange::Purpose(to.purpose.clone()),
                EnvironmentChange::Address(to.address.clone()),
                EnvironmentChange::HealthAddress(to.health_address.clone()),
            ];
            all.map(Change::Environment).to_vec()
        }
        Kind::Service => {
            let all = [
                ServiceChange::Name(name),
                ServiceChange::Hue(number(&to.hue)?),
                ServiceChange::Repository(to.repository.clone()),
                ServiceChange::Cadence { cadence: to.cadence },
            ];
            all.map(Change::Service).to_vec()
        }
        Kind::Label => vec![Change::Label(LabelChange::Name(name))],
    })
}

/// Returns what archives a thing, or brings it back; and the other way round.
pub fn archive_step(kind: Kind, id: u128, archives: bool) -> Step {
    (Change::Archived(kind, archives).command(id), Change::Archived(kind, !archives).command(id))
}

/// Returns what brings a thing from one place of the order to another: new positions for those that need one.
pub fn reorder(workspace: &Workspace, kind: Kind, from: usize, to: usize) -> Vec<Step> {
    let mut order = in_order(workspace, kind, false);
    if from >= order.len() || to >= order.len() || !kind.has_order() {
        return Vec::new();
    }
    let moved = order.remove(from);
    order.insert(to, moved);
    let position = |id: u128| match kind {
        Kind::Column => workspace.columns.get(&ColumnId::from_u128(id)).map(|known| known.position),
        Kind::Environment => {
            workspace.environments.get(&EnvironmentId::from_u128(id)).map(|known| known.position)
        }
        Kind::Service | Kind::Label => None,
    };
    let change = |position| match kind {
        Kind::Column => Change::Column(ColumnChange::Position(position)),
        Kind::Environment | Kind::Service | Kind::Label => {
            Change::Environment(EnvironmentChange::Position(position))
        }
    };
    let placed = (0..).zip(order).filter_map(|(place, id)| Some((place, id, position(id)?)));
    let moved = placed.filter(|(place, _, position)| place != position);
    moved.map(|(place, id, before)| (change(place).command(id), change(before).command(id))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::{act_all, begun};

    /// The third of the six columns that a workspace begins with, and the second of its environments.
    const STAGING_COLUMN: u128 = 6;
    const STAGING: u128 = 2;
    const NEW: u128 = 0x99;

    /// Does the steps, then takes them back, last first; returns both states.
    fn there_and_back(begun: &Workspace, steps: Vec<Step>) -> (Workspace, Workspace) {
        let (commands, back): (Vec<_>, Vec<_>) = steps.into_iter().unzip();
        let mut there = begun.clone();
        act_all(&mut there, &commands);
        let mut again = there.clone();
        act_all(&mut again, back.iter().rev());
        (there, again)
    }

    #[test]
    fn only_what_is_another_is_changed_and_taken_back() {
        let begun = begun();
        let column = Thing { kind: Kind::Column, id: Some(STAGING_COLUMN) };
        let known = answers(&begun, column);
        assert_eq!(steps(&begun, column, &known, NEW), Ok(Vec::new()));
        let to = Answers { name: "Rehearsal".to_owned(), limit: "3".to_owned(), ..known };
        let steps = steps(&begun, column, &to, NEW).unwrap();
        assert_eq!(steps.len(), 2);
        let (there, back) = there_and_back(&begun, steps);
        assert_eq!(answers(&there, column), to);
        assert_eq!(back, begun);
    }

    #[test]
    fn a_new_thing_has_all_that_was_answered() {
        let begun = begun();
        let table = [
            (
                Kind::Column,
                Answers {
                    stands_for: EnvironmentId::from_u128(STAGING).to_string(),
                    limit: "5".to_owned(),
                    ..Answers::default()
                },
            ),
            (
                Kind::Environment,
                Answers {
                    tier: Some(Tier::Production),
                    testing: vec![Testing::Smoke],
                    purpose: "Canary".to_owned(),
                    address: "https://canary.example".to_owned(),
                    ..Answers::default()
                },
            ),
            (
                Kind::Service,
                Answers { hue: "12".to_owned(), cadence: Some(Cadence::Weekly), ..Answers::default() },
            ),
            (Kind::Label, Answers::default()),
        ];
        for (kind, to) in table {
            let to = Answers { name: "Canary".to_owned(), ..to };
            let made = steps(&begun, Thing { kind, id: None }, &to, NEW).unwrap();
            let (there, back) = there_and_back(&begun, made);
            assert_eq!(answers(&there, Thing { kind, id: Some(NEW) }), to);
            assert!(in_order(&back, kind, true).contains(&NEW), "{kind:?} is archived when it is taken back");
        }
    }

    #[test]
    fn a_number_that_is_none_changes_nothing() {
        let begun = begun();
        let column = Thing { kind: Kind::Column, id: Some(STAGING_COLUMN) };
        let to = Answers { limit: "many".to_owned(), ..answers(&begun, column) };
        assert_eq!(steps(&begun, column, &to, NEW), Err(NotANumber));
    }

    #[test]
    fn a_new_order_is_taken_back_whole() {
        let begun = begun();
        let order = in_order(&begun, Kind::Column, false);
        let (there, back) = there_and_back(&begun, reorder(&begun, Kind::Column, 0, 2));
        let moved = in_order(&there, Kind::Column, false);
        assert_eq!(moved, [order[1], order[2], order[0], order[3], order[4], order[5]]);
        assert_eq!(in_order(&back, Kind::Column, false), order);
        assert_eq!(reorder(&begun, Kind::Column, 1, 1), Vec::new());
        assert_eq!(reorder(&begun, Kind::Column, 1, 99), Vec::new());
    }
}
