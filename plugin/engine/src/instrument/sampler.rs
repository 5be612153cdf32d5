//! Plays a sample at any pitch. It knows nothing of where the sample came from.

mod filter;

use super::ahead::{Ahead, Frames, PER_TICK, TICK};
use super::glide::{Glide, seconds_of_glide};
use super::{Instrument, Setting, Strike};
use crate::dsp::envelope::{Contour, Envelope};
use crate::dsp::maths::ratio_of_semitones;
use crate::sample::{Interpolation, MOST_STRETCHED, Reader, Sample, UNITY};
use filter::Filter;
use lockstep_session::document::instrument::Parameter;

/// A whole sample, as it is, to its end.
pub(crate) const DEFAULTS: &[(Parameter, u16)] = &[
    (Parameter::Tune, 5_000),
    (Parameter::Fine, 5_000),
    (Parameter::Start, 0),
    (Parameter::End, 10_000),
    (Parameter::Reverse, 0),
    (Parameter::Attack, 0),
    (Parameter::Decay, 5_000),
    (Parameter::Sustain, 10_000),
    (Parameter::Release, 10_000),
    (Parameter::Cutoff, 10_000),
    (Parameter::Resonance, 0),
    (Parameter::Glide, 0),
];

/// What a sample's peak becomes at full velocity.
const LEVEL: f32 = 0.5;
/// How long a sample that is cut takes to come and to go, in seconds.
const FADE: f32 = 0.0015;

/// One note of a sample. From two octaves up on, what would lie above half the sample rate folds
/// down: samples hold no copies of themselves at lower rates.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sampler {
    ahead: Ahead,
    playing: Playing,
}

#[derive(Clone, Copy, Debug, Default)]
struct Playing {
    reader: Reader,
    is_over: bool,
    backwards: bool,
    /// Rings on when the key is let go.
    rings_on: bool,
    /// The first and the last place of the sample that are played.
    start: i64,
    end: i64,
    /// How much of the fade that a cut start needs is done, and how much a frame does.
    risen: f32,
    rise: f32,
    /// How far a frame goes at the pitch that is aimed at.
    increment: f64,
    note: f32,
    pitch: f32,
    glide: Glide,
    envelope: Envelope,
    level: f32,
    gain: f32,
    filter: Filter,
}

impl Instrument for Sampler {
    fn strike(&mut self, setting: &Setting<'_>, strike: Strike) {
        self.ahead = Ahead::default();
        self.playing = Playing::default();
        let Some(sample) = setting.sample else {
            self.playing.is_over = true;
            return;
        };
        self.playing.strike(setting, sample, strike);
    }

    fn slide(&mut self, setting: &Setting<'_>, pitch: f32) {
        self.playing.note = pitch;
        let seconds = seconds_of_glide(setting.values.share(Parameter::Glide));
        self.playing.tune(setting, Some(seconds));
    }

    fn release(&mut self) {
        if !self.playing.rings_on {
            self.playing.envelope.release();
        }
    }

    fn steer(&mut self, setting: &Setting<'_>) {
        self.playing.shape(setting);
        self.playing.tune(setting, Some(0.0));
        self.playing.filter.aim(setting);
    }

    fn render(&mut self, setting: &Setting<'_>, left: &mut [f32], right: &mut [f32]) {
        let playing = &mut self.playing;
        match setting.sample {
            Some(sample) if !playing.is_over || !self.ahead.is_spent() => {
                self.ahead.render(left, right, |left, right| {
                    playing.compute(setting.rate, sample, left, right);
                });
            }
            _ => {
                playing.is_over = true;
                self.ahead = Ahead::default();
                left.fill(0.0);
                right.fill(0.0);
            }
        }
    }

    fn is_over(&self) -> bool {
        self.playing.is_over && self.ahead.is_silent()
    }
}

/// A number of frames in the reader's fixed point. NaN is zero, too large saturates.
#[expect(
    clippy::cast_possible_truncation,
    reason = "positions have 32 bits behind the point, and the cast saturates"
)]
fn fixed(value: f64) -> i64 {
    value as i64
}

