//! The editor's zoom as a project keeps it. It must not know the editor.

use nice_plug::params::persist::PersistentField;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};

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
