//! Whether a command may happen, and what it changes. The only place rules live; changes nothing itself.

use crate::capability;
use crate::column::{ColumnEvent, ColumnKind, NewColumn};
use crate::command::{Command, WorkspaceCommand};
use crate::context::Context;
use crate::deployment::decide::all_different;
use crate::environment::{EnvironmentEvent, NewEnvironment};
use crate::event::{Event, WorkspaceEvent};
use crate::ids::MemberId;
use crate::label::{BuiltInLabel, LabelCommand, LabelEvent};
use crate::member::{MemberEvent, Role};
use crate::rejection::{Rejection, TextField};
use crate::service::{ServiceCommand, ServiceEvent};
use crate::text::{line, optional_line};
use crate::workspace::Workspace;

/// Decides what `command` would change, changing nothing. No events means it has no effect any more.
///
/// # Errors
///
/// The rule that forbids it, with its data. Who may do it at all comes first, see [`capability`].
pub fn decide(workspace: &Workspace, context: &Context, command: &Command) -> Result<Vec<Event>, Rejection> {
    match capability::refusal(workspace, context.actor, command) {
        Some(refusal) => Err(refusal),
        None => decide_for_anybody(workspace, context, command),
    }
}

/// As [`decide`], whoever acts: for predictions while that is not known.
pub(crate) fn decide_for_anybody(
    workspace: &Workspace,
    context: &Context,
    command: &Command,
) -> Result<Vec<Event>, Rejection> {
    match command {
        Command::Nothing => Ok(Vec::new()),
        Command::Workspace(WorkspaceCommand::Create { name, owner, environments, columns }) => {
            create_workspace(workspace, name, *owner, environments, columns)
        }
        Command::Workspace(WorkspaceCommand::Rename { name }) => {
            let name = line(TextField::Name, name)?;
            let renamed =
                (name != workspace.name).then_some(Event::Workspace(WorkspaceEvent::Renamed { name }));
            Ok(renamed.into_iter().collect())
        }
        Command::Workspace(WorkspaceCommand::Move {}) => Ok(vec![Event::Workspace(WorkspaceEvent::Moved {})]),
        Command::Member(command) => workspace.decide_member(command),
        Command::Service(command) => add_service(workspace, command),
        Command::Label(command) => add_label(workspace, command),
        Command::Template(command) => workspace.decide_template(context, command),
        Command::Deployment(command) => workspace.decide_deployment(context, command),
        Command::Rollout(command) => workspace.decide_rollout(context, command),
    }
}

fn create_workspace(
    workspace: &Workspace,
    name: &str,
    owner: MemberId,
    environments: &[NewEnvironment],
    columns: &[NewColumn],
) -> Result<Vec<Event>, Rejection> {
    if !workspace.name.is_empty() {
        return Err(Rejection::WorkspaceExists);
    }
    let name = line(TextField::Name, name)?;
    too_many(environments.len().max(columns.len()), 50)?;
    let mut events = vec![
        Event::Workspace(WorkspaceEvent::Created { name }),
        Event::Member(MemberEvent::Joined { member: owner, role: Role::Admin }),
    ];
    all_different(environments.iter().map(|environment| environment.environment.as_u128()))?;
    all_different(columns.iter().map(|column| column.column.as_u128()))?;
    for (place, environment) in environments.iter().enumerate() {
        let name = line(TextField::Name, &environment.name)?;
        if environments.iter().take(place).any(|before| same_name(before.name.trim(), &name)) {
            return Err(Rejection::NameTaken { name });
        }
        let environment = NewEnvironment { name, ..environment.clone() };
        events.push(Event::Environment(EnvironmentEvent::Added(environment)));
    }
    for column in columns {
        if let ColumnKind::Environment(environment) = column.kind
            && !environments.iter().any(|known| known.environment == environment)
        {
            return Err(Rejection::UnknownEnvironment { environment });
        }
        let name = line(TextField::Name, &column.name)?;
        events.push(Event::Column(ColumnEvent::Added(NewColumn { name, ..column.clone() })));
    }
    Ok(events)
}

fn add_service(workspace: &Workspace, command: &ServiceCommand) -> Result<Vec<Event>, Rejection> {
    let ServiceCommand::Add { service, name, hue, repository } = command;
    let name = line(TextField::Name, name)?;
    let repository = optional_line(TextField::Repository, repository.as_deref())?;
    if workspace.services.contains_key(service) {
        return Err(Rejection::IdTaken);
    }
    if workspace.service_named(&name).is_some() {
        return Err(Rejection::NameTaken { name });
    }
    if *hue >= 360 {
        return Err(Rejection::OutOfRange);
    }
    Ok(vec![Event::Service(ServiceEvent::Added { service: *service, name, hue: *hue, repository })])
}

fn add_label(workspace: &Workspace, command: &LabelCommand) -> Result<Vec<Event>, Rejection> {
    let LabelCommand::Add { label, name } = command;
    let name = line(TextField::Name, name)?;
    if workspace.labels.contains_key(label) {
        return Err(Rejection::IdTaken);
    }
    let taken = workspace.labels.values().any(|known| same_name(&known.name, &name));
    if taken || BuiltInLabel::ALL.iter().any(|known| same_name(known.name(), &name)) {
        return Err(Rejection::NameTaken { name });
    }
    Ok(vec![Event::Label(LabelEvent::Added { label: *label, name })])
}

/// Tells whether two names are the same to a person.
pub(crate) fn same_name(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// Refuses more than `limit` of something.
pub(crate) fn too_many(count: usize, limit: usize) -> Result<(), Rejection> {
    if count > limit {
        return Err(Rejection::TooMany { count: count as u64, limit: limit as u64 });
    }
    Ok(())
}