impl Playing {
    fn strike(&mut self, setting: &Setting<'_>, sample: &Sample, strike: Strike) {
        let values = setting.values;
        self.backwards = values.share(Parameter::Reverse) >= 0.5;
        let frames = i64::try_from(sample.frames()).unwrap_or(0);
        let place =
            |share: f32| fixed(f64::from(share) * frames as f64 * UNITY as f64).min(frames * UNITY);
        let start = place(values.share(Parameter::Start));
        let end = place(values.share(Parameter::End));
        // A start behind the end leaves a moment to hear, rather than nothing.
        self.start = start.clamp(0, (frames * UNITY - UNITY).max(0));
        self.end = end.max(self.start + UNITY);
        let cut = if self.backwards {
            end < frames * UNITY
        } else {
            start > 0
        };
        self.rise = 1.0 / (FADE * setting.rate);
        self.risen = if cut { 0.0 } else { 1.0 };
        self.reader = Reader::new(if self.backwards {
            self.end - UNITY
        } else {
            self.start
        });
        self.note = strike.pitch;
        let seconds = seconds_of_glide(values.share(Parameter::Glide));
        let from = strike.from.filter(|_| seconds > 0.0);
        self.tune(setting, None);
        if let Some(from) = from {
            self.glide.turn(strike.pitch - from, seconds, setting.rate);
        }
        let velocity = strike.velocity;
        self.level = LEVEL * velocity * (0.4 + 0.6 * velocity);
        self.shape(setting);
        self.envelope.strike();
        let has_attack = values.share(Parameter::Attack) > 0.0;
        self.gain = if has_attack || cut { 0.0 } else { self.level };
        self.filter.strike(setting);
    }

    /// Goes to the pitch of the note, the tuning and the wheel, within `seconds` or at once.
    fn tune(&mut self, setting: &Setting<'_>, seconds: Option<f32>) {
        let values = setting.values;
        let tuned =
            values.linear(Parameter::Tune, -24.0, 24.0) + values.linear(Parameter::Fine, -1.0, 1.0);
        let pitch = self.note + tuned + setting.bend;
        let pitch = if pitch.is_finite() { pitch } else { 0.0 };
        match seconds {
            Some(seconds) => self.glide.turn(pitch - self.pitch, seconds, setting.rate),
            None => self.glide = Glide::arrived(),
        }
        self.pitch = pitch;
        let rates = setting.sample.map_or(1.0, |sample| {
            sample.rate().hertz() / f64::from(setting.rate)
        });
        self.increment = rates * libm::exp2(f64::from(pitch) / 12.0) * UNITY as f64;
    }

    fn shape(&mut self, setting: &Setting<'_>) {
        let values = setting.values;
        let attack = values.share(Parameter::Attack);
        let release = values.share(Parameter::Release);
        self.rings_on = release >= 1.0;
        let contour = Contour {
            attack: 4.0 * attack * attack * attack,
            hold: 0.0,
            decay: values.ratio(Parameter::Decay, 0.01, 10.0),
            sustain: values.share(Parameter::Sustain),
            release: values.ratio(Parameter::Release, 0.005, 5.0),
        };
        self.envelope.aim(&contour, setting.rate * PER_TICK);
    }

    fn compute(&mut self, rate: f32, sample: &Sample, left: &mut Frames, right: &mut Frames) {
        if self.is_over {
            left.fill(0.0);
            right.fill(0.0);
            return;
        }
        let mut increment = self.increment;
        if self.glide.is_moving() {
            increment *= f64::from(ratio_of_semitones(self.glide.next()));
        }
        let speed = fixed(increment).clamp(1, MOST_STRETCHED);
        let signed = if self.backwards { -speed } else { speed };
        let played = self
            .reader
            .render(sample, signed, Interpolation::Hermite, left, right);
        for side in [&mut *left, &mut *right] {
            side.get_mut(played..).unwrap_or_default().fill(0.0);
        }
        let gain = self.gain;
        self.gain = self.next_gain(rate, speed);
        let slope = (self.gain - gain) * PER_TICK;
        let mono = !sample.is_stereo();
        self.filter.apply(left, right, mono);
        for (frame, (left, right)) in left.iter_mut().zip(right.iter_mut()).enumerate() {
            let gain = gain + slope * frame as f32;
            *left *= gain;
            *right *= gain;
        }
        if self.gain == 0.0 && (self.envelope.is_over() || self.left_to_play() <= 0) {
            self.is_over = true;
        }
    }

    /// How much of the sample there is from here to where it ends.
    fn left_to_play(&self) -> i64 {
        if self.backwards {
            self.reader.position() - self.start
        } else {
            self.end - self.reader.position()
        }
    }

