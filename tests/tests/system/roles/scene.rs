//! What commands are about: for every kind something of its own, that nothing but a role stands in the way of.

use std::collections::BTreeMap;

use slipway_shared::check::CheckState;
use slipway_shared::column::{ColumnChange, ColumnCommand, ColumnKind};
use slipway_shared::command::{Command, WorkspaceCommand};
use slipway_shared::deployment::command::{DeploymentCommand as D, NewCheck, NewSection};
use slipway_shared::deployment::comment::{CommentChange, CommentText};
use slipway_shared::deployment::outline::{Link, LinkTarget, OutlineEdit};
use slipway_shared::deployment::plan::Artifact;
use slipway_shared::deployment::testing::TestOutcome;
use slipway_shared::deployment::{Change, DeploymentField};
use slipway_shared::document::SectionKind;
use slipway_shared::environment::{EnvironmentChange, EnvironmentCommand, Testing, Tier};
use slipway_shared::freeze::{FreezeCommand, FreezeTerms};
use slipway_shared::ids::{
    CheckId, ColumnId, CommentId, DeploymentId, EnvironmentId, FreezeId, LabelId, MemberId, RolloutId,
    SectionId, ServiceId, TemplateId, ViewId,
};
use slipway_shared::label::{LabelChange, LabelCommand};
use slipway_shared::member::{MemberCommand, Role};
use slipway_shared::policy::{PolicyCommand, PolicyId, Risk, Rules};
use slipway_shared::rank;
use slipway_shared::rollout::{Phase, RolloutCommand, Source};
use slipway_shared::service::{ServiceChange, ServiceCommand};
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::template::{Template, TemplateCommand, TemplateKind};
use slipway_shared::time::Timestamp;
use slipway_shared::view::ViewCommand;
use slipway_shared::workspace::{Workspace, default_setup};
use slipway_tests::commands::{add_service, first_queue, retitle};
use slipway_tests::credentials;
use slipway_tests::random::now_ms;

use super::people::{Asks, Team, assert_all_happened};

/// What a command is about: something that who gives it has opened, or is; or something that they have not, or are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Own,
    Others,
}

impl Whose {
    /// Returns what the page about roles calls it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Own => "one's own",
            Self::Others => "somebody else's",
        }
    }
}

/// A card for one kind of command.
#[derive(Clone, Copy)]
struct Card {
    deployment: DeploymentId,
    section: SectionId,
    check: CheckId,
}

/// Everything that the commands of one round are about, opened by Bo or by the owner.
pub struct Scene {
    pub whose: Whose,
    whom: MemberId,
    service: ServiceId,
    label: LabelId,
    view: ViewId,
    freeze: FreezeId,
    template: TemplateId,
    cards: BTreeMap<&'static str, Card>,
}

impl Scene {
    /// Prepares everything; Bo has to be an admin.
    pub fn set(team: &mut Team, whose: Whose) -> Self {
        let (whom, opener) = match whose {
            Whose::Own => (team.bo.member, Asks::Session(team.bo.session.clone())),
            Whose::Others => (team.cy.member, team.owners_session()),
        };
        let (service, label) = (ServiceId::from_u128(team.mint()), LabelId::from_u128(team.mint()));
        let freeze = FreezeId::from_u128(team.mint());
        let template = TemplateId::from_u128(team.mint());
        let kinds = Command::KINDS.iter().map(|(kind, _)| *kind);
        let kinds = kinds.filter(|kind| kind.starts_with("deployment.") || kind.starts_with("rollout."));
        let cards = kinds.map(|kind| (kind, Card::new(team))).collect();
        let view = ViewId::from_u128(team.mint());
        let scene = Self { whose, whom, service, label, view, freeze, template, cards };
        let workspace = team.snapshot();
        let (status, answer) = team.push(&opener, &scene.preparation(&workspace));
        assert_all_happened(status, &answer);
        // Who tells of a rollout is who can take it back.
        let [told, _] = scene.tell_twice("rollout.retract", &workspace);
        let (status, answer) = team.push(&Asks::Session(team.bo.session.clone()), &[told]);
        assert_all_happened(status, &answer);
        scene.divide(team, &opener);
        scene
    }

