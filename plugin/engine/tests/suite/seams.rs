//! What changes while it plays: scores, order of tracks, places. Nothing clicks, is lost or repeated.

use crate::desk::{Desk, HUM, beats_of, clicks_at, humming, one_track, playing, track};
use lockstep_session::document::Document;
use lockstep_session::document::mixer::{Level, Pan, Transpose};
use lockstep_session::document::step::{Gate, Nudge, Pitch, Pitches, Ratchet, Step, Velocity};
use lockstep_session::document::track::{StepLength, TrackSettings};
use std::sync::Arc;

const BEAT: usize = 24_000;

fn held() -> Vec<Step> {
    let tie = Step {
        tie: true,
        ..Step::on()
    };
    vec![tie; 16]
}

fn ratchets() -> Document {
    let settings = TrackSettings {
        step_length: StepLength::Quarter,
        ..TrackSettings::default()
    };
    let step = Step {
        ratchet: Ratchet::new(8),
        ..Step::on()
    };
    one_track(settings, vec![step])
}

#[test]
fn a_score_that_changes_drops_and_repeats_nothing() {
    // In the middle of ratchets, with a change in every block.
    let expected: Vec<usize> = (0..16).map(|stroke| stroke * 3_000).collect();
    let mut desk = Desk::new(ratchets());
    for block in 0..2 * BEAT / 160 {
        let level = i64::try_from(block % 7).expect("small") - 3;
        desk.change(|document| {
            let track = Arc::make_mut(&mut document.tracks[0]);
            track.settings.transpose = Transpose::new(level);
        });
        desk.block(beats_of(block * 160), 160, None);
    }
    desk.settle();
    let frames: Vec<usize> = desk.strokes().into_iter().map(|(frame, _)| frame).collect();
    assert_eq!(frames, expected);
}

#[test]
fn a_note_goes_on_through_a_change_of_everything_around_it() {
    let mut desk = Desk::new(one_track(humming(), held()));
    desk.roll(0.0, 10_000, 500);
    desk.change(|document| {
        document
            .tracks
            .push(track(2, playing("click"), vec![Step::default(); 16]));
        let own = Arc::make_mut(&mut document.tracks[0]);
        own.settings.level = Level::new(-60);
        own.settings.pan = Pan::new(30);
        own.settings.transpose = Transpose::new(0);
    });
    desk.roll(beats_of(10_000), 10_000, 500);
    desk.settle();
    assert!(
        desk.sharpest(10..19_900) < 0.004,
        "{}",
        desk.sharpest(10..19_900)
    );
    assert_eq!(desk.stretches().len(), 1);
}

#[test]
fn tracks_that_change_places_go_on_sounding_as_they_did() {
    let loud = humming();
    let quiet = TrackSettings {
        level: Level::new(-300),
        pan: Pan::new(-80),
        ..playing("click")
    };
    let mut document = one_track(loud, held());
    document
        .tracks
        .push(track(2, quiet, vec![Step::default(); 16]));
    let mut still = Desk::new(document.clone());
    still.roll(0.0, 20_000, 500);
    let mut moved = Desk::new(document);
    moved.roll(0.0, 10_000, 500);
    moved.change(|document| document.tracks.swap(0, 1));
    moved.roll(beats_of(10_000), 10_000, 500);
    assert_eq!(moved.left, still.left);
}

#[test]
fn ratchets_stay_with_their_track_when_it_moves() {
    let mut document = ratchets();
    document
        .tracks
        .push(track(2, humming(), vec![Step::default(); 16]));
    let mut desk = Desk::new(document);
    desk.roll(0.0, 10_000, 500);
    desk.change(|document| document.tracks.swap(0, 1));
    desk.roll(beats_of(10_000), 14_000, 500);
    let frames: Vec<usize> = desk.strokes().into_iter().map(|(frame, _)| frame).collect();
    assert_eq!(
        frames,
        (0..8).map(|stroke| stroke * 3_000).collect::<Vec<_>>()
    );
}

#[test]
fn a_track_that_is_taken_away_fades_and_leaves_the_others_alone() {
    let other = TrackSettings {
        level: Level::new(-120),
        ..humming()
    };
    let mut document = one_track(other, held());
    document.tracks.push(track(2, humming(), held()));
    let mut alone = Desk::new(Document {
        tracks: vec![document.tracks[1].clone()],
        ..document.clone()
    });
    alone.roll(0.0, 20_000, 500);
    let mut desk = Desk::new(document);
    desk.roll(0.0, 10_000, 500);
    desk.change(|document| {
        document.tracks.remove(0);
    });
    desk.roll(beats_of(10_000), 10_000, 500);
    assert!(
        desk.sharpest(10..19_000) < 0.004,
        "{}",
        desk.sharpest(10..19_000)
    );
    for frame in 10_200..19_000 {
        assert!((desk.left[frame] - alone.left[frame]).abs() < 1e-6);
    }
}

