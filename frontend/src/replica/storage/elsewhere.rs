//! What waits in this browser besides the present replica: of other workspaces that were served at this address, until
//! theirs is served here again; and of other people, until they sign in again.

use std::collections::BTreeMap;

use serde::Serialize;
use slipway_shared::command::Command;
use slipway_shared::ids::WorkspaceId;
use slipway_shared::json;
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::envelope::WireCommand;

use super::indexed_db::database_names;
use super::{Storage, boot_records, home_of};
use crate::replica::RefusedCommand;
use crate::replica::identity::{BootRecord, Home};
use crate::replica::leaving::noted_person;

/// What waits in one other place, in the form of a file.
#[derive(Serialize)]
pub(in crate::replica) struct Elsewhere {
    /// Where.
    #[serde(skip)]
    pub(in crate::replica) home: Home,
    slipway: &'static str,
    workspace: WorkspaceId,
    commands: Vec<WireCommand>,
    refused: Vec<RefusedCommand>,
    /// It is somebody else's: that something waits may be said, and nothing more.
    #[serde(skip)]
    pub(in crate::replica) is_of_others: bool,
}

impl Elsewhere {
    /// Returns a place in which one change waits that can't be read here.
    #[cfg(test)]
    pub(in crate::replica) fn with_one_unsent(home: Home) -> Self {
        let wire = format!(
            r#"{{"client":"{}","seq":1,"at":1,"seen":0,"kind":"of.tomorrow","v":9,"body":{{}}}}"#,
            home.workspace
        );
        let commands = vec![json::read(&wire).expect("a command")];
        let (workspace, refused) = (home.workspace, Vec::new());
        Self { home, slipway: "pending", workspace, commands, refused, is_of_others: false }
    }

    /// Returns how many changes wait to be sent, or were not submitted since their author is no member any more. What
    /// only keeps a place in a queue is none.
    pub(in crate::replica) fn unsent(&self) -> usize {
        let is_change =
            |wire: &&WireCommand| wire.read().map_or(true, |envelope| envelope.command != Command::Nothing);
        self.commands.iter().filter(is_change).count() + self.left().count()
    }

    /// Returns how many changes are nowhere else: also those that were declined for another reason.
    pub(in crate::replica) fn lost_with_it(&self) -> usize {
        self.unsent() + self.refused.len() - self.left().count()
    }

    /// Returns the changes that [`Self::unsent`] counts, but those that can't be read here.
    pub(in crate::replica) fn changes(&self) -> Vec<Command> {
        let waiting = self.commands.iter().filter_map(|wire| wire.read().ok().map(|known| known.command));
        let waiting = waiting.filter(|command| *command != Command::Nothing);
        waiting.chain(self.left().map(|refused| refused.command.clone())).collect()
    }

    fn left(&self) -> impl Iterator<Item = &RefusedCommand> {
        self.refused.iter().filter(|refused| refused.rejection == Rejection::AccessRemoved)
    }
}

/// Reads what waits in every place but the present one; what can't be read is passed over.
pub(in crate::replica) async fn elsewhere(present: Option<&BootRecord>) -> Vec<Elsewhere> {
    let home = present.map(BootRecord::home);
    let known = boot_records().await.all;
    // Who is a member of no workspace has none open, and is who is noted to be signed in.
    let noted = noted_person();
    let is_noted = |record: &&BootRecord| noted.is_some() && record.account == noted;
    let person = present.or_else(|| known.iter().find(is_noted));
    let mut found = Vec::new();
    for other in database_names().await.iter().filter_map(|name| home_of(name)) {
        if Some(other) != home
            && let Some(waiting) = read(other, is_of_others(other, person, &known)).await
        {
            found.push(waiting);
        }
    }
    found
}

/// Counts what waits in this browser, whoever did it.
pub(in crate::replica) async fn unsent_here() -> usize {
    elsewhere(None).await.iter().map(Elsewhere::unsent).sum()
}

/// Tells whether a place is another person's. What was kept before there were accounts is nobody else's.
fn is_of_others(home: Home, person: Option<&BootRecord>, known: &[BootRecord]) -> bool {
    match known.iter().find(|record| record.home() == home) {
        Some(record) => {
            record.account.is_some() && !person.is_some_and(|person| person.is_of_same_person(record))
        }
        None => home.member.is_some(),
    }
}

async fn read(home: Home, is_of_others: bool) -> Option<Elsewhere> {
    let storage = Storage::open(home).await;
    let database = storage.database.clone()?;
    // The mirror may have what the database has, too.
    let commands: BTreeMap<_, _> =
        storage.outbox().await.ok()?.into_iter().map(|wire| (wire.key(), wire)).collect();
    let refused = database.texts("refused").await.unwrap_or_default();
    database.close();
    Some(Elsewhere {
        home,
        slipway: "pending",
        workspace: home.workspace,
        commands: commands.into_values().collect(),
        refused: refused.iter().filter_map(|text| json::read(text).ok()).collect(),
        is_of_others,
    })
}

#[cfg(test)]
mod tests {
    use slipway_shared::ids::{AccountId, MemberId};

    use super::*;

    /// What is known of somebody in a workspace, by number and sign-in name.
    fn record(workspace: u128, account: Option<(u128, &str)>, is_beside: bool) -> BootRecord {
        BootRecord {
            workspace: WorkspaceId::from_u128(workspace),
            member: MemberId::from_u128(account.map_or(0, |(number, _)| number)),
            people: Vec::new(),
            last_in_step: None,
            account: account.map(|(number, _)| AccountId::from_u128(number)),
            login: account.map(|(_, login)| login.to_owned()),
            is_beside,
            is_shared: false,
            local: None,
        }
    }

    #[test]
    fn what_another_person_did_here_is_theirs_alone() {
        let (anna, ben) = (record(1, Some((7, "anna")), false), record(1, Some((8, "ben")), true));
        // The same Anna, at another server that was served at this address.
        let annas_before = record(2, Some((9, "anna")), false);
        let of_nobody = record(3, None, false);
        let unknown = Home { workspace: WorkspaceId::from_u128(4), member: None };
        let stray = Home { member: Some(MemberId::from_u128(90)), ..unknown };
        let table = [
            (anna.home(), Some(&anna), false),
            (anna.home(), Some(&ben), true),
            (ben.home(), Some(&anna), true),
            (ben.home(), None, true),
            (annas_before.home(), Some(&anna), false),
            (annas_before.home(), Some(&ben), true),
            (of_nobody.home(), Some(&anna), false),
            (unknown, Some(&anna), false),
            (stray, Some(&anna), true),
        ];
        let known = [&anna, &ben, &annas_before, &of_nobody].map(Clone::clone);
        for (home, present, of_others) in table {
            assert_eq!(is_of_others(home, present, &known), of_others, "{home}");
        }
    }
}
