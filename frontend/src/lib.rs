//! The Slipway app: pages and components over the replica of this browser.
//!
//! Pages read through selectors of [`replica`] and write through `submit`; they do no I/O. Everything else that
//! touches the browser is in [`browser`]. Start reading at [`app`].

#[macro_use]
pub mod language;
pub mod messages;

pub mod app;
pub mod replica;

pub mod browser;
pub mod components;
pub mod pages;

pub mod account_words;
pub mod accounts;
pub mod acts;
pub mod command_words;
pub mod event_words;
pub mod may;
pub mod palette;
pub mod rejection_words;
pub mod rules_words;
pub mod settings;
pub mod toasts;
#[cfg(test)]
mod trial;
