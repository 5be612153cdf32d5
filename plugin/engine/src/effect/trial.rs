//! What the effects are tried with: tones, noise, and measures of what comes out.

use crate::dsp::maths::single;
use crate::dsp::noise::Noise;

pub(super) const RATE: f32 = 48_000.0;

pub(super) type Stereo = [Vec<f32>; 2];

pub(super) fn tone(hertz: f64, level: f64, frames: usize) -> Vec<f32> {
    (0..frames)
        .map(|frame| {
            let turns = hertz * frame as f64 / f64::from(RATE);
            single(level * libm::sin(core::f64::consts::TAU * turns))
        })
        .collect()
}

pub(super) fn noise(seed: u32, level: f32, frames: usize) -> Vec<f32> {
    let mut noise = Noise::new(seed);
    (0..frames).map(|_| noise.next() * level).collect()
}

pub(super) fn stereo(mono: Vec<f32>) -> Stereo {
    [mono.clone(), mono]
}

/// A second of noise, two of silence, noise again, and silence to the end.
pub(super) fn bursts(seconds: usize) -> Stereo {
    let second = 48_000;
    [5, 6].map(|seed| {
        let mut channel = vec![0.0; seconds * second];
        channel[..second / 2].copy_from_slice(&noise(seed, 0.5, second / 2));
        let again = seconds * second / 2 + 137;
        channel[again..again + 9_000].copy_from_slice(&noise(seed + 9, 0.5, 9_000));
        channel
    })
}

/// Renders in pieces of these lengths, over and over.
pub(super) fn cut(
    sound: &Stereo,
    lengths: &[usize],
    mut render: impl FnMut(usize, &mut [f32], &mut [f32]),
) -> Stereo {
    let [mut left, mut right] = sound.clone();
    let mut at = 0;
    let mut turn = 0;
    while at < left.len() {
        let end = (at + lengths[turn % lengths.len()]).min(left.len());
        render(at, &mut left[at..end], &mut right[at..end]);
        at = end;
        turn += 1;
    }
    [left, right]
}

fn bits(sound: &Stereo) -> Vec<u32> {
    // Plus and minus zero are the same silence.
    let positive = |sample: &f32| if *sample == 0.0 { 0 } else { sample.to_bits() };
    sound.iter().flatten().map(positive).collect()
}

/// One effect, as the trials need it.
pub(super) trait Tried {
    fn made() -> Self;
    /// Aims at one of two quite different places.
    fn move_to(&mut self, other: bool);
    fn hear(&mut self, left: &mut [f32], right: &mut [f32]);
    fn rests(&self) -> bool;
}

fn run<T: Tried>(sound: &Stereo, lengths: &[usize], skipping: bool) -> Stereo {
    let mut effect = T::made();
    effect.move_to(true);
    cut(sound, lengths, |at, left, right| {
        // The parameters move at the same frames however the rest is cut.
        if at % 6_720 == 0 {
            effect.move_to((at / 6_720) % 3 == 0);
        }
        let silent = left.iter().chain(right.iter()).all(|sample| *sample == 0.0);
        if !(skipping && silent && effect.rests()) {
            effect.hear(left, right);
        }
    })
}

/// The same bits in frames of one, of seven and of sixty-four, skipped at rest or not.
pub(super) fn sounds_the_same_however_it_is_cut<T: Tried>(seconds: usize) {
    let sound = bursts(seconds);
    let whole = bits(&run::<T>(&sound, &[64], false));
    for (lengths, skipping) in [
        (&[1_usize][..], false),
        (&[7], true),
        (&[64], true),
        (&[13, 51], true),
    ] {
        let other = bits(&run::<T>(&sound, lengths, skipping));
        let differ = whole
            .iter()
            .zip(&other)
            .position(|(one, other)| one != other);
        assert_eq!(
            differ, None,
            "in pieces of {lengths:?}, skipping {skipping}"
        );
    }
}

