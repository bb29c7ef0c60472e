//! The harness of the whole-system tests: the real server as a process, replicas over HTTP, real browsers.
//!
//! A test reads like a story: [`server::TestServer`] starts, dies and comes back; [`replica::TestReplica`] is what a
//! browser tab is, without the browser; [`api::Api`] says single requests; [`browser::Browser`] drives an engine.
//! Whoever asks is the owner, by [`credentials`], unless a test says otherwise. Nothing here sleeps and hopes: [`wait::until`] asks again until a condition holds, and fails with its name when it
//! does not in time.
#![expect(clippy::unwrap_used, reason = "a failed setup should fail the test")]

pub mod process;
pub mod random;
pub mod server;
pub mod wait;

pub mod api;
pub mod commands;
pub mod credentials;
pub mod crowd;
pub mod faults;
pub mod http;
pub mod pusher;
pub mod replica;
pub mod second_factor;
pub mod stream;
pub mod verify;

pub mod browser;
pub mod keyboard;
pub mod page;
pub mod proxy;
pub mod static_files;
