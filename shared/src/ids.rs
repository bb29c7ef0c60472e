//! One newtype per entity. Ids are minted at the edge (browser, server, command line) and come in as arguments.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps an identifier that was minted elsewhere.
            #[must_use]
            pub const fn from_u128(value: u128) -> Self {
                Self(Uuid::from_u128(value))
            }

            /// Returns the identifier as a number.
            #[must_use]
            pub const fn as_u128(self) -> u128 {
                self.0.as_u128()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    };
}

typed_id!(
    /// Names one workspace: the unit of sync, permission and scaling.
    WorkspaceId
);
typed_id!(
    /// Names something that is asked of the server, so that asking twice does it once.
    RequestId
);
typed_id!(
    /// Names one timeline of a workspace's log; a restore begins a new one.
    EpochId
);
typed_id!(
    /// Names one page load of one browser, or one run of the command line. Never stored, never reused.
    ClientId
);
typed_id!(
    /// Names a person or machine that acts in a workspace.
    MemberId
);
typed_id!(
    /// Names a device with a key of its own.
    DeviceId
);
typed_id!(
    /// Names a thing that gets deployed.
    ServiceId
);
typed_id!(
    /// Names a place a deployment is rolled out to.
    EnvironmentId
);
typed_id!(
    /// Names a column of the board.
    ColumnId
);
typed_id!(
    /// Names a label of the team's own.
    LabelId
);
typed_id!(
    /// Names a view of the board that was saved.
    ViewId
);
typed_id!(
    /// Names one deployment: the card on the board.
    DeploymentId
);
typed_id!(
    /// Names a section of a deployment's document.
    SectionId
);
typed_id!(
    /// Names one check.
    CheckId
);
typed_id!(
    /// Names one comment on a deployment.
    CommentId
);
typed_id!(
    /// Names a template of the team's own.
    TemplateId
);
typed_id!(
    /// Names one attempt to put a deployment into one environment.
    RolloutId
);
typed_id!(
    /// Names a window in which rollouts are gated.
    FreezeId
);
typed_id!(
    /// Names an account: one person on one server.
    AccountId
);
typed_id!(
    /// Names one browser's being signed in.
    SessionId
);
typed_id!(
    /// Names one invitation to a workspace.
    InvitationId
);
typed_id!(
    /// Names an API token.
    TokenId
);

/// The name of one command: the page that made it and its number there, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommandKey {
    /// The page load or command-line run that made the command.
    pub client: ClientId,
    /// Its number there: 1, 2, 3 … without gaps.
    pub seq: u64,
}

impl fmt::Display for CommandKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.client, self.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_form() {
        let id = DeploymentId::from_u128(0x0192_aabb_ccdd_7eef_8123_4567_89ab_cdef);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{id}\""));
    }

    #[test]
    fn a_text_that_is_no_id_is_refused() {
        assert!("deployment-7".parse::<DeploymentId>().is_err());
    }
}