/// After sound, exact silence within so many seconds, and rest.
pub(super) fn comes_to_rest<T: Tried>(other: bool, seconds: usize) {
    let mut effect = T::made();
    effect.move_to(other);
    let mut sound = stereo(noise(3, 0.7, 48_000));
    let [left, right] = &mut sound;
    effect.hear(left, right);
    assert!(!effect.rests(), "it sounds and does not rest");
    let mut silence = stereo(vec![0.0; seconds * 48_000]);
    let [left, right] = &mut silence;
    effect.hear(left, right);
    assert!(effect.rests());
    let mut silence = stereo(vec![0.0; 480]);
    let [left, right] = &mut silence;
    effect.hear(left, right);
    assert!(silence.iter().flatten().all(|sample| *sample == 0.0));
}

/// What is not a number goes in for a while; what comes out is finite, and sounds again afterwards.
pub(super) fn survives_what_is_not_a_number<T: Tried>() {
    let mut effect = T::made();
    effect.move_to(true);
    let mut sound = stereo(noise(3, 0.5, 48_000));
    for channel in &mut sound {
        for (frame, sample) in channel[2_000..9_000].iter_mut().enumerate() {
            *sample = match frame % 5 {
                0 => f32::NAN,
                1 => f32::INFINITY,
                2 => f32::NEG_INFINITY,
                3 => 3e38,
                _ => *sample,
            };
        }
    }
    let [left, right] = &mut sound;
    effect.hear(left, right);
    assert!(sound.iter().flatten().all(|sample| sample.abs() < 100.0));
    assert!(left_power(&sound[0][40_000..]) > 1e-6);
}

pub(super) fn left_power(samples: &[f32]) -> f64 {
    let sum: f64 = samples
        .iter()
        .map(|sample| f64::from(*sample) * f64::from(*sample))
        .sum();
    sum / samples.len() as f64
}

/// The largest second difference: how sharply a signal turns.
pub(super) fn sharpest(samples: &[f32]) -> f32 {
    samples
        .windows(3)
        .map(|three| (three[2] - 2.0 * three[1] + three[0]).abs())
        .fold(0.0, f32::max)
}

/// Moving between both places turns a tone no more sharply than so many times what standing at
/// either does.
pub(super) fn moves_without_a_click<T: Tried>(times: f32) {
    let sound = stereo(tone(1_000.0, 0.5, 96_000));
    let stand = |other| {
        let mut effect = T::made();
        effect.move_to(other);
        let out = cut(&sound, &[64], |_, left, right| effect.hear(left, right));
        sharpest(&out[0][48_000..]).max(sharpest(&out[1][48_000..]))
    };
    let still = stand(false).max(stand(true));
    let mut effect = T::made();
    effect.move_to(false);
    let moved = cut(&sound, &[64], |at, left, right| {
        if at >= 48_000 {
            effect.move_to((at / 5_120) % 2 == 0);
        }
        effect.hear(left, right);
    });
    for channel in &moved {
        let sharp = sharpest(&channel[47_000..]);
        assert!(
            sharp < still * times,
            "{sharp} while moving, {still} standing"
        );
    }
}

macro_rules! trials {
    ($effect:ty, $seconds:expr, $times:expr) => {
        use crate::effect::trial::{self, Tried};

        #[test]
        fn it_sounds_the_same_however_it_is_cut() {
            trial::sounds_the_same_however_it_is_cut::<$effect>(2 * $seconds);
        }

        #[test]
        fn silence_comes_back_to_exact_silence() {
            trial::comes_to_rest::<$effect>(false, $seconds);
            trial::comes_to_rest::<$effect>(true, $seconds);
        }

        #[test]
        fn what_is_not_a_number_never_comes_out() {
            trial::survives_what_is_not_a_number::<$effect>();
        }

        #[test]
        fn moving_its_parameters_never_clicks() {
            trial::moves_without_a_click::<$effect>($times);
        }
    };
}
pub(super) use trials;

macro_rules! tried {
    ($effect:ty, |$it:ident, $other:ident| $aim:expr) => {
        impl Tried for $effect {
            fn made() -> Self {
                <$effect>::new(trial::RATE)
            }

            fn move_to(&mut self, other: bool) {
                let ($it, $other) = (self, other);
                $aim;
            }

            fn hear(&mut self, left: &mut [f32], right: &mut [f32]) {
                self.render(left, right);
            }

            fn rests(&self) -> bool {
                self.is_silent()
            }
        }
    };
}
pub(super) use tried;
