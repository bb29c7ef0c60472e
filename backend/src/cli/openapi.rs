//! `slipway openapi`: the description of the API, as `/api/openapi.json` has it.

use crate::{openapi, output};

/// Prints the description.
pub(super) fn run() {
    output::result(openapi::text().trim_end());
}
