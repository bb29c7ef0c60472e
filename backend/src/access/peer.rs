//! Where a request comes from, as far as it may be believed.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::facing::{ClientAddress, Facing};

/// The other end, behind trusted proxies where there are some.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Peer {
    /// Its address.
    pub(crate) address: IpAddr,
    /// Whether browsers reach the server by `https` alone.
    pub(crate) is_secure: bool,
}

impl Peer {
    /// Reads what `middleware/origin.rs` has found; a request that did not pass there is trusted with nothing.
    pub(crate) fn of(parts: &Parts) -> Self {
        let client = parts.extensions.get::<ClientAddress>();
        let facing = parts.extensions.get::<Arc<Facing>>();
        Self {
            address: client.map_or(Ipv4Addr::UNSPECIFIED.into(), |client| client.0),
            is_secure: facing.is_some_and(|facing| facing.is_secure()),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self::of(parts))
    }
}
