//! The engine's units: floating-point musical time and rates, checked where they are made.
//! They must not be confused with the session's integer units, which are exact and shared.

/// A position or a length in quarter notes.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Beats(f64);

impl Beats {
    pub const ZERO: Self = Self(0.0);

    /// Positions beyond a thousand hours at the fastest tempo are refused, and so are NaN and
    /// infinities: what is left keeps sub-sample precision.
    ///
    /// Realtime: yes
    pub fn new(quarter_notes: f64) -> Option<Self> {
        (quarter_notes.abs() <= 2e7).then_some(Self(quarter_notes))
    }

    /// Realtime: yes
    pub const fn quarter_notes(self) -> f64 {
        self.0
    }

    pub(crate) const fn raw(quarter_notes: f64) -> Self {
        Self(quarter_notes)
    }
}

/// Beats per minute, positive and finite.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Tempo(f64);

impl Tempo {
    /// Hosts go far outside the session's 20 to 300, so anything that can be computed with is
    /// taken.
    ///
    /// Realtime: yes
    pub fn new(beats_per_minute: f64) -> Option<Self> {
        (0.1..=100_000.0)
            .contains(&beats_per_minute)
            .then_some(Self(beats_per_minute))
    }

    /// Realtime: yes
    pub const fn beats_per_minute(self) -> f64 {
        self.0
    }

    /// How many beats pass in one frame.
    ///
    /// Realtime: yes
    pub fn beats_per_frame(self, rate: SampleRate) -> f64 {
        self.0 / (60.0 * rate.0)
    }
}

/// Frames per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SampleRate(f64);

impl SampleRate {
    /// Realtime: yes
    pub fn new(hertz: f64) -> Option<Self> {
        (1_000.0..=1_000_000.0)
            .contains(&hertz)
            .then_some(Self(hertz))
    }

    /// Realtime: yes
    pub const fn hertz(self) -> f64 {
        self.0
    }
}
