//! What pages are made of: one presentational component a file. None of them asks for a command to be done,
//! except the parts of the frame that are about the replica itself.

pub mod avatar;
pub mod choice;
pub mod confirmation;
pub mod dialog;
pub mod empty_state;
pub mod environment_letters;
pub mod form;
pub mod icon;
pub mod live;
pub mod markdown;
pub mod menu;
pub mod notice;
pub mod onlookers;
pub mod panel;
pub mod pill;
pub mod relative_time;
pub mod rows;
pub mod skeleton;
pub mod swatch;
pub mod sync_details;
pub mod sync_indicator;
pub mod toast;
pub mod track;
