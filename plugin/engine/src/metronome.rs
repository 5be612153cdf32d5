//! The metronome: a click on every beat, higher on the first of a bar. For one listener's ears.

use crate::instrument::click::{self, Click};
use crate::instrument::{CHUNK, Instrument, Setting, Strike, Values};
use crate::playhead::{Pass, Window};
use crate::voices::Stage;
use core::ops::Range;

#[derive(Debug)]
pub(crate) struct Metronome {
    click: Click,
}

const BEATS_A_BAR: f64 = 4.0;
/// Semitones of the first beat of a bar above the others.
const ACCENT: f32 = 7.0;
/// A beat this close counts as on its place, in beats.
const NEAR: f64 = 1e-9;

impl Metronome {
    /// Realtime: no
    pub(crate) fn new() -> Self {
        Self {
            click: Click::default(),
        }
    }

    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        self.click = Click::default();
    }

    /// Adds the clicks of these frames, at `level` from 0 to 1.
    ///
    /// Realtime: yes
    pub(crate) fn add_to(
        &mut self,
        clicks: &mut [f32],
        level: f32,
        pass: &Pass,
        window: &Window,
        frames: &Range<usize>,
        stage: &Stage<'_>,
    ) {
        let mut done = 0;
        let mut beat = libm::floor(window.after + NEAR) + 1.0;
        // No host and no timeline passes more beats than this in a chunk.
        for _ in 0..CHUNK {
            if beat > window.until || beat >= window.bound {
                break;
            }
            let frame = pass.frame_of(beat + window.drift, frames) - frames.start;
            if let Some(before) = clicks.get_mut(done..frame) {
                self.ring(before, stage);
            }
            done = frame.max(done);
            self.strike(beat, level, stage);
            beat += 1.0;
        }
        if let Some(rest) = clicks.get_mut(done..) {
            self.ring(rest, stage);
        }
    }

    /// Lets the last click ring out.
    ///
    /// Realtime: yes
    pub(crate) fn ring(&mut self, clicks: &mut [f32], stage: &Stage<'_>) {
        if self.click.is_over() {
            return;
        }
        let (mut left, mut right) = ([0.0; CHUNK], [0.0; CHUNK]);
        let count = clicks.len().min(CHUNK);
        let setting = setting(stage);
        if let (Some(left), Some(right)) = (left.get_mut(..count), right.get_mut(..count)) {
            self.click.render(&setting, left, right);
        }
        for (click, sample) in clicks.iter_mut().zip(&left) {
            *click += sample;
        }
    }

    fn strike(&mut self, beat: f64, level: f32, stage: &Stage<'_>) {
        if level.is_nan() || level <= 0.0 {
            return;
        }
        let is_first = beat - BEATS_A_BAR * libm::floor(beat / BEATS_A_BAR) == 0.0;
        let strike = Strike {
            pitch: if is_first { ACCENT } else { 0.0 },
            velocity: level.min(1.0),
            seed: 0,
            from: None,
        };
        self.click.strike(&setting(stage), strike);
    }
}

static VALUES: Values = Values::new(click::DEFAULTS);

fn setting<'a>(stage: &Stage<'a>) -> Setting<'a> {
    Setting {
        rate: stage.rate,
        tables: stage.tables,
        values: &VALUES,
        sample: None,
        bend: 0.0,
    }
}
