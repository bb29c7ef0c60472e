//! The world of these tests, and every deed in it by name.

use slipway_shared::canonical::Hash;
use slipway_shared::check::CheckState;
use slipway_shared::column::{ColumnChange, ColumnCommand};
use slipway_shared::command::{Command, WorkspaceCommand};
use slipway_shared::deployment::command::{DeploymentCommand as D, NewCheck, NewSection};
use slipway_shared::deployment::comment::{CommentChange, CommentText};
use slipway_shared::deployment::outline::OutlineEdit;
use slipway_shared::deployment::plan::Artifact;
use slipway_shared::deployment::testing::TestOutcome;
use slipway_shared::deployment::{Change, DeploymentField};
use slipway_shared::document::SectionKind;
use slipway_shared::environment::{EnvironmentChange, EnvironmentCommand, Testing};
use slipway_shared::freeze::{FreezeCommand, FreezeTerms};
use slipway_shared::ids::{
    CheckId, ColumnId, CommandKey, CommentId, DeploymentId, EnvironmentId, FreezeId, LabelId, MemberId,
    RolloutId, SectionId, ServiceId, TemplateId, ViewId,
};
use slipway_shared::label::{LabelChange, LabelCommand};
use slipway_shared::member::{MemberCommand, Role};
use slipway_shared::policy::{PolicyCommand, Risk, Rules};
use slipway_shared::rollout::{Phase, RolloutCommand, Source};
use slipway_shared::service::{ServiceChange, ServiceCommand};
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::template::{Template, TemplateCheck, TemplateCommand, TemplateKind, TemplateSection};
use slipway_shared::time::Timestamp;
use slipway_shared::view::ViewCommand;
use slipway_shared::workspace::default_setup;

use super::given::{Deed, Given, START, after};

pub const OWNER: MemberId = MemberId::from_u128(0xa);

// The three environments and six columns that a new workspace has, numbered in the order they are made in.
pub const DEVELOPMENT: EnvironmentId = EnvironmentId::from_u128(1);
pub const STAGING: EnvironmentId = EnvironmentId::from_u128(2);
pub const PRODUCTION: EnvironmentId = EnvironmentId::from_u128(3);
pub const READY_COLUMN: ColumnId = ColumnId::from_u128(4);
pub const STAGING_COLUMN: ColumnId = ColumnId::from_u128(6);
pub const APPROVAL_COLUMN: ColumnId = ColumnId::from_u128(7);
pub const PRODUCTION_COLUMN: ColumnId = ColumnId::from_u128(8);

pub const SERVICE: ServiceId = ServiceId::from_u128(0x51);
pub const LABEL: LabelId = LabelId::from_u128(0x1a);
pub const CARD: DeploymentId = DeploymentId::from_u128(0xca);
pub const ENVIRONMENTS_SECTION: SectionId = SectionId::from_u128(0x5e1);
pub const SECTION: SectionId = SectionId::from_u128(0x5e2);
/// The checks of the section Environments that name the environments.
pub const STAGING_CHECK: CheckId = CheckId::from_u128(0xc2);
pub const PRODUCTION_CHECK: CheckId = CheckId::from_u128(0xc3);
/// A check of the other section.
pub const CHECK: CheckId = CheckId::from_u128(0xc4);
pub const TEMPLATE: TemplateId = TemplateId::from_u128(0x7e);
pub const COMMENT: CommentId = CommentId::from_u128(0xc0);
pub const ROLLOUT: RolloutId = RolloutId::from_u128(0xe1);
pub const LATER_ROLLOUT: RolloutId = RolloutId::from_u128(0xe2);
/// Something that isn't there, whatever it should be.
pub const NOBODY: u128 = 0xdead;

pub const RANK: &str = "8000000000";

pub fn nothing() -> Given {
    Vec::new()
}

pub fn create_workspace() -> WorkspaceCommand {
    let mut next = 0;
    default_setup("Harbour", OWNER, || {
        next += 1;
        next
    })
}

pub fn add_service(id: ServiceId, name: &str) -> Deed {
    let repository = Some("https://git.example/website".to_owned());
    Command::Service(ServiceCommand::Add { service: id, name: name.to_owned(), hue: 230, repository }).into()
}

pub fn add_label(id: LabelId, name: &str) -> Deed {
    Command::Label(LabelCommand::Add { label: id, name: name.to_owned() }).into()
}

/// A workspace with one service and one label.
pub fn set_up() -> Given {
    let create = Command::Workspace(create_workspace()).into();
    vec![create, add_service(SERVICE, "website"), add_label(LABEL, "hotfix")]
}

/// A workspace with one deployment, which waits.
pub fn opened() -> Given {
    opened_and([])
}

