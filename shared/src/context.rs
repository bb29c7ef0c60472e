//! Everything a decision depends on besides the workspace: who, when, and what they had seen.

use crate::ids::{CommandKey, DeviceId, MemberId};
use crate::origin::{Origin, Seen};
use crate::time::Timestamp;

/// The circumstances of one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The name of the command.
    pub command: CommandKey,
    /// Who acts.
    pub actor: MemberId,
    /// On which device, where it is known.
    pub device: Option<DeviceId>,
    /// Now: the server's time on the server, the time of submission in a prediction.
    pub now: Timestamp,
    /// When the command was made, by the server's clock.
    pub effective: Timestamp,
    /// What the clock of its author was corrected by, in milliseconds; 0 in a prediction.
    pub clock_error_ms: i64,
    /// What its author had seen.
    pub seen: Seen,
}

impl Context {
    /// Returns the origin that events of this command have as predictions.
    #[must_use]
    pub const fn predicted_origin(&self) -> Origin {
        Origin { seq: None, command: self.command, actor: self.actor, at: self.effective }
    }
}
