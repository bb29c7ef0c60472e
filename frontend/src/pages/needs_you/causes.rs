//! What was refused, by its cause: what came of one decision is decided once.

use slipway_shared::column::ColumnCommand;
use slipway_shared::command::Command;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::outline::OutlineEdit;
use slipway_shared::environment::EnvironmentCommand;
use slipway_shared::freeze::FreezeCommand;
use slipway_shared::label::LabelCommand;
use slipway_shared::rejection::Rejection;
use slipway_shared::service::ServiceCommand;
use slipway_shared::template::TemplateCommand;

use crate::replica::RefusedCommand;

/// Puts commands together that were refused for one reason, oldest first in each group.
#[must_use]
pub fn by_cause(refused: &[RefusedCommand]) -> Vec<Vec<RefusedCommand>> {
    let mut groups: Vec<Vec<RefusedCommand>> = Vec::new();
    for command in refused {
        let same = groups.iter_mut().find(|group| group.iter().any(|known| is_same(known, command)));
        match same {
            Some(group) => group.push(command.clone()),
            None => groups.push(vec![command.clone()]),
        }
    }
    groups
}

/// Tells whether two were refused for one reason: the same thing in the same state, or the second needs what the
/// first would have made.
fn is_same(first: &RefusedCommand, second: &RefusedCommand) -> bool {
    let about = first.command.deployment();
    let same_reason = about == second.command.deployment() && first.rejection == second.rejection;
    (about.is_some() && same_reason) || is_missed(&first.command, &second.rejection)
}

/// Tells whether a rejection says that what a command makes is not there.
fn is_missed(command: &Command, rejection: &Rejection) -> bool {
    use DeploymentCommand as D;
    match (command, rejection) {
        (
            Command::Deployment(D::Open { deployment, .. }),
            Rejection::UnknownDeployment { deployment: missed },
        ) => deployment == missed,
        (Command::Deployment(D::AddCheck { check, .. }), Rejection::UnknownCheck { check: missed }) => {
            check == missed
        }
        (Command::Deployment(D::Comment { comment, .. }), Rejection::UnknownComment { comment: missed }) => {
            comment == missed
        }
        (
            Command::Deployment(D::EditOutline { edit: OutlineEdit::AddSection { section, .. }, .. }),
            Rejection::UnknownSection { section: missed },
        ) => section.id == *missed,
        (
            Command::Service(ServiceCommand::Add { service, .. }),
            Rejection::UnknownService { service: missed },
        ) => service == missed,
        (
            Command::Environment(EnvironmentCommand::Add { environment, .. }),
            Rejection::UnknownEnvironment { environment: missed },
        ) => environment == missed,
        (Command::Column(ColumnCommand::Add { column, .. }), Rejection::UnknownColumn { column: missed }) => {
            column == missed
        }
        (
            Command::Template(TemplateCommand::Save { id, .. }),
            Rejection::UnknownTemplate { template: missed },
        ) => id == missed,
        (Command::Label(LabelCommand::Add { label, .. }), Rejection::UnknownLabel { label: missed }) => {
            label == missed
        }
        (
            Command::Freeze(FreezeCommand::Declare { freeze, .. }),
            Rejection::UnknownFreeze { freeze: missed },
        ) => freeze == missed,
        _ => false,
    }
}

/// The names under which commands hold what somebody has written.
const WRITTEN: [&str; 17] = [
    "version",
    "title",
    "value",
    "text",
    "verify",
    "evidence",
    "note",
    "name",
    "summary",
    "reason",
    "purpose",
    "address",
    "health_address",
    "repository",
    "query",
    "heading",
    "label",
];

/// Returns what somebody has written in a command, line by line.
#[must_use]
pub fn written(command: &Command) -> String {
    let mut texts = Vec::new();
    collect(&serde_json::to_value(command).unwrap_or_default(), &mut texts);
    texts.join("\n")
}

fn collect(value: &serde_json::Value, texts: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                match field.as_str() {
                    Some(text) if WRITTEN.contains(&name.as_str()) && !text.is_empty() => {
                        texts.push(text.to_owned());
                    }
                    Some(_) => {}
                    None => collect(field, texts),
                }
            }
        }
        serde_json::Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use slipway_shared::canonical::Hash;
    use slipway_shared::deployment::DeploymentField;
    use slipway_shared::ids::{ClientId, CommandKey, DeploymentId, EnvironmentId, LabelId};
    use slipway_shared::time::Timestamp;

    use super::*;

    fn edit(deployment: u128, value: &str) -> Command {
        let deployment = DeploymentId::from_u128(deployment);
        let (field, value) = (DeploymentField::Title, value.to_owned());
        Command::Deployment(DeploymentCommand::Edit { deployment, field, value })
    }

    fn refused(seq: u64, command: Command, rejection: Rejection) -> RefusedCommand {
        let key = CommandKey { client: ClientId::from_u128(1), seq };
        RefusedCommand { key, at: Timestamp(0), command, rejection, seen: None }
    }

    fn sizes(refused: &[RefusedCommand]) -> Vec<usize> {
        by_cause(refused).iter().map(Vec::len).collect()
    }

    #[test]
    fn one_deployment_refused_for_one_reason_is_one_thing_to_decide() {
        let finished = Rejection::DeploymentFinished;
        let all = [
            refused(1, edit(1, "a"), finished.clone()),
            refused(2, edit(2, "b"), finished.clone()),
            refused(3, edit(1, "c"), finished),
            refused(4, edit(1, "d"), Rejection::Internal),
        ];
        assert_eq!(sizes(&all), [2, 1, 1]);
    }

    #[test]
    fn what_needed_something_that_was_refused_belongs_to_it() {
        let label = LabelId::from_u128(7);
        let add = Command::Label(LabelCommand::Add { label, name: "hotfix".to_owned() });
        let deployment = DeploymentId::from_u128(1);
        let put = Command::Deployment(DeploymentCommand::AddLabel { deployment, label });
        let all = [
            refused(1, add, Rejection::NameTaken { name: "hotfix".to_owned() }),
            refused(2, put, Rejection::UnknownLabel { label }),
        ];
        assert_eq!(sizes(&all), [2]);
    }

    #[test]
    fn what_was_written_is_there_to_be_read() {
        assert_eq!(written(&edit(1, "Faster search")), "Faster search");
        let (deployment, environment) = (DeploymentId::from_u128(1), EnvironmentId::from_u128(2));
        let reason = "Not on Friday".to_owned();
        let decline = DeploymentCommand::Decline { deployment, environment, digest: Hash::ZERO, reason };
        assert_eq!(written(&Command::Deployment(decline)), "Not on Friday");
        let finish = DeploymentCommand::Finish { deployment: DeploymentId::from_u128(1) };
        assert_eq!(written(&Command::Deployment(finish)), "");
    }
}
