//! One piece of music for every machine that renders it: what is played when, the machines that play
//! it, and how their sound differs. It must not know what a score says.

mod browser;
mod difference;
mod native;
mod race;
mod registers;
mod stage;
mod wasm;

pub use difference::assert_same_bits;
pub use race::{Race, Runner, Timed};

use crate::hosts::Sound;
use std::path::PathBuf;

/// What is played from the first frame on, and what changes at which frame.
#[derive(Clone, Debug)]
pub struct Scenario {
    rate: f64,
    frames: usize,
    changes: Vec<(usize, Change)>,
}

/// Something that a machine is told between two blocks.
#[derive(Clone, Debug)]
pub enum Change {
    /// The next score, as its bytes.
    Score(Vec<u8>),
    /// A recording that scores name.
    Take(Take),
    /// Time rolls from this beat on, folded into a loop from its first beat to its second.
    Roll {
        beat: f64,
        tempo: f64,
        looped: Option<(f64, f64)>,
    },
    /// The same as a page says it: the place in the song at a frame that may have passed, how much
    /// faster than its tempo it runs on from there, and the beats of loops run through before.
    Line {
        frame: usize,
        beat: f64,
        tempo: f64,
        looped: Option<(f64, f64)>,
        pace: f64,
        turned: f64,
    },
    Stop,
    /// So many frames are left out, as a busy browser does: the machine is not asked for them.
    Gap(usize),
    /// What one listener wants to hear: tracks muted and soloed, a bit each, and the metronome.
    Listen {
        muted: u16,
        soloed: u16,
        metronome: f32,
    },
    /// A key of a track goes down as hard as this, or up where nothing is said.
    Key {
        track: u8,
        key: u8,
        velocity: Option<f32>,
    },
}

/// A recording: what names it, and its one channel or two.
#[derive(Clone, Debug)]
pub struct Take {
    pub key: [u8; 8],
    pub rate: f64,
    pub channels: Vec<Vec<f32>>,
}

/// Where a block begins, while time rolls.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Place {
    beat: f64,
    tempo: f64,
    looped: Option<(f64, f64)>,
    /// How many beats of loops have been run through.
    turned: f64,
}

/// An engine that is played block by block.
trait Machine {
    fn play_from_now(&mut self, score: &[u8]);
    fn keep(&mut self, take: &Take);
    fn listen(&mut self, muted: u16, soloed: u16, metronome: f32);
    fn touch(&mut self, track: u8, key: u8, velocity: Option<f32>);
    fn render(&mut self, place: Option<Place>, frames: usize) -> Sound;
}

impl Scenario {
    pub fn new(rate: f64, frames: usize) -> Self {
        Self {
            rate,
            frames,
            changes: Vec::new(),
        }
    }

    /// The same with one more change, which comes after those before it.
    #[must_use]
    pub fn at(mut self, frame: usize, change: Change) -> Self {
        let last = self.changes.last().map_or(0, |(frame, _)| *frame);
        assert!(
            last <= frame && frame < self.frames,
            "changes come in order"
        );
        self.changes.push((frame, change));
        self
    }

    /// How this machine's own processor plays it, in blocks of at most this many frames.
    pub fn native(&self, block: usize) -> Sound {
        self.play(&mut native::Native::new(self.rate), block)
    }

    /// The same in a host that has its processor take tiny numbers for zero.
    pub fn native_flushing_to_zero(&self, block: usize) -> Sound {
        registers::flushing_to_zero(|| self.native(block))
    }

    /// How an interpreter of wasm plays it.
    pub fn wasm(&self, block: usize) -> Sound {
        self.play(&mut wasm::Wasm::new(self.rate), block)
    }

    /// How a real browser's audio thread plays it, in blocks of exactly this many frames. Changes
    /// must lie between them.
    pub fn browser(&self, block: usize) -> Sound {
        browser::play(self, block)
    }

    fn play(&self, machine: &mut impl Machine, block: usize) -> Sound {
        let mut sound = Sound::default();
        let mut changes = self.changes.iter().peekable();
        let mut rolling = None;
        while sound.frames() < self.frames {
            while let Some((_, change)) = changes.next_if(|(at, _)| *at <= sound.frames()) {
                match change {
                    Change::Score(score) => machine.play_from_now(score),
                    Change::Take(take) => machine.keep(take),
                    Change::Roll {
                        beat,
                        tempo,
                        looped,
                    } => {
                        let place = Place {
                            beat: *beat,
                            tempo: *tempo,
                            looped: *looped,
                            turned: 0.0,
                        };
                        rolling = Some((sound.frames(), place, 1.0));
                    }
                    Change::Line {
                        frame,
                        beat,
                        tempo,
                        looped,
                        pace,
                        turned,
                    } => {
                        let place = Place {
                            beat: *beat,
                            tempo: *tempo,
                            looped: *looped,
                            turned: *turned,
                        };
                        rolling = Some((*frame, place, *pace));
                    }
                    Change::Stop => rolling = None,
                    Change::Gap(frames) => {
                        let silence = vec![0.0; *frames];
                        sound.append(Sound::new(silence.clone(), silence, 0));
                    }
                    Change::Listen {
                        muted,
                        soloed,
                        metronome,
                    } => machine.listen(*muted, *soloed, *metronome),
                    Change::Key {
                        track,
                        key,
                        velocity,
                    } => machine.touch(*track, *key, *velocity),
                }
            }
            let now = sound.frames();
            let next = changes.peek().map_or(self.frames, |(at, _)| *at);
            let place =
                rolling.map(|(since, place, pace)| place.after(now - since, self.rate, pace));
            // Blocks go on where they would without a change, as they do in a browser.
            let rest = block - now % block;
            sound.append(machine.render(place, rest.min(next - now)));
        }
        sound
    }
}

impl Take {
    /// The name in halves, as JavaScript's numbers can hold it.
    fn key_words(&self) -> [u32; 2] {
        let key = u64::from_be_bytes(self.key);
        [32, 0].map(|shift| u32::try_from(key >> shift & 0xffff_ffff).expect("one half"))
    }
}

impl Place {
    /// Where time is after so many frames: the worklet computes the same with the same steps.
    fn after(self, frames: usize, rate: f64, pace: f64) -> Self {
        let frames = f64::from(u32::try_from(frames).expect("scenarios are short"));
        let beat = self.beat + frames * ((self.tempo * pace) / (60.0 * rate));
        let turned = match self.looped {
            Some((start, end)) if self.beat < end && beat >= end => {
                ((beat - start) / (end - start)).floor() * (end - start)
            }
            _ => 0.0,
        };
        Self {
            beat: beat - turned,
            turned: self.turned + turned,
            ..self
        }
    }
}

/// The wasm that `LOCKSTEP_WORKLET` names. Without it there is nothing to test, so a test that asks
/// fails with what to do.
pub fn compiled_engine() -> Vec<u8> {
    let file = std::env::var_os("LOCKSTEP_WORKLET")
        .expect("LOCKSTEP_WORKLET names the engine's wasm: run `cargo xtask test`");
    std::fs::read(PathBuf::from(file)).expect("the engine's wasm is built")
}
