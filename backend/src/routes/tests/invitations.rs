//! Invitations: one person each, in one role, for a while; and who is a member, was one, or never was.

use serde_json::{Value, json};
use slipway_shared::account::{CONFIRMED_MS, INVITATION_MS};
use slipway_shared::ids::{AccountId, InvitationId, MemberId};
use slipway_shared::member::Role;

use super::endings::set_role;
use super::time::Time;
use super::visitor::PASSWORD;
use super::{TestApp, add_service};
use crate::accounts::secret;
use crate::store::accounts::{Acted, By, EntryError, InvitationRow};

async fn invite(test: &TestApp, role: &str) -> Value {
    test.owner().post(&test.path("invitations"), &json!({ "role": role, "note": "Bo" })).await.json()
}

fn accept(invited: &Value, login: &str) -> Value {
    let person = json!({ "name": "Bo", "login": login, "password": PASSWORD, "device": "Phone" });
    json!({ "token": invited["token"], "person": person })
}

pub(super) fn remove(member: MemberId) -> Value {
    json!({
        "client": uuid::Uuid::from_u128(99), "seq": 1, "at": 5, "seen": 0, "kind": "member.remove", "v": 1,
        "body": { "member": { "remove": { "member": member } } },
    })
}

const ACCEPT: &str = "/api/v1/invitations/accept";
const LOOK: &str = "/api/v1/invitations/look";

fn gone() -> (u16, String) {
    (410, "token_gone".to_owned())
}

#[tokio::test]
async fn one_person_joins_in_the_role_they_were_invited_to() {
    let test = TestApp::new();
    let invited = invite(&test, "approver").await;
    let nobody = test.nobody();
    let look = nobody.post(LOOK, &json!({ "token": invited["token"] })).await.json();
    assert_eq!(
        (&look["workspace"], &look["role"], &look["by"]),
        (&json!("My workspace"), &json!("approver"), &json!("Olivia Owner"))
    );
    let answer = nobody.post(ACCEPT, &accept(&invited, "bo")).await;
    let (session, told) = (answer.session(), answer.json());
    assert_eq!(told["workspaces"][0]["role"], "approver");
    let (reader, at) = (test.app.reader(), test.cursor().seq);
    let joined = reader.events(test.workspace().id(), at - 1, 1).unwrap().remove(0);
    let header: Value = serde_json::from_str(&joined.header).unwrap();
    let inviter = test.workspace().local_member();
    assert_eq!(header["actor"], json!(inviter), "in the name of who has invited");
    assert_eq!(header["device"], Value::Null, "and not on a device of theirs");
    let bo = test.with_session(&session);
    assert_eq!(bo.push(&[add_service(1, 1, "web")]).await.status, 200);
    let people = test.owner().get(&test.path("people")).await.json();
    let logins: Vec<_> = people["people"].as_array().unwrap().iter().map(|it| it["login"].clone()).collect();
    assert_eq!((json!(logins), &people["invitations"]), (json!(["bo", "olivia"]), &json!([])));
    let seen = bo.get(&test.path("people")).await.json();
    let logins: Vec<_> = seen["people"].as_array().unwrap().iter().map(|it| it["login"].clone()).collect();
    assert_eq!(json!(logins), json!(["bo", null]), "what others sign in with is for admins");
    for path in [LOOK, ACCEPT] {
        let body = if path == LOOK { json!({ "token": invited["token"] }) } else { accept(&invited, "ida") };
        assert_eq!(nobody.post(path, &body).await.error(), gone(), "{path}");
    }
    assert_eq!(test.workspace().state().workspace.members.len(), 2);
}

#[tokio::test]
async fn an_invitation_ends_by_time_or_when_it_is_withdrawn() {
    let time = Time::default();
    let test = TestApp::by(&time.clock());
    let (withdrawn, late) = (invite(&test, "member").await, invite(&test, "member").await);
    let path = test.path(&format!("invitations/{}", withdrawn["invitation"]["id"].as_str().unwrap()));
    assert_eq!(test.owner().delete(&path).await.status, 204);
    assert_eq!(test.owner().delete(&path).await.error(), (404, "not_found".to_owned()));
    assert_eq!(test.nobody().post(ACCEPT, &accept(&withdrawn, "bo")).await.error(), gone());
    time.pass(INVITATION_MS);
    assert_eq!(test.nobody().post(ACCEPT, &accept(&late, "bo")).await.error(), gone());
    assert_eq!(test.nobody().post(ACCEPT, &accept(&json!({ "token": "x" }), "bo")).await.error(), gone());
    assert_eq!(test.workspace().state().workspace.members.len(), 1);
}

