//! Errors about who asks.

use axum::http::StatusCode;
use slipway_shared::sync::protocol::ErrorCode;

use super::Failure;
use crate::accounts::password::{HashFailed, Unacceptable};
use crate::accounts::secret::NoRandomness;
use crate::store::accounts::{Acted, EntryError, INVITATIONS_MOST, TOKENS_MOST};

impl Failure {
    pub(crate) fn sign_in_needed() -> Self {
        let message = "nobody is signed in, or the session has ended; nothing was applied; sign in, what you have not \
                       sent is still yours to send";
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::SignInNeeded, message)
    }

    pub(crate) fn token_unknown() -> Self {
        let message = "this API token is not known here, has ended or was revoked; nothing was applied; make another in the \
                       settings of the app";
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::SignInNeeded, message)
    }

    pub(crate) fn is_sign_in_needed(&self) -> bool {
        self.error.code == ErrorCode::SignInNeeded
    }

    /// Tells whether a name, a password or a code was wrong.
    pub(crate) fn is_wrong_proof(&self) -> bool {
        matches!(self.error.code, ErrorCode::WrongPassword | ErrorCode::WrongCode)
    }

    pub(crate) fn setup_needed() -> Self {
        let message = "the server has no owner yet; open the link that it printed when it started, which is also in \
                       the file setup-token of its data directory";
        Self::new(StatusCode::FORBIDDEN, ErrorCode::SetupNeeded, message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, ErrorCode::Forbidden, message)
    }

    pub(crate) fn admins_only() -> Self {
        Self::forbidden("only admins of the workspace may do this; nothing was changed; ask one")
    }

    pub(crate) fn no_member_any_more() -> Self {
        Self::forbidden(
            "you are no member of this workspace any more; nothing was applied, what you have not sent is kept in your \
             browser; ask an admin",
        )
    }

    pub(crate) fn wrong_password() -> Self {
        let message = "the name or the password is not right; nobody was signed in; try again";
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::WrongPassword, message)
    }

    pub(crate) fn wrong_present_password() -> Self {
        let message = "the present password is not right; nothing was changed; try again";
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::WrongPassword, message)
    }

    pub(crate) fn second_factor_needed() -> Self {
        let message = "the password is right, and a second factor is asked for; nothing was done yet; send its six digits, or a recovery \
             code, as well";
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::SecondFactorNeeded, message)
    }

    pub(crate) fn wrong_code() -> Self {
        let message = "the code is not right, or was used before; nothing was done; wait for the next one, or use a recovery code";
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::WrongCode, message)
    }

    pub(crate) fn wrong_proof_of_draft() -> Self {
        let message = "the code is not right; no second factor was set; wait for the next code, and look whether the clock \
                       of the device is right";
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::WrongCode, message)
    }

    pub(crate) fn password_changed_meanwhile() -> Self {
        let message = "the password, or who is signed in, was changed somewhere else meanwhile; nothing was changed here; \
                       try again with the password of now";
        Self::new(StatusCode::UNAUTHORIZED, ErrorCode::WrongPassword, message)
    }

    pub(crate) fn second_factor_locked() -> Self {
        Self::forbidden(
            "the password is right, and the server can't check this second factor: it is locked with a key that the \
             server has no more; nothing was done; use a recovery code, or ask the operator for `slipway user \
             second-factor-off`",
        )
    }

    pub(crate) fn no_draft() -> Self {
        Self::not_found(
            "no second factor waits to be proved; nothing was changed; POST to this address makes one",
        )
    }

    pub(crate) fn confirmation_needed() -> Self {
        let message = "this matters, and the password was given some time ago; nothing was changed; give it again \
                       (POST /api/v1/session/confirm), then repeat this";
        Self::new(StatusCode::FORBIDDEN, ErrorCode::ConfirmationNeeded, message)
    }

    pub(crate) fn confirmation_needed_to_send() -> Self {
        let message = "an approval, or a change of who may do what, counts only from somebody who has given the password in \
                       the last 15 minutes; nothing was applied, what you have not sent is still yours to send; give it \
                       again (POST /api/v1/session/confirm), then send the same";
        Self::new(StatusCode::FORBIDDEN, ErrorCode::ConfirmationNeeded, message)
    }

    pub(crate) fn token_gone() -> Self {
        let message = "this link is not known here, was used, is too old, or whoever made it is no admin any more; nothing was \
             changed; ask for a new one";
        Self::new(StatusCode::GONE, ErrorCode::TokenGone, message)
    }

    pub(crate) fn being_accepted() -> Self {
        let message =
            "somebody is accepting this invitation right now; nothing was changed; look again in a minute";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Busy, message).after(60)
    }

    pub(crate) fn login_taken() -> Self {
        let message = "somebody signs in with this name already; nothing was made; take another one, or sign in first \
                       if it is you";
        Self::new(StatusCode::CONFLICT, ErrorCode::LoginTaken, message)
    }

    pub(crate) fn already_member() -> Self {
        let message = "you are a member of this workspace already, and may do all that this invitation is to; nothing was \
                       changed, the link is still good for somebody else";
        Self::new(StatusCode::CONFLICT, ErrorCode::AlreadyMember, message)
    }

    pub(crate) fn unacceptable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, ErrorCode::Unacceptable, message)
    }

    pub(crate) fn too_many_tokens() -> Self {
        Self::unacceptable(format!(
            "you have {TOKENS_MOST} API tokens in this workspace already; none was made; revoke one that is not needed"
        ))
    }

    pub(crate) fn too_many_invitations() -> Self {
        Self::unacceptable(format!(
            "{INVITATIONS_MOST} invitations to this workspace are open already; nobody was invited; withdraw one"
        ))
    }

    pub(crate) fn too_many_tries(wait_s: u64) -> Self {
        let message = format!("too many tries; nothing was tried; wait {wait_s} seconds");
        Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::TooManyTries, message).after(wait_s)
    }

    pub(crate) fn too_many_requests(wait_s: u64) -> Self {
        let message = format!("too many requests in a minute; nothing was applied; wait {wait_s} seconds");
        Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::TooManyTries, message).after(wait_s)
    }

    pub(crate) fn too_many_streams() -> Self {
        let message = "too many streams are open already; none was opened; close one, such as in another tab, and try again";
        Self::new(StatusCode::TOO_MANY_REQUESTS, ErrorCode::TooManyTries, message).after(5)
    }
}

