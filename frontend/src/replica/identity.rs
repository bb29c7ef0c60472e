//! Who this browser works for, and where what is theirs is kept: apart from what others keep here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use slipway_shared::account::{Session, WorkspaceSummary};
use slipway_shared::ids::{AccountId, MemberId, WorkspaceId};
use slipway_shared::member::Profile;
use slipway_shared::time::Timestamp;

/// Where one person's replica of one workspace is kept: the name of its database, its channel, its lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Home {
    pub(super) workspace: WorkspaceId,
    /// Whose it is. Whoever opened the workspace first in this browser has the place without a name, where builds
    /// from before there were accounts kept everything.
    pub(super) member: Option<MemberId>,
}

impl fmt::Display for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.member {
            None => self.workspace.fmt(f),
            Some(member) => write!(f, "{}.{member}", self.workspace),
        }
    }
}

impl FromStr for Home {
    type Err = <WorkspaceId as FromStr>::Err;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let (workspace, member) = match name.split_once('.') {
            Some((workspace, member)) => (workspace, Some(member.parse()?)),
            None => (name, None),
        };
        Ok(Self { workspace: workspace.parse()?, member })
    }
}

/// Which workspace this browser opens, and as whom: what a start without a network needs to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct BootRecord {
    pub(super) workspace: WorkspaceId,
    pub(super) member: MemberId,
    pub(super) people: Vec<Profile>,
    /// When the server was last heard.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) last_in_step: Option<Timestamp>,
    /// Whose it is; absent where the server has no accounts, and in records of builds that knew none.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) account: Option<AccountId>,
    /// What they sign in with: another server at this address knows them by no other name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) login: Option<String>,
    /// Whether the replica has a place of its own, beside that of whoever came first.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub(super) is_beside: bool,
    /// Whether others use this computer, as its person said when they signed in.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub(super) is_shared: bool,
    /// What it is called, where no server has it: it is on this device only. Absent for every other.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) local: Option<String>,
}

/// What the answer to "who am I" means for a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// It is theirs.
    Theirs,
    /// It was theirs, and they may not open the workspace any more.
    NoMember,
    /// It is somebody else's, or the server holds other workspaces than this.
    Others,
}

impl BootRecord {
    /// Returns what is known of somebody who opens a workspace for the first time here.
    pub(super) fn new(session: &Session, workspace: &WorkspaceSummary) -> Self {
        Self {
            workspace: workspace.id,
            member: workspace.member.unwrap_or(session.member),
            people: Vec::new(),
            last_in_step: None,
            account: session.account.as_ref().map(|account| account.id),
            login: session.account.as_ref().map(|account| account.login.clone()),
            is_beside: false,
            is_shared: session.session.as_ref().is_some_and(|session| session.is_shared),
            local: None,
        }
    }

    /// Returns what is known of a workspace that is begun on this device, by the one person in it.
    pub(super) fn begun_here(workspace: WorkspaceId, person: Profile, name: String) -> Self {
        Self {
            workspace,
            member: person.member,
            people: vec![person],
            last_in_step: None,
            account: None,
            login: None,
            is_beside: false,
            is_shared: false,
            local: Some(name),
        }
    }

    /// As [`Self::new`], beside what this browser knows already: its own place again for somebody who was here, a
    /// place of their own where somebody else was.
    ///
    /// A place that is among those `left` behind is nobody's to have: what was in it could not be deleted.
    pub(super) fn among(
        session: &Session,
        workspace: &WorkspaceSummary,
        known: &[Self],
        left: &[Home],
    ) -> Self {
        let new = Self::new(session, workspace);
        let mut here = known.iter().filter(|record| record.workspace == new.workspace);
        // What no server has yet is handed over, or stays as it is.
        let is_theirs = |record: &&Self| record.member == new.member && record.local.is_none();
        match here.clone().find(is_theirs) {
            Some(before) => {
                let (account, login, is_shared) = (new.account, new.login, new.is_shared);
                Self { account, login, is_shared, ..before.clone() }
            }
            None => {
                let is_beside = here.any(|record| !record.is_beside) || left.contains(&new.home());
                Self { is_beside, ..new }
            }
        }
    }

