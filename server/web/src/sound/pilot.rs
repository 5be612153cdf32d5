//! Keeps the engine on the session's beat: from the timeline, and from when frames are heard, the
//! orders that the audio thread carries out by itself. A state machine: it reads no clock and sends
//! nothing. The plugin asks its follower at each block; here nobody is asked for up to a minute, so
//! what is ordered is a line that runs on.

use super::output::Frame;
use crate::numbers::{float, whole};
use lockstep_session::document::timeline::Timeline;
use lockstep_session::units::{Beat, ServerTime, Span};
use std::collections::VecDeque;

/// Corrections are spread out: so much of time at most.
const SLEW: f64 = 500e-6;
/// An error is gone in about so many seconds.
const EASE: f64 = 1.0;
/// A larger error is made good at once.
const LOST: f64 = 0.005;
/// A smaller change of pace is not worth an order.
const WORTHWHILE: f64 = 20e-6;
/// A change that is further ahead than this is no change to come but one of another clock.
const AHEAD: Span = Span::from_seconds(20);
/// A change to come is aimed anew if it is this many frames off.
const AIM: i64 = 2;
/// No session gets further.
const FURTHEST: f64 = 1e6;
/// What was ordered is remembered until it is heard, and longer.
const REMEMBERED: usize = 16;

/// A frame that is about to be rendered, and when its notes are heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moment {
    pub(crate) frame: Frame,
    pub(crate) heard: ServerTime,
    /// How many seconds pass for the server while frames of one second are heard.
    pub(crate) pace: f64,
}

/// Where the engine is to be at each frame from one on, as its processor takes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) frame: Frame,
    /// The place in the song, loops folded in.
    pub(crate) beat: f64,
    /// How many beats of loops have been run through before.
    pub(crate) turned: f64,
    pub(crate) tempo: f64,
    pub(crate) pace: f64,
    pub(crate) looped: Option<(f64, f64)>,
}

/// From this frame on this line, or standing still.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Order {
    pub(crate) at: Frame,
    pub(crate) line: Option<Line>,
}

#[derive(Clone, Debug)]
pub(crate) struct Pilot {
    rate: f64,
    /// The timeline that was heard of last.
    known: Timeline,
    /// What is played, and what is to come.
    playing: Timeline,
    coming: Vec<Timeline>,
    /// In the order of their frames.
    steps: VecDeque<Step>,
}

/// An order, and what it makes the engine play.
#[derive(Clone, Copy, Debug)]
struct Step {
    order: Order,
    timeline: Timeline,
}

impl Line {
    fn of(timeline: &Timeline, frame: Frame, running: f64, pace: f64) -> Line {
        let region = timeline.region.filter(|_| !timeline.past_region);
        let bounds = region.map(|region| (quarters(region.start()), quarters(region.end())));
        let beat = match bounds {
            Some((start, end)) if running >= end => start + (running - start) % (end - start),
            _ => running,
        };
        Line {
            frame,
            beat,
            turned: running - beat,
            tempo: timeline.tempo.beats_per_minute(),
            pace,
            looped: bounds,
        }
    }

    /// The running beat of a frame, loops not folded in.
    fn running_at(&self, frame: Frame, rate: f64) -> f64 {
        let frames = float(frame.0 - self.frame.0);
        self.turned + self.beat + frames * (self.tempo * self.pace) / (60.0 * rate)
    }
}

impl Pilot {
    pub(crate) fn new(rate: f64) -> Pilot {
        Pilot {
            rate,
            known: Timeline::default(),
            playing: Timeline::default(),
            coming: Vec::new(),
            steps: VecDeque::new(),
        }
    }

    /// The running beat of the notes in a frame, if the engine plays there.
    pub(crate) fn beat_at(&self, frame: Frame) -> Option<f64> {
        let line = self.line_at(frame)?;
        Some(line.running_at(frame, self.rate))
    }

    /// Which frame the notes of a running beat fall on, going by what plays at a frame.
    pub(crate) fn frame_of(&self, beat: f64, from: Frame) -> Option<f64> {
        let line = self.line_at(from)?;
        let beats = beat - line.running_at(from, self.rate);
        Some(float(from.0) + beats * 60.0 * self.rate / (line.tempo * line.pace))
    }

