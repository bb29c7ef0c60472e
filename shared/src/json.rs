//! Reading and writing JSON, each in one way only: code to read and write a type is the largest thing in the app, so
//! there is one copy of it for each type.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::canonical::{Hash, to_canonical};

/// Reads a value.
///
/// # Errors
///
/// When the text is no JSON, or not of this type.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text)
}

/// Writes a value, in its canonical form.
///
/// No type of this crate can fail here: their maps have text keys and their numbers are integers.
#[must_use]
pub fn write<T: Serialize>(value: &T) -> String {
    to_canonical(value).unwrap_or_default()
}

/// A JSON text that is passed on as it is, byte for byte, and read only by who knows its type.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json(Box<RawValue>);

impl Json {
    /// Writes a value, in its canonical form.
    #[must_use]
    pub fn of<T: Serialize>(value: &T) -> Self {
        let text = write(value);
        Self(RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned()))
    }

    /// Returns the text.
    #[must_use]
    pub fn text(&self) -> &str {
        self.0.get()
    }

    /// Returns the hash of the text.
    #[must_use]
    pub fn hash(&self) -> Hash {
        Hash::of(&[self.text().as_bytes()])
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Json {}
