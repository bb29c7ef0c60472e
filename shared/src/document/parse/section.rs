//! Reading what stands below one heading: items, the lines that belong to them, and text.

use crate::check::CheckState;
use crate::document::line::{Item, Line, Mark};
use crate::document::render::commit_at_end;
use crate::document::template::{is_item_placeholder, is_text_placeholder};
use crate::document::{
    DEEPEST, DocumentChange, DocumentCheck, DocumentSection, SectionKind, escape, rfc3339,
};

use super::Warning;

/// Takes the lines of one section, one after the other.
pub(super) struct SectionReader {
    section: DocumentSection,
    text: Vec<String>,
    first_line: Option<usize>,
    item: Option<OpenItem>,
    /// Where text starts that will have been moved if another item comes.
    text_above: Option<usize>,
}

/// The item that lines further in belong to. It stays open until text comes.
struct OpenItem {
    /// The items it stands below, the outermost first. What stands two further in than an item is below it.
    above: Vec<Above>,
    indent: usize,
    is_change: bool,
    /// Whether an empty line followed it.
    is_loose: bool,
    /// What a line that is wrapped goes on with.
    field: Field,
}

/// An item that has others below it.
#[derive(Debug, Clone, Copy)]
struct Above {
    indent: usize,
    is_change: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Text,
    Verify,
    Evidence,
    Commit,
    Author,
    Authored,
    Link,
}

impl SectionReader {
    pub(super) fn new(kind: SectionKind, heading: String) -> Self {
        let section = DocumentSection::empty(kind, heading);
        Self { section, text: Vec::new(), first_line: None, item: None, text_above: None }
    }

    /// Returns where its content starts, if it has any.
    pub(super) fn first_line(&self) -> Option<usize> {
        self.first_line
    }

    pub(super) fn finish(self) -> DocumentSection {
        DocumentSection { text: self.text.join("\n"), ..self.section }
    }

    /// Whether a line is indented into the item above it.
    pub(super) fn is_inside_item(&self, line: Line<'_>) -> bool {
        self.item.as_ref().is_some_and(|item| line.indent > item.indent)
    }

    /// Takes a line that is neither a heading nor part of a fenced block.
    pub(super) fn read_line(&mut self, number: usize, raw: &str, warnings: &mut Vec<Warning>) {
        let line = Line::of(raw);
        if line.is_blank() {
            return self.read_blank();
        }
        let is_reachable = !line.is_indented_code() || self.item.is_some();
        let item = line.item().filter(|item| is_reachable && item.is_taken_by(self.section.kind));
        match item {
            Some(item) => self.start_item(number, line.indent, item, warnings),
            None if self.is_inside_item(line) => self.continue_item(number, raw, warnings),
            None => self.push_text(number, raw),
        }
    }

    /// Takes a whole fenced block; out of an item it loses the item's indentation.
    pub(super) fn read_block(&mut self, number: usize, block: &[&str], warnings: &mut Vec<Warning>) {
        let opening = block.first().copied().unwrap_or_default();
        let is_detached = self.is_inside_item(Line::of(opening));
        let indent = if is_detached { opening.len() - opening.trim_start().len() } else { 0 };
        self.start_text(number);
        if is_detached {
            self.text_above = None;
            warnings.push(Warning::StrayText { line: number });
        }
        self.text.extend(block.iter().map(|raw| dedent(raw, indent).to_owned()));
    }

    /// Takes a line as text, whatever it looks like.
    pub(super) fn push_text(&mut self, number: usize, raw: &str) {
        let line = Line::of(raw);
        if line.is_blank() {
            return self.read_blank();
        }
        if !line.is_indented_code() && is_text_placeholder(self.section.kind, line.rest) {
            return;
        }
        self.start_text(number);
        self.text.push(escape::unescape_line(raw).into_owned());
    }

    fn start_text(&mut self, number: usize) {
        self.item = None;
        self.first_line.get_or_insert(number);
        self.text_above.get_or_insert(number);
    }

    fn read_blank(&mut self) {
        match &mut self.item {
            Some(item) => item.is_loose = true,
            None => self.text.push(String::new()),
        }
    }

    fn start_item(&mut self, number: usize, indent: usize, item: Item<'_>, warnings: &mut Vec<Warning>) {
        if let Some(line) = self.text_above.take() {
            warnings.push(Warning::StrayText { line });
        }
        if let Mark::Unknown(mark) = item.mark {
            warnings.push(Warning::UnknownMark { line: number, mark });
        }
        let is_change = !matches!(item.mark, Mark::Known(_)) && self.section.kind == SectionKind::Changes;
        let above = self.item.take().map(|last| last.above_item_at(indent)).unwrap_or_default();
        let depth = u8::try_from(above.len()).unwrap_or(u8::MAX).min(DEEPEST);
        let has_changes = is_change || above.iter().any(|above| above.is_change);
        if !above.is_empty() && (has_changes || above.len() > usize::from(DEEPEST)) {
            warnings.push(Warning::Flattened { line: number });
        }
        let depth = if has_changes { 0 } else { depth };
        self.first_line.get_or_insert(number);
        self.item = Some(OpenItem { above, indent, is_change, is_loose: false, field: Field::Text });
        if self.text.last().is_some_and(|line| !line.is_empty()) {
            self.text.push(String::new());
        }
        if is_change {
            self.section.changes.push(read_change(item.text));
        } else {
            let check = read_check(self.section.kind, item);
            self.section.checks.push(DocumentCheck { depth, ..check });
        }
    }

