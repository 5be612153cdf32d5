//! The driver of these tests: a document, an engine, and a host that rolls through blocks.

use lockstep_engine::{
    Beats, Engine, HostBlock, HostLoop, KeyEvent, Listening, LiveNote, Moment, Sample, SampleKey,
    SampleRate, Score, Tempo,
};
use lockstep_session::document::Document;
use lockstep_session::document::clip::Clip;
use lockstep_session::document::instrument::{Amount, Instrument, Parameter, Source};
use lockstep_session::document::pattern::{Pattern, PatternLength};
use lockstep_session::document::step::Step;
use lockstep_session::document::track::{Track, TrackSettings};
use lockstep_session::ids::{SampleId, TrackId};
use lockstep_session::text::Name;
use std::sync::Arc;

pub(crate) const RATE: f64 = 48_000.0;

/// A host at 120 beats a minute: 24,000 frames a beat, 6,000 a sixteenth.
pub(crate) struct Desk {
    pub(crate) engine: Engine,
    pub(crate) document: Document,
    pub(crate) score: Box<Score>,
    pub(crate) listening: Listening,
    /// Without the engine's latency: frame 0 is what the first frame of the first block says.
    pub(crate) left: Vec<f32>,
    pub(crate) right: Vec<f32>,
    late: usize,
    /// What the sequence pressed and let go, by frames from the first block on.
    pub(crate) keys: Vec<KeyEvent>,
    rendered: usize,
}

impl Desk {
    pub(crate) fn new(document: Document) -> Self {
        let mut engine = Engine::new(SampleRate::new(RATE).expect("a rate"));
        assert!(engine.keep_sample(hum()).is_none());
        Self {
            late: engine.latency(),
            score: Score::compile(&document),
            engine,
            document,
            listening: Listening::default(),
            left: Vec::new(),
            right: Vec::new(),
            keys: Vec::new(),
            rendered: 0,
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
        let rendered = self.rendered;
        let absolute = |event: &KeyEvent| KeyEvent {
            frame: rendered + event.frame,
            ..*event
        };
        self.keys
            .extend(self.engine.key_events().iter().map(absolute));
        self.rendered += frames;
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

    /// Rolls through a loop from its start.
    pub(crate) fn turn(&mut self, (start, end): (f64, f64), frames: usize, size: usize) {
        let length = frames_of(end - start);
        let mut done = 0;
        while done < frames {
            let count = size.min(frames - done);
            let beat = start + beats_of(done % length);
            self.block(beat, count, Some((start, end)));
            done += count;
        }
    }

    /// Each click and how loud its first frame is.
    pub(crate) fn strokes(&self) -> Vec<(usize, f32)> {
        let onsets = (0..self.left.len()).filter(|&frame| {
            let before = frame.checked_sub(1).map_or(0.0, |before| self.left[before]);
            self.left[frame] - before > 0.1
        });
        onsets.map(|frame| (frame, self.left[frame])).collect()
    }

    /// The stretches in which the left side is not silent, where pauses shorter than a
    /// millisecond are none: first frame and end.
    pub(crate) fn stretches(&self) -> Vec<(usize, usize)> {
        let mut stretches: Vec<(usize, usize)> = Vec::new();
        for (frame, sample) in self.left.iter().enumerate() {
            if sample.abs() > 1e-5 {
                match stretches.last_mut() {
                    Some((_, end)) if frame < *end + 48 => *end = frame + 1,
                    _ => stretches.push((frame, frame + 1)),
                }
            }
        }
        stretches
    }

    /// How strong a frequency is in some frames, where a full sine of amplitude 1 is 1.
    pub(crate) fn strength(&self, frames: std::ops::Range<usize>, hertz: f64) -> f64 {
        strength(&self.left[frames], hertz)
    }

    /// The greatest bend between three frames: clicks bend more than any low sound does.
    pub(crate) fn sharpest(&self, frames: std::ops::Range<usize>) -> f32 {
        let bends = self.left[frames].windows(3);
        bends.fold(0.0, |most, three| {
            let bend = (three[0] - 2.0 * three[1] + three[2]).abs();
            if bend > most { bend } else { most }
        })
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

pub(crate) fn strength(frames: &[f32], hertz: f64) -> f64 {
    let (mut real, mut imaginary, mut whole) = (0.0, 0.0, 0.0);
    let count = frames.len() as f64;
    for (frame, sample) in frames.iter().enumerate() {
        let turn = std::f64::consts::TAU * frame as f64;
        let window = 0.5 - 0.5 * (turn / count).cos();
        let sample = f64::from(*sample) * window;
        real += sample * (turn * hertz / RATE).cos();
        imaginary += sample * (turn * hertz / RATE).sin();
        whole += window;
    }
    2.0 * real.hypot(imaginary) / whole
}

/// How many frames so many beats are.
pub(crate) fn frames_of(beats: f64) -> usize {
    (beats * 24_000.0).round() as usize
}

/// What turned a session's loops, as its timeline says.
pub(crate) fn turned(beat: f64, looped: Option<(f64, f64)>, turned: f64) -> HostBlock {
    HostBlock {
        turned: Some(beats(turned)),
        ..rolling(beat, looped)
    }
}

/// The sample of `humming` tracks, to be kept by their engine: a sine, three seconds of it.
pub(crate) const HUM: f64 = 250.0;

pub(crate) fn hum() -> Arc<Sample> {
    let frames: Vec<f32> = (0..480_000)
        .map(|frame| (f64::from(frame) * std::f64::consts::TAU * HUM / RATE).sin() as f32)
        .collect();
    let rate = SampleRate::new(RATE).expect("a rate");
    let key = SampleKey::of(SampleId::of(b"hum"));
    Arc::new(Sample::new(key, rate, &[&frames]).expect("a sample"))
}

/// A track's settings with a sound that lasts for as long as it is held.
pub(crate) fn humming() -> TrackSettings {
    let parameters = [(Parameter::Release, Amount::new(0))];
    TrackSettings {
        instrument: Instrument {
            source: Source::Sample(SampleId::of(b"hum")),
            parameters: parameters.into_iter().collect(),
        },
        ..TrackSettings::default()
    }
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
