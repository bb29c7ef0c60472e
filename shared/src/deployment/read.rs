//! What is read off deployments: the track, the labels, progress, and places on the board.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Check, Deployment, DeploymentField, Field};
use crate::check::CheckState;
use crate::decide::same_name;
use crate::environment::Tier;
use crate::ids::{CheckId, ColumnId, DeploymentId, EnvironmentId, RolloutId, ServiceId};
use crate::label::BuiltInLabel;
use crate::order;
use crate::origin::Origin;
use crate::rejection::Rejection;
use crate::rollout::Rollout;
use crate::workspace::Workspace;

impl Deployment {
    /// Iterates over all checks, in the order of the document.
    pub fn checks(&self) -> impl Iterator<Item = &Check> {
        self.sections.iter().flat_map(|section| &section.checks)
    }

    /// Returns one check.
    #[must_use]
    pub fn check(&self, id: CheckId) -> Option<&Check> {
        self.checks().find(|check| check.id == id)
    }

    /// Tells whether one of its changes is `commit`.
    #[must_use]
    pub fn has_commit(&self, commit: Option<&str>) -> bool {
        self.changes.iter().any(|change| change.commit.as_deref() == commit)
    }

    /// Returns a field.
    ///
    /// # Errors
    ///
    /// When it is of a section or a check that does not exist.
    pub fn field(&self, field: DeploymentField) -> Result<Text<'_>, Rejection> {
        let section_with = |id| {
            let section = self.sections.iter().find(|section| section.id == id);
            section.ok_or(Rejection::UnknownSection { section: id })
        };
        let check_with = |id| self.check(id).ok_or(Rejection::UnknownCheck { check: id });
        Ok(match field {
            DeploymentField::Title => Text::of(&self.title),
            DeploymentField::Version => Text::of(&self.version),
            DeploymentField::SectionText(id) => Text::of(&section_with(id)?.text),
            DeploymentField::SectionHeading(id) => {
                let section = section_with(id)?;
                Text { value: &section.heading, origin: section.heading_edited }
            }
            DeploymentField::CheckText(id) => {
                let check = check_with(id)?;
                Text { value: &check.text, origin: check.text_edited }
            }
            DeploymentField::CheckVerify(id) => {
                let check = check_with(id)?;
                Text { value: check.verify.as_deref().unwrap_or_default(), origin: check.verify_edited }
            }
        })
    }

    /// Returns how many checks are done and how many count; those that don't apply are left out of both, and
    /// the environments, which follow the rollouts, too.
    #[must_use]
    pub fn progress(&self) -> Progress {
        if let Some(sealed) = &self.sealed {
            return sealed.progress;
        }
        let counted = self
            .sections
            .iter()
            .filter(|section| section.kind != crate::document::SectionKind::Environments)
            .flat_map(|section| &section.checks)
            .map(Check::state)
            .filter(|state| *state != CheckState::NotApplicable);
        counted.fold(Progress::default(), |progress, state| Progress {
            done: progress.done + u32::from(state == CheckState::Done),
            failed: progress.failed + u32::from(state == CheckState::Failed),
            all: progress.all + 1,
        })
    }
}

/// A text that is edited whole, as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'a> {
    /// What it is now.
    pub value: &'a str,
    /// The edit that made it so; absent where it came with what it is in.
    pub origin: Option<Origin>,
}

impl<'a> Text<'a> {
    fn of(field: &'a Field<String>) -> Self {
        Self { value: &field.value, origin: Some(field.origin) }
    }
}

/// How far the checks of a deployment are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Progress {
    /// Checks that are done.
    pub done: u32,
    /// Checks that failed.
    pub failed: u32,
    /// Checks that apply.
    pub all: u32,
}

impl Workspace {
    /// Returns the service with a name, whatever the case of its letters.
    #[must_use]
    pub fn service_named(&self, name: &str) -> Option<ServiceId> {
        self.services.iter().find(|(_, service)| same_name(&service.name, name)).map(|(id, _)| *id)
    }

    /// Returns the columns of the board from left to right; not those that are archived.
    #[must_use]
    pub fn columns_in_order(&self) -> Vec<ColumnId> {
        let shown = self.columns.iter().filter(|(_, column)| !column.archived);
        let mut columns: Vec<_> = shown.map(|(id, column)| (column.position, *id)).collect();
        order::sort(&mut columns);
        columns.into_iter().map(|(_, id)| id).collect()
    }

    /// Returns the environments in their order; not those that are archived.
    #[must_use]
    pub fn environments_in_order(&self) -> Vec<EnvironmentId> {
        let environments = self.environments.iter().filter(|(_, known)| !known.archived);
        let mut environments: Vec<_> = environments.map(|(id, known)| (known.position, *id)).collect();
        order::sort(&mut environments);
        environments.into_iter().map(|(_, id)| id).collect()
    }

    /// Returns the cards of a column from top to bottom.
    #[must_use]
    pub fn cards_in(&self, column: ColumnId) -> Vec<DeploymentId> {
        let mut cards = self.ranked(column);
        order::sort(&mut cards);
        cards.into_iter().map(|(_, id)| id).collect()
    }

    /// Iterates over the ranks of the cards of a column, the smallest first.
    pub(crate) fn ranks_in(&self, column: ColumnId) -> impl Iterator<Item = &str> {
        let mut cards = self.ranked(column);
        order::sort(&mut cards);
        cards.into_iter().map(|(rank, _)| rank)
    }

    fn ranked(&self, column: ColumnId) -> Vec<(&str, DeploymentId)> {
        let open = self.open_deployments().filter_map(|id| Some((id, self.deployments.get(&id)?)));
        let here = open.filter(|(_, deployment)| deployment.column == column);
        here.map(|(id, deployment)| (deployment.rank.as_str(), id)).collect()
    }

    /// Returns the rollout of a deployment to environments of `tier` that counts: the one that began last.
    #[must_use]
    pub fn latest_rollout(&self, id: DeploymentId, tier: Tier) -> Option<(RolloutId, &Arc<Rollout>)> {
        let of_tier = self.rollouts_of(id).filter(|(_, rollout)| {
            self.environments.get(&rollout.environment).is_some_and(|known| known.tier == tier)
        });
        of_tier.max_by_key(|(id, rollout)| (rollout.started_at, *id))
    }

    /// Returns the rollout of a deployment to one environment that began last.
    #[must_use]
    pub fn latest_rollout_in(
        &self,
        id: DeploymentId,
        environment: EnvironmentId,
    ) -> Option<(RolloutId, &Arc<Rollout>)> {
        let there = self.rollouts_of(id).filter(|(_, rollout)| rollout.environment == environment);
        there.max_by_key(|(id, rollout)| (rollout.started_at, *id))
    }

    /// Returns the built-in labels that the facts about a deployment bring, in the order of the source.
    #[must_use]
    pub fn built_in_labels(&self, id: DeploymentId) -> Vec<BuiltInLabel> {
        let mut labels = vec![BuiltInLabel::TypeDeployment];
        for tier in [Tier::Development, Tier::Staging, Tier::Production] {
            if self.latest_rollout(id, tier).is_some() {
                labels.push(BuiltInLabel::for_tier(tier));
            }
        }
        let production = self.latest_rollout(id, Tier::Production);
        labels.extend(production.and_then(|(_, rollout)| BuiltInLabel::for_outcome(rollout.phase())));
        labels
    }
}
