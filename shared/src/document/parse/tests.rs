//! Every kind of odd and bad input: what is read, what is kept where, and what is said about it.

#![expect(clippy::indexing_slicing, reason = "a missing section should fail the test")]

use crate::document::*;

fn read(source: &str) -> Parsed {
    parse(source).unwrap()
}

/// Returns the document of what stands below a deployment's heading, which is line 1, and the warnings.
fn below_heading(source: &str) -> (Vec<DocumentSection>, Vec<Warning>) {
    let parsed = read(&format!("## Deployment: 1\n{source}"));
    (parsed.document.sections, parsed.warnings)
}

/// Reads one section and lists its checks, indented by their depth, with their marks, its changes and its text.
#[track_caller]
fn check(source: &str, items: &[&str], text: &str, warnings: &[Warning]) {
    let (sections, found) = below_heading(source);
    let mut listed = Vec::new();
    for section in &sections {
        listed.extend(section.changes.iter().map(|change| change.summary.clone()));
        let indented = |check: &DocumentCheck| "  ".repeat(check.depth.into());
        listed.extend(
            section.checks.iter().map(|check| format!("{}{:?} {}", indented(check), check.state, check.text)),
        );
    }
    assert_eq!(listed, items, "{source}");
    assert_eq!(sections.iter().map(|section| section.text.as_str()).collect::<Vec<_>>().join("\n"), text);
    assert_eq!(found, warnings, "{source}");
}

#[test]
fn lists_are_read_as_other_tools_write_them() {
    check("###  Changes \r\n* a\r\n+ b  \r\n1) c", &["a", "b", "c"], "", &[]);
    check("# Steps\n- a\n- [X] b\n3) [ ] c", &["Open a", "Done b", "Open c"], "", &[]);
    check("## pre-deployment:\n1. a\n2. b\n\n\n-\t[x]\tc", &["Open a", "Open b", "Done c"], "", &[]);
    check("##Changes\n- wrapped\n  at the edge", &["wrapped at the edge"], "", &[]);
    check("### Changes\n- [?] a", &["[?] a"], "", &[Warning::UnknownMark { line: 3, mark: '?' }]);
}

#[test]
fn plain_lists_in_prose_stay_prose() {
    check("### Rollback\n1. a\n- b\n  - c", &[], "1. a\n- b\n  - c", &[]);
    check("### Rollback\n- [ ] a\n\n1. b", &["Open a"], "1. b", &[]);
    check("### Contacts\n- Ana", &[], "- Ana", &[]);
}

#[test]
fn what_is_no_item_is_kept_as_text_below_the_list() {
    let stray = |line| Warning::StrayText { line };
    check(
        "### Steps\nFirst read.\n1. a\nThen:\n2. b\nDone.",
        &["Open a", "Open b"],
        "First read.\n\nThen:\n\nDone.",
        &[stray(3), stray(5)],
    );
    check("### Steps\n1. a\n   ```\n   b\n   ```\n2. c", &["Open a", "Open c"], "```\nb\n```", &[stray(4)]);
    check("### Changes\n- a\n\n  more", &["a"], "more", &[stray(5)]);
    check("### Approval\n- [ ] a\n  Verify: b\n  Verify: c", &["Open a"], "Verify: c", &[stray(5)]);
}

#[test]
fn items_stand_below_others_as_far_in_as_other_tools_write_them() {
    let flattened = |line| Warning::Flattened { line };
    check(
        "### Steps\n1. a\n    - b\n\t- [x] c\n2. d\n   1. e",
        &["Open a", "  Open b", "  Done c", "Open d", "  Open e"],
        "",
        &[],
    );
    check(
        "### Approval\n- [ ] a\n  - [ ] b\n    Verify: c\n    - [ ] d\n      - [ ] e\n - [ ] f",
        &["Open a", "  Open b", "    Open d", "    Open e", "Open f"],
        "",
        &[flattened(7)],
    );
    check("### Changes\n- a\n  - b\n  - [ ] c", &["a", "b", "Open c"], "", &[flattened(4), flattened(5)]);
}