    /// What is to be ordered so that the engine plays this timeline. Each order takes the place of
    /// those for later frames.
    pub(crate) fn steer(&mut self, timeline: &Timeline, moment: Moment) -> Vec<Order> {
        if *timeline != self.known {
            self.known = *timeline;
            self.coming.retain(|coming| coming.time < timeline.time);
            self.coming.push(*timeline);
        }
        let mut order = None;
        while let Some(first) = self.coming.first().copied() {
            let wait = first.time - moment.heard;
            if wait > Span::ZERO && wait <= AHEAD {
                break;
            }
            self.coming.remove(0);
            self.playing = first;
            let plays = self.step_at(moment.frame).map(|step| step.timeline);
            // Most changes are ordered ahead, and by now the engine has gone over by itself.
            if plays.unwrap_or_default() != first {
                order = Some(self.now(moment));
            }
        }
        let order = order.or_else(|| self.correction(moment));
        let aims: Vec<Step> = self
            .coming
            .iter()
            .map(|coming| self.aim(coming, moment))
            .collect();
        let steps: Vec<Step> = if order.is_none() && self.is_aimed(&aims, moment.frame) {
            Vec::new()
        } else {
            // An order for now is what takes the place of all that was ordered for later.
            let now = order.unwrap_or_else(|| Step {
                order: Order {
                    at: moment.frame,
                    line: self.line_at(moment.frame),
                },
                timeline: self.playing,
            });
            std::iter::once(now).chain(aims).collect()
        };
        for step in &steps {
            self.steps.retain(|other| other.order.at < step.order.at);
            self.steps.push_back(*step);
        }
        while self.steps.len() > REMEMBERED {
            self.steps.pop_front();
        }
        steps.into_iter().map(|step| step.order).collect()
    }

    /// What plays, from the moment's frame on.
    fn now(&self, moment: Moment) -> Step {
        let timeline = self.playing;
        let running = quarters(timeline.beat_at(moment.heard));
        let line = Line::of(&timeline, moment.frame, running, moment.pace);
        Step {
            order: Order {
                at: moment.frame,
                // Somebody who has just joined starts it by a clock of their own: the server's word
                // follows.
                line: (timeline.playing && running <= FURTHEST).then_some(line),
            },
            timeline,
        }
    }

    /// A change to come falls on a frame: what plays from there begins where it was put.
    fn aim(&self, timeline: &Timeline, moment: Moment) -> Step {
        let wait = float((timeline.time - moment.heard).as_micros());
        let frames = (wait * self.rate / (1e6 * moment.pace)).ceil();
        let at = Frame(moment.frame.0 + whole(frames));
        let line = Line::of(timeline, at, quarters(timeline.beat), moment.pace);
        Step {
            order: Order {
                at,
                line: timeline.playing.then_some(line),
            },
            timeline: *timeline,
        }
    }

    /// Whether what was ordered for frames behind this one is still what should be.
    fn is_aimed(&self, aims: &[Step], frame: Frame) -> bool {
        let ahead = self.steps.iter().filter(|step| step.order.at > frame);
        let is_near = |(aim, ahead): (&Step, &Step)| {
            aim.timeline == ahead.timeline && (aim.order.at.0 - ahead.order.at.0).abs() < AIM
        };
        ahead.clone().count() == aims.len() && aims.iter().zip(ahead).all(is_near)
    }

    fn correction(&self, moment: Moment) -> Option<Step> {
        let line = self.line_at(moment.frame)?;
        let target = quarters(self.playing.beat_at(moment.heard));
        let running = line.running_at(moment.frame, self.rate);
        let error = (target - running) * 60.0 / line.tempo;
        if error.abs() >= LOST {
            return Some(self.now(moment));
        }
        let pace = moment.pace + (error / EASE).clamp(-SLEW, SLEW);
        ((pace - line.pace).abs() > WORTHWHILE).then(|| Step {
            order: Order {
                at: moment.frame,
                line: Some(Line::of(&self.playing, moment.frame, running, pace)),
            },
            timeline: self.playing,
        })
    }

    fn step_at(&self, frame: Frame) -> Option<&Step> {
        let mut steps = self.steps.iter().rev();
        steps.find(|step| step.order.at <= frame)
    }

    /// The line that holds at a frame.
    fn line_at(&self, frame: Frame) -> Option<Line> {
        self.step_at(frame)?.order.line
    }
}

fn quarters(beat: Beat) -> f64 {
    float(beat.as_micros()) / 1e6
}

#[cfg(test)]
mod tests;
