//! What goes over the wire until the board is usable, in brotli, against the budget.

use std::path::{Path, PathBuf};

use slipway_tests::server::repository;

use crate::report::{Report, Target};

const BUDGET_KB: f64 = 480.0;
const BUDGET_WASM_KB: f64 = 360.0;

/// Measures the built app.
pub fn measure(report: &mut Report) {
    let dist = repository().join("frontend/dist");
    let mut files = Vec::new();
    list(&dist, &mut files);
    assert!(
        files.iter().any(|file| is_a(file, "wasm.br")),
        "frontend/dist is no release build: script/build-app"
    );
    let page = std::fs::read_to_string(dist.join("index.html")).unwrap();
    let sum = |wanted: &dyn Fn(&Path) -> bool| {
        files.iter().filter(|file| wanted(file)).map(|file| sent(file)).sum()
    };
    let wasm: f64 = sum(&|file| is_a(file, "wasm"));
    let styles: f64 = sum(&|file| is_a(file, "css"));
    // The worker comes after the first paint, the second font when something needs it.
    let scripts: f64 = sum(&|file| is_a(file, "js") && !file.ends_with("sw.js"));
    let fonts: f64 = sum(&|file| is_a(file, "woff2") && page.contains(&name(file)));
    let rest: f64 = sum(&|file| ["index.html", "icons.svg"].contains(&name(file).as_str()));
    let budget = ("budget", BUDGET_KB);
    report.add(
        "first load: all until the board is usable",
        "kB",
        wasm + styles + scripts + fonts + rest,
        budget,
        Target::AtMost(1.0),
    );
    report.add("first load: wasm", "kB", wasm, ("budget", BUDGET_WASM_KB), Target::AtMost(1.0));
    for (what, value) in
        [("scripts", scripts), ("styles", styles), ("fonts", fonts), ("page and icons", rest)]
    {
        report.add(&format!("first load: {what}"), "kB", value, budget, Target::None);
    }
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(&path, files);
        } else {
            files.push(path);
        }
    }
}

fn name(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn is_a(file: &Path, ending: &str) -> bool {
    name(file).ends_with(&format!(".{ending}"))
}

/// Returns how many kilobytes of a file are sent: those of its brotli sibling where there is one.
fn sent(file: &Path) -> f64 {
    let compressed = PathBuf::from(format!("{}.br", file.display()));
    let bytes = std::fs::metadata(compressed).or_else(|_| std::fs::metadata(file)).unwrap().len();
    f64::from(u32::try_from(bytes).unwrap()) / 1000.0
}
