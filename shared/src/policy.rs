//! Gate policies: what has to hold before a rollout to an environment, by how risky the deployment is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::deployment::conclude::MONITORED_MS;
use crate::document::SectionKind;
use crate::environment::Tier;
use crate::event::Event;
use crate::ids::{DeploymentId, EnvironmentId};
use crate::member::Role;
use crate::origin::Origin;
use crate::rejection::Rejection;
use crate::workspace::Workspace;

/// How much there is at stake with a deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Little.
    Low,
    /// As much as ever: of every deployment nobody said anything else of.
    #[default]
    Normal,
    /// Much.
    High,
}

impl Risk {
    /// All three, the least first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Normal, Self::High];

    /// Returns its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
        }
    }
}

/// What a policy is for: it is its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyId {
    /// Rollouts where to.
    pub environment: EnvironmentId,
    /// Of deployments with how much at stake.
    pub risk: Risk,
}

/// As their texts are ordered, so that entities come in the order of their ids.
impl Ord for PolicyId {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.environment, self.risk.name()).cmp(&(other.environment, other.risk.name()))
    }
}

impl PartialOrd for PolicyId {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for PolicyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.environment, self.risk.name())
    }
}

/// A text that names no policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this names no policy")]
pub struct NoPolicyId;

impl FromStr for PolicyId {
    type Err = NoPolicyId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (environment, risk) = text.split_once('/').ok_or(NoPolicyId)?;
        let environment = environment.parse().map_err(|_| NoPolicyId)?;
        let risk = Risk::ALL.into_iter().find(|known| known.name() == risk).ok_or(NoPolicyId)?;
        Ok(Self { environment, risk })
    }
}

/// The least role that something takes, where it may be said that nobody may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LeastRole {
    /// Nobody may.
    Nobody,
    /// Members and everybody above.
    Member,
    /// Approvers and admins.
    Approver,
    /// Admins.
    Admin,
}

impl From<Option<Role>> for LeastRole {
    /// Viewers start nothing.
    fn from(role: Option<Role>) -> Self {
        match role {
            None => Self::Nobody,
            Some(Role::Viewer | Role::Member) => Self::Member,
            Some(Role::Approver) => Self::Approver,
            Some(Role::Admin) => Self::Admin,
        }
    }
}

impl LeastRole {
    /// Returns the role; `None` where nobody may.
    #[must_use]
    pub const fn role(self) -> Option<Role> {
        match self {
            Self::Nobody => None,
            Self::Member => Some(Role::Member),
            Self::Approver => Some(Role::Approver),
            Self::Admin => Some(Role::Admin),
        }
    }
}

/// What a policy asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rules {
    /// The sections whose checks have to be done or not applicable, in the order of the template.
    pub required: Vec<SectionKind>,
    /// How many approvals have to count.
    pub approvals: u32,
    /// Whether the approval of who opened the deployment doesn't count, unless they are alone in the workspace.
    pub four_eyes: bool,
    /// Whether it has to be in every earlier environment first.
    pub in_order: bool,
    /// How long an approval counts, in milliseconds; for good where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub approvals_last_ms: Option<i64>,
    /// The least role that may start a rollout though the gate is closed; nobody where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub override_by: Option<Role>,
    /// The least role that may start incident work though the gate is closed, naming the incident. Where nothing is said,
    /// members, but nobody where nobody may start anything past it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub incident_by: Option<LeastRole>,
    /// How soon the approval of incident work is due that was started without one, in milliseconds; within a day where
    /// nothing is said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub approval_due_ms: Option<i64>,
    /// How long what went live is watched, in milliseconds; a day where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub monitored_ms: Option<i64>,
}

/// The shortest time an approval can count, in milliseconds: a minute. Shorter, nobody could use it.
pub const SHORTEST_APPROVAL_MS: i64 = 60_000;
/// How soon the approval of incident work is due, in milliseconds, where its policy says nothing else: within a day.
pub const APPROVAL_DUE_MS: i64 = 24 * 60 * 60 * 1000;
/// The shortest time that what went live can be watched, or an approval can be due within, in milliseconds: a minute.
pub const SHORTEST_WINDOW_MS: i64 = 60_000;
/// The longest time that what went live can be watched, or an approval can be due within, in milliseconds: a year of 366
/// days.
pub const LONGEST_WINDOW_MS: i64 = 366 * 24 * 60 * 60 * 1000;

impl Rules {
    /// Returns what holds where no policy was set: checks, one approval and four eyes before production, and nothing
    /// before anything else. Admins may start a rollout past it, with a reason.
    #[must_use]
    pub fn of_tier(tier: Tier) -> Self {
        let is_production = tier == Tier::Production;
        let required =
            if is_production { vec![SectionKind::PreDeployment, SectionKind::Approval] } else { Vec::new() };
        Self {
            required,
            approvals: u32::from(is_production),
            four_eyes: true,
            in_order: false,
            approvals_last_ms: None,
            override_by: Some(Role::Admin),
            incident_by: None,
            approval_due_ms: None,
            monitored_ms: None,
        }
    }

    /// Returns the least role that may start incident work though the gate is closed; `None` where nobody may.
    #[must_use]
    pub fn incident_role(&self) -> Option<Role> {
        self.incident_by.map_or_else(|| self.unsaid_incident_role(), LeastRole::role)
    }

    /// Who said that nobody goes past a gate, before incidents were thought of, has said so of them too.
    fn unsaid_incident_role(&self) -> Option<Role> {
        self.override_by.and(Some(Role::Member))
    }

