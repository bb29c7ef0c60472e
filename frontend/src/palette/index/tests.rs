//! What is found in a workspace of three deployments, and what is folded anew.

use slipway_shared::command::Command;
use slipway_shared::context::Context;
use slipway_shared::decide::decide;
use slipway_shared::deployment::DeploymentField;
use slipway_shared::deployment::command::DeploymentCommand;
use slipway_shared::deployment::comment::{CommentChange, CommentText};
use slipway_shared::ids::{ClientId, CommandKey};
use slipway_shared::origin::Seen;
use slipway_shared::workspace::default_setup;

use super::*;
use crate::pages::new_deployment::draft::{Draft, ServiceChoice};
use crate::palette::fold::words_of;

const LIMITS: Limits = Limits { deployments: 8, names: 4, parts: 6 };

/// A workspace, and what has been done in it.
struct World {
    workspace: Workspace,
    done: u64,
    minted: u128,
}

impl World {
    fn new() -> Self {
        let mut world = Self { workspace: Workspace::default(), done: 0, minted: 0 };
        let mut minted = 0;
        let setup = default_setup("Harbour", MemberId::from_u128(1), || {
            minted += 1;
            minted
        });
        world.minted = minted;
        world.act(&Command::Workspace(setup));
        world.open("web", "2.14.0", "Fix the login");
        world.open("api", "2.14.1", "Événements élevés");
        world.open("api", "1.9.0", "Login by key");
        world
    }

    fn act(&mut self, command: &Command) {
        self.done += 1;
        let time = Timestamp(i64::try_from(self.done).unwrap());
        let context = Context {
            command: CommandKey { client: ClientId::from_u128(1), seq: self.done },
            actor: MemberId::from_u128(1),
            device: None,
            now: time,
            effective: time,
            clock_error_ms: 0,
            seen: Seen::default(),
        };
        let events = decide(&self.workspace, &context, command).unwrap();
        events.iter().for_each(|event| self.workspace.apply(&context.predicted_origin(), event));
    }

    fn open(&mut self, service: &str, version: &str, title: &str) -> DeploymentId {
        let draft = Draft {
            service: ServiceChoice::New(service.to_owned()),
            version: version.to_owned(),
            title: title.to_owned(),
            ..Draft::new()
        };
        let mut minted = self.minted;
        let opening = draft.opening(&self.workspace, || {
            minted += 1;
            minted
        });
        self.minted = minted;
        let opening = opening.unwrap();
        if let Some(service) = opening.service {
            self.act(&Command::Service(service));
        }
        self.act(&Command::Deployment(opening.open));
        opening.id
    }

    fn rename(&mut self, deployment: DeploymentId, title: &str) {
        let (field, value) = (DeploymentField::Title, title.to_owned());
        self.act(&Command::Deployment(DeploymentCommand::Edit { deployment, field, value }));
    }

    fn index(&self) -> Index {
        let mut index = Index::default();
        let names = ["Ana Café", "Bo"].into_iter().zip(1..).map(|(name, number)| {
            let member = MemberId::from_u128(number);
            (member, Profile { member, name: name.to_owned() })
        });
        index.update(&self.workspace, &names.collect());
        index
    }
}

fn texts(found: &[Found]) -> Vec<&str> {
    found.iter().map(|found| found.text.as_str()).collect()
}

#[test]
fn deployments_are_found_by_words_in_any_order_the_best_first() {
    let index = World::new().index();
    let table: [(&str, &[&str]); 6] = [
        ("2.14", &["2.14.1 Événements élevés", "2.14.0 Fix the login"]),
        ("api 2.14", &["2.14.1 Événements élevés"]),
        ("login", &["1.9.0 Login by key", "2.14.0 Fix the login"]),
        ("eleve evenement", &["2.14.1 Événements élevés"]),
        ("key login api", &["1.9.0 Login by key"]),
        ("login nowhere", &[]),
    ];
    for (typed, expected) in table {
        assert_eq!(texts(&index.find(&words_of(typed), LIMITS).deployments), expected, "{typed}");
    }
}

