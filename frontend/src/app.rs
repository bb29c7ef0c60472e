//! The app: what everything shares, the address, and the frame around the pages.

pub mod actions;
pub mod new_workspace;
pub mod palette;
pub mod place;
pub mod query;
pub mod routes;
pub mod search;
pub mod shell;
pub mod shortcut_sheet;
pub mod switcher;

mod banners;
mod boot_screen;
mod dock;
mod rail;
mod top_line;
mod undo_question;
mod update_prompt;

use leptos::prelude::*;

use crate::accounts::provide_accounts;
use crate::acts::provide_acts;
use crate::browser::address::provide_address;
use crate::browser::clock::provide_now;
use crate::browser::platform;
use crate::pages::late::provide_late_pages;
use crate::pages::needs_you::provide_waiting;
use crate::replica::provide_replica;
use crate::settings::provide_settings;
use crate::toasts::provide_toasts;

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    platform::keep_focus();
    provide_settings();
    provide_address();
    provide_replica();
    provide_accounts();
    provide_now();
    provide_waiting();
    provide_late_pages();
    provide_toasts();
    provide_acts();
    actions::provide_actions();
    palette::provide_palette();
    view! { <shell::Shell /> }
}
