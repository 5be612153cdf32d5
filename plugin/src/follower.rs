//! Follows the session's transport through the audio callbacks: where the grid is at each frame,
//! without a step of it being heard twice or left out while clocks wander. It must not know where
//! the times come from.

use crate::guide::Guide;
use lockstep_engine::{Beats, HostBlock, HostLoop, SampleRate, Tempo};
use lockstep_session::document::timeline::Timeline;
use lockstep_session::units::{Beat, LocalTime, ServerTime, Span};

/// A block of frames in at most two parts, each with where the grid is at its first frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Parts {
    pub(crate) first: Part,
    pub(crate) second: Option<Part>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Part {
    pub(crate) frames: usize,
    pub(crate) position: Option<HostBlock>,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Follower {
    /// What is played; a transport change to come waits for its moment.
    timeline: Timeline,
    /// The running beat of the next frame, while it plays.
    next: Option<f64>,
}

/// Corrections are spread out: so much of time at most.
const SLEW: f64 = 500e-6;
/// How much of an error a second of blocks takes away, so that one late callback moves little.
const EAGER: f64 = 4.0;
/// A larger error is made good at once.
const LOST: f64 = 0.005;
/// A change that is further ahead than this is no change to come but one of another clock.
const AHEAD: Span = Span::from_seconds(20);

impl Parts {
    pub(crate) fn whole(frames: usize, position: Option<HostBlock>) -> Self {
        Self {
            first: Part { frames, position },
            second: None,
        }
    }

    /// Where the grid is at the first frame that has a place.
    ///
    /// Realtime: yes
    pub(crate) fn position(&self) -> Option<HostBlock> {
        let second = || self.second.and_then(|part| part.position);
        self.first.position.or_else(second)
    }
}

impl Follower {
    /// Nothing is followed any more.
    ///
    /// Realtime: yes
    pub(crate) fn stop(&mut self) {
        *self = Self::default();
    }

    /// The next frames, the first of which is heard at `heard`, on this machine's clock.
    ///
    /// Realtime: yes
    pub(crate) fn advance(
        &mut self,
        guide: &Guide,
        heard: LocalTime,
        frames: usize,
        rate: SampleRate,
    ) -> Parts {
        let Some((local, server)) = guide.clock else {
            self.stop();
            return Parts::whole(frames, None);
        };
        let now = server + (heard - local);
        if guide.timeline == self.timeline {
            return Parts::whole(frames, self.run(now, frames, rate));
        }
        let wait = guide.timeline.time - now;
        if wait <= Span::from_micros(0) || wait > AHEAD {
            self.timeline = guide.timeline;
            return Parts::whole(frames, self.run(now, frames, rate));
        }
        let before = frames_in(wait, rate);
        if before >= frames {
            return Parts::whole(frames, self.run(now, frames, rate));
        }
        let first = Part {
            frames: before,
            position: self.run(now, before, rate),
        };
        self.timeline = guide.timeline;
        // The change falls on a frame: what plays from there begins where it was put.
        self.next = None;
        let second = Part {
            frames: frames - before,
            position: self.run(guide.timeline.time, frames - before, rate),
        };
        Parts {
            first,
            second: Some(second),
        }
    }

    fn run(&mut self, now: ServerTime, frames: usize, rate: SampleRate) -> Option<HostBlock> {
        let tempo = Tempo::new(self.timeline.tempo.beats_per_minute())?;
        if !self.timeline.playing {
            self.next = None;
            return None;
        }
        let per_frame = tempo.beats_per_frame(rate);
        let per_second = per_frame * rate.hertz();
        let target = quarter_notes(self.timeline.beat_at(now));
        let seconds = as_float(frames) / rate.hertz();
        let beat = match self.next {
            Some(next) if ((target - next) / per_second).abs() < LOST => {
                let error = (target - next) * (EAGER * seconds).min(1.0);
                let most = SLEW * seconds * per_second;
                next + error.clamp(-most, most)
            }
            _ => target,
        };
        self.next = Some(beat + as_float(frames) * per_frame);
        let region = self.timeline.region.filter(|_| !self.timeline.past_region);
        let place = region.map_or(beat, |region| {
            let (start, end) = (quarter_notes(region.start()), quarter_notes(region.end()));
            if beat < end {
                beat
            } else {
                start + (beat - start) % (end - start)
            }
        });
        Some(HostBlock {
            beat: Beats::new(place)?,
            tempo,
            looped: region.and_then(|region| {
                let bound = |beat| Beats::new(quarter_notes(beat));
                HostLoop::new(bound(region.start())?, bound(region.end())?)
            }),
            turned: Beats::new(beat - place),
        })
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a session is shorter than 2^53 micro-beats"
)]
pub(crate) fn quarter_notes(beat: Beat) -> f64 {
    beat.as_micros() as f64 / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "a block is short")]
