//! Starts the app in the page.

use leptos::prelude::*;
use slipway_frontend::app::App;
use slipway_frontend::browser::{crash, page};
use slipway_frontend::language;

fn main() {
    language::speak(page::language());
    crash::install();
    // Without the element there is no page to start in, and nothing to show a person.
    if let Some(root) = page::take_root() {
        mount_to(root, App).forget();
    }
}
