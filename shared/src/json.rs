//! Reading and writing JSON, each in one way only: code to read and write a type is the largest thing in the app, so
//! there is one copy of it for each type.

mod maps;

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
    let mut from = serde_json::Deserializer::from_str(text);
    let value = T::deserialize(maps::MapsOnly(&mut from))?;
    from.end()?;
    Ok(value)
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Place {
        x: i64,
        #[serde(default)]
        name: Option<String>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Step {
        Stay,
        Go(Place),
        Between(u8, u8),
        Look { at: Vec<Place>, then: Option<Box<Self>> },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(transparent)]
    struct Named(BTreeMap<String, Place>);

    fn place(x: i64) -> Place {
        Place { x, name: Some("quay".to_owned()) }
    }

    #[track_caller]
    fn check<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
        let text = write(value);
        assert_eq!(&read::<T>(&text).unwrap(), value, "{text}");
        assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value, "{text}");
    }

    #[test]
    fn whatever_is_written_is_read() {
        check(&place(-3));
        check(&Step::Stay);
        check(&Step::Go(place(1)));
        check(&Step::Between(1, 2));
        check(&Step::Look { at: vec![place(1), place(2)], then: Some(Box::new(Step::Go(place(3)))) });
        check(&Named(BTreeMap::from([("a".to_owned(), place(4))])));
        check(&(1_u8, Some(place(5)), None::<Place>));
        let kept = read::<Json>(r#" {"b": [1,  2]} "#).unwrap();
        assert_eq!(kept.text(), r#"{"b": [1,  2]}"#);
        assert_eq!(read::<serde_json::Value>("[1, {}]").unwrap(), serde_json::json!([1, {}]));
    }

    #[test]
    fn a_structure_is_no_list() {
        for text in [r#"[1,"quay"]"#, "1", "null", "\"quay\""] {
            assert!(read::<Place>(text).is_err(), "{text}");
        }
        for text in [r#"{"look":[[],null]}"#, r#"{"go":[1]}"#, r#""go""#, r#"{"stay":1}"#, "{}"] {
            assert!(read::<Step>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let refused = read::<Place>(r#"{"x":1,"y":2}"#).unwrap_err();
        assert_eq!((refused.line(), refused.column()), (1, 10), "{refused}");
        assert!(read::<Place>(r#"{"x":1} more"#).unwrap_err().is_syntax());
    }
}
