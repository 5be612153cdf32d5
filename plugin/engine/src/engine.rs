//! The engine: renders a score from where a host or a timeline says it is. What it renders does not
//! depend on how the frames are cut into calls. It must not know where score or position came from.

use crate::dsp::maths::single;
use crate::instrument::CHUNK;
use crate::keyboard::KeyEvent;
use crate::listening::Listening;
use crate::live::LiveNote;
use crate::meter::Meters;
use crate::metronome::Metronome;
use crate::mixer::{Mixer, Stereo};
use crate::places::Places;
use crate::players::{Heard, Players};
use crate::playhead::{Entry, HostBlock, Pass, Playhead};
use crate::sample::{Sample, SampleKey};
use crate::score::{MAX_TRACKS, Score};
use crate::sequencer::{Agenda, Sequencer};
use crate::units::SampleRate;
use crate::voices::TrackAudio;
use core::ops::Range;
use std::sync::Arc;

/// Renders scores at one sample rate.
#[derive(Debug)]
pub struct Engine {
    rate: SampleRate,
    playhead: Playhead,
    sequencer: Sequencer,
    agenda: Agenda,
    players: Players,
    metronome: Metronome,
    mixer: Mixer,
    audio: Box<TrackAudio>,
    /// The instruments that the voices follow.
    sounds: u64,
    places: Places,
    beats_per_second: f64,
    is_rolling: bool,
}

/// Where a block stands and what its listener does.
#[derive(Clone, Copy, Debug, Default)]
pub struct Moment<'a> {
    /// Where the first frame is, or nothing while the transport stands still.
    pub position: Option<HostBlock>,
    /// What is played by hand in this block, in order.
    pub live: &'a [LiveNote],
    pub listening: Listening,
}

/// The next frames of everything, at most a chunk.
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'a> {
    pub mix: [&'a [f32]; 2],
    /// Each track behind its fader, dry; earlier than the mix by the engine's latency. As many frames
    /// of it count as the mix has; the same goes for the sends.
    pub tracks: &'a [[[f32; CHUNK]; 2]; MAX_TRACKS],
    /// What delay and reverb add to the tracks, as early as they.
    pub sends: &'a [[f32; CHUNK]; 2],
}

const USUAL_BEATS_PER_SECOND: f64 = 2.0;

impl Engine {
    /// Realtime: no
    pub fn new(rate: SampleRate) -> Self {
        let frames = single(rate.hertz());
        Self {
            rate,
            playhead: Playhead::default(),
            sequencer: Sequencer::new(),
            agenda: Agenda::new(),
            players: Players::new(frames),
            metronome: Metronome::new(),
            mixer: Mixer::new(frames),
            audio: Box::new([[[0.0; CHUNK]; 2]; MAX_TRACKS]),
            sounds: 0,
            places: Places::default(),
            beats_per_second: USUAL_BEATS_PER_SECOND,
            is_rolling: false,
        }
    }

    /// Realtime: yes
    pub fn sample_rate(&self) -> SampleRate {
        self.rate
    }

    /// How many frames later than its notes the mix comes.
    ///
    /// Realtime: yes
    pub fn latency(&self) -> usize {
        self.mixer.latency()
    }

    /// How many notes sound.
    ///
    /// Realtime: yes
    pub fn sounding(&self) -> usize {
        self.players.sounding()
    }

    /// Whether nothing sounds and nothing will until something begins: what it renders of a
    /// transport that stands still is exact silence.
    ///
    /// Realtime: yes
    pub fn is_silent(&self) -> bool {
        self.players.is_silent() && self.mixer.is_silent()
    }

    /// Whether the sequence holds a key down.
    ///
    /// Realtime: yes
    pub fn holds_keys(&self) -> bool {
        self.players.holds_keys()
    }

    /// Realtime: yes
    pub fn meters(&self) -> Meters {
        self.mixer.meters()
    }

    /// The keys that the sequence pressed and let go in the frames rendered last, in order.
    ///
    /// Realtime: yes
    pub fn key_events(&self) -> &[KeyEvent] {
        self.players.key_events()
    }

    /// Forgets position and sound, as if new.
    ///
    /// Realtime: yes
    pub fn reset(&mut self) {
        self.playhead.stop();
        self.sequencer = Sequencer::new();
        self.agenda.clear();
        self.players.clear();
        self.metronome.clear();
        self.mixer.clear();
        self.beats_per_second = USUAL_BEATS_PER_SECOND;
        self.is_rolling = false;
    }

    /// Keeps a sample to play. What it gives back is to be dropped where dropping is allowed: the
    /// sample that had its place, or itself where there is none left.
    ///
    /// Realtime: yes
    pub fn keep_sample(&mut self, sample: Arc<Sample>) -> Option<Arc<Sample>> {
        let before = self.players.take_sample(sample.key());
        before.or(self.players.keep_sample(sample))
    }

    /// Gives a sample back; notes that play it fade out.
    ///
    /// Realtime: yes
    pub fn drop_sample(&mut self, key: SampleKey) -> Option<Arc<Sample>> {
        self.players.take_sample(key)
    }

