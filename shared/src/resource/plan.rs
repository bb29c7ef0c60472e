//! From what is asked for to the commands that do it. What can't be made a command is told here; whether it may happen,
//! and whether its texts are right, is told by [`decide`](crate::decide::decide).

use super::asked::{
    AddCheck, AttachChanges, Attest, ColumnEnd, EditDeployment, Judge, MarkStage, MoveDeployment,
    NewDeployment, NewLabel, NewRollout, NewService, ReportRollout, SayTested,
};
use super::find::{AskedLabel, Unknown};
use crate::column::ColumnKind;
use crate::command::Command;
use crate::deployment::approval::Verdict;
use crate::deployment::command::DeploymentCommand;
use crate::deployment::document::{nesting, new_parts};
use crate::deployment::{Deployment, DeploymentField};
use crate::document::{Document, ParseError, builtin_template, parse};
use crate::environment::Testing;
use crate::ids::{CheckId, ColumnId, DeploymentId, LabelId, RolloutId, ServiceId};
use crate::label::{BuiltInLabel, LabelCommand};
use crate::rank;
use crate::rollout::{Attempt, Phase, RolloutCommand, Source};
use crate::service::ServiceCommand;
use crate::stage::Stage;
use crate::time::Timestamp;
use crate::workspace::Workspace;

/// Turns hues apart by the golden angle, so that services next to each other differ most.
const GOLDEN_ANGLE: usize = 137;

/// Why something can't be made a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It names something that is not there.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// Its document can't be read.
    #[error(transparent)]
    Document(#[from] ParseError),
    /// The board has no column for it.
    #[error("the board has no queue to begin in; name a column")]
    NoQueue,
    /// The label follows the facts.
    #[error("the label {} follows the facts by itself; it can't be set or taken off", .0.name())]
    BuiltIn(BuiltInLabel),
    /// It is not said which deployment.
    #[error("which deployment is not said: give deployment, or service and version")]
    NoDeployment,
    /// There is nothing to be tested.
    #[error("it was not rolled out to this environment yet, so that there is nothing to be tested")]
    NotRolledOut,
    /// A time is given where none belongs.
    #[error(
        "started_at is for a rollout that has ended; one that starts has happened_at, one that is asked for neither"
    )]
    Times,
}

/// What makes something new: its id, and the commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Making<I> {
    /// The id of what is made.
    pub id: I,
    /// What makes it.
    pub commands: Vec<Command>,
}

impl Workspace {
    /// Returns a hue that differs from those of the other services.
    #[must_use]
    pub fn next_hue(&self) -> u16 {
        u16::try_from((220 + self.services.len() * GOLDEN_ANGLE) % 360).unwrap_or_default()
    }

    /// Returns the column that new deployments begin in.
    #[must_use]
    pub fn first_queue(&self) -> Option<ColumnId> {
        let is_queue =
            |id: &ColumnId| self.columns.get(id).is_some_and(|column| column.kind == ColumnKind::Queue);
        self.columns_in_order().into_iter().find(is_queue)
    }

    /// Returns the rank at an end of a column.
    fn rank_at(&self, column: ColumnId, end: ColumnEnd) -> String {
        let cards = self.cards_in(column);
        let rank = |card: Option<&DeploymentId>| {
            card.and_then(|card| self.deployments.get(card)).map(|card| card.rank.as_str())
        };
        match end {
            ColumnEnd::Top => rank::between(None, rank(cards.first())),
            ColumnEnd::Bottom => rank::between(rank(cards.last()), None),
        }
    }

    /// Plans to add a service. `mint` gives a new number for an id each time it is called, here and below.
    pub fn plan_service(&self, asked: NewService, mut mint: impl FnMut() -> u128) -> Making<ServiceId> {
        let NewService { name, repository, hue } = asked;
        let id = ServiceId::from_u128(mint());
        let hue = hue.unwrap_or_else(|| self.next_hue());
        let add = ServiceCommand::Add { service: id, name, hue, repository };
        Making { id, commands: vec![Command::Service(add)] }
    }

