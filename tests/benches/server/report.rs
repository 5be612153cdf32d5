//! The table with the goals, and the line of figures at the end.

use crate::process;
use std::fmt::Write;

#[derive(Default)]
pub(crate) struct Report {
    figures: Vec<(&'static str, f64)>,
}

impl Report {
    /// A heading that says how busy the machine is otherwise.
    pub(crate) fn begin(&self, section: &str) {
        println!("\n{section}  (load of the machine {})", process::load());
    }

    pub(crate) fn say(&self, words: &str) {
        for line in words.lines() {
            println!("  {line}");
        }
    }

    pub(crate) fn row(&self, name: &str, value: f64, unit: &str, note: &str) {
        println!("  {name:<52} {value:>10.2} {unit:<6} {note}");
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
        self.judge(key, name, value, unit, value <= goal, &format!("<= {goal}"));
    }

    /// A figure that should be at least so much.
    pub(crate) fn feat(
        &mut self,
        key: &'static str,
        name: &str,
        value: f64,
        unit: &str,
        goal: f64,
    ) {
        self.judge(key, name, value, unit, value >= goal, &format!(">= {goal}"));
    }

    fn judge(
        &mut self,
        key: &'static str,
        name: &str,
        value: f64,
        unit: &str,
        met: bool,
        goal: &str,
    ) {
        let verdict = if met { "" } else { "  MISSED" };
        self.row(name, value, unit, &format!("{goal}{verdict}"));
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
