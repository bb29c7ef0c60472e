//! The outline of a document: texts edited, checks moved, nested, removed and brought back.
//!
//! Documents are written as lines here: a section's heading, and below it its checks, indented by their level.

use slipway_shared::check::CheckState;
use slipway_shared::command::Command;
use slipway_shared::deployment::DeploymentField::{
    self, CheckText, CheckVerify, SectionHeading, SectionText,
};
use slipway_shared::deployment::EditConflict;
use slipway_shared::deployment::document::{nesting, new_parts};
use slipway_shared::deployment::outline::{
    KEPT_REMOVED, LINKS_PER_DEPLOYMENT, Link, LinkTarget, OutlineEdit, level_of,
};
use slipway_shared::document::{SectionKind, parse, render};
use slipway_shared::ids::{CheckId, DeploymentId, SectionId};
use slipway_shared::rejection::{Rejection, TextField};
use slipway_shared::workspace::Workspace;

use super::given::{BO, Deed, Given, after, check, deed_of, happens, has_no_effect, judged, refused};
use super::test;
use super::then::outline_edited;
use super::when::{
    CARD, NOBODY, Open, SECTION, attest, elsewhere, finish, new_check, new_section, open, outline, set_up,
    settle,
};

const OTHER: SectionId = SectionId::from_u128(0x5e3);
const A: CheckId = check_id(0xa1);
const B: CheckId = check_id(0xa2);
const C: CheckId = check_id(0xa3);
const D: CheckId = check_id(0xa4);
/// In the other section.
const E: CheckId = check_id(0xa5);

const fn check_id(number: u128) -> CheckId {
    CheckId::from_u128(number)
}

/// A deployment with two sections: `a b c d`, and `e`.
fn two_sections() -> Given {
    let checks = [(A, "a"), (B, "b"), (C, "c"), (D, "d")].map(|(id, text)| new_check(id, text));
    let first = new_section(SECTION, SectionKind::PreDeployment, checks.to_vec());
    let second = new_section(OTHER, SectionKind::PostDeployment, vec![new_check(E, "e")]);
    let open = Open { sections: vec![first, second], ..open() };
    set_up().into_iter().chain([Deed::from(open)]).collect()
}

fn and(deeds: impl IntoIterator<Item = Deed>) -> Given {
    two_sections().into_iter().chain(deeds).collect()
}

fn text(field: DeploymentField, value: &str) -> OutlineEdit {
    OutlineEdit::Text { field, value: value.to_owned() }
}

fn remove(check: CheckId) -> Deed {
    outline(OutlineEdit::RemoveCheck { check })
}

fn restore(check: CheckId) -> Deed {
    outline(OutlineEdit::RestoreCheck { check })
}

fn shift(check: CheckId, section: SectionId, parent: Option<CheckId>, after: Option<CheckId>) -> Deed {
    outline(OutlineEdit::MoveCheck { check, section, parent, after })
}

/// Puts a check below another one, after what is there.
fn below(check: CheckId, parent: CheckId) -> Deed {
    shift(check, SECTION, Some(parent), Some(check_id(NOBODY)))
}

fn lines(workspace: &Workspace) -> String {
    let mut lines = Vec::new();
    for section in &workspace.deployments[&CARD].sections {
        lines.push(section.heading.clone());
        let indented = |check: &slipway_shared::deployment::Check| {
            format!("{}{}", " ".repeat(level_of(&section.checks, check.id)), check.text)
        };
        lines.extend(section.checks.iter().map(indented));
    }
    lines.join("\n")
}

#[track_caller]
fn reads(given: Given, expected: &[&str]) {
    assert_eq!(lines(&after(given)), expected.join("\n"));
}

const FIRST: &str = "Pre-deployment";
const SECOND: &str = "Post-deployment";

#[test]
fn every_text_of_the_outline_can_be_edited() {
    for field in [SectionHeading(SECTION), CheckText(A), CheckVerify(A)] {
        check(two_sections(), outline(text(field, " new ")), happens([outline_edited(text(field, "new"))]));
    }
    reads(
        and([outline(text(SectionHeading(SECTION), "Before")), outline(text(CheckText(B), "B"))]),
        &["Before", " a", " B", " c", " d", SECOND, " e"],
    );
    let workspace =
        after(and([outline(text(CheckVerify(A), "CI green")), outline(text(CheckVerify(A), ""))]));
    assert_eq!(workspace.deployments[&CARD].check(A).map(|check| check.verify.clone()), Some(None));
}