#[test]
fn tempo_ramps_within_blocks_lose_and_double_nothing() {
    // A host says the tempo at the beginning of each block and ramps on within it.
    for size in [64, 1_024, 4_096] {
        let mut desk = Desk::new(clicks_at(&(0..16).collect::<Vec<_>>()));
        let mut frame = 0;
        let seconds = |frame: usize| frame as f64 / 48_000.0;
        // From 60 to 240 beats a minute in ten seconds.
        let place = |seconds: f64| seconds + 0.15 * seconds * seconds;
        while frame < 480_000 {
            let mut block = crate::desk::rolling(place(seconds(frame)), None);
            let tempo = 60.0 + 18.0 * seconds(frame);
            block.tempo = lockstep_engine::Tempo::new(tempo).expect("a tempo");
            desk.render(Some(block), size.min(480_000 - frame), &[]);
            frame += size;
        }
        let clicks = desk.clicks();
        // 25 beats, four steps each, and the last lies beyond the end.
        assert_eq!(clicks.len(), 100, "blocks of {size}");
        for (step, click) in clicks.iter().enumerate() {
            let off = place(seconds(*click)) - step as f64 / 4.0;
            assert!(
                off.abs() < 0.01,
                "blocks of {size}: step {step} is {off} beats off"
            );
        }
    }
}

#[test]
fn relocations_play_what_lies_where_they_go() {
    let document = clicks_at(&(0..16).collect::<Vec<_>>());
    let mut desk = Desk::new(document);
    let mut expected = Vec::new();
    for jump in 0..40_usize {
        // Every 300 ms to somewhere else, never where it would have gone anyway.
        let from = (jump * 7 % 16) as f64 + (jump % 5) as f64 * 0.05;
        desk.roll(from, 14_400, 480);
        let first = ((from * 4.0).ceil() - from * 4.0) * 6_000.0;
        let steps = (0..4).map(|step| first.round() as usize + step * 6_000);
        expected.extend(
            steps
                .filter(|step| *step < 14_400)
                .map(|step| step + jump * 14_400),
        );
    }
    desk.settle();
    assert_eq!(desk.clicks(), expected);
}

#[test]
fn a_stop_lets_everything_go_and_silence_is_exact_zero() {
    for preset in ["kit-808", "keys", "pluck"] {
        let mut settings = playing(preset);
        settings.reverb_send = lockstep_session::document::mixer::Percent::new(50);
        settings.delay_send = settings.reverb_send;
        let steps = held().into_iter().map(|step| Step {
            pitches: Pitches::new([-24, -18, 0].map(Pitch::new)),
            ..step
        });
        let mut desk = Desk::new(one_track(settings, steps.collect()));
        desk.roll(0.0, 2 * BEAT, 512);
        assert!(desk.engine.sounding() > 0, "{preset}");
        let seconds = (0..40).find(|_| {
            desk.stand(2 * BEAT);
            let frames = desk.left.len();
            desk.left[frames - BEAT..]
                .iter()
                .all(|sample| *sample == 0.0)
        });
        assert!(seconds.is_some(), "{preset} never falls silent");
        assert_eq!(desk.engine.sounding(), 0, "{preset}");
    }
}

#[test]
fn more_notes_than_there_are_voices_steal_without_a_click() {
    let document = |velocity: i64| {
        let step = |place: usize| Step {
            ratchet: Ratchet::new(8),
            pitches: Pitches::new(
                [0, 1, 2, 3].map(|add| Pitch::new(add + i64::try_from(place % 3).expect("small"))),
            ),
            velocity: Velocity::new(velocity),
            gate: Gate::new(100),
            tie: place.is_multiple_of(2),
            nudge: Nudge::new(i64::try_from(place).expect("small") * 3 - 20),
            ..Step::on()
        };
        let settings = TrackSettings {
            level: Level::new(-240),
            ..humming()
        };
        let steps: Vec<Step> = (0..16).map(step).collect();
        let tracks = (1..=16).map(|id| track(id, settings.clone(), steps.clone()));
        Document {
            tracks: tracks.collect(),
            ..Document::default()
        }
    };
    let mut desk = Desk::new(document(100));
    desk.roll(0.0, 3 * BEAT, 512);
    desk.assert_sane();
    assert_eq!(desk.engine.sounding(), lockstep_engine::MAX_VOICES);
    // 64 strokes of 0.025 begin together at most; what is stolen fades.
    assert!(desk.strength(BEAT..2 * BEAT, HUM) > 0.01);
    desk.stand(2 * BEAT);
    assert!(desk.left[4 * BEAT..].iter().all(|sample| *sample == 0.0));
}

#[test]
fn a_stolen_note_fades_and_does_not_click() {
    // Keys take one voice each; the twenty-fifth of a track takes the oldest.
    use lockstep_engine::{LiveEvent, LiveNote};
    let mut settings = humming();
    settings.level = Level::new(-200);
    let mut desk = Desk::new(Document {
        tracks: vec![track(1, settings, Vec::new())],
        ..Document::default()
    });
    let live: Vec<LiveNote> = (0..40_usize)
        .map(|note| LiveNote {
            frame: 480 * note,
            track: 0,
            event: LiveEvent::Down {
                key: 60,
                velocity: 0.6,
            },
        })
        .collect();
    desk.render(None, 24_000, &live);
    assert_eq!(desk.engine.sounding(), 24);
    // A stroke bends by its slope at most: 0.018 of 0.018 a frame; stolen notes add less.
    let most = desk.sharpest(10..24 * 480 - 10);
    let stealing = desk.sharpest(24 * 480 - 9..20_000);
    assert!(stealing < 1.5 * most, "{stealing} against {most}");
}
