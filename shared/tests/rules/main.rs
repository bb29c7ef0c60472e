//! What may happen and what it changes: tables of deeds. Only `given` touches the API of the domain.

mod approvals;
mod archiving;
mod assigning;
mod attention;
mod attestations;
mod capabilities;
mod changes;
mod comments;
mod concluding;
mod edits;
mod environment_checks;
mod gate;
mod gate_cases;
mod given;
mod history;
mod labels;
mod limits;
mod moving;
mod one_rollout;
mod opening;
mod outline;
mod overrides;
mod policies;
mod requests;
mod retracting;
mod rewriting;
mod roles;
mod rollouts;
mod sealing;
mod stages;
mod structure;
mod templates;
mod testing;
mod then;
mod views;
mod when;
mod workspace;

/// The attribute of every test: libtest's natively, and in WebAssembly the one that node runs.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use core::prelude::v1::test;
#[cfg(target_arch = "wasm32")]
pub(crate) use wasm_bindgen_test::wasm_bindgen_test as test;
