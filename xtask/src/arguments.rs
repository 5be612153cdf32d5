//! The words after `cargo xtask`: flags are taken out by the verbs, and whatever is left over is an error.

use anyhow::{Context, Result, bail};

#[derive(Debug)]
pub(crate) struct Arguments {
    words: Vec<String>,
    /// What follows a bare `--`: handed on, never read.
    rest: Vec<String>,
}

impl Arguments {
    pub(crate) fn of_this_process() -> Self {
        Self::new(std::env::args().skip(1).collect())
    }

    pub(crate) fn new(mut words: Vec<String>) -> Self {
        let rest = match words.iter().position(|word| word == "--") {
            Some(dashes) => {
                let rest = words.split_off(dashes + 1);
                words.truncate(dashes);
                rest
            }
            None => Vec::new(),
        };
        Self { words, rest }
    }

    /// The first word, which names the task.
    pub(crate) fn verb(&mut self) -> Option<String> {
        (!self.words.is_empty()).then(|| self.words.remove(0))
    }

    /// Takes the next word that is not a flag.
    pub(crate) fn word(&mut self) -> Option<String> {
        let at = self.words.iter().position(|word| !word.starts_with('-'))?;
        Some(self.words.remove(at))
    }

    /// Takes `--name`; says whether it was there.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let found = self.words.iter().position(|word| word == name);
        found.map(|at| self.words.remove(at)).is_some()
    }

    /// Takes `--name VALUE`.
    pub(crate) fn value(&mut self, name: &str) -> Result<Option<String>> {
        let Some(at) = self.words.iter().position(|word| word == name) else {
            return Ok(None);
        };
        if at + 1 == self.words.len() {
            bail!("{name} needs a value");
        }
        self.words.remove(at);
        Ok(Some(self.words.remove(at)))
    }

    /// Takes `--name NUMBER`.
    pub(crate) fn number(&mut self, name: &str) -> Result<Option<u64>> {
        let value = self.value(name)?;
        value
            .map(|value| {
                let number = value.parse();
                number.with_context(|| format!("{name} needs a whole number, not `{value}`"))
            })
            .transpose()
    }

    /// Everything not yet taken, the words before `--` first.
    pub(crate) fn remaining(self) -> Vec<String> {
        let mut words = self.words;
        words.extend(self.rest);
        words
    }

    /// Refuses what no flag has taken.
    pub(crate) fn finish(self) -> Result<()> {
        match self.remaining().first() {
            Some(word) => bail!("`{word}` means nothing here; see `cargo xtask help`"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    fn arguments(line: &str) -> Arguments {
        Arguments::new(line.split_whitespace().map(String::from).collect())
    }

    #[test]
    fn a_flag_is_found_wherever_it_stands_and_only_before_the_dashes() {
        let mut given = arguments("fuzz journal --seconds 5 -- --seconds 9");
        assert_eq!(given.verb().as_deref(), Some("fuzz"));
        assert_eq!(given.number("--seconds").unwrap(), Some(5));
        assert_eq!(given.number("--seconds").unwrap(), None);
        assert_eq!(given.word().as_deref(), Some("journal"));
        assert_eq!(given.remaining(), ["--seconds", "9"]);
    }

    #[test]
    fn a_word_that_nothing_took_is_refused() {
        assert!(arguments("--instal").finish().is_err());
        assert!(arguments("").finish().is_ok());
    }

    #[test]
    fn a_value_that_is_missing_or_no_number_is_refused() {
        assert!(arguments("--seconds").number("--seconds").is_err());
        assert!(arguments("--seconds soon").number("--seconds").is_err());
    }
}