pub fn opened_and(deeds: impl IntoIterator<Item = Deed>) -> Given {
    set_up().into_iter().chain([open().into()]).chain(deeds).collect()
}

pub fn new_check(id: CheckId, text: &str) -> NewCheck {
    NewCheck { id, text: text.to_owned(), verify: None, state: CheckState::Open, evidence: None }
}

pub fn new_section(id: SectionId, kind: SectionKind, checks: Vec<NewCheck>) -> NewSection {
    NewSection { id, kind, heading: kind.heading().to_owned(), text: String::new(), checks }
}

/// What opens the deployment; fields public, to be bent by tests.
#[derive(Clone)]
pub struct Open {
    pub deployment: DeploymentId,
    pub service: ServiceId,
    pub version: String,
    pub title: String,
    pub column: ColumnId,
    pub rank: String,
    pub changes: Vec<Change>,
    pub sections: Vec<NewSection>,
}

pub fn open() -> Open {
    let environments = vec![
        new_check(CheckId::from_u128(0xc1), "Development"),
        new_check(STAGING_CHECK, "staging"),
        new_check(PRODUCTION_CHECK, "Production"),
    ];
    Open {
        deployment: CARD,
        service: SERVICE,
        version: "1.4.0".to_owned(),
        title: "Faster search".to_owned(),
        column: READY_COLUMN,
        rank: RANK.to_owned(),
        changes: Vec::new(),
        sections: vec![
            new_section(ENVIRONMENTS_SECTION, SectionKind::Environments, environments),
            new_section(SECTION, SectionKind::PreDeployment, vec![new_check(CHECK, "Tests passing")]),
        ],
    }
}

impl From<Open> for Deed {
    fn from(open: Open) -> Self {
        let Open { deployment, service, version, title, column, rank, changes, sections } = open;
        card(D::Open { deployment, service, version, title, column, rank, changes, sections })
    }
}

fn card(command: D) -> Deed {
    Command::Deployment(command).into()
}

pub fn move_card(from: ColumnId, to: ColumnId) -> Deed {
    card(D::Move { deployment: CARD, from, to, rank: RANK.to_owned() })
}

pub fn move_to_rank(rank: &str) -> Deed {
    let rank = rank.to_owned();
    card(D::Move { deployment: CARD, from: READY_COLUMN, to: READY_COLUMN, rank })
}

pub fn edit(field: DeploymentField, value: &str) -> Deed {
    card(D::Edit { deployment: CARD, field, value: value.to_owned() })
}

pub fn add_check(section: SectionId, check: CheckId) -> Deed {
    card(D::AddCheck { deployment: CARD, section, check, text: "Cache is warm".to_owned(), verify: None })
}

pub fn attest(check: CheckId, state: CheckState) -> Deed {
    card(D::Attest { deployment: CARD, check, state, evidence: None })
}

pub fn attest_by(check: CheckId, state: CheckState, evidence: &str) -> Deed {
    card(D::Attest { deployment: CARD, check, state, evidence: Some(evidence.to_owned()) })
}

pub fn commit(hash: &str) -> Change {
    let commit = Some(hash.to_owned());
    Change { summary: "Index titles".to_owned(), commit, author: None, authored_at: None, link: None }
}

pub fn attach(changes: impl IntoIterator<Item = Change>) -> Deed {
    card(D::AttachChanges { deployment: CARD, changes: changes.into_iter().collect() })
}

pub fn mark(stage: Stage, from: StageState, to: StageState) -> Deed {
    card(D::MarkStage { deployment: CARD, stage, from, to })
}

pub fn put_label(label: LabelId) -> Deed {
    card(D::AddLabel { deployment: CARD, label })
}

pub fn take_label(label: LabelId) -> Deed {
    card(D::RemoveLabel { deployment: CARD, label })
}

pub fn finish() -> Deed {
    card(D::Finish { deployment: CARD })
}

pub fn settle(lost: CommandKey) -> Deed {
    card(D::Settle { deployment: CARD, lost })
}

pub fn reopen() -> Deed {
    card(D::Reopen { deployment: CARD })
}

pub fn assign(member: u128) -> Deed {
    card(D::Assign { deployment: CARD, member: MemberId::from_u128(member) })
}

pub fn unassign(member: u128) -> Deed {
    card(D::Unassign { deployment: CARD, member: MemberId::from_u128(member) })
}

pub fn assign_check(check: CheckId, member: Option<u128>) -> Deed {
    card(D::AssignCheck { deployment: CARD, check, member: member.map(MemberId::from_u128) })
}

pub fn archive() -> Deed {
    card(D::Archive { deployment: CARD })
}

pub fn restore() -> Deed {
    card(D::Restore { deployment: CARD })
}