    /// Takes a line that is indented into an item: one of its fields, more of the last one, or stray text.
    fn continue_item(&mut self, number: usize, raw: &str, warnings: &mut Vec<Warning>) {
        let rest = Line::of(raw).rest;
        let Some(open) = &self.item else {
            return self.push_text(number, raw);
        };
        let (is_change, is_loose, field) = (open.is_change, open.is_loose, open.field);
        let is_kept = match read_label(is_change, rest) {
            Some((Field::Authored, value)) if rfc3339::read(value).is_none() => {
                warnings.push(Warning::UnreadableTime { line: number });
                return self.detach(number, raw);
            }
            Some((field, value)) => self.set_field(field, value),
            None => !is_loose && self.extend_field(field, rest),
        };
        if !is_kept {
            warnings.push(Warning::StrayText { line: number });
            self.detach(number, raw);
        }
    }

    /// Takes a line out of its item; its warning is given already.
    fn detach(&mut self, number: usize, raw: &str) {
        self.push_text(number, raw.trim_start());
        self.text_above = None;
    }

    /// Returns `false` if the field was given before.
    fn set_field(&mut self, field: Field, value: &str) -> bool {
        if field == Field::Authored {
            let at = self.section.changes.last_mut().map(|change| &mut change.authored_at);
            let Some(at @ None) = at else { return false };
            *at = rfc3339::read(value);
        } else {
            let Some(slot @ None) = self.field_mut(field) else {
                return false;
            };
            *slot = Some(value.to_owned());
        }
        if let Some(open) = &mut self.item {
            open.field = field;
        }
        true
    }

    /// Returns `false` if the field has no room for more.
    fn extend_field(&mut self, field: Field, more: &str) -> bool {
        let is_change = self.item.as_ref().is_some_and(|open| open.is_change);
        let text = match field {
            Field::Text if is_change => self.section.changes.last_mut().map(|change| &mut change.summary),
            Field::Text => self.section.checks.last_mut().map(|check| &mut check.text),
            Field::Verify | Field::Evidence | Field::Commit | Field::Author | Field::Link => {
                self.field_mut(field).and_then(Option::as_mut)
            }
            Field::Authored => None,
        };
        let Some(text) = text else { return false };
        text.push(' ');
        text.push_str(more);
        true
    }

    fn field_mut(&mut self, field: Field) -> Option<&mut Option<String>> {
        let (change, check) = (self.section.changes.last_mut(), self.section.checks.last_mut());
        match field {
            Field::Verify => check.map(|check| &mut check.verify),
            Field::Evidence => check.map(|check| &mut check.evidence),
            Field::Commit => change.map(|change| &mut change.commit),
            Field::Author => change.map(|change| &mut change.author),
            Field::Link => change.map(|change| &mut change.link),
            Field::Text | Field::Authored => None,
        }
    }
}

impl OpenItem {
    /// Returns the items that one with this indentation stands below, when it comes after this one.
    fn above_item_at(self, indent: usize) -> Vec<Above> {
        let last = Above { indent: self.indent, is_change: self.is_change };
        self.above.into_iter().chain([last]).filter(|above| indent >= above.indent + 2).collect()
    }
}

fn read_change(text: &str) -> DocumentChange {
    if is_item_placeholder(SectionKind::Changes, text) {
        return DocumentChange::new("");
    }
    let (summary, commit) = match commit_at_end(text) {
        Some((at, _)) if escape::is_escaped(text, at) => (escape::remove(text, at), None),
        Some((at, commit)) => (text.split_at(at).0.trim_end().to_owned(), Some(commit.to_owned())),
        None => (text.to_owned(), None),
    };
    DocumentChange { commit, ..DocumentChange::new(escape::unescape_start(&summary)) }
}

fn read_check(kind: SectionKind, item: Item<'_>) -> DocumentCheck {
    let (text, state) = match item.mark {
        Mark::Known(state) => (item.text.into(), state),
        Mark::Plain if is_item_placeholder(kind, item.text) => ("".into(), CheckState::Open),
        Mark::Plain | Mark::Unknown(_) => (escape::unescape_start(item.text), CheckState::Open),
    };
    DocumentCheck { state, ..DocumentCheck::open(text) }
}

/// Reads a line such as `Verify: CI green`.
fn read_label(is_change: bool, rest: &str) -> Option<(Field, &str)> {
    let (label, value) = rest.split_once(':')?;
    let field = match (is_change, label.trim_end().to_lowercase().as_str()) {
        (false, "verify") => Field::Verify,
        (false, "evidence") => Field::Evidence,
        (true, "commit") => Field::Commit,
        (true, "author") => Field::Author,
        (true, "authored") => Field::Authored,
        (true, "link") => Field::Link,
        (true | false, _) => return None,
    };
    Some((field, value.trim()))
}

/// Takes off up to so many spaces and tabs.
fn dedent(raw: &str, count: usize) -> &str {
    let blanks = raw.chars().take(count).take_while(|c| matches!(c, ' ' | '\t')).count();
    raw.split_at(blanks).1
}
