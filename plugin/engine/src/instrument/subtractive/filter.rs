//! The filter of a subtractive note: two state-variable stages whose coefficients move in straight
//! lines, with saturation before and between. It knows nothing of envelopes or pitch.

use super::patch::MODES;
use crate::dsp::maths::{saturated, snapped, warp};
use crate::dsp::oscillator::{Ramp, TICK};

/// Where the coefficients of both stages go in the course of a tick.
///
/// A stage keeps or loses energy at every corner and damping, and a mean of two such stages does
/// so too: what lies on the line between two stable filters is stable.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Course {
    first: [Ramp; 3],
    second: [Ramp; 3],
    /// How much of the input, the band and the low end comes out of the first stage.
    mix: [Ramp; 3],
    steep: Ramp,
    drive: Ramp,
    makeup: Ramp,
}

/// One channel's state.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Filter {
    first: [f32; 2],
    second: [f32; 2],
}

/// Where the filter should stand: the corner as a share of the sample rate, the rest from 0 to 1
/// but for the drive, which is the saturation's slope.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stand {
    pub(super) corner: f32,
    pub(super) resonance: f32,
    pub(super) modes: [f32; MODES],
    pub(super) drive: f32,
}

impl Course {
    /// From where the coefficients are to where the filter should stand.
    ///
    /// Realtime: yes
    pub(super) fn aim(&mut self, stand: &Stand, at_once: bool) {
        let [steep, gentle, band, high] = stand.modes;
        let g = warp(stand.corner);
        let damping = 1.5 - 1.45 * stand.resonance;
        let go = |ramp: &mut Ramp, to: f32| {
            *ramp = if at_once {
                Ramp::new(to, to)
            } else {
                ramp.then(to)
            };
        };
        let stages = [(&mut self.first, damping), (&mut self.second, 1.5)];
        for (stage, damping) in stages {
            let a1 = 1.0 / (1.0 + g * (g + damping));
            let aims = [a1, g * a1, g * g * a1];
            for (ramp, aim) in stage.iter_mut().zip(aims) {
                go(ramp, aim);
            }
        }
        let mix = [high, damping * (band - high), steep + gentle - high];
        for (ramp, aim) in self.mix.iter_mut().zip(mix) {
            go(ramp, aim);
        }
        go(&mut self.steep, steep);
        go(&mut self.drive, stand.drive);
        // What saturation takes off the peaks, in part, and what resonance would add.
        let makeup = (1.0 + 0.8 * stand.drive) / (1.0 + 0.6 * stand.resonance);
        go(&mut self.makeup, makeup);
    }
}

impl Filter {
    /// Filters what comes from `first` frames after the tick on.
    ///
    /// Realtime: yes
    #[inline]
    pub(super) fn run(&mut self, course: &Course, first: u8, channel: &mut [f32]) {
        let mut frame = f32::from(first);
        let driven = !course.drive.is_zero();
        let steep = !course.steep.is_zero();
        let [mut a, mut b] = self.first;
        let [mut c, mut d] = self.second;
        for value in channel {
            let mut input = *value;
            if driven {
                // Straight for small signals, and the straighter the lower the drive.
                let slope = course.drive.at(frame) + 1e-3;
                input = saturated(input * slope) / slope;
            }
            input *= course.makeup.at(frame);
            let [a1, a2, a3] = at(&course.first, frame);
            let rest = input - b;
            let band = a1 * a + a2 * rest;
            let low = b + a2 * a + a3 * rest;
            a = 2.0 * band - a;
            b = 2.0 * low - b;
            let [of_input, of_band, of_low] = at(&course.mix, frame);
            let output = limited(of_input * input + of_band * band + of_low * low);
            *value = output;
            if steep {
                let [a1, a2, a3] = at(&course.second, frame);
                let rest = output - d;
                let band = a1 * c + a2 * rest;
                let low = d + a2 * c + a3 * rest;
                c = 2.0 * band - c;
                d = 2.0 * low - d;
                *value = output + (low - output) * course.steep.at(frame);
            }
            frame += 1.0;
        }
        // Within a tick nothing falls from the snapping limit to the denormals, so once is enough.
        let settled = frame >= f32::from(TICK);
        let keep = |value: f32| if settled { snapped(value) } else { value };
        self.first = [keep(a), keep(b)];
        self.second = [keep(c), keep(d)];
    }
}

/// Where three coefficients are. An array's own `map` is a call for every frame, and this is none.
#[inline(always)]
fn at(ramps: &[Ramp; 3], frame: f32) -> [f32; 3] {
    let [first, second, third] = ramps;
    [first.at(frame), second.at(frame), third.at(frame)]
}

/// Untouched up to one, and never more than three.
#[inline(always)]
fn limited(value: f32) -> f32 {
    let size = value.abs();
    if size <= 1.0 {
        value
    } else {
        let over = 1.0 + 2.0 * saturated((size - 1.0) * 0.5);
        if value < 0.0 { -over } else { over }
    }
}
