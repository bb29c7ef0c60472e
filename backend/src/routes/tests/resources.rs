//! Resources: what is read, what is written, and what is refused.

use axum::http::Method;
use serde_json::{Value, json};
use slipway_shared::member::Role;

use super::TestApp;
use super::visitor::Visitor;

/// Makes an API token of the owner.
pub(super) async fn token(test: &TestApp, scope: &str) -> String {
    let body = json!({ "name": "CI", "scope": scope });
    let made = test.owner().post(&test.path("tokens"), &body).await.json();
    made["secret"].as_str().unwrap().to_owned()
}

/// Adds a service, and returns its id.
pub(super) async fn service(test: &TestApp, name: &str) -> String {
    let answer = test.owner().post(&test.path("services"), &json!({ "name": name })).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// Opens a deployment, and returns its id.
pub(super) async fn deployment(who: &Visitor<'_>, test: &TestApp, service: &str, version: &str) -> String {
    let body = json!({ "service": service, "version": version });
    let answer = who.post(&test.path("deployments"), &body).await;
    assert_eq!(answer.status, 201, "{}", answer.json());
    answer.json()["deployment"]["id"].as_str().unwrap().to_owned()
}

/// What a pipeline does, with curl and a token: open, tell that it began, tell how it ended.
#[tokio::test]
async fn a_pipeline_opens_a_deployment_and_tells_what_becomes_of_it() {
    let test = TestApp::new();
    let secret = token(&test, "write").await;
    let ci = test.with_token(&secret);
    let added =
        ci.post(&test.path("services"), &json!({ "name": "api", "repository": "git.example.org/api" })).await;
    assert_eq!(added.status, 201);
    let opened = ci
        .post(
            &test.path("deployments"),
            &json!({
                "service": "API",
                "version": "2.4.0",
                "title": "Faster search",
                "changes": [{ "summary": "Index by word", "commit": "abc1234", "author": "Ada" }],
            }),
        )
        .await;
    assert_eq!(opened.status, 201);
    let whole = opened.json();
    let id = whole["deployment"]["id"].as_str().unwrap();
    assert_eq!(opened.header("location"), Some(&*test.path(&format!("deployments/{id}"))));
    assert_eq!(whole["deployment"]["service"]["name"], "api");
    assert_eq!(whole["deployment"]["opened"]["by"]["name"], "Olivia Owner");
    assert_eq!(whole["changes"][0]["commit"], "abc1234");
    assert_eq!(whole["sections"].as_array().unwrap().len(), 7, "the template");

    let told = json!({ "service": "api", "version": "2.4.0", "environment": "staging", "phase": "started" });
    let started = ci.post(&test.path("rollouts"), &told).await;
    assert_eq!(started.status, 201, "{}", started.json());
    let rollout = started.json()["id"].as_str().unwrap().to_owned();
    assert_eq!((&started.json()["phase"], started.json().get("finished_at")), (&json!("started"), None));
    let ended = json!({ "phase": "succeeded", "note": "build 17" });
    let ended = ci.ask(Method::PATCH, &test.path(&format!("rollouts/{rollout}")), Some(&ended)).await;
    assert_eq!((ended.status.as_u16(), &ended.json()["phase"]), (200, &json!("succeeded")));
    assert_eq!(ended.json()["note"], "build 17");

    let whole = ci.get(&test.path(&format!("deployments/{id}"))).await.json();
    assert_eq!(whole["deployment"]["stages"]["stage"], "passed");
    assert_eq!(whole["deployment"]["column"]["name"], "Staging");
    assert_eq!(whole["deployment"]["labels"], json!(["type-deployment", "deploy-staging"]));
    assert_eq!(whole["rollouts"][0]["id"], json!(rollout));
    assert_eq!(whole["gates"][0]["is_open"], false);
}

#[tokio::test]
async fn a_rollout_is_told_of_whole_when_it_is_over() {
    let test = TestApp::new();
    service(&test, "api").await;
    let id = deployment(&test.owner(), &test, "api", "1.0").await;
    let told = json!({
        "deployment": id, "environment": "Development", "phase": "failed",
        "started_at": 1_700_000_000_000_i64, "happened_at": 1_700_000_060_000_i64,
    });
    let rollout = test.owner().post(&test.path("rollouts"), &told).await.json();
    assert_eq!(
        (&rollout["started_at"], &rollout["finished_at"], &rollout["phase"]),
        (&json!(1_700_000_000_000_i64), &json!(1_700_000_060_000_i64), &json!("failed"))
    );
}

#[tokio::test]
async fn everything_about_a_deployment_is_changed_one_thing_at_a_time() {
    let test = TestApp::new();
    service(&test, "api").await;
    let label = test.owner().post(&test.path("labels"), &json!({ "name": "hotfix" })).await;
    assert_eq!(label.status, 201);
    let id = deployment(&test.owner(), &test, "api", "1.0").await;
    let path = |rest: &str| test.path(&format!("deployments/{id}{rest}"));
    let owner = test.owner();
    let patched = owner.patch(&path(""), &json!({ "version": "1.1", "title": "Second try" })).await.json();
    assert_eq!(
        (&patched["deployment"]["version"], &patched["deployment"]["title"]),
        (&json!("1.1"), &json!("Second try"))
    );
    assert_eq!(owner.patch(&path(""), &json!({})).await.status, 200, "nothing is no mistake");
    let text = owner.put(&path("/sections/Rollback"), &json!({ "text": "Go back to 1.0" })).await.json();
    assert_eq!(text["sections"][6]["text"], "Go back to 1.0");
    let changes =
        json!({ "changes": [{ "summary": "One", "commit": "a1" }, { "summary": "One", "commit": "a1" }] });
    assert_eq!(owner.post(&path("/changes"), &changes).await.json()["changes"].as_array().unwrap().len(), 1);
    let marked = owner.put(&path("/stages/build"), &json!({ "state": "passed" })).await.json();
    assert_eq!(marked["deployment"]["stages"]["build"], "passed");
    let labelled = owner.ask(Method::PUT, &path("/labels/hotfix"), None).await.json();
    assert_eq!(labelled["deployment"]["labels"], json!(["type-deployment", "hotfix"]));
    let taken_off = owner.delete(&path("/labels/HOTFIX")).await.json();
    assert_eq!(taken_off["deployment"]["labels"], json!(["type-deployment"]));
    let moved =
        owner.post(&path("/move"), &json!({ "to": "Approval", "from": "Ready to Deploy" })).await.json();
    assert_eq!(moved["deployment"]["column"]["name"], "Approval");
    assert_eq!(
        owner.ask(Method::POST, &path("/finish"), None).await.json()["deployment"]["state"],
        "finished"
    );
    assert_eq!(owner.ask(Method::POST, &path("/reopen"), None).await.json()["deployment"]["state"], "open");
}

#[tokio::test]
async fn testing_of_what_was_rolled_out_is_said_and_taken_back() {
    let test = TestApp::new();
    service(&test, "api").await;
    let id = deployment(&test.owner(), &test, "api", "1.0").await;
    let owner = test.owner();
    let told = json!({ "deployment": id, "environment": "Staging", "phase": "succeeded" });
    assert_eq!(owner.post(&test.path("rollouts"), &told).await.status, 201);
    let path = |kind: &str| test.path(&format!("deployments/{id}/testing/staging/{kind}"));
    let said = json!({ "outcome": "passed", "note": "https://ci.example.org/1" });
    assert_eq!(owner.put(&path("automated"), &said).await.status, 200);
    let whole = owner.put(&path("manual"), &json!({ "outcome": "passed" })).await.json();
    let of_staging = |whole: &Value| {
        let all = whole["testing"].as_array().unwrap().iter();
        let own = all.filter(|item| item["environment"]["name"] == "Staging");
        own.map(|item| (item["testing"].clone(), item["outcome"].clone())).collect::<Vec<_>>()
    };
    let passed = |kind| (json!(kind), json!("passed"));
    assert_eq!(of_staging(&whole), [passed("manual"), passed("automated")]);
    assert_eq!(whole["deployment"]["stages"]["verify"], "passed", "a pipeline can bring it there");
    let back = owner.put(&path("manual"), &json!({})).await.json();
    assert_eq!(of_staging(&back), [(json!("manual"), Value::Null), passed("automated")]);
}

#[tokio::test]
async fn checks_are_ticked_with_evidence_and_opened_again() {
    let test = TestApp::new();
    service(&test, "api").await;
    let id = deployment(&test.owner(), &test, "api", "1.0").await;
    let owner = test.owner();
    let added = json!({ "section": "Pre-deployment", "text": "Load test", "verify": "p99 below 200 ms" });
    let added = owner.post(&test.path(&format!("deployments/{id}/checks")), &added).await;
    assert_eq!(added.status, 201);
    let place = added.header("location").unwrap().to_owned();
    let ticked = owner.put(&place, &json!({ "state": "done", "evidence": "run 7" })).await.json();
    let checks = |told: &Value| told["checklists"][1]["checks"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&checks(&ticked)["state"], &checks(&ticked)["said"][0]["evidence"]),
        (&json!("done"), &json!("run 7"))
    );
    assert_eq!((&ticked["progress"]["done"], &ticked["progress"]["all"]), (&json!(1), &json!(14)));
    for state in ["failed", "not_applicable", "open"] {
        assert_eq!(
            checks(&owner.put(&place, &json!({ "state": state })).await.json())["state"],
            json!(state)
        );
    }
    let told = owner.get(&test.path(&format!("deployments/{id}/checklists"))).await.json();
    assert_eq!(told["checklists"].as_array().unwrap().len(), 4, "sections without checks are left out");
    let other = test.path(&format!("deployments/{id}/checks/{id}"));
    assert_eq!(owner.put(&other, &json!({ "state": "done" })).await.error(), (404, "not_found".to_owned()));
}

