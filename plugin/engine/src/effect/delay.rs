//! The stereo delay of the sends. It knows seconds, not beats.

use super::line::Line;
use super::{SMOOTHING, between, heard, sane};
use crate::dsp::filter::OnePole;
use crate::dsp::maths::{count, exp2, saturated};
use crate::dsp::smooth::Smooth;

/// The longest time in seconds. Longer ones are halved until they fit, which keeps them in time with
/// the beat.
pub(crate) const LONGEST: f32 = 6.0;
/// Shorter than this it would be a tone rather than an echo.
const SHORTEST: f32 = 0.001;
const MOST_FEEDBACK: f32 = 0.95;

/// Echoes that return, each a little duller or thinner than the one before.
#[derive(Debug)]
pub(crate) struct Delay {
    rate: f32,
    line: Line,
    /// Seconds, feedback, tone, and one for ping-pong.
    aimed: [f32; 4],
    feedback: Smooth,
    dull: Smooth,
    thin: Smooth,
    crossed: Smooth,
    lows: [OnePole; 2],
    rumbles: [OnePole; 2],
    /// For how many frames nothing was written.
    quiet: usize,
    resting: bool,
}

impl Delay {
    /// Realtime: no
    pub(crate) fn new(rate: f32) -> Self {
        let smooth = |value| Smooth::new(value, SMOOTHING * rate);
        let mut delay = Self {
            rate,
            line: Line::new(rate, count(f64::from(LONGEST) * f64::from(rate)) + 1),
            aimed: [-1.0; 4],
            feedback: smooth(0.0),
            dull: smooth(1.0),
            thin: smooth(0.0),
            crossed: smooth(0.0),
            lows: [OnePole::default(); 2],
            rumbles: [OnePole::default(); 2],
            quiet: 0,
            resting: true,
        };
        delay.aim(0.5, 0.3, 0.5, false);
        delay
    }

    /// Whether it would give exact silence for silence.
    ///
    /// Realtime: yes
    pub(crate) fn is_silent(&self) -> bool {
        self.resting
    }

    /// `feedback` goes up to 0.95. `tone` takes treble away below a half and bass above it.
    ///
    /// Realtime: yes
    pub(crate) fn aim(&mut self, seconds: f32, feedback: f32, tone: f32, ping_pong: bool) {
        let crossed = if ping_pong { 1.0 } else { 0.0 };
        let wanted = [seconds, feedback, tone, crossed];
        if wanted == self.aimed {
            return;
        }
        let before = self.aimed;
        let mut seconds = between(seconds, SHORTEST, 1e4, before[0]);
        while seconds > LONGEST {
            seconds *= 0.5;
        }
        let feedback = between(feedback, 0.0, MOST_FEEDBACK, before[1]);
        let tone = between(tone, 0.0, 1.0, before[2]);
        self.aimed = [seconds, feedback, tone, crossed];
        // The newest frame is read before the next is written, which is one frame of the time.
        let frames = count(f64::from(seconds) * f64::from(self.rate) + 0.5);
        self.line.aim(frames.saturating_sub(1));
        self.feedback.aim(feedback);
        self.crossed.aim(crossed);
        let (dark, bright) = if tone < 0.5 {
            (1.0 - 2.0 * tone, 0.0)
        } else {
            (0.0, 2.0 * tone - 1.0)
        };
        // From 16 kHz down to 400 Hz, and from 20 Hz up to 2 kHz.
        self.dull
            .aim(OnePole::share(16_000.0 * exp2(-5.32 * dark) / self.rate));
        self.thin
            .aim(OnePole::share(20.0 * exp2(6.64 * bright) / self.rate));
        if self.resting {
            self.jump();
        }
    }

