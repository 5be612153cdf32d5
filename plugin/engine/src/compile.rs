//! Makes the score of a document. A pure function of the document, done off the audio thread; it
//! must not know how the score travels. One that follows another says what is new in it.

use crate::dsp::maths::gain_of_decibels;
use crate::mixer::pan_gains;
use crate::preset::{self, Category, Preset};
use crate::sample::SampleKey;
use crate::score::launches::ScoreLaunches;
use crate::score::{
    MAX_TRACKS, Score, ScoreClip, ScoreEffects, ScoreHarmony, ScoreStep, ScoreTrack, Snapping,
};
use bytemuck::Zeroable;
use lockstep_session::document::clip::{Clip, Content};
use lockstep_session::document::effects::Effects;
use lockstep_session::document::harmony::{Harmony, HarmonyPlan};
use lockstep_session::document::instrument::Source;
use lockstep_session::document::launch::Rows;
use lockstep_session::document::mixer::{FilterKind, Level, Percent};
use lockstep_session::document::pattern::Pattern;
use lockstep_session::document::step::Step;
use lockstep_session::document::track::{ScaleMode, StepLength, Track};
use lockstep_session::document::{Document, clip};
use lockstep_session::ids::StepIndex;
use std::mem::offset_of;
use std::ops::Range;
use std::sync::Arc;

/// At full swing every second step is late by half a step.
const FULL_SWING: f32 = 0.5;

impl Score {
    /// The score of a document.
    ///
    /// Realtime: no
    pub fn compile(document: &Document) -> Box<Score> {
        let mut score = Score::boxed();
        score.revise(None, document);
        score
    }

    /// Makes the score of one document that of another; where there is none before, this one is silence
    /// yet. What both share is not read again, and one step of a clip is not all of it. Gives which of
    /// its bytes are others now.
    ///
    /// Realtime: no
    pub fn revise(&mut self, before: Option<&Document>, now: &Document) -> Vec<Range<usize>> {
        let mut changes = Changes::default();
        let only_steps = before.is_some_and(|before| before.differs_only_in_steps(now));
        if !only_steps {
            self.revise_settings(before, now, &mut changes);
        }
        for (place, compiled) in self.tracks.iter_mut().enumerate() {
            let old = before.and_then(|before| before.tracks.get(place));
            let new = now.tracks.get(place);
            if is_same(old, new) {
                continue;
            }
            let at = TRACKS + place * size_of::<ScoreTrack>() + CLIPS;
            for (slot, compiled) in compiled.clips.iter_mut().enumerate() {
                let at = at + slot * size_of::<ScoreClip>();
                changes.revise_clip(at, compiled, clip(old, slot), clip(new, slot));
            }
        }
        changes.0
    }

    /// Everything but the clips.
    fn revise_settings(
        &mut self,
        before: Option<&Document>,
        now: &Document,
        changes: &mut Changes,
    ) {
        let rows = now.rows();
        let alike = before.filter(|before| before.swing == now.swing && before.rows() == rows);
        let mut settings: Box<ScoreTrack> = bytemuck::zeroed_box();
        for (place, compiled) in self.tracks.iter_mut().enumerate() {
            let new = now.tracks.get(place);
            if alike.is_some_and(|before| is_same(before.tracks.get(place), new)) {
                continue;
            }
            *settings = ScoreTrack::zeroed();
            if let Some(track) = new {
                compile_settings(&mut settings, now, track, &rows);
            }
            let (compiled, _) = bytemuck::bytes_of_mut(compiled).split_at_mut(CLIPS);
            let (settings, _) = bytemuck::bytes_of(&*settings).split_at(CLIPS);
            let at = TRACKS + place * size_of::<ScoreTrack>();
            changes.write(at, compiled, settings);
        }
        let old = self.bytes().split_at(TRACKS).0.to_vec();
        self.harmony = harmony(&now.harmony);
        self.effects = effects(now);
        self.fill = u32::from(now.fill);
        self.track_count = u32::try_from(now.tracks.len().min(MAX_TRACKS)).unwrap_or(0);
        self.sounds = fingerprint(self);
        if *old != *self.bytes().split_at(TRACKS).0 {
            changes.0.push(0..TRACKS);
        }
    }
}

