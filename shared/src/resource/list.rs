//! The lists: what of a workspace is in them, in which order.

use serde::{Deserialize, Serialize};

use super::Names;
use super::filter::{DeploymentFilter, RolloutFilter};
use super::find::{AskedLabel, Unknown};
use super::item::{
    ColumnItem, DeploymentItem, DeploymentState, EnvironmentItem, LabelItem, RolloutItem, ServiceItem,
};
use super::page::{Part, Place};
use crate::deployment::Deployment;
use crate::ids::{ColumnId, DeploymentId, EnvironmentId, MemberId, ServiceId};
use crate::rollout::Rollout;
use crate::time::Timestamp;
use crate::workspace::Workspace;

/// Deployments, those that were opened last first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deployments {
    /// The deployments of this page.
    pub deployments: Vec<DeploymentItem>,
    /// The cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next: Option<String>,
}

/// Rollouts, those that began last first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rollouts {
    /// The rollouts of this page.
    pub rollouts: Vec<RolloutItem>,
    /// The cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next: Option<String>,
}

/// Services from A to Z.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Services {
    /// The services of this page.
    pub services: Vec<ServiceItem>,
    /// The cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next: Option<String>,
}

/// Environments in their order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Environments {
    /// The environments of this page.
    pub environments: Vec<EnvironmentItem>,
    /// The cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next: Option<String>,
}

/// The columns of the board from left to right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Columns {
    /// The columns of this page.
    pub columns: Vec<ColumnItem>,
    /// The cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next: Option<String>,
}

/// The team's own labels from A to Z.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Labels {
    /// The labels of this page.
    pub labels: Vec<LabelItem>,
    /// The cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next: Option<String>,
}

/// What deployments are looked for by, with everything found that was named.
struct Wanted {
    service: Option<ServiceId>,
    environment: Option<EnvironmentId>,
    column: Option<ColumnId>,
    label: Option<AskedLabel>,
    state: Option<DeploymentState>,
    person: Option<MemberId>,
    letters: Option<String>,
}

impl Wanted {
    fn new(workspace: &Workspace, names: &Names, filter: &DeploymentFilter) -> Result<Self, Unknown> {
        Ok(Self {
            service: filter.service.as_deref().map(|text| workspace.find_service(text)).transpose()?,
            environment: filter
                .environment
                .as_deref()
                .map(|text| workspace.find_environment(text))
                .transpose()?,
            column: filter.column.as_deref().map(|text| workspace.find_column(text)).transpose()?,
            label: filter.label.as_deref().map(|text| workspace.find_label(text)).transpose()?,
            state: filter.state,
            person: filter.person.as_deref().map(|text| names.find(text)).transpose()?,
            letters: filter.q.as_deref().map(|letters| letters.trim().to_lowercase()),
        })
    }

    fn is(&self, workspace: &Workspace, id: DeploymentId, known: &Deployment) -> bool {
        let has_label = |label| match label {
            AskedLabel::BuiltIn(label) => workspace.built_in_labels(id).contains(&label),
            AskedLabel::Own(label) => known.labels.contains(&label),
        };
        self.service.is_none_or(|service| known.service == service)
            && self.column.is_none_or(|column| known.column == column)
            && self.state.is_none_or(|state| DeploymentState::of(known) == state)
            && self.person.is_none_or(|person| known.opened.actor == person)
            && self.environment.is_none_or(|there| workspace.latest_rollout_in(id, there).is_some())
            && self.label.is_none_or(has_label)
            && self.letters.as_deref().is_none_or(|letters| has_letters(workspace, known, letters))
    }
}

fn has_letters(workspace: &Workspace, known: &Deployment, letters: &str) -> bool {
    let service = workspace.services.get(&known.service).map(|service| service.name.as_str());
    let texts = [Some(known.title.value.as_str()), Some(known.version.value.as_str()), service];
    texts.into_iter().flatten().any(|text| text.to_lowercase().contains(letters))
}

