//! What a pick does to a string: it draws it aside and lets go, and scrapes a little. It knows
//! nothing of how the string goes on.

use crate::dsp::filter::OnePole;
use crate::dsp::maths::whole;
use crate::dsp::noise::Noise;
use crate::instrument::ahead::Frames;

/// How a string is plucked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plucking {
    /// In frames.
    pub(super) period: f32,
    /// Where, as a share of the string.
    pub(super) position: f32,
    /// How bright, as a share of the sample rate.
    pub(super) corner: f32,
    /// How much of it is noise, from 0 to 1.
    pub(super) noise: f32,
    pub(super) level: f32,
    pub(super) seed: u32,
}

/// What is still to come of a plucking. All of it adds up to nothing, so that no offset is left
/// going around in the string.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pick {
    frame: i32,
    /// Frames of the draw, of the whole period, and of all.
    first: i32,
    period: i32,
    length: i32,
    high: f32,
    low: f32,
    scrape: f32,
    noise: Noise,
    echo: Noise,
    share: f32,
    smooth: [OnePole; 2],
}

/// How much louder noise has to be to sound as loud.
const NOISE: f32 = 1.1;

impl Default for Pick {
    fn default() -> Self {
        Self {
            frame: 0,
            first: 0,
            period: 0,
            length: 0,
            high: 0.0,
            low: 0.0,
            scrape: 0.0,
            noise: Noise::new(0),
            echo: Noise::new(0),
            share: 1.0,
            smooth: [OnePole::default(); 2],
        }
    }
}

impl Pick {
    /// Realtime: yes
    pub(super) fn new(plucking: &Plucking) -> Self {
        let period = whole(plucking.period + 0.5).max(4);
        let first = whole(plucking.position * plucking.period + 0.5).clamp(1, period - 1);
        let drawn = plucking.level * (1.0 - plucking.noise);
        let corner = plucking.corner.clamp(1e-3, 0.45);
        // What is cut off above a low corner was part of the level.
        let made_up = 1.0 + 0.2 / (corner * plucking.period + 0.2);
        let share = first as f32 / period as f32;
        let high = drawn * made_up * (1.0 - share);
        Self {
            frame: 0,
            first,
            period,
            // Long enough for the smoothing of the slowest corner to have come to nothing.
            length: period + first + whole(3.0 / corner),
            high,
            low: -high * first as f32 / (period - first) as f32,
            scrape: NOISE * plucking.level * plucking.noise * made_up,
            noise: Noise::new(plucking.seed),
            echo: Noise::new(plucking.seed),
            share: OnePole::share(corner),
            smooth: [OnePole::default(); 2],
        }
    }

    /// Realtime: yes
    #[inline(always)]
    pub(super) fn is_over(&self) -> bool {
        self.frame >= self.length
    }

    /// Realtime: yes
    pub(super) fn render(&mut self, frames: &mut Frames) {
        for frame in frames {
            let drawn = if self.frame < self.first {
                self.high
            } else if self.frame < self.period {
                self.low
            } else {
                0.0
            };
            // The same noise comes back inverted from the near end of the string.
            let scraped = if self.frame < self.period {
                self.noise.next()
            } else {
                0.0
            };
            let echoed = if self.frame >= self.first && self.frame < self.period + self.first {
                self.echo.next()
            } else {
                0.0
            };
            let input = drawn + self.scrape * (scraped - echoed);
            let [first, second] = &mut self.smooth;
            *frame = second.next(first.next(input, self.share), self.share);
            self.frame += 1;
        }
    }
}
