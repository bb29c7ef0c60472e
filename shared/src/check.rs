//! What a check can be: open, done, failed or not applicable.

use serde::{Deserialize, Serialize};

/// Where one check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// Nobody has attested anything yet.
    Open,
    /// Somebody attests that it holds.
    Done,
    /// Somebody attests that it does not hold.
    Failed,
    /// Somebody attests that it does not concern this deployment.
    NotApplicable,
}