pub fn change_column(column: ColumnId, change: ColumnChange) -> Deed {
    Command::Column(ColumnCommand::Change { column, change }).into()
}

pub fn change_environment(environment: EnvironmentId, change: EnvironmentChange) -> Deed {
    Command::Environment(EnvironmentCommand::Change { environment, change }).into()
}

pub fn change_label(label: LabelId, change: LabelChange) -> Deed {
    Command::Label(LabelCommand::Change { label, change }).into()
}

pub fn change_service(service: ServiceId, change: ServiceChange) -> Deed {
    Command::Service(ServiceCommand::Change { service, change }).into()
}

pub fn save_view(view: u128, name: &str, query: &str) -> Deed {
    let (name, query) = (name.to_owned(), query.to_owned());
    Command::View(ViewCommand::Save { view: ViewId::from_u128(view), name, query }).into()
}

pub fn remove_view(view: u128) -> Deed {
    Command::View(ViewCommand::Remove { view: ViewId::from_u128(view) }).into()
}

/// Says how a kind of testing went of a rollout, or takes that back.
pub fn test_of(
    rollout: RolloutId,
    environment: EnvironmentId,
    testing: Testing,
    outcome: Option<TestOutcome>,
) -> Deed {
    card(D::Test { deployment: CARD, environment, testing, rollout, outcome, note: None })
}

pub fn conclude() -> Deed {
    card(D::Conclude { deployment: CARD })
}

/// Says that a rollout is the same as another one.
pub fn join_rollouts(rollout: RolloutId, same_as: RolloutId) -> Deed {
    Command::Rollout(RolloutCommand::Join { rollout, deployment: CARD, same_as }).into()
}

/// Says that it is not.
pub fn split_rollout(rollout: RolloutId) -> Deed {
    Command::Rollout(RolloutCommand::Split { rollout, deployment: CARD }).into()
}

/// Says that there was no such rollout.
pub fn retract(rollout: RolloutId) -> Deed {
    Command::Rollout(RolloutCommand::Retract { rollout, deployment: CARD }).into()
}

/// The same deed about a deployment that isn't there.
pub fn elsewhere(deed: Deed) -> Deed {
    let text = serde_json::to_string(&deed.command).expect("commands are JSON");
    let text = text.replace(&CARD.to_string(), &DeploymentId::from_u128(NOBODY).to_string());
    serde_json::from_str::<Command>(&text).expect("an id is an id").into()
}

/// A fact about a rollout of the deployment.
pub struct Fact {
    pub rollout: RolloutId,
    pub deployment: DeploymentId,
    pub environment: EnvironmentId,
    pub phase: Phase,
    pub happened_at: Timestamp,
    pub source: Source,
    pub version: String,
    pub note: Option<String>,
}

/// A report by a person, of something that happened just before [`START`].
pub fn fact(rollout: RolloutId, environment: EnvironmentId, phase: Phase) -> Fact {
    let (happened_at, source, version) = (Timestamp(START - 60_000), Source::Person, "1.4.0".to_owned());
    Fact { rollout, deployment: CARD, environment, phase, happened_at, source, version, note: None }
}

impl Fact {
    /// It happened so many milliseconds after what other facts tell.
    pub fn ms_later(self, ms: i64) -> Self {
        Self { happened_at: self.happened_at.plus(ms), ..self }
    }
}

impl From<Fact> for Deed {
    fn from(fact: Fact) -> Self {
        let Fact { rollout, deployment, environment, phase, happened_at, source, version, note } = fact;
        let report = RolloutCommand::Report {
            rollout,
            deployment,
            environment,
            version,
            phase,
            happened_at,
            source,
            note,
        };
        Command::Rollout(report).into()
    }
}

/// A report as a deed.
pub fn report(rollout: RolloutId, environment: EnvironmentId, phase: Phase) -> Deed {
    fact(rollout, environment, phase).into()
}

/// Asks to roll the deployment out.
pub fn request(rollout: RolloutId, environment: EnvironmentId) -> Deed {
    let version = "1.4.0".to_owned();
    Command::Rollout(RolloutCommand::Request { rollout, deployment: CARD, environment, version }).into()
}

/// The digest of the deployment for production, as it is opened.
pub fn as_opened() -> Hash {
    after(opened()).approval_digest(CARD, PRODUCTION).expect("it is there")
}

pub fn approve(digest: Hash) -> Deed {
    card(D::Approve { deployment: CARD, environment: PRODUCTION, digest, note: None })
}

pub fn decline(digest: Hash, reason: &str) -> Deed {
    card(D::Decline { deployment: CARD, environment: PRODUCTION, digest, reason: reason.to_owned() })
}

pub fn change_comment(change: CommentChange) -> Deed {
    card(D::Comment { deployment: CARD, comment: COMMENT, change })
}

