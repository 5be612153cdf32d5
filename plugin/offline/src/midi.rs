//! A session as a Standard MIDI File: the notes that the engine would play. It knows nothing of
//! audio.

mod lines;

use crate::{Stretch, audio_loops, is_heard};
use lines::{Line, Lines};
use lockstep_engine::{Beats, PlayedNote, Preset, Score, notes};
use lockstep_session::document::Document;
use lockstep_session::document::harmony::{Harmony, Scale};
use lockstep_session::document::instrument::Source;
use lockstep_session::document::track::Track;
use lockstep_session::units::{Beat, BeatSpan};
use midly::num::{u4, u7, u15, u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, Smf, Timing, TrackEvent, TrackEventKind};

/// A Standard MIDI File of type 1, and what it could not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MidiFile {
    pub bytes: Vec<u8>,
    /// The names of the tracks that play audio loops: MIDI has no word for those.
    pub audio_loops: Vec<String>,
}

/// Of a quarter note.
const TICKS: u16 = 960;
/// The tenth, counted from zero: General MIDI's drums.
const DRUMS: usize = 9;
const CHANNELS: usize = 16;

/// The notes of everything that is heard in a stretch. Loops are not folded.
pub fn midi_file(document: &Document, stretch: Stretch) -> MidiFile {
    let played = played(document, stretch);
    let channels = channels(document);
    let total = ticks_of(stretch.span());
    let mut tracks = vec![conductor(document, stretch.from(), total)];
    let parts = document.tracks.iter().zip(&played).zip(channels);
    for ((track, lines), channel) in parts {
        if is_heard(document, track) {
            tracks.push(part(track, lines, channel, total));
        }
    }
    let header = Header::new(Format::Parallel, Timing::Metrical(u15::new(TICKS)));
    let mut bytes = Vec::new();
    Smf { header, tracks }
        .write_std(&mut bytes)
        .expect("memory takes all that is written");
    MidiFile {
        bytes,
        audio_loops: audio_loops(document, stretch),
    }
}

/// What each track plays.
fn played(document: &Document, stretch: Stretch) -> Vec<Vec<Line>> {
    let score = Score::compile(document);
    let drums: Vec<Option<&Preset>> = document.tracks.iter().map(|track| drum(track)).collect();
    let mut lines: Vec<Lines> = drums
        .iter()
        .map(|_| Lines::new(ticks_of(stretch.span())))
        .collect();
    let place = |beat: Beat| beats(beat.as_micros());
    let (from, to) = (place(stretch.from()), place(stretch.to()));
    let mut add = |note: PlayedNote| {
        if let (Some(lines), Some(drum)) = (lines.get_mut(note.track()), drums.get(note.track())) {
            let tick = |beat: Beats| ticks((beat.quarter_notes() - from) * f64::from(TICKS));
            let keys = note
                .keys()
                .filter_map(|key| drum.map_or(Some(key), |drum| drum.general_midi(key)));
            lines.add(&note, tick(note.begins()), tick(note.ends()), keys);
        }
    };
    if let (Some(from), Some(to)) = (Beats::new(from), Beats::new(to)) {
        notes(&score, from, to, &mut add);
    }
    lines.into_iter().map(Lines::finish).collect()
}

/// The preset of a track that plays drums.
fn drum(track: &Track) -> Option<&'static Preset> {
    match &track.settings.instrument.source {
        Source::Preset(name) => Preset::find(name.as_str()).filter(|preset| preset.is_percussion()),
        Source::Sample(_) => None,
    }
}

/// The channel of each track, counted from zero. Drums share theirs; everything else has the one of
/// its place, and the place that the drums' channel would fall on takes one that nobody has.
fn channels(document: &Document) -> Vec<u8> {
    let is_drum: Vec<bool> = document
        .tracks
        .iter()
        .map(|track| drum(track).is_some())
        .collect();
    let is_taken = |channel: usize| channel == DRUMS || is_drum.get(channel) == Some(&false);
    let spare = (0..CHANNELS).find(|&channel| !is_taken(channel));
    let of_place = |(place, &is_drum): (usize, &bool)| {
        let channel = match (is_drum, place) {
            (true, _) => DRUMS,
            // Sixteen melodies have fifteen channels: two share the last.
            (false, DRUMS) => spare.unwrap_or(CHANNELS - 1),
            (false, place) => place,
        };
        u8::try_from(channel).expect("there are sixteen channels")
    };
    is_drum.iter().enumerate().map(of_place).collect()
}

