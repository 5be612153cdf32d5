//! What every instrument is: something that is struck, let go and rendered, one note at a time.
//! It knows nothing of steps, tracks or beats.

pub(crate) mod ahead;
pub(crate) mod click;
pub(crate) mod drum;
pub(crate) mod fm;
pub(crate) mod glide;
pub(crate) mod pluck;
pub(crate) mod sampler;
pub(crate) mod square;
pub(crate) mod subtractive;
#[cfg(test)]
pub(crate) mod testing;

use crate::dsp::tables::Tables;
use crate::sample::Sample;
use lockstep_session::document::instrument::{Amount, Parameter};

/// The most frames that are rendered at once.
pub(crate) const CHUNK: usize = 64;

/// Every parameter's place in its range, as a patch and a step's locks set it. An instrument reads
/// those that it has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Values([u16; Parameter::ALL.len()]);

impl Values {
    /// Everything in the middle of its range, but for what `settings` names.
    ///
    /// Realtime: yes
    pub(crate) const fn new(settings: &[(Parameter, u16)]) -> Self {
        let mut values = Self([5_000; Parameter::ALL.len()]);
        let mut index = 0;
        while index < settings.len() {
            let (parameter, amount) = settings[index];
            values.0[parameter as usize] = amount;
            index += 1;
        }
        values
    }

    /// Realtime: yes
    pub(crate) fn from_amounts(amounts: &[u16; Parameter::ALL.len()]) -> Self {
        let mut values = *amounts;
        for value in &mut values {
            *value = (*value).min(Amount::MAX.get());
        }
        Self(values)
    }

    /// Realtime: yes
    pub(crate) fn amounts(&self) -> &[u16; Parameter::ALL.len()] {
        &self.0
    }

    /// From 0 to 1.
    ///
    /// Realtime: yes
    #[inline]
    pub(crate) fn share(&self, parameter: Parameter) -> f32 {
        f32::from(self.0[parameter as usize]) * 1e-4
    }

    /// From `low` to `high`, by equal differences.
    ///
    /// Realtime: yes
    #[inline]
    pub(crate) fn linear(&self, parameter: Parameter, low: f32, high: f32) -> f32 {
        low + (high - low) * self.share(parameter)
    }

    /// From `low` to `high`, both positive, by equal ratios: for times and frequencies.
    ///
    /// Realtime: yes
    #[inline]
    pub(crate) fn ratio(&self, parameter: Parameter, low: f32, high: f32) -> f32 {
        low * libm::powf(high / low, self.share(parameter))
    }

    /// One of `count` choices, numbered from zero.
    ///
    /// Realtime: yes
    #[inline]
    pub(crate) fn choice(&self, parameter: Parameter, count: u16) -> usize {
        let choice = u32::from(self.0[parameter as usize]) * u32::from(count) / 10_001;
        usize::try_from(choice).unwrap_or(0)
    }

    /// Realtime: yes
    pub(crate) fn set(&mut self, parameter: Parameter, amount: u16) {
        self.0[parameter as usize] = amount.min(Amount::MAX.get());
    }
}

/// What an instrument may look at while it renders.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting<'a> {
    /// Frames a second.
    pub(crate) rate: f32,
    pub(crate) tables: &'a Tables,
    pub(crate) values: &'a Values,
    /// What a sampler plays, if it is there.
    pub(crate) sample: Option<&'a Sample>,
    /// The pitch wheel, in semitones.
    pub(crate) bend: f32,
}

/// How a note begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Strike {
    /// Semitones above middle C.
    pub(crate) pitch: f32,
    /// From just above 0 to 1.
    pub(crate) velocity: f32,
    /// Makes one note's noise its own, and the same each time the note is passed.
    pub(crate) seed: u32,
    /// Where the track's note before it was, to glide from.
    pub(crate) from: Option<f32>,
}

/// One note of an instrument.
///
/// A note sounds the same however it is cut into calls of `render`: what is computed less often
/// than every frame is computed every so many frames of the note's own life.
pub(crate) trait Instrument {
    /// Begins the note, whatever sounded before.
    ///
    /// Realtime: yes
    fn strike(&mut self, setting: &Setting<'_>, strike: Strike);

    /// Moves a sounding note to another pitch without striking it again.
    ///
    /// Realtime: yes
    fn slide(&mut self, setting: &Setting<'_>, pitch: f32);

    /// The key was let go.
    ///
    /// Realtime: yes
    fn release(&mut self);

    /// The values or the pitch wheel are others now. What is heard of that moves smoothly.
    ///
    /// Realtime: yes
    fn steer(&mut self, setting: &Setting<'_>);

    /// Overwrites both channels, at most `CHUNK` frames, with what comes next.
    ///
    /// Realtime: yes
    fn render(&mut self, setting: &Setting<'_>, left: &mut [f32], right: &mut [f32]);

    /// Whether it has nothing left to say: from here on it would render exact zeros.
    ///
    /// Realtime: yes
    fn is_over(&self) -> bool;
}
