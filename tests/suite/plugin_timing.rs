//! What the plugin must sound in any host: scenarios that each format's tests run, and an oracle
//! of its own for where each step belongs.

pub(crate) mod extremes;

use lockstep_session::document::Document;
use lockstep_session::document::clip::Clip;
use lockstep_session::document::pattern::{Pattern, PatternLength};
use lockstep_session::document::step::Step;
use lockstep_session::document::track::{StepLength, Track, TrackSettings};
use lockstep_session::ids::TrackId;
use lockstep_tests::hosts::{Block, HostSetup, Loop, LoopStyle, Sound, Transport, assert_onsets};
use std::sync::Arc;

/// A host that renders callbacks one after the other.
pub(crate) type Render<'a> = &'a mut dyn FnMut(&[Block]) -> Sound;

pub(crate) const RATES: [f64; 3] = [44_100.0, 48_000.0, 96_000.0];
pub(crate) const BLOCKS: [usize; 6] = [1, 17, 64, 441, 512, 4096];

/// Beats for a step, steps in the pattern, and those of them that sound.
pub(crate) type Line = (f64, u8, &'static [usize]);

/// Two rhythms that never sound within 40 ms of each other at any tempo below 120.
const LINES: [Line; 2] = [(0.25, 16, &[0, 3, 6, 11]), (1.0 / 3.0, 5, &[2, 4])];
const TEMPO: f64 = 117.3;

pub(crate) fn document() -> Document {
    document_of(&LINES)
}

/// A track for each rhythm.
pub(crate) fn document_of(lines: &[Line]) -> Document {
    let tracks = (1..).zip(lines).map(|(id, &(beats, length, struck))| {
        let step_length = if beats == 0.25 {
            StepLength::Sixteenth
        } else {
            StepLength::EighthTriplet
        };
        let settings = TrackSettings {
            step_length,
            ..TrackSettings::default()
        };
        let mut track = Track::new(TrackId(id), settings);
        let mut steps = vec![Step::default(); usize::from(length)];
        for &index in struck {
            steps[index] = Step::on();
        }
        let pattern = Pattern::new(PatternLength::new(i64::from(length)), steps);
        track.clips[0] = Some(Arc::new(Clip::pattern(pattern)));
        Arc::new(track)
    });
    Document {
        tracks: tracks.collect(),
        ..Document::default()
    }
}

/// A stretch of beats that plays without a jump, from a frame that need not be whole.
#[derive(Clone, Copy)]
struct Stretch {
    frame: f64,
    from: f64,
    to: f64,
}

/// Where the document's steps belong within these stretches, at one tempo.
fn belongs(lines: &[Line], stretches: &[Stretch], frames_per_beat: f64) -> Vec<f64> {
    let mut frames = Vec::new();
    for stretch in stretches {
        for &(beats, length, struck) in lines {
            // Host positions come rounded to whole frames; a step at a stretch's end is the next's.
            let near = 0.6 / frames_per_beat;
            let mut number = 0;
            while f64::from(number) * beats < stretch.to - near {
                let beat = f64::from(number) * beats;
                let step = usize::try_from(number % u32::from(length)).expect("at most 128");
                if beat >= stretch.from - near && struck.contains(&step) {
                    frames.push(stretch.frame + (beat - stretch.from) * frames_per_beat);
                }
                number += 1;
            }
        }
    }
    frames.sort_by(f64::total_cmp);
    // Both rhythms on one beat make one sound.
    frames.dedup_by(|later, earlier| (*later - *earlier).abs() < 2.0);
    frames
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("tests are short"))
}

/// Long enough for every step, short enough for blocks of one frame.
fn frames(setup: HostSetup) -> usize {
    setup.frames(if setup.block == 1 { 0.6 } else { 4.0 })
}

pub(crate) fn steps_sound_where_they_belong(setup: HostSetup, render: Render<'_>) {
    let start = Transport::rolling(TEMPO, 0.0);
    let frames = frames(setup);
    let sound = render(&start.blocks(setup, frames));
    let per_beat = start.frames_per_beat(setup.sample_rate);
    let stretch = Stretch {
        frame: 0.0,
        from: 0.0,
        to: float(frames) / per_beat,
    };
    assert_onsets(
        &sound.onsets(),
        &belongs(&LINES, &[stretch], per_beat),
        &format!("{setup:?}"),
    );
}

pub(crate) fn a_loop_plays_each_step_once_a_turn(
    setup: HostSetup,
    style: LoopStyle,
    render: Render<'_>,
) {
    let (start, end) = (0.5, 2.875);
    let transport = Transport::rolling(TEMPO, 0.0).looping(start, end, style);
    let frames = frames(setup) * 2;
    let sound = render(&transport.blocks(setup, frames));
    let per_beat = transport.frames_per_beat(setup.sample_rate);
    let mut stretches = Vec::new();
    let (mut frame, mut from) = (0.0, 0.0);
    while frame < float(frames) {
        let left = (float(frames) - frame) / per_beat;
        stretches.push(Stretch {
            frame,
            from,
            to: end.min(from + left),
        });
        let turn = (end - from) * per_beat;
        frame += if style == LoopStyle::Splits {
            turn.round()
        } else {
            turn
        };
        from = start;
    }
    assert!(
        stretches.len() > 2 || setup.block == 1,
        "the loop comes round"
    );
    let what = format!("{setup:?} {:?}", Loop { start, end, style });
    assert_onsets(
        &sound.onsets(),
        &belongs(&LINES, &stretches, per_beat),
        &what,
    );
}

