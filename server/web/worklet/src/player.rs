//! One engine with the score it plays, and where its sound is left. All of
//! this crate that knows the engine.

use lockstep_engine::{
    Beats, Engine, HostBlock, HostLoop, Listening, LiveEvent, LiveNote, MAX_TRACKS, Moment, Sample,
    SampleKey, SampleRate, Score, Tempo,
};
use std::sync::Arc;

/// The render quantum of today's browsers; one of another size is made room for when it comes.
const USUAL_FRAMES: usize = 128;
/// What hands can do within one block; more is not heard.
const MOST_LIVE: usize = 64;

#[derive(Debug)]
pub(crate) struct Player {
    engine: Engine,
    score: Box<Score>,
    /// The channels of the sample being written, one after the other.
    room: Vec<f32>,
    listening: Listening,
    live: Vec<LiveNote>,
    left: Vec<f32>,
    right: Vec<f32>,
    /// Peak and RMS of every track and then of the mix.
    levels: [[f32; 2]; MAX_TRACKS + 1],
}

/// Where the first frame of a block is, as JavaScript says it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) beat: f64,
    pub(crate) tempo: f64,
    pub(crate) loop_start: f64,
    pub(crate) loop_end: f64,
    pub(crate) turned: f64,
}

impl Player {
    pub(crate) const SCORE_SIZE: usize = size_of::<Score>();

    pub(crate) fn new(rate: f64) -> Option<Self> {
        Some(Self {
            engine: Engine::new(SampleRate::new(rate)?),
            score: Score::boxed(),
            room: Vec::new(),
            listening: Listening::default(),
            live: Vec::with_capacity(MOST_LIVE),
            left: vec![0.0; USUAL_FRAMES],
            right: vec![0.0; USUAL_FRAMES],
            levels: [[0.0; 2]; MAX_TRACKS + 1],
        })
    }

    pub(crate) fn latency(&self) -> usize {
        self.engine.latency()
    }

    pub(crate) fn left(&self) -> &[f32] {
        &self.left
    }

    pub(crate) fn right(&self) -> &[f32] {
        &self.right
    }

    pub(crate) fn levels(&mut self) -> &[[f32; 2]] {
        let meters = self.engine.meters();
        let levels = meters.tracks.iter().chain([&meters.master]);
        for (place, level) in self.levels.iter_mut().zip(levels) {
            *place = [level.peak, level.rms];
        }
        &self.levels
    }

    pub(crate) fn score(&mut self) -> &mut [u8] {
        self.score.bytes_mut()
    }

    /// Room for a sample, of one channel or two.
    pub(crate) fn sample_room(&mut self, channels: usize, frames: usize) -> &mut [f32] {
        self.room = vec![0.0; channels.min(2).saturating_mul(frames)];
        &mut self.room
    }

    /// Keeps the sample that was written. Whether it could be.
    pub(crate) fn keep_sample(&mut self, channels: usize, key: [u32; 2], rate: f64) -> bool {
        let room = std::mem::take(&mut self.room);
        let frames = room.len().checked_div(channels).unwrap_or(0).max(1);
        let channels: Vec<&[f32]> = room.chunks_exact(frames).collect();
        let [high, low] = key.map(u64::from);
        let key = SampleKey::new((high << 32 | low).to_be_bytes());
        let sample = SampleRate::new(rate).and_then(|rate| Sample::new(key, rate, &channels));
        let Some(sample) = sample else {
            return false;
        };
        let left_over = self.engine.keep_sample(Arc::new(sample));
        left_over.is_none_or(|sample| sample.key() != key)
    }

    pub(crate) fn listen(&mut self, muted: u32, soloed: u32, metronome: f32, begins: f64) {
        let tracks = |bits: u32| u16::try_from(bits & 0xffff).unwrap_or(0);
        self.listening = Listening {
            muted: tracks(muted),
            soloed: tracks(soloed),
            metronome,
            begins: Beats::new(begins),
            ..Listening::default()
        };
    }

    /// Something that a hand does at the start of the next block. Codes that mean nothing do nothing.
    pub(crate) fn play(&mut self, track: u32, code: u32, key: u32, amount: f32) {
        let (Ok(track), Ok(key)) = (u8::try_from(track), u8::try_from(key)) else {
            return;
        };
        let event = match code {
            0 => LiveEvent::Down {
                key,
                velocity: amount,
            },
            1 => LiveEvent::Up { key },
            2 => LiveEvent::Bend { semitones: amount },
            3 => LiveEvent::Pedal {
                is_down: amount > 0.0,
            },
            4 => LiveEvent::AllUp,
            _ => return,
        };
        if self.live.len() < MOST_LIVE {
            self.live.push(LiveNote {
                frame: 0,
                track,
                event,
            });
        }
    }

    /// Renders the next frames. Allocates only if they are more than ever before.
    pub(crate) fn render(&mut self, place: Option<Place>, frames: usize) {
        if frames > self.left.len() {
            self.left.resize(frames, 0.0);
            self.right.resize(frames, 0.0);
        }
        let moment = Moment {
            position: place.and_then(Place::block),
            live: &self.live,
            listening: self.listening,
        };
        let (mut left, mut right) = (self.left.iter_mut(), self.right.iter_mut());
        self.engine.render(&self.score, &moment, frames, |chunk| {
            let [mix_left, mix_right] = chunk.mix;
            // The sound goes first: a place taken without a sample for it would be lost.
            mix_left
                .iter()
                .zip(&mut left)
                .for_each(|(from, to)| *to = *from);
            mix_right
                .iter()
                .zip(&mut right)
                .for_each(|(from, to)| *to = *from);
        });
        self.live.clear();
    }
}

impl Place {
    /// Nothing if the numbers are no place: then the engine stands still.
    fn block(self) -> Option<HostBlock> {
        Some(HostBlock {
            beat: Beats::new(self.beat)?,
            tempo: Tempo::new(self.tempo)?,
            looped: Beats::new(self.loop_start)
                .zip(Beats::new(self.loop_end))
                .and_then(|(start, end)| HostLoop::new(start, end)),
            turned: Beats::new(self.turned),
        })
    }
}
