//! What hosts do rarely and must be allowed to: blocks of every size, tempos that no session has,
//! bars of other lengths, recording.

use super::{LINES, Line, Render, Stretch, TEMPO, belongs, document, float};
use lockstep_session::document::Document;
use lockstep_tests::hosts::{Block, HostSetup, Sound, Transport, assert_onsets};
use lockstep_tests::world::Dice;

/// One rhythm, far enough apart to be told apart at a thousand beats a minute.
const SPARSE: Line = LINES[0];
pub(crate) const TEMPOS: [f64; 9] = [1.0, 4.5, 19.99, 20.0, 300.0, 300.01, 477.7, 999.0, 1000.0];

pub(crate) fn sparse_document() -> Document {
    let mut document = document();
    document.tracks.truncate(1);
    document
}

/// Half a second before a step, which at the slowest tempo is the only one for a while.
pub(crate) fn a_tempo_that_no_session_has_is_played_as_it_is(
    tempo: f64,
    setup: HostSetup,
    render: Render<'_>,
) {
    let beats_per_second = tempo / 60.0;
    let start = Transport::rolling(tempo, 16.75 - 0.5 * beats_per_second);
    let frames = setup.frames(3.0);
    let sound = render(&start.blocks(setup, frames));
    let per_beat = start.frames_per_beat(setup.sample_rate);
    let stretch = Stretch {
        frame: 0.0,
        from: start.beat,
        to: start.beat + float(frames) / per_beat,
    };
    let expected = belongs(&[SPARSE], &[stretch], per_beat);
    assert!(!expected.is_empty());
    assert_onsets(
        &sound.onsets(),
        &expected,
        &format!("{tempo} beats a minute"),
    );
}

/// No two blocks of the same size, and now and then one frame alone.
pub(crate) fn blocks_of_any_size_lose_and_double_nothing(
    seed: u64,
    setup: HostSetup,
    render: Render<'_>,
) {
    let mut dice = Dice::new(seed);
    let start = Transport::rolling(TEMPO, 0.0);
    let (mut blocks, mut frames) = (Vec::new(), 0);
    while frames < setup.frames(4.0) {
        let count = if dice.percent(20) {
            1
        } else {
            1 + dice.below(setup.block)
        };
        blocks.push(Block {
            frames: count,
            transport: start.after(frames, setup.sample_rate),
        });
        frames += count;
    }
    let per_beat = start.frames_per_beat(setup.sample_rate);
    let stretch = Stretch {
        frame: 0.0,
        from: 0.0,
        to: float(frames) / per_beat,
    };
    let expected = belongs(&LINES, &[stretch], per_beat);
    assert_onsets(
        &render(&blocks).onsets(),
        &expected,
        &format!("seed {seed}"),
    );
}

/// Patterns count beats, not bars: seven eighths, recording and punching in leave them where they are.
pub(crate) fn bars_and_recording_move_no_step(setup: HostSetup, render: Render<'_>) {
    let start = Transport::rolling(TEMPO, 0.0);
    let plain = start.blocks(setup, setup.frames(4.0));
    let mut changing = plain.clone();
    for (number, block) in changing.iter_mut().enumerate() {
        block.transport = match number * setup.block / setup.frames(0.7) % 4 {
            0 => block.transport,
            1 => block.transport.in_bars_of(7, 8),
            2 => block.transport.in_bars_of(3, 4).recording(),
            _ => block.transport.in_bars_of(17, 16).recording(),
        };
    }
    let frames: usize = plain.iter().map(|block| block.frames).sum();
    let per_beat = start.frames_per_beat(setup.sample_rate);
    let stretch = Stretch {
        frame: 0.0,
        from: 0.0,
        to: float(frames) / per_beat,
    };
    let expected = belongs(&LINES, &[stretch], per_beat);
    assert_onsets(&render(&changing).onsets(), &expected, "in changing bars");
}

/// Some say nothing while they set up, and then begin.
pub(crate) fn a_host_that_says_nothing_at_first_is_waited_for(
    setup: HostSetup,
    render: Render<'_>,
    mute: Transport,
) {
    let nothing = render(&mute.blocks(setup, setup.frames(0.5)));
    let start = Transport::rolling(TEMPO, 0.0);
    let frames = setup.frames(2.0);
    let sound = render(&start.blocks(setup, frames));
    let per_beat = start.frames_per_beat(setup.sample_rate);
    let stretch = Stretch {
        frame: 0.0,
        from: 0.0,
        to: float(frames) / per_beat,
    };
    let expected = belongs(&LINES, &[stretch], per_beat);
    assert!(nothing.is_silent(), "there is no place to play from");
    assert_onsets(&sound.onsets(), &expected, "after it has begun");
}

/// For hosts that play whole songs and show nothing of their blocks.
pub(crate) fn a_song_from_its_beginning_sounds_where_it_belongs(
    tempo: f64,
    setup: HostSetup,
    mut play: impl FnMut(usize) -> Sound,
) {
    let frames = setup.frames(4.0);
    let sound = play(frames);
    let per_beat = Transport::rolling(tempo, 0.0).frames_per_beat(setup.sample_rate);
    let stretch = Stretch {
        frame: 0.0,
        from: 0.0,
        to: float(frames - sound.latency) / per_beat,
    };
    let expected = belongs(&LINES, &[stretch], per_beat);
    assert_onsets(&sound.onsets(), &expected, &format!("{tempo}, {setup:?}"));
}

/// Its first beat is where the file begins, and every other within ten frames of where the tempo puts it.
pub(crate) fn an_exported_song_is_in_time(
    tempo: f64,
    setup: HostSetup,
    frames: usize,
    sound: &Sound,
) {
    let per_beat = Transport::rolling(tempo, 0.0).frames_per_beat(setup.sample_rate);
    let stretch = Stretch {
        frame: 0.0,
        from: 0.0,
        to: float(frames) / per_beat,
    };
    let expected = belongs(&LINES, &[stretch], per_beat);
    let found = sound.onsets();
    let off = |(found, expected): (&usize, &f64)| (float(*found) - expected).abs();
    let worst = found.iter().zip(&expected).map(off).fold(0.0, f64::max);
    assert!(
        found.len() == expected.len() && worst <= 10.0,
        "steps sound at {found:?}, but belong at {expected:?}"
    );
}
