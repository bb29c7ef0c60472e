//! What holds for every document and every text: what is written comes back.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Pieces that are likely to be taken for something else.
const PIECES: &[&str] = &[
    "a",
    "é",
    "日本",
    "🚀",
    "word",
    "2.4.1",
    "  ",
    " ",
    "\t",
    "\n",
    "\n\n",
    "\r\n",
    "\r",
    "\u{a0}",
    "\u{2028}",
    "\u{85}",
    "\0",
    "\u{feff}",
    "#",
    "# ",
    "## ",
    "### ",
    "#### ",
    " ##",
    "-",
    "- ",
    "* ",
    "+ ",
    "1. ",
    "12) ",
    "- - -",
    "--",
    "***",
    "---\n",
    "+++",
    "[ ] ",
    "[x] ",
    "[X]",
    "[!] ",
    "[-] ",
    "[?] ",
    "[]",
    "[",
    "]",
    "- [ ] ",
    "- [x] ",
    "1. [x] ",
    "\\",
    "\\\\",
    "\\#",
    "\\[",
    "1\\. ",
    "`",
    "```",
    "\n```\n",
    "```sh\n",
    "````",
    "~~~",
    "\n~~~\n",
    "(`abcdef1`)",
    " (`0123456789abcdef`)",
    "(`x`)",
    "\\(`abcdef1`)",
    "—",
    " — ",
    "-",
    ":",
    "Deployment:",
    "## Deployment: 1",
    "\n## Deployment: 2 — b\n",
    "\n### Changes\n",
    "\n### Rollback\n",
    "\n### Steps\n",
    "\n# Foo\n",
    "\n##Environments",
    "<!-- steps -->",
    "<!-- other -->",
    "<!--",
    "-->",
    "[Change 1]",
    "[Step 2]",
    "[How to rollback if needed]",
    "[version/release]",
    "Verify: ",
    "\n  Verify: b",
    "\n  Evidence:",
    "Author: ",
    "\n  Author: c",
    "\n  Authored: 1970-01-01T00:00:00Z",
    "\n  Authored: then",
    "\n  Link: ",
    "\n  Commit: d",
    "\n  - ",
    "\n    ",
    "\n    - [ ] ",
    "\n\t",
    "> ",
    "|",
    "_",
];

fn soup(pieces: usize) -> impl Strategy<Value = String> {
    let piece =
        prop_oneof![9 => select(PIECES).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)];
    vec(piece, 0..pieces).prop_map(|pieces| pieces.concat())
}

fn state() -> impl Strategy<Value = CheckState> {
    select(&[CheckState::Open, CheckState::Done, CheckState::Failed, CheckState::NotApplicable][..])
}

fn check() -> impl Strategy<Value = DocumentCheck> {
    (soup(6), state(), option::of(soup(4)), option::of(soup(4)), 0..4_u8).prop_map(
        |(text, state, verify, evidence, depth)| DocumentCheck { text, state, verify, evidence, depth },
    )
}

fn change() -> impl Strategy<Value = DocumentChange> {
    let commit = prop_oneof!["[0-9a-fA-F]{6,9}", soup(3)];
    let authored_at = prop_oneof![any::<i64>(), *rfc3339::RANGE.start()..=*rfc3339::RANGE.end()];
    (soup(6), option::of(commit), option::of(soup(3)), option::of(authored_at), option::of(soup(3))).prop_map(
        |(summary, commit, author, authored_at, link)| DocumentChange {
            summary,
            commit,
            author,
            authored_at,
            link,
        },
    )
}

fn section() -> impl Strategy<Value = DocumentSection> {
    let heading = |kind: SectionKind| prop_oneof![Just(kind.heading().to_owned()), soup(4)];
    let headed = select(&SectionKind::ALL[..]).prop_flat_map(move |kind| (Just(kind), heading(kind)));
    (headed, soup(12), vec(check(), 0..4), vec(change(), 0..4)).prop_map(
        |((kind, heading), text, checks, changes)| DocumentSection { kind, heading, text, checks, changes },
    )
}

/// Any document at all: normalising it is part of what is tested.
fn document() -> impl Strategy<Value = Document> {
    (soup(4), soup(4), vec(section(), 0..5)).prop_map(|(version, title, sections)| Document {
        version,
        title,
        sections,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn normalising_twice_is_once(document in document()) {
        let normalised = document.normalised();
        prop_assert_eq!(normalised.clone().normalised(), normalised);
    }

    #[test]
    fn what_is_rendered_comes_back_without_a_warning(document in document()) {
        let document = document.normalised();
        let written = render(&document);
        let expected = Parsed { document, warnings: Vec::new() };
        prop_assert_eq!(parse(&written), Ok(expected), "{}", written);
    }

    #[test]
    fn whatever_is_read_can_be_written_and_read_again(above in soup(6), below in soup(60)) {
        let source = format!("{above}\n## Deployment: {below}");
        let document = parse(&source).map(|parsed| parsed.document);
        prop_assert!(document.is_ok());
        let document = document.unwrap_or_else(|_| builtin_template());
        let written = render(&document);
        let again = parse(&written).map(|parsed| parsed.document);
        prop_assert_eq!(again, Ok(document), "{}", written);
    }

    #[test]
    fn no_text_panics(source in any::<String>(), pieces in soup(40)) {
        for source in [source, pieces] {
            if let Ok(parsed) = parse(&source) {
                prop_assert_eq!(parse(&render(&parsed.document)).map(|again| again.document), Ok(parsed.document));
            }
        }
    }
}

/// Returns how many documents to try: `PROPTEST_CASES` for a longer search.
fn cases() -> u32 {
    ProptestConfig::default().cases
}
