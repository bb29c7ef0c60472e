//! Puts the built app into the binary. Without one the server still builds, and says how to get it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use sha2::{Digest, Sha256};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-env-changed=SLIPWAY_APP_DIR");
    let given = env::var_os("SLIPWAY_APP_DIR").map(PathBuf::from);
    let app = given.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../frontend/dist"));
    // Also when it is missing: cargo then looks again each time.
    println!("cargo::rerun-if-changed={}", app.display());
    let mut files = Vec::new();
    if app.join("index.html").is_file() {
        list(&app.canonicalize()?, &mut files)?;
    }
    files.sort_by_key(|file| file.to_string_lossy().into_owned());
    let root = if files.is_empty() { app } else { app.canonicalize()? };
    let mut source = String::from("static ASSETS: &[Asset] = &[\n");
    for file in files.iter().filter(|file| !is_compressed(file)) {
        write_asset(&mut source, &root, file)?;
    }
    source.push_str("];\n");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&out).join("assets.rs"), source)
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn is_compressed(file: &Path) -> bool {
    file.extension().is_some_and(|extension| extension == "br" || extension == "gz")
}

fn write_asset(source: &mut String, root: &Path, file: &Path) -> io::Result<()> {
    let relative = file.strip_prefix(root).map_err(io::Error::other)?;
    let path = format!("/{}", relative.to_string_lossy().replace('\\', "/"));
    let hash = Sha256::digest(fs::read(file)?);
    let hash = hash.iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    let sibling = |extension: &str| {
        let sibling = PathBuf::from(format!("{}.{extension}", file.display()));
        if sibling.is_file() { format!("Some(include_bytes!({sibling:?}))") } else { "None".to_owned() }
    };
    let (brotli, gzip) = (sibling("br"), sibling("gz"));
    writeln!(
        source,
        "    Asset {{ path: {path:?}, hash: {hash:?}, bytes: include_bytes!({file:?}), brotli: {brotli}, gzip: {gzip} }},",
    )
    .map_err(io::Error::other)
}
