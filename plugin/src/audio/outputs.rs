//! Where the sound goes: the mix, the tracks beside it where the host wants them, and the last knobs
//! on the way. It must not know what sounds.

use crate::params::LockstepParams;
use lockstep_engine::{Chunk, MAX_TRACKS, SampleRate};
use nice_plug::prelude::{AuxiliaryBuffers, Buffer};

/// The host's buffers of one block.
pub(crate) struct Outputs<'a, 'b, 'c> {
    mix: &'a mut Buffer<'b>,
    beside: &'a mut AuxiliaryBuffers<'c>,
}

/// What is kept from block to block.
pub(super) struct Desk {
    /// Each track as late as the mix.
    late: Box<[Late]>,
    /// How much of it is heard: nothing when bypassed.
    heard: f32,
    step: f32,
    /// Frames of silence that have gone out since the last sound.
    silent: usize,
}

/// A signal held back by a fixed number of frames.
struct Late {
    held: [Box<[f32]>; 2],
    at: usize,
}

/// How long bypassing takes, in seconds.
const FADE: f64 = 0.01;

impl<'a, 'b, 'c> Outputs<'a, 'b, 'c> {
    /// Realtime: yes
    pub(crate) fn new(mix: &'a mut Buffer<'b>, beside: &'a mut AuxiliaryBuffers<'c>) -> Self {
        Self { mix, beside }
    }

    /// Realtime: yes
    pub(crate) fn frames(&self) -> usize {
        self.mix.samples()
    }

    /// Gives each frame of the plugin's input.
    ///
    /// Realtime: yes
    pub(super) fn capture(&mut self, mut each: impl FnMut([f32; 2])) {
        let Some([left, right]) = self.beside.inputs.first_mut().map(Buffer::as_slice) else {
            return;
        };
        for (left, right) in left.iter().zip(right.iter()) {
            let sane = |sample: &f32| if sample.is_finite() { *sample } else { 0.0 };
            each([sane(left), sane(right)]);
        }
    }

    /// Adds frames to the mix.
    ///
    /// Realtime: yes
    pub(super) fn add(&mut self, frames: [&[f32]; 2], at: usize) {
        for (from, to) in frames.iter().zip(self.mix.as_slice()) {
            for (from, to) in from.iter().zip(to.iter_mut().skip(at)) {
                *to += from;
            }
        }
    }

    /// Realtime: yes
    pub(super) fn silence(&mut self) {
        for channel in self.mix.as_slice() {
            channel.fill(0.0);
        }
        for output in self.beside.outputs.iter_mut() {
            for channel in output.as_slice() {
                channel.fill(0.0);
            }
        }
    }
}

impl Desk {
    /// Realtime: no
    pub(super) fn new(rate: SampleRate, latency: usize) -> Self {
        #[expect(clippy::cast_possible_truncation, reason = "a small number")]
        let step = (1.0 / (FADE * rate.hertz())) as f32;
        let late = || Late {
            held: [(); 2].map(|()| vec![0.0; latency].into_boxed_slice()),
            at: 0,
        };
        Self {
            late: (0..MAX_TRACKS).map(|_| late()).collect(),
            heard: 1.0,
            step,
            silent: latency,
        }
    }

    /// Realtime: yes
    pub(super) fn clear(&mut self) {
        for late in &mut self.late {
            for side in &mut late.held {
                side.fill(0.0);
            }
        }
    }

    /// Whether nothing is on its way out.
    ///
    /// Realtime: yes
    pub(super) fn is_silent(&self) -> bool {
        self.late
            .first()
            .is_none_or(|late| self.silent >= late.held[0].len())
    }

    /// Puts the next frames in their place. How many they were.
    ///
    /// Realtime: yes
    pub(super) fn put(
        &mut self,
        chunk: &Chunk<'_>,
        at: usize,
        outputs: &mut Outputs<'_, '_, '_>,
    ) -> usize {
        let count = chunk.mix[0].len();
        let range = at..at + count;
        for (from, to) in chunk.mix.iter().zip(outputs.mix.as_slice()) {
            if let Some(to) = to.get_mut(range.clone()) {
                to.copy_from_slice(from);
            }
        }
        let tracks = chunk.tracks.iter().zip(self.late.iter_mut());
        for ((track, late), output) in tracks.zip(outputs.beside.outputs.iter_mut()) {
            late.pass(track, count, range.clone(), output.as_slice());
        }
        let is_silent = |side: &&[f32]| side.iter().all(|sample| *sample == 0.0);
        let tracks_are_silent = || {
            outputs.beside.outputs.is_empty()
                || chunk
                    .tracks
                    .iter()
                    .flatten()
                    .all(|side| is_silent(&side.get(..count).unwrap_or(&[])))
        };
        self.silent = if chunk.mix.iter().all(is_silent) && tracks_are_silent() {
            self.silent.saturating_add(count)
        } else {
            0
        };
        count
    }

    /// Nothing sounds: what fades has arrived.
    ///
    /// Realtime: yes
    pub(super) fn rest(&mut self, params: &LockstepParams) {
        self.heard = heard(params);
        params.master.smoothed.reset(params.master.value());
    }

    /// The host's own level, and bypass.
    ///
    /// Realtime: yes
    pub(super) fn finish(&mut self, params: &LockstepParams, outputs: &mut Outputs<'_, '_, '_>) {
        let aim = heard(params);
        let frames = outputs.frames();
        let before = self.heard;
        for frame in 0..frames {
            self.heard += (aim - self.heard).clamp(-self.step, self.step);
            let gain = params.master.smoothed.next() * self.heard;
            for side in outputs.mix.as_slice() {
                if let Some(sample) = side.get_mut(frame) {
                    *sample *= gain;
                }
            }
        }
        if before >= 1.0 && self.heard >= 1.0 {
            return;
        }
        for output in outputs.beside.outputs.iter_mut() {
            for side in output.as_slice() {
                let mut heard = before;
                for sample in side.iter_mut() {
                    heard += (aim - heard).clamp(-self.step, self.step);
                    *sample *= heard;
                }
            }
        }
    }
}

/// How much is to be heard.
fn heard(params: &LockstepParams) -> f32 {
    if params.bypass.value() { 0.0 } else { 1.0 }
}

impl Late {
    fn pass<const CHUNK: usize>(
        &mut self,
        track: &[[f32; CHUNK]; 2],
        count: usize,
        range: std::ops::Range<usize>,
        output: &mut [&mut [f32]],
    ) {
        let start = self.at;
        for ((from, held), to) in track.iter().zip(&mut self.held).zip(output) {
            let Some(to) = to.get_mut(range.clone()) else {
                continue;
            };
            self.at = start;
            for (from, to) in from.iter().take(count).zip(to) {
                let Some(place) = held.get_mut(self.at) else {
                    *to = *from;
                    continue;
                };
                *to = std::mem::replace(place, *from);
                self.at += 1;
                if self.at == held.len() {
                    self.at = 0;
                }
            }
        }
    }
}
