//! How loud something is: peak and RMS, for eyes. A meter reads both channels as one.

use crate::dsp::maths::{count, single, snapped};
use crate::score::MAX_TRACKS;

/// The peak stands for so many seconds before it falls, by so many decibels a second.
const HOLD: f32 = 0.1;
const FALL: f64 = 20.0;
/// Over how many seconds the mean is taken.
const MEAN: f32 = 0.3;
/// The needles move once in so many frames.
const CONTROL: usize = 16;
/// So many sums of power run side by side.
const LANES: usize = 4;
/// A peak below this, -120 dB, is none.
const NONE: f32 = 1e-6;

/// How loud something is, as factors of full scale.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Level {
    /// The louder channel's peak.
    pub peak: f32,
    /// The root of both channels' mean square.
    pub rms: f32,
}

/// How loud everything is. Small enough to be copied out of the audio thread as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Meters {
    pub tracks: [Level; MAX_TRACKS],
    pub master: Level,
}

/// Listens to one stereo signal.
#[derive(Debug)]
pub(crate) struct Meter {
    hold: u32,
    fall: f32,
    share: f32,
    /// Of the frames since the needles last moved.
    loudest: f32,
    power: [f32; LANES],
    until: usize,
    peak: f32,
    held: u32,
    mean: f32,
    resting: bool,
}

impl Meter {
    /// Realtime: no
    pub(crate) fn new(rate: f32) -> Self {
        let ticks = f64::from(rate) / CONTROL as f64;
        let hold = count(f64::from(HOLD) * ticks);
        Self {
            hold: u32::try_from(hold).unwrap_or(u32::MAX),
            fall: single(libm::pow(10.0, -FALL / 20.0 / ticks)),
            share: single(1.0 - libm::exp(-1.0 / (f64::from(MEAN) * ticks))),
            loudest: 0.0,
            power: [0.0; LANES],
            until: CONTROL,
            peak: 0.0,
            held: 0,
            mean: 0.0,
            resting: true,
        }
    }

    /// Whether it reads exact silence and need not hear more of it.
    ///
    /// Realtime: yes
    pub(crate) fn is_silent(&self) -> bool {
        self.resting
    }

    /// Realtime: yes
    pub(crate) fn read(&self) -> Level {
        Level {
            peak: if self.loudest > self.peak {
                self.loudest
            } else {
                self.peak
            },
            rms: self.mean.sqrt(),
        }
    }

    /// Forgets everything.
    ///
    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        self.loudest = 0.0;
        self.power = [0.0; LANES];
        self.until = CONTROL;
        self.peak = 0.0;
        self.held = 0;
        self.mean = 0.0;
        self.resting = true;
    }

    /// Realtime: yes
    pub(crate) fn hear(&mut self, left: &[f32], right: &[f32]) {
        let (mut left, mut right) = (left, right);
        while !left.is_empty() && !right.is_empty() {
            if self.resting {
                let mut sides = left.iter().zip(right);
                let heard = sides.position(|(left, right)| *left != 0.0 || *right != 0.0);
                let Some(heard) = heard else {
                    return;
                };
                self.resting = false;
                left = left.get(heard..).unwrap_or_default();
                right = right.get(heard..).unwrap_or_default();
            }
            let count = left.len().min(right.len()).min(self.until);
            let (now_left, later_left) = left.split_at(count);
            let (now_right, later_right) = right.split_at(count);
            if let (Some(left), Some(right)) = (now_left.first_chunk(), now_right.first_chunk()) {
                self.hear_all(left, right);
            } else {
                let first = CONTROL - self.until;
                for (frame, (left, right)) in (first..).zip(now_left.iter().zip(now_right)) {
                    let (peak, power) = level(*left, *right);
                    self.power[frame % LANES] += power;
                    if peak > self.loudest {
                        self.loudest = peak;
                    }
                }
            }
            self.until -= count;
            if self.until == 0 {
                self.swing();
            }
            (left, right) = (later_left, later_right);
        }
    }

    /// All frames from one movement of the needles to the next: the same sums, side by side.
    fn hear_all(&mut self, left: &[f32; CONTROL], right: &[f32; CONTROL]) {
        let mut loudest = [0.0; LANES];
        for (left, right) in left.chunks_exact(LANES).zip(right.chunks_exact(LANES)) {
            for lane in 0..LANES {
                let (peak, power) = level(left[lane], right[lane]);
                self.power[lane] += power;
                let before = loudest[lane];
                loudest[lane] = if peak > before { peak } else { before };
            }
        }
        for peak in loudest {
            if peak > self.loudest {
                self.loudest = peak;
            }
        }
    }

    fn swing(&mut self) {
        self.until = CONTROL;
        if self.loudest >= self.peak {
            self.peak = self.loudest;
            self.held = self.hold;
        } else if self.held > 0 {
            self.held -= 1;
        } else {
            self.peak *= self.fall;
        }
        if self.peak < NONE {
            self.peak = 0.0;
        }
        let [a, b, c, d] = self.power;
        let power = ((a + b) + (c + d)) * (0.5 / 16.0);
        self.mean = snapped(self.mean + (power - self.mean) * self.share);
        self.loudest = 0.0;
        self.power = [0.0; LANES];
        if self.peak == 0.0 && self.mean == 0.0 {
            self.clear();
        }
    }
}

