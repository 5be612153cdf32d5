//! The session's effects, as a document sets them.

use crate::desk::{Desk, clicks_at};
use lockstep_session::document::effects::{DelayTime, Feedback, PreDelay, ReverbDecay};
use lockstep_session::document::mixer::Percent;
use std::sync::Arc;

/// The level, in decibels, of what sounds from a frame on for a fifth of a second.
fn level(desk: &Desk, from: usize) -> f64 {
    let sounds = desk.left[from..from + 9_600].iter();
    let power: f64 = sounds
        .map(|sample| f64::from(*sample) * f64::from(*sample))
        .sum();
    10.0 * libm::log10(power)
}

/// A click in a room.
fn room(decay: i64, pre_delay: i64) -> Desk {
    let mut document = clicks_at(&[0]);
    document.effects.reverb_decay = ReverbDecay::new(decay);
    document.effects.reverb_pre_delay = PreDelay::new(pre_delay);
    document.effects.reverb_damping = Percent::new(0);
    let track = Arc::make_mut(&mut document.tracks[0]);
    track.settings.reverb_send = Percent::MAX;
    let mut desk = Desk::new(document);
    desk.roll(0.0, 72_000, 512);
    desk
}

#[test]
fn the_reverb_rings_for_as_long_as_the_document_says() {
    for decay in [60, 200, 600] {
        let desk = room(decay, 0);
        let (early, late) = (level(&desk, 9_600), level(&desk, 9_600 + 24_000));
        let fallen = early - late;
        let seconds = 60.0 * 0.5 / fallen;
        let wanted = f64::from(i32::try_from(decay).expect("short")) / 100.0;
        assert!(
            (seconds / wanted - 1.0).abs() < 0.15,
            "{wanted} s, but it rings for {seconds:.2}"
        );
    }
}

#[test]
fn the_reverb_waits_as_long_as_the_document_says() {
    // Between the click, gone within 1,200 frames, and the reverb after 200 ms is silence.
    let desk = room(200, 200);
    assert!(
        desk.left[2_400..9_000]
            .iter()
            .all(|sample| sample.abs() < 1e-4)
    );
    assert!(
        desk.left[9_600..12_000]
            .iter()
            .any(|sample| sample.abs() > 1e-3)
    );
}

#[test]
fn the_delay_comes_back_after_its_part_of_a_beat() {
    for twelfths in [3, 9, 16] {
        let mut document = clicks_at(&[0]);
        document.effects.delay_time = DelayTime::new(twelfths);
        document.effects.delay_feedback = Feedback::MIN;
        document.effects.delay_ping_pong = false;
        document.effects.delay_tone = Percent::MAX;
        let track = Arc::make_mut(&mut document.tracks[0]);
        track.settings.delay_send = Percent::MAX;
        let mut desk = Desk::new(document);
        desk.roll(0.0, 48_000, 512);
        let echo = (2_000..desk.left.len()).find(|&frame| desk.left[frame].abs() > 0.01);
        let due = usize::try_from(twelfths).expect("short") * 2_000;
        let echo = echo.expect("an echo");
        assert!(
            echo.abs_diff(due) <= 2,
            "{twelfths} twelfths: {echo}, not {due}"
        );
    }
}
