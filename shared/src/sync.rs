//! How replicas and the server agree: the protocol, and the two state machines, without I/O.

pub mod admission;
pub mod backoff;
pub mod client;
pub mod envelope;
pub mod export;
pub mod greeting;
pub mod group;
pub mod local;
pub mod presence;
pub mod protocol;
pub mod queues;
pub mod repair;
pub mod replica;
pub mod snapshot;
pub mod tabs;
