//! Audio loops: where they stand in their sample follows from the beat.

use crate::desk::{Desk, RATE, beats, beats_of, one_track};
use lockstep_engine::{HostBlock, Sample, SampleKey, SampleRate, Tempo};
use lockstep_session::document::Document;
use lockstep_session::document::clip::{AudioLoop, Bars, Clip, Content};
use lockstep_session::document::launch::Queued;
use lockstep_session::document::mixer::Level;
use lockstep_session::document::track::TrackSettings;
use lockstep_session::ids::{SampleId, SceneIndex};
use lockstep_session::units::Beat;
use std::sync::Arc;

const BAR: usize = 96_000;

fn id() -> SampleId {
    SampleId::of(b"ramp")
}

fn sample(frames: &[f32]) -> Arc<Sample> {
    let rate = SampleRate::new(RATE).expect("a rate");
    Arc::new(Sample::new(SampleKey::of(id()), rate, &[frames]).expect("a sample"))
}

/// What is heard is the place in the sample: it rises from 0 to 0.5 in a turn.
fn ramp(frames: usize) -> Arc<Sample> {
    let ramp: Vec<f32> = (0..frames)
        .map(|frame| frame as f32 / frames as f32 * 0.5)
        .collect();
    sample(&ramp)
}

fn loop_of(bars: i64) -> Document {
    let mut document = one_track(TrackSettings::default(), Vec::new());
    let content = Content::Loop(AudioLoop {
        sample: id(),
        bars: Bars::new(bars),
        gain: Level::new(0),
    });
    let track = Arc::make_mut(&mut document.tracks[0]);
    track.clips[0] = Some(Arc::new(Clip {
        content,
        ..Clip::pattern(Default::default())
    }));
    document
}

fn desk(bars: i64, sample: Arc<Sample>) -> Desk {
    let mut desk = Desk::new(loop_of(bars));
    assert!(desk.engine.keep_sample(sample).is_none());
    desk
}

fn queue(document: &mut Document, clip: Option<usize>, micros: i64) {
    let track = Arc::make_mut(&mut document.tracks[0]);
    track.queued = Some(Queued {
        clip: clip.and_then(SceneIndex::new),
        at: Beat::from_micros(micros),
    });
}

/// How far into its turn the loop is heard to be, from 0 to 1.
fn place(desk: &Desk, frame: usize) -> f64 {
    f64::from(desk.left[frame]) * 2.0
}

fn assert_place(desk: &Desk, frame: usize, expected: f64) {
    let place = place(desk, frame);
    assert!(
        (place - expected).abs() < 5e-4,
        "frame {frame}: {place}, not {expected}"
    );
}

#[test]
fn a_loop_lasts_its_bars_however_long_its_sample_is() {
    for (bars, frames) in [(1, BAR), (1, 50_000), (2, 50_001), (1, 130_000)] {
        let mut desk = desk(bars, ramp(frames));
        desk.roll(0.0, 2 * BAR, 441);
        desk.settle();
        let bars = bars as f64;
        for frame in [0, 10, 24_000, 60_000, 95_000, 97_000, 150_000] {
            let turns = frame as f64 / BAR as f64 / bars;
            assert_place(&desk, frame, turns.fract());
        }
    }
}

#[test]
fn a_loop_starts_as_it_was_recorded_and_goes_round_without_a_seam() {
    // Three whole waves in a bar, loudest at its ends.
    let wave: Vec<f32> = (0..48_000)
        .map(|frame| (f64::from(frame) * std::f64::consts::TAU / 480.0).cos() as f32 * 0.3)
        .collect();
    let mut desk = desk(1, sample(&wave));
    desk.roll(0.0, 3 * BAR, 1_000);
    desk.settle();
    assert!(
        (desk.left[0] - 0.3).abs() < 1e-3,
        "its attack is not dulled: {}",
        desk.left[0]
    );
    assert!(desk.sharpest(1..3 * BAR - 1) < 0.003);
}

#[test]
fn a_start_within_a_bar_finds_its_place_and_fades_in() {
    let mut desk = desk(1, ramp(BAR));
    desk.roll(2.5, BAR, 512);
    desk.settle();
    assert!(desk.left[0].abs() < 0.01);
    assert_place(&desk, 500, 0.625 + 500.0 / 96_000.0);
    assert!(desk.sharpest(1..30_000) < 0.01);
    assert_place(&desk, 40_000, (2.5 / 4.0 + 40_000.0 / 96_000.0) - 1.0);
}

