//! The second factor: codes of six digits that an authenticator app shows (RFC 6238), and recovery codes that stand
//! in for them.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use slipway_shared::time::Timestamp;
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

use super::secret::{NoRandomness, random};

/// For how long the app shows one code, in milliseconds.
const STEP_MS: i64 = 30_000;
const DIGITS: usize = 6;
/// As long as what SHA-1 gives, which RFC 4226 asks for.
pub(super) const SECRET_BYTES: usize = 20;
const RECOVERY_CODES: usize = 10;
/// 80 bits: they are never asked for often enough to be guessed.
const RECOVERY_BYTES: usize = 10;
/// After how many characters of a recovery code a dash is put.
const GROUP: usize = 4;

/// Base 32 of RFC 4648, which authenticator apps read.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// Base 32 of Crockford, which has no letters that look like digits.
const READABLE: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Makes the secret that the server and an app share.
///
/// # Errors
///
/// [`NoRandomness`] when the system has none.
pub fn new_secret() -> Result<Vec<u8>, NoRandomness> {
    Ok(random::<SECRET_BYTES>()?.to_vec())
}

/// Returns a secret as one types it into an app.
#[must_use]
pub fn base32(secret: &[u8]) -> String {
    five_bits_each(secret, BASE32)
}

/// Returns the address an app scans.
#[must_use]
pub fn uri(secret: &[u8], issuer: &str, login: &str) -> String {
    let (issuer, login) = (percent(issuer), percent(login));
    let secret = base32(secret);
    format!(
        "otpauth://totp/{issuer}:{login}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period=30"
    )
}

/// Returns the step of a moment: how many codes an app has shown since 1970.
#[must_use]
pub fn step(now: Timestamp) -> u64 {
    u64::try_from(now.0 / STEP_MS).unwrap_or_default()
}

/// Returns the code of a step.
#[must_use]
pub fn code(secret: &[u8], step: u64) -> String {
    format!("{:0DIGITS$}", number(secret, step) % 1_000_000)
}

/// Checks a code, which may have spaces in it. Returns the step to remember: the code of that step, and of any
/// before it, is good for nothing any more.
///
/// The codes of the step before and after `now` are right as well, for clocks that differ and people who type
/// slowly. `last_step` is what was remembered last.
#[must_use]
pub fn check(secret: &[u8], code: &str, now: Timestamp, last_step: Option<u64>) -> Option<u64> {
    let given: String = code.chars().filter(|character| !character.is_whitespace()).collect();
    if given.len() != DIGITS {
        return None;
    }
    let now = step(now);
    let mut found = Choice::from(0);
    let mut found_step = 0;
    // All three are looked at whichever fits; the latest that fits is remembered.
    for step in now.saturating_sub(1)..=now.saturating_add(1) {
        let is_fresh = Choice::from(u8::from(last_step.is_none_or(|last| step > last)));
        let fits = self::code(secret, step).as_bytes().ct_eq(given.as_bytes()) & is_fresh;
        found_step = u64::conditional_select(&found_step, &step, fits);
        found |= fits;
    }
    bool::from(found).then_some(found_step)
}

/// Makes recovery codes: ten of 80 bits. Kept is the hash of what [`normal`] makes of each.
///
/// # Errors
///
/// [`NoRandomness`] when the system has none.
pub fn recovery_codes() -> Result<Vec<String>, NoRandomness> {
    (0..RECOVERY_CODES).map(|_| random::<RECOVERY_BYTES>().map(|bytes| grouped(&bytes))).collect()
}

/// Returns a recovery code as it is compared: without dashes and spaces, and with what looks alike the same.
#[must_use]
pub fn normal(code: &str) -> String {
    let characters = code.chars().filter(char::is_ascii_alphanumeric);
    let look_alike = characters.map(|character| match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    });
    look_alike.collect()
}

/// The dynamic truncation of RFC 4226.
fn number(secret: &[u8], step: u64) -> u32 {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes keys of every length");
    mac.update(&step.to_be_bytes());
    let mac: [u8; 20] = mac.finalize().into_bytes().into();
    let at = usize::from(mac[19] & 0x0f);
    u32::from_be_bytes([mac[at], mac[at + 1], mac[at + 2], mac[at + 3]]) & 0x7fff_ffff
}

fn grouped(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (index, character) in five_bits_each(bytes, READABLE).chars().enumerate() {
        if index > 0 && index % GROUP == 0 {
            text.push('-');
        }
        text.push(character);
    }
    text
}