/// A frame's peak and power. Neither NaN nor infinity is a level.
#[inline(always)]
fn level(left: f32, right: f32) -> (f32, f32) {
    let (left, right) = (left.abs(), right.abs());
    let peak = if left > right { left } else { right };
    let power = left * left + right * right;
    if power < 1e12 {
        (peak, power)
    } else {
        (0.0, 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, Meter};
    use crate::dsp::noise::Noise;

    fn square(level: f32, frames: usize) -> Vec<f32> {
        (0..frames)
            .map(|frame| if frame % 32 < 16 { level } else { -level })
            .collect()
    }

    #[test]
    fn a_square_reads_its_level_as_peak_and_as_rms() {
        let mut meter = Meter::new(48_000.0);
        let (left, right) = (square(0.5, 144_000), square(-0.5, 144_000));
        meter.hear(&left, &right);
        let Level { peak, rms } = meter.read();
        assert_eq!(peak, 0.5);
        assert!((rms - 0.5).abs() < 1e-3, "{rms}");
        meter.hear(&left, &vec![0.0; 144_000]);
        let rms = meter.read().rms;
        assert!((rms - 0.353_55).abs() < 1e-3, "one side alone: {rms}");
    }

    #[test]
    fn a_peak_is_read_at_once_stands_and_falls_by_twenty_decibels_a_second() {
        let mut meter = Meter::new(48_000.0);
        let silence = vec![0.0; 48_000];
        meter.hear(&[0.8], &[0.1]);
        assert_eq!(meter.read().peak, 0.8);
        meter.hear(&silence[..4_000], &silence[..4_000]);
        assert_eq!(meter.read().peak, 0.8);
        meter.hear(&silence[..4_800], &silence[..4_800]);
        let before = meter.read().peak;
        meter.hear(&silence, &silence);
        let fallen = before / meter.read().peak;
        assert!((9.9..10.1).contains(&fallen), "{fallen}");
    }

    #[test]
    fn silence_reads_exactly_zero_in_the_end() {
        let mut meter = Meter::new(48_000.0);
        let mut sound = square(0.9, 48_000);
        sound[100] = f32::NAN;
        sound[200] = f32::INFINITY;
        meter.hear(&sound, &sound);
        assert!(!meter.is_silent());
        assert!(meter.read().peak == 0.9 && meter.read().rms.is_finite());
        let silence = vec![0.0; 48_000 * 14];
        meter.hear(&silence, &silence);
        assert!(meter.is_silent());
        assert_eq!(meter.read(), Level::default());
    }

    #[test]
    fn it_reads_the_same_however_it_is_cut_and_skipped_at_rest() {
        let mut noise = Noise::new(3);
        let mut sound: Vec<f32> = (0..48_000 * 16).map(|_| noise.next()).collect();
        sound[20_001..48_000 * 15].fill(0.0);
        let read = |length: usize, skipping: bool| {
            let mut meter = Meter::new(48_000.0);
            for part in sound.chunks(length) {
                let silent = part.iter().all(|sample| *sample == 0.0);
                if !(skipping && silent && meter.is_silent()) {
                    meter.hear(part, part);
                }
            }
            meter.read()
        };
        let whole = read(64, false);
        assert!(whole.rms > 0.1);
        for (length, skipping) in [(1, true), (7, true), (64, true), (7, false)] {
            assert_eq!(read(length, skipping), whole);
        }
    }
}
