//! Tidying a document into the one form that Markdown gives back unchanged.

use super::{DEEPEST, Document, DocumentChange, DocumentCheck, DocumentSection, SectionKind, rfc3339};

impl Document {
    /// Returns the document in the form in which it survives [`render`](super::render()) and
    /// [`parse`](super::parse()).
    ///
    /// - In every field of one line (all but a section's text), line breaks and the spaces around them become
    ///   one space, other control characters become a space each, and spaces at both ends go.
    /// - In the version an em dash that stands alone becomes a hyphen: ` — ` separates the title.
    /// - In a section's text every line ends with `\n`, lines of nothing but spaces are empty, control
    ///   characters other than the tab become spaces, and spaces and empty lines at both ends go.
    /// - An empty heading becomes the kind's own.
    /// - Optional fields that are empty become `None`, and so does a time outside the years 0 to 9999, which
    ///   RFC 3339 can't write.
    /// - Checks and changes that say nothing at all are dropped.
    /// - A check stands at most one level below the one before it, and there are three levels.
    /// - Changes in a section of another kind move into a section `Changes` right after it.
    ///
    /// Normalising twice is the same as once.
    pub fn normalised(self) -> Self {
        Self {
            version: without_lone_dashes(&one_line(&self.version)),
            title: one_line(&self.title),
            sections: self.sections.into_iter().flat_map(DocumentSection::normalised).collect(),
        }
    }
}

impl DocumentSection {
    /// Returns the tidy section, followed by another if its changes have to move.
    fn normalised(self) -> impl Iterator<Item = Self> {
        let heading = match one_line(&self.heading) {
            empty if empty.is_empty() => self.kind.heading().to_owned(),
            heading => heading,
        };
        let checks = self.checks.into_iter().map(DocumentCheck::normalised);
        let changes = self.changes.into_iter().map(DocumentChange::normalised);
        let mut section = Self {
            kind: self.kind,
            heading,
            text: free_text(&self.text),
            checks: reachable(checks.filter(|check| !check.is_blank())),
            changes: changes.filter(|change| !change.is_blank()).collect(),
        };
        let mut moved = Self::empty(SectionKind::Changes, SectionKind::Changes.heading());
        if section.kind != SectionKind::Changes {
            moved.changes.append(&mut section.changes);
        }
        let moved = (!moved.changes.is_empty()).then_some(moved);
        std::iter::once(section).chain(moved)
    }
}

impl DocumentCheck {
    fn normalised(self) -> Self {
        Self {
            text: one_line(&self.text),
            state: self.state,
            verify: filled(self.verify),
            evidence: filled(self.evidence),
            depth: self.depth,
        }
    }
}

/// Returns the checks, each no further below the one before it than one level.
fn reachable(checks: impl Iterator<Item = DocumentCheck>) -> Vec<DocumentCheck> {
    let mut room = 0;
    let nested = checks.map(|check| {
        let depth = check.depth.min(room);
        room = (depth + 1).min(DEEPEST);
        DocumentCheck { depth, ..check }
    });
    nested.collect()
}

impl DocumentChange {
    fn normalised(self) -> Self {
        Self {
            summary: one_line(&self.summary),
            commit: filled(self.commit),
            author: filled(self.author),
            authored_at: self.authored_at.filter(|at| rfc3339::RANGE.contains(at)),
            link: filled(self.link),
        }
    }
}

/// Returns the text with the line ends and characters that the parser works on; as many lines as before.
pub(super) fn plain_lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.replace(|c: char| c.is_control() && !matches!(c, '\n' | '\t'), " ")
}

fn one_line(text: &str) -> String {
    let is_break =
        |c: char| matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}');
    let parts: Vec<&str> = text.split(is_break).map(str::trim).filter(|part| !part.is_empty()).collect();
    parts.join(" ").replace(char::is_control, " ").trim().to_owned()
}

fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| one_line(&text)).filter(|text| !text.is_empty())
}

fn free_text(text: &str) -> String {
    let text = plain_lines(text);
    let lines: Vec<&str> =
        text.split('\n').map(|line| if line.trim().is_empty() { "" } else { line }).collect();
    lines.join("\n").trim().to_owned()
}

fn without_lone_dashes(version: &str) -> String {
    let words: Vec<&str> = version.split(' ').map(|word| if word == "—" { "-" } else { word }).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_of_one_line_are_on_one_line() {
        let table = [
            ("  a  b ", "a  b"),
            ("a \r\n\n  b", "a b"),
            ("a\tb\u{0}", "a b"),
            ("a\u{2028}b", "a b"),
            ("\n", ""),
        ];
        for (text, expected) in table {
            assert_eq!(one_line(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_version_has_no_dash_that_separates_a_title() {
        for (version, expected) in [("1 — 2", "1 - 2"), ("— —", "- -"), ("a—b", "a—b")] {
            assert_eq!(without_lone_dashes(version), expected);
        }
    }

    #[test]
    fn text_keeps_its_lines_and_its_indentation() {
        assert_eq!(free_text("\r\n a  \r\n \r\n\tb\u{7} \n\n"), "a  \n\n\tb");
    }

    #[test]
    fn no_check_hangs_in_the_air() {
        let at = |depth| DocumentCheck { depth, ..DocumentCheck::open("a") };
        let depths = |given: &[u8]| {
            let checks = reachable(given.iter().map(|depth| at(*depth)));
            checks.iter().map(|check| check.depth).collect::<Vec<_>>()
        };
        assert_eq!(depths(&[1, 2, 2, 0, 2]), [0, 1, 2, 0, 1]);
        assert_eq!(depths(&[0, 1, 2, 3, 9]), [0, 1, 2, 2, 2]);
    }

    #[test]
    fn changes_elsewhere_move_into_a_section_of_their_own() {
        let mut rollback = DocumentSection::empty(SectionKind::Rollback, "");
        rollback.changes = vec![DocumentChange::new("a"), DocumentChange::new(" ")];
        let document = Document { version: String::new(), title: String::new(), sections: vec![rollback] };

        let mut changes = DocumentSection::empty(SectionKind::Changes, "Changes");
        changes.changes = vec![DocumentChange::new("a")];
        let expected = vec![DocumentSection::empty(SectionKind::Rollback, "Rollback"), changes];
        assert_eq!(document.normalised().sections, expected);
    }
}
