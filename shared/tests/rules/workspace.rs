//! Setting up a workspace, and names and ids that are unique in it.

use slipway_shared::column::{ColumnEvent, ColumnKind, NewColumn};
use slipway_shared::command::{Command, WorkspaceCommand};
use slipway_shared::environment::{EnvironmentEvent, NewEnvironment};
use slipway_shared::event::{Event, WorkspaceEvent};
use slipway_shared::ids::{ColumnId, EnvironmentId, LabelId, MemberId, ServiceId};
use slipway_shared::label::{BuiltInLabel, LabelEvent};
use slipway_shared::member::{MemberCommand, MemberEvent, Role};
use slipway_shared::rejection::{Rejection, TextField};
use slipway_shared::service::{ServiceCommand, ServiceEvent};

use super::given::{BO, Deed, Given, after, check, happens, has_no_effect, refused};
use super::test;
use super::when::{
    DEVELOPMENT, LABEL, OWNER, READY_COLUMN, SERVICE, STAGING, add_label, add_service, create_workspace,
    nothing, set_up,
};

/// The parts of a new workspace.
struct Parts<'a> {
    name: &'a mut String,
    environments: &'a mut Vec<NewEnvironment>,
    columns: &'a mut Vec<NewColumn>,
}

fn created(bend: impl FnOnce(Parts<'_>)) -> Deed {
    let mut create = create_workspace();
    let WorkspaceCommand::Create { name, environments, columns, .. } = &mut create else {
        panic!("a workspace is created")
    };
    bend(Parts { name, environments, columns });
    Command::Workspace(create).into()
}

fn rename(name: &str) -> Deed {
    Command::Workspace(WorkspaceCommand::Rename { name: name.to_owned() }).into()
}

#[test]
fn a_workspace_is_called_something_else_by_its_admins() {
    let renamed = Event::Workspace(WorkspaceEvent::Renamed { name: "Quay".to_owned() });
    check(set_up(), rename(" Quay "), happens([renamed]));
    check(set_up(), rename("Harbour"), has_no_effect());
    check(set_up(), rename(" "), refused(Rejection::TextMissing { field: TextField::Name }));
    check(set_up(), rename("Quay").by(BO), refused(Rejection::NotAdmin));
    let given: Given = set_up().into_iter().chain([rename("Quay")]).collect();
    assert_eq!(after(given).name, "Quay");
}

#[test]
fn a_new_workspace_has_an_admin_three_environments_and_six_columns() {
    let WorkspaceCommand::Create { environments, columns, .. } = create_workspace() else {
        panic!("a workspace is created")
    };
    assert_eq!((environments.len(), columns.len()), (3, 6));
    let begun = [
        Event::Workspace(WorkspaceEvent::Created { name: "Harbour".to_owned() }),
        Event::Member(MemberEvent::Joined { member: OWNER, role: Role::Admin }),
    ];
    let environments =
        environments.into_iter().map(|environment| Event::Environment(EnvironmentEvent::Added(environment)));
    let columns = columns.into_iter().map(|column| Event::Column(ColumnEvent::Added(column)));
    check(nothing(), created(|_| {}), happens(begun.into_iter().chain(environments).chain(columns)));
}

#[test]
fn a_workspace_is_set_up_once() {
    check(set_up(), created(|_| {}), refused(Rejection::WorkspaceExists));
}

#[test]
fn a_workspace_needs_a_name() {
    let nameless = created(|Parts { name, .. }| name.clear());
    check(nothing(), nameless, refused(Rejection::TextMissing { field: TextField::Name }));
}

#[test]
fn a_workspace_begins_with_at_most_fifty_environments() {
    let crowded = created(|Parts { environments, .. }| {
        let first = environments.first().cloned();
        environments.resize(51, first.expect("there are three"));
    });
    check(nothing(), crowded, refused(Rejection::TooMany { count: 51, limit: 50 }));
}

#[test]
fn a_column_can_only_be_of_an_environment_that_is_there() {
    let environment = EnvironmentId::from_u128(99);
    let crooked = created(|Parts { columns, .. }| {
        columns.iter_mut().for_each(|column| column.kind = ColumnKind::Environment(environment));
    });
    check(nothing(), crooked, refused(Rejection::UnknownEnvironment { environment }));
}

#[test]
fn two_environments_cannot_share_a_name_whatever_its_case() {
    let twins = created(|Parts { environments, .. }| {
        environments.iter_mut().for_each(|environment| environment.name = environment.name.to_uppercase());
        environments.iter_mut().take(1).for_each(|environment| environment.name = "staging".to_owned());
    });
    check(nothing(), twins, refused(Rejection::NameTaken { name: "STAGING".to_owned() }));
}

#[test]
fn two_environments_or_columns_cannot_share_an_id() {
    let twins = created(|Parts { environments, .. }| {
        environments.iter_mut().filter(|known| known.environment == STAGING).for_each(|known| {
            known.environment = DEVELOPMENT;
        });
    });
    check(nothing(), twins, refused(Rejection::IdTaken));
    let twins = created(|Parts { columns, .. }| {
        columns.iter_mut().for_each(|column| column.column = READY_COLUMN);
        columns.iter_mut().for_each(|column| column.kind = ColumnKind::Queue);
    });
    check(nothing(), twins, refused(Rejection::IdTaken));
}

#[test]
fn someone_joins_once() {
    let join = |member| Deed::from(Command::Member(MemberCommand::Add { member, role: Role::Viewer }));
    let bo = MemberId::from_u128(0xb0);
    check(
        set_up(),
        join(bo),
        happens([Event::Member(MemberEvent::Joined { member: bo, role: Role::Viewer })]),
    );
    check(set_up(), join(OWNER), refused(Rejection::IdTaken));
}

#[test]
fn a_service_is_added_with_its_name_trimmed() {
    let service = ServiceId::from_u128(7);
    let repository = Some("https://git.example/website".to_owned());
    let added = ServiceEvent::Added { service, name: "billing".to_owned(), hue: 230, repository };
    check(set_up(), add_service(service, "  billing "), happens([Event::Service(added)]));
}

#[test]
fn a_service_cannot_take_the_id_of_another() {
    check(set_up(), add_service(SERVICE, "billing"), refused(Rejection::IdTaken));
}

#[test]
fn a_service_cannot_take_the_name_of_another_whatever_its_case() {
    let taken = add_service(ServiceId::from_u128(7), "WebSite");
    check(set_up(), taken, refused(Rejection::NameTaken { name: "WebSite".to_owned() }));
}

#[test]
fn a_hue_is_below_360() {
    let service = ServiceId::from_u128(7);
    let odd = ServiceCommand::Add { service, name: "billing".to_owned(), hue: 360, repository: None };
    check(set_up(), Command::Service(odd), refused(Rejection::OutOfRange));
}

#[test]
fn a_label_is_added() {
    let label = LabelId::from_u128(7);
    let added = Event::Label(LabelEvent::Added { label, name: "risky".to_owned() });
    check(set_up(), add_label(label, "risky"), happens([added]));
}

#[test]
fn a_label_cannot_take_the_id_or_name_of_another() {
    check(set_up(), add_label(LABEL, "risky"), refused(Rejection::IdTaken));
    let taken = add_label(LabelId::from_u128(7), "HotFix");
    check(set_up(), taken, refused(Rejection::NameTaken { name: "HotFix".to_owned() }));
}

#[test]
fn a_label_cannot_take_the_name_of_a_built_in_one() {
    for built_in in BuiltInLabel::ALL {
        let name = built_in.name().to_uppercase();
        let taken = add_label(LabelId::from_u128(7), &name);
        check(set_up(), taken, refused(Rejection::NameTaken { name }));
    }
}

#[test]
fn names_outside_ascii_are_compared_without_case_too() {
    let mut given = set_up();
    given.push(add_label(LabelId::from_u128(7), "à vérifier"));
    let taken = add_label(LabelId::from_u128(8), "À VÉRIFIER");
    check(given, taken, refused(Rejection::NameTaken { name: "À VÉRIFIER".to_owned() }));
}

#[test]
fn nothing_has_no_effect() {
    check(set_up(), Command::Nothing, has_no_effect());
}

#[test]
fn the_columns_and_environments_keep_their_order() {
    let workspace = after(set_up());
    let columns: Vec<_> = (4..10).map(ColumnId::from_u128).collect();
    assert_eq!(workspace.columns_in_order(), columns);
    let environments: Vec<_> = (1..4).map(EnvironmentId::from_u128).collect();
    assert_eq!(workspace.environments_in_order(), environments);
}
