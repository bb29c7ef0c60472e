//! Markdown as blocks: paragraphs, headings, lists, quotes, code.

use super::inline::{self, Inline};

/// A part of a text that stands by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Block {
    Paragraph(Vec<Inline>),
    Heading(Vec<Inline>),
    Quote(Vec<Inline>),
    Code(String),
    List { is_ordered: bool, items: Vec<Vec<Inline>> },
}

/// What one line begins.
enum Opening<'a> {
    Fence,
    Heading(&'a str),
    Quote(&'a str),
    Item { is_ordered: bool, text: &'a str },
    Text(&'a str),
    Blank,
}

fn opening(line: &str) -> Opening<'_> {
    let text = line.trim();
    if text.is_empty() {
        return Opening::Blank;
    }
    if text.starts_with("```") || text.starts_with("~~~") {
        return Opening::Fence;
    }
    let hashes = text.bytes().take_while(|byte| *byte == b'#').count();
    if (1..=6).contains(&hashes)
        && let Some(heading) = text.get(hashes..).and_then(|rest| rest.strip_prefix(' '))
    {
        return Opening::Heading(heading.trim());
    }
    if let Some(quote) = text.strip_prefix('>') {
        return Opening::Quote(quote.trim());
    }
    if let Some(item) = ["- ", "* ", "+ "].iter().find_map(|mark| text.strip_prefix(mark)) {
        return Opening::Item { is_ordered: false, text: item.trim() };
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let after = text.get(digits..).unwrap_or_default();
    match after.strip_prefix(". ").or_else(|| after.strip_prefix(") ")) {
        Some(item) if (1..=9).contains(&digits) => Opening::Item { is_ordered: true, text: item.trim() },
        _ => Opening::Text(text),
    }
}

/// Reads a text.
pub(super) fn read(text: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        match opening(line) {
            Opening::Fence => {
                reader.close();
                let fence: String = line.trim().chars().take(3).collect();
                let code: Vec<&str> =
                    lines.by_ref().take_while(|line| !line.trim().starts_with(&fence)).collect();
                reader.blocks.push(Block::Code(code.join("\n")));
            }
            Opening::Heading(heading) => {
                reader.close();
                reader.blocks.push(Block::Heading(inline::read(heading)));
            }
            Opening::Quote(quote) => reader.add(Kind::Quote, quote),
            Opening::Item { is_ordered, text } => reader.add_item(is_ordered, text),
            Opening::Text(text) => reader.add_text(text),
            Opening::Blank => reader.close(),
        }
    }
    reader.close();
    reader.blocks
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Paragraph,
    Quote,
    List { is_ordered: bool },
}

/// The blocks so far, and the lines of the one that is open.
#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    open: Option<(Kind, Vec<String>)>,
}

impl Reader {
    fn add(&mut self, kind: Kind, line: &str) {
        match &mut self.open {
            Some((open, lines)) if *open == kind => lines.push(line.to_owned()),
            _ => {
                self.close();
                self.open = Some((kind, vec![line.to_owned()]));
            }
        }
    }

    fn add_item(&mut self, is_ordered: bool, text: &str) {
        self.add(Kind::List { is_ordered }, text);
    }

    /// A line with no mark goes on with what is open.
    fn add_text(&mut self, text: &str) {
        match &mut self.open {
            Some((Kind::List { .. }, items)) => {
                if let Some(item) = items.last_mut() {
                    item.push(' ');
                    item.push_str(text);
                }
            }
            Some((_, lines)) => lines.push(text.to_owned()),
            None => self.add(Kind::Paragraph, text),
        }
    }

    fn close(&mut self) {
        let Some((kind, lines)) = self.open.take() else { return };
        self.blocks.push(match kind {
            Kind::Paragraph => Block::Paragraph(inline::read(&lines.join(" "))),
            Kind::Quote => Block::Quote(inline::read(&lines.join(" "))),
            Kind::List { is_ordered } => {
                Block::List { is_ordered, items: lines.iter().map(|item| inline::read(item)).collect() }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Vec<Inline> {
        vec![Inline::Text(text.to_owned())]
    }

    #[test]
    fn a_plan_is_read_as_people_write_it() {
        let blocks = read(
            "Send traffic\nback.\n\n1. Say it\n2. Do it\n   slowly\n\n```sh\nkubectl undo\n```\n> why\n",
        );
        let items = vec![text("Say it"), text("Do it slowly")];
        assert_eq!(
            blocks,
            vec![
                Block::Paragraph(text("Send traffic back.")),
                Block::List { is_ordered: true, items },
                Block::Code("kubectl undo".to_owned()),
                Block::Quote(text("why")),
            ]
        );
    }

    #[test]
    fn html_stays_text() {
        let script = "<script>alert(1)</script>";
        assert_eq!(read(script), vec![Block::Paragraph(text(script))]);
    }

    #[test]
    fn a_fence_that_never_ends_takes_the_rest() {
        assert_eq!(read("```\na\n\nb"), vec![Block::Code("a\n\nb".to_owned())]);
    }

    #[test]
    fn headings_and_lists_need_their_space() {
        assert_eq!(read("#1 priority"), vec![Block::Paragraph(text("#1 priority"))]);
        assert_eq!(read("1.5 s"), vec![Block::Paragraph(text("1.5 s"))]);
    }
}
