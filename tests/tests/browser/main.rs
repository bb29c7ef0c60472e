//! The app in real browsers, against the real server.
#![expect(clippy::unwrap_used, reason = "a failed setup should fail the test")]

mod bad_days;
mod board;
mod chromium;
mod durability;
mod everyday;
mod frozen_leader;
mod odd_days;
mod older_replica;
mod requested;
mod sealing;
mod storage;
mod story;
mod tabs;