#[test]
fn a_field_that_was_edited_before_the_outline_keeps_its_event() {
    let (_, then) = judged(two_sections(), outline(text(SectionText(SECTION), "x")));
    assert_eq!(then, happens([super::then::edited(SectionText(SECTION), "x", None)]));
}

#[test]
fn of_two_edits_made_apart_the_earlier_is_kept_beside_the_later() {
    let field = CheckText(A);
    let ana = || outline(text(field, "Ana's")).made_ms_before(600_000);
    let standing = after(and([ana()])).deployments[&CARD].check(A).and_then(|check| check.text_edited);
    let origin = standing.expect("it was edited");
    let overridden = Some(EditConflict { field, value: "Ana's".to_owned(), origin });
    let deployment = CARD;
    let edit = || text(field, "Bo's");
    let later = slipway_shared::deployment::event::DeploymentEvent::OutlineEdited {
        deployment,
        edit: edit(),
        overridden,
        is_lost: false,
        is_dated: false,
    };
    check(
        and([ana()]),
        outline(edit()).by(BO).without_seeing(1),
        happens([slipway_shared::event::Event::Deployment(later)]),
    );
    let earlier = outline(edit()).by(BO).without_seeing(1).made_ms_before(1_200_000);
    let workspace = after(and([ana(), earlier.clone()]));
    let known = &workspace.deployments[&CARD];
    assert_eq!(known.field(field).map(|text| text.value.to_owned()), Ok("Ana's".to_owned()));
    assert_eq!(known.conflicts.iter().map(|lost| lost.value.as_str()).collect::<Vec<_>>(), ["Bo's"]);
    let settled = after(and([ana(), earlier, settle(deed_of(BO, 1))]));
    assert_eq!(settled.deployments[&CARD].conflicts, []);
}

#[test]
fn an_edit_that_changes_nothing_has_no_effect() {
    check(two_sections(), outline(text(CheckText(A), " a ")), has_no_effect());
    check(two_sections(), outline(text(CheckVerify(A), "")), has_no_effect());
}

#[test]
fn a_check_says_something() {
    let blank = outline(text(CheckText(A), " "));
    check(two_sections(), blank, refused(Rejection::TextMissing { field: TextField::Check }));
    let long = outline(text(CheckText(A), &"x".repeat(10_000)));
    let (field, length, limit) = (TextField::Check, 10_000, 500);
    check(two_sections(), long, refused(Rejection::TextTooLong { field, length, limit }));
}

#[test]
fn a_check_goes_to_every_place() {
    let table: [(Deed, &[&str]); 6] = [
        (shift(C, SECTION, None, None), &[FIRST, " c", " a", " b", " d", SECOND, " e"]),
        (shift(A, SECTION, None, Some(B)), &[FIRST, " b", " a", " c", " d", SECOND, " e"]),
        (shift(A, SECTION, None, Some(check_id(NOBODY))), &[FIRST, " b", " c", " d", " a", SECOND, " e"]),
        (shift(A, OTHER, None, Some(E)), &[FIRST, " b", " c", " d", SECOND, " e", " a"]),
        (below(B, A), &[FIRST, " a", "  b", " c", " d", SECOND, " e"]),
        (shift(A, OTHER, Some(E), None), &[FIRST, " b", " c", " d", SECOND, " e", "  a"]),
    ];
    for (deed, expected) in table {
        reads(and([deed]), expected);
    }
}

#[test]
fn what_is_below_a_check_goes_with_it() {
    let nested = || [below(B, A), below(C, B)];
    reads(and(nested()), &[FIRST, " a", "  b", "   c", " d", SECOND, " e"]);
    let to_the_end = shift(A, SECTION, None, Some(D));
    reads(and(nested().into_iter().chain([to_the_end])), &[FIRST, " d", " a", "  b", "   c", SECOND, " e"]);
    let elsewhere = shift(A, OTHER, None, None);
    reads(and(nested().into_iter().chain([elsewhere])), &[FIRST, " d", SECOND, " a", "  b", "   c", " e"]);
    let out = shift(B, SECTION, None, Some(A));
    reads(and(nested().into_iter().chain([out])), &[FIRST, " a", " b", "  c", " d", SECOND, " e"]);
}

#[test]
fn a_check_stays_where_it_is_without_effect() {
    for deed in
        [shift(B, SECTION, None, Some(A)), shift(A, SECTION, None, None), shift(D, SECTION, None, Some(D))]
    {
        check(two_sections(), deed, has_no_effect());
    }
    check(and([below(B, A)]), below(B, A), has_no_effect());
}

