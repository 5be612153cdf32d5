//! A plucked string: a delay as long as a period, that loses a little each time around. It knows
//! nothing of what is played on it.

mod body;
mod pick;
mod string;

use super::ahead::{Ahead, Frames, PER_TICK, TICK};
use super::glide::{Glide, seconds_of_glide};
use super::{Instrument, Setting, Strike};
use crate::dsp::maths::exp2;
use crate::dsp::smooth::Smooth;
use body::Body;
use lockstep_session::document::instrument::Parameter;
use pick::{Pick, Plucking};
use string::{Loss, Strand};

/// A nylon string.
pub(crate) const DEFAULTS: &[(Parameter, u16)] = &[
    (Parameter::Tune, 5_000),
    (Parameter::Fine, 5_000),
    (Parameter::Position, 3_000),
    (Parameter::Brightness, 5_500),
    (Parameter::Damping, 3_500),
    (Parameter::Decay, 6_000),
    (Parameter::Release, 4_500),
    (Parameter::Body, 3_000),
    (Parameter::Noise, 2_500),
    (Parameter::Spread, 4_000),
    (Parameter::Glide, 0),
];

/// What full velocity peaks at, about.
const LEVEL: f32 = 0.5;
const MIDDLE_C: f32 = 261.625_58;
/// The lowest string there is room for.
const LOWEST: f32 = 26.5;
/// The highest pitch, as a share of the sample rate.
const HIGHEST: f32 = 0.12;
/// A string moving less than this, for longer than its period, has come to rest: 100 dB down.
const REST: f32 = 1e-5;
/// The fastest a string's length changes, in seconds: faster would be heard as a click.
const SOONEST: f32 = 0.03;
/// How soon a moved parameter has arrived, in ticks.
const SOON: f32 = 12.0;

/// One string.
#[derive(Clone, Debug)]
pub(crate) struct Pluck {
    ahead: Ahead,
    string: Sounding,
}

#[derive(Clone, Debug)]
struct Sounding {
    strand: Strand,
    pick: Pick,
    body: Body,
    is_over: bool,
    is_released: bool,
    note: f32,
    /// The pitch that is aimed at, in semitones above middle C, and the way to it.
    pitch: f32,
    glide: Glide,
    /// How bright the string is and how long it rings, as they move.
    corner: Smooth,
    seconds: Smooth,
    held_seconds: f32,
    release_seconds: f32,
    side: Smooth,
    /// How many ticks the string has been next to still.
    still: f32,
}

impl Pluck {
    /// A string for `rate` frames a second.
    ///
    /// Realtime: no
    pub(crate) fn new(rate: f32) -> Self {
        Self {
            ahead: Ahead::default(),
            string: Sounding {
                strand: Strand::new(rate, LOWEST),
                pick: Pick::default(),
                body: Body::default(),
                is_over: true,
                is_released: false,
                note: 0.0,
                pitch: 0.0,
                glide: Glide::arrived(),
                corner: Smooth::default(),
                seconds: Smooth::default(),
                held_seconds: 1.0,
                release_seconds: 1.0,
                side: Smooth::default(),
                still: 0.0,
            },
        }
    }
}

impl Instrument for Pluck {
    fn strike(&mut self, setting: &Setting<'_>, strike: Strike) {
        self.ahead = Ahead::default();
        self.string.strike(setting, strike);
    }

    fn slide(&mut self, setting: &Setting<'_>, pitch: f32) {
        let seconds = seconds_of_glide(setting.values.share(Parameter::Glide));
        self.string.note = pitch;
        self.string.tune(setting, seconds);
    }

    fn release(&mut self) {
        self.string.is_released = true;
        self.string.aim_seconds(Smooth::aim);
    }

    fn steer(&mut self, setting: &Setting<'_>) {
        self.string.aim(setting, Smooth::aim);
        self.string.tune(setting, 0.0);
    }

    fn render(&mut self, setting: &Setting<'_>, left: &mut [f32], right: &mut [f32]) {
        let string = &mut self.string;
        self.ahead.render(left, right, |left, right| {
            string.compute(setting.rate, left, right);
        });
    }

    fn is_over(&self) -> bool {
        self.string.is_over && self.ahead.is_silent()
    }
}

