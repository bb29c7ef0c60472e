//! The pages. Each reads the replica through memos and asks for commands through [`crate::acts`].

pub mod board;
pub mod deployment;
pub mod deployments;
pub mod late;
pub mod needs_you;
pub mod new_deployment;
pub mod nowhere;
pub mod outside;
pub mod palette;
pub mod settings;
pub mod sync;

mod ages;
mod rollout_dialog;
mod rollout_steps;
