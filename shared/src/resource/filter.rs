//! What lists are narrowed down by: as it is asked for, in the query of an address.

use serde::Deserialize;

use super::item::DeploymentState;
use crate::rollout::Phase;

/// Which deployments. All that is given has to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct DeploymentFilter {
    /// Of a service, by name or id.
    pub service: Option<String>,
    /// That were rolled out to an environment, by name or id.
    pub environment: Option<String>,
    /// In a column of the board, by name or id.
    pub column: Option<String>,
    /// With a label, by name or id.
    pub label: Option<String>,
    /// On the board, over, or over for long.
    pub state: Option<DeploymentState>,
    /// Opened by somebody, by name or id.
    pub person: Option<String>,
    /// With these letters in the title, the version or the name of the service, upper or lower case.
    pub q: Option<String>,
    /// The most on a page: 1 to 200, 50 where it is not given.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 200))]
    pub limit: Option<usize>,
    /// `next` of the page before.
    #[cfg_attr(feature = "openapi", param(pattern = "^([0-9a-f]{2})*-[0-9a-f]{32}$"))]
    pub cursor: Option<String>,
}

/// Which rollouts. All that is given has to hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct RolloutFilter {
    /// Of a service, by name or id.
    pub service: Option<String>,
    /// Of a deployment, by id.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, format = "uuid"))]
    pub deployment: Option<crate::ids::DeploymentId>,
    /// To an environment, by name or id.
    pub environment: Option<String>,
    /// That are so far.
    pub phase: Option<Phase>,
    /// Recorded by somebody, by name or id.
    pub person: Option<String>,
    /// The most on a page: 1 to 200, 50 where it is not given.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 200))]
    pub limit: Option<usize>,
    /// `next` of the page before.
    #[cfg_attr(feature = "openapi", param(pattern = "^([0-9a-f]{2})*-[0-9a-f]{32}$"))]
    pub cursor: Option<String>,
}

/// Which part of a list that is not narrowed down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
#[serde(deny_unknown_fields, default)]
pub struct PartFilter {
    /// The most on a page: 1 to 200, 50 where it is not given.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 200))]
    pub limit: Option<usize>,
    /// `next` of the page before.
    #[cfg_attr(feature = "openapi", param(pattern = "^([0-9a-f]{2})*-[0-9a-f]{32}$"))]
    pub cursor: Option<String>,
}
