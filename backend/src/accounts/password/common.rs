//! Passwords that are tried first. Those of twelve characters are mostly short ones made longer, so that what they
//! are made of is listed, and the ways of making it longer are rules.

use slipway_shared::account::PASSWORD_LEAST;

/// What common passwords are made of: lower case, one a line, common ones of other languages among them.
const WORDS: &str = include_str!("common.txt");
/// Keys that lie in a row, and other ways to go over a keyboard.
const ROWS: [&str; 11] = [
    "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
    "zaq12wsxcde34rfvbgt56yhnmju7",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
];
/// How many keys in a row make a run.
const RUN: usize = 4;
/// How many characters besides runs are too few to make a password.
const FEW: usize = 4;
/// The length up to which what is repeated makes no password.
const UNIT: usize = 6;
/// The shortest name that says much about a password it is part of.
const NAME_LEAST: usize = 4;

/// Tells whether a password is common: a common word with digits and signs, the same over and over, or keys in a
/// row. What looks like a letter counts as one.
pub(super) fn is_common(password: &str) -> bool {
    let lower = lower(password);
    is_repeated(&lower)
        || is_mostly_runs(&lower)
        || WORDS.lines().any(|word| is_little_more_than(&lower, &word.chars().collect::<Vec<_>>()))
}

/// Tells whether nothing but digits and signs is added to the name to sign in with, or to what is before its `@`.
pub(super) fn is_little_more_than_login(password: &str, login: &str) -> bool {
    let (password, login) = (lower(password), lower(login));
    let before_at = login.split(|character| *character == '@').next().unwrap_or_default();
    let names = [login.as_slice(), before_at];
    names.iter().any(|name| name.len() >= NAME_LEAST && is_little_more_than(&password, name))
}

fn lower(text: &str) -> Vec<char> {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Tells whether `password` is `word`, once or more, and digits and signs that are no password by themselves.
fn is_little_more_than(password: &[char], word: &[char]) -> bool {
    let mut rest = Vec::new();
    let mut left = password;
    let mut is_found = false;
    while let Some((first, others)) = left.split_first() {
        if left.len() >= word.len()
            && left.iter().zip(word).all(|(given, letter)| looks_like(*given, *letter))
        {
            is_found = true;
            left = &left[word.len()..];
        } else {
            rest.push(*first);
            left = others;
        }
    }
    is_found
        && !rest.iter().any(|character| character.is_alphabetic())
        && (rest.len() < PASSWORD_LEAST || is_repeated(&rest) || is_mostly_runs(&rest))
}

/// Tells whether people write `given` for `letter`.
fn looks_like(given: char, letter: char) -> bool {
    given == letter
        || matches!(
            (given, letter),
            ('0', 'o')
                | ('1' | '!', 'i' | 'l')
                | ('3', 'e')
                | ('4' | '@', 'a')
                | ('5' | '$', 's')
                | ('7', 't')
                | ('8', 'b')
        )
}

/// Tells whether few characters come over and over.
fn is_repeated(password: &[char]) -> bool {
    (1..=UNIT.min(password.len() / 2)).any(|unit| password.iter().zip(&password[unit..]).all(|(a, b)| a == b))
        || password.iter().collect::<std::collections::BTreeSet<_>>().len() < FEW
}

/// Tells whether all but a few characters lie in a row on a keyboard or in the alphabet, forwards or backwards.
fn is_mostly_runs(password: &[char]) -> bool {
    let mut left = password;
    let mut besides = 0;
    while !left.is_empty() {
        let run = run_length(left);
        if run >= RUN {
            left = &left[run..];
        } else {
            besides += 1;
            left = &left[1..];
        }
    }
    besides < FEW
}

/// Returns how many characters from the first on are a run.
fn run_length(characters: &[char]) -> usize {
    let lengths = ROWS.iter().flat_map(|row| {
        let row: Vec<char> = row.chars().collect();
        let back: Vec<char> = row.iter().rev().copied().collect();
        [run_in(characters, &row), run_in(characters, &back)]
    });
    lengths.max().unwrap_or_default()
}

/// The end of a row is followed by its beginning: `67890123`.
fn run_in(characters: &[char], row: &[char]) -> usize {
    let Some(first) = characters.first() else { return 0 };
    let Some(at) = row.iter().position(|key| key == first) else { return 0 };
    characters.iter().zip(row.iter().cycle().skip(at)).take_while(|(given, key)| given == key).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_passwords_are_told() {
        let cases = [
            "password1234",
            "Password2026!",
            "P@ssw0rd!!!!",
            "passwordpassword",
            "123password123",
            "!!Password-Password!!",
            "letmein12345",
            "welcome@2026",
            "iloveyou1234",
            "Slipway2026!",
            "administrator",
            "qwerty123456",
            "qwertyuiop12",
            "1q2w3e4r5t6y",
            "1qaz2wsx3edc",
            "zaq12wsxcde3",
            "asdfghjkl123",
            "123456789012",
            "098765432109",
            "abcdefghijkl",
            "zyxwvutsrqpo",
            "aaaaaaaaaaaa",
            "abababababab",
            "abc123abc123",
            "111111222222",
            "            ",
            "changeme0000",
            "passwort2026",
            "motdepasse12",
            "contraseña123",
            "пароль123456",
        ];
        for password in cases {
            assert!(is_common(password), "{password}");
        }
    }

    #[test]
    fn uncommon_passwords_pass() {
        let cases = [
            "correct horse battery staple",
            "nine green lanterns",
            "password of the lighthouse",
            "dragonfly sonata",
            "kx9!vbq2mztr",
            "admin 4829 - 3!7$92=5 60",
            "Mein Hund heißt Waldi",
            "мой дядя самых честных",
            "382910475566",
        ];
        for password in cases {
            assert!(!is_common(password), "{password}");
        }
    }

    #[test]
    fn the_list_is_in_the_form_it_is_compared_in() {
        let mut seen = std::collections::BTreeSet::new();
        for word in WORDS.lines() {
            assert!(word.chars().count() >= 3, "{word}");
            assert_eq!(word.chars().collect::<Vec<_>>(), lower(word), "{word}");
            assert!(!word.contains(char::is_whitespace), "{word}");
            assert!(seen.insert(word), "{word} is there twice");
        }
    }
}
