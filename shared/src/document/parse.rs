//! Reading a document from Markdown, as we write it and as other tools and people do.
//!
//! Only two things are errors: too much text, and text that holds no deployment. Whatever else is odd is kept
//! somewhere, and a warning says where.

mod problem;
mod section;
#[cfg(test)]
mod tests;

pub use problem::{ParseError, Warning};

use super::escape;
use super::heading::{self, SectionKind};
use super::line::{Fence, Fences, Line, SECTION_LEVEL};
use super::normalise::plain_lines;
use super::template::is_version_placeholder;
use super::{Document, DocumentSection};
use crate::order;
use section::SectionReader;

/// The longest source that is read, in bytes.
pub const MAX_SOURCE_BYTES: usize = 512 * 1024;

/// A document that was read, and what to know about the reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// What was read, [normalised](Document::normalised).
    pub document: Document,
    /// What was odd, in the order of its lines; empty for what [`render`](super::render()) wrote.
    pub warnings: Vec<Warning>,
}

/// Reads a deployment's Markdown.
///
/// # Errors
///
/// When the source is longer than [`MAX_SOURCE_BYTES`], or has no heading that starts with `Deployment:`.
pub fn parse(source: &str) -> Result<Parsed, ParseError> {
    if source.len() > MAX_SOURCE_BYTES {
        return Err(ParseError::TooLong { bytes: source.len() });
    }
    let source = plain_lines(source.trim_start_matches('\u{feff}'));
    let lines: Vec<&str> = source.split('\n').collect();
    let (at, level, written) = find_deployment(&lines).ok_or_else(|| no_deployment(&source, lines.len()))?;
    let (version, title) = read_deployment(&written);

    let mut parser = Parser::new(&lines, level);
    parser.read_preamble(at);
    parser.read_sections(at + 1);
    let (sections, mut warnings) = parser.finish();
    order::sort_by_key(&mut warnings, Warning::line);
    let document = Document { version, title, sections }.normalised();
    Ok(Parsed { document, warnings })
}

struct Parser<'a> {
    lines: &'a [&'a str],
    fences: Fences,
    /// The deepest heading level that starts a section.
    section_level: usize,
    /// Whether no section has started yet.
    is_above_sections: bool,
    done: Vec<DocumentSection>,
    current: SectionReader,
    warnings: Vec<Warning>,
}

impl<'a> Parser<'a> {
    fn new(lines: &'a [&'a str], deployment_level: usize) -> Self {
        Self {
            lines,
            fences: Fences::of(lines),
            section_level: SECTION_LEVEL.max(deployment_level + 1),
            is_above_sections: true,
            done: Vec::new(),
            current: SectionReader::new(SectionKind::Other, String::new()),
            warnings: Vec::new(),
        }
    }

    /// Keeps what stands above the deployment's heading, but for front matter.
    fn read_preamble(&mut self, end: usize) {
        let preamble = self.lines.get(..end).unwrap_or_default();
        let skipped = front_matter_lines(preamble);
        if skipped > 0 {
            self.warnings.push(Warning::FrontMatterIgnored { line: 1, lines: skipped });
        }
        for (index, line) in preamble.iter().enumerate().skip(skipped) {
            self.current.push_text(index + 1, line);
        }
    }

    fn read_sections(&mut self, start: usize) {
        let mut index = start;
        while let Some(raw) = self.lines.get(index) {
            let line = Line::of(raw);
            let heading = line.heading().filter(|(level, _)| *level <= self.section_level);
            let is_reachable = !line.is_indented_code() || self.current.is_inside_item(line);
            match (heading, line.fence().filter(|_| is_reachable)) {
                (Some((_, written)), _) => self.start_section(index + 1, &written),
                (None, Some(fence)) => index = self.read_block(index, fence),
                (None, None) => self.current.read_line(index + 1, raw, &mut self.warnings),
            }
            index += 1;
        }
    }

    /// Reads the fenced block that opens at `index`, and returns the index of its last line.
    fn read_block(&mut self, index: usize, fence: Fence) -> usize {
        let is_end = |line: &&str| Line::of(line).closes(fence);
        let mut end = index;
        if self.fences.close_below(index, fence) {
            end += self.lines.iter().skip(index + 1).position(is_end).map_or(0, |position| position + 1);
        } else {
            self.warnings.push(Warning::FenceNotClosed { line: index + 1 });
        }
        let block = self.lines.get(index..=end).unwrap_or_default();
        self.current.read_block(index + 1, block, &mut self.warnings);
        end
    }

    fn start_section(&mut self, line: usize, written: &str) {
        if heading::read_deployment(written).is_some() {
            self.warnings.push(Warning::SecondDeployment { line });
        }
        let (kind, heading) = heading::read_section(written);
        self.finish_section(SectionReader::new(kind, heading));
    }

    fn finish(mut self) -> (Vec<DocumentSection>, Vec<Warning>) {
        self.finish_section(SectionReader::new(SectionKind::Other, String::new()));
        (self.done, self.warnings)
    }

    /// Keeps the current section; what stands above the first heading only if there is something.
    fn finish_section(&mut self, next: SectionReader) {
        let finished = std::mem::replace(&mut self.current, next);
        if std::mem::take(&mut self.is_above_sections) {
            let Some(line) = finished.first_line() else { return };
            self.warnings.push(Warning::AboveSections { line });
        }
        self.done.push(finished.finish());
    }
}

/// Finds the first heading that starts a deployment: its index, its level and what stands in it.
fn find_deployment(lines: &[&str]) -> Option<(usize, usize, String)> {
    lines.iter().enumerate().find_map(|(index, line)| {
        let (level, written) = Line::of(line).heading()?;
        heading::read_deployment(&written).is_some().then_some((index, level, written))
    })
}

fn no_deployment(source: &str, lines: usize) -> ParseError {
    if source.trim().is_empty() { ParseError::Empty } else { ParseError::NoDeployment { lines } }
}

/// Reads version and title from the deployment's heading.
fn read_deployment(written: &str) -> (String, String) {
    let named = heading::read_deployment(written).unwrap_or_default();
    let (version, title) = match named.strip_prefix('—') {
        Some(title) if title.is_empty() || title.starts_with(' ') => ("", title),
        Some(_) | None => named.split_once(" — ").unwrap_or((named, "")),
    };
    let version = version.trim();
    let version = if is_version_placeholder(version) { "".into() } else { escape::unescape_start(version) };
    (version.into_owned(), title.to_owned())
}

/// Returns how many lines of YAML or TOML front matter the text starts with.
fn front_matter_lines(lines: &[&str]) -> usize {
    let fence = lines.first().map_or("", |line| line.trim_end());
    let closes = |line: &str| line == fence || (fence == "---" && line == "...");
    if !matches!(fence, "---" | "+++") {
        return 0;
    }
    lines.iter().skip(1).position(|line| closes(line.trim_end())).map_or(0, |position| position + 2)
}
