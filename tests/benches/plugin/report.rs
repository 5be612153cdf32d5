//! The table with the goals, and the line of figures at the end.

use std::fmt::Write;

#[derive(Default)]
pub(crate) struct Report {
    figures: Vec<(&'static str, f64)>,
}

impl Report {
    /// A heading that says how busy the machine is otherwise.
    pub(crate) fn begin(&self, section: &str) {
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').next().unwrap_or_default();
        println!("\n{section}  (load of the machine {load})");
    }

    pub(crate) fn row(&self, name: &str, value: f64, unit: &str, note: &str) {
        println!("  {name:<56} {value:>9.2} {unit:<4} {note}");
    }

    /// A figure that should be at most so much.
    pub(crate) fn figure(
        &mut self,
        key: &'static str,
        name: &str,
        value: f64,
        unit: &str,
        goal: f64,
    ) {
        let verdict = if value <= goal { "" } else { "  MISSED" };
        self.row(name, value, unit, &format!("<= {goal}{verdict}"));
        self.figures.push((key, value));
    }

    /// The last line: one JSON object.
    pub(crate) fn end(self) {
        let mut line = String::new();
        for (key, value) in self.figures {
            let comma = if line.is_empty() { "" } else { "," };
            let value = if value.is_finite() {
                format!("{value:.3}")
            } else {
                "null".to_owned()
            };
            write!(line, "{comma}\"{key}\":{value}").expect("a string takes everything");
        }
        println!("\n{{{line}}}");
    }
}

/// The value below which such a part of all lies.
pub(crate) fn at(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of the length"
    )]
    let place = (last as f64 * part).round() as usize;
    values.get(place).copied().unwrap_or(f64::NAN)
}
