//! What one voice of a sample costs: through the engine's reader into a stereo bus, and through a bare
//! loop that does the same with nothing around it.

use crate::clock::processor;
use lockstep_engine::{Interpolation, Reader, Sample, SampleKey, SampleRate};
use std::hint::black_box;

const CHUNK: usize = 64;
const VOICES: usize = 64;
const CHUNKS: usize = 100;
const ROUNDS: usize = 200;
/// As long as a mask can wrap, so that the bare loop needs no other check.
const LENGTH: usize = 1 << 16;
/// A little more than a fifth up, 32 bits behind the point.
const INCREMENT: i64 = 6_442_450_944 + 123_456_789;

/// Nanoseconds a voice-frame.
pub(crate) struct Cost {
    pub(crate) bare: f64,
    pub(crate) engine: f64,
}

impl Cost {
    pub(crate) fn ratio(&self) -> f64 {
        self.engine / self.bare
    }
}

/// Rounds of both alternate, and the quickest of each counts.
pub(crate) fn cost(interpolation: Interpolation) -> Cost {
    let frames = frames();
    let rate = SampleRate::new(48_000.0).expect("a rate");
    let sample = Sample::new(SampleKey::new([1; 8]), rate, &[&frames[..]]).expect("a sample");
    let mut cost = Cost {
        bare: f64::MAX,
        engine: f64::MAX,
    };
    for _ in 0..ROUNDS {
        cost.bare = cost.bare.min(match interpolation {
            Interpolation::Linear => bare::<1>(&frames),
            Interpolation::Hermite => bare::<3>(&frames),
        });
        cost.engine = cost.engine.min(engine(&sample, interpolation));
    }
    cost
}

fn frames() -> Box<[f32; LENGTH]> {
    let mut frames = Box::new([0.0; LENGTH]);
    for (place, frame) in (0_u16..=u16::MAX).zip(frames.iter_mut()) {
        *frame = f32::from(place % 601) / 600.0 - 0.5;
    }
    frames
}

fn gains(voice: usize) -> [f32; 2] {
    let share = f32::from(u8::try_from(voice).expect("few voices")) / 64.0;
    [share, 1.0 - share]
}

fn starts() -> [i64; VOICES] {
    std::array::from_fn(|voice| i64::try_from(voice * 997).expect("small") << 32)
}

fn engine(sample: &Sample, interpolation: Interpolation) -> f64 {
    let mut readers = starts().map(Reader::new);
    let mut bus = [[0.0_f32; CHUNK]; 2];
    per_voice_frame(|| {
        for (voice, reader) in readers.iter_mut().enumerate() {
            let [mut left, mut right] = [[0.0; CHUNK]; 2];
            let read = reader.render(sample, INCREMENT, interpolation, &mut left, &mut right);
            if read < CHUNK {
                *reader = Reader::new(0);
            }
            let [to_left, to_right] = gains(voice);
            let [bus_left, bus_right] = &mut bus;
            for (bus, value) in bus_left.iter_mut().zip(&left) {
                *bus += value * to_left;
            }
            for (bus, value) in bus_right.iter_mut().zip(&right) {
                *bus += value * to_right;
            }
        }
        black_box(&mut bus);
    })
}

fn bare<const DEGREE: u8>(frames: &[f32; LENGTH]) -> f64 {
    let mut positions = starts();
    let mut bus = [[0.0_f32; CHUNK]; 2];
    per_voice_frame(|| {
        for (voice, position) in positions.iter_mut().enumerate() {
            let [to_left, to_right] = gains(voice);
            let [left, right] = &mut bus;
            for (left, right) in left.iter_mut().zip(right) {
                let value = between::<DEGREE>(frames, *position);
                *left += value * to_left;
                *right += value * to_right;
                *position += INCREMENT;
            }
        }
        black_box(&mut bus);
    })
}

#[inline(always)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a position's parts are cut out of it"
)]
fn between<const DEGREE: u8>(frames: &[f32; LENGTH], position: i64) -> f32 {
    let place = (position >> 32) as usize;
    let rest = ((position as u32) >> 8) as f32 * (1.0 / 16_777_216.0);
    let at = |offset: usize| frames[(place + offset) % LENGTH];
    if DEGREE == 1 {
        return at(1) + (at(2) - at(1)) * rest;
    }
    let [before, near, next, after] = [at(0), at(1), at(2), at(3)];
    let slope = 0.5 * (next - before);
    let bend = near - next;
    let curve = slope + bend;
    let twist = curve + bend + 0.5 * (after - near);
    ((twist * rest - (curve + twist)) * rest + slope) * rest + near
}

/// The time that a chunk of all voices takes, shared out.
fn per_voice_frame(mut chunk: impl FnMut()) -> f64 {
    let before = processor();
    for _ in 0..CHUNKS {
        chunk();
    }
    let count = u32::try_from(CHUNKS * VOICES * CHUNK).expect("few");
    (processor() - before) * 1e9 / f64::from(count)
}
