//! What becomes of recordings in a session: what they are called, and what plays the pieces of one that
//! was cut up. Pure values; it knows no sound.

use crate::document::clip::Clip;
use crate::document::instrument::{Amount, Instrument, Parameter, Source};
use crate::document::mixer::Colour;
use crate::document::pattern::{Pattern, PatternLength};
use crate::document::step::{Nudge, Step};
use crate::document::track::{StepLength, TrackSettings};
use crate::document::{Document, Sample};
use crate::edit::Edit;
use crate::ids::{SampleId, SceneIndex, StepIndex, TrackId};
use crate::text::{LongName, Name};
use crate::units::{BeatSpan, Tempo};
use std::ops::Range;

/// The largest file that can be a sample, and the longest.
pub const MOST_BYTES: usize = 12 * 1024 * 1024;
pub const MOST_SECONDS: u32 = 60;
/// What a WAV file has beside its frames, and more.
pub const HEADER: usize = 1024;

/// A recording ends by itself once a sample of 16 bits in stereo can hold no more.
pub fn most_frames(rate: u32) -> usize {
    let longest = usize::try_from(u64::from(rate) * u64::from(MOST_SECONDS));
    longest.unwrap_or(usize::MAX).min((MOST_BYTES - HEADER) / 4)
}

/// "Take 3" after two others. Names that are taken elsewhere are passed over.
pub fn next_name(document: &Document, is_taken: impl Fn(&str) -> bool) -> LongName {
    let is_free = |name: &LongName| {
        let mut samples = document.samples.values();
        !is_taken(name) && !samples.any(|sample| sample.name == *name)
    };
    let mut names = (1..=Document::MOST_SAMPLES + 1).map(|n| LongName::new(&format!("Take {n}")));
    names.find(is_free).unwrap_or_default()
}

/// A track for each piece of a sample, in frames, with a step where the piece was played: together they
/// play what was cut up. Pieces that no track is left for are left out.
pub fn kit(document: &Document, id: SampleId, pieces: &[Range<u32>]) -> Vec<Edit> {
    let Some(sample) = document.samples.get(&id) else {
        return Vec::new();
    };
    let tempo = document.timeline.tempo;
    let whole = sample.frames.get();
    let steps = step_of(whole, sample, tempo).0;
    // Whole bars, so that it falls in with everything else.
    let length = PatternLength::new((steps + 15) / 16 * 16);
    let first = document.unused_track();
    let places = document.tracks.len()..Document::MOST_TRACKS;
    let mut edits = Vec::new();
    for ((number, piece), at) in (0..).zip(pieces).zip(places) {
        let track = TrackId(first.0.wrapping_add(number));
        let share = |frame: u32| {
            let share = u64::from(frame) * u64::from(Amount::MAX.get()) / u64::from(whole);
            Amount::new(i64::try_from(share).unwrap_or(0))
        };
        let instrument = Instrument {
            source: Source::Sample(id),
            parameters: [
                (Parameter::Start, share(piece.start)),
                (Parameter::End, share(piece.end)),
            ]
            .into(),
        };
        let settings = TrackSettings {
            name: Name::new(&format!("{} {}", sample.name, number + 1)),
            colour: Colour::new(i64::try_from(at).unwrap_or(0) % 9),
            instrument,
            ..TrackSettings::default()
        };
        edits.push(Edit::AddTrack {
            track,
            at,
            settings: Box::new(settings),
        });
        let (step, nudge) = step_of(piece.start, sample, tempo);
        let mut pattern = Pattern::new(length, Vec::new());
        let place = usize::try_from(step).ok().and_then(StepIndex::new);
        if let Some(place) = place.filter(|_| step < i64::from(length.get())) {
            let step = Step {
                on: true,
                nudge,
                ..Step::default()
            };
            pattern.set_step(place, step);
        }
        edits.push(Edit::Clip {
            track,
            scene: SceneIndex::FIRST,
            clip: Some(Clip::pattern(pattern)),
        });
    }
    edits
}