    /// Forgets all sound and is where it is aimed.
    ///
    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        self.line.clear();
        self.rest();
    }

    /// The echoes in place of what was sent.
    ///
    /// Realtime: yes
    pub(crate) fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (left, right) in left.iter_mut().zip(right) {
            if self.resting {
                if *left == 0.0 && *right == 0.0 {
                    continue;
                }
                self.resting = false;
            }
            [*left, *right] = self.frame([sane(*left), sane(*right)]);
            if self.quiet > self.line.capacity() && self.filters_are_silent() {
                self.rest();
            }
        }
    }

    #[inline(always)]
    fn frame(&mut self, input: [f32; 2]) -> [f32; 2] {
        let (dull, thin) = (self.dull.next(), self.thin.next());
        let (feedback, crossed) = (self.feedback.next(), self.crossed.next());
        let tap = self.line.read();
        let low = [
            self.lows[0].next(tap[0], dull),
            self.lows[1].next(tap[1], dull),
        ];
        let echo = [
            low[0] - self.rumbles[0].next(low[0], thin),
            low[1] - self.rumbles[1].next(low[1], thin),
        ];
        // Crossed, what was sent goes in at the left and each echo changes sides.
        let straight = 1.0 - crossed;
        let sent = [
            input[0] * straight + (input[0] + input[1]) * (0.5 * crossed),
            input[1] * straight,
        ];
        let back = [
            feedback * (echo[0] * straight + echo[1] * crossed),
            feedback * (echo[1] * straight + echo[0] * crossed),
        ];
        let written = [
            heard(sent[0] + 2.0 * saturated(0.5 * back[0])),
            heard(sent[1] + 2.0 * saturated(0.5 * back[1])),
        ];
        self.line.write(written);
        self.quiet = if written == [0.0; 2] {
            self.quiet + 1
        } else {
            0
        };
        echo
    }

    fn filters_are_silent(&self) -> bool {
        self.lows.iter().all(OnePole::is_silent) && self.rumbles.iter().all(OnePole::is_silent)
    }

    fn rest(&mut self) {
        self.lows = [OnePole::default(); 2];
        self.rumbles = [OnePole::default(); 2];
        self.quiet = 0;
        self.resting = true;
        self.jump();
    }

    fn jump(&mut self) {
        self.line.jump();
        for smooth in [
            &mut self.feedback,
            &mut self.dull,
            &mut self.thin,
            &mut self.crossed,
        ] {
            smooth.arrive();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Delay;
    use crate::effect::trial::{RATE, noise, stereo, trials, tried};

    tried!(Delay, |delay, other| if other {
        delay.aim(0.11, 0.5, 0.2, true);
    } else {
        delay.aim(0.3, 0.3, 0.7, false);
    });
    trials!(Delay, 22, 1.5);

    fn impulse(seconds: f32, ping_pong: bool, frames: usize) -> [Vec<f32>; 2] {
        let mut delay = Delay::new(RATE);
        delay.aim(seconds, 0.5, 0.5, ping_pong);
        let [mut left, mut right] = [vec![0.0; frames], vec![0.0; frames]];
        left[0] = 1.0;
        delay.render(&mut left, &mut right);
        [left, right]
    }

    #[test]
    fn an_echo_comes_after_exactly_its_time_and_changes_sides() {
        let first = |samples: &[f32]| samples.iter().position(|sample| *sample != 0.0);
        let [left, right] = impulse(0.25, false, 48_000);
        assert_eq!(first(&left), Some(12_000));
        assert_eq!(first(&right), None);
        let [left, right] = impulse(0.25, true, 48_000);
        assert_eq!(first(&left), Some(12_000));
        assert_eq!(first(&right), Some(24_000));
    }

    #[test]
    fn a_time_too_long_is_halved_until_it_fits() {
        let [left, _] = impulse(24.0, false, 7 * 48_000);
        let first = left.iter().position(|sample| *sample != 0.0);
        assert_eq!(first, Some(6 * 48_000));
    }

    #[test]
    fn the_most_feedback_never_grows() {
        let mut delay = Delay::new(RATE);
        delay.aim(0.05, 5.0, 0.5, false);
        delay.aim(0.05, f32::NAN, f32::INFINITY, true);
        let [mut left, mut right] = stereo(noise(1, 1.0, 48_000 * 20));
        delay.render(&mut left, &mut right);
        assert!(left.iter().chain(&right).all(|sample| sample.abs() < 8.0));
    }
}
