//! Samples that were decoded lately, as many as a number of bytes allows.

use lockstep_engine::Sample;
use lockstep_session::ids::SampleId;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
pub(super) struct Decoded {
    most_bytes: usize,
    /// The one that was wanted last is at the end.
    samples: Mutex<Vec<(SampleId, Arc<Sample>)>>,
}

impl Decoded {
    pub(super) fn new(most_bytes: usize) -> Self {
        Self {
            most_bytes,
            samples: Mutex::default(),
        }
    }

    pub(super) fn find(&self, id: SampleId) -> Option<Arc<Sample>> {
        let mut samples = self.lock();
        let at = samples.iter().position(|(held, _)| *held == id)?;
        let entry = samples.remove(at);
        let sample = entry.1.clone();
        samples.push(entry);
        Some(sample)
    }

    pub(super) fn keep(&self, id: SampleId, sample: Arc<Sample>) {
        let mut samples = self.lock();
        samples.retain(|(held, _)| *held != id);
        samples.push((id, sample));
        let mut bytes: usize = samples.iter().map(|(_, sample)| sample.bytes()).sum();
        while bytes > self.most_bytes {
            bytes -= samples.remove(0).1.bytes();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(SampleId, Arc<Sample>)>> {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_engine::{SampleKey, SampleRate};

    #[test]
    fn the_one_that_was_wanted_longest_ago_goes_first() {
        let id = |number| SampleId::from_bytes([number; 32]);
        let sample = |number| {
            let rate = SampleRate::new(48_000.0).unwrap();
            let sample = Sample::new(SampleKey::of(id(number)), rate, &[&[0.5; 1000]]);
            Arc::new(sample.unwrap())
        };
        let bytes = sample(0).bytes();
        let decoded = Decoded::new(bytes * 2 + 1);
        for number in [1, 2] {
            decoded.keep(id(number), sample(number));
        }
        assert!(decoded.find(id(1)).is_some());
        decoded.keep(id(3), sample(3));
        assert!(decoded.find(id(2)).is_none());
        assert!(decoded.find(id(1)).is_some() && decoded.find(id(3)).is_some());
        Decoded::new(bytes - 1).keep(id(1), sample(1));
    }
}