/// The sixteenth that a frame is nearest to, and how far from it, in percent of one.
fn step_of(frame: u32, sample: &Sample, tempo: Tempo) -> (i64, Nudge) {
    // A beat lasts 6,000 / hundredths seconds.
    let micros = i128::from(BeatSpan::BEAT.as_micros());
    let beats = i128::from(frame) * i128::from(tempo.get()) * micros;
    let beats = beats / (i128::from(sample.rate.get()) * 6_000);
    let into = i64::try_from(beats).unwrap_or(i64::MAX / 2);
    let step = StepLength::Sixteenth.start_of(1).as_micros();
    let nearest = (into + step / 2).div_euclid(step);
    let off = into - nearest * step;
    (nearest, Nudge::new(off * 100 / step))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Channels, FrameCount, SampleRate};

    use crate::ids::PlayerId;
    use std::sync::Arc;

    fn sample(name: &str, frames: i64) -> Sample {
        Sample {
            name: LongName::new(name),
            frames: FrameCount::new(frames),
            rate: SampleRate::new(48_000),
            channels: Channels::new(1),
            by: PlayerId::from_bytes([1; 8]),
        }
    }

    fn document_with(id: SampleId, sample: Sample) -> Document {
        Document {
            samples: Arc::new([(id, sample)].into()),
            ..Document::default()
        }
    }

    #[test]
    fn a_take_gets_the_first_name_that_is_free() {
        let id = |byte| SampleId::from_bytes([byte; 32]);
        let samples = [(id(1), sample("Take 1", 9)), (id(2), sample("Take 3", 9))];
        let document = Document {
            samples: Arc::new(samples.into()),
            ..Document::default()
        };
        assert_eq!(next_name(&document, |_| false).as_str(), "Take 2");
        assert_eq!(
            next_name(&document, |name| name == "Take 2").as_str(),
            "Take 4"
        );
    }

    #[test]
    fn each_piece_gets_a_track_that_plays_it_where_it_was_played() {
        let id = SampleId::from_bytes([7; 32]);
        // A bar at 120, cut at its start, just behind the third sixteenth, and on the last beat.
        let pieces = [0..12_000, 12_600..72_000, 72_000..96_000];
        let mut made = document_with(id, sample("Beat", 96_000));
        let edits = kit(&made, id, &pieces);
        for edit in edits {
            made.apply(&edit, PlayerId::from_bytes([1; 8]))
                .expect("it fits");
        }
        let steps: Vec<(usize, i8)> = made
            .tracks
            .iter()
            .map(|track| {
                let pattern = track.clips[0].as_ref().unwrap().as_pattern().unwrap();
                assert_eq!(pattern.length().get(), 16);
                let place = pattern.playing().position(|step| step.on).unwrap();
                let step = pattern.step(StepIndex::new(place).unwrap());
                (place, step.nudge.get())
            })
            .collect();
        assert_eq!(steps, [(0, 0), (2, 10), (12, 0)]);
        let turned = &made.tracks[1].settings.instrument.parameters;
        let share = |parameter| turned[&parameter].get();
        assert_eq!(
            (share(Parameter::Start), share(Parameter::End)),
            (1_312, 7_500)
        );
        assert_eq!(made.tracks[2].settings.name.as_str(), "Beat 3");
    }

    #[test]
    fn a_full_session_gets_no_more_tracks_than_it_has_room_for() {
        let id = SampleId::from_bytes([7; 32]);
        let pieces: Vec<Range<u32>> = (0..16).map(|piece| piece * 10..piece * 10 + 10).collect();
        let mut document = document_with(id, sample("Beat", 160));
        for _ in 0..2 {
            for edit in kit(&document.clone(), id, &pieces[..10]) {
                document
                    .apply(&edit, PlayerId::from_bytes([1; 8]))
                    .expect("it fits");
            }
        }
        assert_eq!(document.tracks.len(), Document::MOST_TRACKS);
    }
}
