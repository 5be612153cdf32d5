//! The reverb's decay, density, colour and width, measured on its own answers to a click.

use super::Reverb;
use crate::effect::trial::{RATE, left_power, noise, stereo, trials, tried};

tried!(Reverb, |reverb, other| if other {
    reverb.aim(0.4, 0.0, 0.3);
} else {
    reverb.aim(0.8, 0.1, 0.7);
});
trials!(Reverb, 6, 1.5);

fn answer(decay: f32, damping: f32, seconds: f32) -> [Vec<f32>; 2] {
    let mut reverb = Reverb::new(RATE);
    reverb.aim(decay, 0.0, damping);
    let frames = crate::dsp::maths::count(f64::from(seconds * RATE));
    let [mut left, mut right] = stereo(vec![0.0; frames]);
    left[0] = 1.0;
    right[0] = 1.0;
    reverb.render(&mut left, &mut right);
    [left, right]
}

/// How long the answer takes for sixty decibels, by a line through its energy that is still to
/// come, from 5 to 35 dB below all of it.
fn measured_decay(answer: &[f32]) -> f64 {
    let mut rest = vec![0.0; answer.len()];
    let mut sum = 0.0;
    for (rest, sample) in rest.iter_mut().zip(answer).rev() {
        sum += f64::from(*sample) * f64::from(*sample);
        *rest = sum;
    }
    let points: Vec<(f64, f64)> = rest
        .iter()
        .enumerate()
        .map(|(frame, rest)| {
            (
                frame as f64 / f64::from(RATE),
                10.0 * libm::log10(rest / sum),
            )
        })
        .filter(|(_, level)| (-35.0..=-5.0).contains(level))
        .collect();
    let count = points.len() as f64;
    let (time, level) = points.iter().fold((0.0, 0.0), |(time, level), point| {
        (time + point.0, level + point.1)
    });
    let (time, level) = (time / count, level / count);
    let (cross, square) = points.iter().fold((0.0, 0.0), |(cross, square), point| {
        let away = point.0 - time;
        (cross + away * (point.1 - level), square + away * away)
    });
    -60.0 * square / cross
}

#[test]
fn it_decays_as_long_as_it_is_set_to() {
    for decay in [0.1_f32, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0] {
        let [left, right] = answer(decay, 0.0, decay * 1.2 + 0.3);
        for channel in [left, right] {
            let ratio = measured_decay(&channel) / f64::from(decay);
            assert!((0.9..=1.1).contains(&ratio), "{decay} s: {ratio}");
        }
    }
}

#[test]
fn damping_shortens_the_treble_and_not_the_bass() {
    let split = |samples: &[f32]| {
        let mut low = crate::dsp::filter::StateVariable::default();
        let mut high = crate::dsp::filter::StateVariable::default();
        let dark = crate::dsp::filter::Tuning::new(200.0 / RATE, 0.0);
        let bright = crate::dsp::filter::Tuning::new(6_000.0 / RATE, 0.0);
        let bass: Vec<f32> = samples.iter().map(|s| low.next(*s, &dark).low).collect();
        let treble: Vec<f32> = samples
            .iter()
            .map(|s| high.next(*s, &bright).high)
            .collect();
        (measured_decay(&bass), measured_decay(&treble))
    };
    let (bass, treble) = split(&answer(2.0, 0.6, 3.0)[0]);
    assert!((1.6..2.3).contains(&bass), "{bass}");
    assert!(treble < 0.5, "{treble}");
}

#[test]
fn echoes_are_soon_as_dense_as_noise() {
    // Of noise, a share of 0.317 lies more than its deviation from the middle; of few echoes, less.
    let [left, _] = answer(2.0, 0.0, 1.0);
    let window = 960;
    for start in [7_200, 12_000, 24_000, 40_000] {
        let part = &left[start..start + window];
        let deviation = libm::sqrt(left_power(part));
        let outside = part
            .iter()
            .filter(|s| f64::from(s.abs()) > deviation)
            .count();
        let density = outside as f64 / window as f64 / 0.317;
        assert!(density > 0.85, "{density} after {start} frames");
    }
}