#[tokio::test]
async fn while_somebody_accepts_it_nobody_else_does_and_nobody_withdraws_it() {
    let time = Time::default();
    let test = TestApp::by(&time.clock());
    let invited = invite(&test, "member").await;
    let id = invited["invitation"]["id"].as_str().unwrap();
    let path = test.path(&format!("invitations/{id}"));
    let id: InvitationId = id.parse().unwrap();
    let busy = (503, "busy".to_owned());
    // Somebody whose acceptance goes no further.
    let reserved = test.app.accounts().reserve(id, time.now()).unwrap();
    for passed in [0, 60_000] {
        time.pass(passed);
        assert_eq!(test.nobody().post(ACCEPT, &accept(&invited, "bo")).await.error(), busy);
        assert_eq!(test.owner().delete(&path).await.error(), busy);
    }
    assert_eq!(test.workspace().state().workspace.members.len(), 1, "the log was told nothing");
    time.pass(1);
    assert_eq!(test.nobody().post(ACCEPT, &accept(&invited, "bo")).await.status, 200);
    test.app.accounts().let_go(id, reserved).unwrap();
    assert_eq!(test.nobody().post(ACCEPT, &accept(&invited, "ida")).await.error(), gone());
    assert_eq!(test.owner().delete(&path).await.error(), (404, "not_found".to_owned()));
}

#[tokio::test]
async fn one_link_lets_in_one_of_two_at_once() {
    let test = TestApp::new();
    let (bo, bo_member) = test.join(7, Role::Member).await;
    let (ida, ida_member) = test.join(8, Role::Member).await;
    test.push(&[remove(bo_member)]).await;
    let mut second = remove(ida_member);
    second["seq"] = json!(2);
    test.push(&[second]).await;
    let invited = invite(&test, "viewer").await;
    let token = json!({ "token": invited["token"] });
    let (one, other) = (test.with_session(&bo), test.with_session(&ida));
    let (one, other) = tokio::join!(one.post(ACCEPT, &token), other.post(ACCEPT, &token));
    let came_in = [one, other].iter().filter(|answer| answer.status == 200).count();
    assert_eq!((came_in, test.workspace().state().workspace.members.len()), (1, 2));
}

#[tokio::test]
async fn a_reservation_is_let_go_when_the_log_takes_nothing() {
    let test = TestApp::new();
    let invited = invite(&test, "member").await;
    let id: InvitationId = invited["invitation"]["id"].as_str().unwrap().parse().unwrap();
    let (accounts, now) = (test.app.accounts(), test.app.clock().now());
    let reserved = accounts.reserve(id, now).unwrap();
    accounts.let_go(id, reserved.plus(1)).unwrap();
    assert!(matches!(accounts.reserve(id, now), Err(EntryError::BeingAccepted)), "that was another's");
    accounts.let_go(id, reserved).unwrap();
    let _ = test.app.stop();
    let refused = test.nobody().post(ACCEPT, &accept(&invited, "bo")).await;
    assert_eq!(refused.error(), (503, "shutting_down".to_owned()));
    accounts.reserve(id, now).unwrap();
}

#[tokio::test]
async fn only_admins_invite_and_withdraw() {
    let test = TestApp::new();
    let invited = invite(&test, "member").await;
    let path = test.path(&format!("invitations/{}", invited["invitation"]["id"].as_str().unwrap()));
    for (number, role) in [(7, Role::Viewer), (8, Role::Member), (9, Role::Approver)] {
        let (session, _) = test.join(number, role).await;
        let they = test.with_session(&session);
        let body = json!({ "role": "admin", "note": "Me" });
        let forbidden = (403, "forbidden".to_owned());
        assert_eq!(they.post(&test.path("invitations"), &body).await.error(), forbidden, "{role:?}");
        assert_eq!(they.delete(&path).await.error(), forbidden, "{role:?}");
        assert_eq!(they.get(&test.path("people")).await.json()["invitations"], json!([]), "{role:?}");
    }
    assert_eq!(
        test.owner().get(&test.path("people")).await.json()["invitations"].as_array().unwrap().len(),
        1
    );
}

