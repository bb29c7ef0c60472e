//! A workspace for people with curl, and for programs: what there is, and what can be done. See `docs/api.md`.
//!
//! Reading takes the newest committed state apart; writing gives the same commands as the app does.

pub(crate) mod board;
pub(crate) mod checks;
pub(crate) mod deployment;
pub(crate) mod deployments;
mod here;
mod key;
pub(crate) mod places;
pub(crate) mod rollouts;
mod writing;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use slipway_shared::resource::page::{List, PAGE, PAGE_MOST, Part};

use crate::error::Failure;

pub(crate) use here::Here;
pub(crate) use key::KeyHeader;
pub(crate) use writing::Writing;

/// Returns which part of a list is asked for.
fn part(list: List, limit: Option<usize>, cursor: Option<&str>) -> Result<Part, Failure> {
    let limit = limit.unwrap_or(PAGE);
    if !(1..=PAGE_MOST).contains(&limit) {
        return Err(Failure::malformed(format!("limit is 1 to {PAGE_MOST}; {limit} was given")));
    }
    let after = cursor.map(|text| list.read_cursor(text)).transpose();
    let after =
        after.map_err(|error| Failure::malformed(format!("{error}; give `next` of the page before")))?;
    Ok(Part { list, after, limit })
}

/// Answers with something that was made, and where it is.
fn made(place: String, body: impl IntoResponse) -> Response {
    (StatusCode::CREATED, [(header::LOCATION, place)], body).into_response()
}
