//! The audit: what is told, to whom, page by page and as a file.

use axum::http::Method;
use serde_json::{Value, json};
use slipway_shared::account::SETUP_MS;
use slipway_shared::audit::{AccountAct, AuditPage, PAGE_ENTRIES};
use slipway_shared::ids::AccountId;
use slipway_shared::member::Role;

use super::time::Time;
use super::{TestApp, add_service};

impl TestApp {
    async fn audit(&self, query: &str) -> AuditPage {
        let answer = self.get(&self.path(&format!("audit?{query}"))).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        serde_json::from_slice(&answer.body).unwrap()
    }

    pub(super) async fn kinds(&self, query: &str) -> Vec<String> {
        self.audit(query).await.entries.into_iter().map(|entry| entry.kind).collect()
    }
}

#[tokio::test]
async fn what_happens_to_accounts_is_told_with_the_log_newest_first() {
    let time = Time::default();
    let test = TestApp::by(&time.clock());
    let step = || time.pass(1_000);
    step();
    test.push(&[add_service(1, 1, "web")]).await;
    step();
    let made = test.post(&test.path("tokens"), &json!({ "name": "CI", "scope": "read" })).await.json();
    step();
    let id = made["token"]["id"].as_str().unwrap();
    let ended = test.owner().delete(&test.path(&format!("tokens/{id}"))).await;
    assert_eq!(ended.status, 204);
    step();
    let invited =
        test.post(&test.path("invitations"), &json!({ "role": "viewer", "note": "Bo" })).await.json();
    step();
    let id = invited["invitation"]["id"].as_str().unwrap();
    assert_eq!(test.owner().delete(&test.path(&format!("invitations/{id}"))).await.status, 204);
    step();
    let renamed =
        test.owner().ask(Method::PATCH, "/api/v1/account", Some(&json!({ "name": "Olivia O" }))).await;
    assert_eq!(renamed.status, 200);
    let kinds = test.kinds("").await;
    let expected = [
        "account.renamed",
        "invitation.withdrawn",
        "invitation.made",
        "token.revoked",
        "token.made",
        "service.added",
    ];
    assert_eq!(kinds[..expected.len()], expected.map(str::to_owned));
    assert_eq!(test.kinds("kind=server,session").await, ["session.began", "server.set_up"]);
    assert_eq!(test.kinds("kind=token").await, ["token.revoked", "token.made"]);
    assert_eq!(test.kinds("kind=service.added&text=WEB").await, ["service.added"]);
    assert_eq!(test.kinds("kind=service.added&text=api").await, [""; 0]);
    let page = test.audit("kind=token.made").await;
    let owner = test.workspace().local_member();
    assert_eq!((page.entries[0].member, page.entries[0].device.as_deref()), (Some(owner), Some("Laptop")));
    assert_eq!(page.next, None);
    assert!(AccountAct::ALL.iter().any(|act| act.kind() == page.entries[0].kind));
}

#[tokio::test]
async fn tries_that_fail_are_counted_not_listed() {
    let test = TestApp::new();
    let wrong = json!({ "login": "olivia", "password": "wrong password", "device": "x", "is_shared": false });
    for _ in 0..3 {
        assert_eq!(test.nobody().post("/api/v1/session", &wrong).await.status, 401);
    }
    let unknown = json!({ "login": "who", "password": "wrong password", "device": "x", "is_shared": false });
    assert_eq!(test.nobody().post("/api/v1/session", &unknown).await.status, 401);
    let (accounts, now) = (test.app.accounts(), test.app.clock().now());
    test.app.failures().write(&accounts, now).unwrap();
    test.app.failures().write(&accounts, now).unwrap();
    let page = test.audit("kind=session.failed").await;
    // The name that is nobody's is of no concern to a workspace; the operator sees it.
    let [entry] = page.entries.as_slice() else { panic!("{page:?}") };
    let event = entry.account.as_ref().unwrap();
    assert_eq!((event.account, event.by, event.count), (Some(AccountId::from_u128(1)), None, Some(3)));
    assert_eq!((entry.member, entry.concerns), (None, Some(test.workspace().local_member())));
    assert!(event.network.as_ref().is_some_and(|network| network.len() == 16));
}

#[tokio::test]
async fn it_is_for_admins_of_the_workspace_alone() {
    let test = TestApp::new();
    let path = test.path("audit");
    for (number, role) in (7..).zip([Role::Viewer, Role::Member, Role::Approver]) {
        let (session, _) = test.join(number, role).await;
        assert_eq!(test.with_session(&session).get(&path).await.error(), (403, "forbidden".to_owned()));
    }
    assert_eq!(test.nobody().get(&path).await.error(), (401, "sign_in_needed".to_owned()));
    for (scope, status) in [("read", 403), ("write", 403), ("admin", 200)] {
        let made = test.post(&test.path("tokens"), &json!({ "name": "CI", "scope": scope })).await.json();
        let program = test.with_token(made["secret"].as_str().unwrap());
        assert_eq!(program.get(&path).await.status, status, "{scope}");
        assert_eq!(program.get(&test.path("audit?format=csv")).await.status, status, "{scope}");
    }
    let elsewhere = format!("/api/v1/workspaces/{}/audit", uuid::Uuid::from_u128(404));
    assert_eq!(test.get(&elsewhere).await.error(), (404, "not_found".to_owned()));
}