/// Writes five bits with each character, the highest first.
fn five_bits_each(bytes: &[u8], alphabet: &[u8; 32]) -> String {
    let bit = |at: usize| bytes.get(at / 8).is_some_and(|byte| byte & (0x80 >> (at % 8)) != 0);
    let value = |at: usize| (at..at + 5).fold(0, |value, at| value * 2 + usize::from(bit(at)));
    (0..bytes.len() * 8).step_by(5).map(|at| char::from(alphabet[value(at)])).collect()
}

/// Everything but letters, digits and `-._~` as `%XX`.
fn percent(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the test vectors of RFC 6238, appendix B.
    const SECRET: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> Timestamp {
        Timestamp(seconds * 1_000)
    }

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // The RFC has eight digits; six are their end.
        let cases = [
            (59, "94287082"),
            (1_111_111_109, "07081804"),
            (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"),
            (2_000_000_000, "69279037"),
            (20_000_000_000, "65353130"),
        ];
        for (seconds, expected) in cases {
            assert_eq!(code(SECRET, step(at(seconds))), expected[2..], "{seconds}");
        }
    }

    #[test]
    fn a_code_is_right_one_step_before_and_after() {
        let shown = code(SECRET, 100);
        for (now, expected) in [(98, None), (99, Some(100)), (100, Some(100)), (101, Some(100)), (102, None)]
        {
            assert_eq!(check(SECRET, &shown, at(now * 30), None), expected, "{now}");
        }
    }

    #[test]
    fn a_code_is_right_once_and_none_before_it_afterwards() {
        let now = at(100 * 30);
        for (last, expected) in
            [(None, Some(100)), (Some(99), Some(100)), (Some(100), None), (Some(101), None)]
        {
            assert_eq!(check(SECRET, &code(SECRET, 100), now, last), expected, "{last:?}");
        }
        assert_eq!(check(SECRET, &code(SECRET, 99), now, Some(100)), None);
        assert_eq!(check(SECRET, &code(SECRET, 101), now, Some(100)), Some(101));
    }

    #[test]
    fn a_code_may_be_typed_as_it_is_shown() {
        let shown = code(SECRET, 100);
        let now = at(100 * 30);
        assert_eq!(check(SECRET, &format!(" {} {}\n", &shown[..3], &shown[3..]), now, None), Some(100));
        for wrong in ["", "12345", "1234567", "abcdef", "١٢٣", "١٢٣٤٥٦", "-12345", &shown[1..]] {
            assert_eq!(check(SECRET, wrong, now, None), None, "{wrong}");
        }
    }

    #[test]
    fn clocks_at_the_ends_of_time_are_no_trouble() {
        for now in [i64::MIN, -1, 0, i64::MAX] {
            assert_eq!(check(SECRET, "abcdef", Timestamp(now), None), None, "{now}");
        }
    }

    #[test]
    fn secrets_are_written_as_rfc_4648_says() {
        let cases = [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ")];
        for (bytes, text) in [cases.as_slice(), &[("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI")]].concat() {
            assert_eq!(base32(bytes.as_bytes()), text, "{bytes}");
        }
        assert_eq!(base32(&new_secret().unwrap()).len(), 32);
    }

    #[test]
    fn the_address_to_scan_holds_any_name() {
        assert_eq!(
            uri(SECRET, "Slipway: ACME & Co", "ada@example.org"),
            "otpauth://totp/Slipway%3A%20ACME%20%26%20Co:ada%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Slipway%3A%20ACME%20%26%20Co&algorithm=SHA1&digits=6&period=30"
        );
    }

    #[test]
    fn recovery_codes_are_ten_and_all_different() {
        let codes = recovery_codes().unwrap();
        let different: std::collections::BTreeSet<_> = codes.iter().map(|code| normal(code)).collect();
        assert_eq!((codes.len(), different.len()), (10, 10));
        for code in &codes {
            assert_eq!(code.len(), 19, "{code}");
            assert_eq!(normal(code).len(), 16, "{code}");
        }
    }

    #[test]
    fn a_recovery_code_may_be_typed_in_other_ways() {
        for typed in ["0AB1-1C2D", "oab1 lc2d", "0AB11C2D", " 0ab1–iC2d "] {
            assert_eq!(normal(typed), "0AB11C2D", "{typed}");
        }
    }
}
