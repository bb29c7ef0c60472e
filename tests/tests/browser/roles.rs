//! What a role does not allow is visibly not on offer, and says why; a page that is open follows when the role changes.

use std::time::Duration;

use serde_json::json;
use slipway_shared::account::{Invited, Session};
use slipway_shared::command::Command;
use slipway_shared::ids::{DeploymentId, MemberId, ServiceId};
use slipway_shared::member::{MemberCommand, Role};
use slipway_tests::api::Api;
use slipway_tests::browser::{Browser, Engine, Profile};
use slipway_tests::random::Random;
use slipway_tests::server::{PASSWORD, TestServer};
use slipway_tests::{commands, credentials, http, wait};

use crate::people::{Somebody, synced};
use crate::people_accounts::{PEOPLE, words};

/// How long an open page may take to follow, on a machine that does other things too.
const SOON: Duration = Duration::from_secs(10);
const READS: &str = "Your role is to read";
const FOR_ADMINS: &str = "Only admins can do this";
const WORKSPACE: &str = "section[aria-labelledby=settings-workspace]";
const MAY_NOT: &str = "[data-testid=may-not]";

/// Vera, in a workspace where somebody else opened a deployment.
struct Scene {
    server: TestServer,
    _profile: Profile,
    browser: Browser,
    vera: MemberId,
    page: String,
}

impl Scene {
    fn set(role: Role) -> Self {
        let server = TestServer::start();
        let (mut owner, mut random) = (Somebody::at(&server), Random::fresh());
        let (workspace, _) = Api::connect(server.address()).unwrap().snapshot().unwrap();
        let (service, deployment) = (ServiceId::from_u128(random.id()), DeploymentId::from_u128(random.id()));
        let column = commands::first_queue(&workspace);
        owner.does(commands::add_service(service, "crane"));
        owner.does(commands::open(deployment, service, column, "4.2.0", || random.id()));

        let (vera, session) = join(&server, role);
        let (profile, browser) = Browser::open(Engine::Chromium);
        let owners = credentials::session(server.address()).unwrap();
        credentials::remember(server.address(), session);
        browser.go(&server.url());
        credentials::remember(server.address(), owners);
        let page = crate::chromium::first_deployment(&browser);
        synced(&browser);
        Self { server, _profile: profile, browser, vera, page }
    }

    /// Opens a page that changes of the role are to reach without loading it again.
    fn open(&self, path: &str) {
        self.browser.visit(&format!("{}{path}", self.server.url()));
        synced(&self.browser);
        self.browser.script("window.isSame = true", &[]);
    }

    fn becomes(&self, role: Role) {
        Somebody::at(&self.server).does(Command::Member(MemberCommand::SetRole { member: self.vera, role }));
    }

    /// Waits until the page that was opened has followed.
    fn soon(&self, what: &str, holds: impl Fn(&Browser) -> bool) {
        wait::until_within(SOON, what, || holds(&self.browser).then_some(()));
        assert_eq!(self.browser.script("return window.isSame", &[]), json!(true), "it was loaded again");
    }

    fn is_offered(&self, role: &str, name: &str) {
        self.soon(&format!("{name:?} to be on offer"), |browser| browser.has(role, name));
    }

    fn is_not_offered(&self, role: &str, name: &str) {
        self.soon(&format!("{name:?} not to be on offer"), |browser| !browser.has(role, name));
    }
}

/// Lets Vera in by an invitation, and returns who she is and the secret of her session.
fn join(server: &TestServer, role: Role) -> (MemberId, String) {
    let mut api = Api::connect(server.address()).unwrap();
    let invite = json!({ "role": role, "note": "Vera" }).to_string();
    let invited = api.send("POST", "invitations", Some(invite.as_bytes())).unwrap();
    let token = invited.json::<Invited>().unwrap().token;
    let person = json!({ "name": "Vera Quay", "login": "vera", "password": PASSWORD, "device": "Tests" });
    let accept = json!({ "token": token, "person": person }).to_string();
    let (address, nobody) = (server.address(), [("cookie", "")]);
    let path = "/api/v1/invitations/accept";
    let joined = http::send(address, "POST", path, &nobody, Some(accept.as_bytes())).unwrap();
    assert_eq!(joined.status, 200, "{}", joined.text());
    let member = joined.json::<Session>().unwrap().member;
    (member, credentials::begun(address, &joined).unwrap())
}

