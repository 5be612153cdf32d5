//! One engine with the score it plays, the one being written, and where its sound is left. All of
//! this crate that knows the engine.

use lockstep_engine::{Beats, Engine, HostBlock, HostLoop, SampleRate, Score, ScoreTrack, Tempo};

/// The render quantum of today's browsers; one of another size is made room for when it comes.
const USUAL_FRAMES: usize = 128;

#[derive(Debug)]
pub(crate) struct Player {
    engine: Engine,
    score: Score,
    spare: Box<[u8; Self::SCORE_SIZE]>,
    /// The channels of the sample being written, one after the other.
    room: Vec<f32>,
    left: Vec<f32>,
    right: Vec<f32>,
}

/// Where the first frame of a block is, as JavaScript says it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) beat: f64,
    pub(crate) tempo: f64,
    pub(crate) loop_start: f64,
    pub(crate) loop_end: f64,
}

impl Player {
    pub(crate) const SCORE_SIZE: usize = 16 * 32;

    pub(crate) fn new(rate: f64) -> Option<Self> {
        Some(Self {
            engine: Engine::new(SampleRate::new(rate)?),
            score: Score::default(),
            spare: Box::new([0; Self::SCORE_SIZE]),
            room: Vec::new(),
            left: vec![0.0; USUAL_FRAMES],
            right: vec![0.0; USUAL_FRAMES],
        })
    }

    pub(crate) fn left(&self) -> &[f32] {
        &self.left
    }

    pub(crate) fn right(&self) -> &[f32] {
        &self.right
    }

    pub(crate) fn spare_score(&mut self) -> &mut [u8] {
        &mut self.spare[..]
    }

    pub(crate) fn swap_score(&mut self) {
        for (index, bytes) in self.spare.chunks_exact(32).enumerate() {
            if let Some(track) = track_of(bytes) {
                self.score.set_track(index, track);
            }
        }
    }

    /// Room for a sample, of one channel or two.
    pub(crate) fn sample_room(&mut self, channels: usize, frames: usize) -> &mut [f32] {
        self.room = vec![0.0; channels.min(2).saturating_mul(frames)];
        &mut self.room
    }

    /// Keeps the sample that was written.
    pub(crate) fn keep_sample(&mut self, channels: usize, key: [u32; 2], rate: f64) {
        let _ = (channels, key, rate);
        self.room = Vec::new();
    }

    /// Renders the next frames. Allocates only if they are more than ever before.
    pub(crate) fn render(&mut self, place: Option<Place>, frames: usize) {
        if frames > self.left.len() {
            self.left.resize(frames, 0.0);
            self.right.resize(frames, 0.0);
        }
        let block = place.and_then(Place::block);
        let (left, right) = (&mut self.left[..frames], &mut self.right[..frames]);
        self.engine.render(&self.score, block, left, right);
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
        })
    }
}

fn track_of(bytes: &[u8]) -> Option<ScoreTrack> {
    let active = u128::from_le_bytes(bytes[..16].try_into().ok()?);
    let step = f64::from_le_bytes(bytes[16..24].try_into().ok()?);
    let track = ScoreTrack::new(bytes[24], Beats::new(step)?).ok()?;
    let sounding = (0..128).filter(|step| active >> step & 1 == 1);
    Some(sounding.fold(track, ScoreTrack::with_step))
}