    /// Plans to add a label.
    pub fn plan_label(&self, asked: NewLabel, mut mint: impl FnMut() -> u128) -> Making<LabelId> {
        let id = LabelId::from_u128(mint());
        Making { id, commands: vec![Command::Label(LabelCommand::Add { label: id, name: asked.name })] }
    }

    /// Plans to open a deployment at the top of its column.
    ///
    /// # Errors
    ///
    /// When service or column are not there, or the document can't be read.
    pub fn plan_deployment(
        &self,
        asked: NewDeployment,
        mut mint: impl FnMut() -> u128,
    ) -> Result<Making<DeploymentId>, Unfit> {
        let service = self.find_service(&asked.service)?;
        let column = match &asked.column {
            Some(text) => self.find_column(text)?,
            None => self.first_queue().ok_or(Unfit::NoQueue)?,
        };
        let document = document_of(&asked)?;
        let id = DeploymentId::from_u128(mint());
        let (written, sections) = new_parts(&document, mint);
        let nesting = nesting(id, &document, &sections);
        let open = DeploymentCommand::Open {
            deployment: id,
            service,
            version: asked.version,
            title: asked.title.unwrap_or(document.title),
            column,
            rank: self.rank_at(column, ColumnEnd::Top),
            changes: written.into_iter().chain(asked.changes.into_iter().map(Into::into)).collect(),
            sections,
        };
        Ok(Making { id, commands: [open].into_iter().chain(nesting).map(Command::Deployment).collect() })
    }

    /// Plans to ask for a rollout or to tell of one; `now` is when it happened where that is not said.
    ///
    /// # Errors
    ///
    /// When the deployment or the environment are not there.
    pub fn plan_rollout(
        &self,
        asked: NewRollout,
        now: Timestamp,
        mut mint: impl FnMut() -> u128,
    ) -> Result<Making<RolloutId>, Unfit> {
        let (deployment, known) = self.deployment_of(&asked)?;
        let environment = self.find_environment(&asked.environment)?;
        let version = asked.version.unwrap_or_else(|| known.version.value.clone());
        let id = RolloutId::from_u128(mint());
        let Some(phase) = asked.phase.reported() else {
            if asked.happened_at.is_some() || asked.started_at.is_some() {
                return Err(Unfit::Times);
            }
            let request = RolloutCommand::Request { rollout: id, deployment, environment, version };
            return Ok(Making { id, commands: vec![Command::Rollout(request)] });
        };
        if phase == Phase::Started && asked.started_at.is_some() {
            return Err(Unfit::Times);
        }
        let about = Attempt { rollout: id, deployment, environment, version };
        let began = asked.started_at.map(|at| about.report(Phase::Started, at, Source::Person, None));
        let at = asked.happened_at.unwrap_or(now);
        let ended = about.report(phase, at, Source::Person, asked.note);
        Ok(Making { id, commands: began.into_iter().chain([ended]).collect() })
    }

    fn deployment_of(&self, asked: &NewRollout) -> Result<(DeploymentId, &Deployment), Unfit> {
        let id = match (asked.deployment, &asked.service, &asked.version) {
            (Some(id), None, _) => id,
            (None, Some(service), Some(version)) => {
                self.find_version(self.find_service(service)?, version)?
            }
            (Some(_), Some(_), _) | (None, None, _) | (None, Some(_), None) => {
                return Err(Unfit::NoDeployment);
            }
        };
        let known = self.deployments.get(&id);
        let unknown = || Unknown { kind: super::find::Kind::Deployment, text: id.to_string() };
        Ok((id, known.ok_or_else(unknown)?))
    }

