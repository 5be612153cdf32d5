//! Who and what is meant: identities, and the numbers that order edits. An id is valid or refused.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use sha2::{Digest, Sha256};
use std::fmt;

/// A track, named by the player who added it. Never reused within a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TrackId(pub u32);

/// A connection to the server; the shell that accepts sockets numbers them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u64);

/// One life of the authority. A new one begins whenever a session is loaded from its journal.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Epoch(pub u32);

/// The place of an edit in the session's order, counted from one; zero is the empty beginning.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Revision(pub u64);

impl Revision {
    pub fn next(self) -> Revision {
        Revision(self.0 + 1)
    }
}

/// One life of a replica. A player may have several at once: two tabs, two plugin instances.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Run(pub u32);

/// The number of an edit within its author's run, counted from one.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct EditNumber(pub u32);

impl EditNumber {
    pub fn next(self) -> EditNumber {
        EditNumber(self.0 + 1)
    }
}

/// One of the eight rows of clips.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SceneIndex(u8);

/// One of a pattern's 128 places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct StepIndex(u8);

macro_rules! index {
    ($name:ident, $count:literal, $what:literal) => {
        impl $name {
            pub const COUNT: usize = $count;
            pub const FIRST: Self = Self(0);

            pub fn new(index: usize) -> Option<Self> {
                u8::try_from(index)
                    .ok()
                    .filter(|_| index < $count)
                    .map(Self)
            }

            pub fn index(self) -> usize {
                usize::from(self.0)
            }

            pub fn all() -> impl DoubleEndedIterator<Item = Self> {
                (0..$count).filter_map(Self::new)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::new(usize::deserialize(deserializer)?).ok_or_else(|| D::Error::custom($what))
            }
        }
    };
}
index!(SceneIndex, 8, "a scene is numbered 0 to 7");
index!(StepIndex, 128, "a step is numbered 0 to 127");

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $bytes]);

        impl $name {
            pub const fn from_bytes(bytes: [u8; $bytes]) -> Self {
                Self(bytes)
            }

            pub fn parse(text: &str) -> Option<Self> {
                let digits = text.as_bytes();
                if digits.len() != $bytes * 2 {
                    return None;
                }
                let mut bytes = [0; $bytes];
                for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
                    *byte = hex_digit(pair[0])? << 4 | hex_digit(pair[1])?;
                }
                Some(Self(bytes))
            }

            pub fn hex(&self) -> String {
                self.0.iter().map(|byte| format!("{byte:02x}")).collect()
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut digits = [0; $bytes * 2];
                for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
                    pair[0] = HEX[usize::from(byte >> 4)];
                    pair[1] = HEX[usize::from(byte & 15)];
                }
                serializer.serialize_str(std::str::from_utf8(&digits).expect("hexadecimal digits are ASCII"))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| D::Error::custom(concat!("expected ", $bytes, " bytes as lower-case hexadecimal")))
            }
        }
    };
}

const HEX: &[u8; 16] = b"0123456789abcdef";

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

hex_id!(
    /// A player, as everyone sees them. Derived from their token, so that nobody can borrow it.
    PlayerId,
    8
);
hex_id!(
    /// The secret that makes a player the same player after a reconnect. Never leaves the two ends.
    Token,
    16
);
hex_id!(
    /// A sample, named by the SHA-256 of its bytes.
    SampleId,
    32
);

impl PlayerId {
    /// The author of what the server itself does, such as releasing an absent player's lead.
    pub const SERVER: PlayerId = PlayerId([0; 8]);
}

impl Token {
    /// One way only: the player id tells nothing about the token.
    pub fn player(&self) -> PlayerId {
        let digest = Sha256::new()
            .chain_update(b"lockstep player")
            .chain_update(self.0)
            .finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        PlayerId(id)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token(secret)")
    }
}

impl fmt::Debug for PlayerId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PlayerId({})", self.hex())
    }
}

impl fmt::Debug for SampleId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "SampleId({})", self.hex())
    }
}

impl SampleId {
    pub fn bytes(self) -> [u8; 32] {
        self.0
    }

    pub fn of(bytes: &[u8]) -> SampleId {
        SampleId(Sha256::digest(bytes).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip_as_text_and_refuse_anything_else() {
        let token = Token::from_bytes([7; 16]);
        assert_eq!(Token::parse(&token.hex()), Some(token));
        for wrong in ["", "00", "ABCDEF0011223344", "g0", "é123456789abcde"] {
            assert_eq!(PlayerId::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_token_is_not_printed_and_gives_a_stable_player() {
        let token = Token::from_bytes([1; 16]);
        assert_eq!(format!("{token:?}"), "Token(secret)");
        assert_eq!(token.player(), Token::from_bytes([1; 16]).player());
        assert_ne!(token.player(), Token::from_bytes([2; 16]).player());
    }

    #[test]
    fn an_index_past_the_end_is_refused_not_clamped() {
        assert!(serde_json::from_str::<SceneIndex>("8").is_err());
        assert!(serde_json::from_str::<StepIndex>("-1").is_err());
        assert_eq!(
            serde_json::from_str::<StepIndex>("127")
                .expect("the last step")
                .index(),
            127
        );
    }
}