impl Sounding {
    fn strike(&mut self, setting: &Setting<'_>, strike: Strike) {
        let values = setting.values;
        self.is_over = false;
        self.is_released = false;
        self.still = 0.0;
        self.corner = Smooth::new(0.0, SOON);
        self.seconds = Smooth::new(0.0, SOON);
        self.side = Smooth::new(0.0, SOON);
        self.body = Body::new(setting.rate, SOON);
        self.note = strike.pitch;
        self.pitch = 0.0;
        self.tune(setting, 0.0);
        self.glide = Glide::arrived();
        let seconds = seconds_of_glide(values.share(Parameter::Glide));
        if let Some(from) = strike.from.filter(|_| seconds > 0.0) {
            self.glide.turn(strike.pitch - from, seconds, setting.rate);
        }
        self.aim(setting, Smooth::jump);
        let hertz = self.hertz(0.0, setting.rate);
        self.strand.clear();
        self.retune(setting.rate);
        self.strand.begin();
        let velocity = strike.velocity;
        let brightness = values.share(Parameter::Brightness) - 0.25 * (1.0 - velocity);
        self.pick = Pick::new(&Plucking {
            period: setting.rate / hertz,
            position: values.linear(Parameter::Position, 0.02, 0.5),
            // From 250 Hz to 16 kHz, a little more on higher strings.
            corner: 250.0 * exp2(6.0 * brightness) * exp2(0.25 * self.octave()) / setting.rate,
            noise: values.share(Parameter::Noise),
            level: LEVEL * velocity * (0.4 + 0.6 * velocity),
            seed: strike.seed,
        });
    }

    fn octave(&self) -> f32 {
        self.pitch / 12.0
    }

    /// Goes to the pitch of the note, the tuning and the wheel.
    fn tune(&mut self, setting: &Setting<'_>, seconds: f32) {
        let values = setting.values;
        let tuned =
            values.linear(Parameter::Tune, -24.0, 24.0) + values.linear(Parameter::Fine, -1.0, 1.0);
        let pitch = self.note + tuned + setting.bend;
        let pitch = if pitch.is_finite() {
            pitch.clamp(-96.0, 96.0)
        } else {
            0.0
        };
        let seconds = if seconds > SOONEST { seconds } else { SOONEST };
        self.glide.turn(pitch - self.pitch, seconds, setting.rate);
        self.pitch = pitch;
    }

    fn hertz(&self, offset: f32, rate: f32) -> f32 {
        let hertz = MIDDLE_C * exp2((self.pitch + offset) / 12.0);
        hertz.clamp(LOWEST, HIGHEST * rate)
    }

    fn aim(&mut self, setting: &Setting<'_>, go: fn(&mut Smooth, f32)) {
        let values = setting.values;
        // Octaves between what a pass leaves of the highs, relative to the pitch.
        go(
            &mut self.corner,
            values.linear(Parameter::Damping, 7.5, 0.5),
        );
        self.held_seconds = values.ratio(Parameter::Decay, 0.08, 20.0);
        self.release_seconds = values.ratio(Parameter::Release, 0.03, 20.0);
        self.aim_seconds(go);
        go(&mut self.side, 0.7 * values.share(Parameter::Spread));
        go(&mut self.body.share, values.share(Parameter::Body));
    }

    fn aim_seconds(&mut self, go: fn(&mut Smooth, f32)) {
        let seconds = if self.is_released && self.release_seconds < self.held_seconds {
            self.release_seconds
        } else {
            self.held_seconds
        };
        go(&mut self.seconds, seconds);
    }

    /// Fits the strand to the pitch and the losses of this moment.
    fn retune(&mut self, rate: f32) {
        let offset = self.glide.next();
        let hertz = self.hertz(offset, rate);
        // High strings ring for less long, as they do.
        let seconds = self.seconds.next() * exp2(-0.35 * (self.pitch / 12.0));
        self.strand.aim(&Loss {
            turns: hertz / rate,
            corner: self.corner.next(),
            seconds_in_periods: seconds * hertz,
        });
    }

    fn is_moving(&self) -> bool {
        self.glide.is_moving() || !self.corner.has_arrived() || !self.seconds.has_arrived()
    }

