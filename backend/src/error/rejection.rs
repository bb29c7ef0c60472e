//! Errors about what was asked for: what a rule forbids, and what can't be made a command.

use axum::http::StatusCode;
use slipway_shared::rejection::Rejection;
use slipway_shared::resource::plan::Unfit;
use slipway_shared::sync::protocol::{ErrorCode, ErrorDetails};

use super::Failure;

impl Failure {
    /// Answers with the rule that forbids what was asked for.
    pub(crate) fn rejected(rejection: Rejection) -> Self {
        let message = format!("{rejection}; nothing was changed");
        let failure = Self::new(status_of(&rejection), ErrorCode::Rejected, message);
        failure.with(ErrorDetails::Rejected(rejection))
    }

    /// Answers a request with the key of another one.
    pub(crate) fn reused_key() -> Self {
        let message = "another request had this Idempotency-Key; nothing was changed; a request that comes again has \
                       to be the same, and a new one wants a new key";
        Self::new(StatusCode::CONFLICT, ErrorCode::Reused, message)
    }
}

/// Which kind of no it is: of who asks, of how things are now, or of what is asked for.
const fn status_of(rejection: &Rejection) -> StatusCode {
    use Rejection as R;
    match rejection {
        R::NotMember
        | R::ReadOnly
        | R::NotAdmin
        | R::NotApprover
        | R::OwnWork
        | R::NotYours
        | R::NoOverride
        | R::AccessRemoved => StatusCode::FORBIDDEN,
        R::WorkspaceExists
        | R::IdTaken
        | R::NameTaken { .. }
        | R::ColumnChanged { .. }
        | R::RolloutNeeded { .. }
        | R::StageChanged { .. }
        | R::ChangedMeanwhile
        | R::DeploymentFinished
        | R::DeploymentSealed
        | R::DeploymentArchived
        | R::InUse { .. }
        | R::LastQueue
        | R::HasColumn { .. }
        | R::ArchivedMeanwhile
        | R::DetailMismatch
        | R::LastAdmin
        | R::StaleApproval { .. }
        | R::VersionChanged { .. }
        | R::RolloutRunning { .. }
        | R::ToldByOthers { .. }
        | R::StartedAnyway
        | R::GateClosed { .. }
        | R::PolicyLocksOut { .. }
        | R::WouldWaitForItself { .. }
        | R::RequestTooOld
        | R::TimelineChanged => StatusCode::CONFLICT,
        R::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        R::TextMissing { .. }
        | R::TextTooLong { .. }
        | R::TextHasLines { .. }
        | R::TextHasControls { .. }
        | R::UnsafeAddress
        | R::BadNesting
        | R::TooMany { .. }
        | R::OutOfRange
        | R::OtherRollout
        | R::UnknownService { .. }
        | R::UnknownEnvironment { .. }
        | R::UnknownColumn { .. }
        | R::UnknownLabel { .. }
        | R::UnknownDeployment { .. }
        | R::UnknownSection { .. }
        | R::UnknownCheck { .. }
        | R::UnknownFreeze { .. }
        | R::UnknownComment { .. }
        | R::UnknownTemplate { .. }
        | R::StageFollowsRollouts { .. }
        | R::UnknownMember { .. }
        | R::UnknownCommand { .. }
        | R::MalformedCommand { .. }
        | R::Unexplained => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl From<Unfit> for Failure {
    fn from(unfit: Unfit) -> Self {
        Self::unacceptable(format!("{unfit}; nothing was changed"))
    }
}
