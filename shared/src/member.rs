//! Who acts in a workspace. Names and addresses are kept outside the log, where they can be erased.

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::event::Event;
use crate::ids::MemberId;
use crate::rejection::Rejection;
use crate::workspace::Workspace;

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
    /// Lets a member do more or less. For admins; the last one stays one.
    SetRole {
        /// Who.
        member: MemberId,
        /// What they may do from now on.
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
    /// Someone may do more or less than before.
    RoleSet {
        /// Who.
        member: MemberId,
        /// What they may do from now on.
        role: Role,
    },
}

impl Workspace {
    pub(crate) fn decide_member(
        &self,
        context: &Context,
        command: &MemberCommand,
    ) -> Result<Vec<Event>, Rejection> {
        match *command {
            MemberCommand::Add { member, role } => {
                if self.members.contains_key(&member) {
                    return Err(Rejection::IdTaken);
                }
                Ok(vec![Event::Member(MemberEvent::Joined { member, role })])
            }
            MemberCommand::SetRole { member, role } => self.set_role(context.actor, member, role),
        }
    }

    fn set_role(&self, actor: MemberId, member: MemberId, role: Role) -> Result<Vec<Event>, Rejection> {
        let is_admin = |known: &Member| known.role == Role::Admin;
        if !self.members.get(&actor).is_some_and(|known| is_admin(known)) {
            return Err(Rejection::NotAdmin);
        }
        let known = self.members.get(&member).ok_or(Rejection::UnknownMember { member })?;
        if known.role == role {
            return Ok(Vec::new());
        }
        if is_admin(known) && self.members.values().filter(|known| is_admin(known)).count() == 1 {
            return Err(Rejection::LastAdmin);
        }
        Ok(vec![Event::Member(MemberEvent::RoleSet { member, role })])
    }
}
