//! Fast functions of numbers, made of basic arithmetic only, so that they give the same bits
//! everywhere and are cheap enough to use per frame. It knows nothing of sound.

/// What circulates in a filter or a delay and is smaller than this is nothing: far below hearing,
/// and far above the denormal numbers that are slow, and that some hosts switch off.
pub(crate) const TINY: f32 = 1e-15;

/// The number, or zero if it is next to nothing.
///
/// Realtime: yes
#[inline(always)]
pub(crate) fn snapped(value: f32) -> f32 {
    if value.abs() < TINY { 0.0 } else { value }
}

/// The whole part, toward zero. Values beyond 32 bits saturate; NaN is zero.
///
/// Realtime: yes
#[inline(always)]
#[expect(
    clippy::cast_possible_truncation,
    reason = "cutting off is what it is for"
)]
pub(crate) fn whole(value: f32) -> i32 {
    value as i32
}

/// The number, rounded to single precision.
///
/// Realtime: yes
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "audio is rendered in f32")]
pub(crate) fn single(value: f64) -> f32 {
    value as f32
}

/// A positive number's whole part. Negative and NaN are zero, too large saturates.
///
/// Realtime: yes
#[inline(always)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "cutting off is what it is for"
)]
pub(crate) fn count(value: f64) -> usize {
    value as usize
}

/// How far a phase of 2^32 to the turn moves in a frame, at `turns` a frame. Negative is none, and
/// more than half a turn is half a turn.
///
/// Realtime: yes
#[inline(always)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "within 32 bits after clamping, and the cast saturates"
)]
pub(crate) fn phase_step(turns: f32) -> u32 {
    (turns.clamp(0.0, 0.5) * 4_294_967_296.0) as u32
}

/// A phase of 2^32 to the turn as a number from 0 up to 1.
///
/// Realtime: yes
#[inline(always)]
pub(crate) fn turns(phase: u32) -> f32 {
    // Twenty-four bits are what a single holds, so the result stays below one.
    (phase >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// Two to the power of `exponent`, to about one part in ten million. Exponents are brought into
/// -120 to 120; NaN gives 1.
///
/// Realtime: yes
#[inline(always)]
pub(crate) fn exp2(exponent: f32) -> f32 {
    let exponent = if exponent > 120.0 {
        120.0
    } else if exponent > -120.0 {
        exponent
    } else if exponent <= -120.0 {
        -120.0
    } else {
        0.0
    };
    // The nearest whole number, by a bias that makes truncation round.
    let nearest = whole(exponent + 256.5) - 256;
    let rest = exponent - nearest as f32;
    let series = 1.540_353_e-4;
    let series = series * rest + 1.333_355_8e-3;
    let series = series * rest + 9.618_129e-3;
    let series = series * rest + 5.550_411e-2;
    let series = series * rest + 2.402_265e-1;
    let series = series * rest + 6.931_472e-1;
    let mantissa = series * rest + 1.0;
    let bits = (nearest + 127).cast_unsigned() << 23;
    mantissa * f32::from_bits(bits)
}

/// Decibels as a factor.
///
/// Realtime: yes
#[inline(always)]
pub(crate) fn gain_of_decibels(decibels: f32) -> f32 {
    exp2(decibels * 0.166_096_4)
}

/// Semitones as a ratio of frequencies.
///
/// Realtime: yes
#[inline(always)]
pub(crate) fn ratio_of_semitones(semitones: f32) -> f32 {
    exp2(semitones * (1.0 / 12.0))
}

/// The sine of an angle in turns, for angles of less than a million turns, to better than 2e-7.
///
/// Realtime: yes
#[inline(always)]
pub(crate) fn sine(turns: f32) -> f32 {
    // The nearest whole turn is taken off, then the outer quarters are folded in.
    let half = if turns < 0.0 { -0.5 } else { 0.5 };
    let around = turns - whole(turns + half) as f32;
    let folded = if around > 0.25 {
        0.5 - around
    } else if around < -0.25 {
        -0.5 - around
    } else {
        around
    };
    let square = folded * folded;
    let series = 39.536_706;
    let series = series * square - 76.549_79;
    let series = series * square + 81.601_97;
    let series = series * square - 41.341_675;
    let series = series * square + core::f32::consts::TAU;
    series * folded
}

/// The tangent of half a turn times `share`, which is brought into 0 to 0.49: what a filter's
/// corner as a share of the sample rate becomes.
///
/// Realtime: yes
#[inline(always)]
pub(crate) fn warp(share: f32) -> f32 {
    let share = if share > 0.49 {
        0.49
    } else if share > 0.0 {
        share
    } else {
        0.0
    };
    let half = share * 0.5;
    sine(half) / sine(half + 0.25)
}

/// A soft limit at one: straight near zero, level from three on.
///
/// Realtime: yes
#[inline(always)]
pub(crate) fn saturated(value: f32) -> f32 {
    let value = value.clamp(-3.0, 3.0);
    let square = value * value;
    value * (27.0 + square) / (27.0 + 9.0 * square)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_two_are_right_to_a_millionth() {
        for step in -1200..=1200 {
            let exponent = step as f32 * 0.0731;
            let exact = libm::exp2(f64::from(exponent));
            let error = (f64::from(exp2(exponent)) / exact - 1.0).abs();
            assert!(error < 1e-6, "2^{exponent} is off by {error}");
        }
        assert_eq!(exp2(f32::NAN), 1.0);
        assert!(exp2(f32::INFINITY).is_finite() && exp2(f32::NEG_INFINITY) > 0.0);
    }

    #[test]
    fn the_sine_is_right_to_a_millionth_over_many_turns() {
        for step in -20_000..=20_000 {
            let turns = step as f32 / 1024.0;
            let exact = libm::sin(f64::from(turns) * core::f64::consts::TAU);
            let error = (f64::from(sine(turns)) - exact).abs();
            assert!(error < 1e-6, "sin({turns} turns) is off by {error}");
        }
    }

    #[test]
    fn the_warp_is_a_tangent() {
        for step in 1..=49 {
            let share = step as f32 / 100.0;
            let exact = libm::tan(f64::from(share) * core::f64::consts::PI);
            let error = (f64::from(warp(share)) / exact - 1.0).abs();
            assert!(error < 1e-4, "tan({share} half turns) is off by {error}");
        }
        assert_eq!(warp(f32::NAN), 0.0);
    }

    #[test]
    fn saturation_never_exceeds_one_and_leaves_small_values_alone() {
        for step in -500..=500 {
            let value = step as f32 / 50.0;
            assert!(saturated(value).abs() <= 1.0);
        }
        assert!((saturated(0.01) - 0.01).abs() < 1e-5);
    }
}
