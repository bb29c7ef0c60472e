//! A column of the board: a queue, an environment's, an approval's or a monitoring one.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::decide::{is_false, same_name, too_many};
use crate::event::Event;
use crate::ids::{ColumnId, EnvironmentId};
use crate::rejection::{Rejection, TextField};
use crate::text::line;
use crate::workspace::Workspace;

/// The most columns a board may have, archived ones too.
pub const COLUMNS: usize = 50;
/// The largest limit of a column, in cards.
const LARGEST_LIMIT: u32 = 999;

/// What a column stands for. Only entering an environment's column means a rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Waiting to begin.
    Queue,
    /// In an environment: its latest rollout is there.
    Environment(EnvironmentId),
    /// Waiting for approval.
    Approval,
    /// Live and watched.
    Monitoring,
}

/// A column of the board.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its place from left to right; smaller comes first.
    pub position: u32,
    /// What it stands for.
    pub kind: ColumnKind,
    /// The most cards it is meant to have. More are warned of and never refused.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit: Option<u32>,
    /// It is no longer on the board. No card is in it.
    #[serde(skip_serializing_if = "is_false", default)]
    pub archived: bool,
}

/// A new column, as a command or an event carries it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewColumn {
    /// Its new id.
    pub column: ColumnId,
    /// Its name, 1 to 100 characters.
    pub name: String,
    /// Its place from left to right; smaller comes first.
    pub position: u32,
    /// What it stands for.
    pub kind: ColumnKind,
}

/// What happened to columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnEvent {
    /// A column was added.
    Added(NewColumn),
    /// Something about a column is another.
    Changed {
        /// Which.
        column: ColumnId,
        /// What about it.
        change: ColumnChange,
    },
}

/// Something about a column, as it is from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnChange {
    /// Its name, 1 to 100 characters.
    Name(String),
    /// Its place from left to right.
    Position(u32),
    /// What it stands for.
    Kind(ColumnKind),
    /// The most cards it is meant to have, 1 to 999; without one there is no limit.
    Limit {
        /// How many.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        cards: Option<u32>,
    },
    /// Whether it is off the board.
    Archived(bool),
}

/// What can be asked of columns. For admins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ColumnCommand {
    /// Adds a column to the board.
    Add {
        /// Its new id.
        column: ColumnId,
        /// Its name, 1 to 100 characters; no other column has it.
        name: String,
        /// Its place from left to right; smaller comes first.
        position: u32,
        /// What it stands for.
        kind: ColumnKind,
    },
    /// Changes something about a column. No card is moved by it; what cards depend on is refused while there are any.
    Change {
        /// Which.
        column: ColumnId,
        /// What about it.
        change: ColumnChange,
    },
}

impl Column {
    fn change(&mut self, change: &ColumnChange) {
        match change {
            ColumnChange::Name(name) => self.name.clone_from(name),
            ColumnChange::Position(position) => self.position = *position,
            ColumnChange::Kind(kind) => self.kind = *kind,
            ColumnChange::Limit { cards } => self.limit = *cards,
            ColumnChange::Archived(archived) => self.archived = *archived,
        }
    }

    /// Tells whether so many cards are more than it is meant to have.
    #[must_use]
    pub fn is_over_limit(&self, cards: usize) -> bool {
        self.limit.is_some_and(|limit| u64::from(limit) < cards as u64)
    }
}

impl Workspace {
    /// Returns the column whose cards are in an environment.
    #[must_use]
    pub fn column_of(&self, environment: EnvironmentId) -> Option<ColumnId> {
        let mut columns = self.columns.iter().filter(|(_, column)| !column.archived);
        columns.find(|(_, column)| column.kind == ColumnKind::Environment(environment)).map(|(id, _)| *id)
    }

