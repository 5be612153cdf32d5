//! What the house remembers, as its file holds it. It must not know where that is.

use lockstep_session::document::mixer::Colour;
use lockstep_session::ids::Token;
use lockstep_session::names;
use lockstep_session::protocol::{Kind, Profile};
use lockstep_session::text::Name;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use std::path::PathBuf;

/// Where a server is found that was started on this machine.
pub(crate) const LOCAL_SERVER: &str = "http://127.0.0.1:7878";
const MOST_RECENTS: usize = 12;

/// Tells machines apart, so that a project opened on another one is that one's player's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct MachineId(u64);

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) token: Token,
    pub(crate) machine: MachineId,
    /// As they were chosen; until then the token gives both.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) name: Option<Name>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) colour: Option<Colour>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) recents: Vec<Past>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) server: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) output_offset_ms: i16,
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) exports: Option<PathBuf>,
    /// The folder that the last sample came from.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) samples_from: Option<PathBuf>,
}

/// A session that was joined before.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Past {
    pub(crate) name: String,
    pub(crate) link: String,
}

impl Record {
    /// Of somebody who was never here.
    pub(crate) fn fresh() -> Self {
        let mut token = [0; 16];
        let mut machine = [0; 8];
        getrandom::fill(&mut token).expect("every system we run on has randomness");
        getrandom::fill(&mut machine).expect("every system we run on has randomness");
        Self {
            token: Token::from_bytes(token),
            machine: MachineId(u64::from_le_bytes(machine)),
            name: None,
            colour: None,
            recents: Vec::new(),
            server: None,
            output_offset_ms: 0,
            exports: None,
            samples_from: None,
        }
    }

    pub(crate) fn server(&self) -> &str {
        self.server.as_deref().unwrap_or(LOCAL_SERVER)
    }

    /// How a player appears: as was chosen here, or as their token has it.
    pub(crate) fn profile(&self, token: Token) -> Profile {
        let player = token.player();
        let digits = player.hex();
        let dice = digits.bytes().fold(0, |sum, digit| sum + i64::from(digit));
        Profile {
            name: self
                .name
                .clone()
                .unwrap_or_else(|| names::for_player(player)),
            colour: self.colour.unwrap_or_else(|| Colour::new(dice % 9)),
            kind: Kind::Daw,
        }
    }

    /// What another process of this machine has written since. Who we are stays as it was: sessions
    /// are open under it.
    pub(super) fn take_over(&mut self, newer: Record) {
        *self = Self {
            token: self.token,
            machine: self.machine,
            ..newer
        };
    }

    /// The last comes first, and every session once.
    pub(super) fn remember(&mut self, past: Past) {
        self.recents.retain(|known| known.link != past.link);
        self.recents.insert(0, past);
        self.recents.truncate(MOST_RECENTS);
    }
}

/// A field that cannot be read costs itself and nothing else.
pub(crate) fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    let found = serde_json::Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(found).unwrap_or_default())
}
