//! What is in one workspace, asked for under the address of another: there is nothing.

use axum::http::Method;
use serde_json::{Value, json};

use super::description::operations;
use super::visitor::Visitor;
use super::{Answer, TestApp};
use crate::openapi;

const WORKSPACE: &str = "/api/v1/workspaces/{ws}/";

/// Ids that are in the first workspace.
struct Real {
    deployment: String,
    check: String,
    rollout: String,
    invitation: String,
    token: String,
}

impl Real {
    async fn of(test: &TestApp, owner: &Visitor<'_>) -> Self {
        let made = async |rest: &str, body: Value| {
            let answer = owner.post(&test.path(rest), &body).await;
            assert!(answer.status.is_success(), "{rest}: {}", answer.json());
            answer.json()
        };
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        made("services", json!({ "name": "api" })).await;
        made("labels", json!({ "name": "hotfix" })).await;
        let opened = made("deployments", json!({ "service": "api", "version": "1.0" })).await;
        let deployment = text(&opened["deployment"]["id"]);
        let add = json!({ "section": "Rollback", "text": "Look at the graphs" });
        made(&format!("deployments/{deployment}/checks"), add).await;
        let lists = owner.get(&test.path(&format!("deployments/{deployment}/checklists"))).await.json();
        let check = text(find(&lists, "checks").unwrap());
        let begun = json!({ "deployment": deployment, "environment": "Staging", "phase": "started" });
        let rollout = text(&made("rollouts", begun).await["id"]);
        let invited = made("invitations", json!({ "role": "viewer", "note": "Ida" })).await;
        let token = made("tokens", json!({ "name": "CI", "scope": "read" })).await;
        Self {
            deployment,
            check,
            rollout,
            invitation: text(&invited["invitation"]["id"]),
            token: text(&token["token"]["id"]),
        }
    }

    /// Ids that nothing has.
    fn made_up() -> Self {
        let id = || uuid::Uuid::from_u128(0xdead).to_string();
        Self { deployment: id(), check: id(), rollout: id(), invitation: id(), token: id() }
    }

    /// Returns the body of an answer without the ids that were asked for.
    fn left_out_of(&self, answer: &Answer) -> String {
        let ids = [&self.deployment, &self.check, &self.rollout, &self.invitation, &self.token];
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        ids.into_iter().fold(text, |text, id| text.replace(id, "ID"))
    }

    /// Fills in an address with the ids it asks for.
    fn fill(&self, path: &str) -> String {
        let id = match path.split('/').next() {
            Some("deployments") => &self.deployment,
            Some("rollouts") => &self.rollout,
            Some("invitations") => &self.invitation,
            Some("tokens") => &self.token,
            other => panic!("{other:?} in {path}: which id is that of?"),
        };
        let path = path.replace("{id}", id).replace("{check}", &self.check);
        let path = path.replace("{environment}", "staging").replace("{testing}", "manual");
        path.replace("{label}", "hotfix").replace("{stage}", "build").replace("{section}", "Rollback")
    }
}

/// Returns the id of the first of a list called `name`, wherever it is.
fn find<'a>(value: &'a Value, name: &str) -> Option<&'a Value> {
    match value {
        Value::Object(fields) => match fields.get(name).and_then(|list| list.get(0)) {
            Some(first) => first.get("id"),
            None => fields.values().find_map(|value| find(value, name)),
        },
        Value::Array(values) => values.iter().find_map(|value| find(value, name)),
        _ => None,
    }
}

/// A body that is fine for an address.
fn body(method: &Method, path: &str) -> Option<Value> {
    let rest = path.rsplit('/').next().unwrap_or_default();
    Some(match (method.as_str(), rest) {
        ("GET" | "DELETE", _) | ("PUT", "{label}") => return None,
        ("PATCH", _) if path.starts_with("rollouts") => json!({ "phase": "succeeded" }),
        ("PATCH", _) => json!({ "title": "Mine" }),
        ("POST", "changes") => json!({ "changes": [{ "summary": "Mine" }] }),
        ("POST", "checks") => json!({ "section": "Rollback", "text": "Mine" }),
        ("PUT", "{check}") => json!({ "state": "done" }),
        ("POST", "judgements") => {
            json!({ "environment": "Staging", "verdict": "declined", "digest": "0".repeat(64), "note": "Mine" })
        }
        ("POST", "move") => json!({ "to": "Staging" }),
        ("POST", "finish" | "reopen") => json!({}),
        ("PUT", "{section}") => json!({ "text": "Mine" }),
        ("PUT", "{stage}") => json!({ "state": "passed" }),
        ("PUT", "{testing}") => json!({ "outcome": "passed" }),
        other => panic!("{other:?} has no body here yet"),
    })
}

#[tokio::test]
async fn nothing_of_another_workspace_is_reached_by_its_real_id() {
    let test = TestApp::new();
    let owner = test.owner();
    let second = test.second().await;
    let (real, made_up) = (Real::of(&test, &owner).await, Real::made_up());
    // What is called alike is there too, so that nothing but the id is missing.
    for (rest, name) in [("services", "api"), ("labels", "hotfix")] {
        assert_eq!(owner.post(&format!("{second}/{rest}"), &json!({ "name": name })).await.status, 201);
    }
    let described: Vec<_> = operations(&openapi::description())
        .into_iter()
        .filter_map(|(method, path, _)| Some((method, path.strip_prefix(WORKSPACE)?.to_owned())))
        .filter(|(_, path)| path.contains('{'))
        .collect();
    assert!(described.len() > 15, "the addresses are not found any more");
    let first = test.workspace().state().cursor;
    for (method, path) in &described {
        let body = body(method, path);
        let there = owner.ask(method.clone(), &format!("{second}/{}", real.fill(path)), body.as_ref()).await;
        let nothing =
            owner.ask(method.clone(), &format!("{second}/{}", made_up.fill(path)), body.as_ref()).await;
        assert_eq!(there.error(), (404, "not_found".to_owned()), "{method} {path}");
        assert_eq!(real.left_out_of(&there), made_up.left_out_of(&nothing), "{method} {path}");
    }
    let names_it = json!({ "deployment": real.deployment, "environment": "Staging", "phase": "started" });
    let refused = owner.post(&format!("{second}/rollouts"), &names_it).await;
    assert!(refused.status.is_client_error(), "{}", refused.json());
    assert_eq!(test.workspace().state().cursor, first, "nothing came of any of it");
    // They are real: under their own address each is found, whatever becomes of it.
    for (method, path) in &described {
        if path.ends_with("/detail") {
            // Only what was sealed has one.
            continue;
        }
        let body = body(method, path);
        let found = owner.ask(method.clone(), &test.path(&real.fill(path)), body.as_ref()).await;
        assert_ne!(found.status, 404, "{method} {path}: {}", String::from_utf8_lossy(&found.body));
    }
}
