//! `Idempotency-Key`: what a caller calls a request, so that sending it again does nothing twice.

use axum::http::HeaderMap;

use crate::error::Failure;

const NAME: &str = "idempotency-key";
/// The most bytes of a key.
const MOST: usize = 200;

/// How it is described.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "its fields are read by the description alone")]
pub(crate) struct KeyHeader {
    /// What the caller calls this request, 1 to 200 visible characters. The same request sent again with the same key
    /// within 7 days does nothing twice, and is answered as the first one was.
    #[param(rename = "Idempotency-Key", value_type = String, required = false, pattern = "^[!-~]{1,200}$")]
    key: Option<String>,
}

/// Reads the key of a request.
pub(super) fn read(headers: &HeaderMap) -> Result<Option<String>, Failure> {
    let mut given = headers.get_all(NAME).iter();
    let Some(first) = given.next() else { return Ok(None) };
    let key = first.to_str().ok().filter(|key| {
        given.next().is_none()
            && (1..=MOST).contains(&key.len())
            && key.bytes().all(|byte| byte.is_ascii_graphic())
    });
    let malformed = || {
        Failure::malformed(format!(
            "an Idempotency-Key is one text of 1 to {MOST} visible characters; nothing was changed"
        ))
    };
    key.map(|key| Some(key.to_owned())).ok_or_else(malformed)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_key_is_one_short_visible_text() {
        let long = "k".repeat(MOST);
        let longer = "k".repeat(MOST + 1);
        for (texts, expected) in [
            (&[][..], Some(None)),
            (&["build-7/eu"], Some(Some("build-7/eu"))),
            (&[&long], Some(Some(long.as_str()))),
            (&[&longer], None),
            (&[""], None),
            (&["a b"], None),
            (&["é"], None),
            (&["a", "a"], None),
        ] {
            let mut headers = HeaderMap::new();
            for text in texts {
                headers.append(NAME, HeaderValue::from_bytes(text.as_bytes()).unwrap());
            }
            let read = read(&headers);
            assert_eq!(read.ok(), expected.map(|key| key.map(str::to_owned)), "{texts:?}");
        }
    }
}
