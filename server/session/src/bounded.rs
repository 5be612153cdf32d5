//! Whole numbers that cannot leave their range. Every constructor and every decoder clamps.

use serde::de::{Deserializer, Error, Visitor};
use std::fmt;

/// Declares a whole number with a range and a default. Any number may be offered; what is
/// stored lies within the range.
#[macro_export]
#[doc(hidden)]
macro_rules! bounded {
    ($(#[$doc:meta])* pub struct $name:ident($inner:ty) in $low:literal..=$high:literal, default $default:literal;) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        #[serde(transparent)]
        pub struct $name($inner);

        impl $name {
            pub const MIN: $name = $name($low);
            pub const MAX: $name = $name($high);

            pub fn new(value: i64) -> Self {
                let value = value.clamp($low, $high);
                Self(<$inner>::try_from(value).expect("the range fits the inner type"))
            }

            pub const fn get(self) -> $inner {
                self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self($default)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::bounded::whole_number(deserializer).map(Self::new)
            }
        }
    };
}

/// Reads any JSON number as the nearest whole number; what is not a number is refused.
#[doc(hidden)]
pub fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    deserializer.deserialize_i64(WholeNumber)
}

struct WholeNumber;

impl Visitor<'_> for WholeNumber {
    type Value = i64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number")
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<i64, E> {
        Ok(value)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<i64, E> {
        Ok(i64::try_from(value).unwrap_or(i64::MAX))
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "a float cast saturates, and NaN was refused"
    )]
    fn visit_f64<E: Error>(self, value: f64) -> Result<i64, E> {
        if value.is_nan() {
            return Err(E::custom("not a number"));
        }
        Ok(value.round() as i64)
    }
}

#[cfg(test)]
mod tests {
    use crate::units::Tempo;

    #[test]
    fn a_number_out_of_range_is_stored_as_the_nearest_end() {
        for (text, hundredths) in [
            ("1e15", 30_000),
            ("-4", 2_000),
            ("12000.4", 12_000),
            ("18446744073709551615", 30_000),
        ] {
            assert_eq!(
                serde_json::from_str::<Tempo>(text).expect("a number").get(),
                hundredths,
                "{text}"
            );
        }
    }

    #[test]
    fn infinity_and_words_are_refused() {
        for text in ["1e999", "\"NaN\"", "NaN", "null", "[]", "true"] {
            assert!(serde_json::from_str::<Tempo>(text).is_err(), "{text}");
        }
    }
}
