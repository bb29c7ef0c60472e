//! Who looks at what right now. It is no part of the log: the server keeps it in memory, passes it on, and forgets it.

use serde::{Deserialize, Serialize};

use crate::ids::{ClientId, DeploymentId, MemberId};

/// How often a page says again what it looks at, in milliseconds.
pub const PRESENCE_RENEWED_MS: i64 = 25_000;
/// After how many milliseconds the server forgets what was not said again.
pub const PRESENCE_KEPT_MS: i64 = 60_000;

/// `POST presence`: what one page looks at. A page that nobody sees looks at nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PresenceRequest {
    /// The page.
    pub client: ClientId,
    /// The deployment it shows; absent where it shows none any more.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deployment: Option<DeploymentId>,
}

/// Who looks at one deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Onlookers {
    /// The deployment.
    pub deployment: DeploymentId,
    /// Who looks at it, in the order of their ids; empty when nobody does any more.
    pub members: Vec<MemberId>,
}