#[test]
fn the_beginning_of_a_version_is_better_than_a_word_and_that_than_a_part_of_one() {
    let mut world = World::new();
    world.open("web", "rework", "Nothing");
    world.open("web", "3.0.0", "Work on hats");
    world.open("web", "work-1", "Older words");
    world.open("web", "3.0.1", "Network");
    let found = world.index().find(&words_of("work"), LIMITS).deployments;
    // Among equals the last one that moved comes first.
    let expected = ["work-1 Older words", "3.0.0 Work on hats", "3.0.1 Network", "rework Nothing"];
    assert_eq!(texts(&found), expected);
}

#[test]
fn people_services_and_what_is_written_are_found_too() {
    let index = World::new().index();
    let found = index.find(&words_of("cafe"), LIMITS);
    assert_eq!(texts(&found.people), ["Ana Café"]);
    let found = index.find(&words_of("web"), LIMITS);
    assert_eq!(texts(&found.services), ["web"]);
    let check = index
        .deployments
        .values()
        .flat_map(|entry| &entry.parts)
        .find_map(|(kind, text)| matches!(kind, Kind::Check(..)).then(|| text.clone()));
    let check = check.unwrap();
    assert_eq!(index.find(&words_of(&check), LIMITS).parts.len(), 3, "every deployment has {check:?}");
    let narrowed = index.find(&words_of(&format!("{check} 1.9")), LIMITS).parts;
    assert_eq!(narrowed.iter().map(|found| found.hint.as_str()).collect::<Vec<_>>(), ["api 1.9.0"]);
    assert!(index.find(&words_of("1.9"), LIMITS).parts.is_empty(), "no check is about that");
}

#[test]
fn no_words_find_nothing_and_limits_hold() {
    let index = World::new().index();
    assert_eq!(index.find(&[], LIMITS), Results::default());
    let few = Limits { deployments: 1, names: 0, parts: 0 };
    let found = index.find(&words_of("e"), few);
    assert_eq!((found.deployments.len(), found.people.len(), found.parts.len()), (1, 0, 0));
}

#[test]
fn only_what_changed_is_folded_anew() {
    let mut world = World::new();
    let mut index = world.index();
    let people = BTreeMap::new();
    assert_eq!(index.update(&world.workspace, &people), 0);
    let first = *world.workspace.deployments.keys().next().unwrap();
    world.rename(first, "Zebra");
    assert_eq!(index.update(&world.workspace, &people), 1);
    assert_eq!(index.find(&words_of("zebra"), LIMITS).deployments.len(), 1);
    assert_eq!(index.find(&words_of("cafe"), LIMITS).people, [], "nobody is left");
    index.update(&Workspace::default(), &people);
    assert_eq!(index.get(Kind::Deployment(first)), None, "another workspace, another index");
}

#[test]
fn what_was_said_is_found_until_it_is_deleted() {
    let mut world = World::new();
    let deployment = world.open("web", "3.0.0", "Carts");
    let comment = slipway_shared::ids::CommentId::from_u128(77);
    let said =
        CommentText { text: "First line\nThe harbour crane is booked".to_owned(), mentions: Vec::new() };
    let say = |world: &mut World, change| {
        world.act(&Command::Deployment(DeploymentCommand::Comment { deployment, comment, change }));
    };
    say(&mut world, CommentChange::Write(said));
    let mut index = Index::default();
    index.update(&world.workspace, &BTreeMap::new());
    let found = index.find(&words_of("crane booked"), LIMITS).parts;
    assert_eq!(
        found.iter().map(|found| found.kind).collect::<Vec<_>>(),
        [Kind::Comment(deployment, comment)]
    );
    assert_eq!((&*found[0].text, &*found[0].hint), ("The harbour crane is booked", "web 3.0.0"));
    say(&mut world, CommentChange::Delete);
    index.update(&world.workspace, &BTreeMap::new());
    assert_eq!(index.find(&words_of("crane booked"), LIMITS).parts, []);
}
