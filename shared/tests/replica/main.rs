//! The replica and the leader's state machine, step by step: what each input does to a browser's copy.

mod admission;
mod client;
mod local;
mod log_growth;
mod older_server;
mod outcomes;
mod queues;
mod repair;
mod requests;
mod reset;
mod roles;
mod tabs;
mod texts;
mod world;

/// The attribute of every test: libtest's natively, and in WebAssembly the one that node runs.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use core::prelude::v1::test;
#[cfg(target_arch = "wasm32")]
pub(crate) use wasm_bindgen_test::wasm_bindgen_test as test;
