//! A note's way from one pitch to another. It knows nothing of what sounds.

use super::ahead::TICK;

/// How far a note still is from its pitch, in semitones, less with every tick.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Glide {
    offset: f32,
    share: f32,
}

/// Nearer than this is there: a hundredth of a cent.
const ARRIVED: f32 = 1e-4;
/// The fastest a pitch moves, in seconds: fast enough to be heard as a step, too slow to click.
const SOONEST: f32 = 0.004;
/// A glide's time holds so many time constants.
const CONSTANTS: f32 = 4.0;

impl Glide {
    /// There already.
    ///
    /// Realtime: yes
    pub(crate) fn arrived() -> Self {
        Self::default()
    }

    /// The pitch that is aimed at is `by` semitones higher now, and is to be reached after about
    /// `seconds`.
    ///
    /// Realtime: yes
    pub(crate) fn turn(&mut self, by: f32, seconds: f32, rate: f32) {
        let seconds = if seconds > SOONEST { seconds } else { SOONEST };
        let ticks = seconds * rate / (CONSTANTS * TICK as f32);
        self.share = if ticks > 1.0 { 1.0 / ticks } else { 1.0 };
        let offset = self.offset - by;
        self.offset = if offset.is_finite() {
            offset.clamp(-240.0, 240.0)
        } else {
            0.0
        };
    }

    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn is_moving(&self) -> bool {
        self.offset != 0.0
    }

    /// How far it still is after one more tick.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn next(&mut self) -> f32 {
        let rest = self.offset - self.offset * self.share;
        self.offset = if rest.abs() < ARRIVED { 0.0 } else { rest };
        self.offset
    }
}

/// The seconds of a glide of that share of its range: none to two seconds, finer where it is short.
///
/// Realtime: yes
pub(crate) fn seconds_of_glide(share: f32) -> f32 {
    2.0 * share * share
}
