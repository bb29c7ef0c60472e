//! Who asks: from a request to the account, the member and what they may do. Every route of a workspace takes its
//! caller from here, and from nowhere else.

pub(crate) mod caller;
pub(crate) mod cookie;
pub(crate) mod demo;
pub(crate) mod endings;
pub(crate) mod failures;
pub(crate) mod guesses;
pub(crate) mod let_in;
pub(crate) mod peer;
pub(crate) mod places;
pub(crate) mod recent;
pub(crate) mod sessions;
pub(crate) mod setup;
pub(crate) mod shares;
pub(crate) mod welcome;

pub(crate) use caller::{Caller, InWorkspace, SignedIn, Uncounted};
pub(crate) use endings::Endings;
pub(crate) use failures::Failures;
pub(crate) use let_in::LetIn;
pub(crate) use peer::Peer;
pub(crate) use places::Places;
