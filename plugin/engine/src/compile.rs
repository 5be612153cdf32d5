//! Makes the score of a document. A pure function of the document, done off the audio thread; it
//! must not know how the score travels.

use crate::dsp::maths::gain_of_decibels;
use crate::mixer::pan_gains;
use crate::preset::{self, Category, Preset};
use crate::sample::SampleKey;
use crate::score::launches::ScoreLaunches;
use crate::score::{
    MAX_TRACKS, Score, ScoreClip, ScoreEffects, ScoreHarmony, ScoreStep, ScoreTrack, Snapping,
};
use lockstep_session::document::clip::{Clip, Content};
use lockstep_session::document::effects::Effects;
use lockstep_session::document::harmony::{Harmony, HarmonyPlan};
use lockstep_session::document::instrument::Source;
use lockstep_session::document::launch::Rows;
use lockstep_session::document::mixer::{FilterKind, Level, Percent};
use lockstep_session::document::track::{ScaleMode, StepLength, Track};
use lockstep_session::document::{Document, clip};
use lockstep_session::ids::StepIndex;

/// At full swing every second step is late by half a step.
const FULL_SWING: f32 = 0.5;

impl Score {
    /// The score of a document.
    ///
    /// Realtime: no
    pub fn compile(document: &Document) -> Box<Score> {
        let mut score = Score::boxed();
        score.harmony = harmony(&document.harmony);
        score.effects = effects(document);
        score.fill = u32::from(document.fill);
        let rows = document.rows();
        for (compiled, track) in score.tracks.iter_mut().zip(&document.tracks) {
            compile_track(compiled, document, track, &rows);
            score.track_count += 1;
        }
        score.sounds = fingerprint(&score);
        score
    }
}

/// A number made of every track's instrument.
fn fingerprint(score: &Score) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64;
    for track in score.tracks() {
        let of_track = track.launches.seed().to_le_bytes();
        for bytes in [&of_track[..], bytemuck::bytes_of(&track.patch)] {
            for chunk in bytes.chunks(8) {
                let mut word = [0; 8];
                word[..chunk.len()].copy_from_slice(chunk);
                sum = (sum ^ u64::from_le_bytes(word)).wrapping_mul(0x0000_0100_0000_01b3);
                sum ^= sum >> 29;
            }
        }
    }
    sum
}

fn compile_track(compiled: &mut ScoreTrack, document: &Document, track: &Track, rows: &Rows) {
    let settings = &track.settings;
    compiled.launches = ScoreLaunches::write(&track.launches(rows));
    compiled.patch = preset::patch(&settings.instrument);
    compiled.gain = gain(settings.level);
    (compiled.left, compiled.right) = pan_gains(f32::from(settings.pan.get()) / 100.0);
    compiled.reverb_send = share(settings.reverb_send);
    compiled.delay_send = share(settings.delay_send);
    compiled.filter_corner = f32::from(settings.filter.corner.get()) / 10_000.0;
    compiled.filter_resonance = share(settings.filter.resonance);
    compiled.filter_mode = match settings.filter.kind {
        FilterKind::Off => 0,
        FilterKind::LowPass => 1,
        FilterKind::HighPass => 2,
    };
    compiled.drive = share(settings.drive);
    compiled.swing = swing(document.swing, settings.swing, settings.step_length);
    compiled.muted = u8::from(settings.mute);
    compiled.soloed = u8::from(settings.solo);
    compiled.choke = settings.choke.get();
    compiled.scale_mode = match settings.scale_mode {
        ScaleMode::Off if has_pitches(&settings.instrument.source) => 3,
        ScaleMode::Off => 0,
        ScaleMode::Scale => 1,
        ScaleMode::Chord => 2,
    };
    let place = StepLength::ALL
        .iter()
        .position(|&length| length == settings.step_length);
    compiled.step_length = place.map_or(0, |place| u8::try_from(place).unwrap_or(0));
    compiled.transpose = settings.transpose.get();
    for (place, (slot, clip)) in compiled.clips.iter_mut().zip(&track.clips).enumerate() {
        if let Some(clip) = clip {
            compile_clip(slot, clip);
            compiled.loops |= u8::from(slot.kind == ScoreClip::LOOP) << place;
        }
    }
}

