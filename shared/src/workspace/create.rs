//! What a new workspace begins with: the source's three environments and six columns.

use crate::column::{ColumnKind, NewColumn};
use crate::command::WorkspaceCommand;
use crate::environment::{NewEnvironment, Testing, Tier};
use crate::ids::{ColumnId, EnvironmentId, MemberId};

/// Returns the command that sets up a workspace with the three environments and six columns of the source.
///
/// `mint` gives a new number for an id each time it is called.
pub fn default_setup(name: &str, owner: MemberId, mut mint: impl FnMut() -> u128) -> WorkspaceCommand {
    let mut environment = |position, name: &str, tier, testing: &[Testing]| NewEnvironment {
        environment: EnvironmentId::from_u128(mint()),
        name: name.to_owned(),
        position,
        tier,
        testing: testing.to_vec(),
    };
    let development = environment(0, "Development", Tier::Development, &[Testing::Automated]);
    let staging = environment(1, "Staging", Tier::Staging, &[Testing::Manual, Testing::Automated]);
    let production = environment(2, "Production", Tier::Production, &[Testing::Smoke]);
    let mut column = |position, name: &str, kind| NewColumn {
        column: ColumnId::from_u128(mint()),
        name: name.to_owned(),
        position,
        kind,
    };
    let columns = vec![
        column(0, "Ready to Deploy", ColumnKind::Queue),
        column(1, "Development", ColumnKind::Environment(development.environment)),
        column(2, "Staging", ColumnKind::Environment(staging.environment)),
        column(3, "Approval", ColumnKind::Approval),
        column(4, "Production", ColumnKind::Environment(production.environment)),
        column(5, "Monitoring", ColumnKind::Monitoring),
    ];
    let environments = vec![development, staging, production];
    WorkspaceCommand::Create { name: name.to_owned(), owner, environments, columns }
}
