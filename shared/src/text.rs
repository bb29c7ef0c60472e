//! What a text may be: checked once, in `decide`, so that nothing deeper has to.

use crate::rejection::{Rejection, TextField};

/// What turns the reading direction of the text after it: a line that has it may read as what it is not. The marks that
/// people who write from right to left do type are none of them.
const DIRECTIONS: [char; 9] = [
    '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
    '\u{2069}',
];

impl TextField {
    /// Tells whether the text is read at a glance, among others: it may not pretend to be another one. What machines
    /// bring along with facts is taken as it comes.
    const fn is_name_like(self) -> bool {
        match self {
            Self::Name
            | Self::Version
            | Self::Title
            | Self::Heading
            | Self::Check
            | Self::Verify
            | Self::Reason
            | Self::Incident => true,
            Self::Repository
            | Self::SectionText
            | Self::Evidence
            | Self::Summary
            | Self::Commit
            | Self::Author
            | Self::Link
            | Self::Note
            | Self::Query
            | Self::Comment => false,
        }
    }

    /// Returns the most bytes the text may have.
    #[must_use]
    pub const fn limit(self) -> usize {
        match self {
            Self::Name | Self::Version | Self::Commit => 100,
            Self::Title | Self::Heading | Self::Author => 200,
            Self::Check | Self::Verify | Self::Summary | Self::Incident => 500,
            Self::Repository | Self::Evidence | Self::Link | Self::Note | Self::Reason | Self::Query => 2_000,
            Self::Comment => 10_000,
            Self::SectionText => 64 * 1024,
        }
    }
}

/// Returns a text of one line, without white space around it.
///
/// # Errors
///
/// When it is empty, too long, or has more than one line, or characters that nobody sees.
pub fn line(field: TextField, text: &str) -> Result<String, Rejection> {
    let text = possibly_empty_line(field, text)?;
    if text.is_empty() {
        return Err(Rejection::TextMissing { field });
    }
    Ok(text)
}

/// Returns a text of one line that may be empty, without white space around it.
///
/// # Errors
///
/// When it is too long, has more than one line, or characters that nobody sees.
pub fn possibly_empty_line(field: TextField, text: &str) -> Result<String, Rejection> {
    let text = text.trim();
    if text.contains(['\n', '\r']) {
        return Err(Rejection::TextHasLines { field });
    }
    if field.is_name_like() && text.contains(is_hidden) {
        return Err(Rejection::TextHasControls { field });
    }
    short_enough(field, text)?;
    Ok(text.to_owned())
}

/// Tells whether a character is a control character, but for the tab, or turns the reading direction.
fn is_hidden(character: char) -> bool {
    character.is_control() && character != '\t' || DIRECTIONS.contains(&character)
}

/// Tells whether a text has characters that nobody sees, or that turn the reading direction.
#[must_use]
pub fn has_hidden(text: &str) -> bool {
    text.contains(is_hidden)
}

/// Returns a text without the characters that nobody sees: for facts, which are never refused for how they are told.
#[must_use]
pub fn without_hidden(text: &str) -> String {
    text.chars().filter(|character| !is_hidden(*character) || matches!(character, '\n' | '\r')).collect()
}

/// Returns a text of several lines without white space at its end.
///
/// # Errors
///
/// When it is empty, too long, or has control characters other than the tab and the ends of its lines.
pub fn paragraphs(field: TextField, text: &str) -> Result<String, Rejection> {
    let text = text.replace("\r\n", "\n").trim_end().to_owned();
    if text.trim().is_empty() {
        return Err(Rejection::TextMissing { field });
    }
    if text.contains(|character: char| character.is_control() && !matches!(character, '\t' | '\n')) {
        return Err(Rejection::TextHasControls { field });
    }
    short_enough(field, &text)?;
    Ok(text)
}

/// Tells whether an address may be a link to somewhere else: to the web or to mail. Never a script.
#[must_use]
pub fn is_safe_address(address: &str) -> bool {
    let lower = address.trim().to_ascii_lowercase();
    ["https://", "http://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
}

/// Returns a text of one line, or nothing for one that is empty.
///
/// # Errors
///
/// When it is too long, has more than one line, or characters that nobody sees.
pub fn optional_line(field: TextField, text: Option<&str>) -> Result<Option<String>, Rejection> {
    let text = possibly_empty_line(field, text.unwrap_or_default())?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// Refuses a text that is too long.
///
/// # Errors
///
/// When it has more bytes than its field may have.
pub fn short_enough(field: TextField, text: &str) -> Result<(), Rejection> {
    if text.len() > field.limit() {
        return Err(Rejection::TextTooLong { field, length: text.len() as u64, limit: field.limit() as u64 });
    }
    Ok(())
}
