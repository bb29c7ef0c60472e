//! Collects what people did, at any time in any order, and puts it into the order it happened in.

use std::collections::BTreeMap;

use slipway_shared::canonical::Hash;
use slipway_shared::check::CheckState;
use slipway_shared::command::{Command, WorkspaceCommand};
use slipway_shared::deployment::Change;
use slipway_shared::deployment::approval::Content;
use slipway_shared::deployment::command::{DeploymentCommand, NewSection};
use slipway_shared::deployment::document::new_parts;
use slipway_shared::deployment::testing::TestOutcome;
use slipway_shared::document::{SectionKind, builtin_template};
use slipway_shared::environment::{Testing, Tier};
use slipway_shared::freeze::{FreezeCommand, FreezeTerms};
use slipway_shared::ids::{
    CheckId, ClientId, ColumnId, CommandKey, DeploymentId, EnvironmentId, FreezeId, LabelId, MemberId,
    RolloutId, ServiceId,
};
use slipway_shared::label::LabelCommand;
use slipway_shared::member::MemberCommand;
use slipway_shared::policy::Rules;
use slipway_shared::rank;
use slipway_shared::rollout::{Phase, RolloutCommand, Source};
use slipway_shared::service::ServiceCommand;
use slipway_shared::stage::{Stage, StageState};
use slipway_shared::sync::envelope::CommandEnvelope;
use slipway_shared::time::Timestamp;
use slipway_shared::workspace::{Workspace, default_setup};

use super::cast::{APPROVERS, LABELS, PEOPLE, SERVICES, member};
use super::random::Random;
use crate::open::Planned;

/// Its id is none of those that are drawn, so that the rest of the demo stays the same.
const STOCKTAKING: FreezeId = FreezeId::from_u128(0x0192_de30_0000_7000_8000_4652_4545_5a45);

pub(super) const MINUTE: i64 = 60_000;
pub(super) const HOUR: i64 = 60 * MINUTE;
pub(super) const DAY: i64 = 24 * HOUR;
/// How far the history goes back.
pub(super) const YEAR: i64 = 365 * DAY;

pub(super) struct Planner {
    /// Whether one person does everything, in a workspace of theirs.
    pub(super) is_alone: bool,
    pub(super) now: Timestamp,
    pub(super) random: Random,
    done: Vec<(Timestamp, usize, Command)>,
    services: Vec<ServiceId>,
    labels: Vec<LabelId>,
    environments: BTreeMap<Tier, EnvironmentId>,
    /// From left to right.
    columns: Vec<ColumnId>,
}

/// A deployment that is being planned.
pub(super) struct Card {
    pub(super) id: DeploymentId,
    pub(super) version: String,
    /// The checks that count for progress, in the order of the document.
    pub(super) checks: Vec<CheckId>,
    author: usize,
    /// The digest of what is approved for production.
    digest: Hash,
    column: ColumnId,
    latest: BTreeMap<Tier, RolloutId>,
}

/// What a new card is about.
pub(super) struct NewCard<'a> {
    pub(super) service: usize,
    pub(super) version: &'a str,
    pub(super) title: &'a str,
    pub(super) changes: Vec<Change>,
    pub(super) steps: &'a str,
    pub(super) rollback: &'a str,
}

/// The columns of the board, by their place.
pub(super) const APPROVAL: usize = 3;
pub(super) const MONITORING: usize = 5;