#[test]
fn a_change_of_tempo_changes_its_speed_and_not_its_place() {
    let mut desk = desk(2, ramp(2 * BAR));
    let mut beat = 0.0;
    // From 120 to 180 beats a minute over four beats, a little in each block.
    let mut frames = 0;
    while beat < 7.5 {
        let tempo = 120.0 + 60.0 * (beat / 4.0_f64).min(1.0);
        let block = HostBlock {
            beat: beats(beat),
            tempo: Tempo::new(tempo).expect("a tempo"),
            looped: None,
            turned: None,
        };
        desk.render(Some(block), 256, &[]);
        beat += 256.0 * tempo / 60.0 / RATE;
        frames += 256;
    }
    desk.settle();
    assert_place(&desk, frames - 1, beat / 8.0);
    assert!(desk.sharpest(10..frames) < 1e-3, "a ramp stays one");
}

#[test]
fn a_jump_and_the_turn_of_a_loop_fade_to_their_new_place() {
    let mut jumping = desk(1, ramp(BAR));
    jumping.roll(0.0, 36_000, 500);
    jumping.roll(3.0, 10_000, 500);
    jumping.settle();
    assert_place(&jumping, 35_999, 0.375);
    assert_place(&jumping, 36_500, 0.75 + 500.0 / 96_000.0);
    assert!(jumping.sharpest(1..46_000) < 0.012);

    // A loop of three beats in a clip of four: it goes back to its start.
    for size in [500, 1_300] {
        let mut looped = desk(1, ramp(BAR));
        looped.turn((0.0, 3.0), 150_000, size);
        looped.settle();
        assert_place(&looped, 71_990, 0.75);
        assert_place(&looped, 72_500, 500.0 / 96_000.0);
        assert_place(&looped, 144_500, 500.0 / 96_000.0);
        assert!(looped.sharpest(1..150_000) < 0.02);
    }
}

#[test]
fn a_loop_that_is_launched_begins_on_its_frame() {
    for size in [1, 64, 777, 8_192] {
        let mut document = loop_of(1);
        let track = Arc::make_mut(&mut document.tracks[0]);
        track.playing.clip = None;
        // A third of a beat, which no frame falls on exactly: frame 8,000 is 0.008 before it.
        queue(&mut document, Some(0), 333_334);
        let constant = vec![0.4; BAR];
        let mut desk = desk(1, sample(&constant));
        desk.change(|changed| *changed = document);
        desk.roll(0.0, 12_000, size);
        desk.settle();
        let first = desk.left.iter().position(|sample| *sample != 0.0);
        let expected = (0.333_334_f64 * 24_000.0 - 0.01).ceil() as usize;
        assert_eq!(first, Some(expected), "blocks of {size}");
        assert!((desk.left[expected] - 0.4).abs() < 1e-3);
    }
}

#[test]
fn a_loop_that_is_stopped_fades_out_in_a_breath() {
    let mut document = loop_of(1);
    queue(&mut document, None, 1_000_000);
    let mut desk = desk(1, sample(&vec![0.4; BAR]));
    desk.change(|changed| *changed = document);
    desk.roll(0.0, 48_000, 333);
    assert!((desk.left[23_999] - 0.4).abs() < 1e-3);
    assert!(desk.left[24_128..].iter().all(|sample| *sample == 0.0));
    assert!(desk.sharpest(1..40_000) < 0.01);
}

#[test]
fn the_same_loop_launched_again_starts_over() {
    let mut document = loop_of(1);
    queue(&mut document, Some(0), 1_000_000);
    let mut desk = desk(1, ramp(BAR));
    desk.change(|changed| *changed = document);
    desk.roll(0.0, 60_000, 480);
    desk.settle();
    assert_place(&desk, 23_990, 0.25);
    assert_place(&desk, 24_300, 300.0 / 96_000.0);
    assert_place(&desk, 48_000, 0.25);
}

#[test]
fn a_stop_lets_a_loop_go_and_a_sample_may_come_late_or_leave() {
    let mut desk = Desk::new(loop_of(1));
    desk.roll(0.0, 10_000, 500);
    assert!(desk.left.iter().all(|sample| *sample == 0.0));
    assert!(desk.engine.keep_sample(ramp(BAR)).is_none());
    desk.roll(beats_of(10_000), 10_000, 500);
    desk.settle();
    assert_place(&desk, 15_000, 15_000.0 / 96_000.0);
    desk.roll(beats_of(20_000), 10_000, 500);
    assert!(desk.engine.drop_sample(SampleKey::of(id())).is_some());
    desk.roll(beats_of(30_000), 2_000, 500);
    assert!(desk.sharpest(1..30_000) < 0.01);
    assert!(
        desk.left[desk.left.len() - 1_000..]
            .iter()
            .all(|sample| *sample == 0.0)
    );
}
