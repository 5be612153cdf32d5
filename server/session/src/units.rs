//! Points and spans of time and music, and the tempo that joins them. Knows no clock.

use serde::{Deserialize, Serialize};
use std::ops::{Add, AddAssign, Neg, Sub};

macro_rules! point_and_span {
    ($(#[$point_doc:meta])* $point:ident, $span:ident) => {
        $(#[$point_doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $point(i64);

        impl $point {
            pub const ZERO: $point = $point(0);
            pub const fn from_micros(micros: i64) -> Self { Self(micros) }
            pub const fn as_micros(self) -> i64 { self.0 }
        }
        impl Add<$span> for $point {
            type Output = $point;
            fn add(self, span: $span) -> $point { $point(self.0.saturating_add(span.as_micros())) }
        }
        impl Sub<$span> for $point {
            type Output = $point;
            fn sub(self, span: $span) -> $point { $point(self.0.saturating_sub(span.as_micros())) }
        }
        impl Sub for $point {
            type Output = $span;
            fn sub(self, other: $point) -> $span { $span::from_micros(self.0.saturating_sub(other.0)) }
        }
        impl AddAssign<$span> for $point {
            fn add_assign(&mut self, span: $span) { *self = *self + span; }
        }
    };
}

macro_rules! span {
    ($(#[$doc:meta])* $span:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $span(i64);

        impl $span {
            pub const ZERO: $span = $span(0);
            pub const fn from_micros(micros: i64) -> Self { Self(micros) }
            pub const fn as_micros(self) -> i64 { self.0 }
        }
        impl Add for $span {
            type Output = $span;
            fn add(self, other: $span) -> $span { $span(self.0.saturating_add(other.0)) }
        }
        impl Sub for $span {
            type Output = $span;
            fn sub(self, other: $span) -> $span { $span(self.0.saturating_sub(other.0)) }
        }
        impl Neg for $span {
            type Output = $span;
            fn neg(self) -> $span { $span(self.0.saturating_neg()) }
        }
    };
}

span!(
    /// A length of real time in microseconds.
    Span
);
span!(
    /// A length of music in micro-beats: 1,000,000 is one quarter note.
    BeatSpan
);
point_and_span!(
    /// The one clock everyone shares, as the session server reads it.
    ServerTime,
    Span
);
point_and_span!(
    /// A monotonic clock of this machine only; its zero means nothing to anyone else.
    LocalTime,
    Span
);
point_and_span!(
    /// A place in the music, in micro-beats from the session's beginning.
    Beat,
    BeatSpan
);

impl Span {
    pub const fn from_millis(millis: i64) -> Span {
        Span(millis.saturating_mul(1_000))
    }

    pub const fn from_seconds(seconds: i64) -> Span {
        Span(seconds.saturating_mul(1_000_000))
    }
}

impl BeatSpan {
    pub const BEAT: BeatSpan = BeatSpan(1_000_000);
    /// Bars are four quarter notes long.
    pub const BAR: BeatSpan = BeatSpan(4_000_000);

    pub const fn times(self, count: i64) -> BeatSpan {
        BeatSpan(self.0.saturating_mul(count))
    }
}

impl Beat {
    /// The furthest place an edit may name: a hundred thousand beats.
    pub const FURTHEST: Beat = Beat(100_000_000_000);

    pub fn clamped(self) -> Beat {
        Beat(self.0.clamp(0, Self::FURTHEST.0))
    }

    /// The first multiple of `grid`, counted from zero, that is not before this place.
    pub fn rounded_up(self, grid: BeatSpan) -> Beat {
        if grid.0 <= 0 {
            return self;
        }
        let past = self.0.rem_euclid(grid.0);
        if past == 0 {
            self
        } else {
            Beat(self.0.saturating_add(grid.0 - past))
        }
    }
}

crate::bounded! {
    /// Hundredths of a beat per minute, 20.00 to 300.00.
    pub struct Tempo(u16) in 2_000..=30_000, default 12_000;
}

impl Tempo {
    /// One micro-beat lasts 6,000 / hundredths microseconds, so both directions are one division.
    const SCALE: i128 = 6_000;

    pub fn beats_in(self, span: Span) -> BeatSpan {
        BeatSpan(divide_rounding(
            i128::from(span.0) * i128::from(self.get()),
            Self::SCALE,
        ))
    }

    pub fn span_of(self, beats: BeatSpan) -> Span {
        Span(divide_rounding(
            i128::from(beats.0) * Self::SCALE,
            i128::from(self.get()),
        ))
    }

    pub fn beats_per_minute(self) -> f64 {
        f64::from(self.get()) / 100.0
    }
}

fn divide_rounding(numerator: i128, denominator: i128) -> i64 {
    let rounded = (numerator + denominator / 2).div_euclid(denominator);
    i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tempo_maps_time_to_beats_and_back_within_a_microsecond() {
        for hundredths in [2_000, 9_973, 12_000, 17_451, 30_000] {
            let tempo = Tempo::new(hundredths);
            for micros in [-3_600_000_000, -1, 0, 1, 499_999, 86_400_000_000] {
                let there_and_back = tempo.span_of(tempo.beats_in(Span::from_micros(micros)));
                assert!(
                    (there_and_back.as_micros() - micros).abs() <= 2,
                    "{hundredths} {micros}"
                );
            }
        }
    }

    #[test]
    fn rounding_up_keeps_a_place_that_is_on_the_grid() {
        assert_eq!(Beat(4_000_000).rounded_up(BeatSpan::BAR), Beat(4_000_000));
        assert_eq!(Beat(4_000_001).rounded_up(BeatSpan::BAR), Beat(8_000_000));
        assert_eq!(Beat(-1).rounded_up(BeatSpan::BAR), Beat(0));
        assert_eq!(Beat(5).rounded_up(BeatSpan::ZERO), Beat(5));
    }

    #[test]
    fn nothing_overflows_at_the_ends_of_time() {
        let far = Tempo::new(30_000).beats_in(Span(i64::MAX));
        assert_eq!(Beat(i64::MAX) + far, Beat(i64::MAX));
        assert_eq!(Span(i64::MIN) - Span(1), Span(i64::MIN));
    }
}
