//! What a bench says: a table with the goals for people, and at the end its figures as one line of
//! JSON. It must not know what is measured.

use std::fmt::Write;

/// A part of a bench, by the name that chooses it.
pub type Section = (&'static str, fn(&mut Report));

#[derive(Debug, Default)]
pub struct Report {
    figures: Vec<(&'static str, f64)>,
}

/// Runs the sections that this program's arguments name, or all of them.
pub fn run(sections: &[Section]) {
    let chosen: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let names: Vec<&str> = sections.iter().map(|(name, _)| *name).collect();
    for word in &chosen {
        assert!(
            names.contains(&word.as_str()),
            "there is no section {word}; there are: {}",
            names.join(", ")
        );
    }
    let mut report = Report::default();
    for (name, run) in sections {
        if chosen.is_empty() || chosen.iter().any(|word| word == name) {
            println!("\n{name}  (load of the machine {})", load());
            run(&mut report);
        }
    }
    report.end();
}

impl Report {
    pub fn say(&self, words: &str) {
        for line in words.lines() {
            println!("  {line}");
        }
    }

    pub fn row(&self, name: &str, value: f64, unit: &str, note: &str) {
        println!("  {name:<56} {value:>10.2} {unit:<6} {note}");
    }

    /// A figure that should be at most so much.
    pub fn figure(&mut self, key: &'static str, name: &str, value: f64, unit: &str, goal: f64) {
        self.judge(key, name, value, unit, value <= goal, &format!("<= {goal}"));
    }

    /// The same for people only, not for the last line.
    pub fn goal(&self, name: &str, value: f64, unit: &str, goal: f64) {
        let verdict = if value <= goal { "" } else { "  MISSED" };
        self.row(name, value, unit, &format!("<= {goal}{verdict}"));
    }

    /// A figure for the last line that is nobody's goal.
    pub fn keep(&mut self, key: &'static str, value: f64) {
        self.figures.push((key, value));
    }

    /// A figure that should be at least so much.
    pub fn feat(&mut self, key: &'static str, name: &str, value: f64, unit: &str, goal: f64) {
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
    pub fn end(self) {
        let mut line = String::new();
        for (key, value) in self.figures {
            let comma = if line.is_empty() { "" } else { "," };
            let value = if value.fract() == 0.0 {
                format!("{value:.0}")
            } else if value.is_finite() {
                format!("{value:.3}")
            } else {
                "null".to_owned()
            };
            write!(line, "{comma}\"{key}\":{value}").expect("a string takes everything");
        }
        println!("\n{{{line}}}");
    }
}

/// How many programs want to run, on average over the last minute.
fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}

/// The value below which such a part of all lies.
pub fn at(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a part of the length"
    )]
    let place = (last as f64 * part).round() as usize;
    values.get(place).copied().unwrap_or(f64::NAN)
}
