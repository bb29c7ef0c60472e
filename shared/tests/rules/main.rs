//! What may happen and what it changes: tables of deeds. Only `given` touches the API of the domain.

mod approvals;
mod attention;
mod attestations;
mod capabilities;
mod changes;
mod comments;
mod edits;
mod environment_checks;
mod gate;
mod given;
mod labels;
mod limits;
mod moving;
mod opening;
mod outline;
mod requests;
mod roles;
mod rollouts;
mod sealing;
mod stages;
mod templates;
mod then;
mod when;
mod workspace;

/// The attribute of every test: libtest's natively, and in WebAssembly the one that node runs.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use core::prelude::v1::test;
#[cfg(target_arch = "wasm32")]
pub(crate) use wasm_bindgen_test::wasm_bindgen_test as test;
