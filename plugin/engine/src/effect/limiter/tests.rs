//! The limiter against a reference of its own: sixteen points a frame by a long windowed sinc.

use super::Limiter;
use crate::dsp::maths::single;
use crate::effect::trial::{RATE, Stereo, noise, stereo, tone, trials, tried};

tried!(Limiter, |limiter, other| limiter.aim(if other {
    0.3
} else {
    0.7
}));
trials!(Limiter, 2, 1.3);

/// How high a signal goes, by sixteen points a frame, each from ninety-six samples.
fn true_peak(samples: &[f32]) -> f64 {
    const HALF: usize = 48;
    let mut highest = 0.0_f64;
    let near = samples.iter().fold(0.0_f32, |peak, s| peak.max(s.abs())) * 0.5;
    let shares: Vec<Vec<f64>> = (0..16)
        .map(|point| {
            let shift = f64::from(point) / 16.0;
            (0..2 * HALF)
                .map(|tap| {
                    let distance = tap as f64 - (HALF as f64 - 1.0) - shift;
                    let angle = core::f64::consts::PI * distance;
                    let sinc = if distance == 0.0 {
                        1.0
                    } else {
                        libm::sin(angle) / angle
                    };
                    let cosine = libm::cos(angle / (2.0 * HALF as f64));
                    sinc * cosine * cosine
                })
                .collect()
        })
        .collect();
    for window in samples.windows(2 * HALF) {
        if window[HALF - 1].abs() < near && window[HALF].abs() < near {
            continue;
        }
        for shares in &shares {
            let point: f64 = window
                .iter()
                .zip(shares)
                .map(|(sample, share)| f64::from(*sample) * share)
                .sum();
            highest = highest.max(point.abs());
        }
    }
    highest
}

fn limited(sound: &Stereo, ceiling: f32) -> Stereo {
    let mut limiter = Limiter::new(RATE);
    limiter.aim(ceiling);
    trial::cut(sound, &[64], |_, left, right| limiter.render(left, right))
}

/// Sounds that are hard to hold, each far above the ceiling.
fn hard() -> Vec<(&'static str, Stereo)> {
    let frames = 9_600;
    let quarter: Vec<f32> = (0..frames)
        .map(|frame| {
            let angle = core::f64::consts::PI * (0.5 * f64::from(frame) + 0.25);
            single(1.3 * libm::sin(angle))
        })
        .collect();
    let mut clicks = vec![0.0; 9_600];
    for (index, click) in clicks.iter_mut().enumerate() {
        if index % 1_237 == 100 {
            *click = 3.0;
        }
    }
    let mut gated = noise(8, 2.5, 9_600);
    for (index, sample) in gated.iter_mut().enumerate() {
        if (index / 700) % 2 == 0 {
            *sample = 0.0;
        }
    }
    let drum: Vec<f32> = tone(60.0, 2.0, 9_600)
        .iter()
        .zip(noise(4, 1.5, 9_600))
        .enumerate()
        .map(|(frame, (low, hiss))| {
            let age = f64::from(u16::try_from(frame % 2_400).unwrap_or(0));
            low * single(libm::exp(-age / 900.0)) + hiss * single(libm::exp(-age / 90.0))
        })
        .collect();
    let swell: Vec<f32> = tone(9_973.0, 1.0, 9_600)
        .iter()
        .zip(tone(40.0, 1.7, 9_600))
        .map(|(high, slow)| high * slow)
        .collect();
    vec![
        ("a tone at a quarter of the rate", stereo(quarter)),
        ("a high tone", stereo(tone(17_321.0, 1.5, 9_600))),
        ("a low tone", stereo(tone(50.0, 2.0, 9_600))),
        ("clicks", stereo(clicks)),
        ("noise", stereo(noise(7, 1.8, 9_600))),
        ("gated noise", stereo(gated)),
        ("drums", stereo(drum)),
        ("a swell", stereo(swell)),
    ]
}

#[test]
fn the_ceiling_holds_at_and_between_the_samples() {
    for ceiling in [0.25, 0.89] {
        for (name, sound) in hard() {
            let out = limited(&sound, ceiling);
            assert!(
                out[0].iter().all(|sample| sample.abs() <= ceiling),
                "{name}"
            );
            let over = 20.0 * libm::log10(true_peak(&out[0]) / f64::from(ceiling));
            assert!(over <= 0.1, "{name} goes {over} dB over {ceiling}");
            assert!(over > -9.0, "{name} stays {over} dB below {ceiling}");
        }
    }
}

#[test]
fn what_stays_below_the_ceiling_comes_out_later_and_bit_for_bit() {
    let mut limiter = Limiter::new(RATE);
    let latency = limiter.latency();
    assert_eq!(latency, 72);
    for sound in [
        stereo(tone(997.0, 0.88, 9_600)),
        [noise(1, 0.3, 9_600), noise(2, 0.3, 9_600)],
    ] {
        limiter.aim(0.89);
        limiter.clear();
        let [mut left, mut right] = sound.clone();
        limiter.render(&mut left, &mut right);
        assert_eq!(left[latency..], sound[0][..9_600 - latency]);
        assert_eq!(right[latency..], sound[1][..9_600 - latency]);
    }
}

#[test]
fn after_a_peak_the_gain_comes_back_smoothly_within_half_a_second() {
    let mut quiet = tone(200.0, 0.2, 48_000);
    quiet[6_000] = 2.0;
    let sound = stereo(quiet);
    let out = limited(&sound, 0.5);
    assert!(out[0][6_100..6_200].iter().all(|sample| sample.abs() < 0.1));
    let gain = |frame: usize| out[0][frame + 72] / sound[0][frame];
    // No step from one crest to the next, but the click's own.
    let gains: Vec<f32> = (0..190).map(|wave| gain(60 + 240 * wave)).collect();
    for (wave, pair) in gains.windows(2).enumerate() {
        assert!((pair[1] - pair[0]).abs() < 0.06 || (24..26).contains(&wave));
    }
    assert!((gain(30_060) - 1.0).abs() < 0.01);
}

#[test]
fn one_side_alone_turns_both_down() {
    let sound = [tone(500.0, 1.0, 9_600), tone(500.0, 0.1, 9_600)];
    let out = limited(&sound, 0.5);
    for (left, right) in out[0].iter().zip(&out[1]) {
        assert!((left - 10.0 * right).abs() < 1e-5);
    }
}
