//! Backslashes: where they go so that a text is not taken for structure, and how they come off again.
//!
//! Every pair here undoes itself: reading what was written gives the text. A backslash is put only where it
//! is needed, or where one already stands.

use std::borrow::Cow;

use super::line::Line;

/// Puts a backslash at a byte position.
pub(super) fn insert(text: &str, at: usize) -> String {
    let (before, after) = text.split_at(at);
    format!("{before}\\{after}")
}

/// Whether a backslash stands right before a byte position.
pub(super) fn is_escaped(text: &str, at: usize) -> bool {
    text.split_at(at).0.ends_with('\\')
}

/// Takes off the backslash right before a byte position.
pub(super) fn remove(text: &str, at: usize) -> String {
    let (before, after) = text.split_at(at);
    format!("{}{after}", before.strip_suffix('\\').unwrap_or(before))
}

/// Writes a text that starts an item or a version, and `is_structure` if it would be read as more than text.
pub(super) fn start(text: &str, is_structure: bool) -> Cow<'_, str> {
    if is_structure || starts_escaped(text) || number_is_escaped(text) {
        return Cow::Owned(insert(text, escape_position(text)));
    }
    Cow::Borrowed(text)
}

/// Undoes [`start`].
pub(super) fn unescape_start(text: &str) -> Cow<'_, str> {
    if let Some(rest) = text.strip_prefix('\\')
        && starts_escaped(text)
    {
        return Cow::Borrowed(rest);
    }
    if number_is_escaped(text) {
        return Cow::Owned(remove(text, escape_position(text) + 1));
    }
    Cow::Borrowed(text)
}

/// Writes a line of free text. Indented code keeps its backslashes: there they would show.
pub(super) fn line(text: &str, is_structure: bool) -> Cow<'_, str> {
    around_indent(text, |rest| start(rest, is_structure))
}

/// Undoes [`line()`].
pub(super) fn unescape_line(text: &str) -> Cow<'_, str> {
    around_indent(text, unescape_start)
}

/// Writes a heading so that hashes at its end stay part of it.
pub(super) fn closing_hashes(heading: &str) -> String {
    match hashes_at_end(heading) {
        Some(at) => insert(heading, at),
        None => heading.to_owned(),
    }
}

/// Takes off a heading's closing hashes, or the backslash that says they are none.
pub(super) fn unescape_closing_hashes(heading: &str) -> Cow<'_, str> {
    match hashes_at_end(heading) {
        Some(at) if is_escaped(heading, at) => Cow::Owned(remove(heading, at)),
        Some(at) => Cow::Borrowed(heading.split_at(at).0.trim_end()),
        None => Cow::Borrowed(heading),
    }
}

fn around_indent<'a>(text: &'a str, change: impl FnOnce(&'a str) -> Cow<'a, str>) -> Cow<'a, str> {
    if Line::of(text).is_indented_code() {
        return Cow::Borrowed(text);
    }
    let rest = text.trim_start_matches([' ', '\t']);
    let changed = change(rest);
    if changed == rest {
        return Cow::Borrowed(text);
    }
    let indent = text.strip_suffix(rest).unwrap_or_default();
    Cow::Owned(format!("{indent}{changed}"))
}

/// Whether it starts with a backslash before a sign, as Markdown escapes one.
fn starts_escaped(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next() == Some('\\') && chars.next().is_some_and(|c| c.is_ascii_punctuation())
}

/// Whether it starts with a number whose dot or bracket is escaped, as in `1\. January`.
fn number_is_escaped(text: &str) -> bool {
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let signs = after.trim_start_matches('\\');
    after.len() < text.len() && signs.len() < after.len() && signs.starts_with(['.', ')'])
}

/// Returns where the backslash goes: in front, or behind a number, whose first digit Markdown can't escape.
fn escape_position(text: &str) -> usize {
    let after = text.trim_start_matches(|c: char| c.is_ascii_digit());
    text.len() - after.len()
}

/// Finds a run of hashes at the end that stands alone, or after backslashes.
fn hashes_at_end(heading: &str) -> Option<usize> {
    let before = heading.trim_end_matches('#');
    let stands_alone = before.is_empty() || before.ends_with(|c: char| c == '\\' || c.is_whitespace());
    (before.len() < heading.len() && stands_alone).then_some(before.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_escaped_where_markdown_takes_a_backslash() {
        let table = [
            ("# a", true, r"\# a"),
            ("  12) a ", true, r"  12\) a "),
            (r"\# a", false, r"\\# a"),
            (r"1\. a", false, r"1\\. a"),
            (r"C:\# a", false, r"C:\# a"),
            (r"    \# code", false, r"    \# code"),
        ];
        for (text, is_structure, written) in table {
            assert_eq!(line(text, is_structure), written);
            assert_eq!(unescape_line(written), text);
        }
    }
}
