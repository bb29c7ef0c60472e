//! From message files to Rust: a method for every key, with the arguments its texts have.
//!
//! It uses only `std`, and the app's tests include it. The files are a subset of Fluent; what it
//! is, and how to add a key, is at the top of `locales/en.ftl`.

mod check;
mod entries;
mod generate;
mod parse;
mod problem;
mod typography;

pub use problem::Problem;

/// What the generator must know about a language.
pub struct Language {
    /// As in a file's name and on the page.
    pub tag: &'static str,
    /// As in `Language::En`.
    pub variant: &'static str,
    /// The numbers that take the form `[one]`.
    pub one: &'static [i64],
    /// Whether `: ; ! ?` take a narrow space that doesn't break.
    pub has_narrow_spaces: bool,
}

/// Every language; what is missing in one is measured against the first.
pub const LANGUAGES: [Language; 2] = [
    Language { tag: "en", variant: "En", one: &[1], has_narrow_spaces: false },
    Language { tag: "fr", variant: "Fr", one: &[0, 1], has_narrow_spaces: true },
];

/// One key of one file, and the text it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub key: String,
    pub line: usize,
    pub text: Vec<Piece>,
}

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Text(String),
    /// A text that is given when the message is asked for.
    Argument(String),
    /// A number that is, written as the language writes it.
    Number(String),
    /// One text out of several, chosen by a number.
    Select {
        number: String,
        variants: Vec<(Variant, Vec<Self>)>,
    },
}

/// When a variant is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    Exactly(i64),
    One,
    Other,
}

/// Returns the Rust for the sources, which are in the order of [`LANGUAGES`].
pub fn compile(sources: &[String]) -> Result<String, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut files = Vec::new();
    for (language, source) in LANGUAGES.iter().zip(sources) {
        let (messages, found) = parse::parse(language, source);
        problems.extend(found);
        files.push(messages);
    }
    // A broken text has no arguments to compare: first things first.
    if problems.is_empty() {
        problems = check::check(&files);
    }
    if problems.is_empty() { Ok(generate::generate(&files)) } else { Err(problems) }
}

/// Returns the arguments of a text in the order they appear, each with whether it is a number.
pub fn arguments(text: &[Piece]) -> Vec<(&str, bool)> {
    let mut found: Vec<(&str, bool)> = Vec::new();
    for piece in text {
        let mut add = |name, is_number| match found.iter_mut().find(|known| known.0 == name) {
            Some(known) => known.1 |= is_number,
            None => found.push((name, is_number)),
        };
        match piece {
            Piece::Text(_) => {}
            Piece::Argument(name) => add(name, false),
            Piece::Number(name) => add(name, true),
            Piece::Select { number, variants } => {
                add(number, true);
                let inner = variants.iter().flat_map(|(_, text)| arguments(text));
                inner.for_each(|(name, is_number)| add(name, is_number));
            }
        }
    }
    found
}

/// Whether a name is one that Rust keeps for itself, that it expects something else of, or that is taken.
pub fn is_rust_word(name: &str) -> bool {
    const WORDS: &str = " abstract as async await become box break const continue crate do dyn else enum extern \
        false final fn for gen if impl in let loop macro match mod move mut neg new not number override priv pub ref \
        return self static struct super trait true try type typeof unsafe unsized use virtual where while yield ";
    WORDS.contains(&format!(" {name} "))
}

/// Returns the name of a key's method; a word of Rust gets a `_` behind it.
pub fn method_name(key: &str) -> String {
    let end = if is_rust_word(key) { "_" } else { "" };
    format!("{}{end}", key.replace('-', "_"))
}

/// Returns a key's arguments in the order of the first language; one is a number if it is in any of them.
pub fn all_arguments<'a>(message: &'a Message, files: &[Vec<Message>]) -> Vec<(&'a str, bool)> {
    let mut all = arguments(&message.text);
    let others = files.iter().filter_map(|file| check::find(file, &message.key));
    let others: Vec<_> = others.flat_map(|other| arguments(&other.text)).collect();
    for (name, is_number) in &mut all {
        *is_number |= others.contains(&(*name, true));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compiles two files and returns the problems as cargo shows them.
    fn problems(en: &str, fr: &str) -> Vec<String> {
        let compiled = compile(&[en.to_owned(), fr.to_owned()]);
        compiled.err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_key_in_one_language_only_fails_the_build() {
        assert_eq!(
            problems("a-b = x\n\na-c = y", "a-b = x\na-d = z"),
            [
                "frontend/locales/en.ftl:3: `a-c` is missing in fr.ftl: add it there",
                "frontend/locales/fr.ftl:2: `a-d` is missing in en.ftl: add it there",
            ]
        );
    }

    #[test]
    fn other_arguments_in_another_language_fail_the_build() {
        assert_eq!(
            problems("a-b = { $name } { $count }", "a-b = { $nom }"),
            ["frontend/locales/fr.ftl:1: `a-b` has the arguments $nom, but $count, $name in en.ftl"]
        );
        assert_eq!(
            problems("a-b = x", "a-b = { $nom }"),
            ["frontend/locales/fr.ftl:1: `a-b` has the arguments $nom, but none in en.ftl"]
        );
    }

    #[test]
    fn a_key_given_twice_fails_the_build() {
        assert_eq!(
            problems("a-b = x\na-b = y", "a-b = x"),
            ["frontend/locales/en.ftl:2: `a-b` is given twice: it is already on line 1"]
        );
    }

    #[test]
    fn an_argument_is_a_number_in_all_languages_if_it_is_in_one() {
        let code = compile(&["a-b = { NUMBER($n) }".to_owned(), "a-b = { $n }".to_owned()]);
        assert!(code.is_ok_and(|code| code.contains("pub fn a_b(self, n: i64) -> String")));
    }
}
