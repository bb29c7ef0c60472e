//! The demo's own way in: on this computer nobody there has a password.

use slipway_shared::ids::AccountId;
use slipway_shared::member::Profile;

use crate::demo;
use crate::store::StoreError;
use crate::store::accounts::{AccountRow, Membership};
use crate::store::sqlite::Accounts;

/// What a demo's session is called in the list of devices.
pub(crate) const DEVICE: &str = "Demo";

/// Makes the accounts of everybody in the demo, where they are missing.
pub(crate) fn make_people(accounts: &Accounts) -> Result<(), StoreError> {
    let people: Vec<_> = demo::people().iter().map(person).collect();
    accounts.make_without_password(&people)
}

/// Returns whose session a visitor gets: that of the owner, or of the one who is named, by first name or whole.
pub(crate) fn visitor(named: Option<&str>) -> Option<AccountId> {
    let people = demo::people();
    let Some(named) = named else { return people.first().map(account_of) };
    let is_meant = |person: &&Profile| {
        person.name.to_lowercase() == named.to_lowercase() || login_of(person) == named.to_lowercase()
    };
    people.iter().find(is_meant).map(account_of)
}

fn person(profile: &Profile) -> (AccountRow, Membership) {
    let account = account_of(profile);
    let row = AccountRow {
        id: account,
        name: profile.name.clone(),
        login: login_of(profile),
        password: String::new(),
        second_factor: None,
        draft: None,
        recovery_codes: 0,
        made: slipway_shared::time::Timestamp(0),
        disabled_at: None,
        sign_outs: 0,
    };
    (row, Membership { account, workspace: demo::WORKSPACE, member: profile.member })
}

/// The same in every demo, as the members are.
const fn account_of(profile: &Profile) -> AccountId {
    AccountId::from_u128(profile.member.as_u128())
}

fn login_of(profile: &Profile) -> String {
    profile.name.split_whitespace().next().unwrap_or_default().to_lowercase()
}
