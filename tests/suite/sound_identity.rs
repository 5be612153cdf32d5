//! One engine, one sound: the same piece gives the same bits on every machine that plays it.

use lockstep_tests::hosts::Sound;
use lockstep_tests::scenario::{Change, Scenario, Take, assert_same_bits};
use std::sync::LazyLock;

/// What all the others are compared with: rendered once for all tests.
static REFERENCE: LazyLock<Sound> = LazyLock::new(|| {
    let sound = piece().native(64);
    assert!(!sound.is_silent(), "there is something to compare");
    sound
});

fn score(shift: u32) -> Vec<u8> {
    (0..16_u32)
        .flat_map(|track| {
            let active = 0x1111_1111_u128.rotate_left(track + shift);
            let mut bytes = Vec::new();
            bytes.extend(active.to_le_bytes());
            bytes.extend((0.25_f64).to_le_bytes());
            bytes.extend([
                16 + u8::try_from(track).expect("sixteen"),
                0,
                0,
                0,
                0,
                0,
                0,
                0,
            ]);
            bytes
        })
        .collect()
}

/// A second of something that is never the same.
fn take() -> Take {
    let channel = |seed: u32| {
        let numbers = std::iter::successors(Some(seed), |last| {
            Some(last.wrapping_mul(1_664_525).wrapping_add(1_013_904_223))
        });
        let numbers = numbers.map(|number| i16::from_be_bytes([number.to_be_bytes()[0], 77]));
        numbers
            .map(|number| f32::from(number) / 65_536.0)
            .take(44_100)
            .collect()
    };
    Take {
        key: [7; 8],
        rate: 44_100.0,
        channels: vec![channel(1), channel(2)],
    }
}

/// Everything that can happen to an engine, between blocks of 128 and between blocks of 192.
fn piece() -> Scenario {
    let roll = |beat, tempo, looped| Change::Roll {
        beat,
        tempo,
        looped,
    };
    Scenario::new(48_000.0, 384 * 250)
        .at(0, Change::Take(take()))
        .at(0, Change::Score(score(0)))
        .at(384 * 3, roll(0.0, 123.4, None))
        .at(384 * 60, Change::Score(score(1)))
        .at(384 * 100, roll(2.0, 97.0, Some((2.0, 3.3))))
        .at(384 * 160, roll(7.77, 180.0, None))
        .at(384 * 220, Change::Stop)
}

#[test]
fn blocks_of_any_size_give_the_same_bits() {
    for block in [1, 17, 441, 512, 4096] {
        assert_same_bits(
            &REFERENCE,
            &piece().native(block),
            &format!("blocks of {block}"),
        );
    }
}

#[test]
fn a_host_that_flushes_tiny_numbers_to_zero_changes_no_bit() {
    assert_same_bits(
        &REFERENCE,
        &piece().native_flushing_to_zero(512),
        "flush to zero",
    );
}

#[test]
fn wasm_in_an_interpreter_gives_the_same_bits() {
    assert_same_bits(&REFERENCE, &piece().wasm(128), "wasm");
}

#[test]
fn the_audio_thread_of_a_browser_gives_the_same_bits() {
    for block in [128, 192] {
        let what = format!("the browser in blocks of {block}");
        assert_same_bits(&REFERENCE, &piece().browser(block), &what);
    }
}
