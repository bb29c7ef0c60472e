//! The app in real browsers, against the real server.
#![expect(clippy::unwrap_used, reason = "a failed setup should fail the test")]

mod audit;
mod bad_days;
mod board;
mod chromium;
mod clocks;
mod decisions;
mod durability;
mod everyday;
mod first_visit;
mod framed;
mod frozen_leader;
mod many_tabs;
mod odd_days;
mod offline_pair;
mod older_replica;
mod palette;
mod people;
mod people_accounts;
mod people_story;
mod presence;
mod requested;
mod restored_server;
mod saving;
mod sealing;
mod storage;
mod story;
mod tabs;
mod versions;
mod without_server;
mod workspaces;
