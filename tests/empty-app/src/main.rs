//! A Leptos app with nothing in it but a word that tells that it is there.

use leptos::prelude::*;

fn main() {
    mount_to_body(|| view! { <p data-testid="ready">"Ready"</p> });
}
