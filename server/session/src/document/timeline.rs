//! The one transport of a session: a bijection between server time and beats while it plays.
//! Nobody streams positions; everyone computes them from this.

use crate::units::{Beat, BeatSpan, ServerTime, Tempo};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline {
    pub playing: bool,
    pub tempo: Tempo,
    /// The place at `time`: while stopped, the place to start from.
    pub beat: Beat,
    pub time: ServerTime,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<LoopRegion>,
    /// The playhead was set behind the loop's end, so it runs on without looping.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub past_region: bool,
}

/// A stretch of beats that repeats. Never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "(Beat, Beat)", into = "(Beat, Beat)")]
pub struct LoopRegion {
    start: Beat,
    end: Beat,
}

impl LoopRegion {
    /// The shortest loop: a sixteenth note.
    pub const SHORTEST: BeatSpan = BeatSpan::from_micros(250_000);

    pub fn new(start: Beat, end: Beat) -> Option<Self> {
        let (start, end) = (start.clamped(), end.clamped());
        (end - start >= Self::SHORTEST).then_some(Self { start, end })
    }

    /// So many bars from a bar on, which is counted from zero.
    pub fn of_bars(first: i64, count: i64) -> Option<Self> {
        let start = Beat::ZERO + BeatSpan::BAR.times(first);
        Self::new(start, start + BeatSpan::BAR.times(count))
    }

    /// The first bar, counted from zero, and how many there are; parts of bars count as whole ones.
    pub fn bars(&self) -> (i64, i64) {
        let bar = BeatSpan::BAR.as_micros();
        let first = self.start.as_micros().div_euclid(bar);
        let count = (self.span().as_micros() + bar - 1).div_euclid(bar);
        (first, count.max(1))
    }

    pub fn start(&self) -> Beat {
        self.start
    }

    pub fn end(&self) -> Beat {
        self.end
    }

    pub fn span(&self) -> BeatSpan {
        self.end - self.start
    }
}

impl TryFrom<(Beat, Beat)> for LoopRegion {
    type Error = &'static str;
    fn try_from((start, end): (Beat, Beat)) -> Result<Self, Self::Error> {
        Self::new(start, end).ok_or("a loop ends at least a sixteenth note after it starts")
    }
}

impl From<LoopRegion> for (Beat, Beat) {
    fn from(region: LoopRegion) -> Self {
        (region.start, region.end)
    }
}

impl Timeline {
    /// Beats run on through loops, so that every moment has its own; see `position_of`.
    pub fn beat_at(&self, time: ServerTime) -> Beat {
        if self.playing {
            self.beat + self.tempo.beats_in(time - self.time)
        } else {
            self.beat
        }
    }

    /// When a beat sounds, if the transport keeps running as it does.
    pub fn time_at(&self, beat: Beat) -> Option<ServerTime> {
        self.playing
            .then(|| self.time + self.tempo.span_of(beat - self.beat))
    }

    /// The place in the song that a running beat stands for, loops folded in.
    pub fn position_of(&self, beat: Beat) -> Beat {
        match self.region {
            Some(region) if !self.past_region && beat >= region.end => {
                let into = (beat - region.start)
                    .as_micros()
                    .rem_euclid(region.span().as_micros());
                region.start + BeatSpan::from_micros(into)
            }
            _ => beat,
        }
    }

    /// How far a clip that began at the running beat `since` is into its pattern: its first step
    /// falls where it began, and from there on it goes with the place in the song, loops folded in.
    pub fn into_clip(&self, beat: Beat, since: Beat) -> BeatSpan {
        self.position_of(beat) - self.position_of(since)
    }

    pub fn position_at(&self, time: ServerTime) -> Beat {
        self.position_of(self.beat_at(time))
    }

    pub fn play(&mut self, from: Beat, at: ServerTime) {
        *self = Timeline {
            playing: true,
            ..self.placed(from, at)
        };
    }

    /// Stays where it is.
    pub fn stop(&mut self, at: ServerTime) {
        *self = Timeline {
            playing: false,
            beat: self.position_at(at),
            time: at,
            ..*self
        };
    }

    /// Keeps the phase: nothing sounds twice and nothing is left out.
    pub fn set_tempo(&mut self, tempo: Tempo, at: ServerTime) {
        *self = Timeline {
            tempo,
            beat: self.beat_at(at),
            time: at,
            ..*self
        };
    }

    pub fn relocate(&mut self, to: Beat, at: ServerTime) {
        *self = self.placed(to, at);
    }

    pub fn set_region(&mut self, region: Option<LoopRegion>, at: ServerTime) {
        let position = self.position_at(at);
        *self = Timeline { region, ..*self }.placed(position, at);
    }

