//! A service's history from a real repository: each matching tag a deployment to production, with its date and
//! the commits since the previous matching one.
//!
//! `git` reads the repository, `plan` says what is new, and whoever has a sink pushes that.

pub(crate) mod git;
pub(crate) mod history;
pub(crate) mod plan;

#[cfg(test)]
mod tests;