impl Acted {
    /// Refuses what was not done, for what `not` says where nothing has ended.
    pub(crate) fn or(self, not: fn() -> Failure) -> Result<(), Failure> {
        match self {
            Self::Done => Ok(()),
            Self::Not => Err(not()),
            Self::Ended => Err(Failure::sign_in_needed()),
        }
    }
}

impl From<EntryError> for Failure {
    fn from(error: EntryError) -> Self {
        match error {
            EntryError::TokenGone => Self::token_gone(),
            EntryError::BeingAccepted => Self::being_accepted(),
            EntryError::LoginTaken => Self::login_taken(),
            EntryError::AlreadyMember => Self::already_member(),
            EntryError::Store(error) => error.into(),
        }
    }
}

impl From<Unacceptable> for Failure {
    fn from(error: Unacceptable) -> Self {
        Self::unacceptable(error.to_string())
    }
}

impl From<HashFailed> for Failure {
    fn from(error: HashFailed) -> Self {
        match error {
            HashFailed::Busy => {
                let message =
                    "too many passwords wait to be checked; nothing was changed; try again in a moment";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Busy, message)
            }
            HashFailed::Unreadable | HashFailed::NoMeans => {
                tracing::error!(%error, "a password could not be checked");
                Self::internal()
            }
        }
    }
}

impl From<NoRandomness> for Failure {
    fn from(error: NoRandomness) -> Self {
        tracing::error!(%error, "no secret could be made");
        Self::internal()
    }
}