    /// Renders the next frames, and gives them to `sink` in chunks.
    ///
    /// Realtime: yes
    pub fn render(
        &mut self,
        score: &Score,
        moment: &Moment<'_>,
        frames: usize,
        mut sink: impl FnMut(Chunk<'_>),
    ) {
        self.follow(score, moment);
        let mut done = 0;
        match moment.position {
            Some(block) => {
                let passes = self.playhead.advance(block, frames, self.rate);
                for pass in passes.iter() {
                    if pass.entry() == Entry::Jump {
                        self.stop_sequence(pass.frames().start);
                    }
                    let range = pass.frames();
                    self.run(score, moment, Some(&pass), range.clone(), &mut sink);
                    done = range.end;
                }
            }
            None => self.playhead.stop(),
        }
        self.run(score, moment, None, done..frames, &mut sink);
        self.players.end_block();
    }

    /// Notes what is different from the block before.
    fn follow(&mut self, score: &Score, moment: &Moment<'_>) {
        let heard = moment.listening.heard(score.tracks());
        self.players
            .begin_block(heard & of_first(score.tracks().len()));
        if let Some(block) = moment.position {
            self.beats_per_second = block.tempo.beats_per_minute() / 60.0;
        }
        if self.is_rolling && moment.position.is_none() {
            self.stop_sequence(0);
        }
        self.is_rolling = moment.position.is_some();
        if self.sounds != score.sounds {
            self.sounds = score.sounds;
            self.places.follow(score.tracks(), |one, other| {
                self.sequencer.swap(one, other);
                self.agenda.swap(one, other);
                self.players.swap(one, other);
                self.mixer.swap(one, other);
            });
            self.players.steer(score);
        }
        self.mixer
            .aim(score, &moment.listening, self.beats_per_second);
    }

    /// Lets go of everything the sequence holds.
    fn stop_sequence(&mut self, frame: usize) {
        self.sequencer.forget();
        self.agenda.clear();
        self.players.stop_sequence(frame);
    }

    fn run(
        &mut self,
        score: &Score,
        moment: &Moment<'_>,
        pass: Option<&Pass>,
        frames: Range<usize>,
        sink: &mut impl FnMut(Chunk<'_>),
    ) {
        let mut start = frames.start;
        while start < frames.end {
            let mut end = frames.end.min(start + CHUNK);
            if let Some(pass) = pass {
                end = self
                    .players
                    .cut(score, pass, start..end, &mut self.sequencer);
                if let Some(begins) = moment.listening.begins {
                    end = pass.cut_at(begins.quarter_notes(), &(start..end));
                }
            }
            self.chunk(score, moment, pass, start..end, sink);
            start = end;
        }
    }

    fn chunk(
        &mut self,
        score: &Score,
        moment: &Moment<'_>,
        pass: Option<&Pass>,
        frames: Range<usize>,
        sink: &mut impl FnMut(Chunk<'_>),
    ) {
        let count = frames.len();
        let mut sounding = [false; MAX_TRACKS];
        let mut clicks = [0.0; CHUNK];
        for side in self.audio.iter_mut().flatten() {
            side.get_mut(..count).unwrap_or_default().fill(0.0);
        }
        if let Some(pass) = pass {
            let window = pass.window(&frames);
            let played = match moment.listening.begins {
                Some(begins) => pass.window_from(begins.quarter_notes(), &frames),
                None => Some(window),
            };
            if let Some(played) = played {
                self.sequencer.advance(score, &played, &mut self.agenda);
                self.players
                    .follow_loops(score, &mut self.sequencer, pass, &frames);
            }
            if let Some(clicks) = clicks.get_mut(..count) {
                let level = moment.listening.metronome;
                self.metronome
                    .add_to(clicks, level, pass, &window, &frames, &self.players.stage());
            }
        } else if let Some(clicks) = clicks.get_mut(..count) {
            self.metronome.ring(clicks, &self.players.stage());
        }
        let heard = Heard {
            audio: &mut self.audio,
            sounding: &mut sounding,
        };
        self.players
            .play(score, moment.live, pass, &frames, &mut self.agenda, heard);
        let mut mix: Stereo = [[0.0; CHUNK]; 2];
        let mut sends: Stereo = [[0.0; CHUNK]; 2];
        self.mixer.mix(
            &mut self.audio,
            &mut sounding,
            clicks.get(..count).unwrap_or(&[]),
            &mut mix,
            &mut sends,
            count,
        );
        let [left, right] = &mix;
        sink(Chunk {
            mix: [
                left.get(..count).unwrap_or(&[]),
                right.get(..count).unwrap_or(&[]),
            ],
            tracks: &self.audio,
            sends: &sends,
        });
    }
}

/// A bit for each of so many tracks.
fn of_first(tracks: usize) -> u16 {
    let all = u32::try_from(tracks).map_or(0, |tracks| 1_u32.checked_shl(tracks).unwrap_or(0));
    u16::try_from(all.wrapping_sub(1) & 0xffff).unwrap_or(u16::MAX)
}
