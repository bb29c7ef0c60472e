//! What a text may be: checked once, in `decide`, so that nothing deeper has to.

use crate::rejection::{Rejection, TextField};

impl TextField {
    /// Returns the most bytes the text may have.
    #[must_use]
    pub const fn limit(self) -> usize {
        match self {
            Self::Name | Self::Version | Self::Commit => 100,
            Self::Title | Self::Heading | Self::Author => 200,
            Self::Check | Self::Verify | Self::Summary => 500,
            Self::Repository | Self::Evidence | Self::Link | Self::Note | Self::Reason | Self::Query => 2_000,
            Self::SectionText => 64 * 1024,
        }
    }
}

/// Returns a text of one line, without white space around it.
///
/// # Errors
///
/// When it is empty, too long, or has more than one line.
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
/// When it is too long or has more than one line.
pub fn possibly_empty_line(field: TextField, text: &str) -> Result<String, Rejection> {
    let text = text.trim();
    if text.contains(['\n', '\r']) {
        return Err(Rejection::TextHasLines { field });
    }
    short_enough(field, text)?;
    Ok(text.to_owned())
}

/// Returns a text of one line, or nothing for one that is empty.
///
/// # Errors
///
/// When it is too long or has more than one line.
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
