//! The description of the API, made from the routes themselves: what each of them says, and what holds for all.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::router::described;

/// What may come of any request of a kind, besides what its route says.
const REFUSALS: [(&str, &str); 11] = [
    ("400", "The body or the query can't be read"),
    ("401", "Nobody is signed in, or not any more"),
    ("403", "Who asks may not do this, or not from there"),
    ("404", "There is no such thing, or nobody who asks may know of it"),
    ("408", "The body took too long"),
    ("413", "The body is too large"),
    ("415", "The body is not JSON, or compressed"),
    ("422", "It asks for something that can't be"),
    ("409", "It can't be now, or is a request that was another one before"),
    ("429", "Too many requests; `Retry-After` says how many seconds to wait"),
    ("503", "The server can't do it now; `Retry-After` says how many seconds to wait"),
];

static DESCRIPTION: LazyLock<Bytes> = LazyLock::new(|| text().into());

/// Describes the API.
#[utoipa::path(
    get, path = "/api/openapi.json", tag = "description", security(()),
    responses((status = 200, description = "This description", body = serde_json::Value)),
)]
pub(crate) async fn read() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DESCRIPTION.clone()).into_response()
}

/// Returns the description as JSON.
pub(crate) fn text() -> String {
    format!("{:#}\n", description())
}

/// Returns the description.
pub(crate) fn description() -> Value {
    let (_, described) = described().split_for_parts();
    let mut described = serde_json::to_value(described).unwrap_or_default();
    described["info"] = json!({
        "title": "Slipway",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "Deployments, checklists and runbooks that work with no network. Times are milliseconds since \
                        1970 in UTC; what is not there is absent. See docs/api.md.",
        "license": { "name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT" },
    });
    described["components"]["securitySchemes"] = json!({
        "cookie": {
            "type": "apiKey", "in": "cookie", "name": "__Host-slipway",
            "description": "The session of a browser; without TLS, on this computer, the cookie is slipway-PORT",
        },
        "bearer": { "type": "http", "scheme": "bearer", "description": "An API token" },
    });
    described["security"] = json!([{ "cookie": [] }, { "bearer": [] }]);
    tidy(&mut described);
    let paths = described["paths"].as_object_mut();
    for (path, operations) in paths.into_iter().flatten() {
        for (method, operation) in operations.as_object_mut().into_iter().flatten() {
            complete(path, method, operation);
        }
    }
    described
}

/// Adds what holds for all operations of a kind.
fn complete(path: &str, method: &str, operation: &mut Value) {
    add_parts_of_path(path, operation);
    operation["operationId"] = json!(name_of(path, method));
    let is_for_nobody = operation["security"].as_array().is_some_and(|ways| ways.contains(&json!({})));
    let (has_body, has_query) = (operation.get("requestBody").is_some(), has(operation, "query"));
    let is_write = has(operation, "header") && method != "get";
    let is_api = path.starts_with("/api/v1/");
    let in_path = has(operation, "path");
    let may_be = |status: &str| match status {
        "400" => has_body || has_query || has(operation, "header"),
        "401" => is_api && !is_for_nobody,
        "403" => true,
        "404" => in_path,
        "408" | "413" | "415" => has_body,
        "409" | "422" => is_write,
        "429" => is_api,
        _ => is_api,
    };
    let refusals: Vec<_> = REFUSALS.into_iter().filter(|(status, _)| may_be(status)).collect();
    if let Some(responses) = operation["responses"].as_object_mut() {
        for (status, words) in refusals {
            responses.entry(status).or_insert_with(|| refusal(status, words));
        }
    }
}

/// Returns the name of an operation: `get_deployments_id`.
fn name_of(path: &str, method: &str) -> String {
    let path = path.trim_start_matches("/api/v1/").trim_start_matches("workspaces/{ws}/");
    let words = path.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    [method].into_iter().chain(words).collect::<Vec<_>>().join("_")
}

/// Takes the links out of what is described, since they lead to the code, and says how large small integers may be.
fn tidy(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let largest = match members.get("format").and_then(Value::as_str) {
                Some("uint16") => Some(u64::from(u16::MAX)),
                Some("uint32") => Some(u64::from(u32::MAX)),
                _ => None,
            };
            if let Some(largest) = largest {
                members.entry("maximum").or_insert_with(|| json!(largest));
            }
            for (name, member) in members.iter_mut() {
                match member {
                    Value::String(text) if name == "description" => *text = plain(text),
                    _ => tidy(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(tidy),
        _ => {}
    }
}

fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, link)) = rest.split_once('[') {
        let Some((shown, after)) = link.split_once(']') else { break };
        plain.push_str(before);
        plain.push_str(shown);
        let target = after.strip_prefix('(').and_then(|target| target.split_once(')'));
        rest = target.map_or(after, |(_, after)| after);
    }
    plain + rest
}

fn has(operation: &Value, place: &str) -> bool {
    let parameters = operation["parameters"].as_array();
    parameters.into_iter().flatten().any(|parameter| parameter["in"] == place)
}

fn refusal(status: &str, words: &str) -> Value {
    let body = json!({ "schema": { "$ref": "#/components/schemas/ErrorBody" } });
    let mut refusal = json!({ "description": words, "content": { "application/json": body } });
    if matches!(status, "429" | "503") {
        let schema = json!({ "type": "integer", "minimum": 0 });
        refusal["headers"] = json!({ "Retry-After": { "description": "Seconds", "schema": schema } });
    }
    refusal
}

/// Describes the parts of a path that its route did not: ids, and names of things.
fn add_parts_of_path(path: &str, operation: &mut Value) {
    let Some(operation) = operation.as_object_mut() else { return };
    let parameters = operation.entry("parameters").or_insert_with(|| json!([]));
    let Some(parameters) = parameters.as_array_mut() else { return };
    for part in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
        if !parameters.iter().any(|known| known["name"] == part) {
            parameters.push(part_of_path(part));
        }
    }
    let is_empty = parameters.is_empty();
    if is_empty {
        operation.remove("parameters");
    }
}

fn part_of_path(name: &str) -> Value {
    let (words, schema) = match name {
        "ws" => ("The workspace", json!({ "type": "string", "format": "uuid" })),
        "id" | "check" => ("Its id", json!({ "type": "string", "format": "uuid" })),
        "section" => ("The section, by heading or id", json!({ "type": "string", "minLength": 1 })),
        _ => ("By name or id", json!({ "type": "string", "minLength": 1 })),
    };
    json!({ "name": name, "in": "path", "required": true, "description": words, "schema": schema })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_their_words() {
        for (text, expected) in [
            ("at most [`PAGE`] of [them](super::page).", "at most `PAGE` of them."),
            ("none", "none"),
            ("[open", "[open"),
            ("a [b] (c)", "a b (c)"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }

    #[test]
    fn names_of_operations_are_different() {
        assert_eq!(name_of("/api/v1/workspaces/{ws}/deployments/{id}", "get"), "get_deployments_id");
        let described = description();
        let paths = described["paths"].as_object().unwrap();
        let operations = paths.values().flat_map(|operations| operations.as_object().unwrap().values());
        let mut names: Vec<_> =
            operations.map(|operation| operation["operationId"].as_str().unwrap()).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
