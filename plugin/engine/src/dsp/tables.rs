//! Wave tables, computed once when an engine is made. They know nothing of sample rates: a table
//! is chosen by how far a phase moves in a frame.

use super::maths::single;
use core::f64::consts::{FRAC_2_PI, PI, TAU};
use wide::{f32x4, i32x4, u32x4};

const BITS: u32 = 12;
const POINTS: usize = 1 << BITS;
const HALF: usize = POINTS / 2;
/// The most harmonics of a saw: enough to reach 20 kHz from 40 Hz. More would need more points,
/// or the straight lines between the points would be heard.
const MOST: usize = 512;
/// A triangle's harmonics fall so fast that the ones after these are below -80 dB.
const MOST_OF_TRIANGLE: usize = 128;

/// One turn of a wave, and its first point once more.
pub(crate) type Wave = [f32; POINTS + 1];

/// The tables that all oscillators of an engine read.
#[derive(Debug)]
pub(crate) struct Tables {
    saws: Box<[Wave]>,
    triangles: Box<[Wave]>,
    /// The richest table that so many harmonics allow.
    levels: Box<[u8]>,
}

impl Tables {
    /// Every wave with 1, 2, 3 .. harmonics, later about three tables to the octave. Each table is
    /// the one before it and the harmonics between.
    ///
    /// Realtime: no
    pub(crate) fn new() -> Self {
        // A harmonic follows from the two before it, at every point by the same rotation.
        let angles = (0..=HALF).map(|point| TAU * point as f64 / POINTS as f64);
        let turning: Vec<f64> = angles.clone().map(|angle| 2.0 * libm::cos(angle)).collect();
        let mut now: Vec<f64> = angles.map(libm::sin).collect();
        let mut before = vec![0.0; HALF + 1];
        let mut saw = vec![0.0; HALF + 1];
        let mut triangle = vec![0.0; HALF + 1];
        let mut tables = (Vec::new(), Vec::new(), vec![0]);
        for harmonic in 1..=MOST {
            let number = harmonic as f64;
            add(&mut saw, &now, FRAC_2_PI / number);
            if harmonic % 2 == 1 && harmonic <= MOST_OF_TRIANGLE {
                let sign = if harmonic % 4 == 1 { -1.0 } else { 1.0 };
                let factor = sign * 8.0 / (PI * PI * number * number);
                add(&mut triangle, &now, factor);
            }
            let (saws, triangles, levels) = &mut tables;
            if has_a_table(harmonic) {
                saws.push(mirrored(&saw));
                if harmonic <= MOST_OF_TRIANGLE {
                    triangles.push(mirrored(&triangle));
                }
            }
            levels.push(u8::try_from(saws.len() - 1).expect("there are some thirty tables"));
            for ((now, before), turning) in now.iter_mut().zip(&mut before).zip(&turning) {
                let next = turning * *now - *before;
                *before = *now;
                *now = next;
            }
        }
        let (saws, triangles, levels) = tables;
        Self {
            saws: saws.into(),
            triangles: triangles.into(),
            levels: levels.into(),
        }
    }

    /// The richest table in which nothing passes half the sample rate when the phase moves by
    /// `step` a frame.
    ///
    /// Realtime: yes
    #[inline]
    pub(crate) fn level(&self, step: u32) -> u8 {
        let harmonics = (1 << 31) / step.max(1);
        let harmonics = usize::try_from(harmonics).unwrap_or(MOST).clamp(1, MOST);
        self.levels.get(harmonics).copied().unwrap_or(0)
    }

    /// Falls from 1 at the start of the turn to -1 at its end.
    ///
    /// Realtime: yes
    #[inline]
    pub(crate) fn saw(&self, level: u8) -> &Wave {
        at(&self.saws, level)
    }

    /// Zero at the start of the turn and falling, 1 at three quarters.
    ///
    /// Realtime: yes
    #[inline]
    pub(crate) fn triangle(&self, level: u8) -> &Wave {
        at(&self.triangles, level)
    }

    /// A pure tone, of the first harmonic's level in a saw: 2 / pi.
    ///
    /// Realtime: yes
    #[inline]
    pub(crate) fn sine(&self) -> &Wave {
        at(&self.saws, 0)
    }
}

