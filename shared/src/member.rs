//! Who acts in a workspace. Names and addresses are kept outside the log, where they can be erased.

use serde::{Deserialize, Serialize};

use crate::ids::MemberId;

/// What a member may do; each role may do what the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Works on deployments.
    Member,
    /// Decides on approvals.
    Approver,
    /// Changes the workspace itself.
    Admin,
}

/// Someone who acts in a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// What they may do.
    pub role: Role,
}

/// A person as shown on the screen. Not part of the log: profiles can be erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Whose profile it is.
    pub member: MemberId,
    /// The name to show.
    pub name: String,
}

impl Profile {
    /// Returns the one or two letters that stand for the person where there is little room.
    #[must_use]
    pub fn initials(&self) -> String {
        let mut words = self.name.split_whitespace().filter_map(|word| word.chars().next());
        let first = words.next();
        first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
    }
}

/// What can be asked of members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MemberCommand {
    /// Lets someone act in the workspace.
    Add {
        /// Their new id.
        member: MemberId,
        /// What they may do.
        role: Role,
    },
}

/// What happened to members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberEvent {
    /// Someone joined the workspace.
    Joined {
        /// Who.
        member: MemberId,
        /// What they may do.
        role: Role,
    },
}
