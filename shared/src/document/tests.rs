//! The source's template, and what a filled-in document looks like.

#![expect(clippy::indexing_slicing, reason = "a missing section should fail the test")]

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

#[test]
fn the_sources_template_is_the_built_in_one_without_the_approval_checklist() {
    let mut template = builtin_template();
    template.sections.retain(|section| section.kind != SectionKind::Approval);
    assert_eq!(read(SOURCE_TEMPLATE), Parsed { document: template, warnings: Vec::new() });
}

#[test]
fn the_built_in_template_has_the_approval_checklist_after_pre_deployment() {
    let kinds: Vec<_> = builtin_template().sections.iter().map(|section| section.kind).collect();
    assert_eq!(kinds, SectionKind::ALL[..7]);
    assert_eq!(builtin_template().normalised(), builtin_template());
}

#[test]
fn a_filled_in_template_looks_like_the_sources() {
    let mut filled_in = SOURCE_TEMPLATE.replace("[version/release]", "2.4.1");
    for text in ["Change 1", "Change 2", "Step 1", "Step 2", "Step 3", "How to rollback if needed"] {
        filled_in = filled_in.replace(&format!("[{text}]"), text);
    }
    let document = read(&filled_in).document;
    assert_eq!(document.sections[0].changes.len(), 2);
    assert_eq!(document.sections[3].checks.len(), 3);
    assert_eq!(render(&document), filled_in);
}

#[test]
fn a_filled_in_document_is_read_in_all_its_parts() {
    let Parsed { document, warnings } = read(FILLED_IN);
    assert_eq!(warnings, []);
    assert_eq!((document.version.as_str(), document.title.as_str()), ("2.4.1", "Faster search"));
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
    let logo = DocumentChange { commit: Some("r4711".to_owned()), ..DocumentChange::new("New logo") };
    assert_eq!(changes.changes, [index, logo]);
    let states: Vec<_> = environments.checks.iter().map(|check| check.state).collect();
    assert_eq!(states, [CheckState::Done, CheckState::Open]);
    assert_eq!(approval.checks[0].state, CheckState::Failed);
    assert_eq!(approval.checks[0].verify.as_deref(), Some("Issue tracking"));
    assert_eq!(approval.checks[0].evidence.as_deref(), Some("https://issues.example/12"));
    assert_eq!(approval.checks[1].state, CheckState::NotApplicable);
    assert_eq!(steps.checks[1].text, "Run the migration kept on one line");
    assert_eq!(steps.text, "Ask first:\n\n```sh\n# who is there\nwho\n```");
    assert!(rollback.checks.is_empty());
    assert!(rollback.text.ends_with("#### If that fails\nCall the owner."));
    assert_eq!((contacts.kind, contacts.heading.as_str()), (SectionKind::Other, "Contacts"));
}

#[test]
fn a_filled_in_document_is_written_as_it_was_read() {
    let tidy = FILLED_IN.replace("migration\n   kept", "migration kept").replace("\n10.", "\n3.");
    assert_eq!(render(&read(FILLED_IN).document), tidy);
}

#[test]
fn text_that_looks_like_more_is_escaped_and_nothing_else_is() {
    let table = [
        ("plain -- text, #4 [a](b) *c* 1.5", "plain -- text, #4 [a](b) *c* 1.5"),
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
        assert_eq!(render(&document), format!("## Deployment:\n\n### Changes\n- {written}\n"));
    }
}
