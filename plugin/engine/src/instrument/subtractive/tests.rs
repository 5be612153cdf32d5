//! What holds for both synthesisers with wave tables: played as the engine plays them, in pieces.

use super::*;
use crate::dsp::tables::Tables;
use crate::instrument::{Values, square};
use lockstep_session::document::instrument::Parameter;

const RATE: f32 = 48_000.0;

/// What happens to a note, and before which frame.
#[derive(Clone, Copy)]
enum Event {
    Strike(f32),
    Slide(f32),
    Release,
    Turn(Values),
}

fn defaults() -> Values {
    Values::new(DEFAULTS)
}

fn strike(pitch: f32) -> Strike {
    Strike {
        pitch,
        velocity: 1.0,
        seed: 9,
        from: None,
    }
}

/// Renders in pieces of at most `piece` frames. A pitch wheel that is no number is part of it.
fn play<I: Instrument>(
    note: &mut I,
    values: Values,
    events: &[(usize, Event)],
    frames: usize,
    piece: usize,
) -> Vec<[f32; 2]> {
    let tables = Tables::new();
    let mut values = values;
    let mut output = Vec::with_capacity(frames);
    let mut at = 0;
    while at < frames {
        for (_, event) in events.iter().filter(|(frame, _)| *frame == at) {
            if let Event::Turn(turned) = event {
                values = *turned;
            }
            let setting = Setting {
                rate: RATE,
                tables: &tables,
                values: &values,
                sample: None,
                bend: if at % 3 == 0 { 0.0 } else { f32::NAN },
            };
            match event {
                Event::Strike(pitch) => note.strike(&setting, strike(*pitch)),
                Event::Slide(pitch) => note.slide(&setting, *pitch),
                Event::Release => note.release(),
                Event::Turn(_) => note.steer(&setting),
            }
        }
        let setting = Setting {
            rate: RATE,
            tables: &tables,
            values: &values,
            sample: None,
            bend: 0.0,
        };
        let next = events.iter().map(|(frame, _)| *frame);
        let next = next.filter(|frame| *frame > at).min().unwrap_or(frames);
        let count = piece.min(next - at).min(frames - at);
        let (mut left, mut right) = ([7.0; 64], [7.0; 64]);
        note.render(&setting, &mut left[..count], &mut right[..count]);
        output.extend((0..count).map(|index| [left[index], right[index]]));
        at += count;
    }
    output
}

fn peak(output: &[[f32; 2]]) -> f32 {
    output
        .iter()
        .flatten()
        .fold(0.0, |peak: f32, value| peak.max(value.abs()))
}

/// Values at the corners and between, by chance.
fn chance(noise: &mut Noise, corners: bool) -> Values {
    let mut values = Values::new(&[]);
    for parameter in Parameter::ALL {
        let amount = if corners {
            (noise.bits() >> 31) * 10_000
        } else {
            noise.bits() % 10_001
        };
        values.set(parameter, u16::try_from(amount).expect("at most 10,000"));
    }
    values
}

fn storm(noise: &mut Noise) -> Vec<(usize, Event)> {
    vec![
        (0, Event::Strike(-12.0)),
        (801, Event::Turn(chance(noise, true))),
        (1_203, Event::Slide(30.0)),
        (2_007, Event::Turn(chance(noise, false))),
        (2_500, Event::Strike(7.0)),
        (3_333, Event::Release),
        (3_700, Event::Turn(chance(noise, true))),
    ]
}

#[test]
fn a_note_is_the_same_however_it_is_cut() {
    let mut noise = Noise::new(4);
    for corners in [false, true, false, false, false] {
        let values = chance(&mut noise, corners);
        let events = storm(&mut noise);
        let whole = play(&mut Subtractive::default(), values, &events, 5_000, 64);
        let plain = play(&mut square::Square::default(), values, &events, 5_000, 64);
        for piece in [1, 7] {
            let parts = play(&mut Subtractive::default(), values, &events, 5_000, piece);
            assert!(whole == parts, "in pieces of {piece}");
            let parts = play(
                &mut square::Square::default(),
                values,
                &events,
                5_000,
                piece,
            );
            assert!(plain == parts, "in pieces of {piece}");
        }
    }
}

#[test]
fn no_corner_of_the_parameters_is_too_loud_or_no_number() {
    let mut noise = Noise::new(11);
    for round in 0..150 {
        let values = chance(&mut noise, round % 3 != 0);
        let events = storm(&mut noise);
        let loud = peak(&play(
            &mut Subtractive::default(),
            values,
            &events,
            4_500,
            64,
        ));
        assert!(loud < 2.0, "round {round}: {loud}");
        let loud = peak(&play(
            &mut square::Square::default(),
            values,
            &events,
            4_500,
            64,
        ));
        assert!(loud < 1.0, "round {round}: {loud}");
    }
}

