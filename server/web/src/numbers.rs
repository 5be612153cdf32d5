//! From the whole numbers that the session counts in to the browser's, and back.

/// Exact up to 2^53: more than a session has microseconds or frames.
#[expect(clippy::cast_precision_loss, reason = "what is counted is below 2^53")]
pub(crate) fn float(number: i64) -> f64 {
    number as f64
}

/// The nearest whole number.
#[expect(clippy::cast_possible_truncation, reason = "float casts saturate")]
pub(crate) fn whole(number: f64) -> i64 {
    number.round() as i64
}
