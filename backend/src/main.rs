//! The program `slipway`: reads the command line and does what it says.

use std::process::ExitCode;

use clap::Parser;
use slipway_backend::cli::Cli;

fn main() -> ExitCode {
    match Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failed) => failed.report(),
    }
}
