//! The score: a fixed-size picture of what there is to play, read by the audio thread.
//! It knows nothing of the shared document it was compiled from.

use crate::playhead::Pass;
use crate::units::Beats;

/// One for each MIDI channel and plugin output.
pub const MAX_TRACKS: usize = 16;
/// The longest pattern.
pub const MAX_STEPS: usize = 128;

/// Everything the engine plays from. It holds no pointers, so replacing one frees nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    tracks: [ScoreTrack; MAX_TRACKS],
}

/// One track's pattern: which steps sound, how long a step is, and after how many it repeats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScoreTrack {
    active: u128,
    length: u8,
    step: Beats,
    origin: Beats,
    gain: f32,
}

/// A step that begins within a pass.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Onset {
    /// The frame of the block in which it begins.
    pub frame: usize,
    /// Which step of the pattern it is.
    pub step: u8,
}

/// A pattern whose length or step length cannot be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepLengthError;

impl Default for ScoreTrack {
    fn default() -> Self {
        Self {
            active: 0,
            length: 16,
            step: Beats::raw(0.25),
            origin: Beats::ZERO,
            gain: 1.0,
        }
    }
}

impl ScoreTrack {
    /// A silent pattern of `length` steps, each `step` long.
    ///
    /// Realtime: yes
    pub fn new(length: u8, step: Beats) -> Result<Self, StepLengthError> {
        let playable = (1..=MAX_STEPS).contains(&usize::from(length))
            && (1.0 / 64.0..=64.0).contains(&step.quarter_notes());
        if !playable {
            return Err(StepLengthError);
        }
        Ok(Self {
            length,
            step,
            ..Self::default()
        })
    }

    /// The same pattern with `step` sounding. A step beyond the pattern's length is kept but
    /// silent, one beyond the longest pattern is ignored.
    ///
    /// Realtime: yes
    #[must_use]
    pub fn with_step(mut self, step: u8) -> Self {
        if usize::from(step) < MAX_STEPS {
            self.active |= 1 << step;
        }
        self
    }

    /// The same pattern with its first step at `origin`. Before it the pattern runs backwards.
    ///
    /// Realtime: yes
    #[must_use]
    pub fn with_origin(mut self, origin: Beats) -> Self {
        self.origin = origin;
        self
    }

    /// The same pattern at `gain`, which is brought into 0 to 4. NaN is silence.
    ///
    /// Realtime: yes
    #[must_use]
    pub fn with_gain(mut self, gain: f32) -> Self {
        self.gain = if gain.is_nan() {
            0.0
        } else {
            gain.clamp(0.0, 4.0)
        };
        self
    }

    /// Realtime: yes
    pub fn gain(&self) -> f32 {
        self.gain
    }

    /// Whether `step` sounds.
    ///
    /// Realtime: yes
    pub fn sounds(&self, step: u8) -> bool {
        step < self.length && self.active >> step & 1 == 1
    }

    /// The steps that begin within `pass`, in order.
    ///
    /// Realtime: yes
    pub fn onsets(&self, pass: Pass) -> impl Iterator<Item = Onset> {
        let (step, origin) = (self.step.quarter_notes(), self.origin.quarter_notes());
        let silent = self.active == 0;
        let first = libm::floor((pass.after().quarter_notes() - origin) / step);
        (0_u32..)
            .map(move |offset| first + f64::from(offset))
            .map(move |number| (number, Beats::raw(origin + number * step)))
            .take_while(move |(_, beat)| !silent && *beat <= pass.until())
            .filter(move |(_, beat)| *beat > pass.after())
            .filter_map(move |(number, beat)| {
                let step = self.step_at(number);
                self.sounds(step).then(|| Onset {
                    frame: pass.frame_at(beat),
                    step,
                })
            })
    }

    /// Which step of the pattern the step counted from its origin is. Before the origin they count
    /// backwards, so a pre-roll plays the end of the pattern.
    fn step_at(&self, number: f64) -> u8 {
        let length = f64::from(self.length);
        let within = number - length * libm::floor(number / length);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number from 0 up to the length, which is at most 128"
        )]
        let step = within as u8;
        step
    }
}

impl Score {
    /// Realtime: yes
    pub fn tracks(&self) -> &[ScoreTrack; MAX_TRACKS] {
        &self.tracks
    }

    /// Puts `track` at `index`. An index past the last track is ignored.
    ///
    /// Realtime: yes
    pub fn set_track(&mut self, index: usize, track: ScoreTrack) {
        if let Some(slot) = self.tracks.get_mut(index) {
            *slot = track;
        }
    }
}