    /// Returns what of it has to be known of somebody who is gone. Without a time it is known that nothing is here to be
    /// shown.
    pub(super) fn without_others(self) -> Self {
        Self { people: Vec::new(), last_in_step: None, ..self }
    }

    pub(super) fn home(&self) -> Home {
        Home { workspace: self.workspace, member: self.is_beside.then_some(self.member) }
    }

    /// Tells whether another record is of the same person: of their account, or of their account on another server that
    /// was served at this address. On one server no two accounts have one name to sign in with.
    pub(super) fn is_of_same_person(&self, other: &Self) -> bool {
        (self.account.is_some() && self.account == other.account)
            || (self.login.is_some() && self.login == other.login)
    }

    /// Returns what somebody is to the replica of this record.
    pub(super) fn whose(&self, session: &Session) -> Whose {
        let account = session.account.as_ref().map(|account| account.id);
        match session.workspaces.iter().find(|known| known.id == self.workspace) {
            Some(_) if account.is_none() => Whose::Theirs,
            Some(known) if known.member.unwrap_or(session.member) == self.member => Whose::Theirs,
            None if account.is_some() && account == self.account => Whose::NoMember,
            Some(_) | None => Whose::Others,
        }
    }
}

/// Returns the workspace to open: the one that was open, if they may, or the first.
pub(super) fn to_open(session: &Session, before: Option<WorkspaceId>) -> Option<&WorkspaceSummary> {
    let same = session.workspaces.iter().find(|known| Some(known.id) == before);
    same.or_else(|| session.workspaces.first())
}

#[cfg(test)]
mod tests {
    use slipway_shared::account::Account;

    use super::*;

    const OURS: u128 = 1;
    const OTHERS: u128 = 2;

    /// Somebody, by the number of their account, who may open workspaces as members.
    fn session(account: Option<u128>, workspaces: &[(u128, u128)]) -> Session {
        let workspace = |(id, member): &(u128, u128)| WorkspaceSummary {
            id: WorkspaceId::from_u128(*id),
            name: String::new(),
            member: account.map(|_| MemberId::from_u128(*member)),
            role: None,
        };
        Session {
            member: MemberId::from_u128(workspaces.first().map_or(0, |(_, member)| *member)),
            workspaces: workspaces.iter().map(workspace).collect(),
            account: account.map(|account| Account {
                id: AccountId::from_u128(account),
                name: String::new(),
                login: String::new(),
                has_second_factor: false,
                recovery_codes: 0,
            }),
            session: None,
        }
    }

    fn record(session: &Session, known: &[BootRecord]) -> BootRecord {
        BootRecord::among(session, &session.workspaces[0], known, &[])
    }

    #[test]
    fn a_replica_belongs_to_whoever_it_was_made_for() {
        let anna = record(&session(Some(7), &[(OURS, 70)]), &[]);
        let table = [
            (session(Some(7), &[(OURS, 70)]), Whose::Theirs),
            (session(Some(7), &[(OTHERS, 71), (OURS, 70)]), Whose::Theirs),
            (session(Some(7), &[(OTHERS, 71)]), Whose::NoMember),
            (session(Some(7), &[]), Whose::NoMember),
            // Removed and invited anew, they are somebody else in the log.
            (session(Some(7), &[(OURS, 72)]), Whose::Others),
            (session(Some(8), &[(OURS, 80)]), Whose::Others),
            (session(Some(8), &[(OTHERS, 80)]), Whose::Others),
            (session(Some(8), &[]), Whose::Others),
            (session(None, &[(OURS, 70)]), Whose::Theirs),
            (session(None, &[(OTHERS, 70)]), Whose::Others),
        ];
        for (session, whose) in table {
            assert_eq!(anna.whose(&session), whose, "{session:?}");
        }
    }

