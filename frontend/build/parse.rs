//! Reading the texts of a message file.

use super::entries::{BLANK, Entry, entries};
use super::problem::What;
use super::{Language, Message, Piece, Problem, Variant, is_rust_word, typography};

/// Returns the messages that could be read, in their order, and everything wrong with the rest.
pub fn parse(language: &Language, source: &str) -> (Vec<Message>, Vec<Problem>) {
    let mut messages: Vec<Message> = Vec::new();
    let mut problems = Vec::new();
    for entry in entries(source) {
        let first = messages.iter().find(|message| message.key == entry.key).map(|message| message.line);
        let read = match first {
            Some(first) => Err((entry.line, What::GivenTwice { key: entry.key, first })),
            None => read_entry(language, entry),
        };
        match read {
            Ok(message) => messages.push(message),
            Err((line, what)) => problems.push(Problem { tag: language.tag, line, what }),
        }
    }
    (messages, problems)
}

fn read_entry(language: &Language, entry: Entry) -> Result<Message, (usize, What)> {
    let Entry { key, line, source } = entry;
    let source = source.ok_or((line, What::NotAMessage))?;
    if !is_name(&key) {
        return Err((line, What::BadKey(key)));
    }
    let mut reader = Reader { language, rest: &source, line };
    let text = reader.text(false).map_err(|what| (reader.line, what))?;
    if !reader.rest.is_empty() {
        return Err((reader.line, What::StrayBrace));
    }
    if text.is_empty() {
        return Err((line, What::Empty(key)));
    }
    Ok(Message { key, line, text })
}

/// Whether it is words of lower case letters and digits with single hyphens between them.
fn is_name(name: &str) -> bool {
    let is_word =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.split('-').all(is_word)
}

