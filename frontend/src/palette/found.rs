//! What is found, and where it leads.

use slipway_shared::ids::{CheckId, CommentId, DeploymentId, MemberId, SectionId, ServiceId};

/// What something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A deployment.
    Deployment(DeploymentId),
    /// A person.
    Person(MemberId),
    /// A service.
    Service(ServiceId),
    /// A check of a deployment.
    Check(DeploymentId, CheckId),
    /// The text of a section of a deployment.
    Text(DeploymentId, SectionId),
    /// What somebody said about a deployment.
    Comment(DeploymentId, CommentId),
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is.
    pub kind: Kind,
    /// Its name, or the text with the words in it.
    pub text: String,
    /// What else tells it from others: the service, or the deployment it is in.
    pub hint: String,
}
