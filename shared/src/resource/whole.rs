//! A deployment with everything there is about it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::item::{DeploymentItem, DeploymentState, RolloutItem};
use super::{Done, Named, Names};
use crate::attestation::Attestation;
use crate::canonical::Hash;
use crate::check::CheckState;
use crate::deployment::approval::{Lapse, Verdict};
use crate::deployment::comment::Comment;
use crate::deployment::gate::{Missing, Requirement};
use crate::deployment::outline::Link;
use crate::deployment::read::Progress;
use crate::deployment::testing::{TestOutcome, Tested};
use crate::deployment::{Change, Check, Deployment, Section};
use crate::document::SectionKind;
use crate::environment::Testing;
use crate::ids::{CheckId, CommentId, DeploymentId, EnvironmentId, MemberId, SectionId};
use crate::policy::PolicyId;
use crate::time::Timestamp;
use crate::workspace::Workspace;

/// A deployment with everything there is about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeploymentWhole {
    /// What lists say about it.
    pub deployment: DeploymentItem,
    /// What it brings, oldest first.
    pub changes: Vec<Change>,
    /// Its document, in order.
    pub sections: Vec<SectionItem>,
    /// The gates it has to pass, in the order of the environments.
    pub gates: Vec<Gate>,
    /// How what was rolled out last is tested, in the order of the environments.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub testing: Vec<TestingItem>,
    /// Its rollouts, those that began last first.
    pub rollouts: Vec<RolloutItem>,
    /// What people said about it and did not delete, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub comments: Vec<CommentItem>,
    /// What else it has to do with.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub links: Vec<Link>,
}

/// How one kind of testing of an environment stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestingItem {
    /// The environment.
    pub environment: Named<EnvironmentId>,
    /// Which kind.
    pub testing: Testing,
    /// How it went, failed over passed; absent where nobody said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub outcome: Option<TestOutcome>,
    /// What is said about it and was not taken back: more than one thing only where people disagree.
    pub said: Vec<TestedItem>,
}

/// How somebody says that testing went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TestedItem {
    /// Who, and when.
    pub done: Done,
    /// How it went.
    pub outcome: TestOutcome,
    /// What else was said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

/// What somebody said about a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CommentItem {
    /// Its id.
    pub id: CommentId,
    /// Who said it, and when.
    pub written: Done,
    /// When it was edited last, if it was.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub edited: Option<Done>,
    /// What was said, Markdown.
    pub text: String,
    /// Who it is for in particular.
    pub mentions: Vec<Named<MemberId>>,
}

/// A section of a deployment's document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SectionItem {
    /// Its id.
    pub id: SectionId,
    /// What it is for.
    pub kind: SectionKind,
    /// Its heading.
    pub heading: String,
    /// Its free text, Markdown; may be empty.
    pub text: String,
    /// Whether a gate asks for its checks.
    pub is_required: bool,
    /// Its checks, in order.
    pub checks: Vec<CheckItem>,
}

/// One thing to make sure of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckItem {
    /// Its id.
    pub id: CheckId,
    /// What to make sure of.
    pub text: String,
    /// How to verify it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub verify: Option<String>,
    /// The check it stands below.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub parent: Option<CheckId>,
    /// How it stands: the safest of what is said.
    pub state: CheckState,
    /// What is said about it and was not taken back: more than one thing only where people disagree.
    pub said: Vec<Said>,
}

/// What somebody says about a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Said {
    /// Who, and when.
    pub done: Done,
    /// How they say it stands.
    pub state: CheckState,
    /// What shows it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub evidence: Option<String>,
}

/// The gate before an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Gate {
    /// The environment.
    pub environment: Named<EnvironmentId>,
    /// Whether a rollout there may start.
    pub is_open: bool,
    /// Everything it asks for, met or not.
    pub conditions: Vec<ConditionItem>,
    /// What keeps it closed.
    pub missing: Vec<Missing>,
    /// What an approval has to name: the digest of what would be rolled out.
    pub digest: Hash,
    /// What each approver said last.
    pub judgements: Vec<JudgementItem>,
}

/// Something that a gate asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConditionItem {
    /// What it is.
    pub requirement: Requirement,
    /// Whether it is met.
    pub is_met: bool,
}

/// What an approver said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JudgementItem {
    /// Who.
    pub by: Named<MemberId>,
    /// When.
    pub at: Timestamp,
    /// What they said.
    pub verdict: Verdict,
    /// What else they said.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
    /// Why it does not count; absent where it does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lapse: Option<Lapse>,
    /// When it stops counting by itself; absent where it does not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires: Option<Timestamp>,
}

/// The checks of a deployment, by the sections they are in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Checklists {
    /// Which deployment.
    pub deployment: DeploymentId,
    /// How far all its checks are.
    pub progress: Progress,
    /// The sections that have checks, in order.
    pub checklists: Vec<SectionItem>,
}

