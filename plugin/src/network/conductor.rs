//! Leads the session with the host's transport: compares what the host does with the session's
//! timeline and names the edits that make it so. A pure state machine; it sends nothing itself.

use crate::transport::HostPosition;
use lockstep_engine::Beats;
use lockstep_session::document::timeline::{LoopRegion, Timeline};
use lockstep_session::edit::Edit;
use lockstep_session::units::{Beat, BeatSpan, LocalTime, ServerTime, Span, Tempo};

/// When it last led and what it said.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Conductor {
    said: Option<LocalTime>,
}

/// How urgently the host's position should be made the session's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// The host did something: everyone should hear it now.
    Edge,
    /// The host runs on; small changes can be gathered.
    Running,
}

/// Tempo ramps and drift are told at most this often.
const GATHER: Span = Span::from_millis(100);
/// How far the host may be from the session's timeline at an edge, and when it runs on: late
/// callbacks alone make it seem to wander by some of the latter.
const JUMP: Span = Span::from_millis(3);
const DRIFT: Span = Span::from_millis(2);

impl Conductor {
    /// The edits that bring `timeline` to where the host was, which was `at` on the server's clock.
    /// The timeline is left as they make it.
    pub(crate) fn lead(
        &mut self,
        host: HostPosition,
        at: ServerTime,
        timeline: &mut Timeline,
        urgency: Urgency,
    ) -> Option<Edit> {
        let may_gather = urgency == Urgency::Running && host.rolling == timeline.playing;
        if may_gather && self.said.is_some_and(|said| host.at < said + GATHER) {
            return None;
        }
        let tolerance = if may_gather { DRIFT } else { JUMP };
        let edits = reconcile(host, at, timeline, tolerance);
        if edits.is_empty() {
            return None;
        }
        self.said = Some(host.at);
        Some(Edit::Gesture(edits))
    }
}

fn reconcile(
    host: HostPosition,
    at: ServerTime,
    timeline: &mut Timeline,
    tolerance: Span,
) -> Vec<Edit> {
    let mut edits = Vec::new();
    let tempo = host.tempo.map_or(timeline.tempo, |tempo| {
        session_tempo(tempo.beats_per_minute())
    });
    if tempo != timeline.tempo {
        timeline.set_tempo(tempo, at);
        edits.push(Edit::Tempo {
            tempo,
            at: Some(at),
        });
    }
    // With the host's loop everyone turns on time, and nobody waits to be told of the turn.
    let region = host
        .looped
        .and_then(|(start, end)| LoopRegion::new(session_beat(start), session_beat(end)));
    if region != timeline.region {
        timeline.set_region(region, at);
        edits.push(Edit::Loop {
            region,
            at: Some(at),
        });
    }
    // A session has no time before its first beat: a pre-roll starts it when it is over.
    let beat = session_beat(host.beat);
    let wait = tempo.span_of(beat.clamped() - beat);
    let (beat, at) = (beat.clamped(), at + wait);
    match (host.rolling, timeline.playing) {
        (true, false) => {
            timeline.play(beat, at);
            edits.push(Edit::Play {
                from: beat,
                at: Some(at),
            });
        }
        (false, true) => {
            timeline.stop(at);
            timeline.relocate(beat, at);
            edits.push(Edit::Stop { at: Some(at) });
            edits.push(Edit::Relocate {
                to: beat,
                at: Some(at),
            });
        }
        (is_rolling, _) => {
            let tempo = if is_rolling { tempo } else { timeline.tempo };
            let off = tempo.span_of(apart(timeline, timeline.position_at(at), beat));
            if off.as_micros().abs() > tolerance.as_micros() {
                timeline.relocate(beat, at);
                edits.push(Edit::Relocate {
                    to: beat,
                    at: Some(at),
                });
            }
        }
    }
    edits
}

