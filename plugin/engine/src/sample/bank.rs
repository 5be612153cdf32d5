//! The samples an engine holds, each in its own place.

use super::{Sample, SampleKey};
use lockstep_session::document::Document;
use std::sync::Arc;

#[derive(Debug)]
pub(crate) struct Bank {
    places: Box<[Option<Arc<Sample>>]>,
}

impl Bank {
    /// Realtime: no
    pub(crate) fn new() -> Self {
        Self {
            places: vec![None; Document::MOST_SAMPLES].into_boxed_slice(),
        }
    }

    /// Where a sample is.
    ///
    /// Realtime: yes
    pub(crate) fn find(&self, key: SampleKey) -> Option<(usize, SampleKey)> {
        let mut places = self.places.iter();
        let place = places.position(|held| held.as_ref().is_some_and(|held| held.key() == key))?;
        Some((place, key))
    }

    /// The sample at a place, if it is still the one meant.
    ///
    /// Realtime: yes
    pub(crate) fn get(&self, place: usize, key: SampleKey) -> Option<&Sample> {
        let held = self.places.get(place)?.as_ref()?;
        (held.key() == key).then_some(held)
    }

    /// Gives the sample back where all places are taken.
    ///
    /// Realtime: yes
    pub(crate) fn keep(&mut self, sample: Arc<Sample>) -> Option<Arc<Sample>> {
        match self.places.iter_mut().find(|place| place.is_none()) {
            Some(place) => {
                *place = Some(sample);
                None
            }
            None => Some(sample),
        }
    }

    /// Realtime: yes
    pub(crate) fn take(&mut self, key: SampleKey) -> Option<Arc<Sample>> {
        let (place, _) = self.find(key)?;
        self.places.get_mut(place)?.take()
    }
}