#[tokio::test]
async fn pages_follow_each_other_and_leave_nothing_out() {
    let test = TestApp::new();
    let commands: Vec<_> = (1..=120).map(|seq| add_service(1, seq, &format!("service {seq}"))).collect();
    test.push(&commands).await;
    for number in 0..20 {
        test.begin_session(AccountId::from_u128(1));
        test.push(&[add_service(2, number + 1, &format!("other {number}"))]).await;
    }
    let (mut before, mut seen, mut pages) = (String::new(), Vec::new(), 0);
    loop {
        let page = test.audit(&before).await;
        assert!(page.entries.len() <= PAGE_ENTRIES);
        seen.extend(page.entries.into_iter().map(|entry| {
            let event = entry.event.map(|event| event.read_header().unwrap().seq);
            (entry.at, event, entry.account.map(|event| event.seq))
        }));
        pages += 1;
        let Some(next) = page.next else { break };
        before = format!("before={next}");
    }
    let head = test.app.accounts().history_head().unwrap().seq;
    let logged: Vec<_> = seen.iter().filter_map(|(_, log, _)| *log).collect();
    let accounts: Vec<_> = seen.iter().filter_map(|(.., account)| *account).collect();
    assert_eq!(logged, (1..=test.cursor().seq).rev().collect::<Vec<_>>());
    assert_eq!(accounts, (1..=head).rev().collect::<Vec<_>>());
    assert!(seen.is_sorted_by(|one, other| one.0 >= other.0) && pages > 3);
}

#[tokio::test]
async fn queries_that_mean_nothing_are_refused() {
    let test = TestApp::new();
    for query in [
        "before=x",
        "before=1",
        "person=x",
        "from=x",
        "limit=5",
        "format=xml",
        "witness=-1",
        "kind=zzz",
        "kind=token,zzz",
        "kind=token,",
    ] {
        let answer = test.get(&test.path(&format!("audit?{query}"))).await;
        assert_eq!(answer.error(), (400, "malformed".to_owned()), "{query}");
    }
}

#[tokio::test]
async fn a_file_has_all_of_it_and_writing_it_out_is_told() {
    let test = TestApp::new();
    test.push(&[add_service(1, 1, "=HYPERLINK(\"x\")")]).await;
    let csv = test.get(&test.path("audit?format=csv")).await;
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(csv.header("content-disposition"), Some("attachment; filename=\"audit.csv\""));
    let text = String::from_utf8(csv.body).unwrap();
    assert!(text.starts_with("log,number,arrived"), "{text}");
    assert!(
        text.contains("\"service.added\",\"\"") || text.contains("\"service.added\",\"Olivia Owner\""),
        "{text}"
    );
    let ndjson = test.get(&test.path("audit?format=ndjson")).await;
    let lines: Vec<Value> = String::from_utf8(ndjson.body)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let head = test.app.accounts().history_head().unwrap().seq;
    assert_eq!(lines.len() as u64, test.cursor().seq + head);
    assert_eq!(lines[0]["kind"], "server.exported");
    assert_eq!(test.kinds("kind=server.exported").await, ["server.exported", "server.exported"]);
    let only = test.get(&test.path("audit?format=csv&kind=service")).await;
    assert_eq!(String::from_utf8(only.body).unwrap().lines().count(), 2);
}

#[tokio::test]
async fn whoever_knows_an_older_place_can_tell_another_history() {
    let test = TestApp::new();
    let page = test.audit("").await;
    test.begin_session(AccountId::from_u128(1));
    let again = test.audit(&format!("witness={}", page.accounts.seq)).await;
    assert_eq!(again.witness, Some(page.accounts.chain));
    assert_ne!(again.accounts, page.accounts);
    assert_eq!(test.audit("witness=99").await.witness, None);
}

#[tokio::test]
async fn a_period_begins_with_its_first_moment_and_ends_before_its_last() {
    let time = Time::default();
    let test = TestApp::by(&time.clock());
    time.pass(SETUP_MS);
    let from = test.app.clock().now();
    test.push(&[add_service(1, 1, "web")]).await;
    time.pass(1);
    let to = test.app.clock().now();
    test.push(&[add_service(1, 2, "api")]).await;
    let within = test.audit(&format!("kind=service.added&from={}&to={}", from.0, to.0)).await;
    let [entry] = within.entries.as_slice() else { panic!("{within:?}") };
    assert_eq!(entry.at, from);
}

