//! A deployment as Markdown, both ways: the document in between, and what it looks like when it is tidy.
//!
//! Reading is in `parse`, writing in `render`, and the rules both must agree on are in `line` and `escape`.
//! Nothing here knows what a deployment is allowed to do.

mod escape;
mod heading;
mod line;
mod normalise;
mod parse;
mod render;
mod rfc3339;
mod template;

#[cfg(all(test, not(target_arch = "wasm32")))]
mod laws;
#[cfg(test)]
mod tests;

pub use heading::SectionKind;
pub use parse::{MAX_SOURCE_BYTES, ParseError, Parsed, Warning, parse};
pub use render::render;
pub use template::builtin_template;

use crate::check::CheckState;

/// A deployment as it can be copied out as Markdown, and pasted back.
///
/// For a [normalised](Self::normalised) document `d`, `parse(&render(&d))` gives `d` again, with no warnings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What is released; empty in a template.
    pub version: String,
    /// What it is about; may be empty.
    pub title: String,
    /// The sections in reading order; two may have the same kind, and the same heading.
    pub sections: Vec<DocumentSection>,
}

/// One heading and what stands below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSection {
    /// What the section is for.
    pub kind: SectionKind,
    /// The heading in its author's words.
    pub heading: String,
    /// Free Markdown, below the lists; may be empty.
    pub text: String,
    /// The checks, and in [`SectionKind::Steps`] the steps, in order.
    pub checks: Vec<DocumentCheck>,
    /// What changes, in order; only in [`SectionKind::Changes`] once normalised.
    pub changes: Vec<DocumentChange>,
}

/// One check or step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentCheck {
    /// What must hold, or be done, on one line.
    pub text: String,
    /// Where it stands.
    pub state: CheckState,
    /// How to find out whether it holds.
    pub verify: Option<String>,
    /// A note or a link that shows it.
    pub evidence: Option<String>,
    /// How far below the checks before it: 0 for one of its own, then at most one more than the check before it.
    pub depth: u8,
}

/// How far below others a check may stand: there are three levels.
pub(crate) const DEEPEST: u8 = 2;

/// One change that the deployment brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentChange {
    /// What changes, on one line.
    pub summary: String,
    /// The commit's name, in whatever form its repository uses.
    pub commit: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it was written, in milliseconds since 1970 in UTC.
    pub authored_at: Option<i64>,
    /// Where it can be read.
    pub link: Option<String>,
}

impl DocumentSection {
    /// Returns a section with a heading and nothing below it.
    pub fn empty(kind: SectionKind, heading: impl Into<String>) -> Self {
        Self { kind, heading: heading.into(), text: String::new(), checks: Vec::new(), changes: Vec::new() }
    }
}

impl DocumentCheck {
    /// Returns a check that nobody has attested yet.
    pub fn open(text: impl Into<String>) -> Self {
        Self { text: text.into(), state: CheckState::Open, verify: None, evidence: None, depth: 0 }
    }

    fn is_blank(&self) -> bool {
        let has_state = self.state != CheckState::Open;
        self.text.is_empty() && !has_state && self.verify.is_none() && self.evidence.is_none()
    }
}

impl DocumentChange {
    /// Returns a change of which only the summary is known.
    pub fn new(summary: impl Into<String>) -> Self {
        Self { summary: summary.into(), commit: None, author: None, authored_at: None, link: None }
    }

    fn is_blank(&self) -> bool {
        *self == Self::new("")
    }
}
