//! Secrets that the server makes: of sessions, invitations, the first visit and API tokens. Kept is only their hash.

use std::fmt;

use slipway_shared::canonical::Hash;
use slipway_shared::ids::TokenId;

/// Letters and digits only, so that a double click takes the whole of it.
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 256 bits.
const SECRET_BYTES: usize = 32;
/// As many in that alphabet.
const SECRET_DIGITS: usize = 43;
/// 32 bits in that alphabet.
const CRC_DIGITS: usize = 6;
const ID_DIGITS: usize = 32;
/// What every API token begins with, for programs that look for secrets in what people publish.
const PREFIX: &str = "slp_";

/// The system has no random numbers to give; nothing secret can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the system has no random numbers to give")]
pub struct NoRandomness;

/// Returns bytes that nobody can guess.
///
/// # Errors
///
/// [`NoRandomness`] when the system has none.
pub(super) fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// A secret of 256 bits. It can't be compared or logged: look it up by its hash.
pub struct Secret(String);

impl Secret {
    /// Makes one.
    ///
    /// # Errors
    ///
    /// [`NoRandomness`] when the system has none.
    pub fn new() -> Result<Self, NoRandomness> {
        Ok(Self(base62(random::<SECRET_BYTES>()?, SECRET_DIGITS)))
    }

    /// Returns what its owner gets, once: 43 letters and digits.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Returns what is kept of it.
    #[must_use]
    pub fn hash(&self) -> Hash {
        hash(&self.0)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Returns what is kept of a secret: its SHA-256. Secrets have 256 bits, so that no slower hash is needed.
#[must_use]
pub fn hash(text: &str) -> Hash {
    Hash::of(&[text.as_bytes()])
}

/// Returns an API token as text: `slp_`, the id, `_`, the secret, and a checksum of all that.
#[must_use]
pub fn token_text(id: TokenId, secret: &Secret) -> String {
    let mut text = format!("{PREFIX}{:032x}_{}", id.as_u128(), secret.text());
    text.push_str(&checksum(&text));
    text
}

/// Reads an API token: its id, and the hash of its secret. `None` for what this server never gave out, which the
/// checksum tells before anything is looked up.
#[must_use]
pub fn read_token(text: &str) -> Option<(TokenId, Hash)> {
    let (front, crc) = text.split_at_checked(text.len().checked_sub(CRC_DIGITS)?)?;
    if crc != checksum(front) {
        return None;
    }
    let (id, secret) = front.strip_prefix(PREFIX)?.split_once('_')?;
    let is_id = |digit: u8| matches!(digit, b'0'..=b'9' | b'a'..=b'f');
    if id.len() != ID_DIGITS || !id.bytes().all(is_id) || secret.len() != SECRET_DIGITS {
        return None;
    }
    let id = u128::from_str_radix(id, 16).ok()?;
    Some((TokenId::from_u128(id), hash(secret)))
}

fn checksum(text: &str) -> String {
    base62(crc32fast::hash(text.as_bytes()).to_be_bytes(), CRC_DIGITS)
}

/// Writes a number, the highest byte first, with `digits` digits.
fn base62<const N: usize>(mut number: [u8; N], digits: usize) -> String {
    let mut text = vec![ALPHABET[0]; digits];
    for digit in text.iter_mut().rev() {
        let mut rest = 0;
        for byte in &mut number {
            let part = rest * 256 + usize::from(*byte);
            // Less than 256, since the rest is less than 62.
            *byte = u8::try_from(part / 62).unwrap_or(u8::MAX);
            rest = part % 62;
        }
        *digit = ALPHABET[rest];
    }
    text.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: TokenId = TokenId::from_u128(0x0192_aabb_ccdd_7eef_8123_4567_89ab_cdef);

    #[test]
    fn numbers_are_written_in_base_62() {
        for (number, text) in [(0, "000000"), (61, "00000z"), (62, "000010"), (u32::MAX, "4gfFC3")] {
            assert_eq!(base62(number.to_be_bytes(), 6), text, "{number}");
        }
        assert_eq!(base62([255; 32], SECRET_DIGITS).len(), SECRET_DIGITS);
        assert_ne!(base62([255; 32], SECRET_DIGITS), base62([255; 32], SECRET_DIGITS + 1)[..SECRET_DIGITS]);
    }

    #[test]
    fn no_secret_is_made_twice_or_shown_by_accident() {
        let (one, other) = (Secret::new().unwrap(), Secret::new().unwrap());
        assert_ne!(one.hash(), other.hash());
        assert_eq!(one.text().len(), SECRET_DIGITS);
        assert_eq!(format!("{one:?}"), "Secret(…)");
        assert_eq!(one.hash(), hash(one.text()));
    }

    #[test]
    fn a_token_survives_its_text_form() {
        let secret = Secret::new().unwrap();
        let text = token_text(ID, &secret);
        assert_eq!(text.len(), 4 + ID_DIGITS + 1 + SECRET_DIGITS + CRC_DIGITS);
        assert!(text.starts_with("slp_0192aabbccdd7eef8123456789abcdef_"), "{text}");
        assert_eq!(read_token(&text), Some((ID, secret.hash())));
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let text = token_text(ID, &Secret::new().unwrap());
        for at in 0..text.len() {
            let other = if &text[at..=at] == "0" { "1" } else { "0" };
            let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
            assert_eq!(read_token(&changed), None, "{at}");
        }
    }

    #[test]
    fn what_is_no_token_is_told_at_once() {
        let with_checksum = |front: &str| format!("{front}{}", checksum(front));
        let secret = "a".repeat(SECRET_DIGITS);
        let id = "0".repeat(ID_DIGITS);
        let cases = [
            String::new(),
            "slp_".to_owned(),
            "ééé".to_owned(),
            with_checksum(""),
            with_checksum("slp_"),
            with_checksum(&format!("slp_{id}")),
            with_checksum(&format!("slp_{id}_{secret}a")),
            with_checksum(&format!("slp_+{}_{secret}", &id[1..])),
            with_checksum(&format!("slp_{}_{secret}", "A".repeat(ID_DIGITS))),
            with_checksum(&format!("SLP_{id}_{secret}")),
        ];
        for text in cases {
            assert_eq!(read_token(&text), None, "{text}");
        }
        assert!(read_token(&with_checksum(&format!("slp_{id}_{secret}"))).is_some());
    }
}
