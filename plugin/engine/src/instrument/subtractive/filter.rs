//! The filter of a subtractive note: two state-variable stages whose coefficients move in straight
//! lines, with saturation before and between. It knows nothing of envelopes or pitch.

use super::patch::MODES;
use crate::dsp::maths::{saturated, snapped, warp};
use crate::dsp::oscillator::Ramp;
use crate::instrument::ahead::{Frames, TICK};

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
    /// Where it goes, whether it is there and stays, and whether all but the corner does.
    aimed: Option<Stand>,
    still: bool,
    toned: bool,
}

/// Both channels' state.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Filter {
    first: [[f32; 2]; 2],
    second: [[f32; 2]; 2],
}

/// Where the filter should stand: the corner as a share of the sample rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Stand {
    pub(super) corner: f32,
    pub(super) tone: Tone,
}

/// All from 0 to 1 but for the drive, which is the saturation's slope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tone {
    pub(super) resonance: f32,
    pub(super) modes: [f32; MODES],
    pub(super) drive: f32,
}

impl Course {
    /// From where the coefficients are to where the filter should stand.
    ///
    /// Realtime: yes
    pub(super) fn aim(&mut self, stand: &Stand, at_once: bool) {
        let before = self.aimed.replace(*stand);
        let stays = before == Some(*stand);
        if stays && self.still {
            return;
        }
        self.still = stays || at_once;
        let at_once = self.still;
        let tone = &stand.tone;
        let g = warp(stand.corner);
        let damping = 1.5 - 1.45 * tone.resonance;
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
        if self.toned && before.is_some_and(|before| before.tone == *tone) {
            return;
        }
        let [steep, gentle, band, high] = tone.modes;
        let mix = [high, damping * (band - high), steep + gentle - high];
        for (ramp, aim) in self.mix.iter_mut().zip(mix) {
            go(ramp, aim);
        }
        go(&mut self.steep, steep);
        go(&mut self.drive, tone.drive);
        // What saturation takes off the peaks, in part, and what resonance would add.
        let makeup = (1.0 + 0.8 * tone.drive) / (1.0 + 0.6 * tone.resonance);
        go(&mut self.makeup, makeup);
        let others = [&self.steep, &self.drive, &self.makeup];
        self.toned = self.mix.iter().chain(others).all(|ramp| ramp.is_level());
    }
}

/// What one stage does in each frame of a tick: twice its coefficients, and what the band keeps.
struct Stage {
    keep: Frames,
    band: Frames,
    low: Frames,
}

impl Stage {
    #[inline(always)]
    fn new(ramps: &[Ramp; 3]) -> Self {
        let [mut keep, mut band, mut low] = [[0.0; TICK]; 3];
        let [of_keep, of_band, of_low] = ramps;
        of_keep.fill(&mut keep);
        of_band.fill(&mut band);
        of_low.fill(&mut low);
        for frame in 0..TICK {
            keep[frame] = 2.0 * keep[frame] - 1.0;
            band[frame] *= 2.0;
            low[frame] *= 2.0;
        }
        Self { keep, band, low }
    }

    /// Twice the band and the low end of each frame. Every sum is arranged so that a frame waits for
    /// the one before it as shortly as can be.
    #[inline(always)]
    fn run<const SIDES: usize>(
        &self,
        states: &mut [[f32; 2]; 2],
        inputs: &[Frames; SIDES],
    ) -> [[Frames; 2]; SIDES] {
        let mut outputs = [[[0.0; TICK]; 2]; SIDES];
        for ([bands, lows], input) in outputs.iter_mut().zip(inputs) {
            for frame in 0..TICK {
                bands[frame] = self.band[frame] * input[frame];
                lows[frame] = self.low[frame] * input[frame];
            }
        }
        let mut now = *states;
        for frame in 0..TICK {
            let (keep, of_band, of_low) = (self.keep[frame], self.band[frame], self.low[frame]);
            for side in 0..SIDES {
                let [band, low] = now[side];
                let [bands, lows] = &mut outputs[side];
                let next_band = keep * band + (bands[frame] - of_band * low);
                let next_low = (low + lows[frame]) + (of_band * band - of_low * low);
                now[side] = [next_band, next_low];
                bands[frame] = band + next_band;
                lows[frame] = low + next_low;
            }
        }
        // Within a tick nothing falls from the snapping limit to the denormals, so once is enough.
        *states = now.map(|state| state.map(snapped));
        outputs
    }
}

