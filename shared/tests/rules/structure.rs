//! What the board is made of: columns, environments, labels and services are changed by admins, and what is in use is
//! protected.

use slipway_shared::column::{ColumnChange, ColumnCommand, ColumnEvent, ColumnKind, NewColumn};
use slipway_shared::command::Command;
use slipway_shared::environment::{
    EnvironmentChange, EnvironmentCommand, EnvironmentEvent, NewEnvironment, Testing, Tier,
};
use slipway_shared::event::Event;
use slipway_shared::ids::{ColumnId, EnvironmentId};
use slipway_shared::label::{LabelChange, LabelEvent};
use slipway_shared::rejection::{Rejection, TextField};
use slipway_shared::rollout::Phase;
use slipway_shared::service::{Cadence, ServiceChange, ServiceEvent};

use super::given::{BO, Deed, Given, after, check, happens, has_no_effect, refused};
use super::test;
use super::when::{
    APPROVAL_COLUMN, CARD, LABEL, Open, PRODUCTION, PRODUCTION_COLUMN, READY_COLUMN, ROLLOUT, SERVICE,
    STAGING, STAGING_COLUMN, archive, change_column, change_environment, change_label, change_service,
    finish, move_card, open, opened, opened_and, put_label, reopen, report, request, set_up, take_label,
};

const NEW_COLUMN: ColumnId = ColumnId::from_u128(0x99);
const NEW_ENVIRONMENT: EnvironmentId = EnvironmentId::from_u128(0x98);

fn set_up_and(deeds: impl IntoIterator<Item = Deed>) -> Given {
    set_up().into_iter().chain(deeds).collect()
}

fn add_column(name: &str, kind: ColumnKind) -> Deed {
    let name = name.to_owned();
    Command::Column(ColumnCommand::Add { column: NEW_COLUMN, name, position: 6, kind }).into()
}

fn add_environment(name: &str) -> Deed {
    Command::Environment(EnvironmentCommand::Add {
        environment: NEW_ENVIRONMENT,
        name: name.to_owned(),
        position: 3,
        tier: Tier::Production,
        testing: vec![Testing::Smoke, Testing::Smoke],
    })
    .into()
}

fn column_changed(column: ColumnId, change: ColumnChange) -> Event {
    Event::Column(ColumnEvent::Changed { column, change })
}

fn taken(name: &str) -> Rejection {
    Rejection::NameTaken { name: name.to_owned() }
}

#[test]
fn a_column_is_added_with_a_name_of_its_own() {
    let (name, position, kind) = ("Hotfixes".to_owned(), 6, ColumnKind::Queue);
    let added = NewColumn { column: NEW_COLUMN, name, position, kind };
    check(set_up(), add_column(" Hotfixes ", kind), happens([Event::Column(ColumnEvent::Added(added))]));
    check(set_up(), add_column("STAGING", kind), refused(taken("STAGING")));
    check(set_up_and([add_column("Hotfixes", kind)]), add_column("Other", kind), refused(Rejection::IdTaken));
    let environment = EnvironmentId::from_u128(77);
    let lost = add_column("Lost", ColumnKind::Environment(environment));
    check(set_up(), lost, refused(Rejection::UnknownEnvironment { environment }));
}

#[test]
fn a_change_to_what_is_there_already_has_no_effect() {
    let nothing_new = [
        change_column(READY_COLUMN, ColumnChange::Name(" Ready to Deploy ".to_owned())),
        change_column(READY_COLUMN, ColumnChange::Position(0)),
        change_column(READY_COLUMN, ColumnChange::Kind(ColumnKind::Queue)),
        change_column(READY_COLUMN, ColumnChange::Limit { cards: None }),
        change_column(READY_COLUMN, ColumnChange::Archived(false)),
        change_environment(STAGING, EnvironmentChange::Tier(Tier::Staging)),
        change_environment(STAGING, EnvironmentChange::Purpose("  ".to_owned())),
        change_label(LABEL, LabelChange::Name("hotfix".to_owned())),
        change_service(SERVICE, ServiceChange::Cadence { cadence: None }),
    ];
    for deed in nothing_new {
        check(opened(), deed, has_no_effect());
    }
}

#[test]
fn changing_a_column_never_moves_its_cards() {
    let changes = [
        ColumnChange::Name("Waiting".to_owned()),
        ColumnChange::Position(9),
        ColumnChange::Limit { cards: Some(1) },
    ];
    for change in changes {
        check(
            opened(),
            change_column(READY_COLUMN, change.clone()),
            happens([column_changed(READY_COLUMN, change.clone())]),
        );
        let workspace = after(opened_and([change_column(READY_COLUMN, change)]));
        assert_eq!(workspace.cards_in(READY_COLUMN), [CARD]);
    }
}

