//! Proving to be somebody: the password, then the second factor where there is one. Every try is counted first.

use slipway_shared::canonical::Hash;

use super::blocking;
use crate::access::Peer;
use crate::accounts::lockbox::Place;
use crate::accounts::password::Verdict;
use crate::accounts::{secret, totp};
use crate::app::App;
use crate::error::Failure;
use crate::store::StoreError;
use crate::store::accounts::{AccountRow, SecondFactor, SessionRow};

/// Counts a try to sign in.
pub(super) fn count_sign_in(app: &App, login: &str, peer: Peer) -> Result<(), Failure> {
    app.rates().sign_in(login, peer.address).map_err(Failure::too_many_tries)
}

/// Counts a try of somebody who is signed in to prove that they still are who signed in. What others try in their name
/// does not count here.
pub(super) fn count_proof(app: &App, session: &SessionRow) -> Result<(), Failure> {
    app.rates().proof(session.account).map_err(Failure::too_many_tries)
}

/// Counts a code that somebody gives who signs in and has the password. Whoever has not can't use that up.
pub(super) fn count_code(app: &App, account: &AccountRow, code: Option<&str>) -> Result<(), Failure> {
    if is_given(account, code) {
        app.rates().code(account.id).map_err(Failure::too_many_tries)
    } else {
        Ok(())
    }
}

/// Counts a code of somebody who is signed in. What others try in their name does not count here either.
pub(super) fn count_own_code(app: &App, account: &AccountRow, code: Option<&str>) -> Result<(), Failure> {
    if is_given(account, code) {
        app.rates().own_code(account.id).map_err(Failure::too_many_tries)
    } else {
        Ok(())
    }
}

fn is_given(account: &AccountRow, code: Option<&str>) -> bool {
    account.second_factor.is_some() && code.is_some_and(|code| !code.trim().is_empty())
}

/// Returns the account of a session.
pub(super) async fn own(app: &App, session: &SessionRow) -> Result<AccountRow, Failure> {
    let (accounts, account) = (app.accounts(), session.account);
    blocking(move || accounts.account(account)?.ok_or(StoreError::Corrupt { seq: 0 })).await
}

/// Takes a password for an account. For none, and for one that is disabled or has no password, the answer is the same
/// and takes as long.
pub(super) async fn give_password(
    app: &App,
    found: Option<AccountRow>,
    password: String,
) -> Result<AccountRow, Failure> {
    let account = found.filter(|known| known.disabled_at.is_none() && !known.password.is_empty());
    let kept = account.as_ref().map(|known| known.password.clone());
    match (app.hasher().verify(password.clone(), kept).await?, account) {
        (Verdict::Right { is_outdated }, Some(account)) => {
            if is_outdated {
                keep_anew(app, &account, password).await;
            }
            Ok(account)
        }
        (Verdict::Right { .. }, None) | (Verdict::Wrong, _) => {
            tracing::info!(event = "wrong_password", "a password was refused");
            Err(Failure::wrong_password())
        }
    }
}

/// Takes the present password of somebody who is signed in.
pub(super) async fn give_present_password(
    app: &App,
    account: AccountRow,
    password: String,
) -> Result<AccountRow, Failure> {
    let given = give_password(app, Some(account), password).await;
    // Which name it is about is no question here.
    given
        .map_err(|failure| if failure.is_wrong_proof() { Failure::wrong_present_password() } else { failure })
}

/// Keeps a password by the present rules. That it can't be kept is no reason to refuse who has it.
async fn keep_anew(app: &App, account: &AccountRow, password: String) {
    let Ok(hash) = app.hasher().hash(password).await else { return };
    let (accounts, id) = (app.accounts(), account.id);
    let known = account.password.clone();
    drop(blocking(move || accounts.keep_password_anew(id, &known, &hash)).await);
}

/// Takes the code of an account's second factor, or one of its recovery codes; each is good once.
pub(super) async fn give_code(app: &App, account: &AccountRow, code: Option<String>) -> Result<(), Failure> {
    let Some(factor) = account.second_factor.clone() else { return Ok(()) };
    let code = code.filter(|code| !code.trim().is_empty()).ok_or_else(Failure::second_factor_needed)?;
    let (accounts, id, now) = (app.accounts(), account.id, app.clock().now());
    let SecondFactor { locked, step } = factor;
    let secret = app.lockbox().open(Place::SecondFactor(id), &locked);
    let is_readable = secret.is_some();
    let fitting = secret.and_then(|secret| totp::check(&secret, &code, now, step));
    let is_right = blocking(move || match fitting {
        Some(step) => accounts.use_step(id, step),
        None => accounts.use_recovery_code(id, recovery_hash(&code), now),
    });
    if is_right.await? {
        return Ok(());
    }
    if !is_readable {
        tracing::warn!(event = "second_factor_locked", account = %id, "the key that opens a second factor is missing");
        return Err(Failure::second_factor_locked());
    }
    tracing::info!(event = "wrong_code", account = %account.id, "a code was refused");
    Err(Failure::wrong_code())
}

/// Returns what is kept of a recovery code, however it is typed.
pub(super) fn recovery_hash(code: &str) -> Hash {
    secret::hash(&totp::normal(code))
}