    /// Returns how soon the approval of incident work is due that was started without one, in milliseconds.
    #[must_use]
    pub fn approval_due_within(&self) -> i64 {
        self.approval_due_ms.unwrap_or(APPROVAL_DUE_MS)
    }

    /// Returns how long what went live is watched, in milliseconds.
    #[must_use]
    pub fn monitoring_lasts(&self) -> i64 {
        self.monitored_ms.unwrap_or(MONITORED_MS)
    }

    /// Tells whether they ask for anything: whether there is a gate.
    #[must_use]
    pub const fn ask(&self) -> bool {
        !self.required.is_empty() || self.approvals > 0 || self.in_order
    }

    /// Returns what approvers rely on: neither who may go past the gate is part of it nor what happens afterwards.
    #[must_use]
    pub(crate) fn relied_on(&self) -> Self {
        Self {
            override_by: None,
            incident_by: None,
            approval_due_ms: None,
            monitored_ms: None,
            ..self.clone()
        }
    }

    fn valid(&self) -> Result<Self, Rejection> {
        let is_long_enough = self.approvals_last_ms.is_none_or(|ms| ms >= SHORTEST_APPROVAL_MS);
        let windows = [self.monitoring_lasts(), self.approval_due_within()];
        let are_windows = windows.iter().all(|ms| (SHORTEST_WINDOW_MS..=LONGEST_WINDOW_MS).contains(ms));
        if !is_long_enough || !are_windows || self.override_by == Some(Role::Viewer) {
            return Err(Rejection::OutOfRange);
        }
        let required = SectionKind::ALL.into_iter().filter(|kind| self.required.contains(kind)).collect();
        // What says what holds anyway says nothing.
        let monitored_ms = self.monitored_ms.filter(|ms| *ms != MONITORED_MS);
        let approval_due_ms = self.approval_due_ms.filter(|ms| *ms != APPROVAL_DUE_MS);
        let incident_by = self.incident_by.filter(|least| least.role() != self.unsaid_incident_role());
        Ok(Self { required, incident_by, approval_due_ms, monitored_ms, ..self.clone() })
    }
}

/// A policy that was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// What it asks for.
    pub rules: Rules,
    /// Who set it, when.
    pub set: Origin,
}

/// What can be asked of policies. For admins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum PolicyCommand {
    /// Says what has to hold before rollouts. Refused where somebody else said so first, and where nobody could ever
    /// pass.
    Set {
        /// Where to.
        environment: EnvironmentId,
        /// Of deployments with how much at stake.
        risk: Risk,
        /// What has to hold.
        rules: Rules,
    },
}

/// What happened to policies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyEvent {
    /// What has to hold before rollouts was said.
    Set {
        /// Where to.
        environment: EnvironmentId,
        /// Of deployments with how much at stake.
        risk: Risk,
        /// What has to hold.
        rules: Rules,
    },
}

impl Workspace {
    /// Returns what has to hold before a deployment is rolled out to an environment.
    #[must_use]
    pub fn rules_for(&self, deployment: DeploymentId, environment: EnvironmentId) -> Rules {
        let risk = self.deployments.get(&deployment).map(|known| known.risk()).unwrap_or_default();
        self.rules_at(PolicyId { environment, risk })
    }

    /// Returns what a policy asks for; what holds without one where none was set.
    #[must_use]
    pub fn rules_at(&self, policy: PolicyId) -> Rules {
        match self.policies.get(&policy) {
            Some(known) => known.rules.clone(),
            None => self.default_rules(policy.environment),
        }
    }

    /// Returns what holds where no policy was set.
    #[must_use]
    pub fn default_rules(&self, environment: EnvironmentId) -> Rules {
        Rules::of_tier(self.environments.get(&environment).map_or(Tier::Development, |known| known.tier))
    }

    pub(crate) fn decide_policy(
        &self,
        context: &Context,
        command: &PolicyCommand,
    ) -> Result<Vec<Event>, Rejection> {
        let PolicyCommand::Set { environment, risk, rules } = command;
        let (environment, risk) = (*environment, *risk);
        if !self.environments.contains_key(&environment) {
            return Err(Rejection::UnknownEnvironment { environment });
        }
        let rules = rules.valid()?;
        let policy = PolicyId { environment, risk };
        let before = self.rules_at(policy);
        if before == rules {
            return Ok(Vec::new());
        }
        if self.policies.get(&policy).is_some_and(|known| !context.seen.covers(&known.set)) {
            return Err(Rejection::ChangedMeanwhile);
        }
        // Where nobody passes as it is, asking for less in other ways has to be possible.
        let asks_for_more = rules.approvals > before.approvals || rules.four_eyes && !before.four_eyes;
        let approvers = self.most_approvals(&rules);
        if asks_for_more && rules.approvals > approvers {
            return Err(Rejection::PolicyLocksOut { approvals: rules.approvals, approvers });
        }
        Ok(vec![Event::Policy(PolicyEvent::Set { environment, risk, rules })])
    }

    /// Returns how many approvals a deployment can get at most: of everybody who may approve, and with four eyes not
    /// of who opened it. Where somebody may open deployments without approving any, theirs can get them all.
    #[must_use]
    pub fn most_approvals(&self, rules: &Rules) -> u32 {
        let with = |role| self.members.values().filter(|member| member.role == role).count();
        let approvers = with(Role::Approver) + with(Role::Admin);
        let opens_own = rules.four_eyes && self.members.len() > 1 && with(Role::Member) == 0;
        u32::try_from(approvers - usize::from(opens_own && approvers > 0)).unwrap_or(u32::MAX)
    }
}