#[test]
fn a_column_with_cards_stays_what_it_is() {
    let spare = add_column("Hotfixes", ColumnKind::Queue);
    let in_use = || refused(Rejection::InUse { deployments: 1 });
    for change in [ColumnChange::Archived(true), ColumnChange::Kind(ColumnKind::Approval)] {
        let given = || opened_and([spare.clone()]);
        check(given(), change_column(READY_COLUMN, change.clone()), in_use());
        // What is archived or over is not on it.
        for away in [archive(), finish()] {
            let given = given().into_iter().chain([away]).collect();
            let happens_then = happens([column_changed(READY_COLUMN, change.clone())]);
            check(given, change_column(READY_COLUMN, change.clone()), happens_then);
        }
    }
}

#[test]
fn the_last_queue_stays_one() {
    for change in [ColumnChange::Archived(true), ColumnChange::Kind(ColumnKind::Monitoring)] {
        check(set_up(), change_column(READY_COLUMN, change), refused(Rejection::LastQueue));
    }
}

#[test]
fn nothing_goes_to_a_column_that_is_archived() {
    let gone = change_column(APPROVAL_COLUMN, ColumnChange::Archived(true));
    let moved = move_card(READY_COLUMN, APPROVAL_COLUMN).by(BO).without_seeing(1);
    check(opened_and([gone.clone()]), moved, refused(Rejection::ArchivedMeanwhile));
    let opened_there = Open { column: APPROVAL_COLUMN, ..open() };
    check(set_up_and([gone.clone()]), opened_there, refused(Rejection::ArchivedMeanwhile));
    assert!(!after(set_up_and([gone])).columns_in_order().contains(&APPROVAL_COLUMN));
}

#[test]
fn a_fact_follows_into_a_column_that_is_there() {
    let gone = change_column(STAGING_COLUMN, ColumnChange::Archived(true));
    let workspace = after(opened_and([gone, report(ROLLOUT, STAGING, Phase::Succeeded)]));
    assert_eq!(workspace.deployments[&CARD].column, READY_COLUMN);
}

#[test]
fn a_limit_is_a_number_of_cards() {
    for cards in [Some(0), Some(1_000)] {
        let change = ColumnChange::Limit { cards };
        check(set_up(), change_column(READY_COLUMN, change), refused(Rejection::OutOfRange));
    }
    let limited = after(opened_and([change_column(READY_COLUMN, ColumnChange::Limit { cards: Some(2) })]));
    let column = &limited.columns[&READY_COLUMN];
    assert_eq!([2, 3].map(|cards| column.is_over_limit(cards)), [false, true]);
}

#[test]
fn a_limit_warns_and_refuses_nothing() {
    let limit = change_column(APPROVAL_COLUMN, ColumnChange::Limit { cards: Some(1) });
    let another = Open { deployment: slipway_shared::ids::DeploymentId::from_u128(0xcb), ..open() };
    let given = [Open { column: APPROVAL_COLUMN, ..another }.into(), limit];
    after(opened_and(given.into_iter().chain([move_card(READY_COLUMN, APPROVAL_COLUMN)])));
}

#[test]
fn an_environment_is_added_and_described() {
    let name = "Production EU".to_owned();
    let added = NewEnvironment {
        environment: NEW_ENVIRONMENT,
        name,
        position: 3,
        tier: Tier::Production,
        testing: vec![Testing::Smoke],
    };
    let added = Event::Environment(EnvironmentEvent::Added(added));
    check(set_up(), add_environment("Production EU"), happens([added]));
    check(set_up(), add_environment("production"), refused(taken("production")));
    let workspace = after(set_up_and([
        change_environment(STAGING, EnvironmentChange::Purpose(" Rehearsal ".to_owned())),
        change_environment(STAGING, EnvironmentChange::Address("https://staging.example".to_owned())),
        change_environment(
            STAGING,
            EnvironmentChange::HealthAddress("https://staging.example/up".to_owned()),
        ),
        change_environment(STAGING, EnvironmentChange::Address(String::new())),
    ]));
    let staging = &workspace.environments[&STAGING];
    let described =
        (staging.purpose.as_deref(), staging.address.as_deref(), staging.health_address.as_deref());
    assert_eq!(described, (Some("Rehearsal"), None, Some("https://staging.example/up")));
}

#[test]
fn the_tier_of_an_environment_is_not_changed_once_something_was_rolled_out_there() {
    let change = EnvironmentChange::Tier(Tier::Production);
    let changed =
        Event::Environment(EnvironmentEvent::Changed { environment: STAGING, change: change.clone() });
    check(opened(), change_environment(STAGING, change.clone()), happens([changed]));
    let told = opened_and([report(ROLLOUT, STAGING, Phase::Succeeded), finish()]);
    check(told, change_environment(STAGING, change), refused(Rejection::InUse { deployments: 1 }));
}

