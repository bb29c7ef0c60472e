//! Markdown within a line: code, bold, italic, links.

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Inline {
    Text(String),
    Code(String),
    Strong(String),
    Emphasis(String),
    Link { text: String, address: String },
}

/// Reads a line. What opens and never closes stays text.
pub(super) fn read(line: &str) -> Vec<Inline> {
    let mut parts = Vec::new();
    let mut plain = String::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        if let Some((part, after)) = part_at(rest, plain.chars().next_back()) {
            push_text(&mut parts, &mut plain);
            parts.push(part);
            rest = after;
        } else {
            plain.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    push_text(&mut parts, &mut plain);
    parts
}

fn push_text(parts: &mut Vec<Inline>, plain: &mut String) {
    if !plain.is_empty() {
        parts.push(Inline::Text(std::mem::take(plain)));
    }
}

/// Returns the part that begins here, and what comes after it.
fn part_at(rest: &str, before: Option<char>) -> Option<(Inline, &str)> {
    let within_word = before.is_some_and(char::is_alphanumeric);
    if let Some((code, after)) = between(rest, "`", "`") {
        return Some((Inline::Code(code.to_owned()), after));
    }
    if let Some((strong, after)) = between(rest, "**", "**") {
        return Some((Inline::Strong(strong.to_owned()), after));
    }
    if let Some((emphasis, after)) = between(rest, "*", "*").or_else(|| between(rest, "_", "_"))
        && !within_word
        && !emphasis.starts_with([' ', '*', '_'])
    {
        return Some((Inline::Emphasis(emphasis.to_owned()), after));
    }
    if let Some((text, after)) = between(rest, "[", "]")
        && let Some((address, after)) = between(after, "(", ")")
        && is_safe(address)
    {
        return Some((Inline::Link { text: text.to_owned(), address: address.to_owned() }, after));
    }
    if !within_word && (rest.starts_with("https://") || rest.starts_with("http://")) {
        let end = rest.find([' ', '<', '>', '"', ')']).unwrap_or(rest.len());
        let address = rest.get(..end)?.trim_end_matches(['.', ',', ';', ':', '!', '?']);
        let link = Inline::Link { text: address.to_owned(), address: address.to_owned() };
        return Some((link, rest.get(address.len()..)?));
    }
    None
}

/// How far apart two marks may be, in bytes: as long as an address may be. Else a text of nothing but first marks would be
/// read to its end once for each.
const REACH: usize = 2_000;

/// Returns what stands between two marks, if it is something, and what comes after the second.
fn between<'a>(rest: &'a str, open: &str, close: &str) -> Option<(&'a str, &'a str)> {
    let inside = rest.strip_prefix(open)?;
    let reach = (0..=REACH.min(inside.len())).rev().find(|end| inside.is_char_boundary(*end))?;
    let end = inside.get(..reach)?.find(close).filter(|end| *end > 0)?;
    Some((inside.get(..end)?, inside.get(end + close.len()..)?))
}

/// Tells whether an address may be a link: to the web, to mail, or within the app. Never a script.
#[must_use]
pub fn is_safe(address: &str) -> bool {
    let lower = address.trim().to_ascii_lowercase();
    let within = lower.starts_with('/') && !lower.starts_with("//");
    within || ["https://", "http://", "mailto:"].iter().any(|scheme| lower.starts_with(scheme))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, parts: &[Inline]) {
        assert_eq!(read(line), parts, "{line}");
    }

    fn text(text: &str) -> Inline {
        Inline::Text(text.to_owned())
    }

    fn link(name: &str, address: &str) -> Inline {
        Inline::Link { text: name.to_owned(), address: address.to_owned() }
    }

    #[test]
    fn marks_are_read() {
        check(
            "run `a*b*` **now** or _later_",
            &[
                text("run "),
                Inline::Code("a*b*".to_owned()),
                text(" "),
                Inline::Strong("now".to_owned()),
                text(" or "),
                Inline::Emphasis("later".to_owned()),
            ],
        );
    }

    #[test]
    fn names_with_underscores_stay_as_they_are() {
        check("set RETRY_MAX_TIME", &[text("set RETRY_MAX_TIME")]);
    }

    #[test]
    fn links_lead_to_the_web_only() {
        check("see [the run](https://ci/1).", &[text("see "), link("the run", "https://ci/1"), text(".")]);
        check("[x](javascript:alert(1))", &[text("[x](javascript:alert(1))")]);
        check("at https://ci/1.", &[text("at "), link("https://ci/1", "https://ci/1"), text(".")]);
        assert!(!is_safe("//elsewhere") && !is_safe("data:text/html,x") && is_safe("/board"));
    }

    #[test]
    fn what_never_closes_stays_text() {
        check("a * b `c", &[text("a * b `c")]);
    }
}
