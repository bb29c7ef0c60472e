//! Signs that writers need not type: the apostrophe, and the narrow space that doesn't break, where French puts
//! one.

const NARROW: char = '\u{202f}';

/// Makes straight apostrophes between letters curved.
pub fn apostrophes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_inside =
            out.ends_with(char::is_alphabetic) && chars.peek().is_some_and(|next| next.is_alphabetic());
        out.push(if c == '\'' && is_inside { '’' } else { c });
    }
    out
}

/// Makes the spaces before `: ; ! ? %` and inside `« »` narrow, so that writers need not type them.
///
/// `is_after_placeable` says what stands before the text.
///
/// # Errors
///
/// Returns a sign that has no space before it and should have one. A colon inside of a word is none: `10:30`,
/// `https://`.
pub fn narrow_spaces(text: &str, is_after_placeable: bool) -> Result<String, char> {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = is_after_placeable.then_some('x');
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        let is_narrow = is_space(c) && (next.is_some_and(takes_space_before) || before == Some('«'));
        if is_due(before, c, next) {
            return Err(c);
        }
        out.push(if is_narrow { NARROW } else { c });
        before = Some(c);
    }
    Ok(out)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | NARROW)
}

fn takes_space_before(c: char) -> bool {
    matches!(c, ':' | ';' | '!' | '?' | '%' | '»')
}

/// Whether a space is due between `before` and the sign `c`.
fn is_due(before: Option<char>, c: char, next: Option<char>) -> bool {
    let is_bare =
        before.is_some_and(|before| before.is_alphanumeric() || matches!(before, ')' | '»' | '’' | '"'));
    match c {
        ';' | '!' | '?' => is_bare && next.is_none_or(|next| !next.is_alphanumeric()),
        ':' => is_bare && next.is_none_or(char::is_whitespace),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apostrophes_inside_of_words_are_curved() {
        assert_eq!(apostrophes("aujourd'hui, l'app's 'x'"), "aujourd’hui, l’app’s 'x'");
    }

    #[test]
    fn spaces_before_high_signs_become_narrow() {
        let table = [
            ("Prêt ?", false, Ok("Prêt\u{202f}?")),
            (" !", true, Ok("\u{202f}!")),
            ("« a » : b ; 5 %", false, Ok("«\u{202f}a\u{202f}»\u{202f}: b\u{202f}; 5\u{202f}%")),
            ("Quoi\u{a0}?!", false, Ok("Quoi\u{202f}?!")),
            ("https://a.b?c=d à 10:30", false, Ok("https://a.b?c=d à 10:30")),
            ("?", false, Ok("?")),
            ("Prêt?", false, Err('?')),
            ("!", true, Err('!')),
            ("Note: a", false, Err(':')),
        ];
        for (text, is_after_placeable, expected) in table {
            let spaced = narrow_spaces(text, is_after_placeable);
            assert_eq!(spaced, expected.map(str::to_owned), "{text}");
        }
    }
}
