//! The workspaces of a server: which ones somebody may open, and making another.

use serde::{Deserialize, Serialize};

use super::WorkspaceSummary;
use crate::canonical::Hash;
use crate::ids::{AccountId, RequestId, WorkspaceId};
use crate::member::Role;

/// The most workspaces of a server: each is held in memory.
pub const WORKSPACES_MOST: usize = 100;

/// The answer of `GET /api/v1/workspaces`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workspaces {
    /// The workspaces the caller may open, each with who they are there.
    pub workspaces: Vec<WorkspaceSummary>,
}

/// What a workspace begins with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Beginning {
    /// Environments and columns, and nothing on the board.
    #[default]
    Empty,
    /// Some services, and deployments in flight to try things out with.
    Sample,
}

impl Beginning {
    /// Tells whether there is nothing on the board.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}

/// `POST /api/v1/workspaces`: makes a workspace whose first member and admin the caller is. Answered with a
/// [`Session`](super::Session).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakeWorkspace {
    /// A new one for each workspace that is wanted: the same request again makes no second one.
    pub request: RequestId,
    /// What it is called.
    pub name: String,
    /// What it begins with; absent for nothing.
    #[serde(skip_serializing_if = "Beginning::is_empty", default)]
    pub beginning: Beginning,
}

/// Tells whether somebody may make another workspace on the server: who is an admin in one of those they may open.
#[must_use]
pub fn may_make_workspace(workspaces: &[WorkspaceSummary]) -> bool {
    workspaces.iter().any(|known| known.role == Some(Role::Admin))
}

/// Returns the id of the workspace that a request makes: the same each time, and nobody else's.
///
/// The time in the request's id goes first, so that a list by id is one by age.
#[must_use]
pub fn requested_workspace(account: AccountId, request: RequestId) -> WorkspaceId {
    let (account, request) = (account.as_u128(), request.as_u128());
    let Hash(bytes) = Hash::of(&[b"slipway.workspace", &account.to_be_bytes(), &request.to_be_bytes()]);
    let half = bytes.first_chunk().copied().unwrap_or_default();
    let time = !0 << 80;
    WorkspaceId::from_u128(request & time | u128::from_be_bytes(half) & !time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_makes_one_workspace_which_is_that_accounts() {
        let (ana, bo) = (AccountId::from_u128(1), AccountId::from_u128(2));
        let [first, later] =
            [0x0192_aabb_cc00_7000 << 64, 0x0192_aabb_cc01_7000 << 64].map(RequestId::from_u128);
        let made = requested_workspace(ana, first);
        assert_eq!(made, requested_workspace(ana, first));
        assert_ne!(made, requested_workspace(bo, first));
        assert!(
            made < requested_workspace(ana, later)
                && requested_workspace(bo, first) < requested_workspace(ana, later)
        );
    }

    #[test]
    fn admins_make_workspaces() {
        let in_role = |role| WorkspaceSummary {
            id: WorkspaceId::from_u128(1),
            name: "Web".to_owned(),
            member: None,
            role,
        };
        assert!(!may_make_workspace(&[]));
        assert!(!may_make_workspace(&[in_role(None), in_role(Some(Role::Approver))]));
        assert!(may_make_workspace(&[in_role(Some(Role::Viewer)), in_role(Some(Role::Admin))]));
    }
}