impl Workspace {
    /// Returns a deployment with everything about it; `None` where there is none. `detail` is what it was before it was
    /// sealed.
    #[must_use]
    pub fn whole_deployment(
        &self,
        names: &Names,
        id: DeploymentId,
        detail: Option<Deployment>,
        now: Timestamp,
    ) -> Option<DeploymentWhole> {
        let state = DeploymentState::of(self.deployments.get(&id)?);
        let workspace = self.with_detail(id, detail);
        let known = workspace.deployments.get(&id)?;
        let required = workspace.required_sections(known);
        let item = DeploymentItem { state, ..DeploymentItem::of(&workspace, names, id, known, now) };
        let mut rollouts: Vec<_> = workspace.rollouts_of(id).collect();
        rollouts.sort_by_key(|(rollout, known)| std::cmp::Reverse((known.started_at, *rollout)));
        let rollouts =
            rollouts.into_iter().map(|(rollout, known)| RolloutItem::of(&workspace, names, rollout, known));
        let standing = known.comments.iter().filter(|comment| comment.deleted.is_none());
        Some(DeploymentWhole {
            deployment: item,
            changes: known.changes.to_vec(),
            sections: known
                .sections
                .iter()
                .map(|section| SectionItem::of(names, section, &required))
                .collect(),
            gates: workspace.gates(names, id, now),
            testing: workspace.testing_of(names, id),
            rollouts: rollouts.collect(),
            comments: standing.map(|comment| CommentItem::of(names, comment)).collect(),
            links: known.links.clone(),
        })
    }

    /// Returns the checks of a deployment; `None` where there is no such one. `detail` is what it was before it was sealed.
    #[must_use]
    pub fn checklists(
        &self,
        names: &Names,
        id: DeploymentId,
        detail: Option<&Deployment>,
    ) -> Option<Checklists> {
        let known = detail.or_else(|| self.deployments.get(&id).map(AsRef::as_ref))?;
        let with_checks = known.sections.iter().filter(|section| !section.checks.is_empty());
        let required = self.required_sections(known);
        let checklists = with_checks.map(|section| SectionItem::of(names, section, &required)).collect();
        Some(Checklists { deployment: id, progress: known.progress(), checklists })
    }

    /// Returns the sections whose checks some gate asks for.
    fn required_sections(&self, known: &Deployment) -> Vec<SectionKind> {
        let environments = self.environments_in_order().into_iter();
        let policies = environments.map(|environment| PolicyId { environment, risk: known.risk() });
        policies.flat_map(|policy| self.rules_at(policy).required).collect()
    }

    fn with_detail(&self, id: DeploymentId, detail: Option<Deployment>) -> Self {
        let mut workspace = self.clone();
        if let Some(detail) = detail {
            workspace.deployments.insert(id, Arc::new(detail));
        }
        workspace
    }

    fn testing_of(&self, names: &Names, id: DeploymentId) -> Vec<TestingItem> {
        let of = |environment| {
            let standing = self.testing_in(id, environment).into_iter();
            standing.map(move |known| TestingItem {
                environment: self.named_environment(environment),
                testing: known.testing,
                outcome: known.outcome(),
                said: known.said.iter().map(|said| TestedItem::of(names, said)).collect(),
            })
        };
        self.environments_in_order().into_iter().flat_map(of).collect()
    }

    fn gates(&self, names: &Names, id: DeploymentId, now: Timestamp) -> Vec<Gate> {
        let gate = |environment| {
            let gate = self.gate(id, environment, now);
            if !gate.is_there() {
                return None;
            }
            let is_open = gate.is_open();
            let conditions = gate.conditions.iter().map(|condition| ConditionItem {
                requirement: condition.requirement.clone(),
                is_met: condition.is_met(),
            });
            let said = self.approvals(id, environment, now).into_iter().map(|said| JudgementItem {
                by: names.person(said.by),
                at: said.at,
                verdict: said.verdict,
                note: said.note,
                lapse: said.lapse,
                expires: said.expires,
            });
            Some(Gate {
                environment: self.named_environment(environment),
                is_open,
                conditions: conditions.collect(),
                missing: gate.missing(),
                digest: self.approval_digest(id, environment)?,
                judgements: said.collect(),
            })
        };
        self.environments_in_order().into_iter().filter_map(gate).collect()
    }
}

impl SectionItem {
    fn of(names: &Names, section: &Section, required: &[SectionKind]) -> Self {
        Self {
            id: section.id,
            kind: section.kind,
            heading: section.heading.clone(),
            text: section.text.value.clone(),
            is_required: required.contains(&section.kind),
            checks: section.checks.iter().map(|check| CheckItem::of(names, check)).collect(),
        }
    }
}

impl TestedItem {
    fn of(names: &Names, said: &Attestation<Tested>) -> Self {
        let Tested { outcome, note, .. } = &said.statement;
        Self { done: names.done(&said.origin), outcome: *outcome, note: note.clone() }
    }
}

impl CommentItem {
    fn of(names: &Names, comment: &Comment) -> Self {
        Self {
            id: comment.id,
            written: names.done(&comment.written),
            edited: comment.edited.as_ref().map(|edited| names.done(edited)),
            text: comment.text.clone(),
            mentions: comment.mentions.iter().map(|member| names.person(*member)).collect(),
        }
    }
}

impl CheckItem {
    fn of(names: &Names, check: &Check) -> Self {
        let said = check.attestations.iter().map(|said| Said {
            done: names.done(&said.origin),
            state: said.statement.state,
            evidence: said.statement.evidence.clone(),
        });
        Self {
            id: check.id,
            text: check.text.clone(),
            verify: check.verify.clone(),
            parent: check.parent,
            state: check.state(),
            said: said.collect(),
        }
    }
}
