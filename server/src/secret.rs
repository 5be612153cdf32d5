//! A word that opens a door. It is never shown, and compared without telling how much of a guess
//! was right.

use sha2::{Digest, Sha256};
use std::fmt;

#[derive(Clone)]
pub struct Secret {
    text: String,
}

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }

    /// One that nobody can guess.
    pub(crate) fn draw() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self::new(bytes.map(|byte| format!("{byte:02x}")).concat()))
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.text
    }

    /// The time this takes depends on hashes, which say nothing about what they are hashes of.
    pub(crate) fn is(&self, guess: &str) -> bool {
        !self.text.is_empty() && Sha256::digest(&self.text) == Sha256::digest(guess)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("set")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_word_opens_and_it_is_not_shown() {
        let secret = Secret::new("open sesame");
        assert!(secret.is("open sesame"));
        for wrong in ["", "open", "open sesame ", "Open sesame"] {
            assert!(!secret.is(wrong), "{wrong}");
        }
        assert_eq!(format!("{secret:?}"), "set");
        assert!(!Secret::new("").is(""), "no word opens nothing");
        assert_eq!(Secret::draw().unwrap().reveal().len(), 64);
    }
}