/// Tells whether the checks of the deployment that is shown can be ticked.
fn may_tick(browser: &Browser) -> bool {
    let script = "return !document.querySelector('[data-testid=check] input').matches(':disabled')";
    browser.try_script(script, &[]).is_ok_and(|may| may == json!(true))
}

fn words_of_workspace(browser: &Browser) -> String {
    let script = "return document.querySelector(arguments[0]).innerText";
    browser.script(script, &[json!(WORKSPACE)]).as_str().unwrap().to_owned()
}

#[test]
fn a_viewer_is_told_why_nothing_can_be_changed_and_a_member_can() {
    let scene = Scene::set(Role::Viewer);
    let page = scene.page.clone();

    scene.open("/board");
    scene.browser.see_in(MAY_NOT, READS);
    assert!(!scene.browser.has("link", "/^New deployment/"));
    scene.browser.click("button", "Actions for this card");
    scene.browser.see_in("[role=menu] [data-testid=may-not]", READS);
    assert_eq!(scene.browser.count("[role=menu] [role=menuitem]"), 0);
    scene.browser.press(&['\u{e00c}']);
    scene.becomes(Role::Member);
    scene.is_offered("link", "/^New deployment/");
    scene.soon("nobody to be told", |browser| browser.count(MAY_NOT) == 0);
    scene.browser.click("button", "Actions for this card");
    scene.browser.wait_for("[role=menu] [role=menuitem]");
    assert!(!words(&scene.browser).contains(READS));

    scene.open(&page);
    scene.browser.wait_for("[data-testid=check]");
    assert!(may_tick(&scene.browser));
    scene.becomes(Role::Viewer);
    scene.soon("the checks to be fixed", |browser| !may_tick(browser));
    scene.browser.see_in("[data-testid=deployment] [data-testid=may-not]", READS);
    scene.is_not_offered("button", "/^Record/");
    scene.becomes(Role::Member);
    scene.soon("the checks to be open", may_tick);
    scene.is_offered("button", "/^Record/");
    scene.is_not_offered("button", "Approve");
    scene.becomes(Role::Approver);
    scene.is_offered("button", "Approve");

    scene.open("/settings/templates");
    scene.is_offered("button", "New template");
    scene.becomes(Role::Viewer);
    scene.is_not_offered("button", "New template");
    scene.browser.see_in(".templates [data-testid=may-not]", READS);

    scene.open("/deployments/new");
    scene.browser.see_in(".new-deployment [data-testid=may-not]", READS);
    let is_fixed = "return document.querySelector('[data-testid=create]').disabled";
    assert_eq!(scene.browser.script(is_fixed, &[]), json!(true));
}

#[test]
fn what_is_for_admins_says_so_to_others_and_follows_the_role() {
    let scene = Scene::set(Role::Member);
    scene.open("/settings/structure");
    scene.browser.see_in(".structure [data-testid=may-not]", FOR_ADMINS);
    assert!(!scene.browser.has("button", "New column"));
    scene.becomes(Role::Admin);
    scene.is_offered("button", "New column");
    scene.soon("nobody to be told", |browser| browser.count(".structure [data-testid=may-not]") == 0);

    scene.open("/settings");
    scene.is_offered("button", "Invite somebody");
    let admins = ["Invite somebody", "Declare a freeze…", "/^Role of/"];
    admins.iter().for_each(|name| scene.is_offered("button", name));
    scene.is_offered("region", "Audit");
    assert!(words_of_workspace(&scene.browser).contains("Rename"));
    scene.becomes(Role::Member);
    admins.iter().for_each(|name| scene.is_not_offered("button", name));
    scene.is_not_offered("region", "Audit");
    scene.browser.see_in(PEOPLE, "Admins change roles and invite people.");
    scene.browser.see_in(WORKSPACE, "Works on deployments.");
    assert!(!words_of_workspace(&scene.browser).contains("Rename"));

    // Whoever knows the address is told there.
    scene.open("/settings/audit");
    scene.browser.see_in(".audit [data-testid=may-not]", FOR_ADMINS);
    assert_eq!(scene.browser.count("[data-testid=audit-state]"), 0);
    scene.open("/settings");
    for part in ["policies", "freezes"] {
        scene.browser.see_in(&format!("section[aria-labelledby=settings-{part}]"), FOR_ADMINS);
    }
}
