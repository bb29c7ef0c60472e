//! The whole system: the real server as a process, replicas and raw requests against it, good days and bad ones.
#![expect(clippy::unwrap_used, reason = "a failed setup should fail the test")]
#![expect(clippy::print_stderr, reason = "what was counted belongs into the report")]

mod access;
mod altered_log;
mod attacks;
mod backup;
mod bit_rot;
mod convergence;
mod crowds;
mod cut_off;
mod demo;
mod dependencies;
mod described;
mod failure_cases;
mod far_behind;
mod faults;
mod full_disk;
mod git_tags;
mod killed;
mod older_replica;
mod presence;
mod push;
mod pushers;
mod racing_pushes;
mod requests;
mod requests_and_approvals;
mod resources;
mod restore_drill;
mod roles;
mod scheduled_backups;
mod startup;
mod stream;
mod syscalls;
mod transfer;
mod wire;
mod workspaces;
