//! Who may give which command, asked of the running server: every kind of command, by every role and by who has none,
//! about one's own and about others'. What `docs/roles.md` says is what becomes of it.
//!
//! The page is made from the table in `shared` by a test there, which fails where a kind has no row; here a kind that
//! nobody has made an example of fails.

pub mod people;
mod scene;

use std::collections::BTreeMap;

use serde_json::json;
use slipway_shared::account::Scope;
use slipway_shared::capability::{self, Capability};
use slipway_shared::command::Command;
use slipway_shared::member::Role;
use slipway_shared::rejection::Rejection;
use slipway_shared::sync::protocol::OutcomeStatus;
use slipway_tests::server::TestServer;
use slipway_tests::verify;

use people::{Asks, Team};
use scene::{Scene, Whose};

const ROLES_PAGE: &str = include_str!("../../../docs/roles.md");
const ROLES: [Role; 4] = [Role::Viewer, Role::Member, Role::Approver, Role::Admin];

/// What the page says, by the kind of command and whose its object is: a cell for nobody's and each role's.
struct Page(BTreeMap<(String, &'static str), Vec<String>>);

impl Page {
    fn read() -> Self {
        let rows = ROLES_PAGE.lines().filter(|line| line.starts_with("| `"));
        let mut page = BTreeMap::new();
        for row in rows {
            let cells: Vec<_> =
                row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect();
            let [kind, about, said @ ..] = cells.as_slice() else { panic!("{row}") };
            let about: &[&str] = match about.as_str() {
                "any" => &["one's own", "somebody else's"],
                "one's own" => &["one's own"],
                _ => &["somebody else's"],
            };
            page.extend(about.iter().map(|about| ((kind.clone(), *about), said.to_vec())));
        }
        Self(page)
    }

    #[track_caller]
    fn says(&self, kind: &str, whose: Whose, role: Role) -> &str {
        let row = self.0.get(&(kind.to_owned(), whose.words()));
        let column = 1 + ROLES.iter().position(|known| *known == role).unwrap();
        &row.unwrap_or_else(|| panic!("docs/roles.md has no row of {kind}"))[column]
    }
}

/// What becomes of a command that the page says yes to, going by what there is in the world of these tests.
fn unhindered(command: &Command) -> (OutcomeStatus, Option<Rejection>) {
    match command.kind() {
        "workspace.create" => (OutcomeStatus::Rejected, Some(Rejection::WorkspaceExists)),
        // Nothing is over for long enough here, so that there is nothing to do.
        "nothing" | "deployment.seal" | "deployment.unseal" | "deployment.conclude" => {
            (OutcomeStatus::Noop, None)
        }
        // Nobody has said anything about the card that this is given for.
        "deployment.withdraw" => (OutcomeStatus::Noop, None),
        _ => (OutcomeStatus::Applied, None),
    }
}

fn word(rejection: &Rejection) -> String {
    serde_json::to_string(rejection).unwrap().replace('"', "")
}

/// Gives a command, and compares what comes of it with what the page and the table say. Returns how many cells that
/// were.
#[track_caller]
fn compare(page: &Page, team: &mut Team, asks: &Asks, scene: &Scene, kind: &str, role: Role) -> usize {
    let (whose, workspace) = (scene.whose, team.snapshot());
    let command = scene.command(kind, &workspace, team);
    assert_eq!(command.kind(), kind);
    let said = page.says(kind, whose, role);
    let table = capability::refusal(&workspace, team.bo.member, &command);
    assert_eq!(table.as_ref().map_or_else(|| "yes".to_owned(), word), said, "{kind}, {whose:?}, {role:?}");
    let (status, answer) = team.push(asks, std::slice::from_ref(&command));
    assert_eq!(status, 200, "{kind}, {whose:?}, {role:?}: {answer}");
    let result = &answer["results"][0]["outcome"];
    let found: OutcomeStatus = serde_json::from_value(result["status"].clone()).unwrap();
    let why: Option<Rejection> = serde_json::from_value(result["rejection"].clone()).unwrap();
    let expected = table.map_or_else(|| unhindered(&command), |why| (OutcomeStatus::Rejected, Some(why)));
    assert_eq!((found, why), expected, "{kind}, {whose:?}, {role:?}");
    if found == OutcomeStatus::Applied {
        team.must(scene::aftermath(command).as_slice());
    }
    if kind.starts_with("member.") {
        team.put_back(role);
    }
    1
}

/// Gives a command where nobody is let in at all.
#[track_caller]
fn refuse(team: &mut Team, asks: &Asks, scene: &Scene, kind: &str, status: u16, code: &str) -> usize {
    let workspace = team.snapshot();
    let command = scene.command(kind, &workspace, team);
    let (found, answer) = team.push(asks, &[command]);
    assert_eq!((found, &answer["error"]["code"]), (status, &json!(code)), "{kind}: {answer}");
    1
}

#[test]
fn the_server_does_what_the_page_about_roles_says() {
    let server = TestServer::start();
    let (page, mut team) = (Page::read(), Team::gather(&server));
    let bo = Asks::Session(team.bo.session.clone());
    let mut cells = 0;
    for role in ROLES {
        team.put_back(Role::Admin);
        let scenes = [Whose::Own, Whose::Others].map(|whose| Scene::set(&mut team, whose));
        team.put_back(role);
        for scene in &scenes {
            for (kind, _) in Command::KINDS {
                cells += compare(&page, &mut team, &bo, scene, kind, role);
            }
        }
    }
    team.put_back(Role::Admin);
    let scene = Scene::set(&mut team, Whose::Others);
    let log_before = team.head();
    team.put_out();
    let invited = team.invite(Role::Admin);
    let mut refused = 0;
    for (kind, _) in Command::KINDS {
        refused += refuse(&mut team, &bo, &scene, kind, 403, "forbidden");
        let not_yet = [Asks::Session(invited.clone()), Asks::Token(invited.clone()), Asks::Nobody];
        for asks in not_yet {
            refused += refuse(&mut team, &asks, &scene, kind, 401, "sign_in_needed");
        }
    }
    let by_bo = team.events_by(team.bo.member, log_before);
    assert_eq!(by_bo, 0, "who was let out, or not in yet, has left something in the log");
    verify::total("roles", &format!("{cells} cells of the table and {refused} of nobody's as it says"));
}

#[test]
fn a_token_does_what_its_scope_and_its_owner_may() {
    let server = TestServer::start();
    let (page, mut team) = (Page::read(), Team::gather(&server));
    team.put_back(Role::Admin);
    let tokens = [Scope::Read, Scope::Write, Scope::Admin].map(|scope| (scope, team.token(scope)));
    let mut cells = 0;
    for role in ROLES {
        for (scope, token) in &tokens {
            team.put_back(Role::Admin);
            let scene = Scene::set(&mut team, Whose::Others);
            team.put_back(role);
            let asks = Asks::Token(token.clone());
            for (kind, _) in Command::KINDS {
                let workspace = team.snapshot();
                let takes = Capability::of(&scene.command(kind, &workspace, &mut team));
                let is_let_in = match scope {
                    Scope::Read => false,
                    Scope::Write => matches!(takes, Capability::Begin | Capability::Work),
                    Scope::Admin => true,
                };
                cells += match is_let_in {
                    true => compare(&page, &mut team, &asks, &scene, kind, role),
                    false => refuse(&mut team, &asks, &scene, kind, 403, "forbidden"),
                };
            }
        }
    }
    team.put_back(Role::Admin);
    let scene = Scene::set(&mut team, Whose::Others);
    team.put_out();
    for (_, token) in &tokens {
        for (kind, _) in Command::KINDS {
            // It ended with the membership, so that not even adding its owner again brings it back.
            let asks = Asks::Token(token.clone());
            cells += refuse(&mut team, &asks, &scene, kind, 401, "sign_in_needed");
        }
    }
    verify::total("tokens", &format!("{cells} cells of kind, scope and role as the table says"));
}
