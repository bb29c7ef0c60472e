//! A snapshot in the rows it is stored in.

use wasm_bindgen::JsValue;

/// How many lines of a snapshot share a row: fewer rows read quicker, smaller ones write in shorter slices.
const LINES_PER_ROW: usize = 500;

/// Takes the lines of a snapshot. Rows that are full are the browser's: memory of the app never shrinks again.
#[derive(Default)]
pub(in crate::replica) struct SnapshotRows {
    full: Vec<JsValue>,
    row: String,
    lines: usize,
}

impl SnapshotRows {
    /// Adds a line; empty ones are left out.
    pub(in crate::replica) fn push(&mut self, line: &str) {
        if line.is_empty() {
            return;
        }
        if !self.row.is_empty() {
            self.row.push('\n');
        }
        self.row.push_str(line);
        self.lines += 1;
        if self.lines == LINES_PER_ROW {
            self.close_row();
        }
    }

    /// Returns the rows, in order.
    pub(super) fn finish(mut self) -> Vec<JsValue> {
        if !self.row.is_empty() {
            self.close_row();
        }
        self.full
    }

    fn close_row(&mut self) {
        self.full.push(self.row.as_str().into());
        self.row.clear();
        self.lines = 0;
    }
}