/// Where tracks begin in a score, clips in a track, and steps in a clip.
const TRACKS: usize = offset_of!(Score, tracks);
const CLIPS: usize = offset_of!(ScoreTrack, clips);
const STEPS: usize = offset_of!(ScoreClip, steps);
/// What is other is told apart in pieces of so many bytes.
const GRAIN: usize = 64;

/// Which bytes of a score are others than before.
#[derive(Default)]
struct Changes(Vec<Range<usize>>);

impl Changes {
    fn write(&mut self, at: usize, old: &mut [u8], fresh: &[u8]) {
        let is_other = |(old, fresh): (&[u8], &[u8])| old != fresh;
        let mut grains = old.chunks(GRAIN).zip(fresh.chunks(GRAIN));
        let Some(first) = grains.position(is_other) else {
            return;
        };
        let last = grains
            .rposition(is_other)
            .map_or(first, |last| first + 1 + last);
        let end = fresh.len().min((last + 1) * GRAIN);
        old.copy_from_slice(fresh);
        self.0.push(at + first * GRAIN..at + end);
    }

    /// Of a pattern only the steps that are others are written.
    fn revise_clip(
        &mut self,
        at: usize,
        compiled: &mut ScoreClip,
        old: Option<&Arc<Clip>>,
        new: Option<&Arc<Clip>>,
    ) {
        if is_same(old, new) {
            return;
        }
        if let (Some(old), Some(new)) = (old.and_then(pattern), new.and_then(pattern))
            && old.length() == new.length()
        {
            let is_other = |index: &StepIndex| old.stored(*index) != new.stored(*index);
            let mut indices = StepIndex::all();
            let Some(first) = indices.find(is_other) else {
                return;
            };
            let last = indices.rfind(is_other).unwrap_or(first);
            for index in (first.index()..=last.index()).filter_map(StepIndex::new) {
                compiled.steps[index.index()] = compile_step(new, index);
            }
            let of_step = |index| at + STEPS + index * size_of::<ScoreStep>();
            self.0
                .push(of_step(first.index())..of_step(last.index() + 1));
        } else {
            let fresh = new.map_or(ScoreClip::zeroed(), |clip| compile_clip(clip));
            self.write(
                at,
                bytemuck::bytes_of_mut(compiled),
                bytemuck::bytes_of(&fresh),
            );
        }
    }
}

fn clip(track: Option<&Arc<Track>>, slot: usize) -> Option<&Arc<Clip>> {
    track?.clips.get(slot)?.as_ref()
}

fn pattern(clip: &Arc<Clip>) -> Option<&Pattern> {
    clip.as_pattern()
}

fn is_same<T>(old: Option<&Arc<T>>, new: Option<&Arc<T>>) -> bool {
    match (old, new) {
        (Some(old), Some(new)) => Arc::ptr_eq(old, new),
        (None, None) => true,
        _ => false,
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

/// Everything of a track but its clips.
fn compile_settings(compiled: &mut ScoreTrack, document: &Document, track: &Track, rows: &Rows) {
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
    for (place, clip) in track.clips.iter().enumerate() {
        let is_loop = |clip: &Arc<Clip>| matches!(clip.content, Content::Loop(_));
        compiled.loops |= u8::from(clip.as_ref().is_some_and(is_loop)) << place;
    }
}

fn compile_clip(clip: &Clip) -> ScoreClip {
    let mut slot = ScoreClip::zeroed();
    match &clip.content {
        Content::Pattern(pattern) => {
            slot.kind = ScoreClip::PATTERN;
            slot.length = pattern.length().get();
            for (written, index) in slot.steps.iter_mut().zip(StepIndex::all()) {
                *written = compile_step(pattern, index);
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
    slot
}

fn compile_step(pattern: &Pattern, index: StepIndex) -> ScoreStep {
    let step = pattern.stored(index);
    step.map_or_else(|| ScoreStep::write(&Step::default()), ScoreStep::write)
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
    let now = snapping(&plan.now);
    let (next_from, next) = plan.next.map_or((i64::MAX, now), |(from, next)| {
        (from.as_micros(), snapping(&next))
    });
    ScoreHarmony {
        next_from,
        now,
        next,
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
