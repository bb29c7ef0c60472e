//! Writing a document as Markdown that reads well by itself and comes back the same.

use std::borrow::Cow;

use crate::check::CheckState;

use super::escape;
use super::heading;
use super::line::{Fences, Item, Line, Mark, SECTION_LEVEL};
use super::rfc3339;
use super::template::{is_item_placeholder, is_text_placeholder, is_version_placeholder};
use super::{DEEPEST, Document, DocumentChange, DocumentCheck, DocumentSection, SectionKind};

/// Returns the document as Markdown, normalised, with a line break at the end.
pub fn render(document: &Document) -> String {
    let document = document.clone().normalised();
    let mut out = String::from("## ");
    out.push_str(&heading_line(&document));
    out.push('\n');
    for section in &document.sections {
        write_section(&mut out, section);
    }
    out
}

/// Returns the commit that a summary's line ends with, and where its bracket opens.
///
/// Only what looks like a hash: `` (`redis`) `` at the end of a summary is part of it.
pub(super) fn commit_at_end(text: &str) -> Option<(usize, &str)> {
    let (before, commit) = text.strip_suffix("`)")?.rsplit_once("(`")?;
    let stands_alone = before.is_empty() || before.ends_with([' ', '\\']);
    (stands_alone && is_hash(commit)).then_some((before.len(), commit))
}

/// Whether a line of a section's text would be read as something else.
pub(super) fn is_structure(kind: SectionKind, line: Line<'_>) -> bool {
    if line.is_indented_code() {
        return false;
    }
    line.heading().is_some_and(|(level, _)| level <= SECTION_LEVEL)
        || line.item().is_some_and(|item| item.is_taken_by(kind))
        || is_text_placeholder(kind, line.rest)
}

fn heading_line(document: &Document) -> String {
    let version = escape::start(&document.version, is_version_placeholder(&document.version));
    let mut line = String::from("Deployment:");
    for (separator, part) in [(" ", version.as_ref()), (" — ", document.title.as_str())] {
        if !part.is_empty() {
            line.push_str(separator);
            line.push_str(part);
        }
    }
    escape::closing_hashes(&line)
}

fn write_section(out: &mut String, section: &DocumentSection) {
    out.push_str("\n### ");
    out.push_str(&heading::write_section(section.kind, &section.heading));
    out.push('\n');
    for change in &section.changes {
        write_change(out, change);
    }
    let mut numbers = [0_usize; DEEPEST as usize + 1];
    for check in &section.checks {
        let indent = indent_of(section.kind, check.depth);
        out.push_str(&indent);
        match section.kind {
            SectionKind::Steps => write_step(out, next_number(&mut numbers, check.depth), check),
            SectionKind::Changes
            | SectionKind::Environments
            | SectionKind::PreDeployment
            | SectionKind::Approval
            | SectionKind::PostDeployment
            | SectionKind::Rollback
            | SectionKind::Other => write_item(out, "-", Some(check.state), &check.text),
        }
        for (label, value) in [("Verify", &check.verify), ("Evidence", &check.evidence)] {
            if value.is_some() {
                out.push_str(&indent);
            }
            write_field(out, label, value.as_deref());
        }
    }
    let has_list = !(section.changes.is_empty() && section.checks.is_empty());
    if has_list && !section.text.is_empty() {
        out.push('\n');
    }
    write_text(out, section.kind, &section.text);
}

/// Returns what stands before an item below others: as far in as what is below it has to be for other tools.
fn indent_of(kind: SectionKind, depth: u8) -> String {
    let step = if kind == SectionKind::Steps { "   " } else { "  " };
    step.repeat(depth.into())
}

/// Counts the steps of one level; below another step it begins anew.
fn next_number(numbers: &mut [usize], depth: u8) -> usize {
    let mut below = numbers.iter_mut().skip(depth.into());
    let number = below.next().map_or(1, |number| {
        *number += 1;
        *number
    });
    below.for_each(|number| *number = 0);
    number
}

fn write_change(out: &mut String, change: &DocumentChange) {
    let summary = plain_item("-", SectionKind::Changes, &change.summary);
    let (hash, other_commit) = match change.commit.as_deref() {
        Some(commit) if is_hash(commit) => (Some(commit), None),
        commit => (None, commit),
    };
    let line = match (hash, commit_at_end(&summary)) {
        (Some(hash), _) => Cow::Owned(format!("{summary} (`{hash}`)")),
        (None, Some((at, _))) => Cow::Owned(escape::insert(&summary, at)),
        (None, None) => summary,
    };
    write_item(out, "-", None, line.trim_start());
    write_field(out, "Commit", other_commit);
    write_field(out, "Author", change.author.as_deref());
    write_field(out, "Authored", change.authored_at.map(rfc3339::write).as_deref());
    write_field(out, "Link", change.link.as_deref());
}

/// Writes a step: an open one has no box, as in the template.
fn write_step(out: &mut String, number: usize, step: &DocumentCheck) {
    let number = format!("{number}.");
    match step.state {
        CheckState::Open => {
            let text = plain_item(&number, SectionKind::Steps, &step.text);
            write_item(out, &number, None, &text);
        }
        CheckState::Done | CheckState::Failed | CheckState::NotApplicable => {
            write_item(out, &number, Some(step.state), &step.text);
        }
    }
}

/// Returns the text of an item without a box, escaped if it would be read as more than that.
fn plain_item<'a>(bullet: &str, kind: SectionKind, text: &'a str) -> Cow<'a, str> {
    let alone = Line::of(text);
    let is_block = alone.heading().is_some() || alone.item().is_some() || alone.fence().is_some();
    let written = format!("{bullet} {text}");
    let is_misread = Line::of(&written).item() != Some(Item { mark: Mark::Plain, text });
    let is_structure = is_block || is_misread || text.starts_with('>') || is_item_placeholder(kind, text);
    escape::start(text, is_structure && !text.is_empty())
}

fn write_item(out: &mut String, bullet: &str, state: Option<CheckState>, text: &str) {
    let mark = state.map(|state| match state {
        CheckState::Open => "[ ]",
        CheckState::Done => "[x]",
        CheckState::Failed => "[!]",
        CheckState::NotApplicable => "[-]",
    });
    out.push_str(bullet);
    for part in [mark.unwrap_or_default(), text] {
        if !part.is_empty() {
            out.push(' ');
            out.push_str(part);
        }
    }
    out.push('\n');
}

fn write_field(out: &mut String, label: &str, value: Option<&str>) {
    if let Some(value) = value {
        out.push_str("  ");
        out.push_str(label);
        out.push_str(": ");
        out.push_str(value);
        out.push('\n');
    }
}

fn write_text(out: &mut String, kind: SectionKind, text: &str) {
    let lines: Vec<&str> = text.lines().collect();
    let fences = Fences::of(&lines);
    let mut open_fence = None;
    for (index, line) in lines.iter().enumerate() {
        let parts = Line::of(line);
        let fence = parts.fence().filter(|_| !parts.is_indented_code());
        match (open_fence, fence) {
            (Some(open), _) => {
                open_fence = (!parts.closes(open)).then_some(open);
                out.push_str(line);
            }
            (None, Some(fence)) if fences.close_below(index, fence) => {
                open_fence = Some(fence);
                out.push_str(line);
            }
            (None, fence) => {
                let is_structure = fence.is_some() || is_structure(kind, parts);
                out.push_str(&escape::line(line, is_structure));
            }
        }
        out.push('\n');
    }
}

fn is_hash(commit: &str) -> bool {
    (7..=64).contains(&commit.len()) && commit.chars().all(|c| c.is_ascii_hexdigit())
}
