//! The figures, as a table and as JSON.

use std::path::Path;
use std::time::Duration;

use serde::Serialize;

/// One figure beside its baseline.
#[derive(Debug, Serialize)]
struct Figure {
    what: String,
    unit: &'static str,
    value: f64,
    baseline: String,
    baseline_value: f64,
    /// The value in relation to the baseline.
    ratio: f64,
    target: String,
    holds: bool,
}

/// All figures of a run.
#[derive(Debug, Default)]
pub struct Report(Vec<Figure>);

/// What a figure should be.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// At most so many times the baseline.
    AtMost(f64),
    /// At least so many times the baseline.
    AtLeast(f64),
    /// Nothing was promised.
    None,
}

impl Report {
    /// Adds a figure and prints its row.
    pub fn add(&mut self, what: &str, unit: &'static str, value: f64, baseline: (&str, f64), target: Target) {
        if self.0.is_empty() {
            println!("{:58} {:>12} {:>12} {:>7}  baseline, target", "figure", "value", "baseline", "ratio");
        }
        let (baseline, baseline_value) = baseline;
        let ratio = value / baseline_value;
        let (target, holds) = match target {
            Target::AtMost(most) => (format!("at most {most} ×"), ratio <= most),
            Target::AtLeast(least) => (format!("at least {least} ×"), ratio >= least),
            Target::None => (String::new(), true),
        };
        let mark = if holds { "" } else { "  MISSED" };
        println!(
            "{what:58} {value:>9.2} {unit:<3} {baseline_value:>8.2} {unit:<3} {ratio:>6.2}×  {baseline}; {target}{mark}"
        );
        let (what, baseline) = (what.to_owned(), baseline.to_owned());
        self.0.push(Figure { what, unit, value, baseline, baseline_value, ratio, target, holds });
    }

    /// Tells whether every figure is as it should be.
    pub fn holds(&self) -> bool {
        self.0.iter().all(|figure| figure.holds)
    }

    /// Writes the figures down.
    pub fn write(&self, path: &Path) {
        let machine = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
        let all = serde_json::json!({ "cores": machine, "figures": self.0 });
        std::fs::write(path, format!("{}\n", serde_json::to_string_pretty(&all).unwrap())).unwrap();
        println!("{}", path.display());
    }
}

/// Returns the middle one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Returns the one that `percent` of a hundred are not above.
pub fn percentile(mut values: Vec<f64>, percent: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let place = (values.len() * percent).div_ceil(100).saturating_sub(1);
    values.get(place).copied().unwrap_or(f64::NAN)
}

/// Returns a time in milliseconds.
pub fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
