//! A track's own drive and filter, in this order: the filter has the last word on what the drive adds.

mod drive;
mod filter;

pub(crate) use self::filter::FilterMode;

use self::drive::Drive;
use self::filter::Filter;
use super::{between, sane};
use crate::dsp::filter::StateVariable;
use crate::dsp::maths::snapped;

/// While nothing moves, so many frames are done at once, and states are snapped after them.
const PIECE: usize = 16;

#[derive(Debug)]
pub(crate) struct Strip {
    mode: FilterMode,
    /// Corner, resonance and drive.
    aimed: [f32; 3],
    drive: Drive,
    filter: Filter,
    resting: bool,
    /// How much of a piece is done.
    done: usize,
}

impl Strip {
    /// Realtime: no
    pub(crate) fn new(rate: f32) -> Self {
        Self {
            mode: FilterMode::Off,
            aimed: [1.0, 0.0, 0.0],
            drive: Drive::new(rate),
            filter: Filter::new(rate),
            resting: true,
            done: 0,
        }
    }

    /// Whether it would give exact silence for silence.
    ///
    /// Realtime: yes
    pub(crate) fn is_silent(&self) -> bool {
        self.resting
    }

    /// All from 0 to 1; the corner goes from 20 Hz to 20 kHz. Off and without drive it leaves the
    /// sound as it is.
    ///
    /// Realtime: yes
    pub(crate) fn aim(&mut self, mode: FilterMode, corner: f32, resonance: f32, drive: f32) {
        let wanted = [corner, resonance, drive];
        if mode == self.mode && wanted == self.aimed {
            return;
        }
        let mut aimed = self.aimed;
        for (aimed, wanted) in aimed.iter_mut().zip(wanted) {
            *aimed = between(wanted, 0.0, 1.0, *aimed);
        }
        self.mode = mode;
        self.aimed = aimed;
        self.filter.aim(mode, aimed[0], aimed[1]);
        self.drive.aim(aimed[2]);
        if self.resting {
            self.rest();
        }
    }

    /// Forgets all sound and is where it is aimed.
    ///
    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        self.rest();
    }

    /// Realtime: yes
    pub(crate) fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        if self.drive.is_off() && self.filter.is_off() {
            if let (Some(left), Some(right)) = (left.last(), right.last()) {
                self.resting = *left == 0.0 && *right == 0.0;
            }
            return;
        }
        let frames = left.len().min(right.len());
        let mut done = 0;
        while done < frames {
            let (Some(left), Some(right)) = (left.get_mut(done..), right.get_mut(done..)) else {
                return;
            };
            if self.resting {
                let mut sides = left.iter().zip(right.iter());
                let heard = sides.position(|(left, right)| *left != 0.0 || *right != 0.0);
                let Some(heard) = heard else {
                    return;
                };
                self.resting = false;
                done += heard;
            } else if self.drive.is_steady() && self.filter.is_steady() {
                done += self.render_steadily(left, right);
            } else if let (Some(left), Some(right)) = (left.first_mut(), right.first_mut()) {
                let silent = *left == 0.0 && *right == 0.0;
                let driven = self.drive.next([sane(*left), sane(*right)]);
                [*left, *right] = self.filter.next(driven);
                if silent && self.drive.is_silent() && self.filter.is_silent() {
                    self.rest();
                }
                self.done = 0;
                done += 1;
            }
        }
    }

    /// Up to the end of a piece during which nothing moves, and how long that is.
    fn render_steadily(&mut self, left: &mut [f32], right: &mut [f32]) -> usize {
        let room = PIECE - self.done;
        let frames = left.len().min(right.len()).min(room);
        let mut sides = [[0.0; PIECE]; 2];
        for (side, samples) in sides.iter_mut().zip([&*left, &*right]) {
            for (side, sample) in side.iter_mut().zip(samples.iter().take(frames)) {
                *side = sane(*sample);
            }
        }
        let means = self.drive.means(&sides, frames);
        let [lift, dry, wet] = self.drive.shares();
        let [paces, [of_input, of_band, of_low]] = self.filter.paces();
        let mut lifted = self.drive.lifted();
        let mut states = *self.filter.sides();
        for frame in 0..frames.min(PIECE) {
            for side in 0..2 {
                lifted[side] = means[side][frame] - lift * lifted[side];
                let driven = dry * sides[side][frame] + wet * lifted[side];
                let [band, low] = states[side].step(driven, paces);
                sides[side][frame] = of_input * driven + (of_band * band + of_low * low);
            }
        }
        self.done += frames;
        let is_whole = self.done == PIECE;
        if is_whole {
            self.done = 0;
            lifted = lifted.map(snapped);
            states.iter_mut().for_each(StateVariable::snap);
        }
        self.drive.keep(lifted);
        if !self.filter.is_off() {
            *self.filter.sides() = states;
        }
        let last = frames.saturating_sub(1);
        let silent = left.get(last) == Some(&0.0) && right.get(last) == Some(&0.0);
        for (side, samples) in sides.iter().zip([left, right]) {
            for (side, sample) in side.iter().zip(samples.iter_mut().take(frames)) {
                *sample = *side;
            }
        }
        if is_whole && silent && self.drive.is_silent() && self.filter.is_silent() {
            self.rest();
        }
        frames
    }

    fn rest(&mut self) {
        self.resting = true;
        self.done = 0;
        self.drive.rest();
        self.filter.rest();
    }
}

