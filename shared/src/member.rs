//! Who acts in a workspace. Names and addresses are kept outside the log, where they can be erased.

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::ids::MemberId;
use crate::rejection::Rejection;
use crate::workspace::Workspace;

/// What a member may do; each role may do what the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// Lets someone act in the workspace: someone new, or who was taken out. For admins.
    Add {
        /// Their id; it stays theirs when they are taken out and come back.
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
    /// Takes a member out of the workspace: what they did stays, their approvals no longer count. For admins, and for
    /// who leaves by themselves; the last admin stays.
    Remove {
        /// Who.
        member: MemberId,
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
    /// Someone is in the workspace no more.
    Removed {
        /// Who.
        member: MemberId,
    },
}

impl Workspace {
    /// Returns what a member may do; `None` for who is none.
    #[must_use]
    pub fn role(&self, member: MemberId) -> Option<Role> {
        self.members.get(&member).map(|known| known.role)
    }

    pub(crate) fn decide_member(&self, command: &MemberCommand) -> Result<Vec<Event>, Rejection> {
        let event = match *command {
            MemberCommand::Add { member, role } => {
                if self.members.contains_key(&member) {
                    return Err(Rejection::IdTaken);
                }
                Some(MemberEvent::Joined { member, role })
            }
            MemberCommand::SetRole { member, role } => self.set_role(member, role)?,
            MemberCommand::Remove { member } => self.remove(member)?,
        };
        Ok(event.map(Event::Member).into_iter().collect())
    }

    fn set_role(&self, member: MemberId, role: Role) -> Result<Option<MemberEvent>, Rejection> {
        let known = self.members.get(&member).ok_or(Rejection::UnknownMember { member })?;
        if known.role == role {
            return Ok(None);
        }
        if self.is_last_admin(member) {
            return Err(Rejection::LastAdmin);
        }
        Ok(Some(MemberEvent::RoleSet { member, role }))
    }

    /// Whoever is gone already stays gone: two admins may have meant the same.
    fn remove(&self, member: MemberId) -> Result<Option<MemberEvent>, Rejection> {
        if self.is_last_admin(member) {
            return Err(Rejection::LastAdmin);
        }
        Ok(self.members.contains_key(&member).then_some(MemberEvent::Removed { member }))
    }

    /// Iterates over the admins, in the order of their ids. Where there are members there is one.
    pub fn admins(&self) -> impl Iterator<Item = MemberId> {
        self.members.iter().filter(|(_, known)| known.role == Role::Admin).map(|(member, _)| *member)
    }

    /// Tells whether somebody is the only admin: they can't leave, and stay one.
    #[must_use]
    pub fn is_last_admin(&self, member: MemberId) -> bool {
        let mut admins = self.admins();
        admins.next() == Some(member) && admins.next().is_none()
    }
}