    fn compute(&mut self, rate: f32, left: &mut Frames, right: &mut Frames) {
        left.fill(0.0);
        right.fill(0.0);
        if self.is_over {
            return;
        }
        if self.is_moving() {
            self.retune(rate);
        }
        if !self.pick.is_over() {
            self.pick.render(left);
        }
        // Left holds what the pick does, and then what the string does; right the string at
        // another place, which is the difference of the two sides.
        self.strand.render(left, right);
        let peak = left.iter().fold(0.0, |peak, value| {
            if value.abs() > peak {
                value.abs()
            } else {
                peak
            }
        });
        self.body.render(left);
        let side = self.side.value();
        let slope = (self.side.next() - side) * PER_TICK;
        for (frame, (left, right)) in left.iter_mut().zip(right.iter_mut()).enumerate() {
            let side = *right * (side + slope * frame as f32);
            let middle = *left;
            *left = middle + side;
            *right = middle - side;
        }
        self.still = if peak < REST && self.pick.is_over() {
            self.still + TICK as f32
        } else {
            0.0
        };
        if self.still > self.strand.period() + TICK as f32 {
            self.is_over = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instrument::Values;
    use crate::instrument::testing::{self, Bench};

    fn bench(rate: f32, settings: &[(Parameter, u16)]) -> Bench {
        Bench::new(rate, DEFAULTS, settings)
    }

    #[test]
    fn every_note_is_in_tune_within_a_cent_at_any_rate_and_damping() {
        for rate in [44_100.0, 48_000.0, 96_000.0] {
            for damping in [0, 3_500, 6_000] {
                for note in (-36_i16..=36).step_by(6).map(f32::from) {
                    let settings = [(Parameter::Damping, damping), (Parameter::Decay, 9_000)];
                    let bench = bench(rate, &settings);
                    let frames = crate::dsp::maths::count(f64::from(rate));
                    let sound = bench.note(Pluck::new(rate), note, 1.0, frames / 2);
                    let wanted = 261.625_565 * libm::exp2(f64::from(note) / 12.0);
                    let cents =
                        testing::cents_between(&sound.left[frames / 20..], f64::from(rate), wanted);
                    assert!(
                        cents.abs() < 1.0,
                        "{cents} cents at {note}, rate {rate}, damping {damping}"
                    );
                }
            }
        }
    }

    #[test]
    fn it_begins_loud_and_rings_out_to_exact_silence_in_its_time() {
        for note in [-24.0, 0.0, 24.0] {
            let sound = bench(48_000.0, &[]).note(Pluck::new(48_000.0), note, 1.0, 960_000);
            let peak = testing::peak(&sound.left);
            assert!((0.25..0.8).contains(&peak), "{peak} at {note}");
            assert!(sound.is_over && sound.length() > 24_000);
            let mean = sound.left[..48_000].iter().sum::<f32>() / 48_000.0;
            assert!(mean.abs() < 3e-4, "an offset of {mean}");
        }
    }

    #[test]
    fn the_decay_time_is_that_of_the_fundamental() {
        let bench = bench(48_000.0, &[(Parameter::Damping, 2_000)]);
        let sound = bench.note(Pluck::new(48_000.0), 0.0, 1.0, 144_000);
        let at = |frame: usize| {
            testing::strength(&sound.left[frame..frame + 9_600], 48_000.0, 261.625_565)
        };
        let seconds = f64::from(Values::new(DEFAULTS).ratio(Parameter::Decay, 0.08, 20.0));
        let fallen = 20.0 * libm::log10(at(4_800) / at(100_800));
        let wanted = 60.0 * 2.0 / seconds;
        assert!(
            (fallen / wanted - 1.0).abs() < 0.05,
            "{fallen} for {wanted}"
        );
    }

    #[test]
    fn a_key_let_go_damps_it() {
        let bench = bench(48_000.0, &[(Parameter::Release, 2_000)]);
        let sound = bench.held(Pluck::new(48_000.0), 0.0, 9_600, 96_000);
        assert!(
            sound.is_over && sound.length() < 30_000,
            "{}",
            sound.length()
        );
        assert!(testing::peak(&sound.left[9_000..9_600]) > 0.1);
    }

    #[test]
    fn slid_and_steered_it_never_clicks() {
        for damping in [3_000, 9_000] {
            let bench = bench(48_000.0, &[(Parameter::Damping, damping)])
                .with(Parameter::Brightness, 1_500)
                .with(Parameter::Noise, 0);
            let calm = bench.note(Pluck::new(48_000.0), 7.0, 1.0, 20_000);
            let sound = bench.storm(Pluck::new(48_000.0), 60_000);
            let jump = testing::largest_jump(&sound.left);
            let own = testing::largest_jump(&calm.left);
            assert!(jump < 1.5 * own, "a jump of {jump}, its own slope is {own}");
        }
    }

    #[test]
    fn a_slid_note_arrives_in_tune() {
        let bench = bench(48_000.0, &[(Parameter::Decay, 9_000)]);
        let setting = bench.setting();
        let mut string = Pluck::new(48_000.0);
        string.strike(&setting, testing::strike(0.0, 1.0));
        string.slide(&setting, 7.0);
        let (mut left, mut right) = (vec![0.0; 48_000], vec![0.0; 48_000]);
        string.render(&setting, &mut left, &mut right);
        let wanted = 261.625_565 * libm::exp2(7.0 / 12.0);
        let cents = testing::cents_between(&left[9_600..40_000], 48_000.0, wanted);
        assert!(cents.abs() < 1.0, "{cents} cents");
    }

    #[test]
    fn it_sounds_the_same_however_it_is_cut_and_stays_sane_at_any_setting() {
        for rate in [48_000.0, 192_000.0] {
            bench(rate, &[]).assert_same_however_cut(|| Pluck::new(rate));
            bench(rate, &[]).assert_sane_at_any_setting(|| Pluck::new(rate));
        }
    }
}
