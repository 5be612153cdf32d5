//! The driver of these tests: a document, an engine, and a host that rolls through blocks.

use lockstep_engine::{
    Beats, Engine, HostBlock, HostLoop, Listening, LiveNote, Moment, SampleRate, Score, Tempo,
};
use lockstep_session::document::Document;
use lockstep_session::document::clip::Clip;
use lockstep_session::document::instrument::{Instrument, Source};
use lockstep_session::document::pattern::{Pattern, PatternLength};
use lockstep_session::document::step::Step;
use lockstep_session::document::track::{Track, TrackSettings};
use lockstep_session::ids::TrackId;
use lockstep_session::text::Name;
use std::sync::Arc;

pub(crate) const RATE: f64 = 48_000.0;
/// At 120 beats a minute.
pub(crate) const FRAMES_A_BEAT: usize = 24_000;

/// A host at 120 beats a minute: 24,000 frames a beat, 6,000 a sixteenth.
pub(crate) struct Desk {
    pub(crate) engine: Engine,
    pub(crate) document: Document,
    score: Box<Score>,
    pub(crate) listening: Listening,
    /// Without the engine's latency: frame 0 is what the first frame of the first block says.
    pub(crate) left: Vec<f32>,
    pub(crate) right: Vec<f32>,
    late: usize,
}

impl Desk {
    pub(crate) fn new(document: Document) -> Self {
        let engine = Engine::new(SampleRate::new(RATE).expect("a rate"));
        Self {
            late: engine.latency(),
            score: Score::compile(&document),
            engine,
            document,
            listening: Listening::default(),
            left: Vec::new(),
            right: Vec::new(),
        }
    }

    /// The document changed: from the next block on, the engine plays the new one.
    pub(crate) fn change(&mut self, change: impl FnOnce(&mut Document)) {
        change(&mut self.document);
        self.score = Score::compile(&self.document);
    }

    pub(crate) fn block(&mut self, beat: f64, frames: usize, looped: Option<(f64, f64)>) {
        self.render(Some(rolling(beat, looped)), frames, &[]);
    }

    /// Rolls on from a beat in blocks of one size.
    pub(crate) fn roll(&mut self, from: f64, frames: usize, size: usize) {
        let mut done = 0;
        while done < frames {
            let count = size.min(frames - done);
            self.block(from + beats_of(done), count, None);
            done += count;
        }
    }

    pub(crate) fn stand(&mut self, frames: usize) {
        self.render(None, frames, &[]);
    }

    pub(crate) fn render(&mut self, position: Option<HostBlock>, frames: usize, live: &[LiveNote]) {
        let moment = Moment {
            position,
            live,
            listening: self.listening,
        };
        let (left, right) = (&mut self.left, &mut self.right);
        let late = &mut self.late;
        self.engine.render(&self.score, &moment, frames, |chunk| {
            let [mix_left, mix_right] = chunk.mix;
            let early = mix_left.len().min(*late);
            *late -= early;
            left.extend(&mix_left[early..]);
            right.extend(&mix_right[early..]);
        });
    }

    /// Stands still for as long as the engine is late, so that all that was rolled is there.
    pub(crate) fn settle(&mut self) {
        self.stand(self.engine.latency());
    }

    /// The first frame of each click: it is the click's peak, and no other frame reaches it.
    pub(crate) fn clicks(&self) -> Vec<usize> {
        let peak = 0.249;
        (0..self.left.len())
            .filter(|&frame| self.left[frame] > peak)
            .collect()
    }

    pub(crate) fn assert_sane(&self) {
        let all = self.left.iter().chain(&self.right);
        assert!(
            all.into_iter()
                .all(|sample| sample.is_finite() && sample.abs() <= 1.0)
        );
    }
}

pub(crate) fn rolling(beat: f64, looped: Option<(f64, f64)>) -> HostBlock {
    let looped = looped.and_then(|(start, end)| HostLoop::new(beats(start), beats(end)));
    HostBlock {
        beat: beats(beat),
        tempo: Tempo::new(120.0).expect("a tempo"),
        looped,
        turned: None,
    }
}

pub(crate) fn beats(quarter_notes: f64) -> Beats {
    Beats::new(quarter_notes).expect("a place")
}

/// How many beats so many frames are.
pub(crate) fn beats_of(frames: usize) -> f64 {
    f64::from(u32::try_from(frames).expect("tests are short")) / 24_000.0
}

/// A document of one track of clicks that sounds the steps named, of sixteen.
pub(crate) fn clicks_at(steps: &[usize]) -> Document {
    let steps = (0..16).map(|step| Step {
        on: steps.contains(&step),
        ..Step::default()
    });
    one_track(TrackSettings::default(), steps.collect())
}

/// A document of one track with one clip.
pub(crate) fn one_track(settings: TrackSettings, steps: Vec<Step>) -> Document {
    Document {
        tracks: vec![track(1, settings, steps)],
        ..Document::default()
    }
}

pub(crate) fn track(id: u32, settings: TrackSettings, steps: Vec<Step>) -> Arc<Track> {
    let length = i64::try_from(steps.len()).expect("short");
    let pattern = Pattern::new(PatternLength::new(length), steps);
    let mut track = Track::new(TrackId(id), settings);
    track.clips[0] = Some(Arc::new(Clip::pattern(pattern)));
    Arc::new(track)
}

/// A track's settings with a preset.
pub(crate) fn playing(preset: &str) -> TrackSettings {
    TrackSettings {
        instrument: Instrument {
            source: Source::Preset(Name::new(preset)),
            ..Instrument::default()
        },
        ..TrackSettings::default()
    }
}