impl Filter {
    /// The second channel was the same as the first so far.
    ///
    /// Realtime: yes
    pub(super) fn part(&mut self) {
        self.first[1] = self.first[0];
        self.second[1] = self.second[0];
    }

    /// Filters a tick of the first channel alone or of both.
    ///
    /// Realtime: yes
    #[inline]
    pub(super) fn run<const SIDES: usize>(
        &mut self,
        course: &Course,
        channels: &mut [Frames; SIDES],
    ) {
        let mut gains = [0.0; TICK];
        if !course.drive.is_zero() {
            // Straight for small signals, and the straighter the lower the drive.
            course.drive.fill(&mut gains);
            for channel in channels.iter_mut() {
                for (value, drive) in channel.iter_mut().zip(&gains) {
                    let slope = drive + 1e-3;
                    *value = saturated(*value * slope) / slope;
                }
            }
        }
        course.makeup.fill(&mut gains);
        for channel in channels.iter_mut() {
            for (value, makeup) in channel.iter_mut().zip(&gains) {
                *value *= makeup;
            }
        }
        let bands = Stage::new(&course.first).run(&mut self.first, channels);
        let mut mix = [[0.0; TICK]; 3];
        for (gains, ramp) in mix.iter_mut().zip(&course.mix) {
            ramp.fill(gains);
        }
        let [of_input, of_band, of_low] = &mix;
        for (channel, [band, low]) in channels.iter_mut().zip(&bands) {
            for frame in 0..TICK {
                let heard = of_band[frame] * band[frame] + of_low[frame] * low[frame];
                channel[frame] = of_input[frame] * channel[frame] + 0.5 * heard;
            }
            if channel.iter().any(|value| value.abs() > 1.0) {
                for value in channel.iter_mut() {
                    *value = limited(*value);
                }
            }
        }
        if course.steep.is_zero() {
            return;
        }
        let bands = Stage::new(&course.second).run(&mut self.second, channels);
        course.steep.fill(&mut gains);
        for (channel, [_, low]) in channels.iter_mut().zip(&bands) {
            for frame in 0..TICK {
                let value = channel[frame];
                channel[frame] = value + (0.5 * low[frame] - value) * gains[frame];
            }
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    const TONE: Tone = Tone {
        resonance: 0.2,
        modes: [1.0, 0.0, 0.0, 0.0],
        drive: 0.0,
    };

    /// A tick of a wave, through a filter at rest.
    fn heard(course: &Course) -> Frames {
        let wave = core::array::from_fn(|frame| if frame % 8 < 4 { 0.4 } else { -0.3 });
        let mut channels = [wave];
        Filter::default().run(course, &mut channels);
        channels[0]
    }

    #[test]
    fn whatever_is_turned_comes_to_stand_where_it_would_have_begun() {
        let turned = [
            Tone {
                resonance: 0.7,
                ..TONE
            },
            Tone {
                modes: [0.0, 0.0, 0.0, 1.0],
                ..TONE
            },
            Tone { drive: 2.0, ..TONE },
        ];
        for tone in turned {
            let stand = |tone| Stand { corner: 0.05, tone };
            let (mut course, mut fresh) = (Course::default(), Course::default());
            course.aim(&stand(TONE), true);
            // What stays is left alone from here on.
            course.aim(&stand(TONE), false);
            let before = heard(&course);
            for _ in 0..3 {
                course.aim(&stand(tone), false);
            }
            fresh.aim(&stand(tone), true);
            assert_eq!(heard(&course), heard(&fresh), "{tone:?}");
            assert_ne!(heard(&course), before, "{tone:?}");
        }
    }
}
