//! One line of Markdown taken apart: what it would be if it stood alone.
//!
//! Reading and writing ask the same questions here, so that a line is escaped exactly when it would be
//! misread.

use crate::check::CheckState;

use super::escape;
use super::heading::{SectionKind, read_deployment};

/// The heading level that starts a section; deeper ones belong to its text.
pub(super) const SECTION_LEVEL: usize = 3;

/// A line without its indentation and without the spaces at its end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// In columns: a tab reaches to the next multiple of four.
    pub(super) indent: usize,
    pub(super) rest: &'a str,
}

/// A list item's first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Item<'a> {
    pub(super) mark: Mark,
    /// What follows the bullet, and the tick box if it has a known mark.
    pub(super) text: &'a str,
}

/// What stands in an item's tick box.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// There is no box.
    Plain,
    Known(CheckState),
    Unknown(char),
}

/// The line that opens a fenced block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fence {
    sign: char,
    length: usize,
}

impl<'a> Line<'a> {
    pub(super) fn of(line: &'a str) -> Self {
        let rest = line.trim_start_matches([' ', '\t']);
        let indent = line.strip_suffix(rest).unwrap_or_default().chars().fold(0, |column, c| match c {
            '\t' => (column / 4 + 1) * 4,
            _ => column + 1,
        });
        Self { indent, rest: rest.trim_end() }
    }

    pub(super) fn is_blank(self) -> bool {
        self.rest.is_empty()
    }

    /// Whether it is indented so far that Markdown reads code, unless it belongs to a list.
    pub(super) fn is_indented_code(self) -> bool {
        self.indent > 3
    }

    /// Returns a heading's level and what stands in it, its escapes still on but for the closing hashes.
    ///
    /// Without a space after the hashes it is one only if it is worded like one of ours: `#4711` is a ticket,
    /// and `#changes` a channel.
    pub(super) fn heading(self) -> Option<(usize, String)> {
        let text = self.rest.trim_start_matches('#');
        let level = self.rest.len() - text.len();
        if self.is_indented_code() || !(1..=6).contains(&level) {
            return None;
        }
        let written = escape::unescape_closing_hashes(text.trim()).into_owned();
        let is_spaced = text.is_empty() || text.starts_with(char::is_whitespace);
        let is_section = SectionKind::of_heading(&written) != SectionKind::Other;
        let is_ours = level > 1 && (is_section || read_deployment(&written).is_some());
        (is_spaced || is_ours).then_some((level, written))
    }

    /// Returns the list item that starts here, however far it is indented.
    pub(super) fn item(self) -> Option<Item<'a>> {
        let after = after_bullet(self.rest).or_else(|| after_number(self.rest))?;
        let is_item = after.is_empty() || after.starts_with(char::is_whitespace);
        (is_item && !is_rule(self.rest)).then(|| Item::of(after.trim()))
    }

    /// Returns the fence that opens here.
    pub(super) fn fence(self) -> Option<Fence> {
        let sign = self.rest.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let info = self.rest.trim_start_matches(sign);
        let length = self.rest.len() - info.len();
        (length >= 3 && !(sign == '`' && info.contains('`'))).then_some(Fence { sign, length })
    }

    /// Whether it closes a block that `fence` opened.
    pub(super) fn closes(self, fence: Fence) -> bool {
        self.closing_fence().is_some_and(|close| close.sign == fence.sign && close.length >= fence.length)
    }

    fn closing_fence(self) -> Option<Fence> {
        let fence = self.fence()?;
        (fence.length == self.rest.len()).then_some(fence)
    }
}

impl<'a> Item<'a> {
    /// Reads what follows a bullet.
    pub(super) fn of(text: &'a str) -> Self {
        let mark = read_box(text);
        let text = match mark {
            Mark::Known(_) => text.split_once(']').map_or(text, |(_, after)| after.trim_start()),
            Mark::Plain | Mark::Unknown(_) => text,
        };
        Self { mark, text }
    }

    /// Whether a section of this kind takes it as a check or a change, and not as text.
    pub(super) fn is_taken_by(self, kind: SectionKind) -> bool {
        self.mark != Mark::Plain || kind.takes_plain_items()
    }
}

/// For each line, how long a closing fence of each sign still comes below it.
///
/// A fence that nothing closes is no fence: half a paste must not swallow the sections below. Known for all
/// lines at once, because asking line by line takes the square of their number.
pub(super) struct Fences {
    longest_below: Vec<(usize, usize)>,
}

impl Fences {
    pub(super) fn of(lines: &[&str]) -> Self {
        let mut longest = (0, 0);
        let mut longest_below: Vec<_> = lines.iter().rev().map(|line| below(&mut longest, line)).collect();
        longest_below.reverse();
        Self { longest_below }
    }

