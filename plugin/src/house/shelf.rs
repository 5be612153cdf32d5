//! Samples that some instance of this process holds, so that the others need not fetch and decode
//! them again. It keeps none of them alive.

use super::locked;
use lockstep_engine::{Sample, SampleKey};
use lockstep_session::ids::SampleId;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Weak};

/// How finely a sample is drawn.
const STRETCHES: usize = 256;

/// A sample as it was sent, as it is played, and as it is drawn.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) encoded: Arc<[u8]>,
    pub(crate) decoded: Arc<Sample>,
    pub(crate) outline: Arc<[f32]>,
}

#[derive(Debug, Default)]
pub(crate) struct Shelf {
    samples: Mutex<BTreeMap<SampleId, Weak<Held>>>,
}

impl Held {
    /// Decodes bytes, whose hash the caller has checked.
    pub(crate) fn decode(
        id: SampleId,
        encoded: Arc<[u8]>,
    ) -> Result<Self, lockstep_decoder::Refusal> {
        let decoded = lockstep_decoder::decode(SampleKey::of(id), &encoded)?;
        Ok(Self {
            outline: decoded.outline(STRETCHES).into(),
            decoded: Arc::new(decoded),
            encoded,
        })
    }
}

impl Shelf {
    pub(crate) fn find(&self, id: SampleId) -> Option<Arc<Held>> {
        locked(&self.samples).get(&id)?.upgrade()
    }

    /// Gives the one that is there already, if there is one.
    pub(crate) fn put(&self, id: SampleId, held: Held) -> Arc<Held> {
        let mut samples = locked(&self.samples);
        samples.retain(|_, held| held.strong_count() > 0);
        if let Some(known) = samples.get(&id).and_then(Weak::upgrade) {
            return known;
        }
        let held = Arc::new(held);
        samples.insert(id, Arc::downgrade(&held));
        held
    }
}