#[test]
fn no_check_goes_below_itself_or_too_deep() {
    let nested = || and([below(B, A), below(C, B)]);
    for deed in [below(A, A), below(A, B), below(A, C), below(D, C), below(A, D), below(D, E)] {
        check(nested(), deed, refused(Rejection::BadNesting));
    }
    after(nested().into_iter().chain([below(D, B)]).collect());
}

#[test]
fn two_who_put_two_checks_below_each_other_make_no_circle() {
    let apart = below(B, A).by(BO).without_seeing(1);
    check(and([below(A, B)]), apart, refused(Rejection::BadNesting));
}

#[test]
fn a_check_is_removed_with_what_is_below_it_and_comes_back_as_it_was() {
    let nested = || [below(B, A), attest(B, CheckState::Done).by(BO)];
    let removed = || and(nested().into_iter().chain([remove(A)]));
    reads(removed(), &[FIRST, " c", " d", SECOND, " e"]);
    check(removed(), remove(A).by(BO), has_no_effect());
    check(removed(), attest(B, CheckState::Failed), refused(Rejection::UnknownCheck { check: B }));
    let back = removed().into_iter().chain([restore(A)]).collect();
    let (before, now) = (after(and(nested())), after(back));
    assert_eq!(before.deployments[&CARD].sections, now.deployments[&CARD].sections);
    check(two_sections(), restore(A), has_no_effect());
    check(removed(), restore(B), refused(Rejection::UnknownCheck { check: B }));
}

#[test]
fn what_others_changed_meanwhile_is_not_removed() {
    let changes = [
        attest(A, CheckState::Done),
        outline(text(CheckText(A), "new")),
        outline(text(CheckVerify(A), "new")),
    ];
    for change in changes {
        let change = change.by(BO);
        check(and([change.clone()]), remove(A).without_seeing(1), refused(Rejection::ChangedMeanwhile));
        let section = outline(OutlineEdit::RemoveSection { section: SECTION });
        check(and([change.clone()]), section.without_seeing(1), refused(Rejection::ChangedMeanwhile));
        check(and([change]), remove(A), happens([outline_edited(OutlineEdit::RemoveCheck { check: A })]));
    }
    let below_it = [below(B, A), attest(B, CheckState::Done).by(BO)];
    check(and(below_it), remove(A).without_seeing(1), refused(Rejection::ChangedMeanwhile));
}

#[test]
fn what_others_brought_into_it_meanwhile_is_not_removed_with_it() {
    let section = || outline(OutlineEdit::RemoveSection { section: SECTION });
    let added = || super::when::add_check(SECTION, check_id(0xb1)).by(BO);
    check(and([added()]), section().without_seeing(1), refused(Rejection::ChangedMeanwhile));
    check(
        and([added()]),
        section(),
        happens([outline_edited(OutlineEdit::RemoveSection { section: SECTION })]),
    );
    let brought = || shift_to(E, SECTION).by(BO);
    check(and([brought()]), section().without_seeing(1), refused(Rejection::ChangedMeanwhile));
    let below_it = || below(B, A).by(BO);
    check(and([below_it()]), remove(A).without_seeing(1), refused(Rejection::ChangedMeanwhile));
    check(and([below_it()]), remove(A), happens([outline_edited(OutlineEdit::RemoveCheck { check: A })]));
    // Another order of what is there is nothing to lose.
    let order = outline(OutlineEdit::MoveCheck { check: B, section: SECTION, parent: None, after: None });
    let removed = happens([outline_edited(OutlineEdit::RemoveSection { section: SECTION })]);
    check(and([order.by(BO)]), section().without_seeing(1), removed);
    // The other way round its author reads that the section is gone, and still has what they wrote.
    check(
        and([section()]),
        added().without_seeing(1),
        refused(Rejection::UnknownSection { section: SECTION }),
    );
}

fn shift_to(check: CheckId, section: SectionId) -> Deed {
    outline(OutlineEdit::MoveCheck { check, section, parent: None, after: None })
}