/// How far one place is ahead of another, the short way round a loop that both are in.
fn apart(timeline: &Timeline, one: Beat, other: Beat) -> BeatSpan {
    let off = one - other;
    let Some(region) = timeline.region.filter(|_| !timeline.past_region) else {
        return off;
    };
    let is_in = |beat: Beat| beat >= region.start() && beat < region.end();
    let span = region.span().as_micros();
    if !is_in(one) || !is_in(other) {
        return off;
    }
    let micros = off.as_micros();
    BeatSpan::from_micros(match micros {
        ahead if ahead > span / 2 => ahead - span,
        behind if behind < -span / 2 => behind + span,
        near => near,
    })
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "engine tempos fit, and float casts saturate"
)]
fn session_tempo(beats_per_minute: f64) -> Tempo {
    Tempo::new((beats_per_minute * 100.0).round() as i64)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "engine beats fit, and float casts saturate"
)]
pub(crate) fn session_beat(beat: Beats) -> Beat {
    Beat::from_micros((beat.quarter_notes() * 1e6).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(rolling: bool, beat: f64, tempo: f64, millis: i64) -> HostPosition {
        HostPosition {
            rolling,
            beat: Beats::new(beat).unwrap(),
            tempo: lockstep_engine::Tempo::new(tempo),
            at: LocalTime::from_micros(millis * 1000),
            looped: None,
        }
    }

    fn time(millis: i64) -> ServerTime {
        ServerTime::from_micros(millis * 1000)
    }

    fn edits(edit: Option<Edit>) -> Vec<Edit> {
        match edit {
            Some(Edit::Gesture(edits)) => edits,
            None => Vec::new(),
            other => panic!("{other:?}"),
        }
    }

    fn playing() -> Timeline {
        let mut timeline = Timeline::default();
        timeline.play(Beat::ZERO, time(1_000));
        timeline
    }

    #[test]
    fn starting_the_host_plays_the_session_from_the_same_beat_at_the_same_time() {
        let start = Conductor::default().lead(
            host(true, 8.0, 97.5, 0),
            time(500),
            &mut Timeline::default(),
            Urgency::Edge,
        );
        let tempo = Edit::Tempo {
            tempo: Tempo::new(9_750),
            at: Some(time(500)),
        };
        let play = Edit::Play {
            from: Beat::from_micros(8_000_000),
            at: Some(time(500)),
        };
        assert_eq!(edits(start), [tempo, play]);
    }

    #[test]
    fn a_host_in_phase_says_nothing() {
        let running = host(true, 4.0, 120.0, 9_000);
        assert_eq!(
            Conductor::default().lead(running, time(3_000), &mut playing(), Urgency::Edge),
            None
        );
    }

    #[test]
    fn a_jump_relocates_and_a_small_drift_is_left_alone() {
        let mut conductor = Conductor::default();
        let jumped = host(true, 1.0, 120.0, 9_000);
        let relocate = Edit::Relocate {
            to: Beat::from_micros(1_000_000),
            at: Some(time(3_000)),
        };
        assert_eq!(
            edits(conductor.lead(jumped, time(3_000), &mut playing(), Urgency::Edge)),
            [relocate]
        );
        let drifted = host(true, 4.001, 120.0, 20_000);
        assert_eq!(
            conductor.lead(drifted, time(3_000), &mut playing(), Urgency::Running),
            None
        );
    }

    #[test]
    fn a_tempo_ramp_is_told_ten_times_a_second() {
        let mut conductor = Conductor::default();
        let mut timeline = playing();
        let mut told = 0;
        for block in 0..100_i64 {
            let tempo = 120.0 + f64::from(u8::try_from(block).unwrap()) * 0.1;
            let beat = timeline.position_at(time(1_000 + block * 10));
            let beats = f64::from(i32::try_from(beat.as_micros()).unwrap()) / 1e6;
            let ramping = host(true, beats, tempo, block * 10);
            let at = time(1_000 + block * 10);
            for edit in edits(conductor.lead(ramping, at, &mut timeline.clone(), Urgency::Running))
            {
                told += 1;
                if let Edit::Tempo {
                    tempo,
                    at: Some(at),
                } = edit
                {
                    timeline.set_tempo(tempo, at);
                }
            }
        }
        assert!((9..=11).contains(&told), "{told} edits in a second");
    }

    #[test]
    fn a_pre_roll_starts_the_session_when_it_is_over() {
        let start = Conductor::default().lead(
            host(true, -2.0, 120.0, 0),
            time(500),
            &mut Timeline::default(),
            Urgency::Edge,
        );
        assert_eq!(
            edits(start),
            [Edit::Play {
                from: Beat::ZERO,
                at: Some(time(1_500))
            }]
        );
    }

    #[test]
    fn a_hosts_loop_is_everyones_and_its_turns_need_no_word() {
        let mut conductor = Conductor::default();
        let mut timeline = Timeline::default();
        let looping = |beat, millis| HostPosition {
            looped: Some((Beats::new(4.0).unwrap(), Beats::new(8.0).unwrap())),
            ..host(true, beat, 120.0, millis)
        };
        let start = conductor.lead(looping(4.0, 0), time(1_000), &mut timeline, Urgency::Edge);
        let region = LoopRegion::new(Beat::from_micros(4_000_000), Beat::from_micros(8_000_000));
        assert!(edits(start).contains(&Edit::Loop {
            region,
            at: Some(time(1_000))
        }));
        for (beat, millis) in [(7.9, 1_950), (4.002, 2_001), (4.1, 2_050), (7.999_9, 4_000)] {
            let at = time(1_000 + millis);
            let said = conductor.lead(looping(beat, millis), at, &mut timeline, Urgency::Edge);
            assert_eq!(said, None, "beat {beat}");
        }
        let left = conductor.lead(
            host(true, 4.2, 120.0, 4_100),
            time(5_100),
            &mut timeline,
            Urgency::Edge,
        );
        assert!(matches!(edits(left)[..], [Edit::Loop { region: None, .. }]));
    }
}