#[test]
fn a_note_peaks_around_a_half_and_ends_in_exact_zero() {
    let events = [(0, Event::Strike(0.0)), (24_000, Event::Release)];
    let mut note = Subtractive::default();
    let output = play(&mut note, defaults(), &events, 96_000, 64);
    assert!((0.3..0.75).contains(&peak(&output)), "{}", peak(&output));
    assert!(note.is_over() && output.ends_with(&[[0.0; 2]; 64]));
    let mut note = square::Square::default();
    let output = play(
        &mut note,
        Values::new(square::DEFAULTS),
        &events,
        96_000,
        64,
    );
    assert!((0.25..0.75).contains(&peak(&output)), "{}", peak(&output));
    assert!(note.is_over() && output.ends_with(&[[0.0; 2]; 64]));
}

#[test]
fn nothing_done_to_a_pure_tone_makes_it_jump() {
    let with = |settings: &[(Parameter, u16)]| {
        let mut values = defaults();
        values.set(Parameter::FirstWave, 7_000);
        values.set(Parameter::SecondWave, 7_000);
        values.set(Parameter::Attack, 2_500);
        for (parameter, amount) in settings {
            values.set(*parameter, *amount);
        }
        values
    };
    let turns = [
        with(&[(Parameter::Cutoff, 2_000)]),
        with(&[(Parameter::Cutoff, 9_000), (Parameter::Resonance, 6_000)]),
        with(&[(Parameter::Tune, 6_000), (Parameter::Drive, 6_000)]),
        with(&[(Parameter::Unison, 10_000), (Parameter::Detune, 8_000)]),
        with(&[
            (Parameter::SecondMix, 9_000),
            (Parameter::SecondTune, 7_500),
        ]),
        with(&[(Parameter::Sub, 9_000), (Parameter::Algorithm, 4_000)]),
        with(&[(Parameter::Algorithm, 9_000), (Parameter::FirstWave, 5_000)]),
        with(&[(Parameter::LfoDepth, 5_000), (Parameter::LfoTarget, 5_500)]),
        with(&[
            (Parameter::Sustain, 1_000),
            (Parameter::FilterAmount, 6_000),
        ]),
    ];
    let mut events = vec![(0, Event::Strike(-12.0))];
    for (index, values) in turns.into_iter().enumerate() {
        events.push((6_000 + index * 3_001, Event::Turn(values)));
    }
    events.push((7_500, Event::Slide(-7.0)));
    events.push((13_501, Event::Strike(-10.0)));
    events.push((35_003, Event::Release));
    events.push((36_000, Event::Strike(-12.0)));
    let mut note = Subtractive::default();
    let output = play(&mut note, with(&[]), &events, 40_000, 64);
    // 300 Hz at a peak of one and a half, and some room for saturation, rises by this in a frame.
    let steepest = output.windows(2).enumerate().map(|(frame, pair)| {
        let left = (pair[1][0] - pair[0][0]).abs();
        (left.max((pair[1][1] - pair[0][1]).abs()), frame)
    });
    let (slope, frame) = steepest
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .expect("frames");
    assert!(slope < 0.08, "{slope} at frame {frame}");
}

#[test]
fn a_glide_starts_where_the_note_before_was() {
    let tables = Tables::new();
    let mut values = defaults();
    values.set(Parameter::FirstWave, 7_000);
    values.set(Parameter::Glide, 8_000);
    let setting = Setting {
        rate: RATE,
        tables: &tables,
        values: &values,
        sample: None,
        bend: 0.0,
    };
    let mut note = Subtractive::default();
    note.strike(
        &setting,
        Strike {
            from: Some(-24.0),
            ..strike(0.0)
        },
    );
    let (mut left, mut right) = (vec![0.0; 96_000], vec![0.0; 96_000]);
    note.render(&setting, &mut left, &mut right);
    let crossings = |part: &[f32]| {
        part.windows(2)
            .filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0)
            .count()
    };
    let (early, late) = (crossings(&left[..4_800]), crossings(&left[91_200..]));
    assert!(
        (6..=8).contains(&early),
        "{early} turns in a tenth of a second"
    );
    assert!(
        (25..=27).contains(&late),
        "{late} turns in a tenth of a second"
    );
}