/// The wave at four phases, on the straight line between two points.
///
/// Realtime: yes
#[inline(always)]
pub(crate) fn read(wave: &Wave, phases: u32x4) -> f32x4 {
    // The mask takes nothing away; it spares the check of bounds.
    let points = (phases >> (32 - BITS)).to_array();
    let points = points.map(|point| point as usize & (POINTS - 1));
    let rests: i32x4 = bytemuck::cast((phases << BITS) >> 8_u32);
    let rests = f32x4::from_i32x4(rests) * f32x4::splat(1.0 / 16_777_216.0);
    let here = f32x4::new(points.map(|point| wave[point]));
    let next = f32x4::new(points.map(|point| wave[point + 1]));
    here + (next - here) * rests
}

static SILENT: Wave = [0.0; POINTS + 1];

#[inline]
fn at(waves: &[Wave], level: u8) -> &Wave {
    let wave = waves.get(usize::from(level)).or(waves.last());
    wave.unwrap_or(&SILENT)
}

/// One to six harmonics, then in thirds of an octave.
fn has_a_table(harmonics: usize) -> bool {
    if harmonics < 4 {
        return true;
    }
    let octave = harmonics.ilog2() - 2;
    [4, 5, 6].iter().any(|first| first << octave == harmonics)
        || (octave > 0 && harmonics == 7 << octave)
}

fn add(sum: &mut [f64], harmonic: &[f64], factor: f64) {
    for (sum, harmonic) in sum.iter_mut().zip(harmonic) {
        *sum += harmonic * factor;
    }
}

/// The whole turn of a wave that is as high above zero in its first half as below in its second.
fn mirrored(half: &[f64]) -> Wave {
    let mut wave = [0.0; POINTS + 1];
    for (point, value) in half.iter().enumerate() {
        wave[POINTS - point] = single(-value);
        wave[point] = single(*value);
    }
    wave
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(wave: &Wave, phase: u32) -> f32 {
        read(wave, u32x4::splat(phase)).to_array()[0]
    }

    #[test]
    fn the_tables_fit_in_a_megabyte_and_stand_close_to_each_other() {
        let tables = Tables::new();
        let size = (tables.saws.len() + tables.triangles.len()) * size_of::<Wave>();
        assert!(size <= 1 << 20, "{size}");
        let counts: Vec<usize> = (1..=MOST).filter(|count| has_a_table(*count)).collect();
        assert_eq!(counts.len(), tables.saws.len());
        assert!(counts.windows(2).all(|pair| pair[1] <= 2 * pair[0]));
        assert!(
            counts
                .windows(2)
                .skip(2)
                .all(|pair| 3 * pair[1] <= 4 * pair[0])
        );
    }

    #[test]
    fn the_table_for_a_step_is_the_richest_without_aliasing() {
        let tables = Tables::new();
        let counts = (1..=MOST).filter(|count| has_a_table(*count));
        let counts: Vec<u64> = counts.map(|count| count as u64).collect();
        for step in (1..=(1_u32 << 31)).step_by(1_234_567) {
            let level = usize::from(tables.level(step));
            let fits = |count: u64| count * u64::from(step) <= 1 << 31;
            assert!(fits(counts[level]), "step {step}");
            assert!(counts.get(level + 1).is_none_or(|count| !fits(*count)));
        }
        assert_eq!(tables.level(0), tables.level(1));
        assert_eq!(tables.level(u32::MAX), 0);
    }

    #[test]
    fn the_waves_have_the_shapes_they_are_named_for() {
        let tables = Tables::new();
        let quarter = 1 << 30;
        for (turn, saw, triangle) in [(0, None, 0.0), (1, Some(0.5), -1.0), (2, Some(0.0), 0.0)] {
            let phase = turn * quarter;
            if let Some(saw) = saw {
                let near: f32 = value(tables.saw(255), phase + 12_345_678);
                assert!((near - saw).abs() < 0.02, "saw at {turn} quarters: {near}");
            }
            let near = value(tables.triangle(255), phase);
            assert!((near - triangle).abs() < 0.01, "triangle: {near}");
        }
        let sine = value(tables.sine(), quarter);
        assert!((f64::from(sine) - FRAC_2_PI).abs() < 1e-6, "sine: {sine}");
    }
}
