//! What a score plays, as a list of notes: the decisions that make the sound, made without it, so
//! that a MIDI file says what is heard. It knows nothing of files.

use crate::dsp::maths::count;
use crate::playhead::{Entry, Window};
use crate::score::Score;
use crate::sequencer::{Agenda, Note, Sequencer, note_number};
use crate::units::Beats;

/// A note, or a chord, of one track.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlayedNote {
    track: u8,
    begins: f64,
    ends: f64,
    velocity: u8,
    slides: bool,
    keys: [Option<u8>; 4],
}

/// Beats that are decided at once. No track has more than one step begin within so little.
const STRETCH: f64 = 1.0 / 24.0;
/// Half a millionth: places are whole millionths, so this is before the one and behind the other.
const BEFORE: f64 = 0.5e-6;

impl PlayedNote {
    /// By its place among the tracks.
    ///
    /// Realtime: yes
    pub fn track(&self) -> usize {
        usize::from(self.track)
    }

    /// Realtime: yes
    pub fn begins(&self) -> Beats {
        Beats::raw(self.begins)
    }

    /// When its keys are let go.
    ///
    /// Realtime: yes
    pub fn ends(&self) -> Beats {
        Beats::raw(self.ends)
    }

    /// As MIDI has it, from 1 to 127.
    ///
    /// Realtime: yes
    pub fn velocity(&self) -> u8 {
        self.velocity
    }

    /// It goes on from the note before it without being struck again.
    ///
    /// Realtime: yes
    pub fn slides(&self) -> bool {
        self.slides
    }

    /// As MIDI numbers them: 60 is middle C.
    ///
    /// Realtime: yes
    pub fn keys(&self) -> impl Iterator<Item = u8> + '_ {
        self.keys.iter().flatten().copied()
    }
}

/// Gives every note that begins from one place to another, in order, as they fall when time rolls
/// there from a start, without a loop, and stops at the end. Nobody's mute or solo is asked.
///
/// Realtime: no
pub fn notes(score: &Score, from: Beats, to: Beats, each: &mut impl FnMut(PlayedNote)) {
    let (from, to) = (from.quarter_notes(), to.quarter_notes());
    let mut sequencer = Sequencer::new();
    let mut agenda = Agenda::new();
    let mut after = from - BEFORE;
    let mut entry = Entry::Jump;
    let last = to - BEFORE;
    let micros = |at: f64| count((at - from) * 1e6 + 0.5);
    let mut all: Vec<(i64, PlayedNote)> = Vec::new();
    while after < last {
        let until = (after + STRETCH).min(last);
        let window = Window {
            after,
            until,
            bound: f64::INFINITY,
            entry,
            turned: Some(0.0),
            looped: None,
            drift: 0.0,
        };
        sequencer.advance(score, &window, &mut agenda);
        while let Some(note) = agenda.take(until, micros) {
            if note.pitches.is_empty() {
                end_of_turn(&mut all, &note);
            } else {
                all.push((note.turn, played(&note, from, to)));
            }
        }
        after = until;
        entry = Entry::Onward;
    }
    all.into_iter().for_each(|(_, note)| each(note));
}

/// Something else plays on a track: what is still held there of what played before is let go.
fn end_of_turn(all: &mut [(i64, PlayedNote)], next: &Note) {
    let of_others = |(turn, note): &&mut (i64, PlayedNote)| {
        note.track == next.track && *turn != next.turn && note.ends > next.at
    };
    for (_, note) in all.iter_mut().filter(of_others) {
        note.ends = next.at.max(note.begins);
    }
}

