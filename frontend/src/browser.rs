//! What the pages need of the browser. The only place with `web_sys` besides the replica and event handlers.

pub mod address;
pub mod clock;
pub mod crash;
pub mod focus;
pub mod intl;
pub mod kept;
pub mod keyboard;
pub mod media;
pub mod page;
pub mod platform;
pub mod service_worker;
pub mod slices;
