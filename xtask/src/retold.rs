//! What failed tests said, told once more at the end: a run prints thousands of lines, and other tests
//! follow.

use std::fmt;

#[derive(Debug, Default)]
pub(crate) struct Retold {
    lines: Vec<String>,
    is_within: bool,
}

/// More than these nobody reads at the end of a run.
const MOST: usize = 300;

impl Retold {
    /// A test binary says `failures:`, what each of them printed, `failures:` again, and their names.
    pub(crate) fn hear(&mut self, line: &str) {
        if line == "failures:" {
            self.is_within = !self.is_within;
        } else if line.starts_with("test result: ") {
            self.is_within = false;
        } else if self.is_within && self.lines.len() < MOST {
            self.lines.push(line.to_owned());
        }
    }
}

impl fmt::Display for Retold {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = self.lines.iter();
        lines.try_for_each(|line| writeln!(formatter, "{line}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Retold;

    #[test]
    fn what_failed_tests_printed_is_told_and_nothing_else() {
        let run = "running 2 tests\n\
            test one ... ok\n\
            test two ... FAILED\n\
            \n\
            failures:\n\
            ---- two stdout ----\n\
            it is late\n\
            failures:\n    \
                two\n\
            test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out\n\
            running 1 test\n\
            test three ... ok";
        let mut retold = Retold::default();
        run.lines().for_each(|line| retold.hear(line));
        assert_eq!(retold.to_string(), "---- two stdout ----\nit is late\n");
    }
}
