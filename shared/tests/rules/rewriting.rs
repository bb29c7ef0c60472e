//! A document written over the one that is there, and a section put back to its template: what changes, what stays, and
//! that all of it can be taken back.

use std::sync::Arc;

use slipway_shared::check::CheckState;
use slipway_shared::command::Command;
use slipway_shared::deployment::document::{nesting, new_parts};
use slipway_shared::deployment::outline::level_of;
use slipway_shared::deployment::rewrite::{Rewritten, Step, reset, written_over};
use slipway_shared::document::parse;
use slipway_shared::ids::CheckId;
use slipway_shared::rejection::{Rejection, TextField};
use slipway_shared::workspace::Workspace;

use super::given::{BO, Deed, Given, after};
use super::test;
use super::when::{CARD, Open, attest, open, set_up};

const BEFORE: &str = "\
## Deployment: 1.4.0 — Faster search

### Pre-deployment
- [ ] Tests passing
- [ ] Code reviewed
  - [ ] By two people
- [ ] Migrations ready

### Steps
1. Announce
2. Roll out

### Rollback
Roll out 1.3.0.
";

fn opened(markdown: &str) -> Given {
    let document = parse(markdown).expect("it is a deployment").document;
    let mut next = 0x1000;
    let (changes, sections) = new_parts(&document, || {
        next += 1;
        next
    });
    let nested = nesting(CARD, &document, &sections);
    let open = Open { changes, sections, ..open() };
    let nested = nested.into_iter().map(|command| Deed::from(Command::Deployment(command)));
    set_up().into_iter().chain([Deed::from(open)]).chain(nested).collect()
}

fn mint() -> impl FnMut() -> u128 {
    let mut next = 0x9_0000;
    move || {
        next += 1;
        next
    }
}

fn check_named(given: &Given, text: &str) -> CheckId {
    let workspace = after(given.clone());
    let found = workspace.deployments[&CARD].checks().find(|check| check.text == text).map(|check| check.id);
    found.unwrap_or_else(|| panic!("no check says {text}"))
}

fn ticked(mut given: Given, text: &str) -> Given {
    let check = check_named(&given, text);
    given.push(attest(check, CheckState::Done).by(BO));
    given
}

/// The document as lines: headings, free texts, and checks with their marks, indented by their level.
fn lines(workspace: &Workspace) -> Vec<String> {
    let known = &workspace.deployments[&CARD];
    let mut lines = vec![format!("{} {}", known.version.value, known.title.value)];
    for section in &known.sections {
        lines.push(format!("# {}", section.heading));
        for check in &section.checks {
            let indent = " ".repeat(level_of(&section.checks, check.id));
            let mark = match check.state() {
                CheckState::Open => ' ',
                CheckState::Done => 'x',
                CheckState::Failed => '!',
                CheckState::NotApplicable => '-',
            };
            lines.push(format!("{indent}[{mark}] {}", check.text));
        }
        lines.extend(section.text.value.lines().map(|line| format!("> {line}")));
    }
    lines
}

fn word(changed: &Rewritten) -> String {
    match changed {
        Rewritten::Version { from, to } => format!("version {from} → {to}"),
        Rewritten::Title { to } => format!("title {to}"),
        Rewritten::SectionAdded { heading, checks } => format!("+ section {heading} ({checks})"),
        Rewritten::SectionRenamed { from, to } => format!("section {from} → {to}"),
        Rewritten::SectionText { heading } => format!("text of {heading}"),
        Rewritten::CheckAdded { text } => format!("+ {text}"),
        Rewritten::CheckChanged { from, to } => format!("{from} → {to}"),
        Rewritten::VerifyChanged { text } => format!("verify {text}"),
        Rewritten::CheckMoved { text } => format!("moved {text}"),
        Rewritten::CheckRemoved { text } => format!("- {text}"),
        Rewritten::CheckAnswered { text, state } => format!("{state:?} {text}"),
        Rewritten::KeptCheck { text } => format!("kept {text}"),
        Rewritten::KeptAnswer { text } => format!("kept answer of {text}"),
        Rewritten::ChangesLeftOut { count } => format!("{count} changes left out"),
    }
}