    fn preparation(&self, workspace: &Workspace) -> Vec<Command> {
        let name = format!("label {}", self.label);
        let mut commands = vec![
            add_service(self.service, &format!("service {}", self.service)),
            Command::Label(LabelCommand::Add { label: self.label, name }),
        ];
        let to_open = self.cards.iter().filter(|(kind, _)| **kind != "deployment.open");
        commands.extend(to_open.map(|(_, card)| self.open(*card, workspace)));
        let (labelled, finished) =
            (self.card("deployment.remove_label").deployment, self.card("deployment.reopen").deployment);
        commands.push(save_template(self.template));
        commands.push(Command::Deployment(D::AddLabel { deployment: labelled, label: self.label }));
        commands.push(Command::Deployment(D::Finish { deployment: finished }));
        let (assigned, archived) =
            (self.card("deployment.unassign").deployment, self.card("deployment.restore").deployment);
        commands.push(Command::Deployment(D::Assign { deployment: assigned, member: self.whom }));
        commands.push(Command::Deployment(D::Archive { deployment: archived }));
        let (view, name) = (self.view, format!("view {}", self.view));
        commands.push(Command::View(ViewCommand::Save { view, name, query: String::new() }));
        commands.extend(
            ["rollout.join", "rollout.split"].into_iter().flat_map(|kind| self.tell_twice(kind, workspace)),
        );
        commands.push(Command::Rollout(self.join("rollout.split")));
        commands.extend(self.tell_twice("deployment.test", workspace).into_iter().take(1));
        let (deployment, predecessor) =
            (self.card("deployment.unfollow").deployment, self.card("deployment.follow").deployment);
        commands.push(Command::Deployment(D::Follow { deployment, predecessor }));
        let terms = next_year(workspace, "Year end");
        commands.push(Command::Freeze(FreezeCommand::Declare { freeze: self.freeze, terms }));
        commands
    }

    /// Two rollouts of a card, which can be one.
    fn told_twice(&self, kind: &str) -> (RolloutId, RolloutId) {
        let card = self.card(kind);
        (RolloutId::from_u128(card.section.as_u128()), RolloutId::from_u128(card.check.as_u128()))
    }

    fn tell_twice(&self, kind: &str, workspace: &Workspace) -> [Command; 2] {
        let (deployment, (one, other)) = (self.card(kind).deployment, self.told_twice(kind));
        [one, other].map(|rollout| {
            Command::Rollout(RolloutCommand::Report {
                rollout,
                deployment,
                environment: environment(workspace, Tier::Staging),
                version: "1.4.0".to_owned(),
                phase: Phase::Failed,
                happened_at: Timestamp(now_ms()),
                source: Source::Person,
                note: None,
            })
        })
    }

    fn join(&self, kind: &str) -> RolloutCommand {
        let (same_as, rollout) = self.told_twice(kind);
        RolloutCommand::Join { rollout, deployment: self.card(kind).deployment, same_as }
    }

    /// Makes an edit on one card that an edit before it was not seen by, so that there is something to settle.
    fn divide(&self, team: &mut Team, opener: &Asks) {
        let seen = team.head();
        let card = self.card("deployment.settle").deployment;
        for title in ["Theirs", "Mine"] {
            let wire = team.wire(seen, retitle(card, title));
            let (status, answer) = team.push_wires(opener, vec![wire]);
            assert_all_happened(status, &answer);
        }
    }

    fn card(&self, kind: &str) -> Card {
        *self.cards.get(kind).unwrap_or_else(|| panic!("no card for {kind}"))
    }

    fn open(&self, card: Card, workspace: &Workspace) -> Command {
        let Card { deployment, section, check } = card;
        let text = "Tests passing".to_owned();
        let check = NewCheck { id: check, text, verify: None, state: CheckState::Open, evidence: None };
        let kind = SectionKind::PreDeployment;
        let heading = kind.heading().to_owned();
        Command::Deployment(D::Open {
            deployment,
            service: self.service,
            version: "1.4.0".to_owned(),
            title: "Faster search".to_owned(),
            column: first_queue(workspace),
            rank: rank::between(None, None),
            changes: Vec::new(),
            sections: vec![NewSection {
                id: section,
                kind,
                heading,
                text: String::new(),
                checks: vec![check],
            }],
        })
    }