impl Workspace {
    /// Returns a page of deployments.
    ///
    /// # Errors
    ///
    /// When the filter names something that is not there.
    pub fn list_deployments(
        &self,
        names: &Names,
        filter: &DeploymentFilter,
        part: &Part,
        now: Timestamp,
    ) -> Result<Deployments, Unknown> {
        let wanted = Wanted::new(self, names, filter)?;
        let found = self.deployments.iter().filter(|(id, known)| wanted.is(self, **id, known));
        let rows =
            found.map(|(id, known)| (Place::newest_first(known.opened.at, id.as_u128()), (*id, known)));
        let (page, next) = part.of(rows);
        let items = page.into_iter().map(|(id, known)| DeploymentItem::of(self, names, id, known, now));
        Ok(Deployments { deployments: items.collect(), next })
    }

    /// Returns a page of rollouts.
    ///
    /// # Errors
    ///
    /// When the filter names something that is not there.
    pub fn list_rollouts(
        &self,
        names: &Names,
        filter: &RolloutFilter,
        part: &Part,
    ) -> Result<Rollouts, Unknown> {
        let service = filter.service.as_deref().map(|text| self.find_service(text)).transpose()?;
        let environment =
            filter.environment.as_deref().map(|text| self.find_environment(text)).transpose()?;
        let person = filter.person.as_deref().map(|text| names.find(text)).transpose()?;
        let service_of = |known: &Rollout| self.deployments.get(&known.deployment).map(|known| known.service);
        let is_wanted = |known: &Rollout| {
            filter.deployment.is_none_or(|deployment| known.deployment == deployment)
                && environment.is_none_or(|environment| known.environment == environment)
                && filter.phase.is_none_or(|phase| known.phase() == phase)
                && person.is_none_or(|person| known.recorded.actor == person)
                && service.is_none_or(|service| service_of(known) == Some(service))
        };
        // What turned out to be the same as another one is listed as that.
        let found = self.rollouts.iter().filter(|(_, known)| known.is_counted() && is_wanted(known));
        let rows =
            found.map(|(id, known)| (Place::newest_first(known.started_at, id.as_u128()), (*id, known)));
        let (page, next) = part.of(rows);
        let items = page.into_iter().map(|(id, known)| RolloutItem::of(self, names, id, known));
        Ok(Rollouts { rollouts: items.collect(), next })
    }

    /// Returns a page of services.
    #[must_use]
    pub fn list_services(&self, part: &Part) -> Services {
        let rows = self.services.iter();
        let rows =
            rows.map(|(id, known)| (Place::by_name(&known.name, id.as_u128()), ServiceItem::of(*id, known)));
        let (services, next) = part.of(rows);
        Services { services, next }
    }

    /// Returns a page of environments.
    #[must_use]
    pub fn list_environments(&self, part: &Part) -> Environments {
        let rows = self.environments.iter().map(|(id, known)| {
            (Place::by_position(known.position, id.as_u128()), EnvironmentItem::of(self, *id, known))
        });
        let (environments, next) = part.of(rows);
        Environments { environments, next }
    }

    /// Returns a page of the columns of the board.
    #[must_use]
    pub fn list_columns(&self, part: &Part) -> Columns {
        let rows = self.columns.iter();
        let rows = rows.map(|(id, known)| {
            (Place::by_position(known.position, id.as_u128()), ColumnItem::of(*id, known))
        });
        let (columns, next) = part.of(rows);
        Columns { columns, next }
    }

    /// Returns a page of the team's own labels.
    #[must_use]
    pub fn list_labels(&self, part: &Part) -> Labels {
        let rows = self.labels.iter();
        let rows =
            rows.map(|(id, known)| (Place::by_name(&known.name, id.as_u128()), LabelItem::of(*id, known)));
        let (labels, next) = part.of(rows);
        Labels { labels, next }
    }
}
