//! What a host got from the plugin, and where in it something begins to sound.

/// Stereo audio. Every sample is a number.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sound {
    pub left: Vec<f32>,
    pub right: Vec<f32>,
    /// How many frames late the plugin says that it is, which hosts make good.
    pub latency: usize,
}

/// Louder than this is sound. The plugin's clicks begin at their peak, hundreds of times louder.
const THRESHOLD: f32 = 1e-3;
/// A sound's own waveform passes through zero; only this many quiet frames are silence. A click
/// has died away long before the next step at any tempo that tests use.
const SILENT_FRAMES: usize = 600;

impl Sound {
    /// Refuses NaN and infinities: a plugin must never let one out.
    pub fn new(left: Vec<f32>, right: Vec<f32>, latency: usize) -> Self {
        assert_eq!(left.len(), right.len(), "both channels are equally long");
        let is_finite = |channel: &[f32]| channel.iter().all(|sample| sample.is_finite());
        assert!(
            is_finite(&left) && is_finite(&right),
            "the plugin let out something not a number"
        );
        Self {
            left,
            right,
            latency,
        }
    }

    /// As hosts in other processes hand it over: one channel after the other.
    pub(super) fn of_bytes(bytes: &[u8], latency: usize) -> Self {
        let (samples, _) = bytes.as_chunks::<4>();
        let samples: Vec<f32> = samples
            .iter()
            .map(|bytes| f32::from_le_bytes(*bytes))
            .collect();
        let (left, right) = samples.split_at(samples.len() / 2);
        Self::new(left.to_vec(), right.to_vec(), latency)
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let samples = self.left.iter().chain(&self.right);
        samples.flat_map(|sample| sample.to_le_bytes()).collect()
    }

    pub fn frames(&self) -> usize {
        self.left.len()
    }

    /// Every sample is exactly zero.
    pub fn is_silent(&self) -> bool {
        self.left
            .iter()
            .chain(&self.right)
            .all(|sample| *sample == 0.0)
    }

    /// The frames at which something begins to sound after silence, the plugin's latency made good.
    /// What belongs before the first frame is left out.
    pub fn onsets(&self) -> Vec<usize> {
        let mut onsets = Vec::new();
        let mut quiet = SILENT_FRAMES;
        let frames = self.left.iter().zip(&self.right).skip(self.latency);
        for (frame, (left, right)) in frames.enumerate() {
            if left.abs().max(right.abs()) < THRESHOLD {
                quiet += 1;
                continue;
            }
            if quiet >= SILENT_FRAMES {
                onsets.push(frame);
            }
            quiet = 0;
        }
        onsets
    }

    pub fn append(&mut self, mut next: Sound) {
        self.latency = next.latency;
        self.left.append(&mut next.left);
        self.right.append(&mut next.right);
    }
}

/// Fails with a useful message unless each onset is within a frame of where it belongs.
#[track_caller]
pub fn assert_onsets(found: &[usize], expected: &[f64], what: &str) {
    let near = |(found, expected): (&usize, &f64)| {
        let found = u32::try_from(*found).map_or(f64::INFINITY, f64::from);
        (found - expected).abs() <= 1.0
    };
    let matches = found.len() == expected.len() && found.iter().zip(expected).all(near);
    assert!(
        matches,
        "{what}: steps sound at {found:?}, but belong at {expected:?}"
    );
}

/// Says where they part, rather than every sample.
#[track_caller]
pub fn assert_alike(found: &Sound, wanted: &Sound) {
    let both = found.left.iter().zip(&wanted.left).enumerate();
    let mut parted = both.filter(|(_, (found, wanted))| found != wanted);
    let first = parted.next();
    assert!(
        found == wanted,
        "from {first:?} on, in {} more frames",
        parted.count()
    );
}