    /// Returns the command of a kind, as it is given to a workspace as it is now.
    #[track_caller]
    pub fn command(&self, kind: &str, workspace: &Workspace, team: &mut Team) -> Command {
        match kind.split_once('.') {
            Some(("deployment", verb)) => Command::Deployment(self.of_deployment(verb, workspace, team)),
            Some(("rollout", verb)) => Command::Rollout(self.of_rollout(verb, workspace, team)),
            Some(("view" | "column" | "environment", _) | ("service" | "label", "change")) => {
                self.of_structure(kind, workspace, team)
            }
            Some(("freeze", verb)) => Command::Freeze(self.of_freeze(verb, workspace, team)),
            Some(("policy", _)) => Command::Policy(of_policy(workspace)),
            Some(("member", verb)) => Command::Member(self.of_member(verb, workspace, team)),
            _ => self.of_workspace(kind, workspace, team),
        }
    }

    #[track_caller]
    fn of_workspace(&self, kind: &str, workspace: &Workspace, team: &mut Team) -> Command {
        let new = team.mint();
        match kind {
            "nothing" => Command::Nothing,
            "workspace.create" => {
                let owner = team.owner();
                Command::Workspace(default_setup("Harbour", owner, || team.mint()))
            }
            "workspace.rename" => {
                let name = format!("Quay {new:x}");
                Command::Workspace(WorkspaceCommand::Rename { name })
            }
            "workspace.move" => Command::Workspace(WorkspaceCommand::Move {}),
            "service.add" => add_service(ServiceId::from_u128(new), &format!("service {new:x}")),
            "label.add" => {
                Command::Label(LabelCommand::Add { label: LabelId::from_u128(new), name: format!("{new:x}") })
            }
            "template.save" => save_template(TemplateId::from_u128(new)),
            "template.archive" => {
                let is_archived =
                    workspace.templates.get(&self.template).is_some_and(|kept| kept.archived.is_none());
                Command::Template(TemplateCommand::Archive { id: self.template, is_archived })
            }
            other => panic!("no example of {other}"),
        }
    }

    #[track_caller]
    fn of_structure(&self, kind: &str, workspace: &Workspace, team: &mut Team) -> Command {
        let new = team.mint();
        let (position, name) = (u32::try_from(new % 1_000_000).unwrap(), format!("{new:x}"));
        let (column, environment) = (first_queue(workspace), environment(workspace, Tier::Staging));
        match kind {
            "service.change" => Command::Service(ServiceCommand::Change {
                service: self.service,
                change: ServiceChange::Repository(name),
            }),
            "environment.add" => Command::Environment(EnvironmentCommand::Add {
                environment: EnvironmentId::from_u128(new),
                name,
                position,
                tier: Tier::Development,
                testing: Vec::new(),
            }),
            "environment.change" => {
                let change = EnvironmentChange::Purpose(name);
                Command::Environment(EnvironmentCommand::Change { environment, change })
            }
            "column.add" => {
                let column = ColumnId::from_u128(new);
                Command::Column(ColumnCommand::Add { column, name, position, kind: ColumnKind::Monitoring })
            }
            "column.change" => {
                Command::Column(ColumnCommand::Change { column, change: ColumnChange::Name(name) })
            }
            "label.change" => {
                Command::Label(LabelCommand::Change { label: self.label, change: LabelChange::Name(name) })
            }
            "view.save" => {
                Command::View(ViewCommand::Save { view: ViewId::from_u128(new), name, query: String::new() })
            }
            "view.remove" => {
                let view = self.view;
                Command::View(ViewCommand::Remove { view })
            }
            other => panic!("no example of {other}"),
        }
    }

    #[track_caller]
    fn of_freeze(&self, verb: &str, workspace: &Workspace, team: &mut Team) -> FreezeCommand {
        let freeze = self.freeze;
        let terms = next_year(workspace, &format!("Year end {:x}", team.mint()));
        match verb {
            "declare" => FreezeCommand::Declare { freeze: FreezeId::from_u128(team.mint()), terms },
            "change" => FreezeCommand::Change { freeze, terms },
            "lift" => FreezeCommand::Lift { freeze },
            other => panic!("no example of freeze.{other}"),
        }
    }

