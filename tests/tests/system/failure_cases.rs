//! `docs/failure-cases.md` names, for every case, tests that are there, and the layer they are in.

use std::collections::BTreeSet;
use std::path::Path;

use slipway_tests::server::repository;

/// The last number of a case.
const CASES: u32 = 50;
/// What comes between two numbers.
const BETWEEN: (u32, &str) = (37, "37b");
/// The issue that brings accounts; cases about them may wait for it.
const ACCOUNTS: &str = "issue 4";

/// A row of the table.
struct Case {
    number: String,
    shown_by: Vec<String>,
    layers: BTreeSet<String>,
    waits_for_accounts: bool,
}

fn cases() -> Vec<Case> {
    let text = std::fs::read_to_string(repository().join("docs/failure-cases.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| ") && line.as_bytes()[2].is_ascii_digit());
    rows.map(case).collect()
}

fn case(line: &str) -> Case {
    let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [number, _case, _seen, shown_by, layers] = cells.as_slice() else {
        panic!("a row has five cells: {line}")
    };
    Case {
        number: (*number).to_owned(),
        shown_by: shown_by.split('`').skip(1).step_by(2).map(str::to_owned).collect(),
        layers: layers.split(", ").filter(|layer| !layer.is_empty()).map(str::to_owned).collect(),
        waits_for_accounts: shown_by.contains(ACCOUNTS),
    }
}

/// Returns the layer the tests of a file are in.
fn layer(path: &str) -> &'static str {
    match path {
        _ if path.starts_with("shared/tests/convergence") => "simulation",
        _ if path.starts_with("shared/") || path.starts_with("frontend/src/") => "model",
        _ if path.starts_with("tests/tests/system/") || path.starts_with("backend/") => "server",
        _ if path.starts_with("tests/tests/browser/") => "browser",
        _ => panic!("{path} is in no layer"),
    }
}

/// Tells whether a file has a test of that name: the function, with what makes it a test right above it.
fn has_test(path: &Path, name: &str) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let lines: Vec<_> = text.lines().map(str::trim).collect();
    let heads = [format!("fn {name}("), format!("async fn {name}(")];
    let is_function = |line: &str| heads.iter().any(|head| line.starts_with(head));
    lines.iter().enumerate().filter(|(_, line)| is_function(line)).any(|(at, _)| {
        let above = lines.iter().take(at).rev().take_while(|line| line.starts_with('#'));
        above.into_iter().any(|line| line.contains("test"))
    })
}

#[test]
fn every_case_is_in_the_table_once() {
    let numbers: Vec<_> = cases().into_iter().map(|case| case.number).collect();
    let mut expected = Vec::new();
    for number in 1..=CASES {
        expected.push(number.to_string());
        if number == BETWEEN.0 {
            expected.push(BETWEEN.1.to_owned());
        }
    }
    assert_eq!(numbers, expected);
}

#[test]
fn every_case_is_shown_by_tests_that_are_there() {
    let mut wrong = Vec::new();
    for Case { number, shown_by, layers, waits_for_accounts } in cases() {
        if shown_by.is_empty() && !waits_for_accounts {
            wrong.push(format!("{number}: nothing shows it"));
        }
        let mut found = BTreeSet::new();
        for test in &shown_by {
            let Some((path, name)) = test.split_once("::") else {
                wrong.push(format!("{number}: {test} is not `path::test`"));
                continue;
            };
            found.insert(layer(path).to_owned());
            if !has_test(&repository().join(path), name) {
                wrong.push(format!("{number}: {path} has no test {name}"));
            }
        }
        if found != layers {
            wrong.push(format!("{number}: its tests are in {found:?}, the table says {layers:?}"));
        }
    }
    assert!(wrong.is_empty(), "docs/failure-cases.md\n{}", wrong.join("\n"));
}

#[test]
fn a_name_in_a_text_is_no_test() {
    let here = repository().join("tests/tests/system/failure_cases.rs");
    assert!(has_test(&here, "a_name_in_a_text_is_no_test"));
    assert!(!has_test(&here, "has_test"));
    assert!(!has_test(&here, "nobody"));
}