#[test]
fn an_environment_is_archived_after_its_column_and_when_nothing_runs_there() {
    let gone = || change_environment(STAGING, EnvironmentChange::Archived(true));
    let column = STAGING_COLUMN;
    check(opened(), gone(), refused(Rejection::HasColumn { column }));
    let without_column = change_column(STAGING_COLUMN, ColumnChange::Archived(true));
    let running = opened_and([without_column.clone(), report(ROLLOUT, STAGING, Phase::Started)]);
    let (deployment, environment) = (CARD, STAGING);
    check(running, gone(), refused(Rejection::RolloutRunning { deployment, environment }));
    let archived = opened_and([without_column, gone()]);
    check(archived.clone(), request(ROLLOUT, STAGING), refused(Rejection::ArchivedMeanwhile));
    let back = change_column(STAGING_COLUMN, ColumnChange::Archived(false));
    check(archived.clone(), back, refused(Rejection::ArchivedMeanwhile));
    // What happens there is a fact all the same.
    let told = after(archived.into_iter().chain([report(ROLLOUT, STAGING, Phase::Failed)]).collect());
    assert_eq!(told.rollouts.len(), 1);
}

#[test]
fn a_label_is_renamed_and_archived_where_it_is_it_stays() {
    let renamed = LabelEvent::Changed { label: LABEL, change: LabelChange::Name("urgent".to_owned()) };
    let urgent = || change_label(LABEL, LabelChange::Name("urgent".to_owned()));
    check(opened_and([put_label(LABEL)]), urgent(), happens([Event::Label(renamed)]));
    let built_in = change_label(LABEL, LabelChange::Name("Deploy-Prod".to_owned()));
    check(set_up(), built_in, refused(taken("Deploy-Prod")));
    let archived = || change_label(LABEL, LabelChange::Archived(true));
    check(opened_and([archived()]), put_label(LABEL), refused(Rejection::ArchivedMeanwhile));
    let kept = after(opened_and([put_label(LABEL), archived()]));
    assert!(kept.deployments[&CARD].labels.contains(&LABEL));
    check(opened_and([put_label(LABEL), archived()]), put_label(LABEL), has_no_effect());
    after(opened_and([put_label(LABEL), archived(), take_label(LABEL)]));
}

#[test]
fn a_service_is_changed_and_archived_when_none_of_it_is_on_the_board() {
    let weekly = ServiceChange::Cadence { cadence: Some(Cadence::Weekly) };
    let changed = ServiceEvent::Changed { service: SERVICE, change: weekly.clone() };
    check(opened(), change_service(SERVICE, weekly), happens([Event::Service(changed)]));
    check(opened(), change_service(SERVICE, ServiceChange::Hue(360)), refused(Rejection::OutOfRange));
    let nameless = change_service(SERVICE, ServiceChange::Name(" ".to_owned()));
    check(opened(), nameless, refused(Rejection::TextMissing { field: TextField::Name }));
    let gone = || change_service(SERVICE, ServiceChange::Archived(true));
    check(opened(), gone(), refused(Rejection::InUse { deployments: 1 }));
    check(set_up_and([gone()]), open(), refused(Rejection::ArchivedMeanwhile));
    after(opened_and([finish(), gone(), change_service(SERVICE, ServiceChange::Archived(false)), reopen()]));
}

#[test]
fn what_is_reopened_into_a_column_that_is_gone_waits_in_a_queue() {
    let gone = change_column(PRODUCTION_COLUMN, ColumnChange::Archived(true));
    let told = report(ROLLOUT, PRODUCTION, Phase::Succeeded);
    let workspace = after(opened_and([told, finish(), gone, reopen()]));
    assert_eq!(workspace.cards_in(READY_COLUMN), [CARD]);
}

#[test]
fn two_admins_who_change_the_same_thing_apart_both_count_in_order() {
    let first = change_column(READY_COLUMN, ColumnChange::Name("Waiting".to_owned()));
    let second = change_column(READY_COLUMN, ColumnChange::Name("Queue".to_owned())).without_seeing(1);
    let archived = change_label(LABEL, LabelChange::Archived(true));
    let renamed = change_label(LABEL, LabelChange::Name("urgent".to_owned())).without_seeing(1);
    let workspace = after(set_up_and([first, second, archived, renamed]));
    assert_eq!(workspace.columns[&READY_COLUMN].name, "Queue");
    let label = &workspace.labels[&LABEL];
    assert_eq!((label.name.as_str(), label.archived), ("urgent", true));
}