#[tokio::test]
async fn a_gate_opens_by_checks_and_by_somebody_elses_approval() {
    let test = TestApp::new();
    service(&test, "api").await;
    let id = deployment(&test.owner(), &test, "api", "1.0").await;
    let ask = json!({ "deployment": id, "environment": "Production", "phase": "requested" });
    let refused = test.owner().post(&test.path("rollouts"), &ask).await;
    assert_eq!(refused.error(), (409, "rejected".to_owned()));
    let missing = &refused.json()["error"]["details"]["rejected"]["gate_closed"]["missing"];
    assert_eq!(missing.as_array().unwrap().len(), 10, "nine checks and an approval");

    let (approver, _) = test.join(7, Role::Approver).await;
    let approver = test.with_session(&approver);
    let whole = approver.get(&test.path(&format!("deployments/{id}"))).await.json();
    for section in
        whole["sections"].as_array().unwrap().iter().filter(|section| section["is_required"] == true)
    {
        for check in section["checks"].as_array().unwrap() {
            let check = test.path(&format!("deployments/{id}/checks/{}", check["id"].as_str().unwrap()));
            assert_eq!(approver.put(&check, &json!({ "state": "done" })).await.status, 200);
        }
    }
    let judge = |verdict: &str, digest: &Value| json!({ "environment": "Production", "verdict": verdict, "digest": digest });
    let judgements = test.path(&format!("deployments/{id}/judgements"));
    let (digest, stale) = (&whole["gates"][0]["digest"], json!("0".repeat(64)));
    let own = test.owner().post(&judgements, &judge("approved", digest)).await;
    assert_eq!(own.error(), (403, "rejected".to_owned()), "who opened it");
    let outdated = approver.post(&judgements, &judge("approved", &stale)).await;
    assert_eq!(outdated.error(), (409, "rejected".to_owned()));
    let without_reason = approver.post(&judgements, &judge("declined", digest)).await;
    assert_eq!(without_reason.error(), (422, "rejected".to_owned()));
    let approved = approver.post(&judgements, &judge("approved", digest)).await.json();
    assert_eq!(approved["gates"][0]["is_open"], true);
    let conditions = approved["gates"][0]["conditions"].as_array().unwrap();
    assert_eq!(conditions[1]["requirement"], json!({ "approvals": { "have": 1, "need": 1 } }));
    assert!(conditions.iter().all(|condition| condition["is_met"] == true), "{conditions:?}");
    let before = &whole["gates"][0]["conditions"];
    assert_eq!(before[0], json!({ "requirement": { "checks": { "done": 0, "all": 9 } }, "is_met": false }));
    assert_eq!(approved["gates"][0]["judgements"][0]["by"]["name"], "Person 7");
    let granted = test.owner().post(&test.path("rollouts"), &ask).await;
    assert_eq!((granted.status.as_u16(), &granted.json()["requested"]), (201, &json!(true)));
}

