//! Counting: the result lines of every test binary, summed into the one line that ends a run.

use std::fmt;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Tally {
    /// What a test binary says at its end: `test result: ok. 3 passed; 0 failed; 1 ignored; ...`.
    /// Tests that a filter leaves out are not counted.
    pub(crate) fn of_line(line: &str) -> Option<Self> {
        let (_, counts) = line.strip_prefix("test result: ")?.split_once(". ")?;
        let count = |name: &str| {
            let mut parts = counts
                .split(';')
                .filter_map(|part| part.trim().split_once(' '));
            parts.find(|(_, label)| *label == name)?.0.parse().ok()
        };
        Some(Self {
            passed: count("passed")?,
            failed: count("failed")?,
            skipped: count("ignored")?,
        })
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    pub(crate) fn add_one(&mut self, passed: bool) {
        if passed {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
    }

    /// A run in which nothing ran proves nothing.
    pub(crate) fn is_green(self) -> bool {
        self.failed == 0 && self.passed > 0
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn the_result_line_of_a_test_binary_is_read() {
        let line = "test result: FAILED. 31 passed; 2 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.51s";
        assert_eq!(
            Tally::of_line(line),
            Some(Tally {
                passed: 31,
                failed: 2,
                skipped: 1
            })
        );
    }

    #[test]
    fn any_other_line_counts_nothing() {
        assert_eq!(Tally::of_line("test a_result_is_read ... ok"), None);
        assert_eq!(
            Tally::of_line("test result: what passed; 0 failed; 0 ignored"),
            None
        );
        assert_eq!(Tally::of_line("running 3 tests"), None);
    }

    #[test]
    fn a_run_is_green_only_if_something_passed_and_nothing_failed() {
        let mut tally = Tally::default();
        assert!(!tally.is_green());
        tally.add_one(true);
        assert!(tally.is_green());
        tally.add(Tally {
            passed: 2,
            failed: 1,
            skipped: 1,
        });
        assert!(!tally.is_green());
        assert_eq!(tally.to_string(), "3 passed, 1 failed, 1 skipped");
    }
}
