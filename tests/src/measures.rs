//! What can be said of a sound in numbers. It must not know what made it.

use crate::hosts::Sound;
use ebur128::{EbuR128, Mode};
use std::f32::consts::{PI, TAU};

/// How many frames a spectrum looks at.
pub const FRAMES_OF_SPECTRUM: usize = 4096;

/// In loudness units below full scale; minus infinity for silence.
pub fn loudness(sound: &Sound) -> f64 {
    let mut meter = EbuR128::new(2, 48_000, Mode::I).expect("a meter");
    meter
        .add_frames_planar_f32(&[&sound.left, &sound.right])
        .expect("it listens");
    meter.loudness_global().expect("a loudness")
}

pub fn peak(sound: &Sound) -> f64 {
    let both = sound.left.iter().chain(&sound.right);
    f64::from(both.fold(0.0_f32, |most, sample| most.max(sample.abs())))
}

/// How far the middle of the wave lies from zero, on the side where it is further.
pub fn offset(sound: &Sound) -> f64 {
    let offset = |channel: &[f32]| {
        let sum: f64 = channel.iter().map(|sample| f64::from(*sample)).sum();
        (sum / channel.len() as f64).abs()
    };
    offset(&sound.left).max(offset(&sound.right))
}

/// The middle of what it is made of, in hertz, weighed by power.
pub fn brightness(sound: &Sound, rate: f64) -> f64 {
    let mono = mono(sound);
    let (mut whole, mut weighed) = (0.0, 0.0);
    for start in (0..mono.len()).step_by(FRAMES_OF_SPECTRUM / 2) {
        for (bin, level) in spectrum(&mono, start).into_iter().enumerate() {
            let power = f64::from(level).powi(2);
            whole += power;
            weighed += power * bin as f64 * rate / FRAMES_OF_SPECTRUM as f64;
        }
    }
    if whole > 0.0 { weighed / whole } else { 0.0 }
}

/// How many frames there are until all that follows is exactly zero.
pub fn length(sound: &Sound) -> usize {
    let last = |channel: &[f32]| channel.iter().rposition(|sample| *sample != 0.0);
    let last = last(&sound.left).max(last(&sound.right));
    last.map_or(0, |last| last + 1)
}

pub fn mono(sound: &Sound) -> Vec<f32> {
    let both = sound.left.iter().zip(&sound.right);
    both.map(|(left, right)| 0.5 * (left + right)).collect()
}

/// How strong each frequency is around one frame, where a full sine is about 1.
pub fn spectrum(frames: &[f32], start: usize) -> Vec<f32> {
    let mut parts = [[0.0_f32; 2]; FRAMES_OF_SPECTRUM];
    let length = FRAMES_OF_SPECTRUM as f32;
    for (place, ([real, _], frame)) in parts.iter_mut().zip(&frames[start..]).enumerate() {
        *real = frame * (0.5 - 0.5 * (TAU * place as f32 / length).cos());
    }
    transform(&mut parts);
    let half = parts[..FRAMES_OF_SPECTRUM / 2].iter();
    half.map(|[real, imaginary]| real.hypot(*imaginary) * 4.0 / length)
        .collect()
}

/// Fourier's, in place; the length is a power of two.
fn transform(parts: &mut [[f32; 2]]) {
    let count = parts.len();
    let bits = count.trailing_zeros();
    for place in 0..count {
        let other = place.reverse_bits() >> (usize::BITS - bits);
        if place < other {
            parts.swap(place, other);
        }
    }
    let mut half = 1;
    while half < count {
        let turns: Vec<[f32; 2]> = (0..half)
            .map(|place| {
                let (sine, cosine) = (-PI * place as f32 / half as f32).sin_cos();
                [cosine, sine]
            })
            .collect();
        for block in parts.chunks_exact_mut(2 * half) {
            let (low, high) = block.split_at_mut(half);
            for ((low, high), [cosine, sine]) in low.iter_mut().zip(high).zip(&turns) {
                let turned = [
                    high[0] * cosine - high[1] * sine,
                    high[0] * sine + high[1] * cosine,
                ];
                *high = [low[0] - turned[0], low[1] - turned[1]];
                *low = [low[0] + turned[0], low[1] + turned[1]];
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_where_it_is_and_as_strong_as_it_is() {
        let bin = 100.0;
        let tone: Vec<f32> = (0..FRAMES_OF_SPECTRUM)
            .map(|frame| 0.5 * (TAU * bin * frame as f32 / FRAMES_OF_SPECTRUM as f32).sin())
            .collect();
        let found = spectrum(&tone, 0);
        assert!((found[100] - 0.5).abs() < 1e-3, "{}", found[100]);
        assert!(
            found[..98]
                .iter()
                .chain(&found[103..])
                .all(|level| *level < 1e-3)
        );
        let sound = Sound::new(tone.clone(), tone, 0);
        assert!((brightness(&sound, 4096.0) - 100.0).abs() < 1.0);
    }
}
