//! Finding things by words, as the palette does: instant, offline, over everything this browser holds. Plain Rust; what
//! it looks like is in `app/palette.rs` and `pages/palette.rs`.

pub mod fold;
pub mod found;
pub mod index;
pub mod recent;
pub mod score;

pub use found::{Found, Kind};
pub use index::Index;