#[tokio::test]
async fn whoever_invites_has_just_proved_who_they_are() {
    let time = Time::default();
    let test = TestApp::by(&time.clock());
    time.pass(CONFIRMED_MS);
    assert!(invite(&test, "admin").await["token"].is_string());
    time.pass(1);
    let body = json!({ "role": "admin", "note": "Bo" });
    let late = test.owner().post(&test.path("invitations"), &body).await;
    assert_eq!(late.error(), (403, "confirmation_needed".to_owned()));
    let people = test.owner().get(&test.path("people")).await.json();
    assert_eq!(people["invitations"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_taken_name_uses_no_invitation_up() {
    let test = TestApp::new();
    let invited = invite(&test, "member").await;
    let taken = test.nobody().post(ACCEPT, &accept(&invited, "OLIVIA")).await;
    assert_eq!(taken.error(), (409, "login_taken".to_owned()));
    assert_eq!(test.workspace().state().workspace.members.len(), 1);
    assert_eq!(test.nobody().post(ACCEPT, &accept(&invited, "bo")).await.status, 200);
}

#[tokio::test]
async fn a_member_who_accepts_may_do_more_and_never_less() {
    let test = TestApp::new();
    let (bo, member) = test.join(7, Role::Member).await;
    let role = || test.workspace().state().workspace.members[&member].role;
    for (invited, found, becomes) in [
        ("viewer", 409, Role::Member),
        ("member", 409, Role::Member),
        ("approver", 200, Role::Approver),
        ("member", 409, Role::Approver),
        ("admin", 200, Role::Admin),
    ] {
        let token = invite(&test, invited).await;
        let accept = json!({ "token": token["token"] });
        let answer = test.with_session(&bo).post(ACCEPT, &accept).await;
        assert_eq!((answer.status.as_u16(), role()), (found, becomes), "{invited}: {}", answer.json());
        let again = test.with_session(&bo).post(ACCEPT, &accept).await.error();
        assert_eq!(again.0, if found == 200 { 410 } else { 409 }, "{invited}");
    }
    let by = test.get(&test.path(&format!("events?after={}", test.cursor().seq - 1))).await.json();
    let header: Value = serde_json::from_str(by["events"][0]["header"].as_str().unwrap()).unwrap();
    assert_eq!(header["actor"], json!(test.workspace().local_member()), "in the name of who has invited");
}

#[tokio::test]
async fn whoever_is_a_member_can_not_join_twice() {
    let test = TestApp::new();
    let invited = invite(&test, "viewer").await;
    let body = json!({ "token": invited["token"] });
    assert_eq!(test.nobody().post(ACCEPT, &body).await.error(), (401, "sign_in_needed".to_owned()));
    assert_eq!(test.owner().post(ACCEPT, &body).await.error(), (409, "already_member".to_owned()));
    assert_eq!(test.nobody().post(ACCEPT, &accept(&invited, "bo")).await.status, 200, "it is still good");
}

#[tokio::test]
async fn whoever_was_a_member_is_the_same_one_again() {
    let test = TestApp::new();
    let (session, member) = test.join(7, Role::Approver).await;
    assert_eq!(test.push(&[remove(member)]).await.status, 200);
    let former = test.with_session(&session);
    let snapshot = test.path("snapshot");
    assert_eq!(former.get(&snapshot).await.error(), (403, "forbidden".to_owned()));
    assert_eq!(former.push(&[add_service(1, 1, "web")]).await.error(), (403, "forbidden".to_owned()));
    assert_eq!(former.get("/api/v1/workspaces").await.json()["workspaces"], json!([]));
    let invited = invite(&test, "member").await;
    let back = former.post(ACCEPT, &json!({ "token": invited["token"] })).await.json();
    assert_eq!((&back["member"], &back["workspaces"][0]["role"]), (&json!(member), &json!("member")));
    assert_eq!(former.get(&snapshot).await.status, 200);
}

#[tokio::test]
async fn whoever_is_no_admin_any_more_lets_nobody_in() {
    let test = TestApp::new();
    let (ida, member) = test.join(7, Role::Admin).await;
    let body = json!({ "role": "admin", "note": "Me" });
    let invited = test.with_session(&ida).post(&test.path("invitations"), &body).await.json();
    for change in [set_role(&json!(member), "approver"), remove(member)] {
        assert_eq!(test.push(&[change]).await.status, 200);
        let members = test.workspace().state().workspace.members.len();
        let token = json!({ "token": invited["token"] });
        assert_eq!(test.nobody().post(LOOK, &token).await.error(), gone());
        assert_eq!(test.nobody().post(ACCEPT, &accept(&invited, "bo")).await.error(), gone());
        assert_eq!(test.with_session(&ida).post(ACCEPT, &token).await.error(), gone());
        assert_eq!(test.workspace().state().workspace.members.len(), members);
    }
    let state = test.workspace().state();
    assert_eq!(state.workspace.admins().collect::<Vec<_>>(), [test.workspace().local_member()]);
}

#[tokio::test]
async fn what_the_operator_made_is_good_whoever_is_admin() {
    let test = TestApp::new();
    let (ida, _) = test.join(7, Role::Admin).await;
    let row = InvitationRow {
        id: InvitationId::from_u128(5),
        workspace: test.workspace().id(),
        member: MemberId::from_u128(5),
        role: Role::Member,
        note: "Bo".to_owned(),
        by: test.workspace().local_member(),
        is_operators: true,
        ends: test.app.clock().now().plus(INVITATION_MS),
    };
    let now = test.app.clock().now();
    let made = test.app.accounts().invite(secret::hash("x"), &row, By::Operator, now).unwrap();
    assert_eq!(made, Acted::Done);
    let listed = test.get(&test.path("people")).await.json();
    assert_eq!((listed["invitations"][0].get("by"), &listed["invitations"][0]["note"]), (None, &json!("Bo")));
    let looked = test.nobody().post(LOOK, &json!({ "token": "x" })).await.json();
    assert_eq!(looked.get("by"), None, "nobody of the workspace invited");
    let change = test.with_session(&ida).push(&[remove(test.workspace().local_member())]).await;
    assert_eq!(change.json()["results"][0]["outcome"]["status"], "applied");
    let token = json!({ "token": "x" });
    assert_eq!(test.nobody().post(LOOK, &token).await.json()["role"], "member");
    assert_eq!(test.nobody().post(ACCEPT, &accept(&token, "bo")).await.json()["member"], json!(row.member));
}

#[tokio::test]
async fn whoever_the_operator_shuts_out_lets_nobody_in_any_more() {
    type ShutOut = fn(&TestApp, AccountId);
    let table: [(&str, ShutOut); 2] = [
        ("disabled", |test, bo| {
            let now = test.app.clock().now();
            test.app.accounts().set_disabled(bo, Some(now), now).unwrap();
        }),
        ("another password", |test, bo| {
            let now = test.app.clock().now();
            test.app.accounts().change_password(bo, "x", None, now).unwrap();
        }),
    ];
    for (what, shut_out) in table {
        let test = TestApp::new();
        let (session, _) = test.join(7, Role::Admin).await;
        let invite = json!({ "role": "admin", "note": "a friend" });
        let invited = test.with_session(&session).post(&test.path("invitations"), &invite).await.json();
        let of_owner = self::invite(&test, "member").await;
        shut_out(&test, AccountId::from_u128(7));
        assert_eq!(test.nobody().post(ACCEPT, &accept(&invited, "cy")).await.error(), gone(), "{what}");
        assert_eq!(test.kinds("kind=invitation.withdrawn").await, ["invitation.withdrawn"], "{what}");
        assert_eq!(test.nobody().post(ACCEPT, &accept(&of_owner, "di")).await.status, 200, "{what}");
    }
}

#[tokio::test]
async fn whoever_accepts_two_at_once_is_one_member() {
    let test = TestApp::new();
    let (session, _) = test.join(7, Role::Member).await;
    test.push(&[remove(MemberId::from_u128(7))]).await;
    let links = [invite(&test, "viewer").await, invite(&test, "viewer").await];
    let before = test.workspace().state().workspace.members.len();
    let bo = test.with_session(&session);
    let [first, second] = links.map(|link| json!({ "token": link["token"] }));
    let (one, other) = tokio::join!(bo.post(ACCEPT, &first), bo.post(ACCEPT, &second));
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(test.workspace().state().workspace.members.len(), before + 1);
}

#[tokio::test]
async fn a_stranger_learns_of_no_workspace() {
    let test = TestApp::new();
    // Somebody of another workspace, as far as this one can tell.
    let now = test.app.clock().now();
    let row = crate::store::accounts::AccountRow {
        id: AccountId::from_u128(9),
        name: "Stranger".to_owned(),
        login: "stranger".to_owned(),
        password: String::new(),
        second_factor: None,
        draft: None,
        recovery_codes: 0,
        made: now,
        disabled_at: None,
        sign_outs: 0,
    };
    test.app.accounts().make_account_alone(&row).unwrap();
    let stranger = test.with_session(&test.begin_session(row.id));
    let missing = format!("/api/v1/workspaces/{}/snapshot", uuid::Uuid::from_u128(5));
    let (here, nowhere) = (stranger.get(&test.path("snapshot")).await, stranger.get(&missing).await);
    assert_eq!(here.error(), (404, "not_found".to_owned()));
    assert_eq!((here.status, here.body), (nowhere.status, nowhere.body));
    for path in ["people", "tokens", "stream?after=0", "events?after=0"] {
        assert_eq!(stranger.get(&test.path(path)).await.status, 404, "{path}");
        assert_eq!(test.nobody().get(&test.path(path)).await.status, 401, "{path}");
    }
    assert_eq!(stranger.push(&[add_service(1, 1, "web")]).await.status, 404);
}

#[tokio::test]
async fn what_is_pushed_is_by_who_asks_on_their_device() {
    let test = TestApp::new();
    let (bo, member) = test.join(7, Role::Member).await;
    let hello = json!({ "protocol": 1, "client": uuid::Uuid::from_u128(1), "queues": [], "sent_at": 5 });
    let told = test.with_session(&bo).post(&test.path("hello"), &hello).await.json();
    assert_eq!(told["member"], json!(member));
    let head = test.cursor().seq;
    test.with_session(&bo).push(&[add_service(1, 1, "web")]).await;
    let page = test.owner().get(&test.path(&format!("events?after={head}"))).await.json();
    let header: Value = serde_json::from_str(page["events"][0]["header"].as_str().unwrap()).unwrap();
    let session = test.with_session(&bo).get("/api/v1/session").await.json()["session"]["id"].clone();
    assert_eq!((&header["actor"], &header["device"]), (&json!(member), &session), "{header}");
}

#[tokio::test]
async fn a_restore_ends_those_that_are_open() {
    let test = TestApp::new();
    let invited = invite(&test, "member").await;
    test.app.accounts().end_all(test.app.clock().now()).unwrap();
    assert_eq!(test.nobody().post(ACCEPT, &accept(&invited, "bo")).await.error(), gone());
    assert_eq!(test.owner().get("/api/v1/session").await.status, 401);
}

#[tokio::test]
async fn a_hundred_invitations_are_open_and_no_more() {
    let test = TestApp::new();
    let (invite, path) = (json!({ "role": "viewer", "note": "a friend" }), test.path("invitations"));
    let mut last = String::new();
    for _ in 0..crate::store::accounts::INVITATIONS_MOST {
        last =
            test.owner().post(&path, &invite).await.json()["invitation"]["id"].as_str().unwrap().to_owned();
    }
    assert_eq!(test.owner().post(&path, &invite).await.error(), (422, "unacceptable".to_owned()));
    assert_eq!(test.owner().delete(&format!("{path}/{last}")).await.status, 204);
    assert_eq!(test.owner().post(&path, &invite).await.status, 200);
}