    #[track_caller]
    fn of_member(&self, verb: &str, workspace: &Workspace, team: &mut Team) -> MemberCommand {
        let member = self.whom;
        match verb {
            "add" => MemberCommand::Add { member: MemberId::from_u128(team.mint()), role: Role::Viewer },
            "set_role" => {
                let is_viewer =
                    workspace.members.get(&member).is_some_and(|known| known.role == Role::Viewer);
                let role = if is_viewer { Role::Member } else { Role::Viewer };
                MemberCommand::SetRole { member, role }
            }
            "remove" => MemberCommand::Remove { member },
            other => panic!("no example of member.{other}"),
        }
    }

    #[track_caller]
    fn of_deployment(&self, verb: &str, workspace: &Workspace, team: &mut Team) -> D {
        let Card { deployment, section, check } = self.card(&format!("deployment.{verb}"));
        let label = self.label;
        match verb {
            "open" => {
                let card = Card::new(team);
                let Command::Deployment(open) = self.open(card, workspace) else { unreachable!() };
                open
            }
            "move" => {
                let to = workspace.columns_in_order().into_iter().last().unwrap();
                D::Move { deployment, from: first_queue(workspace), to, rank: rank::between(None, None) }
            }
            "edit" => {
                D::Edit { deployment, field: DeploymentField::Title, value: "Fastest search".to_owned() }
            }
            "add_check" => {
                let check = CheckId::from_u128(team.mint());
                D::AddCheck { deployment, section, check, text: "Cache is warm".to_owned(), verify: None }
            }
            "attest" => D::Attest { deployment, check, state: CheckState::Done, evidence: None },
            "attach_changes" => D::AttachChanges { deployment, changes: vec![change()] },
            "mark_stage" => {
                let (from, to) = (StageState::NotStarted, StageState::Passed);
                D::MarkStage { deployment, stage: Stage::Build, from, to }
            }
            "add_label" => D::AddLabel { deployment, label },
            "remove_label" => D::RemoveLabel { deployment, label },
            "settle" => {
                let lost = workspace.deployments[&deployment].conflicts[0].origin.command;
                D::Settle { deployment, lost }
            }
            "finish" => D::Finish { deployment },
            "reopen" => D::Reopen { deployment },
            "seal" => D::Seal { deployment },
            "conclude" => D::Conclude { deployment },
            "unseal" => {
                let detail = Box::new(workspace.deployments[&deployment].as_ref().clone());
                D::Unseal { deployment, detail }
            }
            "approve" => {
                let (environment, digest) = gate(workspace, deployment);
                D::Approve { deployment, environment, digest, note: None }
            }
            "decline" => {
                let (environment, digest) = gate(workspace, deployment);
                D::Decline { deployment, environment, digest, reason: "Not on Friday".to_owned() }
            }
            "assign" => D::Assign { deployment, member: team.bo.member },
            "unassign" => D::Unassign { deployment, member: self.whom },
            "assign_check" => D::AssignCheck { deployment, check, member: Some(team.owner()) },
            "archive" => D::Archive { deployment },
            "restore" => D::Restore { deployment },
            "comment" => {
                let (text, mentions) = ("Ready when you are".to_owned(), Vec::new());
                let change = CommentChange::Write(CommentText { text, mentions });
                D::Comment { deployment, comment: CommentId::from_u128(team.mint()), change }
            }
            "edit_outline" => {
                let to = LinkTarget::Address(format!("https://ci.example/{:x}", team.mint()));
                let edit = OutlineEdit::AddLink(Link { label: "Build".to_owned(), to });
                D::EditOutline { deployment, edit }
            }
            "withdraw" => D::Withdraw { deployment, environment: gate(workspace, deployment).0 },
            "set_risk" => D::SetRisk { deployment, risk: Risk::High },
            "set_artifacts" => {
                let artifact = Artifact { name: "image".to_owned(), digest: None, link: None };
                D::SetArtifacts { deployment, artifacts: vec![artifact] }
            }
            "follow" => D::Follow { deployment, predecessor: self.card("deployment.set_risk").deployment },
            "unfollow" => D::Unfollow { deployment, predecessor: self.card("deployment.follow").deployment },
            "test" => D::Test {
                deployment,
                environment: environment(workspace, Tier::Staging),
                testing: Testing::Manual,
                rollout: self.told_twice("deployment.test").0,
                outcome: Some(TestOutcome::Passed),
                note: None,
            },
            other => panic!("no example of deployment.{other}"),
        }
    }