/// Does the steps, and takes them back again: everything has to be as it was.
#[track_caller]
fn becomes(given: Given, (steps, changes): (Vec<Step>, Vec<Rewritten>), says: &[&str], expected: &[&str]) {
    assert_eq!(changes.iter().map(word).collect::<Vec<_>>(), says);
    let deed = |command| Deed::from(Command::Deployment(command));
    let (forth, back): (Vec<_>, Vec<_>) = steps.into_iter().unzip();
    let done: Given = given.iter().cloned().chain(forth.into_iter().map(deed)).collect();
    assert_eq!(lines(&after(done.clone())), expected);
    let undone = done.into_iter().chain(back.into_iter().rev().map(deed)).collect();
    assert_eq!(lines(&after(undone)), lines(&after(given)));
}

#[track_caller]
fn over(given: Given, text: &str, says: &[&str], expected: &[&str]) {
    let document = parse(text).expect("it is a deployment").document;
    let known = Arc::clone(&after(given.clone()).deployments[&CARD]);
    let planned = written_over(CARD, &known, &document, mint()).expect("it fits");
    becomes(given, planned, says, expected);
}

const PRE: [&str; 6] = [
    "1.4.0 Faster search",
    "# Pre-deployment",
    " [ ] Tests passing",
    " [ ] Code reviewed",
    "  [ ] By two people",
    " [ ] Migrations ready",
];
const REST: [&str; 5] = ["# Steps", " [ ] Announce", " [ ] Roll out", "# Rollback", "> Roll out 1.3.0."];

fn unchanged() -> Vec<&'static str> {
    [PRE.as_slice(), REST.as_slice()].concat()
}

#[test]
fn the_same_again_changes_nothing() {
    over(opened(BEFORE), BEFORE, &[], &unchanged());
}

#[test]
fn sections_that_are_not_in_the_text_stay() {
    over(opened(BEFORE), "## Deployment: 1.4.0\n", &[], &unchanged());
    let steps = "## Deployment:\n\n### Steps\n1. Announce\n2. Roll out\n";
    over(opened(BEFORE), steps, &[], &unchanged());
}