#[test]
fn an_unreadable_time_is_kept_as_text() {
    check(
        "### Changes\n- a\n  Authored: then",
        &["a"],
        "Authored: then",
        &[Warning::UnreadableTime { line: 4 }],
    );
}

#[test]
fn a_fence_that_never_closes_swallows_nothing() {
    check(
        "### Rollback\n```\na\n### Steps\n1. b",
        &["Open b"],
        "```\na\n",
        &[Warning::FenceNotClosed { line: 3 }],
    );
}

#[test]
fn sections_of_one_heading_are_both_kept() {
    let (sections, warnings) = below_heading("### Steps\n1. a\n### Steps\n1. b\n### Zoo\nc");
    let headings: Vec<_> = sections.iter().map(|section| section.heading.as_str()).collect();
    assert_eq!((headings, warnings), (vec!["Steps", "Steps", "Zoo"], Vec::new()));
}

#[test]
fn what_stands_above_is_kept_in_notes() {
    let parsed = read("\u{feff}---\nkey: 1\n---\n# Team\nHello\n\n## Deployment: 1\nWorld\n### Changes");
    let [notes, _] = &parsed.document.sections[..] else { panic!("two sections") };
    assert_eq!((notes.heading.as_str(), notes.text.as_str()), ("Notes", "# Team\nHello\n\nWorld"));
    let front_matter = Warning::FrontMatterIgnored { line: 1, lines: 3 };
    assert_eq!(parsed.warnings, [front_matter, Warning::AboveSections { line: 4 }]);
}

#[test]
fn a_second_deployment_is_a_section_of_the_first() {
    let (sections, warnings) = below_heading("### Changes\n## Deployment: 2\n### Changes");
    assert_eq!(sections[1].heading, "Deployment: 2");
    assert_eq!((sections.len(), warnings), (3, vec![Warning::SecondDeployment { line: 3 }]));
}

#[test]
fn deeper_headings_are_sections_below_a_deeper_deployment() {
    let sections = read("#### Deployment: 1\n##### Changes\n- a").document.sections;
    assert_eq!(sections[0].changes, [DocumentChange::new("a")]);
}

#[test]
fn versions_and_titles_are_told_apart() {
    let table = [
        ("", ("", "")),
        (" 1.0", ("1.0", "")),
        (" 1.0 — A — B", ("1.0", "A — B")),
        (" — A", ("", "A")),
        (" [version/release] — A", ("", "A")),
        (r" \[version/release]", ("[version/release]", "")),
        (" 1-2 — C# ##", ("1-2", "C#")),
    ];
    for (written, (version, title)) in table {
        let document = read(&format!("## deployment :{written}")).document;
        assert_eq!((document.version.as_str(), document.title.as_str()), (version, title), "{written}");
    }
}

#[test]
fn what_is_no_deployment_is_an_error() {
    let long = "a".repeat(MAX_SOURCE_BYTES + 1);
    let table = [
        ("", ParseError::Empty),
        (" \r\n\u{feff}", ParseError::NoDeployment { lines: 2 }),
        ("### Changes\n- a", ParseError::NoDeployment { lines: 2 }),
        (long.as_str(), ParseError::TooLong { bytes: MAX_SOURCE_BYTES + 1 }),
    ];
    for (source, error) in table {
        assert_eq!(parse(source), Err(error));
    }
}

#[test]
fn messages_say_what_was_kept_and_what_to_do() {
    let warning = Warning::UnknownMark { line: 7, mark: '?' };
    assert_eq!(
        warning.to_string(),
        "line 7: `[?]` is no mark we know, and was kept as text; \
         use `[ ]`, `[x]`, `[!]` (failed) or `[-]` (not applicable)"
    );
    assert_eq!(
        ParseError::NoDeployment { lines: 2 }.to_string(),
        "none of the 2 lines starts a deployment; nothing was taken over: \
         put the heading `## Deployment: ` and the version above it"
    );
}

#[test]
fn the_longest_source_of_open_fences_is_read_quickly() {
    let source = format!("## Deployment: 1\n### Steps\n{}", "```a\n".repeat(100_000));
    assert_eq!(read(&source).warnings.len(), 100_000);
}
