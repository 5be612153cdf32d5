//! Audio files, decoded: to the values that were written, as many as there were, and within bounds.

use lockstep_decoder::{Format, Refusal, decode, measure};
use lockstep_engine::{Interpolation, Reader, Sample, SampleKey};
use lockstep_tests::tones::{ENCODED, FRAMES_IN_VARYING, Flac, Tone, VARYING, aiff, flac, wav};

const KEY: SampleKey = SampleKey::from_number(7);
/// A reader's step from one frame to the next.
const NEXT: i64 = 1 << 32;

fn channels(sample: &Sample) -> [Vec<f32>; 2] {
    let mut channels = [vec![0.0; sample.frames()], vec![0.0; sample.frames()]];
    let [left, right] = &mut channels;
    let read = Reader::new(0).render(sample, NEXT, Interpolation::Linear, left, right);
    assert_eq!(read, sample.frames());
    channels
}

/// P-AUDIO-2
#[test]
fn what_was_written_without_loss_comes_back_value_by_value() {
    for channel_count in [1, 2] {
        let tone = Tone::new(5_000, 48_000, channel_count);
        for file in [wav(tone), aiff(tone), flac(tone, Flac::default())] {
            let sample = decode(KEY, &file).expect("a sample");
            let [left, right] = channels(&sample);
            for frame in 0..tone.frames {
                let at = usize::try_from(frame).unwrap();
                let expected = [0, channel_count - 1].map(|channel| tone.value(frame, channel));
                let expected = expected.map(|value| f32::from(value) / 32_768.0);
                assert_eq!(
                    [left[at], right[at]],
                    expected,
                    "{:?} {frame}",
                    Format::of(&file)
                );
            }
        }
    }
}

/// P-AUDIO-2
#[test]
fn what_was_written_with_loss_comes_back_close_and_in_its_place() {
    for encoded in ENCODED {
        let tone = Tone::new(encoded.frames, encoded.rate, u16::from(encoded.channels));
        let sample = decode(KEY, encoded.bytes).expect("a sample");
        assert_eq!(sample.frames(), usize::try_from(encoded.frames).unwrap());
        let [left, _] = channels(&sample);
        let written = (0..tone.frames).map(|frame| f32::from(tone.value(frame, 0)) / 32_768.0);
        let (mut wrong, mut whole) = (0.0, 0.0);
        for (heard, written) in left.iter().zip(written) {
            wrong += (heard - written).powi(2);
            whole += written.powi(2);
        }
        // One frame late would be six hundredths.
        assert!(
            wrong / whole < 0.003,
            "{}: {}",
            encoded.media_type,
            wrong / whole
        );
    }
}

/// P-AUDIO-2
#[test]
fn an_mp3_file_that_does_not_say_its_length_is_decoded_to_its_end() {
    let shape = measure(VARYING).expect("a sample");
    assert_eq!(shape.frames.get(), FRAMES_IN_VARYING * 1_152);
}

/// P-AUDIO-2
#[test]
fn a_few_bytes_of_vorbis_that_ask_for_gigabytes_of_tables_are_refused_before_there_are_any() {
    let bomb = include_bytes!("../fuzz/corpus/sample/vorbis_bomb");
    assert_eq!(Format::of(bomb), Some(Format::OggVorbis));
    let Err(Refusal::Unreadable(why)) = measure(bomb) else {
        panic!("it is refused");
    };
    assert!(why.contains("far larger"), "{why}");
}

/// P-AUDIO-2
#[test]
fn a_file_cut_off_anywhere_is_a_shorter_sample_or_none() {
    let tone = Tone::new(40, 48_000, 2);
    let mut files = vec![wav(tone), aiff(tone), flac(tone, Flac::default())];
    files.extend([ENCODED[0], ENCODED[2]].map(|encoded| encoded.bytes[..2_400].to_vec()));
    for file in files {
        let whole = measure(&file).map_or(u32::MAX, |shape| shape.frames.get());
        for end in 0..file.len() {
            match measure(&file[..end]) {
                Ok(shape) => assert!(shape.frames.get() <= whole, "{end}"),
                Err(refusal) => assert!(!refusal.to_string().is_empty()),
            }
        }
    }
}
