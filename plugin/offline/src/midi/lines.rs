//! The notes of one track as a keyboard can play them: every key is let go before it is struck
//! again, and none stays down. It knows nothing of beats.

use super::message;
use lockstep_engine::PlayedNote;
use midly::MidiMessage;

/// One key, from when it is struck to when it is let go, in ticks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) key: u8,
    pub(super) velocity: u8,
    pub(super) begins: u32,
    pub(super) ends: u32,
}

/// Notes are added in the order in which they begin.
#[derive(Debug)]
pub(super) struct Lines {
    lines: Vec<Line>,
    /// The keys of the last note, by their places.
    held: Vec<usize>,
    total: u32,
}

/// How long a note is held into the one that it slides to, so that instruments play legato: a
/// hundredth of a beat.
const LEGATO: u32 = 10;

impl Lines {
    /// Everything ends by `total`.
    pub(super) fn new(total: u32) -> Self {
        Self {
            lines: Vec::new(),
            held: Vec::new(),
            total: total.max(1),
        }
    }

    pub(super) fn add(
        &mut self,
        note: &PlayedNote,
        begins: u32,
        ends: u32,
        keys: impl Iterator<Item = u8>,
    ) {
        let begins = begins.min(self.total - 1);
        let ends = ends.clamp(begins + 1, self.total);
        let before = std::mem::take(&mut self.held);
        for key in keys {
            if self.held.iter().any(|&place| self.lines[place].key == key) {
                continue;
            }
            let tied = before.iter().copied().find(|&place| {
                note.slides() && self.lines[place].key == key && self.lines[place].ends >= begins
            });
            let place = tied.unwrap_or(self.lines.len());
            match tied {
                Some(place) => self.lines[place].ends = ends,
                None => self.lines.push(Line {
                    key,
                    velocity: note.velocity(),
                    begins,
                    ends,
                }),
            }
            self.held.push(place);
        }
        if note.slides() {
            for place in before
                .into_iter()
                .filter(|place| !self.held.contains(place))
            {
                let line = &mut self.lines[place];
                line.ends = line.ends.min(begins + LEGATO).min(self.total);
            }
        }
    }

    /// The notes, none of which overlaps another on the same key: the earlier one is let go.
    pub(super) fn finish(mut self) -> Vec<Line> {
        self.lines.sort_by_key(|line| (line.begins, line.key));
        let mut last = [None::<usize>; 128];
        let mut lines: Vec<Line> = Vec::with_capacity(self.lines.len());
        for line in self.lines {
            let last = &mut last[usize::from(line.key)];
            if let Some(earlier) = last.and_then(|place| lines.get_mut(place)) {
                if earlier.begins == line.begins {
                    earlier.ends = earlier.ends.max(line.ends);
                    earlier.velocity = earlier.velocity.max(line.velocity);
                    continue;
                }
                earlier.ends = earlier.ends.min(line.begins);
            }
            *last = Some(lines.len());
            lines.push(line);
        }
        lines
    }
}

/// Strokes and releases with their ticks, in order; at the same tick, releases come first.
pub(super) fn messages(lines: &[Line]) -> Vec<(u32, MidiMessage)> {
    let mut messages: Vec<(u32, bool, u8, MidiMessage)> = Vec::with_capacity(lines.len() * 2);
    for line in lines {
        let stroke = message(line.key, Some(line.velocity));
        messages.push((line.begins, true, line.key, stroke));
        messages.push((line.ends, false, line.key, message(line.key, None)));
    }
    messages.sort_by_key(|&(tick, is_stroke, key, _)| (tick, is_stroke, key));
    messages
        .into_iter()
        .map(|(tick, _, _, message)| (tick, message))
        .collect()
}
