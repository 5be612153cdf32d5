//! A folder of this machine, looked into for somebody who wants a sample. A disk may be slow or not
//! answer at all, so nobody waits for it.

use super::Network;
use super::jobs::Outcome;
use crate::house::{begin_to_look, look_into};
use crate::view::FolderView;
use std::path::PathBuf;
use std::sync::Arc;

/// The folder that is shown, and which question it answers: only the last one counts.
#[derive(Debug, Default)]
pub(super) struct Browsing {
    asked: LookNumber,
    shown: Option<Arc<FolderView>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct LookNumber(u32);

impl Browsing {
    pub(super) fn view(&self) -> Option<Arc<FolderView>> {
        self.shown.clone()
    }
}

impl Network {
    /// Without a folder it is the one that the last sample came from.
    pub(super) fn browse(&mut self, folder: Option<PathBuf>) {
        let asked = &mut self.browsing.asked;
        asked.0 = asked.0.wrapping_add(1);
        let number = *asked;
        let before = self.ends.house.record().samples_from;
        let places = self.browsing.shown.as_ref().map(|shown| &shown.places);
        let places = places.cloned().unwrap_or_default();
        self.jobs.start_heavy(move || {
            let seen = match folder {
                Some(folder) => look_into(folder, places),
                None => begin_to_look(before),
            };
            Outcome::Seen(number, seen)
        });
    }

    pub(super) fn folder_was_seen(&mut self, number: LookNumber, seen: FolderView) {
        if number == self.browsing.asked {
            self.browsing.shown = Some(Arc::new(seen));
        }
    }
}