#[test]
fn checks_are_added_changed_removed_moved_and_answered() {
    let text = |checks: &str| format!("## Deployment: 1.4.0\n\n### Pre-deployment\n{checks}");
    let with = |pre: &[&'static str]| [&PRE[..2], pre, REST.as_slice()].concat();
    let (tests, code, two, migrations) = (PRE[2], PRE[3], PRE[4], PRE[5]);
    over(
        opened(BEFORE),
        &text(
            "- [ ] Tests passing\n- [ ] Cache warm\n- [ ] Code reviewed\n  - [ ] By two people\n- [ ] Migrations ready\n",
        ),
        &["+ Cache warm"],
        &with(&[tests, " [ ] Cache warm", code, two, migrations]),
    );
    over(
        opened(BEFORE),
        &text("- [ ] Tests green\n- [ ] Code reviewed\n  - [ ] By two people\n- [ ] Migrations ready\n"),
        &["Tests passing → Tests green"],
        &with(&[" [ ] Tests green", code, two, migrations]),
    );
    over(
        opened(BEFORE),
        &text("- [ ] Tests passing\n- [ ] By two people\n- [ ] Migrations ready\n"),
        &["- Code reviewed"],
        &with(&[tests, " [ ] By two people", migrations]),
    );
    over(
        opened(BEFORE),
        &text("- [ ] Migrations ready\n- [x] Tests passing\n- [ ] Code reviewed\n  - [!] By two people\n"),
        &["moved Migrations ready", "Done Tests passing", "Failed By two people"],
        &with(&[migrations, " [x] Tests passing", code, "  [!] By two people"]),
    );
}

#[test]
fn what_somebody_answered_is_neither_overwritten_nor_taken_out() {
    let given = || ticked(opened(BEFORE), "Tests passing");
    let ticked_pre =
        |rest: &[&'static str]| [&PRE[..2], &[" [x] Tests passing"], rest, REST.as_slice()].concat();
    let text = "## Deployment: 1.4.0\n\n### Pre-deployment\n- [!] Tests passing\n";
    over(
        given(),
        text,
        &["- Migrations ready", "- By two people", "- Code reviewed", "kept answer of Tests passing"],
        &ticked_pre(&[]),
    );
    let open = "## Deployment: 1.4.0\n\n### Pre-deployment\n- [ ] Tests green\n- [ ] Code reviewed\n  - [ ] By two people\n- [ ] Migrations ready\n";
    over(
        given(),
        open,
        &["kept Tests passing", "+ Tests green"],
        &[&PRE[..2], &[" [ ] Tests green", " [x] Tests passing"], &PRE[3..], REST.as_slice()].concat(),
    );
    // What stands below what goes and was answered stays too.
    let below = ticked(opened(BEFORE), "By two people");
    over(
        below,
        "## Deployment: 1.4.0\n\n### Pre-deployment\n- [ ] Tests passing\n- [ ] Migrations ready\n",
        &["kept By two people", "- Code reviewed"],
        &[&PRE[..3], &[" [x] By two people", PRE[5]], REST.as_slice()].concat(),
    );
}

#[test]
fn sections_are_added_where_they_are_written_with_what_is_in_them() {
    let text = "## Deployment: 1.5.0 — Search\n\n### Pre-deployment\n- [ ] Tests passing\n- [ ] Code reviewed\n  - [ ] By two people\n- [ ] Migrations ready\n\n### Drill\n- [x] Phone works\n  - [ ] Charged\n\nBy noon.\n\n### Rollback\nRoll out 1.3.1.\n";
    let expected = [
        &["1.5.0 Search"],
        &PRE[1..],
        &["# Drill", " [x] Phone works", "  [ ] Charged", "> By noon."],
        &REST[..4],
        &["> Roll out 1.3.1."],
    ];
    let says = ["version 1.4.0 → 1.5.0", "title Search", "+ section Drill (2)", "text of Rollback"];
    over(opened(BEFORE), text, &says, &expected.concat());
}

#[test]
fn a_section_with_another_heading_is_known_by_what_it_is_for() {
    let changes = "## Deployment: 1.4.0\n\n### Changes\n- Index titles (`c0ffee1`)\n";
    let expected = [&PRE[..1], &["# Changes"], &PRE[1..], REST.as_slice()].concat();
    over(opened(BEFORE), changes, &["+ section Changes (0)", "1 changes left out"], &expected);
}

#[test]
fn what_a_deployment_has_no_room_for_is_refused_before_anything_happens() {
    let given = opened(BEFORE);
    let known = Arc::clone(&after(given).deployments[&CARD]);
    let refusal = |text: &str| {
        let document = parse(text).expect("it is a deployment").document;
        written_over(CARD, &known, &document, mint()).err()
    };
    let many = (0..496).map(|number| format!("- [ ] Check {number}\n")).collect::<String>();
    let many = format!("## Deployment:\n\n### Drill\n{many}");
    assert_eq!(refusal(&many), Some(Rejection::TooMany { count: 502, limit: 500 }));
    let long = format!("## Deployment:\n\n### Drill\n- [ ] {}\n", "x".repeat(501));
    let too_long = Rejection::TextTooLong { field: TextField::Check, length: 501, limit: 500 };
    assert_eq!(refusal(&long), Some(too_long));
}

#[track_caller]
fn back_to(given: Given, template: &str, says: &[&str], expected: &[&str]) {
    let template = parse(template).expect("it is a deployment").document;
    let known = Arc::clone(&after(given.clone()).deployments[&CARD]);
    let section = known.sections.first().expect("there is one").id;
    let written = template.sections.first().expect("there is one");
    becomes(given, reset(CARD, &known, section, written, mint()), says, expected);
}

#[test]
fn a_section_goes_back_to_its_template_with_the_answers_to_what_stays() {
    let template = "## Deployment:\n\n### Pre-deployment\n- [ ] Code reviewed\n- [ ] Migrations ready\n- [ ] Tests passing\n- [ ] Team told\n";
    let given = ticked(ticked(opened(BEFORE), "Migrations ready"), "By two people");
    back_to(
        given,
        template,
        &["- By two people", "moved Code reviewed", "moved Migrations ready", "+ Team told"],
        &[
            &PRE[..2],
            &[" [ ] Code reviewed", " [x] Migrations ready", " [ ] Tests passing", " [ ] Team told"],
            REST.as_slice(),
        ]
        .concat(),
    );
    back_to(opened(BEFORE), BEFORE, &[], &unchanged());
}

#[test]
fn a_check_whose_text_was_answered_as_another_is_taken_out_and_begun_anew() {
    let template = BEFORE.replace("Tests passing", "All tests pass");
    back_to(
        ticked(opened(BEFORE), "Tests passing"),
        &template,
        &["- Tests passing", "+ All tests pass"],
        &[&PRE[..2], &[" [ ] All tests pass"], &PRE[3..], REST.as_slice()].concat(),
    );
}