    pub(crate) fn apply_column(&mut self, event: &ColumnEvent) {
        match event {
            ColumnEvent::Added(new) => {
                let (name, position, kind) = (new.name.clone(), new.position, new.kind);
                let added = Column { name, position, kind, limit: None, archived: false };
                self.columns.insert(new.column, Arc::new(added));
            }
            ColumnEvent::Changed { column, change } => {
                if let Some(known) = self.columns.get_mut(column) {
                    Arc::make_mut(known).change(change);
                }
            }
        }
    }

    pub(crate) fn decide_column(&self, command: &ColumnCommand) -> Result<Vec<Event>, Rejection> {
        let event = match command {
            ColumnCommand::Add { column, name, position, kind } => {
                if self.columns.contains_key(column) {
                    return Err(Rejection::IdTaken);
                }
                too_many(self.columns.len() + 1, COLUMNS)?;
                let name = self.column_name(*column, name)?;
                self.column_kind(*kind)?;
                let (column, position, kind) = (*column, *position, *kind);
                Some(ColumnEvent::Added(NewColumn { column, name, position, kind }))
            }
            ColumnCommand::Change { column, change } => self.change_column(*column, change)?,
        };
        Ok(event.map(Event::Column).into_iter().collect())
    }

    fn change_column(
        &self,
        column: ColumnId,
        change: &ColumnChange,
    ) -> Result<Option<ColumnEvent>, Rejection> {
        let known = self.columns.get(&column).ok_or(Rejection::UnknownColumn { column })?;
        let change = match change {
            ColumnChange::Name(name) => ColumnChange::Name(self.column_name(column, name)?),
            ColumnChange::Position(_)
            | ColumnChange::Kind(_)
            | ColumnChange::Limit { .. }
            | ColumnChange::Archived(_) => change.clone(),
        };
        let mut changed = Column::clone(known);
        changed.change(&change);
        if changed == **known {
            return Ok(None);
        }
        match change {
            ColumnChange::Kind(kind) => {
                self.column_kind(kind)?;
                self.column_is_free(column)?;
            }
            ColumnChange::Archived(true) => self.column_is_free(column)?,
            ColumnChange::Archived(false) => self.column_kind(known.kind)?,
            ColumnChange::Limit { cards }
                if cards.is_some_and(|cards| cards == 0 || cards > LARGEST_LIMIT) =>
            {
                return Err(Rejection::OutOfRange);
            }
            ColumnChange::Name(_) | ColumnChange::Position(_) | ColumnChange::Limit { .. } => {}
        }
        Ok(Some(ColumnEvent::Changed { column, change }))
    }

    /// Refuses to take a column away, or what it stands for, while there are cards in it, or when it is the last queue:
    /// a new deployment has to begin somewhere.
    fn column_is_free(&self, column: ColumnId) -> Result<(), Rejection> {
        let deployments = self.cards_in(column).len() as u64;
        if deployments > 0 {
            return Err(Rejection::InUse { deployments });
        }
        let mut queues = self.columns_in_order().into_iter().filter(|id| self.is_queue(*id));
        if queues.next() == Some(column) && queues.next().is_none() {
            return Err(Rejection::LastQueue);
        }
        Ok(())
    }

    /// Tells whether a column is one that deployments wait in.
    #[must_use]
    pub fn is_queue(&self, column: ColumnId) -> bool {
        self.columns.get(&column).is_some_and(|known| known.kind == ColumnKind::Queue)
    }

    fn column_name(&self, column: ColumnId, name: &str) -> Result<String, Rejection> {
        let name = line(TextField::Name, name)?;
        let taken = self.columns.iter().any(|(id, known)| *id != column && same_name(&known.name, &name));
        if taken { Err(Rejection::NameTaken { name }) } else { Ok(name) }
    }

    fn column_kind(&self, kind: ColumnKind) -> Result<(), Rejection> {
        match kind {
            ColumnKind::Environment(environment) => self.usable_environment(environment),
            ColumnKind::Queue | ColumnKind::Approval | ColumnKind::Monitoring => Ok(()),
        }
    }
}
