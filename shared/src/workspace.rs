//! The state of one workspace: every entity by id, and how an event changes it.

mod create;
mod entities;
mod index;

use std::sync::Arc;

use imbl::OrdMap;

use crate::column::Column;
use crate::deployment::Deployment;
use crate::environment::Environment;
use crate::event::{Event, WorkspaceEvent};
use crate::freeze::{Freeze, FreezeEvent};
use crate::ids::{
    ColumnId, DeploymentId, EnvironmentId, FreezeId, LabelId, MemberId, RolloutId, ServiceId, TemplateId,
    ViewId,
};
use crate::json::Json;
use crate::label::Label;
use crate::member::{Member, MemberEvent};
use crate::origin::Origin;
use crate::policy::{Policy, PolicyEvent, PolicyId};
use crate::rollout::{Rollout, RolloutEvent};
use crate::service::Service;
use crate::template::KeptTemplate;
use crate::view::View;

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
    /// The views that were saved.
    pub views: OrdMap<ViewId, Arc<View>>,
    /// The team's own templates.
    pub templates: OrdMap<TemplateId, Arc<KeptTemplate>>,
    /// Every deployment, finished and archived ones too.
    pub deployments: OrdMap<DeploymentId, Arc<Deployment>>,
    /// What was said about what has to hold before rollouts; where nothing was said, what holds without.
    pub policies: OrdMap<PolicyId, Arc<Policy>>,
    /// Every window in which rollouts are gated, those that are over too.
    pub freezes: OrdMap<FreezeId, Arc<Freeze>>,
    /// Every rollout.
    pub rollouts: OrdMap<RolloutId, Arc<Rollout>>,
    /// Entities of kinds this build doesn't know, by kind and id: kept as they came, never dropped.
    pub unknown: OrdMap<(String, String), Arc<Json>>,
    index: index::Index,
}

impl Workspace {
    /// Tells at once whether two states are one and the same; in doubt they are not.
    #[must_use]
    pub fn shares_all(&self, other: &Self) -> bool {
        // Taken apart in full, so that what is added is compared too.
        let Self {
            name,
            moved,
            members,
            services,
            environments,
            columns,
            labels,
            views,
            templates,
            deployments,
            policies,
            freezes,
            rollouts,
            unknown,
            index: _,
        } = self;
        *name == other.name
            && *moved == other.moved
            && members.ptr_eq(&other.members)
            && services.ptr_eq(&other.services)
            && environments.ptr_eq(&other.environments)
            && columns.ptr_eq(&other.columns)
            && labels.ptr_eq(&other.labels)
            && views.ptr_eq(&other.views)
            && templates.ptr_eq(&other.templates)
            && deployments.ptr_eq(&other.deployments)
            && policies.ptr_eq(&other.policies)
            && freezes.ptr_eq(&other.freezes)
            && rollouts.ptr_eq(&other.rollouts)
            && unknown.ptr_eq(&other.unknown)
    }

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
            Event::Service(event) => self.apply_service(event),
            Event::Environment(event) => self.apply_environment(event),
            Event::Column(event) => self.apply_column(event),
            Event::Label(event) => self.apply_label(event),
            Event::View(event) => self.apply_view(event),
            Event::Template(event) => self.apply_template(origin, event),
            Event::Deployment(event) => self.apply_deployment(origin, event),
            Event::Rollout(event) => self.apply_rollout(origin, event),
            Event::Policy(PolicyEvent::Set { environment, risk, rules }) => {
                let id = PolicyId { environment: *environment, risk: *risk };
                self.policies.insert(id, Arc::new(Policy { rules: rules.clone(), set: *origin }));
            }
            Event::Freeze(event) => self.apply_freeze(origin, event),
        }
    }

    fn apply_freeze(&mut self, origin: &Origin, event: &FreezeEvent) {
        let (id, changed) = match event {
            FreezeEvent::Declared { freeze, terms } => {
                let (terms, declared, changed) = (terms.clone(), *origin, *origin);
                (freeze, Freeze { terms, declared, changed, lifted: None, former: Vec::new() })
            }
            FreezeEvent::Changed { freeze, terms, since } => {
                let Some(known) = self.freezes.get(freeze) else { return };
                (freeze, known.changed(origin, terms, *since))
            }
            FreezeEvent::Lifted { freeze } => {
                let Some(known) = self.freezes.get(freeze) else { return };
                (freeze, Freeze { lifted: Some(*origin), ..Freeze::clone(known) })
            }
        };
        self.freezes.insert(*id, Arc::new(changed));
    }

    /// Reports that turned out to be about one rollout, or not, or about none.
    fn apply_witness(&mut self, origin: &Origin, event: &RolloutEvent) {
        match event {
            RolloutEvent::Joined { rollout, same_as, .. } => self.apply_joined(*rollout, *same_as),
            RolloutEvent::Split { rollout, .. } => self.apply_split(*rollout),
            RolloutEvent::Retracted { rollout, .. } => self.apply_retracted(origin, *rollout),
            RolloutEvent::Reported { .. } => {}
        }
    }

    fn apply_rollout(&mut self, origin: &Origin, event: &RolloutEvent) {
        let RolloutEvent::Reported {
            rollout,
            deployment,
            environment,
            version,
            report,
            supersedes,
            requested,
            outside_gate,
            overridden,
        } = event
        else {
            return self.apply_witness(origin, event);
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
                overridden: overridden.clone(),
                same_as: None,
                retracted: None,
            },
        };
        changed.started_at = changed.started_at.min(report.happened_at);
        changed.retracted = None;
        let attestation = crate::attestation::Attestation { origin: *origin, statement: report.clone() };
        if let Some(same_as) = changed.same_as {
            self.pass_on_report(same_as, attestation.clone(), supersedes);
        }
        changed.reports.attest(attestation, supersedes);
        self.index_rollout(*rollout, &changed);
        self.rollouts.insert(*rollout, Arc::new(changed));
    }
}