#[tokio::test]
async fn a_token_reads_writes_and_no_more_as_its_scope_says() {
    let test = TestApp::new();
    service(&test, "api").await;
    let id = deployment(&test.owner(), &test, "api", "1.0").await;
    let reads = token(&test, "read").await;
    let reader = test.with_token(&reads);
    let writes = [
        (Method::POST, "deployments".to_owned()),
        (Method::PATCH, format!("deployments/{id}")),
        (Method::POST, format!("deployments/{id}/move")),
        (Method::POST, format!("deployments/{id}/finish")),
        (Method::PUT, format!("deployments/{id}/labels/hotfix")),
        (Method::POST, "services".to_owned()),
        (Method::POST, "labels".to_owned()),
        (Method::POST, "rollouts".to_owned()),
    ];
    for (method, rest) in &writes {
        let answer = reader.ask(method.clone(), &test.path(rest), Some(&json!({}))).await;
        assert_eq!(answer.error(), (403, "forbidden".to_owned()), "{method} {rest}");
    }
    for rest in ["deployments", "services", "environments", "columns", "labels", "rollouts"] {
        assert_eq!(reader.get(&test.path(rest)).await.status, 200, "{rest}");
    }
    for scope in ["write", "admin"] {
        let secret = token(&test, scope).await;
        let finish = test.path(&format!("deployments/{id}/finish"));
        assert_eq!(test.with_token(&secret).ask(Method::POST, &finish, None).await.status, 200, "{scope}");
    }
}