#[cfg(test)]
mod tests {
    use super::{FilterMode, Strip};
    use crate::effect::trial::{RATE, left_power, noise, stereo, tone, trials, tried};

    tried!(Strip, |strip, other| if other {
        strip.aim(FilterMode::LowPass, 0.7, 0.3, 0.9);
    } else {
        strip.aim(FilterMode::HighPass, 0.3, 0.1, 0.0);
    });
    trials!(Strip, 4, 1.5);

    #[test]
    fn off_and_without_drive_it_leaves_every_bit_as_it_is() {
        let mut strip = Strip::new(RATE);
        strip.aim(FilterMode::LowPass, 0.5, 0.8, 0.9);
        let sound = stereo(noise(1, 0.9, 48_000));
        let [mut left, mut right] = sound.clone();
        strip.render(&mut left, &mut right);
        assert_ne!(left, sound[0]);
        strip.aim(FilterMode::Off, f32::NAN, 0.3, 0.0);
        strip.render(&mut left, &mut right);
        let [mut left, mut right] = sound.clone();
        strip.render(&mut left, &mut right);
        assert_eq!([left, right], sound);
    }

    #[test]
    fn switching_the_filter_on_and_off_under_a_tone_never_clicks() {
        let sound = stereo(tone(1_000.0, 0.5, 96_000));
        let steady = trial::sharpest(&sound[0]);
        for mode in [FilterMode::LowPass, FilterMode::HighPass] {
            let mut strip = Strip::new(RATE);
            let out = trial::cut(&sound, &[64], |at, left, right| {
                let on = (at / 6_400) % 2 == 1;
                strip.aim(if on { mode } else { FilterMode::Off }, 0.6, 0.2, 0.0);
                strip.render(left, right);
            });
            let sharp = trial::sharpest(&out[0][100..]);
            assert!(sharp < steady * 1.5, "{sharp} over {steady} with {mode:?}");
        }
    }

    #[test]
    fn a_driven_tone_stays_as_loud_within_three_decibels() {
        let sound = stereo(tone(220.0, 0.4, 48_000));
        let dry = left_power(&sound[0]);
        for step in 1_u8..=10 {
            let mut strip = Strip::new(RATE);
            strip.aim(FilterMode::Off, 1.0, 0.0, f32::from(step) / 10.0);
            let [mut left, mut right] = sound.clone();
            strip.render(&mut left, &mut right);
            let change = 10.0 * libm::log10(left_power(&left) / dry);
            assert!(change.abs() < 3.0, "drive {step}: {change} dB");
        }
    }

    #[test]
    fn a_little_drive_keeps_the_treble() {
        for hertz in [2_000.0, 8_000.0, 12_000.0] {
            let sound = stereo(tone(hertz, 0.02, 48_000));
            let mut strip = Strip::new(RATE);
            strip.aim(FilterMode::Off, 1.0, 0.0, 0.1);
            let [mut left, mut right] = sound.clone();
            strip.render(&mut left, &mut right);
            let change = 10.0 * libm::log10(left_power(&left[9_000..]) / left_power(&sound[0]));
            assert!(change.abs() < 1.2, "{hertz} Hz: {change} dB");
        }
    }

    /// How loud one frequency is, in decibels of full scale.
    fn heard_at(hertz: f64, samples: &[f32]) -> f64 {
        let (mut real, mut imaginary) = (0.0, 0.0);
        let length = samples.len() as f64;
        for (frame, sample) in samples.iter().enumerate() {
            let angle = core::f64::consts::TAU * hertz * frame as f64 / f64::from(RATE);
            let window = 0.5 - 0.5 * libm::cos(core::f64::consts::TAU * frame as f64 / length);
            real += f64::from(*sample) * window * libm::cos(angle);
            imaginary += f64::from(*sample) * window * libm::sin(angle);
        }
        20.0 * libm::log10(4.0 * libm::sqrt(real * real + imaginary * imaginary) / length)
    }

    #[test]
    fn what_a_driven_tone_adds_in_between_stays_far_below_it() {
        // 3 kHz folds its 17th, 19th and 21st partials to 3, 9 and 15 kHz: a tone beside it
        // folds them where no partial is.
        let hertz = 3_010.0;
        let sound = stereo(tone(hertz, 0.4, 48_000));
        let mut strip = Strip::new(RATE);
        strip.aim(FilterMode::Off, 1.0, 0.0, 0.8);
        let [mut left, mut right] = sound.clone();
        strip.render(&mut left, &mut right);
        let fundamental = heard_at(hertz, &left);
        let mut partial = 9.0;
        while partial < 40.0 {
            let folded = partial * hertz % 48_000.0;
            let folded = if folded > 24_000.0 {
                48_000.0 - folded
            } else {
                folded
            };
            if partial * hertz > 24_000.0 && folded < 16_000.0 {
                let below = heard_at(folded, &left) - fundamental;
                assert!(
                    below < -40.0,
                    "partial {partial} at {folded} Hz: {below} dB"
                );
            }
            partial += 2.0;
        }
    }
}