    #[test]
    fn what_stays_of_somebody_who_is_gone_names_nobody_else() {
        let session = session(Some(7), &[(OURS, 70)]);
        let people = vec![Profile { member: MemberId::from_u128(80), name: "Ben".to_owned() }];
        let before = BootRecord { people, last_in_step: Some(Timestamp(1)), ..record(&session, &[]) };
        let after = before.clone().without_others();
        assert_eq!((after.people.len(), after.last_in_step), (0, None));
        assert_eq!((after.home(), after.whose(&session)), (before.home(), Whose::Theirs));
    }

    #[test]
    fn the_replica_of_a_build_without_accounts_is_claimed_by_its_member_alone() {
        let before = record(&session(None, &[(OURS, 70)]), &[]);
        assert_eq!(before.whose(&session(Some(7), &[(OURS, 70)])), Whose::Theirs);
        assert_eq!(before.whose(&session(Some(8), &[(OURS, 80)])), Whose::Others);
        // Nobody knows whose it was: nothing of it is forgotten.
        assert_eq!(before.whose(&session(Some(7), &[])), Whose::Others);
    }

    #[test]
    fn everybody_has_a_place_of_their_own_and_finds_it_again() {
        let (anna, ben) = (session(Some(7), &[(OURS, 70)]), session(Some(8), &[(OURS, 80)]));
        let annas = record(&anna, &[]);
        let bens = record(&ben, std::slice::from_ref(&annas));
        assert_eq!((annas.home().member, bens.home().member), (None, Some(MemberId::from_u128(80))));
        let known = [bens.clone(), annas.clone()];
        assert_eq!((record(&anna, &known).home(), record(&ben, &known).home()), (annas.home(), bens.home()));
    }

    #[test]
    fn a_workspace_that_no_server_has_is_not_taken_over() {
        let anna = session(Some(7), &[(OURS, 70)]);
        let person = Profile { member: MemberId::from_u128(70), name: "Anna".to_owned() };
        let here = BootRecord::begun_here(WorkspaceId::from_u128(OURS), person, "Here".to_owned());
        let opened = record(&anna, std::slice::from_ref(&here));
        assert_ne!(opened.home(), here.home());
        assert_eq!(record(&anna, &[here, opened.clone()]), opened);
    }

    #[test]
    fn a_place_that_could_not_be_emptied_is_nobodys() {
        let ben = session(Some(8), &[(OURS, 80)]);
        let left = |workspace| [Home { workspace: WorkspaceId::from_u128(workspace), member: None }];
        let opened = |left: &[Home]| BootRecord::among(&ben, &ben.workspaces[0], &[], left).home().member;
        assert_eq!(opened(&left(OURS)), Some(MemberId::from_u128(80)));
        assert_eq!(opened(&left(OTHERS)), None);
    }

    #[test]
    fn names_of_places_lead_back_to_them() {
        let workspace = WorkspaceId::from_u128(OURS);
        for member in [None, Some(MemberId::from_u128(9))] {
            let home = Home { workspace, member };
            assert_eq!(home.to_string().parse(), Ok(home));
        }
        // What builds without accounts called it.
        assert_eq!(Home { workspace, member: None }.to_string(), workspace.to_string());
        assert!("".parse::<Home>().is_err());
    }

    #[test]
    fn a_record_of_a_build_without_accounts_is_read() {
        let text = format!(
            r#"{{"workspace":"{}","member":"{}","people":[]}}"#,
            WorkspaceId::from_u128(OURS),
            MemberId::from_u128(70)
        );
        let read: BootRecord = slipway_shared::json::read(&text).expect("a record");
        assert_eq!(read, record(&session(None, &[(OURS, 70)]), &[]));
    }

    #[test]
    fn the_workspace_that_was_open_is_opened_again() {
        let session = session(Some(7), &[(OTHERS, 71), (OURS, 70)]);
        let opened = |before: Option<u128>| {
            to_open(&session, before.map(WorkspaceId::from_u128)).map(|known| known.id.as_u128())
        };
        assert_eq!(
            (opened(Some(OURS)), opened(Some(9)), opened(None)),
            (Some(OURS), Some(OTHERS), Some(OTHERS))
        );
    }
}
