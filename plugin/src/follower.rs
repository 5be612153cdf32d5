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
mod hour;
#[cfg(test)]
mod tests;
