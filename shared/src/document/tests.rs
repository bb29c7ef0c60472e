//! The source's template, what a filled-in document looks like, and every kind of bad input.

use super::*;

const SOURCE_TEMPLATE: &str = "\
## Deployment: [version/release]

### Changes
- [Change 1]
- [Change 2]

### Environments
- [ ] Development
- [ ] Staging
- [ ] Production

### Pre-deployment
- [ ] Tests passing
- [ ] Code reviewed
- [ ] Dependencies updated
- [ ] Migrations ready

### Deployment Steps
1. [Step 1]
2. [Step 2]
3. [Step 3]

### Post-deployment
- [ ] Health check passed
- [ ] Smoke tests run
- [ ] Monitoring verified
- [ ] Stakeholders notified

### Rollback
[How to rollback if needed]
";

const FILLED_IN: &str = "\
## Deployment: 2.4.1 — Faster search

### Changes
- Index titles (`3f2a9c1`)
  Author: Ana Lima
  Authored: 2026-03-30T08:15:00Z
  Link: https://git.example/c/3f2a9c1
- New logo
  Commit: r4711

### Environments
- [x] Development
- [ ] Staging

### Approval checklist
- [!] No blockers
  Verify: Issue tracking
  Evidence: https://issues.example/12
- [-] Team available
  Verify: Support coverage

### Deployment Steps
1. [x] Announce
2. Run the migration
   kept on one line
10. Switch traffic

Ask first:

```sh
# who is there
who
```

### Rollback
1. Switch traffic back
2. Tell everyone

#### If that fails
Call the owner.

### Contacts
Ana, Ben
";

fn read(source: &str) -> Parsed {
    parse(source).unwrap()
}

/// Returns the document of what stands below a deployment's heading, which is line 1, and the warnings.
fn below_heading(source: &str) -> (Vec<DocumentSection>, Vec<Warning>) {
    let parsed = read(&format!("## Deployment: 1\n{source}"));
    (parsed.document.sections, parsed.warnings)
}

/// Reads one section and lists its checks with their marks, its changes and its text.
#[track_caller]
fn check(source: &str, items: &[&str], text: &str, warnings: &[Warning]) {
    let (sections, found) = below_heading(source);
    let mut listed = Vec::new();
    for section in &sections {
        listed.extend(section.changes.iter().map(|change| change.summary.clone()));
        listed.extend(
            section
                .checks
                .iter()
                .map(|check| format!("{:?} {}", check.state, check.text)),
        );
    }
    assert_eq!(listed, items, "{source}");
    assert_eq!(
        sections
            .iter()
            .map(|section| section.text.as_str())
            .collect::<Vec<_>>()
            .join("\n"),
        text
    );
    assert_eq!(found, warnings, "{source}");
}

#[test]
fn the_sources_template_is_the_built_in_one_without_the_approval_checklist() {
    let mut template = builtin_template();
    template
        .sections
        .retain(|section| section.kind != SectionKind::Approval);
    assert_eq!(
        read(SOURCE_TEMPLATE),
        Parsed {
            document: template,
            warnings: Vec::new()
        }
    );
}

#[test]
fn the_built_in_template_has_the_approval_checklist_after_pre_deployment() {
    let kinds: Vec<_> = builtin_template()
        .sections
        .iter()
        .map(|section| section.kind)
        .collect();
    assert_eq!(kinds, SectionKind::ALL[..7]);
    assert_eq!(builtin_template().normalised(), builtin_template());
}

#[test]
fn a_filled_in_template_looks_like_the_sources() {
    let mut document = read(SOURCE_TEMPLATE).document;
    document.version = "[version/release] 2".to_owned();
    for section in &mut document.sections {
        match section.kind {
            SectionKind::Changes => section
                .changes
                .extend(["Change 1", "Change 2"].map(DocumentChange::new)),
            SectionKind::Steps => section
                .checks
                .extend(["Step 1", "Step 2", "Step 3"].map(DocumentCheck::open)),
            SectionKind::Rollback => "How to rollback if needed".clone_into(&mut section.text),
            _ => {}
        }
    }
    let expected = SOURCE_TEMPLATE
        .replace("[version/release]", "[version/release] 2")
        .lines()
        .map(|line| {
            match line
                .split_once('[')
                .filter(|_| !line.contains("[ ]") && !line.contains("Deployment:"))
            {
                Some((before, after)) => format!("{before}{}\n", after.trim_end_matches(']')),
                None => format!("{line}\n"),
            }
        })
        .collect::<String>();
    assert_eq!(render(&document), expected);
}

