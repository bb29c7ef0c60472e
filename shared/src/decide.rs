//! Whether a command may happen, and what it changes. The only place rules live; changes nothing itself.

use crate::capability;
use crate::column::{ColumnEvent, ColumnKind, NewColumn};
use crate::command::{Command, WorkspaceCommand};
use crate::context::Context;
use crate::deployment::decide::all_different;
use crate::environment::{EnvironmentEvent, NewEnvironment};
use crate::event::{Event, WorkspaceEvent};
use crate::ids::MemberId;
use crate::member::{MemberEvent, Role};
use crate::rejection::{Rejection, TextField};
use crate::text::line;
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
        Command::Service(command) => workspace.decide_service(command),
        Command::Environment(command) => workspace.decide_environment(command),
        Command::Column(command) => workspace.decide_column(command),
        Command::Label(command) => workspace.decide_label(command),
        Command::View(command) => workspace.decide_view(command),
        Command::Template(command) => workspace.decide_template(context, command),
        Command::Deployment(command) => workspace.decide_deployment(context, command),
        Command::Rollout(command) => workspace.decide_rollout(context, command),
        Command::Policy(command) => workspace.decide_policy(context, command),
        Command::Freeze(command) => workspace.decide_freeze(context, command),
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

/// Tells whether a flag is off: it is left out of what is stored then.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
pub(crate) const fn is_false(value: &bool) -> bool {
    !*value
}
