//! Pictures of every page and state, or of those named, in both languages and themes at three sizes: `target/shots/`.
//!
//! Usage: `shots [ROUTE…]`, where a route is an address such as `/settings` or the name of a state such as `sync`.
//! The theme is the system's, as the app follows it by default, so both pictures show the very same moment.
#![expect(clippy::unwrap_used, reason = "a picture that can't be taken should end the run")]
#![expect(clippy::print_stdout, reason = "the list of pictures is the result")]

mod camera;
mod language;
mod state;
mod states;
mod steps;
mod visit;

use std::time::Instant;

use camera::Camera;
use language::Language;
use slipway_tests::server::repository;

fn main() {
    let start = Instant::now();
    let folder = repository().join("target/shots");
    std::fs::create_dir_all(&folder).unwrap();
    let wanted: Vec<_> = std::env::args().skip(1).collect();
    let taken: usize = Language::ALL.into_iter().map(|language| pictures(language, &wanted)).sum();
    println!("{taken} pictures in {} s: {}", start.elapsed().as_secs(), folder.display());
}

/// Takes the pictures of one language, and returns how many they are.
fn pictures(language: Language, wanted: &[String]) -> usize {
    let mut camera = Camera::open(language, wanted);
    camera.visit_demo();
    camera.visit_empty();
    camera.taken()
}