fn compile_clip(slot: &mut ScoreClip, clip: &Clip) {
    match &clip.content {
        Content::Pattern(pattern) => {
            slot.kind = ScoreClip::PATTERN;
            slot.length = pattern.length().get();
            let blank = ScoreStep::write(&Default::default());
            for (written, index) in slot.steps.iter_mut().zip(StepIndex::all()) {
                *written = pattern.stored(index).map_or(blank, ScoreStep::write);
            }
        }
        Content::Loop(clip::AudioLoop {
            sample,
            bars,
            gain: level,
        }) => {
            slot.kind = ScoreClip::LOOP;
            slot.sample = SampleKey::of(*sample).number();
            slot.bars = bars.get();
            slot.gain = gain(*level);
        }
    }
}

/// The session's swing and the track's own, blended. Triplets do not swing.
fn swing(session: Percent, track: Percent, length: StepLength) -> f32 {
    let is_triplet = matches!(
        length,
        StepLength::QuarterTriplet
            | StepLength::EighthTriplet
            | StepLength::SixteenthTriplet
            | StepLength::ThirtySecondTriplet
    );
    if is_triplet {
        return 0.0;
    }
    let (session, track) = (share(session), share(track));
    FULL_SWING * (session + track - session * track)
}

/// Drums, effects and samples have no pitch that a scale would know of.
fn has_pitches(source: &Source) -> bool {
    match source {
        Source::Preset(name) => !matches!(
            Preset::known(name.as_str()).category,
            Category::Drums | Category::Kits | Category::Fx
        ),
        Source::Sample(_) => false,
    }
}

fn harmony(plan: &HarmonyPlan) -> ScoreHarmony {
    let (next_from, next) = plan.next.map_or((i64::MAX, plan.now), |(from, next)| {
        (from.as_micros(), next)
    });
    ScoreHarmony {
        next_from,
        now: snapping(&plan.now),
        next: snapping(&next),
    }
}

fn snapping(harmony: &Harmony) -> Snapping {
    let moves = |snap: &dyn Fn(i32) -> i32| {
        let mut moves = [0; 12];
        for (moved, class) in moves.iter_mut().zip(0..) {
            *moved = i8::try_from(snap(class) - class).unwrap_or(0);
        }
        moves
    };
    let to_scale = moves(&|note| harmony.snap_to_scale(note));
    Snapping {
        to_scale,
        locked: if harmony.lock { to_scale } else { [0; 12] },
        to_chord: moves(&|note| harmony.snap_to_chord(note)),
    }
}

fn effects(document: &Document) -> ScoreEffects {
    let effects: &Effects = &document.effects;
    let ducker = effects.duck_by.and_then(|id| {
        let mut tracks = document.tracks.iter();
        tracks.position(|track| track.id == id)
    });
    let ducker = ducker.unwrap_or(MAX_TRACKS);
    ScoreEffects {
        master_gain: gain(document.master),
        reverb_seconds: f32::from(effects.reverb_decay.get()) / 100.0,
        reverb_pre_delay: f32::from(effects.reverb_pre_delay.get()) / 1000.0,
        reverb_damping: share(effects.reverb_damping),
        reverb_gain: gain(effects.reverb_level),
        delay_beats: f32::from(effects.delay_time.get()) / 12.0,
        delay_feedback: f32::from(effects.delay_feedback.get()) / 100.0,
        delay_tone: share(effects.delay_tone),
        delay_gain: gain(effects.delay_level),
        chorus_rate: share(effects.chorus_rate),
        chorus_depth: share(effects.chorus_depth),
        chorus_mix: share(effects.chorus_mix),
        compressor: share(effects.compressor),
        duck_depth: share(effects.duck_depth),
        ceiling: gain_of_decibels(f32::from(effects.ceiling.get()) / 10.0),
        delay_ping_pong: u32::from(effects.delay_ping_pong),
        duck_by: u32::try_from(ducker).unwrap_or(u32::MAX),
        padding: 0,
    }
}

fn share(percent: Percent) -> f32 {
    f32::from(percent.get()) / 100.0
}

/// The lowest level is silence.
pub(crate) fn gain(level: Level) -> f32 {
    if level == Level::MIN {
        0.0
    } else {
        gain_of_decibels(f32::from(level.get()) / 10.0)
    }
}
