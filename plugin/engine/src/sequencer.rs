//! The sequencer: decides which notes begin in a stretch of beats. What sounds at a beat follows
//! from the score and the beat alone; only ties remember what was struck. It knows nothing of
//! frames or voices, so the same decisions make audio and MIDI files.

mod agenda;
mod due;
mod pitch;

pub(crate) use agenda::{Agenda, swapped};
use due::{Due, lateness};
pub(crate) use pitch::{Pitches, note_number};

use crate::playhead::{Entry, Window};
use crate::score::{Content, Locks, MAX_TRACKS, Score, ScoreTrack};
use lockstep_session::document::launch::{Launches, Playing, Turn, Walk};
use lockstep_session::document::track::StepLength;
use lockstep_session::ids::SceneIndex;
use lockstep_session::units::{Beat, BeatSpan};

/// A note that begins. One without pitches ends what is held of the turn before.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Note {
    pub(crate) track: u8,
    /// When, in beats travelled since the start.
    pub(crate) at: f64,
    /// How long it is held, in beats.
    pub(crate) length: f64,
    pub(crate) pitches: Pitches,
    pub(crate) velocity: f32,
    pub(crate) seed: u32,
    pub(crate) locks: Locks,
    /// It goes on from the note before it without being struck again.
    pub(crate) slides: bool,
    /// When what the track plays began, in running micro-beats.
    pub(crate) turn: i64,
}

/// What an audio loop is to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LoopPlace {
    pub(crate) sample: u64,
    pub(crate) gain: f32,
    /// How many beats one turn lasts.
    pub(crate) span: f64,
    /// How far it is into its turn, in beats.
    pub(crate) into: f64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Sequencer {
    tracks: [TrackState; MAX_TRACKS],
}

#[derive(Clone, Copy, Debug, Default)]
struct TrackState {
    walk: Walk,
    /// The turn that the sequence is in.
    playing: Option<Playing>,
    /// Until when, in travelled beats, the last note is held into the steps after it, and in which
    /// turn.
    tied_until: Option<(f64, i64)>,
}

/// How many changes of clips are followed in one stretch of beats.
const MOST_TURNS: usize = 64;
/// How many follow actions are followed to find out what plays: more than two hours of one-bar
/// clips. What lies beyond waits for the next look-up.
const MOST_HOPS: usize = 4096;
/// The earliest a step can be, as a share of its length.
const MOST_EARLY: f64 = 0.5;

impl Sequencer {
    /// Realtime: yes
    pub(crate) fn new() -> Self {
        Self {
            tracks: [TrackState::default(); MAX_TRACKS],
        }
    }

    /// Forgets what was struck: the transport stopped or jumped.
    ///
    /// Realtime: yes
    pub(crate) fn forget(&mut self) {
        for track in &mut self.tracks {
            track.tied_until = None;
            track.playing = None;
        }
    }

    /// Two tracks change places.
    ///
    /// Realtime: yes
    pub(crate) fn swap(&mut self, one: usize, other: usize) {
        if one.max(other) < MAX_TRACKS {
            self.tracks.swap(one, other);
        }
    }

    /// Puts every note that is decided in this window on the agenda.
    ///
    /// Realtime: yes
    pub(crate) fn advance(&mut self, score: &Score, window: &Window, agenda: &mut Agenda) {
        if window.entry == Entry::Jump {
            self.forget();
        }
        let tracks = score.tracks().iter().zip(&mut self.tracks);
        for (number, (track, state)) in (0..).zip(tracks) {
            state.advance(score, track, number, window, agenda);
        }
    }