#[test]
fn the_tail_has_no_rhythm() {
    let [left, _] = answer(5.0, 0.0, 3.0);
    // The energy of each millisecond of the tail, its fall undone.
    let energies: Vec<f64> = left[24_000..120_000]
        .chunks(48)
        .enumerate()
        .map(|(index, part)| left_power(part) * libm::exp(13.8155 / 5.0 * 0.001 * index as f64))
        .collect();
    let mean = energies.iter().sum::<f64>() / energies.len() as f64;
    let product = |lag: usize| {
        let pairs = energies.iter().zip(&energies[lag..]);
        pairs
            .map(|(one, other)| (one - mean) * (other - mean))
            .sum::<f64>()
    };
    let whole = product(0);
    for lag in 5..200 {
        let share = product(lag) / whole;
        assert!(share < 0.15, "{share} after {lag} ms");
    }
}

#[test]
fn no_tone_rings_out_of_the_tail() {
    let [left, _] = answer(5.0, 0.0, 2.5);
    // A second of the late tail, flattened, at each hertz around some places.
    let tail = &left[60_000..108_000];
    for centre in [150, 400, 1_000, 2_500, 6_000] {
        let mut levels: Vec<f64> = (centre - 50..centre + 50)
            .map(|hertz| {
                let turn = core::f64::consts::TAU * f64::from(hertz) / f64::from(RATE);
                let (mut real, mut imaginary) = (0.0, 0.0);
                for (frame, sample) in tail.iter().enumerate() {
                    let place = frame as f64 / 48_000.0;
                    let window = 0.5 - 0.5 * libm::cos(core::f64::consts::TAU * place);
                    let flat = f64::from(*sample) * window * libm::exp(6.907_755 / 5.0 * place);
                    real += flat * libm::cos(turn * frame as f64);
                    imaginary += flat * libm::sin(turn * frame as f64);
                }
                10.0 * libm::log10(real * real + imaginary * imaginary)
            })
            .collect();
        levels.sort_by(f64::total_cmp);
        let over = levels[99] - levels[50];
        // The highest of a hundred places of noise is about 8 dB over the middle one.
        assert!(over < 14.0, "{over} dB around {centre} Hz");
    }
}

#[test]
fn both_sides_differ_and_are_as_loud() {
    let [left, right] = answer(2.0, 0.2, 2.0);
    let together: f64 = left
        .iter()
        .zip(&right)
        .map(|(left, right)| f64::from(left * right))
        .sum::<f64>()
        / left.len() as f64;
    let (left, right) = (left_power(&left), left_power(&right));
    let alike = together / libm::sqrt(left * right);
    assert!(alike.abs() < 0.2, "{alike}");
    assert!((0.7..1.4).contains(&(left / right)), "{}", left / right);
}

#[test]
fn it_begins_after_its_pause() {
    let first = |pause| {
        let mut reverb = Reverb::new(RATE);
        reverb.aim(1.0, pause, 0.0);
        let [mut left, mut right] = stereo(vec![0.0; 24_000]);
        left[0] = 1.0;
        reverb.render(&mut left, &mut right);
        left.iter().position(|sample| *sample != 0.0).unwrap_or(0)
    };
    assert_eq!(first(0.2) - first(0.0), 9_600);
}

#[test]
fn the_longest_reverb_of_loud_noise_stays_bounded_and_ends() {
    let mut reverb = Reverb::new(RATE);
    reverb.aim(99.0, f32::NAN, 0.0);
    let [mut left, mut right] = stereo(noise(2, 1.0, 240_000));
    reverb.render(&mut left, &mut right);
    assert!(left.iter().chain(&right).all(|sample| sample.abs() < 10.0));
    let [mut left, mut right] = stereo(vec![0.0; 40 * 48_000]);
    reverb.render(&mut left, &mut right);
    assert!(reverb.is_silent());
}
