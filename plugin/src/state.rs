//! What a project keeps of an instance: the link, who we are, the whole document and its samples. It
//! must not know how any of it is fetched or sent. The audio thread never touches the locks in here.

mod desk;
mod editor;
mod samples;
#[cfg(test)]
mod tests;

pub(crate) use desk::{Generation, SavedSession};
pub(crate) use editor::{EditorSize, SavedEditor};
pub(crate) use samples::used;

use crate::house::{MachineId, lenient};
use crate::macros::MacroTargets;
use lockstep_session::document::Document;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{Run, SampleId, Token};
use lockstep_session::protocol::{Position, Profile};
use lockstep_session::replica::{Identity, Replica, Saved};
use samples::{SavedSamples, each};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The layout of what is saved. Fields may be added to it; unknown ones are passed over.
const VERSION: u32 = 1;

/// One instance's part of a host's project.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct SavedState {
    version: u32,
    /// The session's address as it was pasted, while joined.
    #[serde(default)]
    pub(crate) link: Option<String>,
    /// Proves to the server that we are who we were.
    #[serde(default)]
    pub(crate) token: Option<Token>,
    /// Where it was saved. On another machine it is opened as that one's player; without one it
    /// keeps its own.
    #[serde(
        default,
        deserialize_with = "lenient",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) machine: Option<MachineId>,
    /// As the server ordered it.
    #[serde(default)]
    pub(crate) document: Arc<Document>,
    /// Where in that order it stands.
    #[serde(default)]
    pub(crate) position: Option<Position>,
    /// Our own edits that the server has not ordered yet.
    #[serde(default, deserialize_with = "each")]
    pub(crate) pending: Vec<Edit>,
    /// What the host's macro knobs turn.
    #[serde(default, deserialize_with = "lenient")]
    pub(crate) macros: MacroTargets,
    /// Samples that the server has not been sent yet.
    #[serde(
        default,
        deserialize_with = "lenient",
        skip_serializing_if = "BTreeSet::is_empty"
    )]
    pub(crate) unsent: BTreeSet<SampleId>,
    /// Only in what a host is given; the desk holds them otherwise.
    #[serde(default, skip_serializing_if = "SavedSamples::is_empty")]
    samples: SavedSamples,
}

impl Default for SavedState {
    fn default() -> Self {
        Self {
            version: VERSION,
            link: None,
            token: None,
            machine: None,
            document: Arc::default(),
            position: None,
            pending: Vec::new(),
            macros: MacroTargets::default(),
            unsent: BTreeSet::new(),
            samples: SavedSamples::default(),
        }
    }
}

impl SavedState {
    /// Of what a replica saves; the rest is filled in.
    pub(crate) fn of(saved: Saved) -> Self {
        Self {
            document: Arc::new(saved.document),
            position: saved.position,
            pending: saved.pending,
            ..Self::default()
        }
    }

    pub(crate) fn saved(&self) -> Saved {
        Saved {
            document: Document::clone(&self.document),
            position: self.position,
            pending: self.pending.clone(),
        }
    }

    /// The document with our own pending edits on top.
    fn shown(&self) -> Document {
        let nobody = Identity {
            token: self.token.unwrap_or(Token::from_bytes([0; 16])),
            run: Run(0),
            profile: Profile::default(),
        };
        Replica::restored(nobody, 0, self.saved())
            .document()
            .clone()
    }
}
