//! What a project keeps: the link, who we are and the whole document, and the editor's size.
//! The audio thread never touches the locks in here.

use crate::bridge::Picture;
use crate::macros::{self, MacroTargets};
use lockstep_engine::Score;
use lockstep_session::document::Document;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{Run, Token};
use lockstep_session::protocol::{Position, Profile};
use lockstep_session::replica::{Identity, Replica, Saved};
use nice_plug::params::persist::PersistentField;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

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
    /// As the server ordered it.
    #[serde(default)]
    pub(crate) document: Arc<Document>,
    /// Where in that order it stands.
    #[serde(default)]
    pub(crate) position: Option<Position>,
    /// Our own edits that the server has not ordered yet.
    #[serde(default)]
    pub(crate) pending: Vec<Edit>,
    /// What the host's macro knobs turn.
    #[serde(default)]
    pub(crate) macros: MacroTargets,
}

impl Default for SavedState {
    fn default() -> Self {
        Self {
            version: VERSION,
            link: None,
            token: None,
            document: Arc::default(),
            position: None,
            pending: Vec::new(),
            macros: MacroTargets::default(),
        }
    }
}

impl SavedState {
    pub(crate) fn new(
        link: Option<String>,
        token: Token,
        saved: Saved,
        macros: MacroTargets,
    ) -> Self {
        Self {
            version: VERSION,
            link,
            token: Some(token),
            document: Arc::new(saved.document),
            position: saved.position,
            pending: saved.pending,
            macros,
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

/// A life of the saved state: restoring begins a new one, and what belongs to an older one is late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Generation(u64);

/// The newest state and the score that sounds it, always changed together.
pub(crate) struct SavedSession {
    desk: Mutex<Desk>,
    restored: Arc<Notify>,
}

struct Desk {
    generation: Generation,
    state: SavedState,
    /// What the score was made of.
    shown: Option<(Document, MacroTargets)>,
    picture: triple_buffer::Input<Picture>,
}

impl SavedSession {
    /// `restored` wakes the network thread when the host loads a project.
    pub(crate) fn new(picture: triple_buffer::Input<Picture>, restored: Arc<Notify>) -> Self {
        let desk = Desk {
            generation: Generation::default(),
            state: SavedState::default(),
            shown: None,
            picture,
        };
        Self {
            desk: Mutex::new(desk),
            restored,
        }
    }

    pub(crate) fn current(&self) -> (Generation, SavedState) {
        let desk = self.desk();
        (desk.generation, desk.state.clone())
    }

    /// Keeps what the network thread holds and plays what it shows, unless a project was loaded
    /// meanwhile.
    pub(crate) fn replace(&self, generation: Generation, state: SavedState, shown: &Document) {
        let mut desk = self.desk();
        if desk.generation == generation {
            desk.play(shown, &state.macros);
            desk.state = state;
        }
    }

    /// A panic elsewhere leaves the desk consistent, because it is changed by whole values.
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Desk {
    /// A score is made anew only where the music is another: most news is about players.
    fn play(&mut self, document: &Document, macros: &MacroTargets) {
        let is_shown =
            |shown: &(Document, MacroTargets)| shown.0 == *document && shown.1 == *macros;
        if !self.shown.as_ref().is_some_and(is_shown) {
            self.picture.write(Picture {
                score: Score::compile(document),
                turns: macros::turns(macros, document),
                drums: macros::drums(document),
            });
            self.shown = Some((document.clone(), *macros));
        }
    }
}

impl<'a> PersistentField<'a, SavedState> for Arc<SavedSession> {
    /// Plays the restored document at once: a host may render its first block right after.
    fn set(&self, restored: SavedState) {
        if Document::clone(&restored.document).admitted().is_err() {
            return;
        }
        let shown = restored.shown();
        let mut desk = self.desk();
        desk.generation = Generation(desk.generation.0 + 1);
        desk.play(&shown, &restored.macros);
        desk.state = SavedState {
            version: VERSION,
            ..restored
        };
        drop(desk);
        self.restored.notify_one();
    }

    fn map<F, R>(&self, read: F) -> R
    where
        F: Fn(&SavedState) -> R,
    {
        read(&self.current().1)
    }
}

/// The editor's zoom, which the window toolkit does not keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct EditorSize {
    zoom_percent: u32,
}

impl EditorSize {
    pub(crate) fn zoom(self) -> f32 {
        let percent = u16::try_from(self.zoom_percent.clamp(75, 200)).expect("at most 200");
        f32::from(percent) / 100.0
    }

    pub(crate) fn from_percent(zoom_percent: u32) -> Self {
        Self {
            zoom_percent: zoom_percent.clamp(75, 200),
        }
    }

    pub(crate) fn percent(self) -> u32 {
        self.zoom_percent
    }
}

impl Default for EditorSize {
    fn default() -> Self {
        Self { zoom_percent: 100 }
    }
}

#[derive(Default)]
pub(crate) struct SavedEditor(Mutex<EditorSize>);

impl SavedEditor {
    pub(crate) fn size(&self) -> EditorSize {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn resize(&self, size: EditorSize) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = size;
    }
}

impl<'a> PersistentField<'a, EditorSize> for Arc<SavedEditor> {
    fn set(&self, restored: EditorSize) {
        self.resize(EditorSize::from_percent(restored.zoom_percent));
    }

    fn map<F, R>(&self, read: F) -> R
    where
        F: Fn(&EditorSize) -> R,
    {
        read(&self.size())
    }
}
