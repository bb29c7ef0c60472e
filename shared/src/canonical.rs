//! The one byte form of everything that is hashed: JSON with sorted keys, integers, absent instead of null.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A SHA-256 hash; 64 lower-case hexadecimal digits in text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9a-f]{64}$"))]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash before the first event of a log: all zero.
    pub const ZERO: Self = Self([0; 32]);

    /// Returns the hash of `parts`, one after the other.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// A text that is not 64 hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a hash has 64 hexadecimal digits")]
pub struct NotAHash;

impl FromStr for Hash {
    type Err = NotAHash;

    fn from_str(text: &str) -> Result<Self, NotAHash> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(NotAHash);
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let text = std::str::from_utf8(pair).map_err(|_| NotAHash)?;
            *byte = u8::from_str_radix(text, 16).map_err(|_| NotAHash)?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Returns the canonical JSON of `value`.
///
/// # Errors
///
/// When `value` can't be JSON: a map with keys that are no text, or a number that is no integer. No type of
/// this crate is like that; the callers that handle foreign data have to look.
pub fn to_canonical<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let mut tree = serde_json::to_value(value)?;
    if has_fraction(&tree) {
        return Err(serde::ser::Error::custom("canonical JSON has integers only"));
    }
    drop_nulls(&mut tree);
    serde_json::to_string(&tree)
}

/// Returns the hash of the canonical JSON of `value`; the zero hash for what can't be JSON.
#[must_use]
pub fn canonical_hash<T: Serialize>(value: &T) -> Hash {
    to_canonical(value).map_or(Hash::ZERO, |text| Hash::of(&[text.as_bytes()]))
}

fn has_fraction(tree: &Value) -> bool {
    match tree {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_fraction),
        Value::Object(members) => members.values().any(has_fraction),
        Value::Null | Value::Bool(_) | Value::String(_) => false,
    }
}

fn drop_nulls(tree: &mut Value) {
    match tree {
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_are_sorted_and_nulls_are_absent() {
        // Fails when a dependency switches serde_json to insertion order, which would change every hash.
        let text = to_canonical(&json!({"b": 1, "a": {"d": null, "c": [2, "é"]}})).unwrap();
        assert_eq!(text, r#"{"a":{"c":[2,"é"]},"b":1}"#);
    }

    #[test]
    fn fractions_are_refused() {
        assert!(to_canonical(&json!({"a": 0.5})).is_err());
    }

    #[test]
    fn a_hash_survives_its_text_form() {
        let hash = Hash::of(&[b"abc"]);
        assert_eq!(hash.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert!("ba78".parse::<Hash>().is_err());
    }
}