fn played(note: &Note, from: f64, to: f64) -> PlayedNote {
    let mut keys = [None; 4];
    for (slot, semitone) in keys.iter_mut().zip(note.pitches.iter()) {
        *slot = Some(note_number(semitone));
    }
    let velocity = count(f64::from(note.velocity) * 127.0 + 0.5).clamp(1, 127);
    PlayedNote {
        track: note.track,
        begins: note.at.max(from),
        ends: (note.at + note.length).min(to),
        velocity: u8::try_from(velocity).unwrap_or(1),
        slides: note.slides,
        keys,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_session::document::Document;
    use lockstep_session::document::clip::Clip;
    use lockstep_session::document::launch::Queued;
    use lockstep_session::document::pattern::{Pattern, PatternLength};
    use lockstep_session::document::step::{Nudge, Ratchet, Step};
    use lockstep_session::document::track::{StepLength, Track, TrackSettings};
    use lockstep_session::ids::TrackId;
    use lockstep_session::units::Beat;
    use std::sync::Arc;

    fn played_by(steps: Vec<Step>, from: f64, to: f64) -> Vec<PlayedNote> {
        let mut track = Track::new(TrackId(1), TrackSettings::default());
        let pattern = Pattern::new(PatternLength::default(), steps);
        track.clips[0] = Some(Arc::new(Clip::pattern(pattern)));
        played_on(track, from, to)
    }

    fn played_on(track: Track, from: f64, to: f64) -> Vec<PlayedNote> {
        let document = Document {
            tracks: vec![Arc::new(track)],
            ..Document::default()
        };
        let place = |beat| Beats::new(beat).expect("a place");
        let mut all = Vec::new();
        let score = Score::compile(&document);
        notes(&score, place(from), place(to), &mut |note| all.push(note));
        all
    }

    fn begins(notes: &[PlayedNote]) -> Vec<f64> {
        notes.iter().map(|note| note.begins).collect()
    }

    #[test]
    fn the_first_beat_belongs_to_a_stretch_and_the_last_does_not() {
        let steps = vec![Step::on(), Step::default(), Step::on()];
        let notes = played_by(steps.clone(), 0.0, 4.0);
        assert_eq!(begins(&notes), [0.0, 0.5]);
        assert_eq!(begins(&played_by(steps.clone(), 0.5, 4.0)), [0.5]);
        assert_eq!(begins(&played_by(steps, 0.0, 4.5)), [0.0, 0.5, 4.0]);
    }

    #[test]
    fn what_is_early_waits_for_the_start_and_what_is_late_past_the_end_is_left_out() {
        let nudged = |nudge| Step {
            nudge: Nudge::new(nudge),
            ..Step::on()
        };
        let mut steps = vec![nudged(-40), Step::default(), nudged(30)];
        assert_eq!(begins(&played_by(steps.clone(), 0.0, 0.55)), [0.0]);
        steps[2] = Step {
            ratchet: Ratchet::new(2),
            ..Step::on()
        };
        assert_eq!(begins(&played_by(steps, 0.0, 0.6)), [0.0, 0.5]);
    }

    #[test]
    fn a_launch_lets_go_of_what_is_held_of_the_clip_before() {
        let mut track = Track::new(TrackId(1), TrackSettings::default());
        track.settings.step_length = StepLength::Quarter;
        let pattern = Pattern::new(PatternLength::default(), vec![Step::on()]);
        track.clips[0] = Some(Arc::new(Clip::pattern(pattern)));
        let silence = |at| Queued {
            clip: None,
            at: Beat::from_micros(at),
        };
        track.queued = Some(silence(500_000));
        let notes = played_on(track, 0.0, 4.0);
        assert_eq!(begins(&notes), [0.0]);
        assert!((notes[0].ends - 0.5).abs() < 1e-6, "{}", notes[0].ends);
    }

    #[test]
    fn what_is_held_at_the_end_is_let_go_there() {
        let tied = Step {
            tie: true,
            ..Step::on()
        };
        let notes = played_by(vec![tied.clone(), tied.clone(), tied], 0.0, 0.6);
        assert_eq!(notes.len(), 3);
        assert_eq!(notes[0].ends, 0.6);
        assert!(!notes[0].slides && notes[1].slides);
    }
}