#[test]
fn what_was_removed_is_kept_with_no_more_checks_than_a_deployment_may_have() {
    let big = |number: u128| {
        let checks = (0..200).map(|at| new_check(check_id(0x1_0000 * number + at), "x")).collect::<Vec<_>>();
        let section = new_section(SectionId::from_u128(0x600 + number), SectionKind::Other, checks);
        let heading = "More".to_owned();
        let section = slipway_shared::deployment::command::NewSection { heading, ..section };
        outline(OutlineEdit::AddSection { section, after: None })
    };
    let gone =
        |number: u128| outline(OutlineEdit::RemoveSection { section: SectionId::from_u128(0x600 + number) });
    let turns = (1..=4).flat_map(|number| [big(number), gone(number)]);
    let workspace = after(and(turns));
    let kept: Vec<_> =
        workspace.deployments[&CARD].removed.sections.iter().map(|known| known.section.id).collect();
    assert_eq!(kept, [SectionId::from_u128(0x603), SectionId::from_u128(0x604)]);
}

#[test]
fn what_was_removed_meanwhile_is_not_edited() {
    let edit = outline(text(CheckText(A), "new")).by(BO).without_seeing(1);
    check(and([remove(A)]), edit, refused(Rejection::UnknownCheck { check: A }));
    let gone = outline(OutlineEdit::RemoveSection { section: SECTION });
    let edit = outline(text(SectionHeading(SECTION), "new")).by(BO).without_seeing(1);
    check(and([gone]), edit, refused(Rejection::UnknownSection { section: SECTION }));
}

#[test]
fn only_the_newest_of_what_was_removed_is_kept() {
    let turns = |check| [remove(check), restore(check)];
    let adds =
        (0..=KEPT_REMOVED).map(|number| super::when::add_check(OTHER, check_id(0x1000 + number as u128)));
    let removes = (0..=KEPT_REMOVED).map(|number| remove(check_id(0x1000 + number as u128)));
    let given = || and(adds.clone().chain(removes.clone()));
    assert_eq!(after(given()).deployments[&CARD].removed.checks.len(), KEPT_REMOVED);
    let oldest = check_id(0x1000);
    check(given(), restore(oldest), refused(Rejection::UnknownCheck { check: oldest }));
    assert!(after(and(turns(A))).deployments[&CARD].removed.is_empty());
}

#[test]
fn sections_are_added_moved_removed_and_brought_back() {
    let new = SectionId::from_u128(0x5e9);
    let section = new_section(new, SectionKind::Other, vec![new_check(check_id(0xb1), "x")]);
    let section = slipway_shared::deployment::command::NewSection { heading: "Smoke".to_owned(), ..section };
    let add = |after| outline(OutlineEdit::AddSection { section: section.clone(), after });
    let [a, e] = [[FIRST, " a", " b", " c", " d"].as_slice(), [SECOND, " e"].as_slice()];
    let smoke = ["Smoke", " x"].as_slice();
    reads(and([add(None)]), &[smoke, a, e].concat());
    reads(and([add(Some(SECTION))]), &[a, smoke, e].concat());
    reads(and([add(Some(SectionId::from_u128(NOBODY)))]), &[a, e, smoke].concat());
    check(and([add(None)]), add(None), refused(Rejection::IdTaken));

    let shift = |section, after| outline(OutlineEdit::MoveSection { section, after });
    reads(and([shift(OTHER, None)]), &[e, a].concat());
    reads(and([shift(SECTION, Some(OTHER))]), &[e, a].concat());
    check(two_sections(), shift(SECTION, None), has_no_effect());
    check(two_sections(), shift(OTHER, Some(OTHER)), has_no_effect());

    let remove = || outline(OutlineEdit::RemoveSection { section: SECTION });
    let restore = || outline(OutlineEdit::RestoreSection { section: SECTION });
    reads(and([remove()]), e);
    check(and([remove()]), remove().by(BO), has_no_effect());
    reads(and([remove(), restore()]), &[a, e].concat());
    check(two_sections(), restore(), has_no_effect());
    let unknown = SectionId::from_u128(NOBODY);
    let gone = outline(OutlineEdit::RestoreSection { section: unknown });
    check(two_sections(), gone, refused(Rejection::UnknownSection { section: unknown }));
}

#[test]
fn a_section_brings_no_check_that_is_there_and_not_too_many() {
    let add = |checks| {
        let section = new_section(SectionId::from_u128(0x5e9), SectionKind::Other, checks);
        let section =
            slipway_shared::deployment::command::NewSection { heading: "More".to_owned(), ..section };
        outline(OutlineEdit::AddSection { section, after: None })
    };
    check(two_sections(), add(vec![new_check(A, "again")]), refused(Rejection::IdTaken));
    let checks =
        |number: u128| (0..number).map(|at| new_check(check_id(0x1000 + at), "x")).collect::<Vec<_>>();
    after(and([add(checks(495))]));
    check(two_sections(), add(checks(1_000)), refused(Rejection::TooMany { count: 1_005, limit: 500 }));
}