    #[track_caller]
    fn of_rollout(&self, verb: &str, workspace: &Workspace, team: &mut Team) -> RolloutCommand {
        let deployment = self.card(&format!("rollout.{verb}")).deployment;
        let (rollout, version) = (RolloutId::from_u128(team.mint()), "1.4.0".to_owned());
        let environment = environment(workspace, Tier::Staging);
        match verb {
            "report" => RolloutCommand::Report {
                rollout,
                deployment,
                environment,
                version,
                phase: Phase::Succeeded,
                happened_at: Timestamp(now_ms()),
                source: Source::Person,
                note: None,
            },
            "request" => RolloutCommand::Request { rollout, deployment, environment, version },
            "join" => self.join("rollout.join"),
            "split" => RolloutCommand::Split { rollout: self.told_twice("rollout.split").1, deployment },
            "retract" => {
                RolloutCommand::Retract { rollout: self.told_twice("rollout.retract").0, deployment }
            }
            "override" => {
                let (environment, reason) = (gate(workspace, deployment).0, "It burns".to_owned());
                RolloutCommand::Override { rollout, deployment, environment, version, reason, incident: None }
            }
            other => panic!("no example of rollout.{other}"),
        }
    }
}

/// Returns what has to follow a command, so that the next one like it finds nothing in its way: a rollout that runs keeps
/// others from its environment.
pub fn aftermath(command: Command) -> Option<Command> {
    let Command::Rollout(
        RolloutCommand::Request { rollout, deployment, environment, version }
        | RolloutCommand::Override { rollout, deployment, environment, version, .. },
    ) = command
    else {
        return None;
    };
    Some(Command::Rollout(RolloutCommand::Report {
        rollout,
        deployment,
        environment,
        version,
        phase: Phase::Succeeded,
        happened_at: Timestamp(now_ms()),
        source: Source::Person,
        note: None,
    }))
}

impl Card {
    const fn new(team: &mut Team) -> Self {
        Self {
            deployment: DeploymentId::from_u128(team.mint()),
            section: SectionId::from_u128(team.mint()),
            check: CheckId::from_u128(team.mint()),
        }
    }
}

impl Team {
    fn owners_session(&self) -> Asks {
        Asks::Session(credentials::session(self.address()).unwrap())
    }
}

/// A freeze of staging that gates nothing yet.
fn next_year(workspace: &Workspace, name: &str) -> FreezeTerms {
    const YEAR_MS: i64 = 365 * 24 * 60 * 60 * 1000;
    let from = Timestamp(now_ms()).plus(YEAR_MS);
    let environments = vec![environment(workspace, Tier::Staging)];
    let (zone, reason) = ("Europe/Paris".to_owned(), "Nobody is there".to_owned());
    FreezeTerms { name: name.to_owned(), environments, from, until: from.plus(YEAR_MS), zone, reason }
}

/// Says the opposite of what holds, where nothing is asked for.
fn of_policy(workspace: &Workspace) -> PolicyCommand {
    let (environment, risk) = (environment(workspace, Tier::Development), Risk::Low);
    let before = workspace.rules_at(PolicyId { environment, risk });
    PolicyCommand::Set { environment, risk, rules: Rules { four_eyes: !before.four_eyes, ..before } }
}

fn environment(workspace: &Workspace, tier: Tier) -> EnvironmentId {
    workspace.environments.iter().find(|(_, known)| known.tier == tier).map(|(id, _)| *id).unwrap()
}

fn gate(workspace: &Workspace, deployment: DeploymentId) -> (EnvironmentId, slipway_shared::canonical::Hash) {
    let production = environment(workspace, Tier::Production);
    (production, workspace.approval_digest(deployment, production).unwrap())
}

fn save_template(id: TemplateId) -> Command {
    let (name, kind) = (format!("template {id}"), TemplateKind::Checklist);
    Command::Template(TemplateCommand::Save { id, template: Template { name, kind, sections: Vec::new() } })
}

fn change() -> Change {
    let commit = Some("c0ffee".to_owned());
    Change { summary: "Index titles".to_owned(), commit, author: None, authored_at: None, link: None }
}
