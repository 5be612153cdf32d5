//! Names that are safe to store and to show: bounded, without control characters.

use serde::{Deserialize, Deserializer, Serialize};
use std::{borrow::Cow, fmt, ops::Deref, sync::Arc};

/// At most `MAX` characters, no control or direction-changing characters, no white space at the ends.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize>(Arc<str>);

/// The name of a track, a clip, a scene, a player.
pub type Name = Text<32>;
/// The name of a session or a sample.
pub type LongName = Text<100>;

impl<const MAX: usize> Text<MAX> {
    pub fn new(offered: &str) -> Self {
        let visible = offered.chars().filter(|&character| is_plain(character));
        let spaced: String = visible
            .map(|c| if c.is_whitespace() { ' ' } else { c })
            .collect();
        let cut: String = spaced.trim().chars().take(MAX).collect();
        Self(Arc::from(cut.trim_end()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// This name, or another where nothing was left of it.
    pub fn or(self, fallback: &str) -> Self {
        if self.0.is_empty() {
            Self::new(fallback)
        } else {
            self
        }
    }
}

fn is_plain(character: char) -> bool {
    let turns_direction = matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let invisible = matches!(
        character,
        '\u{feff}' | '\u{200b}' | '\u{2060}' | '\u{fff9}'..='\u{fffb}' | '\u{2028}' | '\u{2029}'
    );
    !(character.is_control() || turns_direction || invisible)
}

impl<const MAX: usize> Default for Text<MAX> {
    fn default() -> Self {
        Self(Arc::from(""))
    }
}

impl<const MAX: usize> Deref for Text<MAX> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<'de, const MAX: usize> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(&Cow::<str>::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_and_excess_are_taken_out() {
        assert_eq!(Name::new("  Ki\u{0}ck\n2 \u{202e}").as_str(), "Kick2");
        assert_eq!(Name::new(&"é".repeat(80)).chars().count(), 32);
        assert_eq!(Name::new("\u{7}").or("Track").as_str(), "Track");
    }

    #[test]
    fn cleaning_twice_changes_nothing() {
        for text in ["a \u{200b}b", " x", &"ab ".repeat(40), "\t\t"] {
            let once = Name::new(text);
            assert_eq!(Name::new(&once), once);
        }
    }
}
