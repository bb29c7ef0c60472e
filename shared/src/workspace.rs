//! The state of one workspace: every entity by id, and how an event changes it.

mod create;
mod entities;
mod index;

use std::sync::Arc;

use imbl::OrdMap;

use crate::column::{Column, ColumnEvent};
use crate::deployment::Deployment;
use crate::environment::{Environment, EnvironmentEvent};
use crate::event::{Event, WorkspaceEvent};
use crate::ids::{ColumnId, DeploymentId, EnvironmentId, LabelId, MemberId, RolloutId, ServiceId};
use crate::json::Json;
use crate::label::{Label, LabelEvent};
use crate::member::{Member, MemberEvent};
use crate::origin::Origin;
use crate::rollout::{Rollout, RolloutEvent};
use crate::service::{Service, ServiceEvent};

pub use create::default_setup;
pub(crate) use entities::push_digest_row;
pub use entities::{Entity, EntityError, MODEL_VERSION};

/// The state of one workspace. Cloning it is cheap: the maps are persistent and share what they have in common.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workspace {
    /// Its name; empty until it is set up.
    pub name: String,
    /// Since when it is where it is: the place in the log of the event that says so; 0 where it was begun there.
    pub moved: u64,
    /// Who acts in it.
    pub members: OrdMap<MemberId, Arc<Member>>,
    /// What gets deployed.
    pub services: OrdMap<ServiceId, Arc<Service>>,
    /// Where to.
    pub environments: OrdMap<EnvironmentId, Arc<Environment>>,
    /// The columns of the board.
    pub columns: OrdMap<ColumnId, Arc<Column>>,
    /// The team's own labels.
    pub labels: OrdMap<LabelId, Arc<Label>>,
    /// Every deployment, finished ones too.
    pub deployments: OrdMap<DeploymentId, Arc<Deployment>>,
    /// Every rollout.
    pub rollouts: OrdMap<RolloutId, Arc<Rollout>>,
    /// Entities of kinds this build doesn't know, by kind and id: kept as they came, never dropped.
    pub unknown: OrdMap<(String, String), Arc<Json>>,
    index: index::Index,
}

impl Workspace {
    /// Applies an event that was decided. An event about something unknown changes nothing.
    pub fn apply(&mut self, origin: &Origin, event: &Event) {
        match event {
            Event::Workspace(WorkspaceEvent::Created { name } | WorkspaceEvent::Renamed { name }) => {
                self.name.clone_from(name);
            }
            Event::Workspace(WorkspaceEvent::Redacted { .. }) => {}
            // As a prediction it has no place yet; nobody makes it in a browser.
            Event::Workspace(WorkspaceEvent::Moved {}) => self.moved = origin.seq.unwrap_or(self.moved),
            Event::Member(MemberEvent::Joined { member, role } | MemberEvent::RoleSet { member, role }) => {
                self.members.insert(*member, Arc::new(Member { role: *role }));
            }
            Event::Member(MemberEvent::Removed { member }) => drop(self.members.remove(member)),
            Event::Service(ServiceEvent::Added { service, name, hue, repository }) => {
                let added = Service { name: name.clone(), hue: *hue, repository: repository.clone() };
                self.services.insert(*service, Arc::new(added));
            }
            Event::Environment(EnvironmentEvent::Added(new)) => {
                let added = Environment {
                    name: new.name.clone(),
                    position: new.position,
                    tier: new.tier,
                    testing: new.testing.clone(),
                };
                self.environments.insert(new.environment, Arc::new(added));
            }
            Event::Column(ColumnEvent::Added(new)) => {
                let added = Column { name: new.name.clone(), position: new.position, kind: new.kind };
                self.columns.insert(new.column, Arc::new(added));
            }
            Event::Label(LabelEvent::Added { label, name }) => {
                self.labels.insert(*label, Arc::new(Label { name: name.clone() }));
            }
            Event::Deployment(event) => self.apply_deployment(origin, event),
            Event::Rollout(event) => self.apply_rollout(origin, event),
        }
    }

    fn apply_rollout(&mut self, origin: &Origin, event: &RolloutEvent) {
        let (rollout, deployment, environment, version, report, supersedes, requested, outside_gate) =
            match event {
                RolloutEvent::Joined { rollout, same_as, .. } => {
                    return self.apply_joined(*rollout, *same_as);
                }
                RolloutEvent::Split { rollout, .. } => return self.apply_split(*rollout),
                RolloutEvent::Reported {
                    rollout,
                    deployment,
                    environment,
                    version,
                    report,
                    supersedes,
                    requested,
                    outside_gate,
                } => (rollout, deployment, environment, version, report, supersedes, requested, outside_gate),
            };
        let mut changed = match self.rollouts.get(rollout) {
            Some(known) => Rollout::clone(known),
            None => Rollout {
                deployment: *deployment,
                environment: *environment,
                version: version.clone(),
                started_at: report.happened_at,
                reports: crate::attestation::Attestations::default(),
                recorded: *origin,
                requested: *requested,
                outside_gate: *outside_gate,
                same_as: None,
            },
        };
        changed.started_at = changed.started_at.min(report.happened_at);
        let attestation = crate::attestation::Attestation { origin: *origin, statement: report.clone() };
        match changed.same_as {
            Some(same_as) => self.pass_on_report(same_as, attestation.clone(), supersedes),
            None => self.index.add_rollout(changed.deployment, *rollout),
        }
        changed.reports.attest(attestation, supersedes);
        self.rollouts.insert(*rollout, Arc::new(changed));
    }
}
