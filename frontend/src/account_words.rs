//! What the server says about accounts, in words for people.

use slipway_shared::account::{Beginning, PASSWORD_LEAST, PASSWORD_MOST, Scope, TEXT_MOST};
use slipway_shared::member::Role;
use slipway_shared::sync::client::Failure;
use slipway_shared::sync::protocol::ErrorCode;
use slipway_shared::text::has_hidden;

use crate::accounts::code_of;
use crate::language::count;

/// Returns why something could not be done: what happened, what was kept, what can be done.
#[must_use]
pub fn failure_words(failure: &Failure) -> String {
    let Some(code) = code_of(failure) else {
        return match failure {
            Failure::Unreadable => t!(account_unreadable),
            Failure::Unreachable | Failure::Refused(_) => t!(account_unreachable),
        };
    };
    match code {
        ErrorCode::WrongPassword => t!(account_wrong_password),
        ErrorCode::WrongCode => t!(account_wrong_code),
        ErrorCode::SecondFactorNeeded => t!(account_code_needed),
        ErrorCode::SignInNeeded => t!(account_sign_in_needed),
        ErrorCode::ConfirmationNeeded => t!(account_not_confirmed),
        ErrorCode::Forbidden => t!(account_forbidden),
        ErrorCode::SetupNeeded => t!(account_setup_needed),
        ErrorCode::TokenGone => t!(account_token_gone),
        ErrorCode::LoginTaken => t!(account_login_taken),
        ErrorCode::AlreadyMember => t!(account_already_member),
        ErrorCode::Unacceptable => t!(account_unacceptable),
        ErrorCode::TooManyTries => t!(account_too_many_tries),
        ErrorCode::NotFound => t!(account_not_found),
        _ => t!(account_failed),
    }
}

/// As [`failure_words`], for somebody who is signed in: a password that they give is their present one.
#[must_use]
pub fn proof_failure_words(failure: &Failure) -> String {
    match code_of(failure) {
        Some(ErrorCode::WrongPassword) => t!(account_wrong_present_password),
        _ => failure_words(failure),
    }
}

/// Returns what is wrong with a text that has to be there, if anything is.
#[must_use]
pub fn text_problem(text: &str) -> Option<String> {
    let length = text.trim().chars().count();
    match length {
        0 => Some(t!(account_text_missing)),
        length if length > TEXT_MOST => Some(t!(account_text_too_long, count(TEXT_MOST))),
        _ if has_hidden(text.trim()) => Some(t!(account_text_hidden)),
        _ => None,
    }
}

/// Returns what is wrong with a name to sign in with, if anything is.
#[must_use]
pub fn login_problem(login: &str) -> Option<String> {
    let has_spaces = login.trim().contains(char::is_whitespace);
    text_problem(login).or_else(|| has_spaces.then(|| t!(account_login_spaces)))
}

/// Returns what is wrong with a new password, if anything is; whether many use it only the server knows.
#[must_use]
pub fn password_problem(password: &str) -> Option<String> {
    match password.chars().count() {
        length if length < PASSWORD_LEAST => Some(t!(account_password_short, count(PASSWORD_LEAST))),
        length if length > PASSWORD_MOST => Some(t!(account_password_long, count(PASSWORD_MOST))),
        _ => None,
    }
}

/// What a workspace may begin with, and what that is called in an answer.
pub const BEGINNINGS: [(&str, Beginning); 2] = [("empty", Beginning::Empty), ("sample", Beginning::Sample)];

/// Returns what a beginning is.
#[must_use]
pub fn beginning_words(beginning: Beginning) -> String {
    match beginning {
        Beginning::Empty => t!(begin_empty),
        Beginning::Sample => t!(begin_sample),
    }
}

/// Returns what a role is called.
#[must_use]
pub fn role_name(role: Role) -> String {
    match role {
        Role::Viewer => t!(role_viewer),
        Role::Member => t!(role_member),
        Role::Approver => t!(role_approver),
        Role::Admin => t!(role_admin),
    }
}

/// Returns what a role may do.
#[must_use]
pub fn role_what(role: Role) -> String {
    match role {
        Role::Viewer => t!(role_viewer_what),
        Role::Member => t!(role_member_what),
        Role::Approver => t!(role_approver_what),
        Role::Admin => t!(role_admin_what),
    }
}

/// Returns what a token is good for.
#[must_use]
pub fn scope_name(scope: Scope) -> String {
    match scope {
        Scope::Read => t!(scope_read),
        Scope::Write => t!(scope_write),
        Scope::Admin => t!(scope_admin),
    }
}

/// The roles, by what they are called in a form.
pub const ROLES: [(&str, Role); 4] = [
    ("viewer", Role::Viewer),
    ("member", Role::Member),
    ("approver", Role::Approver),
    ("admin", Role::Admin),
];

/// The scopes, by what they are called in a form.
pub const SCOPES: [(&str, Scope); 3] =
    [("read", Scope::Read), ("write", Scope::Write), ("admin", Scope::Admin)];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_counted_in_characters_and_never_trimmed() {
        let table = [
            ("", true),
            ("elevenchars", true),
            ("twelve chars", false),
            ("ééééééééééé", true),
            ("éééééééééééé", false),
            ("            ", false),
        ];
        for (password, is_wrong) in table {
            assert_eq!(password_problem(password).is_some(), is_wrong, "{password:?}");
        }
        assert!(password_problem(&"x".repeat(PASSWORD_MOST)).is_none());
        assert!(password_problem(&"x".repeat(PASSWORD_MOST + 1)).is_some());
    }

    #[test]
    fn a_name_to_sign_in_with_has_no_spaces_inside() {
        for (login, is_wrong) in
            [("anna@example.org", false), (" anna ", false), ("an na", true), (" ", true)]
        {
            assert_eq!(login_problem(login).is_some(), is_wrong, "{login:?}");
        }
        assert!(text_problem(&"x".repeat(TEXT_MOST + 1)).is_some());
        assert!(text_problem("Olga \u{202e}Owner").is_some());
    }
}
