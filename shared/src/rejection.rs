//! Every reason a command can be refused, with its data. The words for people are made in the frontend.

use serde::{Deserialize, Serialize};

use crate::canonical::Hash;
use crate::deployment::gate::Missing;
use crate::ids::{
    CheckId, ColumnId, CommentId, DeploymentId, EnvironmentId, FreezeId, LabelId, MemberId, SectionId,
    ServiceId, TemplateId,
};
use crate::stage::{Stage, StageState};

/// A text that has to keep to a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TextField {
    /// A name.
    Name,
    /// The address of a repository.
    Repository,
    /// A version.
    Version,
    /// A title.
    Title,
    /// A heading.
    Heading,
    /// The free text of a section.
    SectionText,
    /// The text of a check.
    Check,
    /// How to verify a check.
    Verify,
    /// What shows a check.
    Evidence,
    /// The line that tells what a change does.
    Summary,
    /// The hash of a commit.
    Commit,
    /// An author.
    Author,
    /// An address.
    Link,
    /// A note.
    Note,
    /// A reason.
    Reason,
    /// What incident something is about: a name or an address.
    Incident,
    /// What a view shows.
    Query,
    /// A comment.
    Comment,
}

/// Why a command was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// The workspace was set up before.
    #[error("the workspace is set up already")]
    WorkspaceExists,
    /// Something else has this id.
    #[error("something else has this id already")]
    IdTaken,
    /// Another one has this name.
    #[error("the name {name:?} is taken")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// A text is missing.
    #[error("the {field:?} is empty")]
    TextMissing {
        /// Which text.
        field: TextField,
    },
    /// A text is too long.
    #[error("the {field:?} has {length} bytes, {limit} is the most")]
    TextTooLong {
        /// Which text.
        field: TextField,
        /// Its length in bytes.
        length: u64,
        /// The most it may have.
        limit: u64,
    },
    /// A text that has to fit in one line has several.
    #[error("the {field:?} has more than one line")]
    TextHasLines {
        /// Which text.
        field: TextField,
    },
    /// There is too much of something.
    #[error("{count} at once, {limit} is the most")]
    TooMany {
        /// How many there are.
        count: u64,
        /// The most there may be.
        limit: u64,
    },
    /// Two rollouts can't be one: another deployment, environment or version, or one of them is part of a third.
    #[error("these are not the same rollout")]
    OtherRollout,
    /// Somebody else has told of the rollout, too: nobody says for them that there was none.
    #[error("{by} has told of this rollout, too")]
    ToldByOthers {
        /// Who.
        by: MemberId,
    },
    /// What was started past a closed gate stays to be seen.
    #[error("this rollout was started past a closed gate, which stays to be seen")]
    StartedAnyway,
    /// A value is outside what it may be.
    #[error("a number or time is outside what it may be")]
    OutOfRange,
    /// The service does not exist.
    #[error("service {service} does not exist")]
    UnknownService {
        /// Which.
        service: ServiceId,
    },
    /// The environment does not exist.
    #[error("environment {environment} does not exist")]
    UnknownEnvironment {
        /// Which.
        environment: EnvironmentId,
    },
    /// The column does not exist.
    #[error("column {column} does not exist")]
    UnknownColumn {
        /// Which.
        column: ColumnId,
    },
    /// The label does not exist.
    #[error("label {label} does not exist")]
    UnknownLabel {
        /// Which.
        label: LabelId,
    },
    /// The deployment does not exist.
    #[error("deployment {deployment} does not exist")]
    UnknownDeployment {
        /// Which.
        deployment: DeploymentId,
    },
    /// The section does not exist.
    #[error("section {section} does not exist")]
    UnknownSection {
        /// Which.
        section: SectionId,
    },
    /// The check does not exist.
    #[error("check {check} does not exist")]
    UnknownCheck {
        /// Which.
        check: CheckId,
    },
    /// The comment does not exist.
    #[error("comment {comment} does not exist")]
    UnknownComment {
        /// Which.
        comment: CommentId,
    },
    /// The template does not exist.
    #[error("template {template} does not exist")]
    UnknownTemplate {
        /// Which.
        template: TemplateId,
    },
    /// Only who wrote it changes it.
    #[error("only who wrote it may do this")]
    NotYours,
    /// What was to be taken out, or put in the place of something, is another one meanwhile.
    #[error("it was changed meanwhile")]
    ChangedMeanwhile,
    /// A check goes below another one of the same section, never below itself, and at most three levels deep.
    #[error("a check can't go below that one: three levels at most, and never below itself")]
    BadNesting,
    /// A line has characters that nobody sees, or that turn around how it reads.
    #[error("the {field:?} has control characters")]
    TextHasControls {
        /// Which text.
        field: TextField,
    },
    /// An address that does not lead to the web or to mail.
    #[error("an address has to begin with https://, http:// or mailto:")]
    UnsafeAddress,
    /// Somebody else moved the deployment first.
    #[error("the deployment was moved to column {column} meanwhile")]
    ColumnChanged {
        /// Where it is now.
        column: ColumnId,
    },
    /// Entering the column means a rollout, and there was none.
    #[error("the deployment was not rolled out to environment {environment}")]
    RolloutNeeded {
        /// Where to.
        environment: EnvironmentId,
    },
    /// Somebody else marked the stage first.
    #[error("stage {stage:?} is {state:?} meanwhile")]
    StageChanged {
        /// Which.
        stage: Stage,
        /// How far it is now.
        state: StageState,
    },
    /// The stage follows the rollouts.
    #[error("stage {stage:?} follows the rollouts")]
    StageFollowsRollouts {
        /// Which.
        stage: Stage,
    },
    /// The deployment is over and off the board.
    #[error("the deployment is finished")]
    DeploymentFinished,
    /// The deployment is put away.
    #[error("the deployment is archived")]
    DeploymentArchived,
    /// Deployments depend on it as it is.
    #[error("{deployments} deployments depend on it")]
    InUse {
        /// How many.
        deployments: u64,
    },
    /// A new deployment has to begin somewhere.
    #[error("the last queue stays one")]
    LastQueue,
    /// A column of the board is for it.
    #[error("column {column} is for it")]
    HasColumn {
        /// Which.
        column: ColumnId,
    },
    /// What it needs was archived: a service, a column, an environment or a label.
    #[error("what this needs was archived meanwhile")]
    ArchivedMeanwhile,
    /// The deployment is over for long, and its detail on the server alone.
    #[error("the deployment is sealed")]
    DeploymentSealed,
    /// What is to be brought back is not what was sealed.
    #[error("this is not the detail that was sealed")]
    DetailMismatch,
    /// There is no such member.
    #[error("member {member} does not exist")]
    UnknownMember {
        /// Who.
        member: MemberId,
    },
    /// Who acts is not in the workspace, or no longer.
    #[error("only members of the workspace may do this")]
    NotMember,
    /// Viewers change nothing.
    #[error("viewers only read")]
    ReadOnly,
    /// Only admins change what members may do.
    #[error("only admins may do this")]
    NotAdmin,
    /// Somebody has to be able to change the workspace.
    #[error("the last admin stays one")]
    LastAdmin,
    /// Only approvers decide on approvals.
    #[error("only approvers may do this")]
    NotApprover,
    /// Who opened a deployment does not approve it: another pair of eyes is needed.
    #[error("who opened a deployment does not approve it")]
    OwnWork,
    /// What was to be approved has changed meanwhile.
    #[error("what was to be approved has changed")]
    StaleApproval {
        /// The digest of what it is now.
        digest: Hash,
    },
    /// The version is another one meanwhile.
    #[error("the version is {version:?} meanwhile")]
    VersionChanged {
        /// What it is now.
        version: String,
    },
    /// A rollout runs in the environment already.
    #[error("a rollout of deployment {deployment} runs in environment {environment}")]
    RolloutRunning {
        /// What is rolled out there.
        deployment: DeploymentId,
        /// Where.
        environment: EnvironmentId,
    },
    /// What has to hold before a rollout does not hold yet.
    #[error("the gate of environment {environment} is closed, {} things are missing", missing.len())]
    GateClosed {
        /// Where to.
        environment: EnvironmentId,
        /// Everything that is missing.
        missing: Vec<Missing>,
    },
    /// Nobody may start a rollout past this gate.
    #[error("nobody may start a rollout past this gate")]
    NoOverride,
    /// Nobody could ever pass such a gate.
    #[error("{approvals} approvals are asked for, and {approvers} people at most can give them")]
    PolicyLocksOut {
        /// How many approvals are asked for.
        approvals: u32,
        /// How many a deployment can get at most.
        approvers: u32,
    },
    /// The freeze does not exist.
    #[error("freeze {freeze} does not exist")]
    UnknownFreeze {
        /// Which.
        freeze: FreezeId,
    },
    /// A deployment would wait for itself.
    #[error("deployment {deployment} waits for this one already")]
    WouldWaitForItself {
        /// The one that waits for it.
        deployment: DeploymentId,
    },
    /// This build does not know the kind of command, or not this version of it.
    #[error("command {kind:?} version {version} is not known here")]
    UnknownCommand {
        /// The kind.
        kind: String,
        /// The version.
        version: u16,
    },
    /// The command can't be read.
    #[error("command {kind:?} can't be read")]
    MalformedCommand {
        /// The kind.
        kind: String,
    },
    /// A bug on the server: the command made it panic and was set aside.
    #[error("the server failed on this command")]
    Internal,
    /// A request that waited too long to be sent by itself: its author is asked whether it is still wanted.
    #[error("the request is too old to be sent by itself")]
    RequestTooOld,
    /// A request whose answer was lost with a part of the server's log: its author is asked again.
    #[error("the server was restored to a state before this request")]
    TimelineChanged,
    /// It was not submitted: its author is no member of the workspace any more.
    #[error("the author is no member any more")]
    AccessRemoved,
    /// A reason that this build does not know, or that is no longer kept.
    #[error("the reason is not known here")]
    Unexplained,
}

/// Reads a reason; one of a newer server as [`Rejection::Unexplained`], so that what else it answered is read.
pub(crate) fn lenient<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Rejection>, D::Error> {
    let read = Option::<crate::json::Json>::deserialize(from)?;
    Ok(read.map(|reason| crate::json::read(reason.text()).unwrap_or(Rejection::Unexplained)))
}