struct Reader<'a> {
    language: &'a Language,
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    /// Reads up to the brace that closes something else, in a selector also up to the next variant.
    fn text(&mut self, is_variant: bool) -> Result<Vec<Piece>, What> {
        let mut pieces = Vec::new();
        let mut plain = String::new();
        loop {
            let next = self.rest.chars().next();
            let is_end = is_variant && plain.ends_with(BLANK) && self.is_at_variant();
            if let Some(c) = next.filter(|&c| !matches!(c, '{' | '}') && !is_end) {
                self.skip(c.len_utf8());
                plain.push(c);
                continue;
            }
            let is_last = next != Some('{');
            self.push_plain(&mut pieces, &plain, is_last)?;
            plain.clear();
            if is_last {
                return Ok(merge(pieces));
            }
            let piece = self.placeable()?;
            pieces.push(piece);
        }
    }

    fn push_plain(&self, pieces: &mut Vec<Piece>, plain: &str, is_last: bool) -> Result<(), What> {
        let plain = if pieces.is_empty() { plain.trim_start_matches(BLANK) } else { plain };
        let plain = if is_last { plain.trim_end_matches(BLANK) } else { plain };
        let plain = typography::apostrophes(plain);
        let text = match self.language.has_narrow_spaces {
            true => typography::narrow_spaces(&plain, !pieces.is_empty()).map_err(What::NarrowSpaceDue)?,
            false => plain,
        };
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        Ok(())
    }

    /// Reads what stands in braces, the braces too.
    fn placeable(&mut self) -> Result<Piece, What> {
        self.skip(1);
        self.skip_blank();
        if self.rest.starts_with('"') {
            return self.literal();
        }
        let end = self.rest.find(['{', '}', '\n']).unwrap_or(self.rest.len());
        let (inside, after) = self.rest.split_at(end);
        let (name, arrow) = match inside.split_once("->") {
            Some((name, variants)) => (name.trim(), Some(variants)),
            None => (inside.trim(), None),
        };
        let number = name.strip_prefix("NUMBER(").and_then(|rest| rest.strip_suffix(')'));
        let argument = number.unwrap_or(name).trim().strip_prefix('$');
        let argument = argument.ok_or_else(|| What::BadPlaceable(inside.trim().to_owned()))?;
        if !is_name(argument) || is_rust_word(argument) {
            return Err(What::BadArgument(argument.to_owned()));
        }
        let argument = argument.replace('-', "_");
        match arrow {
            Some(variants) => {
                self.skip(end - variants.len());
                self.select(argument)
            }
            None if after.starts_with('}') => {
                self.skip(end + 1);
                Ok(if number.is_some() { Piece::Number(argument) } else { Piece::Argument(argument) })
            }
            None => Err(What::NeverClosed),
        }
    }

    fn literal(&mut self) -> Result<Piece, What> {
        self.skip(1);
        let mut text = String::new();
        loop {
            let c = self.rest.chars().next().filter(|&c| c != '\n').ok_or(What::NeverClosed)?;
            self.skip(c.len_utf8());
            match c {
                '"' => break,
                '\\' => text.push(self.escaped()?),
                c => text.push(c),
            }
        }
        self.close()?;
        Ok(Piece::Text(text))
    }

    fn escaped(&mut self) -> Result<char, What> {
        let sign = self.rest.chars().next().ok_or(What::NeverClosed)?;
        self.skip(sign.len_utf8());
        if matches!(sign, '\\' | '"') {
            return Ok(sign);
        }
        let digits = self.rest.get(..4).filter(|_| sign == 'u').ok_or(What::BadEscape)?;
        let code = u32::from_str_radix(digits, 16).map_err(|_| What::BadEscape)?;
        self.skip(4);
        char::from_u32(code).ok_or(What::BadEscape)
    }

    /// Reads the variants after `->`, up to the closing brace and with it.
    fn select(&mut self, number: String) -> Result<Piece, What> {
        let mut variants: Vec<(Variant, Vec<Piece>)> = Vec::new();
        self.skip_blank();
        while self.is_at_variant() {
            let (variant, key) = self.variant()?;
            if variants.iter().any(|(known, _)| *known == variant) {
                return Err(What::VariantGivenTwice(key));
            }
            let text = self.text(true)?;
            if text.is_empty() {
                return Err(What::Empty(format!("[{key}]")));
            }
            variants.push((variant, text));
        }
        self.close()?;
        if variants.last().is_none_or(|(variant, _)| *variant != Variant::Other) {
            return Err(What::NoOther);
        }
        let is_taken = |number| variants.iter().any(|(variant, _)| *variant == Variant::Exactly(number));
        let has_one = variants.iter().any(|(variant, _)| *variant == Variant::One);
        if has_one && self.language.one.iter().copied().all(is_taken) {
            return Err(What::VariantNeverChosen("one".to_owned()));
        }
        Ok(Piece::Select { number, variants })
    }

    /// Reads `[one]` or `*[other]`.
    fn variant(&mut self) -> Result<(Variant, String), What> {
        let (before, after) = self.rest.split_once(']').ok_or(What::NeverClosed)?;
        let (mark, key) = before.split_once('[').ok_or(What::NeverClosed)?;
        let key = key.trim();
        let variant = match (mark, key) {
            ("", "one") => Variant::One,
            ("*", "other") => Variant::Other,
            ("", number) => number.parse().map(Variant::Exactly).map_err(|_| bad_variant(key))?,
            _ => return Err(bad_variant(key)),
        };
        self.skip(self.rest.len() - after.len());
        Ok((variant, key.to_owned()))
    }

    fn is_at_variant(&self) -> bool {
        self.rest.starts_with('[') || self.rest.starts_with("*[")
    }

    fn close(&mut self) -> Result<(), What> {
        self.skip_blank();
        match self.rest.starts_with('}') {
            true => self.skip(1),
            false => return Err(What::NeverClosed),
        }
        Ok(())
    }

    fn skip_blank(&mut self) {
        self.skip(self.rest.len() - self.rest.trim_start_matches(BLANK).len());
    }

    fn skip(&mut self, bytes: usize) {
        let (skipped, rest) = self.rest.split_at(bytes);
        self.line += skipped.matches('\n').count();
        self.rest = rest;
    }
}

fn bad_variant(key: &str) -> What {
    What::BadVariant(key.to_owned())
}

