//! Samples within a project: their bytes as they were sent, in base 64, each under its hash. What
//! cannot be read costs only itself.

use crate::house::{Held, Shelf};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lockstep_session::document::Document;
use lockstep_session::document::clip::Content;
use lockstep_session::document::instrument::Source;
use lockstep_session::ids::SampleId;
use serde::de::{DeserializeOwned, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The largest sample there is (P-AUDIO-3), in base 64.
const LONGEST_TEXT: usize = lockstep_session::takes::MOST_BYTES / 3 * 4 + 4;

#[derive(Clone, Default, PartialEq)]
pub(super) struct SavedSamples(pub(super) BTreeMap<SampleId, Arc<[u8]>>);

impl SavedSamples {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those among them that a document plays, decoded by as many threads as there are cores: a host
    /// may render its first block right after.
    pub(super) fn decode(
        self,
        wanted: &BTreeSet<SampleId>,
        shelf: &Shelf,
    ) -> BTreeMap<SampleId, Arc<Held>> {
        let known = |id: &SampleId| Some((*id, shelf.find(*id)?));
        let known: BTreeMap<SampleId, Arc<Held>> = wanted.iter().filter_map(known).collect();
        let samples = self.0.into_iter();
        let samples: Vec<(SampleId, Arc<[u8]>)> = samples
            .filter(|(id, _)| wanted.contains(id) && !known.contains_key(id))
            .collect();
        let next = AtomicUsize::new(0);
        let decoded = Mutex::new(known);
        let work = || {
            while let Some((id, bytes)) = samples.get(next.fetch_add(1, Ordering::Relaxed)) {
                if let Some(held) = decode(*id, bytes, shelf) {
                    decoded
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .insert(*id, held);
                }
            }
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        std::thread::scope(|scope| {
            for _ in 1..cores.min(samples.len()) {
                // Where no thread can be had, this one does it all.
                drop(std::thread::Builder::new().spawn_scoped(scope, work));
            }
            work();
        });
        decoded.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes that are not those of their hash, or no sound, are no sample.
fn decode(id: SampleId, bytes: &Arc<[u8]>, shelf: &Shelf) -> Option<Arc<Held>> {
    let is_whole = SampleId::of(bytes) == id;
    let held = is_whole.then(|| Held::decode(id, Arc::clone(bytes)).ok())??;
    Some(shelf.put(id, held))
}

/// The samples that a document's tracks and clips play.
pub(crate) fn used(document: &Document) -> BTreeSet<SampleId> {
    let mut used = BTreeSet::new();
    for track in &document.tracks {
        if let Source::Sample(sample) = track.settings.instrument.source {
            used.insert(sample);
        }
        for clip in track.clips.iter().flatten() {
            if let Content::Loop(audio) = &clip.content {
                used.insert(audio.sample);
            }
        }
    }
    used
}

/// Those of a list that can be read.
pub(super) fn each<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let found = Vec::<serde_json::Value>::deserialize(deserializer)?;
    let read = found.into_iter().map(serde_json::from_value);
    Ok(read.filter_map(Result::ok).collect())
}

impl fmt::Debug for SavedSamples {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl Serialize for SavedSamples {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (id, bytes) in &self.0 {
            map.serialize_entry(id, &STANDARD.encode(bytes))?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for SavedSamples {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match Found::deserialize(deserializer)? {
            Found::Samples(samples) => Self(samples),
            Found::Bytes(_) | Found::Other => Self::default(),
        })
    }
}

/// What there is in place of samples, or of a sample.
enum Found {
    Samples(BTreeMap<SampleId, Arc<[u8]>>),
    Bytes(Arc<[u8]>),
    Other,
}

impl<'de> Deserialize<'de> for Found {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Finder)
    }
}

struct Finder;

impl<'de> Visitor<'de> for Finder {
    type Value = Found;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("samples in base 64 under their hashes")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        let mut samples = BTreeMap::new();
        while let Some((key, value)) = map.next_entry::<Cow<'_, str>, Found>()? {
            if let (Some(id), Found::Bytes(bytes)) = (SampleId::parse(&key), value) {
                samples.insert(id, bytes);
            }
        }
        Ok(Found::Samples(samples))
    }

    fn visit_str<E>(self, text: &str) -> Result<Found, E> {
        let is_sample = text.len() <= LONGEST_TEXT;
        let bytes = is_sample.then(|| STANDARD.decode(text).ok()).flatten();
        Ok(bytes.map_or(Found::Other, |bytes| Found::Bytes(bytes.into())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Found, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Found::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Found, E> {
        Ok(Found::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Found, E> {
        Ok(Found::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Found, E> {
        Ok(Found::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Found, E> {
        Ok(Found::Other)
    }

    fn visit_unit<E>(self) -> Result<Found, E> {
        Ok(Found::Other)
    }
}