#[tokio::test]
async fn a_viewer_reads_and_is_refused_by_the_same_rule_as_everywhere() {
    let test = TestApp::new();
    service(&test, "api").await;
    let (viewer, _) = test.join(7, Role::Viewer).await;
    let viewer = test.with_session(&viewer);
    assert_eq!(viewer.get(&test.path("services")).await.json()["services"][0]["name"], "api");
    let refused = viewer.post(&test.path("deployments"), &json!({ "service": "api", "version": "1" })).await;
    assert_eq!(refused.error(), (403, "rejected".to_owned()));
    assert_eq!(refused.json()["error"]["details"], json!({ "rejected": "read_only" }));
    assert_eq!(test.nobody().get(&test.path("services")).await.error(), (401, "sign_in_needed".to_owned()));
}

#[tokio::test]
async fn what_can_not_be_asked_for_says_why() {
    let test = TestApp::new();
    service(&test, "api").await;
    let id = deployment(&test.owner(), &test, "api", "1.0").await;
    let nothing = "0192aabb-cc00-7000-8000-000000000000";
    let of = |rest: &str| test.path(&format!("deployments/{id}/{rest}"));
    let cases = [
        (
            Method::POST,
            test.path("deployments"),
            json!({ "service": "web", "version": "1" }),
            422,
            "unacceptable",
        ),
        (Method::POST, test.path("deployments"), json!({ "service": "api", "version": "" }), 422, "rejected"),
        (
            Method::POST,
            test.path("deployments"),
            json!({ "service": "api", "version": "1", "column": "Staging" }),
            409,
            "rejected",
        ),
        (
            Method::POST,
            test.path("deployments"),
            json!({ "service": "api", "version": "1", "surprise": 1 }),
            400,
            "malformed",
        ),
        (Method::POST, test.path("deployments"), json!({ "service": "api" }), 400, "malformed"),
        (
            Method::PATCH,
            test.path(&format!("deployments/{nothing}")),
            json!({ "title": "x" }),
            404,
            "not_found",
        ),
        (Method::PATCH, test.path("deployments/x"), json!({ "title": "x" }), 404, "not_found"),
        (Method::POST, of("move"), json!({ "to": "Nowhere" }), 422, "unacceptable"),
        (Method::POST, of("move"), json!({ "to": "Approval", "from": "Monitoring" }), 409, "rejected"),
        (Method::PUT, of("stages/launch"), json!({ "state": "passed" }), 404, "not_found"),
        (Method::PUT, of("stages/deploy"), json!({ "state": "passed" }), 422, "rejected"),
        (Method::PUT, of("testing/Mars/manual"), json!({ "outcome": "passed" }), 422, "unacceptable"),
        (Method::PUT, of("testing/Staging/lucky"), json!({ "outcome": "passed" }), 404, "not_found"),
        (Method::PUT, of("testing/Staging/manual"), json!({ "outcome": "perhaps" }), 400, "malformed"),
        (Method::PUT, of("testing/Staging/manual"), json!({ "outcome": "passed" }), 422, "unacceptable"),
        (Method::PUT, of("labels/deploy-prod"), json!({}), 422, "unacceptable"),
        (Method::POST, test.path("services"), json!({ "name": "API" }), 409, "rejected"),
        (Method::POST, test.path("services"), json!({ "name": "web", "hue": 400 }), 422, "rejected"),
        (Method::POST, test.path("labels"), json!({ "name": "deploy-prod" }), 409, "rejected"),
        (
            Method::POST,
            test.path("rollouts"),
            json!({ "environment": "Staging", "phase": "started" }),
            422,
            "unacceptable",
        ),
        (
            Method::POST,
            test.path("rollouts"),
            json!({ "deployment": id, "environment": "Staging", "phase": "requested", "happened_at": 5 }),
            422,
            "unacceptable",
        ),
        (
            Method::POST,
            test.path("rollouts"),
            json!({ "deployment": id, "environment": "Staging", "phase": "requested", "version": "9" }),
            409,
            "rejected",
        ),
        (
            Method::POST,
            test.path("rollouts"),
            json!({ "service": "api", "version": "9", "environment": "Staging", "phase": "started" }),
            422,
            "unacceptable",
        ),
        (
            Method::PATCH,
            test.path(&format!("rollouts/{nothing}")),
            json!({ "phase": "failed" }),
            404,
            "not_found",
        ),
    ];
    let before = test.cursor();
    for (method, path, body, status, code) in cases {
        let answer = test.owner().ask(method.clone(), &path, Some(&body)).await;
        assert_eq!(answer.error(), (status, code.to_owned()), "{method} {path} {body}");
    }
    assert_eq!(test.cursor(), before, "nothing of it is in the log");
}

/// A structure is also read off a list of its fields: found by schemathesis.
#[tokio::test]
async fn a_list_is_not_taken_for_an_object() {
    let test = TestApp::new();
    service(&test, "api").await;
    let id = deployment(&test.owner(), &test, "api", "1.0").await;
    let path = test.path(&format!("deployments/{id}"));
    let patched = test.owner().patch(&path, &json!([null, "2.0"])).await;
    assert_eq!(patched.error(), (400, "malformed".to_owned()));
    let changes = json!({ "changes": [["a list"]] });
    let attached = test.owner().post(&format!("{path}/changes"), &changes).await;
    assert_eq!(attached.error(), (400, "malformed".to_owned()));
}
