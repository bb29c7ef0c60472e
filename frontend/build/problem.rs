//! What can be wrong with message files, with the place and what to do about it.

use std::fmt::{self, Display, Formatter};

/// Something wrong on one line of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The language whose file it is.
    pub tag: &'static str,
    pub line: usize,
    pub what: What,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    NotAMessage,
    BadKey(String),
    GivenTwice { key: String, first: usize },
    MissingIn { key: String, tag: &'static str },
    OtherArguments { key: String, here: Vec<String>, there: Vec<String>, tag: &'static str },
    Empty(String),
    StrayBrace,
    NeverClosed,
    BadPlaceable(String),
    BadArgument(String),
    BadEscape,
    BadVariant(String),
    VariantGivenTwice(String),
    VariantNeverChosen(String),
    NoOther,
    NarrowSpaceDue(char),
}

impl Display for Problem {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "frontend/locales/{}.ftl:{}: {}", self.tag, self.line, self.what)
    }
}

impl Display for What {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAMessage => f.write_str(
                "this is no message: write `some-key = text`, indent what goes on, and start a comment with `# `",
            ),
            Self::BadKey(key) => write!(
                f,
                "`{key}` is no key: write it in lower case, with hyphens between words, such as `sync-saving`"
            ),
            Self::GivenTwice { key, first } => write!(f, "`{key}` is given twice: it is already on line {first}"),
            Self::MissingIn { key, tag } => write!(f, "`{key}` is missing in {tag}.ftl: add it there"),
            Self::OtherArguments { key, here, there, tag } => {
                write!(f, "`{key}` has the arguments {}, but {} in {tag}.ftl", list(here), list(there))
            }
            Self::Empty(key) => write!(f, "`{key}` has no text"),
            Self::StrayBrace => f.write_str("this `}` closes nothing: write `{ \"}\" }` for the sign itself"),
            Self::NeverClosed => f.write_str("a `{` in this message is never closed"),
            Self::BadPlaceable(text) => write!(
                f,
                "`{{ {text} }}` is not supported: write `{{ $name }}`, `{{ NUMBER($name) }}`, `{{ \"text\" }}` or \
                 `{{ $name -> [one] … *[other] … }}`"
            ),
            Self::BadArgument(name) => write!(
                f,
                "`${name}` is no argument: write it in lower case, with hyphens between words, and not as a word of Rust"
            ),
            Self::BadEscape => f.write_str("only `\\\\`, `\\\"` and `\\u202F` with four digits can be escaped"),
            Self::BadVariant(key) => write!(
                f,
                "`[{key}]` is no variant: there are `[one]`, `*[other]` and numbers such as `[0]`; \
                 write `{{ \"[\" }}` for the sign itself"
            ),
            Self::VariantGivenTwice(key) => write!(f, "`[{key}]` is given twice"),
            Self::VariantNeverChosen(key) => {
                write!(f, "`[{key}]` is never chosen: the numbers before it take all of its own")
            }
            Self::NoOther => f.write_str("the last variant must be `*[other]`"),
            Self::NarrowSpaceDue(sign) => write!(
                f,
                "put a space before `{sign}`, it is made narrow by itself; or write `{{ \"{sign}\" }}` where none is due"
            ),
        }
    }
}

fn list(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