    /// Where a track's audio loop stands at a place in the song, if one plays there.
    ///
    /// Realtime: yes
    pub(crate) fn audio_loop(
        &mut self,
        track: usize,
        plays: &ScoreTrack,
        at: f64,
        window: &Window,
    ) -> Option<LoopPlace> {
        let state = self.tracks.get_mut(track)?;
        let launches = plays.launches();
        let running = running(at, window);
        let (turn, _) = state.turn_at(&launches, running);
        let Content::Loop { sample, bars, gain } = plays.content(turn.playing.clip?)? else {
            return None;
        };
        let span = f64::from(bars) * beats(BeatSpan::BAR.as_micros());
        let origin = folded(beats(turn.playing.since.as_micros()), window);
        let turns = (at - origin) / span;
        Some(LoopPlace {
            sample,
            gain,
            span,
            into: (turns - libm::floor(turns)) * span,
        })
    }

    /// The place in the song at which a track changes what it plays, seen from another place.
    ///
    /// Realtime: yes
    pub(crate) fn end_of_turn(
        &mut self,
        track: usize,
        plays: &ScoreTrack,
        at: f64,
        window: &Window,
    ) -> Option<f64> {
        let state = self.tracks.get_mut(track)?;
        let (_, next) = state.turn_at(&plays.launches(), running(at, window));
        Some(beats(next?.saturating_sub(turned(window))))
    }
}

impl TrackState {
    fn advance(
        &mut self,
        score: &Score,
        track: &ScoreTrack,
        number: u8,
        window: &Window,
        agenda: &mut Agenda,
    ) {
        let length = step_length(track);
        // Starts of triplets are rounded, so one may be a little longer.
        let longest = 2.0 / per_two_beats(length) + 2e-6;
        let far = window.until + MOST_EARLY * longest;
        let launches = track.launches();
        let turned = turned(window);
        // Steps lie in the turn that their own beat falls into.
        let mut from = window.after;
        for _ in 0..MOST_TURNS {
            let (turn, next) = self.turn_at(&launches, running(from, window) + 1);
            // Whole micro-beats, so that a step on the beat of a change lies in one turn alone.
            let end_micros = next.map_or(i64::MAX, |next| next.saturating_sub(turned));
            let end = if next.is_some() {
                beats(end_micros)
            } else {
                f64::INFINITY
            };
            if from <= window.until {
                self.begin_turn(turn.playing, number, from.max(window.after), window, agenda);
            }
            if let Some(Content::Pattern(steps)) =
                turn.playing.clip.and_then(|clip| track.content(clip))
            {
                let scene = turn.playing.clip.unwrap_or(SceneIndex::FIRST);
                let since = folded_micros(turn.playing.since.as_micros(), window);
                let mut place = length.step_at(BeatSpan::from_micros(micros(from) - since));
                loop {
                    let start = since + length.start_of(place).as_micros();
                    let beat = beats(start);
                    if beat > far || start >= end_micros || beat >= window.bound {
                        break;
                    }
                    if beat > from {
                        let span =
                            beats(length.start_of(place + 1).as_micros()) - beats(start - since);
                        let due = Due {
                            turn: turn.playing.since.as_micros(),
                            end,
                            scene,
                            steps,
                            step_length: length,
                            number: place,
                            beat,
                            running: start + turned,
                            late: lateness(track, steps, place, span),
                            span,
                        };
                        if due.is_decided_in(window) {
                            self.decide(score, track, number, &due, window, agenda);
                        }
                    }
                    place += 1;
                }
            }
            if end > far || end <= from {
                return;
            }
            // The step on the very beat of the change belongs to the new turn.
            from = end - 0.5e-6;
        }
    }

    /// Notes whether something else plays from a place on: what was tied on and on ends there.
    fn begin_turn(
        &mut self,
        playing: Playing,
        number: u8,
        place: f64,
        window: &Window,
        agenda: &mut Agenda,
    ) {
        let before = self.playing.replace(playing);
        if before.is_some_and(|before| before != playing) {
            agenda.add(Note {
                track: number,
                at: place + window.drift,
                length: 0.0,
                pitches: Pitches::NONE,
                velocity: 0.0,
                seed: 0,
                locks: Locks::NONE,
                slides: false,
                turn: playing.since.as_micros(),
            });
        }
    }

