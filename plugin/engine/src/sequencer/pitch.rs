//! The pitches of a note: as stored, moved by the track, and brought into the harmony.

use crate::score::{ScoreHarmony, ScoreStep, ScoreTrack};

/// One to four semitones above middle C.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pitches {
    count: u8,
    semitones: [i8; 4],
}

/// Middle C.
const MIDDLE: i16 = 60;

impl Pitches {
    pub(crate) const NONE: Self = Self {
        count: 0,
        semitones: [0; 4],
    };

    /// Realtime: yes
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Of a step that falls on a running beat.
    ///
    /// Realtime: yes
    pub(crate) fn new(
        step: &ScoreStep,
        track: &ScoreTrack,
        harmony: &ScoreHarmony,
        running: i64,
    ) -> Self {
        let snapping = if running >= harmony.next_from {
            &harmony.next
        } else {
            &harmony.now
        };
        let moves = match track.scale_mode {
            1 => Some(&snapping.to_scale),
            2 => Some(&snapping.to_chord),
            3 => Some(&snapping.locked),
            _ => None,
        };
        let mut pitches = Self {
            count: 0,
            semitones: [0; 4],
        };
        for &pitch in step.pitches() {
            let moved = i16::from(pitch) + i16::from(track.transpose);
            let class = usize::try_from(moved.rem_euclid(12)).unwrap_or(0);
            let snap = moves.and_then(|moves| moves.get(class)).copied();
            let semitone = i8::try_from(moved + i16::from(snap.unwrap_or(0))).unwrap_or(0);
            pitches.add(semitone);
        }
        pitches
    }

    /// Two that were snapped to the same note sound as one.
    fn add(&mut self, semitone: i8) {
        let count = usize::from(self.count);
        let Some((before, rest)) = self.semitones.split_at_mut_checked(count) else {
            return;
        };
        if let (false, Some(slot)) = (before.contains(&semitone), rest.first_mut()) {
            *slot = semitone;
            self.count += 1;
        }
    }

    /// Realtime: yes
    pub(crate) fn iter(&self) -> impl Iterator<Item = i8> + '_ {
        self.semitones.iter().copied().take(usize::from(self.count))
    }
}

/// The MIDI note of a pitch.
///
/// Realtime: yes
pub(crate) fn note_number(semitone: i8) -> u8 {
    u8::try_from((MIDDLE + i16::from(semitone)).clamp(0, 127)).unwrap_or(0)
}
