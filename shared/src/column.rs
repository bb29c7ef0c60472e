//! A column of the board: a queue, an environment's, an approval's or a monitoring one.

use serde::{Deserialize, Serialize};

use crate::ids::{ColumnId, EnvironmentId};

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
}
