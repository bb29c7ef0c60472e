//! Makes the app's messages from `locales/*.ftl`, and fails the build where the languages don't agree.

use std::path::Path;
use std::{env, fs, io};

#[path = "build/messages.rs"]
mod messages;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=locales");
    if env::var_os("CARGO_CFG_TARGET_FAMILY").is_some_and(|family| family == "wasm") {
        // `script/lib/trunk/wasm-bindgen` cuts the app in two by them, and throws them away.
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
    let mut sources = Vec::new();
    for language in &messages::LANGUAGES {
        let file = format!("locales/{}.ftl", language.tag);
        let source = fs::read_to_string(&file)
            .map_err(|error| io::Error::new(error.kind(), format!("frontend/{file}: {error}")))?;
        sources.push(source);
    }
    match messages::compile(&sources) {
        Ok(code) => {
            let directory = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
            fs::write(Path::new(&directory).join("messages.rs"), code)
        }
        Err(problems) => {
            for problem in problems {
                println!("cargo::error={problem}");
            }
            Ok(())
        }
    }
}
