//! What a drum is made of, in physical units: the settings of its layers. A piece's file turns
//! parameters into this; nothing here knows a piece, a parameter or the sample rate.

/// Everything about a drum but its pitch and how hard it is struck.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipe {
    pub(super) tones: [ToneRecipe; 2],
    pub(super) paths: [PathRecipe; 2],
    /// How much noise goes into the paths.
    pub(super) hiss: f32,
    /// How far the noise is made of single grains, from 0 to 1.
    pub(super) grain: f32,
    pub(super) metal: MetalRecipe,
    pub(super) bursts: Bursts,
    /// How wide the noise and the metal stand, from 0 to 1.
    pub(super) spread: f32,
    /// From 0, which leaves the sound alone, to 1.
    pub(super) drive: f32,
    /// What lies above this, in hertz, is softened.
    pub(super) brightness: f32,
    /// What lies below this, in hertz, is taken out.
    pub(super) low_cut: f32,
    pub(super) level: f32,
}

/// A sine that falls in pitch.
#[derive(Clone, Copy, Debug)]
pub(super) struct ToneRecipe {
    pub(super) gain: f32,
    pub(super) hertz: f32,
    pub(super) hold: f32,
    pub(super) decay: f32,
    /// The two falls of the pitch add up; they begin with the note.
    pub(super) fast: Sweep,
    pub(super) slow: Sweep,
    /// Where in its turn the sine begins.
    pub(super) phase: f32,
}

/// A pitch that begins so many semitones above and falls to two thirds nearer in so many seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sweep {
    pub(super) semitones: f32,
    pub(super) seconds: f32,
}

/// Noise or metal through a filter of its own, with its own rise and fall.
#[derive(Clone, Copy, Debug)]
pub(super) struct PathRecipe {
    pub(super) gain: f32,
    pub(super) shape: Shape,
    /// In hertz.
    pub(super) corner: f32,
    pub(super) resonance: f32,
    pub(super) attack: f32,
    pub(super) hold: f32,
    pub(super) decay: f32,
    /// How far the corner follows the pitch.
    pub(super) follows: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Low,
    Band,
    High,
}

/// Square waves that stand in no simple ratio.
#[derive(Clone, Copy, Debug)]
pub(super) struct MetalRecipe {
    pub(super) gain: f32,
    pub(super) hertz: f32,
    pub(super) alloy: Alloy,
    /// How far the sum of the waves gives way to the products of pairs, from 0 to 1.
    pub(super) ring: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Alloy {
    /// Six waves as in the drum machines of around 1980.
    Six,
    /// Eight waves, closer together and higher.
    Eight,
    /// Two waves, a wide fifth apart.
    Two,
}

/// How often the first path is struck again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bursts {
    pub(super) more: u32,
    pub(super) seconds: f32,
}

impl ToneRecipe {
    pub(super) const NONE: Self = Self {
        gain: 0.0,
        hertz: 100.0,
        hold: 0.0,
        decay: 0.0,
        fast: Sweep::NONE,
        slow: Sweep::NONE,
        phase: 0.0,
    };
}

impl Sweep {
    pub(super) const NONE: Self = Self {
        semitones: 0.0,
        seconds: 0.01,
    };
}

impl PathRecipe {
    pub(super) const NONE: Self = Self {
        gain: 0.0,
        shape: Shape::High,
        corner: 1_000.0,
        resonance: 0.0,
        attack: 0.0,
        hold: 0.0,
        decay: 0.0,
        follows: 0.0,
    };
}

impl MetalRecipe {
    pub(super) const NONE: Self = Self {
        gain: 0.0,
        hertz: 200.0,
        alloy: Alloy::Six,
        ring: 0.0,
    };
}

impl Recipe {
    pub(super) const NONE: Self = Self {
        tones: [ToneRecipe::NONE; 2],
        paths: [PathRecipe::NONE; 2],
        hiss: 0.0,
        grain: 0.0,
        metal: MetalRecipe::NONE,
        bursts: Bursts {
            more: 0,
            seconds: 0.01,
        },
        spread: 0.0,
        drive: 0.0,
        brightness: 20_000.0,
        low_cut: 10.0,
        level: 0.5,
    };
}

impl MetalRecipe {
    /// How loud the sum of the waves is, and how loud the products.
    ///
    /// Realtime: yes
    pub(super) fn gains(&self) -> [f32; 2] {
        [self.gain * (1.0 - self.ring), self.gain * self.ring]
    }
}
