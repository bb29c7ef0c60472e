//! The Slipway server: orders commands, keeps the log, streams it, serves the app, talks to the outside.
//!
//! Start reading at [`router`], then `routes/push.rs`, [`writer`] and [`store`].

#![warn(unreachable_pub)]

mod access;
pub mod accounts;
pub mod app;
mod arrival;
mod audit;
mod backup;
mod civil;
pub mod cli;
pub mod clock;
pub mod data_dir;
mod demo;
mod details;
pub mod error;
pub mod facing;
mod git_tags;
mod history;
mod housekeeping;
mod live;
mod middleware;
mod new_workspace;
pub mod open;
mod openapi;
mod output;
mod presence;
mod redaction;
mod restore;
pub mod router;
mod routes;
pub mod serve;
pub mod store;
mod swap;
pub mod tls;
mod trail;
mod transfer;
pub mod writer;

pub use app::App;
pub use clock::Clock;
pub use facing::Facing;
pub use open::{Beginning, OpenError, Opened, open};
pub use router::build_router;
pub use serve::{Door, serve};
