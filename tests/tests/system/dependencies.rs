//! What we are built on: licences we may ship under, and crates we decided against.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;
use slipway_tests::server::repository;

/// Licences whose terms we keep by shipping their texts; `imbl`'s MPL-2.0 asks that for its own files only.
const ALLOWED: [&str; 13] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MPL-2.0",
    "MPL-2.0+",
    "Unicode-3.0",
    "Zlib",
];

/// Crates that may not be in the tree, and what is used instead.
const BANNED: [(&str, &str); 13] = [
    ("openssl-sys", "rustls, so that there is one binary without system libraries"),
    ("native-tls", "rustls"),
    ("chrono", "milliseconds in shared, Intl in the browser"),
    ("actix-web", "axum"),
    ("diesel", "rusqlite under backend/src/store"),
    ("md-5", "sha2"),
    ("md5", "sha2"),
    ("md4", "sha2"),
    ("rc4", "chacha20poly1305"),
    ("des", "chacha20poly1305"),
    ("blowfish", "chacha20poly1305"),
    ("bcrypt", "argon2"),
    ("scrypt", "argon2"),
];

/// Crates that make numbers which only look random.
const PSEUDO_RANDOM: [&str; 10] = [
    "fastrand",
    "nanorand",
    "oorandom",
    "rand_chacha",
    "rand_core",
    "rand_hc",
    "rand_pcg",
    "rand_xorshift",
    "rand_xoshiro",
    "rand",
];

/// Which of those are in the server's tree, and by whom: `imbl` levels its trees by them, and nothing secret comes of it.
const MAY_BE_RANDOM: [(&str, &str); 3] =
    [("rand_xoshiro", "imbl"), ("rand_core", "imbl"), ("rand_core", "rand_xoshiro")];

/// Crates of which two versions at once break the build or double the app.
const SINGLE: [&str; 8] =
    ["leptos", "leptos_router", "reactive_graph", "wasm-bindgen", "js-sys", "web-sys", "axum", "rusqlite"];

fn metadata() -> Value {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(repository()).args(["metadata", "--offline", "--locked", "--format-version", "1"]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn packages(metadata: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let packages = metadata["packages"].as_array().unwrap().iter();
    packages.map(|package| (package["name"].as_str().unwrap(), package["version"].as_str().unwrap(), package))
}

/// Tells whether one may ship under an SPDX expression: each `AND` part has an allowed `OR` choice.
fn is_allowed(expression: &str) -> bool {
    // Parentheses around choices are the only nesting that occurs; anything deeper fails, to be looked at.
    let expression = expression.replace('/', " OR ");
    let parts = split_outside_parentheses(&expression);
    parts.iter().all(|part| {
        let part = part.trim().trim_start_matches('(').trim_end_matches(')');
        part.split(" OR ").any(|choice| ALLOWED.contains(&choice.trim()))
    })
}

/// Splits at `AND`; where there is an `OR` at the top level there is nothing to split.
fn split_outside_parentheses(expression: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_i32;
    for word in expression.split_whitespace() {
        depth += i32::try_from(word.matches('(').count()).unwrap_or_default();
        depth -= i32::try_from(word.matches(')').count()).unwrap_or_default();
        let is_end = depth == 0 && word == "AND";
        match parts.last_mut() {
            Some(part) if !is_end => {
                part.push_str(word);
                part.push(' ');
            }
            _ => parts.push(String::new()),
        }
    }
    parts
}

#[test]
fn every_licence_is_one_we_may_ship_under() {
    let metadata = metadata();
    let mut refused = BTreeMap::new();
    for (name, version, package) in packages(&metadata) {
        let licence = package["license"].as_str().unwrap_or("none given");
        if !is_allowed(licence) {
            refused.insert(format!("{name} {version}"), licence);
        }
    }
    assert!(refused.is_empty(), "not on the list of licences: {refused:#?}");
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    assert!(is_allowed("MIT OR Apache-2.0"));
    assert!(is_allowed("MIT/Apache-2.0"));
    assert!(is_allowed("GPL-3.0-only OR MIT"));
    assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(!is_allowed("MIT AND GPL-3.0-only"));
    assert!(!is_allowed("(MIT OR Apache-2.0) AND GPL-3.0-only"));
    assert!(!is_allowed("GPL-3.0-only"));
}

#[test]
fn banned_crates_stay_out() {
    let metadata = metadata();
    let names: BTreeSet<_> = packages(&metadata).map(|(name, ..)| name).collect();
    let found: Vec<_> = BANNED.iter().filter(|(name, _)| names.contains(name)).collect();
    assert!(found.is_empty(), "banned, with what to use instead: {found:?}");
}

/// What a package is built from, without what only its tests or its build use, by the names it is known under.
fn normal_tree(root: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(repository());
    command.args(["tree", "--offline", "--locked", "--package", root, "--edges", "normal,no-proc-macro"]);
    command.args([
        "--prefix",
        "depth",
        "--format",
        " {p}",
        "--no-dedupe",
        "--target",
        "x86_64-unknown-linux-gnu",
    ]);
    let output = command.output().unwrap();
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let (mut above, mut tree) = (Vec::new(), BTreeMap::<_, BTreeSet<_>>::new());
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let (depth, package) = line.split_once(' ').unwrap();
        let name = package.split(' ').next().unwrap().to_owned();
        above.truncate(depth.parse().unwrap());
        tree.entry(name.clone()).or_default().extend(above.last().cloned());
        above.push(name);
    }
    tree
}

/// Whatever is secret is made by `getrandom`, which asks the system; there is nothing else to make it by mistake.
#[test]
fn the_server_has_no_random_numbers_but_the_systems() {
    let tree = normal_tree("slipway-backend");
    assert!(tree.contains_key("getrandom") && tree.len() > 100, "{} packages", tree.len());
    let allowed = |name: &str, by: &str| MAY_BE_RANDOM.contains(&(name, by));
    let found: Vec<_> = PSEUDO_RANDOM
        .iter()
        .filter_map(|name| Some((*name, tree.get(*name)?)))
        .flat_map(|(name, users)| users.iter().map(move |by| (name, by.as_str())))
        .filter(|(name, by)| !allowed(name, by))
        .collect();
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn everything_comes_from_the_registry() {
    let metadata = metadata();
    for (name, version, package) in packages(&metadata) {
        let source = package["source"].as_str();
        let is_ours = source.is_none() && name.starts_with("slipway-");
        let is_registry = source == Some("registry+https://github.com/rust-lang/crates.io-index");
        assert!(is_ours || is_registry, "{name} {version} comes from {source:?}");
    }
}

#[test]
fn what_may_be_there_once_is_not_there_twice() {
    let metadata = metadata();
    for single in SINGLE {
        let versions: Vec<_> =
            packages(&metadata).filter(|(name, ..)| *name == single).map(|(_, v, _)| v).collect();
        assert!(versions.len() <= 1, "{single} is there as {versions:?}");
    }
}