    /// Plans to tell how far a rollout is; `None` where there is no such one.
    #[must_use]
    pub fn plan_report(&self, id: RolloutId, asked: ReportRollout, now: Timestamp) -> Option<Vec<Command>> {
        let known = self.rollouts.get(&id)?;
        let about = Attempt::of(id, known);
        Some(vec![about.report(asked.phase, asked.happened_at.unwrap_or(now), Source::Person, asked.note)])
    }
}

fn document_of(asked: &NewDeployment) -> Result<Document, Unfit> {
    let Some(text) = &asked.document else { return Ok(builtin_template()) };
    let read = match parse(text) {
        Err(ParseError::NoDeployment { .. } | ParseError::Empty) => {
            parse(&format!("## Deployment: {}\n\n{text}", asked.version))
        }
        read => read,
    };
    Ok(read?.document)
}

/// Something asked for about a deployment that is there.
pub struct Subject<'a> {
    /// The workspace it is in.
    pub workspace: &'a Workspace,
    /// Its id.
    pub id: DeploymentId,
    /// What it is.
    pub known: &'a Deployment,
}

impl Subject<'_> {
    /// Plans to replace version and title.
    #[must_use]
    pub fn edit(&self, asked: EditDeployment) -> Vec<Command> {
        let EditDeployment { version, title } = asked;
        let fields = [(DeploymentField::Version, version), (DeploymentField::Title, title)];
        let given = fields.into_iter().filter_map(|(field, value)| Some((field, value?)));
        given.map(|(field, value)| self.edit_field(field, value)).collect()
    }

    /// Plans to replace the text of a section, by heading or id.
    ///
    /// # Errors
    ///
    /// When there is no such section.
    pub fn edit_section(&self, section: &str, text: String) -> Result<Vec<Command>, Unfit> {
        let field = DeploymentField::SectionText(self.known.find_section(section)?);
        Ok(vec![self.edit_field(field, text)])
    }

    fn edit_field(&self, field: DeploymentField, value: String) -> Command {
        Command::Deployment(DeploymentCommand::Edit { deployment: self.id, field, value })
    }

    /// Plans to move it on the board.
    ///
    /// # Errors
    ///
    /// When a column is not there.
    pub fn shift(&self, asked: &MoveDeployment) -> Result<Vec<Command>, Unfit> {
        let to = self.workspace.find_column(&asked.to)?;
        let from = asked.from.as_deref().map(|text| self.workspace.find_column(text)).transpose()?;
        let from = from.unwrap_or(self.known.column);
        let rank = match self.known.column == to && asked.place.is_none() {
            true => self.known.rank.clone(),
            false => self.workspace.rank_at(to, asked.place.unwrap_or_default()),
        };
        Ok(vec![Command::Deployment(DeploymentCommand::Move { deployment: self.id, from, to, rank })])
    }

    /// Plans to add a check.
    ///
    /// # Errors
    ///
    /// When there is no such section.
    pub fn add_check(
        &self,
        asked: AddCheck,
        mut mint: impl FnMut() -> u128,
    ) -> Result<Making<CheckId>, Unfit> {
        let AddCheck { section, text, verify } = asked;
        let (section, id) = (self.known.find_section(&section)?, CheckId::from_u128(mint()));
        let add = DeploymentCommand::AddCheck { deployment: self.id, section, check: id, text, verify };
        Ok(Making { id, commands: vec![Command::Deployment(add)] })
    }

    /// Plans to say how a check stands.
    #[must_use]
    pub fn attest(&self, check: CheckId, asked: Attest) -> Vec<Command> {
        let Attest { state, evidence } = asked;
        vec![Command::Deployment(DeploymentCommand::Attest { deployment: self.id, check, state, evidence })]
    }

    /// Plans to add changes.
    #[must_use]
    pub fn attach(&self, asked: AttachChanges) -> Vec<Command> {
        let changes = asked.changes.into_iter().map(Into::into).collect();
        vec![Command::Deployment(DeploymentCommand::AttachChanges { deployment: self.id, changes })]
    }

    /// Plans to mark a stage.
    #[must_use]
    pub fn mark(&self, stage: Stage, asked: &MarkStage, now: Timestamp) -> Vec<Command> {
        let mut shown = Stage::ALL.into_iter().zip(self.workspace.track(self.id, now));
        let shown = shown.find(|(known, _)| *known == stage);
        let from = asked.from.or(shown.map(|(_, state)| state)).unwrap_or_default();
        vec![Command::Deployment(DeploymentCommand::MarkStage {
            deployment: self.id,
            stage,
            from,
            to: asked.state,
        })]
    }

    /// Plans to say how a kind of testing went in an environment, by name or id, of what was rolled out there last.
    ///
    /// # Errors
    ///
    /// When the environment is not there, or nothing was rolled out to it.
    pub fn say_tested(
        &self,
        environment: &str,
        testing: Testing,
        asked: SayTested,
    ) -> Result<Vec<Command>, Unfit> {
        let (deployment, environment) = (self.id, self.workspace.find_environment(environment)?);
        let latest = self.workspace.latest_rollout_in(deployment, environment);
        let (rollout, _) = latest.ok_or(Unfit::NotRolledOut)?;
        let SayTested { outcome, note } = asked;
        let test = DeploymentCommand::Test { deployment, environment, testing, rollout, outcome, note };
        Ok(vec![Command::Deployment(test)])
    }

    /// Plans to put a label on it, by name or id.
    ///
    /// # Errors
    ///
    /// When there is no such label, or it follows the facts.
    pub fn add_label(&self, text: &str) -> Result<Vec<Command>, Unfit> {
        let label = self.own_label(text)?;
        Ok(vec![Command::Deployment(DeploymentCommand::AddLabel { deployment: self.id, label })])
    }

    /// Plans to take a label off it, by name or id.
    ///
    /// # Errors
    ///
    /// When there is no such label, or it follows the facts.
    pub fn remove_label(&self, text: &str) -> Result<Vec<Command>, Unfit> {
        let label = self.own_label(text)?;
        Ok(vec![Command::Deployment(DeploymentCommand::RemoveLabel { deployment: self.id, label })])
    }

    fn own_label(&self, text: &str) -> Result<LabelId, Unfit> {
        match self.workspace.find_label(text)? {
            AskedLabel::Own(label) => Ok(label),
            AskedLabel::BuiltIn(label) => Err(Unfit::BuiltIn(label)),
        }
    }

    /// Plans to approve or decline it.
    ///
    /// # Errors
    ///
    /// When the environment is not there.
    pub fn judge(&self, asked: Judge) -> Result<Vec<Command>, Unfit> {
        let Judge { environment, verdict, digest, note } = asked;
        let (deployment, environment) = (self.id, self.workspace.find_environment(&environment)?);
        let command = match verdict {
            Verdict::Approved => DeploymentCommand::Approve { deployment, environment, digest, note },
            Verdict::Declined => DeploymentCommand::Decline {
                deployment,
                environment,
                digest,
                reason: note.unwrap_or_default(),
            },
        };
        Ok(vec![Command::Deployment(command)])
    }

    /// Plans to take it off the board.
    #[must_use]
    pub fn finish(&self) -> Vec<Command> {
        vec![Command::Deployment(DeploymentCommand::Finish { deployment: self.id })]
    }

    /// Plans to put it back on the board; `detail` is what it was before it was sealed.
    #[must_use]
    pub fn reopen(&self, detail: Option<Deployment>) -> Vec<Command> {
        let deployment = self.id;
        let unseal = detail.map(|detail| DeploymentCommand::Unseal { deployment, detail: Box::new(detail) });
        let commands = unseal.into_iter().chain([DeploymentCommand::Reopen { deployment }]);
        commands.map(Command::Deployment).collect()
    }
}