#[tokio::test]
async fn whoever_has_left_is_seen_up_to_then_and_no_more() {
    let time = Time::default();
    let test = TestApp::by(&time.clock());
    let (session, member) = test.join(7, Role::Member).await;
    let left = test.with_session(&session);
    let made = left.post(&test.path("tokens"), &json!({ "name": "CI", "scope": "read" })).await;
    assert_eq!(made.status, 200);
    let rename = async |name: &str| {
        time.pass(1_000);
        let renamed = left.ask(Method::PATCH, "/api/v1/account", Some(&json!({ "name": name }))).await;
        assert_eq!(renamed.status, 200);
    };
    rename("Bo").await;
    assert_eq!(test.kinds("kind=account.renamed").await, ["account.renamed"]);
    let account = AccountId::from_u128(7);
    test.app.accounts().end_sessions(account, None, test.app.clock().now()).unwrap();
    let session = test.begin_session(account);
    let left = test.with_session(&session);
    let rename = async |name: &str| {
        time.pass(1_000);
        let renamed = left.ask(Method::PATCH, "/api/v1/account", Some(&json!({ "name": name }))).await;
        assert_eq!(renamed.status, 200);
    };
    time.pass(1_000);
    let remove = json!({
        "client": uuid::Uuid::from_u128(70), "seq": 1, "at": 5, "seen": 0, "kind": "member.remove", "v": 1,
        "body": { "member": { "remove": { "member": member } } },
    });
    let pushed = test.push(&[remove]).await.json();
    assert_eq!(pushed["results"][0]["outcome"]["status"], "applied", "{pushed}");
    rename("Bo elsewhere").await;
    assert_eq!(test.kinds("kind=account.renamed").await, ["account.renamed"], "what came later is theirs");
    let ended = test.audit("kind=session.all_ended").await.entries;
    assert_eq!(ended.iter().map(|entry| entry.concerns).collect::<Vec<_>>(), [Some(member)]);
    let tokens = test.audit("kind=token").await.entries;
    assert_eq!(
        tokens.iter().map(|entry| entry.kind.as_str()).collect::<Vec<_>>(),
        ["token.revoked", "token.made"]
    );
    assert_eq!((tokens[0].member, tokens[0].concerns), (None, Some(member)), "the server did it by itself");
    let removed = test.audit("kind=member.removed").await.entries;
    assert_eq!(removed[0].concerns, Some(member));
    let csv = test.get(&test.path("audit?format=csv&kind=member.removed")).await;
    let csv = String::from_utf8(csv.body).unwrap();
    assert!(csv.contains("\"Bo elsewhere\""), "{csv}");

    let add = json!({
        "client": uuid::Uuid::from_u128(71), "seq": 1, "at": 5, "seen": 0, "kind": "member.add", "v": 1,
        "body": { "member": { "add": { "member": member, "role": "member" } } },
    });
    time.pass(1_000);
    test.push(&[add]).await;
    rename("Bo again").await;
    assert_eq!(
        test.kinds("kind=account.renamed").await,
        ["account.renamed", "account.renamed"],
        "what was between stays theirs"
    );
}

#[tokio::test]
async fn what_a_token_did_is_told_by_its_name_also_when_it_is_gone() {
    let time = Time::default();
    let test = TestApp::by(&time.clock());
    let made = test.post(&test.path("tokens"), &json!({ "name": "CI", "scope": "write" })).await.json();
    let pushed = test.with_token(made["secret"].as_str().unwrap()).push(&[add_service(1, 1, "web")]).await;
    assert_eq!(pushed.status, 200);
    let invite = json!({ "role": "approver", "note": "bo@example.org" });
    assert_eq!(test.post(&test.path("invitations"), &invite).await.status, 200);
    let id = made["token"]["id"].as_str().unwrap();
    assert_eq!(test.owner().delete(&test.path(&format!("tokens/{id}"))).await.status, 204);
    time.pass(SETUP_MS * 24 * 60);
    crate::housekeeping::forget_what_ended(&test.app).await;
    let test = TestApp { session: test.begin_session(AccountId::from_u128(1)), ..test };
    let added = test.audit("kind=service.added").await.entries;
    assert_eq!(added[0].device.as_deref(), Some("API token \u{201c}CI\u{201d}"));
    let details = |entries: &[slipway_shared::audit::AuditEntry]| json!(entries[0].details);
    assert_eq!(
        details(&test.audit("kind=token.made").await.entries),
        json!({ "name": "CI", "scope": "write" })
    );
    assert_eq!(details(&test.audit("kind=invitation.made").await.entries), json!({ "role": "approver" }));
    let csv = test.get(&test.path("audit?format=csv&kind=token.made,invitation.made")).await;
    let csv = String::from_utf8(csv.body).unwrap();
    assert!(csv.contains("\"CI, write\"") && csv.contains("\"approver\""), "{csv}");
    assert!(!csv.contains("example.org"), "{csv}");
}