impl Planner {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            is_alone: false,
            now,
            random: Random::new(0x4841_5242_4f55_5231),
            done: Vec::new(),
            services: Vec::new(),
            labels: Vec::new(),
            environments: BTreeMap::new(),
            columns: Vec::new(),
        }
    }

    /// Sets up workspace, people, services and labels, a little more than a year ago.
    pub(super) fn set_up(&mut self) {
        let begin = self.now.plus(-YEAR - 20 * DAY);
        let random = &mut self.random;
        let setup = default_setup("Harbour", member(0), || random.id());
        let WorkspaceCommand::Create { environments, columns, .. } = &setup else { return };
        self.environments = environments.iter().map(|known| (known.tier, known.environment)).collect();
        self.columns = columns.iter().map(|column| column.column).collect();
        self.act(begin, 0, Command::Workspace(setup));
        for (index, person) in PEOPLE.iter().enumerate().skip(1) {
            let joins = MemberCommand::Add { member: member(index), role: person.role };
            self.act(begin.plus(HOUR), 0, Command::Member(joins));
        }
        self.add_services(begin.plus(2 * HOUR));
        self.add_labels(begin.plus(3 * HOUR));
    }

    /// Declares a freeze of production for two days of next week.
    pub(super) fn freeze_next_week(&mut self) {
        let Some(production) = self.environments.get(&Tier::Production).copied() else { return };
        let from = self.now.plus(7 * DAY);
        let terms = FreezeTerms {
            name: "Stocktaking".to_owned(),
            environments: vec![production],
            from,
            until: from.plus(2 * DAY),
            zone: "Europe/Paris".to_owned(),
            reason: "The warehouse counts, and nothing may move under it".to_owned(),
        };
        let declare = FreezeCommand::Declare { freeze: STOCKTAKING, terms };
        self.act(self.now.plus(-DAY), 0, Command::Freeze(declare));
    }

    /// Begins in a workspace that is set up, where one person does everything.
    pub(super) fn alone(workspace: &Workspace, now: Timestamp, seed: u64) -> Self {
        let environments = workspace.environments.iter().map(|(id, known)| (known.tier, *id)).collect();
        let columns = workspace.columns_in_order();
        Self { is_alone: true, random: Random::new(seed), environments, columns, ..Self::new(now) }
    }

    pub(super) fn add_services(&mut self, at: Timestamp) {
        for service in &SERVICES {
            let id = ServiceId::from_u128(self.random.id());
            self.services.push(id);
            // A link leads nowhere but in the demo, where everything is made up.
            let repository = (!self.is_alone).then(|| format!("git.harbour.example/{}", service.name));
            let (name, hue) = (service.name.to_owned(), service.hue);
            let add = ServiceCommand::Add { service: id, name, hue, repository };
            self.act(at, 0, Command::Service(add));
        }
    }

    pub(super) fn add_labels(&mut self, at: Timestamp) {
        for name in LABELS {
            let label = LabelId::from_u128(self.random.id());
            self.labels.push(label);
            let add = LabelCommand::Add { label, name: name.to_owned() };
            self.act(at, 0, Command::Label(add));
        }
    }

    /// Lets somebody do something.
    pub(super) fn act(&mut self, at: Timestamp, person: usize, command: Command) {
        self.done.push((at, person, command));
    }

    pub(super) fn open(&mut self, at: Timestamp, person: usize, new: NewCard<'_>) -> Option<Card> {
        let (id, sections) =
            (DeploymentId::from_u128(self.random.id()), self.sections(new.steps, new.rollback));
        let counts = |section: &&NewSection| section.kind != SectionKind::Environments;
        let checks = sections.iter().filter(counts).flat_map(|section| &section.checks);
        let checks = checks.map(|check| check.id).collect();
        let asked_for = Rules::of_tier(Tier::Production).required;
        let required = sections.iter().filter(|section| asked_for.contains(&section.kind));
        let checks_of = required.flat_map(|section| &section.checks);
        let approved = Content {
            version: new.version.to_owned(),
            checks: checks_of.map(|known| known.text.clone()).collect(),
            artifacts: Vec::new(),
            risk: None,
            policy: None,
        };
        let digest = approved.digest(id, *self.environments.get(&Tier::Production)?);
        let (service, column) = (*self.services.get(new.service)?, *self.columns.first()?);
        let open = DeploymentCommand::Open {
            deployment: id,
            service,
            version: new.version.to_owned(),
            title: new.title.to_owned(),
            column,
            rank: rank::between(None, None),
            changes: new.changes,
            sections,
        };
        self.act(at, person, Command::Deployment(open));
        let (version, latest) = (new.version.to_owned(), BTreeMap::new());
        Some(Card { id, version, checks, author: person, digest, column, latest })
    }

    fn sections(&mut self, steps: &str, rollback: &str) -> Vec<NewSection> {
        let mut document = builtin_template();
        for section in &mut document.sections {
            match section.kind {
                SectionKind::Steps => steps.clone_into(&mut section.text),
                SectionKind::Rollback => rollback.clone_into(&mut section.text),
                _ => {}
            }
        }
        new_parts(&document, || self.random.id()).1
    }

    pub(super) fn attest(
        &mut self,
        at: Timestamp,
        person: usize,
        card: &Card,
        check: usize,
        state: CheckState,
        evidence: Option<&str>,
    ) {
        let Some(check) = card.checks.get(check).copied() else { return };
        let evidence = evidence.map(str::to_owned);
        let attest = DeploymentCommand::Attest { deployment: card.id, check, state, evidence };
        self.act(at, person, Command::Deployment(attest));
    }

    pub(super) fn mark(&mut self, at: Timestamp, person: usize, card: &Card, stage: Stage, to: StageState) {
        let from = StageState::NotStarted;
        let mark = DeploymentCommand::MarkStage { deployment: card.id, stage, from, to };
        self.act(at, person, Command::Deployment(mark));
    }

    /// Says that a kind of testing on staging passed.
    pub(super) fn test(&mut self, at: Timestamp, person: usize, card: &Card, testing: Testing) {
        let environment = self.environments.get(&Tier::Staging).copied();
        let (Some(environment), Some(rollout)) = (environment, card.latest.get(&Tier::Staging).copied())
        else {
            return;
        };
        let (deployment, outcome, note) = (card.id, Some(TestOutcome::Passed), None);
        let test = DeploymentCommand::Test { deployment, environment, testing, rollout, outcome, note };
        self.act(at, person, Command::Deployment(test));
    }

    /// Says that all testing on staging passed, which takes the card to wait for approval.
    pub(super) fn verify(&mut self, at: Timestamp, person: usize, card: &mut Card) {
        self.test(at.plus(-MINUTE), person, card, Testing::Automated);
        self.test(at, person, card, Testing::Manual);
        card.column = self.columns.get(APPROVAL).copied().unwrap_or(card.column);
    }

    /// Lets somebody approve the rollout to production; somebody else where they opened the deployment.
    pub(super) fn approve(&mut self, at: Timestamp, person: usize, card: &Card) {
        let Some(environment) = self.environments.get(&Tier::Production).copied() else { return };
        let person =
            if person == card.author { APPROVERS[usize::from(person == APPROVERS[0])] } else { person };
        let (deployment, digest, note) = (card.id, card.digest, None);
        let approve = DeploymentCommand::Approve { deployment, environment, digest, note };
        self.act(at, person, Command::Deployment(approve));
    }

    /// Begins a rollout, or goes on with the latest one there.
    pub(super) fn report(
        &mut self,
        at: Timestamp,
        person: usize,
        card: &mut Card,
        tier: Tier,
        phase: Phase,
        note: Option<&str>,
    ) {
        let Some(environment) = self.environments.get(&tier).copied() else { return };
        let known = card.latest.get(&tier).copied();
        let rollout = known.unwrap_or_else(|| RolloutId::from_u128(self.random.id()));
        card.latest.insert(tier, rollout);
        let place = match tier {
            Tier::Development => 1,
            Tier::Staging => 2,
            Tier::Production => 4,
        };
        card.column = self.columns.get(place).copied().unwrap_or(card.column);
        let report = RolloutCommand::Report {
            rollout,
            deployment: card.id,
            environment,
            version: card.version.clone(),
            phase,
            happened_at: at,
            source: Source::Person,
            note: note.map(str::to_owned),
        };
        self.act(at, person, Command::Rollout(report));
    }

    /// Lets the next report of a tier begin a new rollout.
    pub(super) fn again(card: &mut Card, tier: Tier) {
        card.latest.remove(&tier);
    }

    pub(super) fn move_to(
        &mut self,
        at: Timestamp,
        person: usize,
        card: &mut Card,
        place: usize,
        rank: &str,
    ) {
        let Some(to) = self.columns.get(place).copied() else { return };
        let (deployment, from, rank) = (card.id, card.column, rank.to_owned());
        self.act(at, person, Command::Deployment(DeploymentCommand::Move { deployment, from, to, rank }));
        card.column = to;
    }

    pub(super) fn label(&mut self, at: Timestamp, person: usize, card: &Card, label: usize) {
        let Some(label) = self.labels.get(label).copied() else { return };
        let add = DeploymentCommand::AddLabel { deployment: card.id, label };
        self.act(at, person, Command::Deployment(add));
    }

    pub(super) fn finish_card(&mut self, at: Timestamp, person: usize, card: &Card) {
        self.act(at, person, Command::Deployment(DeploymentCommand::Finish { deployment: card.id }));
    }

    /// Returns everything in the order it happened in, as one queue of one member.
    pub(super) fn finish_as(self, actor: MemberId, client: ClientId) -> Vec<Planned> {
        let plan = self.in_order().into_iter().zip(1..).map(|((at, _, command), seq)| {
            let key = CommandKey { client, seq };
            let envelope =
                CommandEnvelope { key, at, seen: 0, seen_chain: None, causes: Vec::new(), command };
            Planned { actor, envelope }
        });
        plan.collect()
    }

    fn in_order(mut self) -> Vec<(Timestamp, usize, Command)> {
        // Stable: what happened at the same moment stays in the order it was planned in.
        self.done.sort_by_key(|(at, ..)| *at);
        self.done
    }

    /// Returns everything in the order it happened in; each person's commands are one queue.
    pub(super) fn finish(self) -> Vec<Planned> {
        let mut queues = BTreeMap::new();
        let plan = self.in_order().into_iter().map(|(at, person, command)| {
            let seq = queues.entry(person).and_modify(|seq| *seq += 1).or_insert(1_u64);
            let client = ClientId::from_u128(0x0192_de30_0000_7000_8000_0000_0001_0000 + person as u128);
            let key = CommandKey { client, seq: *seq };
            let envelope =
                CommandEnvelope { key, at, seen: 0, seen_chain: None, causes: Vec::new(), command };
            Planned { actor: member(person), envelope }
        });
        plan.collect()
    }
}
