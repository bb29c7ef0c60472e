//! What everybody is asked who comes here first, and how what they say becomes an account.

use slipway_shared::account::NewPerson;
use slipway_shared::sync::protocol::ErrorCode;

use crate::account_words::{login_problem, password_problem, text_problem};
use crate::browser::platform;
use crate::components::form::{Field, FieldKind, FormState, Problem};

pub(super) const NAME: &str = "name";
pub(super) const LOGIN: &str = "login";
pub(super) const PASSWORD: &str = "password";
const AGAIN: &str = "password-again";

/// Returns what is asked of somebody who comes here first.
pub(super) fn person_fields() -> [Field; 4] {
    let [least, most] = [slipway_shared::account::PASSWORD_LEAST, slipway_shared::account::PASSWORD_MOST]
        .map(crate::language::count);
    [
        Field::new(NAME, FieldKind::Text, t!(your_name)).with_hint(t!(your_name_hint)),
        Field::new(LOGIN, FieldKind::Login, t!(login)).with_hint(t!(login_hint)),
        Field::new(PASSWORD, FieldKind::NewPassword, t!(password)).with_hint(t!(password_hint, least, most)),
        Field::new(AGAIN, FieldKind::NewPassword, t!(password_again)),
    ]
}

/// Returns who somebody says they are.
///
/// # Errors
///
/// What is wrong with it.
pub(super) fn person(state: FormState) -> Result<NewPerson, Problem> {
    let [name, login, password] = [NAME, LOGIN, PASSWORD].map(|field| state.get(field));
    let problems = [
        (NAME, text_problem(&name)),
        (LOGIN, login_problem(&login)),
        (
            PASSWORD,
            password_problem(&password)
                .or_else(|| is_login(&password, &login).then(|| t!(password_is_login))),
        ),
        (AGAIN, (state.get(AGAIN) != password).then(|| t!(password_differs))),
    ];
    for (field, problem) in problems {
        if let Some(text) = problem {
            return Err(Problem::of(field, text));
        }
    }
    let (name, login) = (name.trim().to_owned(), login.trim().to_owned());
    Ok(NewPerson { name, login, password, device: platform::device_name() })
}

/// Tells whether a password is the name to sign in with, which everybody knows. What is little more than that only the
/// server finds.
fn is_login(password: &str, login: &str) -> bool {
    password.trim().to_lowercase() == login.trim().to_lowercase()
}

/// Returns which field it is about that somebody was not let in.
pub(super) fn place(refusal: ErrorCode, token: Option<&'static str>) -> Option<&'static str> {
    match refusal {
        ErrorCode::LoginTaken => Some(LOGIN),
        ErrorCode::Unacceptable => Some(PASSWORD),
        ErrorCode::TokenGone => token,
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_others_know_is_no_password() {
        let table = [
            ("anna@example.org", "anna@example.org", true),
            ("Anna@Example.org ", " anna@example.org", true),
            ("anna@example.org2", "anna@example.org", false),
        ];
        for (password, login, is_same) in table {
            assert_eq!(is_login(password, login), is_same, "{password:?} {login:?}");
        }
    }
}