    fn placed(&self, beat: Beat, time: ServerTime) -> Timeline {
        let past_region = self.region.is_some_and(|region| beat >= region.end);
        Timeline {
            beat,
            time,
            past_region,
            ..*self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[test]
    fn a_loop_of_bars_is_counted_as_it_was_made() {
        let region = LoopRegion::of_bars(3, 8);
        assert_eq!(region.map(|region| region.bars()), Some((3, 8)));
    }

    fn time(micros: i64) -> ServerTime {
        ServerTime::from_micros(micros)
    }

    fn beat(micros: i64) -> Beat {
        Beat::from_micros(micros)
    }

    fn playing_at(hundredths: i64) -> Timeline {
        let mut timeline = Timeline {
            tempo: Tempo::new(hundredths),
            ..Timeline::default()
        };
        timeline.play(beat(0), time(SECOND));
        timeline
    }

    #[test]
    fn time_and_beat_map_to_each_other_both_ways() {
        for hundredths in [2_000, 9_999, 12_000, 30_000] {
            let timeline = playing_at(hundredths);
            for micros in [-5 * SECOND, 0, SECOND, 3_600 * SECOND] {
                let back = timeline
                    .time_at(timeline.beat_at(time(micros)))
                    .expect("playing");
                assert!((back - time(micros)).as_micros().abs() <= 2);
            }
        }
    }

    #[test]
    fn a_tempo_change_while_playing_neither_jumps_nor_bursts() {
        let mut timeline = playing_at(12_000);
        let at = time(3 * SECOND + 123_457);
        let before = timeline.beat_at(at);
        timeline.set_tempo(Tempo::new(17_300), at);
        assert_eq!(timeline.beat_at(at), before);
        let next = timeline.beat_at(at + crate::units::Span::from_millis(10));
        assert_eq!(next - before, BeatSpan::from_micros(28_833));
    }

    #[test]
    fn tempo_changes_do_not_end_a_running_loop() {
        let mut timeline = playing_at(12_000);
        timeline.set_region(LoopRegion::new(beat(0), beat(4 * SECOND)), time(SECOND));
        let at = time(4 * SECOND);
        assert_eq!(timeline.position_at(at), beat(2 * SECOND));
        timeline.set_tempo(Tempo::new(6_000), at);
        assert_eq!(
            timeline.position_at(at),
            beat(2 * SECOND),
            "six beats in, two into the second pass"
        );
        assert_eq!(timeline.position_at(time(6 * SECOND)), beat(0));
    }

    #[test]
    fn stopping_stays_and_starting_goes_on_from_there() {
        let mut timeline = playing_at(12_000);
        timeline.stop(time(2 * SECOND));
        assert_eq!(timeline.beat_at(time(99 * SECOND)), beat(2 * SECOND));
        assert_eq!(timeline.time_at(beat(0)), None);
        timeline.play(timeline.beat, time(100 * SECOND));
        assert_eq!(timeline.beat_at(time(101 * SECOND)), beat(4 * SECOND));
    }

    #[test]
    fn a_loop_folds_positions_but_not_beats() {
        let mut timeline = playing_at(6_000);
        timeline.set_region(
            LoopRegion::new(beat(2 * SECOND), beat(6 * SECOND)),
            time(SECOND),
        );
        let places: Vec<i64> = (1..12)
            .map(|s| timeline.position_at(time(s * SECOND)).as_micros() / SECOND)
            .collect();
        assert_eq!(places, [0, 1, 2, 3, 4, 5, 2, 3, 4, 5, 2]);
        assert_eq!(timeline.beat_at(time(11 * SECOND)), beat(10 * SECOND));
    }

    #[test]
    fn a_playhead_behind_the_loop_runs_on() {
        let mut timeline = playing_at(6_000);
        timeline.relocate(beat(9 * SECOND), time(SECOND));
        timeline.set_region(LoopRegion::new(beat(0), beat(4 * SECOND)), time(SECOND));
        assert_eq!(timeline.position_at(time(3 * SECOND)), beat(11 * SECOND));
    }

    #[test]
    fn a_loop_that_is_empty_or_backwards_is_refused() {
        assert_eq!(LoopRegion::new(beat(5), beat(5)), None);
        assert_eq!(LoopRegion::new(beat(SECOND), beat(0)), None);
        assert!(serde_json::from_str::<LoopRegion>("[0, 1]").is_err());
    }

    /// P-PHASE-1
    #[test]
    fn a_clip_longer_than_the_loop_repeats_what_lies_within_it() {
        let mut timeline = playing_at(12_000);
        timeline.set_region(LoopRegion::new(beat(0), beat(8_000_000)), time(SECOND));
        let into = |at, since| timeline.into_clip(beat(at), beat(since)).as_micros();
        assert_eq!(into(3_000_000, 0), 3_000_000);
        assert_eq!(into(9_000_000, 0), 1_000_000);
        assert_eq!(
            into(12_000_000, 12_000_000),
            0,
            "a launch begins with its first step"
        );
        assert_eq!(into(13_000_000, 12_000_000), 1_000_000);
    }
}
