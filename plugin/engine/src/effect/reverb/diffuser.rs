//! Four all-pass filters in a row, which smear each sound over some milliseconds without colouring it.

use super::super::heard;
use super::tank::{STEADY, prime};
use crate::dsp::maths::{count, single};

/// The most that an all-pass returns.
const MOST: f64 = 0.65;

#[derive(Debug)]
pub(super) struct Diffuser {
    rate: f32,
    stages: [AllPass; 4],
    /// Frames until all gains have arrived.
    moving: u16,
}

#[derive(Debug)]
struct AllPass {
    samples: Box<[f32]>,
    at: usize,
    gain: f32,
    step: f32,
    target: f32,
}

impl AllPass {
    #[inline(always)]
    fn next(&mut self, input: f32) -> f32 {
        let mut output = 0.0;
        if let Some(place) = self.samples.get_mut(self.at) {
            let old = *place;
            let fed = heard(input + self.gain * old);
            *place = fed;
            output = old - self.gain * fed;
        }
        self.at += 1;
        if self.at >= self.samples.len() {
            self.at = 0;
        }
        output
    }
}

impl Diffuser {
    /// Realtime: no
    pub(super) fn new(rate: f32, milliseconds: [f64; 4]) -> Self {
        Self {
            rate,
            stages: milliseconds.map(|length| AllPass {
                samples: vec![0.0; prime(count(length * 1e-3 * f64::from(rate)))]
                    .into_boxed_slice(),
                at: 0,
                gain: 0.0,
                step: 0.0,
                target: 0.0,
            }),
            moving: 0,
        }
    }

    /// A short reverb must not ring on in its diffusers: each falls twice as fast as the reverb.
    ///
    /// Realtime: yes
    pub(super) fn aim(&mut self, decay: f32) {
        let frames = f64::from(decay * self.rate);
        for stage in &mut self.stages {
            let length = stage.samples.len() as f64;
            let gain = libm::exp(-13.815_5 * length / frames);
            stage.target = single(if gain < MOST { gain } else { MOST });
            stage.step = (stage.target - stage.gain) / f32::from(STEADY);
        }
        self.moving = STEADY;
    }

    /// Is where it is aimed; at the beginning of its lines, which are empty.
    ///
    /// Realtime: yes
    pub(super) fn rest(&mut self) {
        self.moving = 0;
        for stage in &mut self.stages {
            stage.at = 0;
            stage.gain = stage.target;
        }
    }

    /// Realtime: yes
    pub(super) fn clear(&mut self) {
        for stage in &mut self.stages {
            stage.samples.fill(0.0);
        }
        self.rest();
    }

    /// Realtime: yes
    #[inline(always)]
    pub(super) fn next(&mut self, input: f32) -> f32 {
        if self.moving > 0 {
            self.moving -= 1;
            for stage in &mut self.stages {
                stage.gain = if self.moving == 0 {
                    stage.target
                } else {
                    stage.gain + stage.step
                };
            }
        }
        let mut sample = input;
        for stage in &mut self.stages {
            sample = stage.next(sample);
        }
        heard(sample)
    }
}