/// What a comment says that mentions nobody.
pub fn said(text: &str) -> CommentText {
    CommentText { text: text.to_owned(), mentions: Vec::new() }
}

pub fn comment(text: &str) -> Deed {
    change_comment(CommentChange::Write(said(text)))
}

pub fn outline(edit: OutlineEdit) -> Deed {
    card(D::EditOutline { deployment: CARD, edit })
}

/// What a template says that has one section with checks of these texts.
pub fn template(name: &str, checks: &[&str]) -> Template {
    let check = |text: &&str| TemplateCheck { text: (*text).to_owned(), verify: None, depth: 0 };
    let (heading, text) = ("Before".to_owned(), String::new());
    let checks = checks.iter().map(check).collect();
    let section = TemplateSection { kind: SectionKind::PreDeployment, heading, text, checks };
    Template { name: name.to_owned(), kind: TemplateKind::Deployment, sections: vec![section] }
}

pub fn keep_template(id: TemplateId, template: Template) -> Deed {
    Command::Template(TemplateCommand::Save { id, template }).into()
}

pub fn save_template(name: &str) -> Deed {
    keep_template(TEMPLATE, template(name, &["Tests passing"]))
}

pub fn archive_template(is_archived: bool) -> Deed {
    Command::Template(TemplateCommand::Archive { id: TEMPLATE, is_archived }).into()
}

pub fn join(page: u128, role: Role) -> Deed {
    Command::Member(MemberCommand::Add { member: MemberId::from_u128(page), role }).into()
}

pub fn arrive() -> Deed {
    Command::Workspace(WorkspaceCommand::Move {}).into()
}

pub fn set_role(page: u128, role: Role) -> Deed {
    Command::Member(MemberCommand::SetRole { member: MemberId::from_u128(page), role }).into()
}

pub fn leave_out(page: u128) -> Deed {
    Command::Member(MemberCommand::Remove { member: MemberId::from_u128(page) }).into()
}

pub const FREEZE: FreezeId = FreezeId::from_u128(0xf1);

pub fn withdraw() -> Deed {
    card(D::Withdraw { deployment: CARD, environment: PRODUCTION })
}

pub fn set_risk(risk: Risk) -> Deed {
    card(D::SetRisk { deployment: CARD, risk })
}

pub fn artifact(name: &str) -> Artifact {
    Artifact { name: name.to_owned(), digest: Some("sha256:0b31".to_owned()), link: None }
}

pub fn set_artifacts(artifacts: impl IntoIterator<Item = Artifact>) -> Deed {
    card(D::SetArtifacts { deployment: CARD, artifacts: artifacts.into_iter().collect() })
}

pub fn follow(predecessor: DeploymentId) -> Deed {
    card(D::Follow { deployment: CARD, predecessor })
}

pub fn unfollow(predecessor: DeploymentId) -> Deed {
    card(D::Unfollow { deployment: CARD, predecessor })
}

pub fn set_policy(environment: EnvironmentId, risk: Risk, rules: Rules) -> Deed {
    Command::Policy(PolicyCommand::Set { environment, risk, rules }).into()
}

/// A freeze of production.
pub fn terms(from: Timestamp, until: Timestamp) -> FreezeTerms {
    let (name, reason) = ("Year end".to_owned(), "Everybody is away".to_owned());
    FreezeTerms { name, environments: vec![PRODUCTION], from, until, zone: "Europe/Paris".to_owned(), reason }
}

pub fn declare(terms: FreezeTerms) -> Deed {
    Command::Freeze(FreezeCommand::Declare { freeze: FREEZE, terms }).into()
}

pub fn change_freeze(terms: FreezeTerms) -> Deed {
    Command::Freeze(FreezeCommand::Change { freeze: FREEZE, terms }).into()
}

pub fn lift() -> Deed {
    Command::Freeze(FreezeCommand::Lift { freeze: FREEZE }).into()
}

/// Starts a rollout past the gate.
pub fn start_anyway(rollout: RolloutId, environment: EnvironmentId, reason: &str) -> Deed {
    let (version, reason) = ("1.4.0".to_owned(), reason.to_owned());
    let (deployment, incident) = (CARD, None);
    let start = RolloutCommand::Override { rollout, deployment, environment, version, reason, incident };
    Command::Rollout(start).into()
}

/// Starts a rollout to production past the gate, for an incident.
pub fn start_for_incident(rollout: RolloutId, incident: &str) -> Deed {
    let (version, reason) = ("1.4.0".to_owned(), "It burns".to_owned());
    let (deployment, environment, incident) = (CARD, PRODUCTION, Some(incident.to_owned()));
    let start = RolloutCommand::Override { rollout, deployment, environment, version, reason, incident };
    Command::Rollout(start).into()
}
