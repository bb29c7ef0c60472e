//! What can be wrong or odd with a text that should be a deployment.

use thiserror::Error;

use super::MAX_SOURCE_BYTES;

/// Why nothing was read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseError {
    /// The text is longer than [`MAX_SOURCE_BYTES`].
    #[error(
        "the text has {bytes} bytes, and at most {MAX_SOURCE_BYTES} are read; nothing was taken over: \
         paste one deployment at a time"
    )]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// There is nothing but spaces.
    #[error("the text is empty; nothing was taken over: paste a deployment that was copied out as Markdown")]
    Empty,
    /// No heading starts with `Deployment:`.
    #[error(
        "none of the {lines} lines starts a deployment; nothing was taken over: \
         put the heading `## Deployment: ` and the version above it"
    )]
    NoDeployment {
        /// How many lines were looked at.
        lines: usize,
    },
}

/// What was odd about a text, though it was read; lines count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Warning {
    /// The text starts with settings for another tool.
    #[error("line {line}: {lines} lines of front matter were left out; nothing else is missing")]
    FrontMatterIgnored {
        /// Where they start.
        line: usize,
        /// How many there are.
        lines: usize,
    },
    /// Something stands above the first section.
    #[error(
        "line {line}: what stands above the first section was kept in a section `Notes`; \
         move it where it belongs"
    )]
    AboveSections {
        /// Where it starts.
        line: usize,
    },
    /// A second deployment starts.
    #[error(
        "line {line}: a second deployment starts here, and was kept as sections of the first; \
         paste each by itself"
    )]
    SecondDeployment {
        /// Its heading.
        line: usize,
    },
    /// Text stands among the items of a list, or belongs to one of them.
    #[error(
        "line {line}: this text is no check or change; it was kept in the section's text, below the list"
    )]
    StrayText {
        /// Where it starts.
        line: usize,
    },
    /// An item stands further below others than there are levels, or below a change.
    #[error("line {line}: an item too far below others was kept a level higher; check its order")]
    Flattened {
        /// The inner item.
        line: usize,
    },
    /// A tick box has an unknown mark.
    #[error(
        "line {line}: `[{mark}]` is no mark we know, and was kept as text; \
         use `[ ]`, `[x]`, `[!]` (failed) or `[-]` (not applicable)"
    )]
    UnknownMark {
        /// The item.
        line: usize,
        /// What stands in its box.
        mark: char,
    },
    /// A change says when it was written in a way that can't be read.
    #[error(
        "line {line}: this time can't be read, and was kept as text; \
         write it like 2026-03-31T14:05:00Z"
    )]
    UnreadableTime {
        /// The line with the time.
        line: usize,
    },
    /// A fenced block never ends.
    #[error(
        "line {line}: the block that opens here is never closed, and was kept as text; close it where it ends"
    )]
    FenceNotClosed {
        /// Where it opens.
        line: usize,
    },
}

impl Warning {
    /// Returns the line it is about, counted from 1.
    pub fn line(&self) -> usize {
        match *self {
            Self::FrontMatterIgnored { line, .. }
            | Self::AboveSections { line }
            | Self::SecondDeployment { line }
            | Self::StrayText { line }
            | Self::Flattened { line }
            | Self::UnknownMark { line, .. }
            | Self::UnreadableTime { line }
            | Self::FenceNotClosed { line } => line,
        }
    }
}