/// Joins texts that stand next to each other.
fn merge(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut merged: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (merged.last_mut(), piece) {
            (Some(Piece::Text(text)), Piece::Text(more)) => text.push_str(&more),
            (_, piece) => merged.push(piece),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::super::LANGUAGES;
    use super::*;

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    /// Reads one English message and returns its text.
    fn read(source: &str) -> Vec<Piece> {
        let (messages, problems) = parse(&LANGUAGES[0], &format!("a-b = {source}"));
        assert_eq!(problems, []);
        messages.into_iter().next().map(|message| message.text).unwrap_or_default()
    }

    /// Checks what is wrong with the first line that is.
    #[track_caller]
    fn check(source: &str, line: usize, what: What) {
        let (_, problems) = parse(&LANGUAGES[0], source);
        assert_eq!(problems.first(), Some(&Problem { tag: "en", line, what }), "{source}");
    }

    #[test]
    fn messages_are_read_with_their_lines_and_without_comments() {
        let source = "### Frame\n\n# One\na-b = x = y\n\na-c =\n    long,\n\n    longer\n# Two\na-d=z\n";
        let (messages, problems) = parse(&LANGUAGES[0], source);
        assert_eq!(problems, []);
        let found: Vec<_> = messages.iter().map(|m| (m.key.as_str(), m.line, m.text.clone())).collect();
        assert_eq!(
            found,
            [
                ("a-b", 4, vec![text("x = y")]),
                ("a-c", 6, vec![text("long,\n\nlonger")]),
                ("a-d", 11, vec![text("z")])
            ]
        );
    }

    #[test]
    fn placeables_are_read() {
        let (who, n) = (|| Piece::Argument("who".to_owned()), || Piece::Number("how_many".to_owned()));
        assert_eq!(read("by {$who}: { NUMBER($how-many) }"), [text("by "), who(), text(": "), n()]);
        assert_eq!(read(r#"{ " " }a{"\u202F{\"}"} "#), [text(" a\u{202f}{\"}")]);
    }

    #[test]
    fn selectors_are_read_on_one_line_and_on_several() {
        let variants = vec![
            (Variant::Exactly(0), vec![text("none")]),
            (Variant::One, vec![text("one [1]")]),
            (Variant::Other, vec![Piece::Number("n".to_owned()), text(" checks")]),
        ];
        let expected = [text("a "), Piece::Select { number: "n".to_owned(), variants }, text(" b")];
        assert_eq!(
            read(r#"a { $n -> [0] none [one] one {"["}1] *[other] { NUMBER($n) } checks } b"#),
            expected
        );
        assert_eq!(
            read("a { $n ->\n    [0] none\n    [one] one {\"[\"}1]\n   *[other] { NUMBER($n) } checks\n} b"),
            expected
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        check("a-b = x\nhello", 2, What::NotAMessage);
        check("  a-b = x", 1, What::NotAMessage);
        check("1a = x", 1, What::BadKey("1a".to_owned()));
        check("a-B = x", 1, What::BadKey("a-B".to_owned()));
        check("a--b = x", 1, What::BadKey("a--b".to_owned()));
        check("a-b =\n\n# c", 1, What::Empty("a-b".to_owned()));
        check("a-b =\n    x\n    y }", 3, What::StrayBrace);
        check("a-b = { $a", 1, What::NeverClosed);
        check("a-b = { \"a", 1, What::NeverClosed);
        check("a-b = { other-key }", 1, What::BadPlaceable("other-key".to_owned()));
        check("a-b = { $type }", 1, What::BadArgument("type".to_owned()));
        check("a-b = { $userName }", 1, What::BadArgument("userName".to_owned()));
        check("a-b = { \"\\n\" }", 1, What::BadEscape);
        check("a-b = { $n ->\n    [few] x\n   *[other] y\n}", 2, What::BadVariant("few".to_owned()));
        check("a-b = { $n -> [one] x [one] y *[other] z }", 1, What::VariantGivenTwice("one".to_owned()));
        check("a-b = { $n -> [1] x [one] y *[other] z }", 1, What::VariantNeverChosen("one".to_owned()));
        check("a-b = { $n -> [one] x }", 1, What::NoOther);
        check("a-b = { $n -> [one] *[other] z }", 1, What::Empty("[one]".to_owned()));
    }
}
