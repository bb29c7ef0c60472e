//! Every figure beside its baseline of the same run: a table, and `target/bench.json`.
//!
//! Usage: `bench [sizes|writer|authorized|domain|idle_streams|sign_in|big_log|start|click|palette|frames|page_memory|drain|bootstrap|visible]…`;
//! all of them without arguments. Ends with 1 when a target was missed.
#![expect(clippy::unwrap_used, reason = "a benchmark that can't be run should end the run")]
#![expect(clippy::print_stdout, reason = "the table is the result")]

mod authorized;
mod big_log;
mod bootstrap;
mod click;
mod domain;
mod drain;
mod frames;
mod idle_streams;
mod page_memory;
mod palette;
mod report;
mod sign_in;
mod sizes;
mod start;
mod static_files;
mod visible;
mod world;
mod writer;

use std::process::ExitCode;

use report::Report;

/// A part's name, and what measures it.
type Part = (&'static str, fn(&mut Report));

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let parts: [Part; 15] = [
        ("sizes", sizes::measure),
        ("writer", writer::measure),
        ("authorized", authorized::measure),
        ("domain", domain::measure),
        ("idle_streams", idle_streams::measure),
        ("sign_in", sign_in::measure),
        ("big_log", big_log::measure),
        ("start", start::measure),
        ("click", click::measure),
        ("palette", palette::measure),
        ("frames", frames::measure),
        ("page_memory", page_memory::measure),
        ("drain", drain::measure),
        ("bootstrap", bootstrap::measure),
        ("visible", visible::measure),
    ];
    let mut report = Report::default();
    for (name, measure) in parts {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            measure(&mut report);
        }
    }
    report.write(&slipway_tests::server::repository().join("target/bench.json"));
    if report.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
