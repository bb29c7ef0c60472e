//! What the command line says: results on standard output, everything else on standard error.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "this is the place that prints")]

use std::io::{IsTerminal, Write};

/// Prints a result.
pub(crate) fn result(text: &str) {
    println!("{text}");
}

/// Tells the person at the terminal something.
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// Shows how far something is: a bar on a terminal, a line each tenth elsewhere.
pub(crate) struct Progress {
    what: &'static str,
    all: usize,
    shown: usize,
    is_terminal: bool,
}

impl Progress {
    pub(crate) fn new(what: &'static str, all: usize) -> Self {
        Self { what, all, shown: 0, is_terminal: std::io::stderr().is_terminal() }
    }

    pub(crate) fn show(&mut self, done: usize) {
        if self.all == 0 {
            return;
        }
        let tenths = (done * 10).checked_div(self.all).unwrap_or(10);
        if self.is_terminal {
            let (full, empty) = ("█".repeat(tenths * 2), "░".repeat(20 - tenths.min(10) * 2));
            eprint!("\r{} {full}{empty} {done} of {}", self.what, self.all);
            if done == self.all {
                eprintln!();
            }
            // A bar that is not drawn at once is only late.
            let _ = std::io::stderr().flush();
        } else if tenths > self.shown {
            eprintln!("{}: {done} of {}", self.what, self.all);
        }
        self.shown = tenths;
    }
}
