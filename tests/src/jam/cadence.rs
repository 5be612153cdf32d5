//! When the frames of a browser's sound are due, from when its audio thread began each block. It must
//! not know what the page makes of the browser's words.

use crate::browser::Overheard;
use crate::machine::MachineTime;

/// The time that an audio device asks for each frame.
#[derive(Debug)]
pub(super) struct Cadence {
    rate: f64,
    /// For each half second of frames the least that a block began after its nominal time, in
    /// milliseconds of the clock on the wall.
    floors: Vec<Option<f64>>,
    /// How much later than it was asked for a frame is heard; nothing where the sound was never steady
    /// while the browser said so.
    latency: Option<f64>,
}

/// Frames of so many seconds together have one floor.
const BIN: f64 = 0.5;
/// So many bins on either side make one estimate.
const SIDES: usize = 3;
/// Floors further apart than this mean that the sound slipped between them.
const SLIPPED: f64 = 4.0;

impl Cadence {
    pub(super) fn of(heard: &Overheard, clock_began: MachineTime) -> Self {
        let rate = heard.rate;
        let mut floors: Vec<Option<f64>> = Vec::new();
        for &(frame, at) in &heard.rendered {
            let bin = bin(frame, rate);
            if bin >= floors.len() {
                floors.resize(bin + 1, None);
            }
            let after = at - frame * 1e3 / rate;
            let floor = &mut floors[bin];
            *floor = Some(floor.map_or(after, |floor| floor.min(after)));
        }
        let mut cadence = Self {
            rate,
            floors,
            latency: None,
        };
        let mut later: Vec<f64> = heard
            .output
            .iter()
            .filter_map(|&(frame, seconds)| {
                let said = clock_began.after(seconds - heard.origin);
                Some(said.millis_since(cadence.asked_at(frame)?))
            })
            .collect();
        later.sort_by(f64::total_cmp);
        cadence.latency = later.get(later.len() / 2).copied();
        cadence
    }

    /// How much later than it was asked for a frame is heard, in milliseconds.
    pub(super) fn latency(&self) -> f64 {
        self.latency.unwrap_or_default()
    }

    /// When a frame is heard; nothing where the sound slipped.
    pub(super) fn heard_at(&self, frame: usize) -> Option<MachineTime> {
        let frame = f64::from(u32::try_from(frame).expect("a test is short"));
        Some(self.asked_at(frame)?.after(self.latency? / 1e3))
    }

    fn asked_at(&self, frame: f64) -> Option<MachineTime> {
        if frame < 0.0 {
            return None;
        }
        let bin = bin(frame, self.rate);
        let near = bin.saturating_sub(SIDES)..(bin + SIDES + 1).min(self.floors.len());
        let near = self.floors.get(near)?.iter().flatten();
        let least = near
            .clone()
            .fold(f64::INFINITY, |least, floor| least.min(*floor));
        let most = near.fold(f64::NEG_INFINITY, |most, floor| most.max(*floor));
        let is_steady = most - least < SLIPPED;
        is_steady.then(|| MachineTime::of_wall(least + frame * 1e3 / self.rate))
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "frames count from nothing, and a test is short"
)]
fn bin(frame: f64, rate: f64) -> usize {
    (frame.max(0.0) / (rate * BIN)) as usize
}