fn as_float(frames: usize) -> f64 {
    frames as f64
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "within seconds, and the cast saturates"
)]
fn frames_in(span: Span, rate: SampleRate) -> usize {
    (span.as_micros() as f64 * rate.hertz() / 1e6).ceil() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_session::document::timeline::LoopRegion;

    const SECOND: i64 = 1_000_000;

    fn rate() -> SampleRate {
        SampleRate::new(48_000.0).expect("a rate")
    }

    fn time(micros: i64) -> ServerTime {
        ServerTime::from_micros(micros)
    }

    fn guide(timeline: Timeline) -> Guide {
        Guide {
            timeline,
            clock: Some((LocalTime::from_micros(0), time(5 * SECOND))),
            ..Guide::default()
        }
    }

    /// At 120 beats a minute from its first beat on, at so many microseconds of local time.
    fn playing(from: i64) -> Timeline {
        let mut timeline = Timeline::default();
        timeline.play(Beat::ZERO, time(5 * SECOND + from));
        timeline
    }

    fn local(micros: i64) -> LocalTime {
        LocalTime::from_micros(micros)
    }

    fn beat(part: Part) -> f64 {
        part.position.expect("it plays").beat.quarter_notes()
    }

    #[test]
    fn a_start_in_the_middle_of_a_block_falls_on_its_frame() {
        let mut follower = Follower::default();
        let guide = guide(playing(5_000));
        let parts = follower.advance(&guide, local(0), 480, rate());
        assert_eq!((parts.first.frames, parts.first.position), (240, None));
        let second = parts.second.expect("it starts within");
        assert_eq!(second.frames, 240);
        assert_eq!(beat(second), 0.0);
        let next = follower.advance(&guide, local(10_000), 480, rate());
        assert!((beat(next.first) - 0.01).abs() < 1e-9);
    }

    #[test]
    fn callbacks_that_wander_move_the_grid_by_hardly_anything() {
        let mut follower = Follower::default();
        let guide = guide(playing(0));
        let mut last = None;
        for block in 0..1_000_i64 {
            let wander = (block * 7_919) % 2_001 - 1_000;
            let parts =
                follower.advance(&guide, local(SECOND + block * 10_000 + wander), 480, rate());
            let now = beat(parts.first);
            if let Some(last) = last {
                let step: f64 = now - last;
                assert!((step - 0.02).abs() < 0.02 * 500e-6 + 1e-12, "{step}");
            }
            last = Some(now);
        }
        let off = last.expect("blocks") - 2.0 - 999.0 * 0.02;
        assert!(off.abs() < 0.001, "{off} beats off");
    }

    #[test]
    fn a_constant_error_is_made_good_within_seconds() {
        let mut follower = Follower::default();
        let mut guide = guide(playing(0));
        follower.advance(&guide, local(0), 480, rate());
        // The clock turns out to be a millisecond off.
        guide.clock = Some((local(0), time(5 * SECOND + 1_000)));
        let mut off = 0.0;
        for block in 1..600_i64 {
            let parts = follower.advance(&guide, local(block * 10_000), 480, rate());
            let truth = quarter_notes(
                guide
                    .timeline
                    .beat_at(time(5 * SECOND + 1_000 + block * 10_000)),
            );
            off = beat(parts.first) - truth;
        }
        assert!(off.abs() < 0.000_02, "{off}");
    }

    #[test]
    fn a_lost_clock_is_found_at_once() {
        let mut follower = Follower::default();
        let guide = guide(playing(0));
        follower.advance(&guide, local(0), 480, rate());
        let parts = follower.advance(&guide, local(2 * SECOND), 480, rate());
        assert!((beat(parts.first) - 4.0).abs() < 1e-9);
    }

    #[test]
    fn what_is_to_come_waits_for_its_frame() {
        let mut follower = Follower::default();
        let mut timeline = playing(0);
        follower.advance(&guide(timeline), local(0), 480, rate());
        timeline.stop(time(5 * SECOND + 15_000));
        let before = follower.advance(&guide(timeline), local(10_000), 480, rate());
        assert_eq!(before.first.frames, 240);
        assert!(before.first.position.is_some());
        let second = before.second.expect("it stops within");
        assert_eq!((second.frames, second.position), (240, None));
    }

    #[test]
    fn a_loop_folds_the_place_and_tells_how_often_it_turned() {
        let mut timeline = playing(0);
        timeline.set_region(
            LoopRegion::new(Beat::ZERO, Beat::from_micros(4 * SECOND)),
            time(5 * SECOND),
        );
        let parts = Follower::default().advance(&guide(timeline), local(3 * SECOND), 480, rate());
        let position = parts.position().expect("it plays");
        assert_eq!(position.beat.quarter_notes(), 2.0);
        assert_eq!(position.turned.map(Beats::quarter_notes), Some(4.0));
        assert!(position.looped.is_some());
    }

    #[test]
    fn without_a_clock_nothing_plays() {
        let guide = Guide {
            clock: None,
            ..guide(playing(0))
        };
        let parts = Follower::default().advance(&guide, local(0), 480, rate());
        assert_eq!(parts, Parts::whole(480, None));
    }
}
