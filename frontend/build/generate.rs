//! Writing the messages as Rust, for `src/messages.rs`: `Messages`, its `number` and `join` are there.

use super::check::find;
use super::{LANGUAGES, Language, Message, Piece, Variant, all_arguments, method_name};

/// The longest text that is quoted above a method, in characters.
const QUOTED: usize = 100;

/// Returns the Rust for files that [`check`](super::check::check) found nothing wrong with.
pub fn generate(files: &[Vec<Message>]) -> String {
    let mut out = String::from("// Made from frontend/locales by frontend/build.rs.\n\n");
    out.push_str(
        "/// A language the app speaks.\n#[derive(Clone, Copy, Debug, PartialEq, Eq)]\npub enum Language {\n",
    );
    for language in &LANGUAGES {
        out.push_str(&format!("    {},\n", language.variant));
    }
    out.push_str("}\n\nimpl Messages {\n");
    for message in files.first().into_iter().flatten() {
        let texts: Vec<&Message> = files.iter().filter_map(|file| find(file, &message.key)).collect();
        out.push_str(&method(message, &texts, &all_arguments(message, files)));
    }
    out.push_str("}\n");
    out
}

/// Returns the method for one key, whose texts are in the order of the languages.
fn method(message: &Message, texts: &[&Message], arguments: &[(&str, bool)]) -> String {
    let mut parameters = String::from("self");
    for (name, is_number) in arguments {
        let kind = if *is_number { "i64" } else { "&str" };
        parameters.push_str(&format!(", {name}: {kind}"));
    }
    let returned = if arguments.is_empty() { "&'static str" } else { "String" };
    let name = method_name(&message.key);
    let quoted = quoted(&message.text);
    let mut out = format!(
        "    /// `{quoted}`\n    pub fn {name}({parameters}) -> {returned} {{\n        match self.0 {{\n"
    );
    for (language, text) in LANGUAGES.iter().zip(texts) {
        let text = match text.text.as_slice() {
            [Piece::Text(text)] if arguments.is_empty() => format!("{text:?}"),
            pieces => joined(language, arguments, pieces),
        };
        out.push_str(&format!("            Language::{} => {text},\n", language.variant));
    }
    out.push_str("        }\n    }\n\n");
    out
}

fn joined(language: &Language, arguments: &[(&str, bool)], pieces: &[Piece]) -> String {
    let parts: Vec<String> = pieces.iter().map(|piece| part(language, arguments, piece)).collect();
    format!("join(&[{}])", parts.join(", "))
}

/// Returns an expression for a `&str`.
fn part(language: &Language, arguments: &[(&str, bool)], piece: &Piece) -> String {
    match piece {
        Piece::Text(text) => format!("{text:?}"),
        Piece::Argument(name) | Piece::Number(name) if arguments.contains(&(name.as_str(), true)) => {
            format!("&self.number({name})")
        }
        Piece::Argument(name) | Piece::Number(name) => name.clone(),
        Piece::Select { number, variants } => select(language, arguments, number, variants),
    }
}

fn select(
    language: &Language,
    arguments: &[(&str, bool)],
    number: &str,
    variants: &[(Variant, Vec<Piece>)],
) -> String {
    let is_plain = variants.iter().all(|(_, text)| matches!(text.as_slice(), [Piece::Text(_)]));
    let mut ordered: Vec<_> = variants.iter().collect();
    ordered.sort_by_key(|(variant, _)| match variant {
        Variant::Exactly(_) => 0,
        Variant::One => 1,
        Variant::Other => 2,
    });
    let mut arms = Vec::new();
    for (variant, text) in ordered {
        let text = match text.as_slice() {
            [Piece::Text(text)] if is_plain => format!("{text:?}"),
            pieces => joined(language, arguments, pieces),
        };
        arms.push(format!("{} => {text}", pattern(language, *variant, variants)));
    }
    let borrow = if is_plain { "" } else { "&" };
    format!("{borrow}match {number} {{ {} }}", arms.join(", "))
}

/// Returns the numbers that choose a variant, without those that have one of their own.
fn pattern(language: &Language, variant: Variant, variants: &[(Variant, Vec<Piece>)]) -> String {
    let has_own = |number| variants.iter().any(|(variant, _)| *variant == Variant::Exactly(number));
    match variant {
        Variant::Exactly(number) => number.to_string(),
        Variant::One => {
            let numbers = language.one.iter().filter(|number| !has_own(**number));
            numbers.map(ToString::to_string).collect::<Vec<_>>().join(" | ")
        }
        Variant::Other => "_".to_owned(),
    }
}

/// Returns the text as documentation quotes it: on one line, and not too long.
fn quoted(text: &[Piece]) -> String {
    let mut out = String::new();
    for piece in text {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Argument(name) | Piece::Number(name) => out.push_str(&format!("{{ ${name} }}")),
            Piece::Select { variants, .. } => {
                out.push_str(&variants.last().map(|(_, text)| quoted(text)).unwrap_or_default());
            }
        }
    }
    let line: String = out.replace('`', "'").split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(QUOTED).collect();
    if short.len() < line.len() { short + "…" } else { short }
}

#[cfg(test)]
mod tests {
    use super::super::compile;

    /// Compiles one key and returns what stands in its method.
    fn method(en: &str, fr: &str) -> String {
        let code = compile(&[format!("a-b = {en}"), format!("a-b = {fr}")]).unwrap();
        let (_, body) = code.split_once("pub fn a_b(self").unwrap();
        body.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_text_without_arguments_is_a_literal() {
        assert_eq!(
            method("Ready?", "Prêt ?"),
            r#") -> &'static str { match self.0 { Language::En => "Ready?", Language::Fr => "Prêt\u{202f}?", } } }"#
        );
    }

    #[test]
    fn a_key_that_is_a_word_of_rust_has_another_method() {
        let code = compile(&["move = Move".to_owned(), "move = Déplacer".to_owned()]).unwrap();
        assert!(code.contains("pub fn move_(self)"));
    }

    #[test]
    fn plurals_follow_the_language_and_its_own_numbers() {
        assert_eq!(
            method(
                "{ $n -> [one] one check *[other] { NUMBER($n) } checks } by { $who }",
                "{ $who } : { $n -> [0] rien [one] un *[other] autre }"
            ),
            ", n: i64, who: &str) -> String { match self.0 { \
             Language::En => join(&[&match n { 1 => join(&[\"one check\"]), \
             _ => join(&[&self.number(n), \" checks\"]) }, \" by \", who]), \
             Language::Fr => join(&[who, \"\\u{202f}: \", \
             match n { 0 => \"rien\", 1 => \"un\", _ => \"autre\" }]), } } }"
        );
    }
}