    /// Whether a line below the one at `index` closes a fence.
    pub(super) fn close_below(&self, index: usize, fence: Fence) -> bool {
        let (backticks, tildes) = self.longest_below.get(index).copied().unwrap_or_default();
        fence.length <= if fence.sign == '`' { backticks } else { tildes }
    }
}

/// Returns what closes below `line`, and then counts the line itself.
fn below(longest: &mut (usize, usize), line: &str) -> (usize, usize) {
    let before = *longest;
    match Line::of(line).closing_fence() {
        Some(Fence { sign: '`', length }) => longest.0 = longest.0.max(length),
        Some(Fence { length, .. }) => longest.1 = longest.1.max(length),
        None => {}
    }
    before
}

fn after_bullet(rest: &str) -> Option<&str> {
    rest.strip_prefix(['-', '*', '+'])
}

fn after_number(rest: &str) -> Option<&str> {
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = rest.len() - after.len();
    (1..=9).contains(&digits).then(|| after.strip_prefix(['.', ')'])).flatten()
}

/// Whether it is a rule across the page, such as `* * *`.
fn is_rule(rest: &str) -> bool {
    let signs: String = rest.chars().filter(|c| !c.is_whitespace()).collect();
    let is_of = |sign: char| signs.chars().all(|c| c == sign);
    signs.len() >= 3 && (is_of('-') || is_of('*'))
}

fn read_box(text: &str) -> Mark {
    let Some(inside) = text.strip_prefix('[') else {
        return Mark::Plain;
    };
    let Some((inside, after)) = inside.split_once(']') else {
        return Mark::Plain;
    };
    let mut chars = inside.chars();
    let (sign, more) = (chars.next().unwrap_or(' '), chars.next());
    if more.is_some() || !(after.is_empty() || after.starts_with(char::is_whitespace)) {
        return Mark::Plain;
    }
    match sign {
        'x' | 'X' | '✓' | '✔' => Mark::Known(CheckState::Done),
        '!' => Mark::Known(CheckState::Failed),
        '-' | '~' => Mark::Known(CheckState::NotApplicable),
        sign if sign.is_whitespace() => Mark::Known(CheckState::Open),
        sign => Mark::Unknown(sign),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_what_they_look_like() {
        let open = Mark::Known(CheckState::Open);
        let table = [
            ("- [ ] a", Some((open, "a"))),
            ("* [] a", Some((open, "a"))),
            ("+ [X]\ta", Some((Mark::Known(CheckState::Done), "a"))),
            ("2) [!] a", Some((Mark::Known(CheckState::Failed), "a"))),
            ("2. [-]", Some((Mark::Known(CheckState::NotApplicable), ""))),
            ("- [?] a", Some((Mark::Unknown('?'), "[?] a"))),
            ("- [a](b)", Some((Mark::Plain, "[a](b)"))),
            ("- [x]a", Some((Mark::Plain, "[x]a"))),
            ("-", Some((Mark::Plain, ""))),
            ("-a", None),
            ("1.5 GB", None),
            ("- - -", None),
            ("* * *", None),
            ("2026. 1", Some((Mark::Plain, "1"))),
            ("1234567890. a", None),
        ];
        for (line, expected) in table {
            let item = Line::of(line).item().map(|item| (item.mark, item.text));
            assert_eq!(item, expected, "{line}");
        }
    }

    #[test]
    fn headings_need_a_space_unless_they_are_ours() {
        let table = [
            ("### Changes ###", Some((3, "Changes"))),
            ("   # C#", Some((1, "C#"))),
            ("###Changes", Some((3, "Changes"))),
            ("##Deployment: 1", Some((2, "Deployment: 1"))),
            ("###", Some((3, ""))),
            (r"# a \##", Some((1, "a ##"))),
            ("#4711", None),
            ("#changes", None),
            ("    # a", None),
            ("####### a", None),
        ];
        for (line, expected) in table {
            let heading = Line::of(line).heading();
            assert_eq!(heading, expected.map(|(level, text)| (level, text.to_owned())), "{line}");
        }
    }

    #[test]
    fn a_fence_is_closed_by_its_own_sign_at_its_own_length() {
        let lines = ["````", "~~~", "```", "~~~~ ", "`````", "``` a"];
        let fences = Fences::of(&lines);
        let closes = |index: usize, line: &str| {
            Line::of(line).fence().is_some_and(|fence| fences.close_below(index, fence))
        };
        assert!(closes(0, "````"));
        assert!(closes(1, "~~~"));
        assert!(!closes(3, "~~~"));
        assert!(!closes(4, "```"));
        assert!(!closes(0, "```a`"));
        assert!(!closes(0, "``````"));
    }
}