#[test]
fn a_filled_in_document_is_read_in_all_its_parts() {
    let Parsed { document, warnings } = read(FILLED_IN);
    assert_eq!(warnings, []);
    assert_eq!(
        (document.version.as_str(), document.title.as_str()),
        ("2.4.1", "Faster search")
    );
    let [changes, environments, approval, steps, rollback, contacts] = &document.sections[..] else {
        panic!("six sections, not {}", document.sections.len());
    };
    let index = DocumentChange {
        summary: "Index titles".to_owned(),
        commit: Some("3f2a9c1".to_owned()),
        author: Some("Ana Lima".to_owned()),
        authored_at: Some(1_774_858_500_000),
        link: Some("https://git.example/c/3f2a9c1".to_owned()),
    };
    let logo = DocumentChange {
        commit: Some("r4711".to_owned()),
        ..DocumentChange::new("New logo")
    };
    assert_eq!(changes.changes, [index, logo]);
    let states: Vec<_> = environments.checks.iter().map(|check| check.state).collect();
    assert_eq!(states, [CheckState::Done, CheckState::Open]);
    assert_eq!(approval.checks[0].state, CheckState::Failed);
    assert_eq!(approval.checks[0].verify.as_deref(), Some("Issue tracking"));
    assert_eq!(
        approval.checks[0].evidence.as_deref(),
        Some("https://issues.example/12")
    );
    assert_eq!(approval.checks[1].state, CheckState::NotApplicable);
    assert_eq!(steps.checks[1].text, "Run the migration kept on one line");
    assert_eq!(steps.text, "Ask first:\n\n```sh\n# who is there\nwho\n```");
    assert!(rollback.checks.is_empty());
    assert!(rollback.text.ends_with("#### If that fails\nCall the owner."));
    assert_eq!(
        (contacts.kind, contacts.heading.as_str()),
        (SectionKind::Other, "Contacts")
    );
}

#[test]
fn a_filled_in_document_is_written_as_it_was_read() {
    let tidy = FILLED_IN
        .replace("migration\n   kept", "migration kept")
        .replace("\n10.", "\n3.");
    assert_eq!(render(&read(FILLED_IN).document), tidy);
}

#[test]
fn text_that_looks_like_more_is_escaped_and_nothing_else_is() {
    let table = [
        (
            "plain -- text, #4 [a](b) *c* 1.5",
            "plain -- text, #4 [a](b) *c* 1.5",
        ),
        ("[x] ticked", r"\[x] ticked"),
        ("[Change 1]", r"\[Change 1]"),
        ("# heading", r"\# heading"),
        ("1. first", r"1\. first"),
        (r"C:\_tmp", r"C:\_tmp"),
        (r"\_tmp", r"\\_tmp"),
        ("see (`redis`)", "see (`redis`)"),
        ("see (`abcdef1`)", r"see \(`abcdef1`)"),
        ("--", r"\--"),
    ];
    for (summary, written) in table {
        let mut document = builtin_template();
        document.sections.truncate(1);
        document.sections[0].changes.push(DocumentChange::new(summary));
        assert_eq!(
            render(&document),
            format!("## Deployment:\n\n### Changes\n- {written}\n")
        );
    }
}

#[test]
fn lists_are_read_as_other_tools_write_them() {
    check("###  Changes \r\n* a\r\n+ b  \r\n1) c", &["a", "b", "c"], "", &[]);
    check(
        "# Steps\n- a\n- [X] b\n3) [ ] c",
        &["Open a", "Done b", "Open c"],
        "",
        &[],
    );
    check(
        "## pre-deployment:\n1. a\n2. b\n\n\n-\t[x]\tc",
        &["Open a", "Open b", "Done c"],
        "",
        &[],
    );
    check(
        "##Changes\n- wrapped\n  at the edge",
        &["wrapped at the edge"],
        "",
        &[],
    );
    check(
        "### Changes\n- [?] a",
        &["[?] a"],
        "",
        &[Warning::UnknownMark { line: 3, mark: '?' }],
    );
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
    check(
        "### Steps\n1. a\n   ```\n   b\n   ```\n2. c",
        &["Open a", "Open c"],
        "```\nb\n```",
        &[stray(4)],
    );
    check("### Changes\n- a\n\n  more", &["a"], "more", &[stray(5)]);
    check(
        "### Approval\n- [ ] a\n  Verify: b\n  Verify: c",
        &["Open a"],
        "Verify: c",
        &[stray(5)],
    );
}

#[test]
fn nested_items_join_the_list() {
    let flattened = |line| Warning::Flattened { line };
    check(
        "### Steps\n1. a\n    - b\n\t- [x] c\n2. d",
        &["Open a", "Open b", "Done c", "Open d"],
        "",
        &[flattened(4), flattened(5)],
    );
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
    let [notes, _] = &parsed.document.sections[..] else {
        panic!("two sections")
    };
    assert_eq!(
        (notes.heading.as_str(), notes.text.as_str()),
        ("Notes", "# Team\nHello\n\nWorld")
    );
    let front_matter = Warning::FrontMatterIgnored { line: 1, lines: 3 };
    assert_eq!(
        parsed.warnings,
        [front_matter, Warning::AboveSections { line: 4 }]
    );
}

#[test]
fn a_second_deployment_is_a_section_of_the_first() {
    let (sections, warnings) = below_heading("### Changes\n## Deployment: 2\n### Changes");
    assert_eq!(sections[1].heading, "Deployment: 2");
    assert_eq!(
        (sections.len(), warnings),
        (3, vec![Warning::SecondDeployment { line: 3 }])
    );
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
        assert_eq!(
            (document.version.as_str(), document.title.as_str()),
            (version, title),
            "{written}"
        );
    }
}

#[test]
fn what_is_no_deployment_is_an_error() {
    let long = "a".repeat(MAX_SOURCE_BYTES + 1);
    let table = [
        ("", ParseError::Empty),
        (" \r\n\u{feff}", ParseError::NoDeployment { lines: 2 }),
        ("### Changes\n- a", ParseError::NoDeployment { lines: 2 }),
        (
            long.as_str(),
            ParseError::TooLong {
                bytes: MAX_SOURCE_BYTES + 1,
            },
        ),
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
