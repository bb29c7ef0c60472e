//! The domain of Slipway: what can happen, whether it may, and what it changes; and how replicas agree.
//!
//! Three rules hold here. Nothing does I/O, reads a clock or makes an id: time and ids come in as arguments.
//! [`decide::decide`] is the only place a rule lives. [`workspace::Workspace::apply`] is total and deterministic,
//! the same bytes in WebAssembly and natively.
//!
//! Start reading at [`workspace`], then [`command`], [`event`], [`capability`] and [`decide`]; then [`log`] and [`sync`].

#![warn(missing_docs, unreachable_pub, clippy::wildcard_enum_match_arm, clippy::indexing_slicing)]

pub mod attention;
pub mod attestation;
pub mod canonical;
pub mod ids;
pub mod json;
pub mod order;
pub mod origin;
pub mod rank;
pub mod template;
pub mod text;
pub mod time;
pub mod version;
pub mod zone;

pub mod check;
pub mod column;
pub mod deployment;
pub mod document;
pub mod environment;
pub mod freeze;
pub mod label;
pub mod member;
pub mod policy;
pub mod rollout;
pub mod service;
pub mod stage;
pub mod view;
pub mod workspace;

pub mod capability;
pub mod command;
pub mod context;
pub mod decide;
pub mod event;
pub mod rejection;

pub mod account;
pub mod audit;
pub mod log;
pub mod redaction;
pub mod resource;
pub mod sync;