pub(crate) fn relocating_every_300_ms_loses_and_doubles_nothing(
    setup: HostSetup,
    render: Render<'_>,
) {
    let mut blocks = Vec::new();
    let mut stretches = Vec::new();
    let mut rendered = 0;
    // Places between steps, so that a click before a jump has died away before the next one.
    for place in [0.13, 9.63, 4.38, 4.13, 0.63, 31.88, 8.13, 8.38] {
        let transport = Transport::rolling(TEMPO, place);
        let frames = setup.frames(0.3);
        let per_beat = transport.frames_per_beat(setup.sample_rate);
        blocks.extend(transport.blocks(setup, frames));
        let to = place + float(frames) / per_beat;
        stretches.push(Stretch {
            frame: float(rendered),
            from: place,
            to,
        });
        rendered += frames;
    }
    let sound = render(&blocks);
    let per_beat = Transport::rolling(TEMPO, 0.0).frames_per_beat(setup.sample_rate);
    assert_onsets(
        &sound.onsets(),
        &belongs(&LINES, &stretches, per_beat),
        &format!("{setup:?}"),
    );
}

/// As some workstations do: positions in whole ticks of 1/1920 beat, and the first block said
/// twice before the transport really moves.
pub(crate) fn rounded_and_repeated_positions_double_and_skip_nothing(
    setup: HostSetup,
    render: Render<'_>,
) {
    let start = Transport::rolling(TEMPO, 0.0);
    let frames = setup.frames(4.0);
    let mut blocks = start.blocks(setup, frames);
    blocks.insert(0, blocks[0]);
    for block in &mut blocks {
        block.transport.beat = (block.transport.beat * 1920.0).floor() / 1920.0;
    }
    let sound = render(&blocks);
    let per_beat = start.frames_per_beat(setup.sample_rate);
    let lead_in = float(setup.block);
    let stretch = Stretch {
        frame: lead_in,
        from: 0.0,
        to: float(frames) / per_beat,
    };
    let mut expected = belongs(&LINES, &[stretch], per_beat);
    // The step on the very first beat has sounded when the host says it again.
    expected[0] = 0.0;
    assert_onsets(&sound.onsets(), &expected, &format!("{setup:?}"));
}

pub(crate) fn a_tempo_ramp_neither_doubles_nor_skips(setup: HostSetup, render: Render<'_>) {
    let mut blocks = Vec::new();
    let (mut beat, mut tempo) = (0.0, 90.0);
    let mut expected = Vec::new();
    while tempo < 116.0 {
        let transport = Transport::rolling(tempo, beat);
        // The host's own tempo moves within the block: it says the tempo at the first frame.
        let next_tempo = tempo + 0.00004 * float(setup.block);
        let average = f64::midpoint(tempo, next_tempo);
        let per_beat = Transport::rolling(average, 0.0).frames_per_beat(setup.sample_rate);
        let frame = float(blocks.len() * setup.block);
        let to = beat + float(setup.block) / per_beat;
        expected.push((
            Stretch {
                frame,
                from: beat,
                to,
            },
            per_beat,
        ));
        blocks.push(Block {
            frames: setup.block,
            transport,
        });
        (beat, tempo) = (to, next_tempo);
    }
    let sound = render(&blocks);
    let mut belonging: Vec<f64> = Vec::new();
    for (stretch, per_beat) in expected {
        let fresh = |frame: &f64| belonging.last().is_none_or(|last| frame - last > 100.0);
        let found: Vec<f64> = belongs(&LINES, &[stretch], per_beat)
            .into_iter()
            .filter(fresh)
            .collect();
        belonging.extend(found);
    }
    assert_eq!(
        sound.onsets().len(),
        belonging.len(),
        "{setup:?}: each step once"
    );
}

pub(crate) fn a_stopped_host_is_silent(setup: HostSetup, render: Render<'_>) {
    let stopped = Transport::stopped(TEMPO, 0.0);
    assert!(
        render(&stopped.blocks(setup, setup.frames(0.2))).is_silent(),
        "before it ever rolls"
    );
    let rolling = Transport::rolling(TEMPO, 0.0);
    assert!(
        !render(&rolling.blocks(setup, setup.frames(0.2))).is_silent(),
        "while it rolls"
    );
    render(&stopped.blocks(setup, setup.frames(0.2)));
    assert!(
        render(&stopped.blocks(setup, setup.frames(0.2))).is_silent(),
        "after it rang out"
    );
    let again = render(&rolling.blocks(setup, setup.frames(0.2)));
    assert_eq!(
        again.onsets().first(),
        Some(&0),
        "a new start plays the first step again"
    );
}
