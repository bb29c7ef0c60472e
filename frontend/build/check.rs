//! Whether the languages agree: the same keys, with the same arguments.

use super::problem::What;
use super::{LANGUAGES, Message, Problem, arguments};

/// Returns what is wrong between the files, each message measured against the first file.
pub fn check(files: &[Vec<Message>]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let Some((first, others)) = files.split_first() else {
        return problems;
    };
    let (first_tag, tags) = (LANGUAGES[0].tag, LANGUAGES.iter().skip(1).map(|language| language.tag));
    for (other, tag) in others.iter().zip(tags) {
        problems.extend(missing(first, first_tag, other, tag));
        problems.extend(missing(other, tag, first, first_tag));
        problems.extend(other.iter().filter_map(|message| {
            let same = find(first, &message.key)?;
            let (here, there) = (names(message), names(same));
            let what = What::OtherArguments { key: message.key.clone(), here, there, tag: first_tag };
            (names(message) != names(same)).then_some(Problem { tag, line: message.line, what })
        }));
    }
    problems
}

pub fn find<'a>(messages: &'a [Message], key: &str) -> Option<&'a Message> {
    messages.iter().find(|message| message.key == key)
}

/// Returns a problem for each message that another file doesn't have.
fn missing(here: &[Message], tag: &'static str, there: &[Message], other: &'static str) -> Vec<Problem> {
    let missing = here.iter().filter(|message| find(there, &message.key).is_none());
    let problem = |message: &Message| {
        let what = What::MissingIn { key: message.key.clone(), tag: other };
        Problem { tag, line: message.line, what }
    };
    missing.map(problem).collect()
}

/// Returns the names of a message's arguments in alphabetical order.
fn names(message: &Message) -> Vec<String> {
    let mut names: Vec<_> = arguments(&message.text).iter().map(|(name, _)| format!("${name}")).collect();
    names.sort();
    names
}
