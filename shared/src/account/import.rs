//! Bringing a workspace to a server: the answer to its log, line by line as an export has it.

use serde::{Deserialize, Serialize};

use super::Session;
use crate::canonical::Hash;
use crate::ids::WorkspaceId;
use crate::log::Cursor;

/// The most bytes of a log that is brought to a running server. A larger one goes by `slipway import`.
pub const IMPORT_BYTES: usize = 64 * 1024 * 1024;

/// `POST /api/v1/workspaces/import`: what has arrived. The same log again gets the same answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Imported {
    /// Which workspace it is: its id is the one it had.
    pub workspace: WorkspaceId,
    /// Up to where the log was brought, on the timeline that begins here.
    pub arrived: Cursor,
    /// The digest of the state there, computed anew by the server.
    pub digest: Hash,
    /// The version of the shape of entities that the digest is of.
    pub model: u16,
    /// How the workspace is here, where it was before: nothing was changed. Absent where it has just come.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub here: Option<AlreadyHere>,
    /// Who brought it, and what they may open now.
    pub session: Session,
}

/// A workspace that was on the server before it was brought again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AlreadyHere {
    /// How many events it has now.
    pub events: u64,
    /// The digest of its state now.
    pub digest: Hash,
}