    /// The gain at the end of this tick. The last tick before the end goes to zero.
    fn next_gain(&mut self, rate: f32, speed: i64) -> f32 {
        let frames = self.left_to_play() as f32 / speed as f32 - TICK as f32;
        let fallen = frames / (FADE * rate);
        let fallen = if fallen > 1.0 {
            1.0
        } else if fallen > 0.0 {
            fallen
        } else {
            self.envelope.clear();
            0.0
        };
        self.risen += self.rise * TICK as f32;
        if self.risen > 1.0 {
            self.risen = 1.0;
        }
        self.envelope.next() * self.level * self.risen * fallen
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::maths::single;
    use crate::instrument::Values;
    use crate::instrument::testing::{self, Bench};
    use crate::sample::SampleKey;
    use crate::units::SampleRate;

    fn tone(hertz: f64, seconds: f64) -> Sample {
        let frames = crate::dsp::maths::count(seconds * 48_000.0);
        let frames: Vec<f32> = (0..frames)
            .map(|frame| {
                let turns = frame as f64 * hertz / 48_000.0;
                single(0.8 * libm::cos(core::f64::consts::TAU * turns))
            })
            .collect();
        let rate = SampleRate::new(48_000.0).expect("a rate");
        Sample::new(SampleKey::new([0; 8]), rate, &[&frames]).expect("a sample")
    }

    fn bench(sample: &Sample, settings: &[(Parameter, u16)]) -> Bench {
        Bench::new(48_000.0, DEFAULTS, settings).with_sample(sample.clone())
    }

    #[test]
    fn a_note_is_the_sample_at_its_pitch() {
        let sample = tone(440.0, 2.0);
        for (note, tune) in [(0.0, 5_000), (7.0, 5_000), (-12.0, 7_500), (19.0, 4_000)] {
            let bench = bench(&sample, &[(Parameter::Tune, tune)]);
            let sound = bench.note(Sampler::default(), note, 1.0, 20_000);
            let tuned = f64::from(note) + (f64::from(tune) - 5_000.0) * 24.0 / 5_000.0;
            let wanted = 440.0 * libm::exp2(tuned / 12.0);
            let cents = testing::cents_between(&sound.left[1_000..15_000], 48_000.0, wanted);
            assert!(cents.abs() < 0.5, "{cents} cents at {note} tuned {tuned}");
        }
    }

    #[test]
    fn it_plays_its_sample_as_it_is_to_its_end_and_then_nothing() {
        let sample = tone(100.0, 0.5);
        let sound = bench(&sample, &[]).note(Sampler::default(), 0.0, 1.0, 30_000);
        for frame in 0..23_900_u32 {
            let turns = f64::from(frame) * 100.0 / 48_000.0;
            let wanted = 0.4 * libm::cos(core::f64::consts::TAU * turns);
            let value = f64::from(sound.left[testing::index(frame)]);
            assert!((value - wanted).abs() < 1e-6);
        }
        assert!(sound.is_over && sound.left[24_000..].iter().all(|value| *value == 0.0));
    }

    #[test]
    fn cut_reversed_let_go_and_steered_it_never_clicks() {
        let sample = tone(100.0, 1.0);
        let settings = [
            (Parameter::Start, 1_234),
            (Parameter::End, 6_789),
            (Parameter::Release, 4_000),
        ];
        for reverse in [0, 10_000] {
            let bench = bench(&sample, &settings).with(Parameter::Reverse, reverse);
            let sound = bench.storm(Sampler::default(), 30_000);
            let jump = testing::largest_jump(&sound.left);
            assert!(jump < 0.03, "a jump of {jump}");
        }
    }

    #[test]
    fn a_release_lets_go_unless_it_is_at_its_top() {
        let sample = tone(100.0, 2.0);
        let length = |release| {
            let bench = bench(&sample, &[(Parameter::Release, release)]);
            bench.held(Sampler::default(), 0.0, 4_800, 96_000).length()
        };
        assert!((4_800..10_000).contains(&length(3_000)));
        assert!(length(10_000) > 95_000);
    }

    #[test]
    fn the_filter_takes_away_what_lies_above_it() {
        let sample = tone(4_000.0, 1.0);
        let level = |cutoff| {
            let bench = bench(&sample, &[(Parameter::Cutoff, cutoff)]);
            let sound = bench.note(Sampler::default(), 0.0, 1.0, 20_000);
            testing::peak(&sound.left[5_000..15_000])
        };
        assert!(level(10_000) > 0.39 && level(9_990) > 0.35);
        assert!(level(5_000) < 0.02);
    }

    #[test]
    fn without_a_sample_it_is_silent_and_over() {
        let bench = Bench::new(48_000.0, DEFAULTS, &[]);
        let sound = bench.note(Sampler::default(), 0.0, 1.0, 100);
        assert!(sound.is_over && sound.length() == 0);
    }

    #[test]
    fn it_sounds_the_same_however_it_is_cut_and_stays_sane_at_any_setting() {
        let sample = tone(300.0, 0.3);
        let bench = bench(&sample, &[(Parameter::Cutoff, 7_000)]);
        bench.assert_same_however_cut(Sampler::default);
        bench.assert_sane_at_any_setting(Sampler::default);
        assert_eq!(Values::new(DEFAULTS).share(Parameter::Start), 0.0);
    }
}
