//! Compiles the shared document into the score that the audio thread plays. A pure function of
//! the document and the beat; it must not know how the score travels.

use lockstep_engine::{Beats, Score, ScoreTrack};
use lockstep_session::document::Document;
use lockstep_session::document::mixer::Level;
use lockstep_session::document::track::{StepLength, Track};
use lockstep_session::units::Beat;

/// What plays around `beat`.
pub(crate) fn compile(document: &Document, beat: Beat) -> Score {
    let mut score = Score::default();
    let someone_solos = document.tracks.iter().any(|track| track.settings.solo);
    for (index, track) in document.tracks.iter().enumerate() {
        let silenced = track.settings.mute || someone_solos && !track.settings.solo;
        if let (false, Some(compiled)) = (silenced, compile_track(document, track, beat)) {
            score.set_track(index, compiled);
        }
    }
    score
}

fn compile_track(document: &Document, track: &Track, beat: Beat) -> Option<ScoreTrack> {
    let playing = track.playing_at(&document.rows(), beat);
    let pattern = track.clip(playing.clip?)?.as_pattern()?;
    let empty = ScoreTrack::new(
        pattern.length().get(),
        step_beats(track.settings.step_length),
    )
    .ok()?;
    let struck = (0..).zip(pattern.playing()).filter(|(_, step)| step.on);
    let compiled = struck.fold(empty, |compiled, (index, _)| compiled.with_step(index));
    let since = Beats::new(micro_beats(playing.since))?;
    Some(
        compiled
            .with_origin(since)
            .with_gain(gain(track.settings.level)),
    )
}

fn step_beats(length: StepLength) -> Beats {
    let per_two_beats =
        i32::try_from(length.per_two_beats()).expect("at most 24 steps in two beats");
    Beats::new(2.0 / f64::from(per_two_beats)).expect("a step is at most a beat long")
}

#[expect(
    clippy::cast_precision_loss,
    reason = "beats stay below 2^53 millionths"
)]
fn micro_beats(beat: Beat) -> f64 {
    beat.as_micros() as f64 / 1e6
}

fn gain(level: Level) -> f32 {
    if level == Level::MIN {
        0.0
    } else {
        10_f32.powf(f32::from(level.get()) / 200.0)
    }
}