#[test]
fn nothing_of_a_finished_deployment_is_edited() {
    let link = Link { label: String::new(), to: LinkTarget::Address("https://a.example".to_owned()) };
    let edits = [
        text(CheckText(A), "new"),
        OutlineEdit::RemoveCheck { check: A },
        OutlineEdit::MoveSection { section: OTHER, after: None },
        OutlineEdit::AddLink(link),
    ];
    for edit in edits {
        check(and([finish()]), outline(edit.clone()), refused(Rejection::DeploymentFinished));
        let deployment = DeploymentId::from_u128(NOBODY);
        check(two_sections(), elsewhere(outline(edit)), refused(Rejection::UnknownDeployment { deployment }));
    }
}

#[test]
fn links_lead_to_the_web_to_mail_and_to_other_deployments() {
    let link = |label: &str, to: LinkTarget| OutlineEdit::AddLink(Link { label: label.to_owned(), to });
    let address = |text: &str| LinkTarget::Address(text.to_owned());
    for good in ["https://ci.example/1", "HTTP://ci.example", "mailto:ops@example.org"] {
        let edit = link("Build", address(good));
        check(two_sections(), outline(edit.clone()), happens([outline_edited(edit)]));
    }
    for bad in [
        "javascript:alert(1)",
        "data:text/html,x",
        "//elsewhere.example",
        "/etc",
        "ftp://x",
        "vbscript:x",
        "https://x\u{0}",
    ] {
        check(two_sections(), outline(link("Build", address(bad))), refused(Rejection::UnsafeAddress));
    }
    let other = DeploymentId::from_u128(0xcb);
    let another: Deed = Open { deployment: other, ..open() }.into();
    let to_other = || link("", LinkTarget::Deployment(other));
    check(and([another]), outline(to_other()), happens([outline_edited(to_other())]));
    check(two_sections(), outline(to_other()), refused(Rejection::UnknownDeployment { deployment: other }));
    check(two_sections(), outline(link("", LinkTarget::Deployment(CARD))), refused(Rejection::OutOfRange));
}

#[test]
fn a_link_is_there_once_and_can_be_taken_away() {
    let to = || LinkTarget::Address("https://ci.example/1".to_owned());
    let add = |label: &str| outline(OutlineEdit::AddLink(Link { label: label.to_owned(), to: to() }));
    let remove = || outline(OutlineEdit::RemoveLink { to: to() });
    check(and([add("Build")]), add("Build").by(BO), has_no_effect());
    let renamed = after(and([add("Build"), add("Pipeline")]));
    let labels = renamed.deployments[&CARD].links.iter().map(|link| link.label.as_str());
    assert_eq!(labels.collect::<Vec<_>>(), ["Pipeline"]);
    assert_eq!(after(and([add("Build"), remove()])).deployments[&CARD].links, []);
    check(two_sections(), remove(), has_no_effect());
    let many = (0..LINKS_PER_DEPLOYMENT).map(|number| {
        let to = LinkTarget::Address(format!("https://ci.example/many/{number}"));
        outline(OutlineEdit::AddLink(Link { label: String::new(), to }))
    });
    let (limit, count) = (LINKS_PER_DEPLOYMENT as u64, LINKS_PER_DEPLOYMENT as u64 + 1);
    check(and(many), add("Build"), refused(Rejection::TooMany { count, limit }));
}

#[test]
fn what_is_nested_in_markdown_is_nested_in_the_deployment_and_back() {
    let source = "## Deployment: 1.4.0 — Faster search\n\n### Approval checklist\n- [ ] a\n  - [x] b\n    Verify: CI green\n    \
                  - [ ] c\n  - [ ] d\n- [ ] e\n\n### Deployment Steps\n1. f\n   1. g\n   2. h\n2. i\n";
    let document = parse(source).expect("it is a document").document;
    let mut next = 0xd000;
    let (changes, sections) = new_parts(&document, || {
        next += 1;
        next
    });
    let nesting = nesting(CARD, &document, &sections).into_iter();
    let nesting: Vec<Deed> = nesting.map(|edit| Command::Deployment(edit).into()).collect();
    assert_eq!(nesting.len(), 5, "what stands by itself is not moved");
    let opened: Deed = Open { sections, changes, ..open() }.into();
    let workspace = after(set_up().into_iter().chain([opened]).chain(nesting).collect());
    assert_eq!(render(&workspace.deployments[&CARD].document()), source);
}