/// The first track: what holds for all.
fn conductor(document: &Document, from: Beat, total: u32) -> Vec<TrackEvent<'_>> {
    let harmony = document.harmony.at(from);
    let (signature, is_minor) = key_signature(&harmony);
    let mut events = vec![
        at_once(MetaMessage::TrackName(document.name.as_str().as_bytes())),
        at_once(MetaMessage::Tempo(micros_per_beat(document))),
        // Four quarters, a click for each of them, eight thirty-seconds in one.
        at_once(MetaMessage::TimeSignature(4, 2, 24, 8)),
        at_once(MetaMessage::KeySignature(signature, is_minor)),
    ];
    let change = document.harmony.next.filter(|(at, _)| *at > from);
    let mut rest = total;
    if let Some((at, harmony)) = change {
        let tick = ticks_of(at - from);
        if tick < total {
            let (signature, is_minor) = key_signature(&harmony);
            let change = MetaMessage::KeySignature(signature, is_minor);
            events.push(after(tick, TrackEventKind::Meta(change)));
            rest -= tick;
        }
    }
    events.push(after(rest, TrackEventKind::Meta(MetaMessage::EndOfTrack)));
    events
}

fn part<'a>(track: &'a Track, lines: &[Line], channel: u8, total: u32) -> Vec<TrackEvent<'a>> {
    let channel = u4::new(channel);
    let name = track.settings.name.as_str().as_bytes();
    let mut events = vec![
        at_once(MetaMessage::TrackName(name)),
        at_once(MetaMessage::MidiChannel(channel)),
    ];
    if let Source::Preset(preset) = &track.settings.instrument.source {
        let title = Preset::find(preset.as_str()).map_or("", |preset| preset.title);
        events.push(at_once(MetaMessage::InstrumentName(title.as_bytes())));
    }
    let mut last = 0;
    for (tick, message) in lines::messages(lines) {
        let kind = TrackEventKind::Midi { channel, message };
        events.push(after(tick - last, kind));
        last = tick;
    }
    let end = TrackEventKind::Meta(MetaMessage::EndOfTrack);
    events.push(after(total - last, end));
    events
}

fn at_once(message: MetaMessage<'_>) -> TrackEvent<'_> {
    after(0, TrackEventKind::Meta(message))
}

fn after(ticks: u32, kind: TrackEventKind<'_>) -> TrackEvent<'_> {
    TrackEvent {
        delta: u28::new(ticks),
        kind,
    }
}

/// Sharps, or flats where negative, and whether it is minor.
fn key_signature(harmony: &Harmony) -> (i8, bool) {
    let is_minor = matches!(
        harmony.scale,
        Scale::Minor
            | Scale::HarmonicMinor
            | Scale::MelodicMinor
            | Scale::MinorPentatonic
            | Scale::Blues
    );
    (i8::try_from(harmony.signature()).unwrap_or(0), is_minor)
}

fn micros_per_beat(document: &Document) -> u24 {
    let hundredths = u32::from(document.timeline.tempo.get());
    let micros = (6_000_000_000 + u64::from(hundredths) / 2) / u64::from(hundredths);
    u24::new(u32::try_from(micros).expect("no tempo is slower than 20"))
}

fn ticks_of(span: BeatSpan) -> u32 {
    let beat = BeatSpan::BEAT.as_micros();
    let ticks = (span.as_micros() * i64::from(TICKS) + beat / 2).div_euclid(beat);
    u32::try_from(ticks).unwrap_or(0)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole, and the cast saturates"
)]
fn ticks(ticks: f64) -> u32 {
    ticks.round() as u32
}

#[expect(
    clippy::cast_precision_loss,
    reason = "beats stay below 2^53 millionths"
)]
fn beats(micros: i64) -> f64 {
    micros as f64 / 1e6
}

/// A key's stroke or release.
fn message(key: u8, velocity: Option<u8>) -> MidiMessage {
    let key = u7::new(key);
    match velocity {
        Some(velocity) => MidiMessage::NoteOn {
            key,
            vel: u7::new(velocity),
        },
        None => MidiMessage::NoteOff {
            key,
            vel: u7::new(0),
        },
    }
}