    /// What plays at a running beat, and when that ends.
    fn turn_at(&mut self, launches: &Launches, running: i64) -> (Turn, Option<i64>) {
        let beat = Beat::from_micros(running);
        let turn = self.walk.turn_at(launches, beat, MOST_HOPS);
        let queued = launches
            .queued
            .map(|queued| queued.at)
            .filter(|at| *at > beat);
        let follows = launches.ends(&turn);
        let next = [queued, follows].into_iter().flatten().min();
        (turn, next.map(|next| next.as_micros()))
    }

    fn decide(
        &mut self,
        score: &Score,
        track: &ScoreTrack,
        number: u8,
        due: &Due<'_>,
        window: &Window,
        agenda: &mut Agenda,
    ) {
        let Some(step) = due.step() else {
            return;
        };
        if !step.is_on() || !due.sounds(step, track, score) {
            return;
        }
        let grid = due.beat + window.drift;
        // What is entered past its moment sounds at once.
        let at = (grid + due.late).max(window.after + window.drift);
        let is_held = |(until, turn): (f64, i64)| until >= grid - 1e-6 && turn == due.turn;
        let slides = due.is_tied_into() && self.tied_until.is_some_and(is_held);
        let chain = due.chain(track);
        let mut until = grid + chain.until;
        if chain.is_tied {
            until = until.min(due.end + window.drift);
        }
        let strokes = f64::from(step.ratchet());
        let each = due.span / strokes;
        let pitches = Pitches::new(step, track, &score.harmony, due.running);
        let dice = due.dice(track);
        for stroke in 0..step.ratchet() {
            let after = f64::from(stroke) * each;
            let is_last = stroke + 1 == step.ratchet();
            let length = if is_last {
                (until - at - after).max(each * step.gate())
            } else {
                each * step.gate()
            };
            let throw = (dice.throw(SEED_THROW + u32::from(stroke)) >> 32) & 0xffff_ffff;
            agenda.add(Note {
                track: number,
                at: at + after,
                length,
                pitches,
                velocity: step.velocity(),
                seed: u32::try_from(throw).unwrap_or(0),
                locks: step.locks(),
                slides: slides && stroke == 0,
                turn: due.turn,
            });
        }
        self.tied_until = chain.is_tied.then_some((until, due.turn));
    }
}

const SEED_THROW: u32 = 1;

/// Realtime: yes
pub(crate) fn step_length(track: &ScoreTrack) -> StepLength {
    let place = usize::from(track.step_length);
    StepLength::ALL.get(place).copied().unwrap_or_default()
}

fn per_two_beats(length: StepLength) -> f64 {
    i32::try_from(length.per_two_beats()).map_or(8.0, f64::from)
}

/// Micro-beats as beats.
#[expect(
    clippy::cast_precision_loss,
    reason = "beats stay below 2^53 millionths"
)]
fn beats(micros: i64) -> f64 {
    micros as f64 / 1e6
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "whole, and the cast saturates"
)]
fn micros(beats: f64) -> i64 {
    libm::floor(beats * 1e6) as i64
}

fn running(place: f64, window: &Window) -> i64 {
    micros(place + window.turned.unwrap_or(0.0))
}

/// How much further than their place beats have run, in micro-beats.
fn turned(window: &Window) -> i64 {
    window.turned.map_or(0, |turned| micros(turned + 0.5e-6))
}

/// The place in the song that a running beat stands for.
fn folded(beat: f64, window: &Window) -> f64 {
    beats(folded_micros(micros(beat + 0.5e-6), window))
}

fn folded_micros(beat: i64, window: &Window) -> i64 {
    match (window.looped, window.turned) {
        (Some((start, end)), Some(_)) => {
            let (start, end) = (micros(start + 0.5e-6), micros(end + 0.5e-6));
            if beat < end || end <= start {
                beat
            } else {
                start + (beat - start).rem_euclid(end - start)
            }
        }
        _ => beat,
    }
}
