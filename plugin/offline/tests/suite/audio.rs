//! Sessions as sound, and sound as WAV.

use crate::session::{RATE, Sound, bars, render, rhythm, session, sound, track};
use hound::{SampleFormat, WavReader};
use lockstep_offline::{Depth, Render, Stretch};
use lockstep_session::document::Document;
use lockstep_session::document::effects::Ceiling;
use lockstep_session::document::mixer::{Level, Percent};
use lockstep_session::document::timeline::LoopRegion;
use lockstep_session::units::{Beat, BeatSpan};
use std::io::Cursor;

/// Drums that stay below the ceiling, through nothing but their faders.
fn plain() -> Document {
    let mut tracks = [
        track(1, "kick-808", rhythm("x...x...x...x...")),
        track(2, "snare", rhythm("....x.......x..x")),
        track(3, "closed-hat", rhythm("x.xxx.x.x.xxx.x.")),
    ];
    for track in &mut tracks {
        track.settings.level = Level::new(-120);
    }
    let mut document = session(tracks);
    document.effects.ceiling = Ceiling::new(0);
    document
}

fn with_reverb() -> Document {
    let mut document = session([track(1, "rim", rhythm("............x..."))]);
    let track = std::sync::Arc::make_mut(&mut document.tracks[0]);
    track.settings.reverb_send = Percent::new(60);
    document
}

fn bits(samples: &[f32]) -> Vec<u32> {
    samples.iter().map(|sample| sample.to_bits()).collect()
}

fn summed(sound: &Sound, side: usize) -> Vec<f32> {
    let mut sum = vec![0.0; sound.rendered.frames];
    for track in &sound.tracks {
        for (sum, sample) in sum.iter_mut().zip(&track[side]) {
            *sum += sample;
        }
    }
    // A negative zero is the same silence.
    sum.iter().map(|sample| sample + 0.0).collect()
}

#[test]
fn the_stems_add_up_to_the_mix_bit_for_bit_where_nothing_is_done_to_the_mix() {
    let document = plain();
    let sound = sound(&render(&document, bars(2)));
    for side in 0..2 {
        assert!(sound.mix[side].iter().any(|sample| sample.abs() > 0.01));
        assert_eq!(bits(&summed(&sound, side)), bits(&sound.mix[side]));
    }
}

#[test]
fn the_stems_leave_out_what_is_sent_to_the_reverb() {
    let document = with_reverb();
    let sound = sound(&render(&document, bars(1)));
    assert_ne!(summed(&sound, 0), sound.mix[0]);
    let end = sound.rendered.frames * 3 / 4;
    assert!(
        sound.tracks[0][0][end..]
            .iter()
            .all(|sample| *sample == 0.0)
    );
}

#[test]
fn everything_has_as_many_frames_and_begins_with_the_first_beat() {
    // A click's first frame is its loudest.
    let document = session([track(1, "click", rhythm("x...............x"))]);
    for rate in [44_100.0, 48_000.0, 96_000.0] {
        let render = Render {
            rate: lockstep_engine::SampleRate::new(rate).expect("a rate"),
            stretch: Stretch::new(Beat::from_micros(4_000_000), BeatSpan::BAR),
            ..render(&document, bars(1))
        };
        let sound = sound(&render);
        for side in sound.mix.iter().chain(&sound.tracks[0]) {
            assert_eq!(side.len(), sound.rendered.frames);
            let loudest = side.iter().copied().fold(0.0, f32::max);
            assert!(
                loudest > 0.2 && side[0] == loudest,
                "at {rate}: {}",
                side[0]
            );
        }
        assert_eq!(
            f64::from(u32::try_from(render.frames()).expect("short")),
            rate * 2.0
        );
    }
}

#[test]
fn what_rings_on_ends_in_exact_silence() {
    let document = with_reverb();
    let rung = sound(&render(&document, bars(1)));
    assert!(!rung.rendered.is_cut);
    let beats = render(&document, bars(1)).frames();
    let last = rung.mix[0].iter().rposition(|sample| *sample != 0.0);
    let last = last.expect("it sounds");
    assert!(last > beats, "the reverb is longer than the bar");
    assert!(last < rung.rendered.frames - 1, "and then nothing");

    let short = Render {
        longest_tail: 0.25,
        ..render(&document, bars(1))
    };
    let cut = sound(&short);
    assert!(cut.rendered.is_cut);
    assert_eq!(
        cut.rendered.frames,
        beats + usize::try_from(RATE / 4).expect("small")
    );
    assert_eq!(cut.mix[0].len(), cut.rendered.frames);
    assert_eq!(bits(&cut.mix[0]), bits(&rung.mix[0][..cut.rendered.frames]));
}

#[test]
fn a_loop_of_the_timeline_is_played_through() {
    let document = plain();
    let mut looped = document.clone();
    looped.timeline.region = LoopRegion::new(Beat::ZERO, Beat::from_micros(1_000_000));
    let (plain, looped) = (
        sound(&render(&document, bars(1))),
        sound(&render(&looped, bars(1))),
    );
    assert_eq!(bits(&plain.mix[0]), bits(&looped.mix[0]));
}

#[test]
fn the_same_document_twice_gives_the_same_bytes() {
    let document = with_reverb();
    for depth in [Depth::Sixteen, Depth::TwentyFour, Depth::Float] {
        let bytes = || render(&document, bars(1)).wav(depth).expect("memory");
        assert!(bytes() == bytes(), "{depth:?}");
    }
}

#[test]
fn every_depth_reads_back_as_what_was_rendered() {
    let document = with_reverb();
    let render = render(&document, bars(1));
    let sound = sound(&render);
    let [left, right] = &sound.mix;
    let rendered: Vec<f32> = left.iter().zip(right).flat_map(|(l, r)| [*l, *r]).collect();
    let read = |depth| {
        let bytes = render.wav(depth).expect("memory");
        let reader = WavReader::new(Cursor::new(bytes)).expect("a WAV file");
        let specification = reader.spec();
        assert_eq!(
            (specification.channels, specification.sample_rate),
            (2, RATE)
        );
        reader
    };

    let float = read(Depth::Float);
    assert_eq!(float.spec().sample_format, SampleFormat::Float);
    let float: Vec<f32> = float
        .into_samples()
        .map(|sample| sample.expect("whole"))
        .collect();
    assert_eq!(bits(&float), bits(&rendered));

    for (depth, bits, most) in [(Depth::TwentyFour, 23, 0.5), (Depth::Sixteen, 15, 1.5)] {
        let reader = read(depth);
        assert_eq!(i32::from(reader.spec().bits_per_sample), bits + 1);
        let full = f64::from(1 << bits);
        let whole: Vec<i32> = reader
            .into_samples()
            .map(|sample| sample.expect("whole"))
            .collect();
        assert_eq!(whole.len(), rendered.len());
        let mut loudest_error = 0.0_f64;
        for (whole, sample) in whole.iter().zip(&rendered) {
            let error = f64::from(*whole) - f64::from(*sample) * full;
            loudest_error = loudest_error.max(error.abs());
            assert!(*sample != 0.0 || *whole == 0, "silence stays silence");
        }
        assert!(loudest_error <= most, "{depth:?}: {loudest_error}");
        let is_dithered = loudest_error > 0.75;
        assert_eq!(is_dithered, depth == Depth::Sixteen, "{loudest_error}");
    }
}
