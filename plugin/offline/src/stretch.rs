//! How much of a song is written, and how long it takes until everything that plays begins anew
//! together. It knows nothing of files.

use lockstep_session::document::Document;
use lockstep_session::document::clip::{Clip, Content};
use lockstep_session::document::launch::{Launches, Rows, Turn};
use lockstep_session::document::step::Condition;
use lockstep_session::document::track::Track;
use lockstep_session::units::{Beat, BeatSpan};

/// A part of a song. Its end no longer belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    from: Beat,
    span: BeatSpan,
}

/// How long it takes until everything begins anew together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cycle {
    pub span: BeatSpan,
    /// It would be longer than anybody waits for, and ends before.
    pub is_cut: bool,
}

/// The longest cycle that is followed to its end.
const MOST_BARS: u64 = 256;
/// Every step length is a whole number of these.
const UNITS_A_BEAT: i64 = 24;
const UNITS_A_BAR: u64 = 96;
/// Changes of clips beyond this many are not followed.
const MOST_TURNS: usize = 1024;

impl Stretch {
    /// From the song's beginning at the earliest, and for at least a thousandth of a beat.
    pub fn new(from: Beat, span: BeatSpan) -> Self {
        let shortest = BeatSpan::from_micros(1_000);
        Self {
            from: from.clamped(),
            span: span.max(shortest).min(Beat::FURTHEST - Beat::ZERO),
        }
    }

    pub fn from(&self) -> Beat {
        self.from
    }

    pub fn to(&self) -> Beat {
        self.from + self.span
    }

    pub fn span(&self) -> BeatSpan {
        self.span
    }
}

/// The least common multiple of everything that is heard from a place on: of patterns with their
/// steps' `A:B` conditions, audio loops, and follow actions until they come back. It is repeated
/// until it fills a bar. Chance has no cycle and is left out of it.
pub fn common_cycle(document: &Document, from: Beat) -> Cycle {
    let rows = document.rows();
    let heard = document.tracks.iter();
    let periods = heard
        .filter(|track| crate::is_heard(document, track))
        .filter_map(|track| period(track, &rows, from));
    let most = MOST_BARS * UNITS_A_BAR;
    let units = periods.fold(1, |common, period| {
        // Past the most nothing matters any more, so it may not overflow either.
        least_common_multiple(common, period).min(most * 2)
    });
    let units = units.max(1) * UNITS_A_BAR.div_ceil(units.max(1)).max(1);
    Cycle {
        span: span(units.min(most)),
        is_cut: units > most,
    }
}

/// What plays, one after the other, from a place on. Without end where clips follow each other.
pub(crate) fn turns(launches: Launches, from: Beat) -> impl Iterator<Item = Turn> {
    let mut turn = launches.first_turn(from);
    while let Some(next) = launches.next_turn(&turn, from) {
        turn = next;
    }
    let queued = launches.queued.filter(|queued| queued.at > from);
    std::iter::successors(Some(turn), move |turn| {
        let ends = launches.ends(turn);
        let launched = queued
            .map(|queued| queued.at)
            .filter(|at| *at > turn.since());
        match (ends, launched) {
            (ends, Some(at)) if ends.is_none_or(|ends| at <= ends) => Some(launches.first_turn(at)),
            (Some(ends), _) => launches.next_turn(turn, ends),
            (None, _) => None,
        }
    })
    .take(MOST_TURNS)
}

/// After how many units what a track plays begins anew.
fn period(track: &Track, rows: &Rows, from: Beat) -> Option<u64> {
    let mut turns = turns(track.launches(rows), from);
    let first = turns.next()?;
    let mut last = None;
    for turn in turns {
        last = Some(turn.since());
        let has_moved = turn.playing.since > first.playing.since;
        if turn.playing.clip == first.playing.clip && has_moved {
            break;
        }
    }
    if let Some(last) = last {
        return Some(units(last - first.since()));
    }
    let clip = first.playing.clip.and_then(|scene| track.clip(scene))?;
    Some(length(clip, track))
}

fn length(clip: &Clip, track: &Track) -> u64 {
    match &clip.content {
        Content::Loop(audio) => u64::from(audio.bars.get()) * UNITS_A_BAR,
        Content::Pattern(pattern) => {
            let step = 2 * UNITS_A_BEAT / track.settings.step_length.per_two_beats();
            let steps = u64::from(pattern.length().get()) * u64::try_from(step).unwrap_or(1);
            let passes = pattern.playing().filter(|step| step.on);
            let passes = passes.fold(1, |passes, step| match step.condition {
                Condition::Every(cycle) => {
                    least_common_multiple(passes, u64::from(cycle.of().get()))
                }
                Condition::Always | Condition::First | Condition::Fill => passes,
            });
            steps * passes
        }
    }
}

fn units(span: BeatSpan) -> u64 {
    let units = span.as_micros() * UNITS_A_BEAT / BeatSpan::BEAT.as_micros();
    u64::try_from(units).unwrap_or(1).max(1)
}

fn span(units: u64) -> BeatSpan {
    let units = i64::try_from(units).unwrap_or(i64::MAX / BeatSpan::BEAT.as_micros());
    let micros = (units * BeatSpan::BEAT.as_micros() + UNITS_A_BEAT / 2) / UNITS_A_BEAT;
    BeatSpan::from_micros(micros)
}

fn least_common_multiple(one: u64, other: u64) -> u64 {
    one / greatest_common_divisor(one, other) * other
}

fn greatest_common_divisor(one: u64, other: u64) -> u64 {
    if other == 0 {
        one
    } else {
        greatest_common_divisor(other, one % other)
    }
}
