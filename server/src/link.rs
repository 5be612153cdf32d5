//! Links to sessions. Whoever has one may enter, so a link is drawn at random, stored only as a
//! hash, and never written to a log whole.

use lockstep_session::names;
use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use std::fmt;

/// `fuzzy-penguin-42-` and sixteen characters that carry eighty random bits.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct LinkId {
    text: String,
    /// Where the secret begins.
    secret: usize,
}

/// What the store knows of a link.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkKey(pub [u8; 32]);

impl fmt::Debug for LinkKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("LinkKey(..)")
    }
}

const SECRET_BYTES: usize = 10;
const SECRET_CHARACTERS: usize = SECRET_BYTES * 8 / 5;
const LONGEST: usize = 64;

impl LinkId {
    pub(crate) fn draw() -> Result<Self, getrandom::Error> {
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut secret)?;
        let choice = getrandom::u32()?;
        let words = names::friendly(choice).to_lowercase().replace(' ', "-");
        Ok(Self::join(
            &format!("{words}-{}", 10 + choice % 90),
            &secret,
        ))
    }

    /// Reads what somebody offers as a link; anything that was never drawn is no link.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let well_formed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if text.len() > LONGEST || !text.bytes().all(well_formed) {
            return None;
        }
        let (friendly, secret) = text.rsplit_once('-')?;
        let alphabet = |byte: u8| BASE32.contains(&byte);
        let whole = secret.len() == SECRET_CHARACTERS
            && secret.bytes().all(alphabet)
            && !friendly.is_empty();
        whole.then(|| Self {
            text: text.to_owned(),
            secret: friendly.len() + 1,
        })
    }

    fn join(friendly: &str, secret: &[u8]) -> Self {
        Self {
            text: format!("{friendly}-{}", base32(secret)),
            secret: friendly.len() + 1,
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The part without the secret, which may be shown and logged.
    pub(crate) fn friendly(&self) -> &str {
        &self.text[..self.secret - 1]
    }

    /// The listen-only link of the session that this link edits. One way: it gives no hint of this one.
    pub(crate) fn listener(&self) -> Self {
        let digest = Sha256::new()
            .chain_update(b"lockstep listener")
            .chain_update(&self.text)
            .finalize();
        Self::join(self.friendly(), &digest[..SECRET_BYTES])
    }

    pub(crate) fn key(&self) -> LinkKey {
        LinkKey(
            Sha256::new()
                .chain_update(b"lockstep link")
                .chain_update(&self.text)
                .finalize()
                .into(),
        )
    }

    /// What a new session is called: "Fuzzy Penguin".
    pub(crate) fn title(&self) -> String {
        let capital =
            |word: &str| word.get(..1).unwrap_or("").to_uppercase() + word.get(1..).unwrap_or("");
        let words: Vec<String> = self.friendly().split('-').take(2).map(capital).collect();
        words.join(" ")
    }
}

impl fmt::Debug for LinkId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "LinkId({}-..)", self.friendly())
    }
}

impl Serialize for LinkId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// Digits and letters without those that are easily taken for others.
const BASE32: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    for group in bytes.chunks(5) {
        let bits = group
            .iter()
            .fold(0_u64, |bits, &byte| bits << 8 | u64::from(byte));
        for place in (0..group.len() * 8 / 5).rev() {
            let digit = usize::try_from(bits >> (place * 5) & 31).expect("five bits");
            text.push(char::from(BASE32[digit]));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_link_reads_back_and_two_are_never_alike() {
        let (one, other) = (LinkId::draw().unwrap(), LinkId::draw().unwrap());
        assert_eq!(LinkId::parse(one.as_str()).as_ref(), Some(&one));
        assert_ne!(one, other);
        assert_ne!(one.key(), other.key());
    }

    #[test]
    fn eighty_bits_make_sixteen_characters_and_every_bit_counts() {
        let mut seen = std::collections::BTreeSet::new();
        for bit in 0..SECRET_BYTES * 8 {
            let mut secret = [0; SECRET_BYTES];
            secret[bit / 8] = 1 << (bit % 8);
            let text = base32(&secret);
            assert_eq!(text.len(), SECRET_CHARACTERS);
            assert!(seen.insert(text));
        }
    }

    #[test]
    fn the_listen_link_is_another_link_with_the_same_friendly_part() {
        let link = LinkId::draw().unwrap();
        let listener = link.listener();
        assert_eq!(listener, link.listener());
        assert_ne!(listener, link);
        assert_ne!(listener.listener(), link);
        assert_eq!(listener.friendly(), link.friendly());
        assert!(LinkId::parse(listener.as_str()).is_some());
    }

    #[test]
    fn what_was_never_drawn_is_no_link() {
        let secret = "0123456789abcdef";
        for wrong in [
            String::new(),
            secret.to_owned(),
            format!("-{secret}"),
            format!("fuzzy-penguin-42-{secret}0"),
            format!("fuzzy-penguin-42-{}", &secret[1..]),
            format!("Fuzzy-penguin-42-{secret}"),
            format!("fuzzy/../etc-{secret}"),
            format!("fuzzy-penguin-42-{}", secret.replace('0', "o")),
            format!("{}-{secret}", "a".repeat(64)),
        ] {
            assert_eq!(LinkId::parse(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_secret_is_not_printed_and_the_title_is_friendly() {
        let link = LinkId::parse("fuzzy-penguin-42-0123456789abcdef").unwrap();
        assert_eq!(format!("{link:?}"), "LinkId(fuzzy-penguin-42-..)");
        assert_eq!(link.title(), "Fuzzy Penguin");
    }
}
