//! The reverb of the sends: a pause, a smear, and a tank of sixteen lines that feed each other.

mod diffuser;
mod tank;

use self::diffuser::Diffuser;
use self::tank::Tank;
use super::line::Line;
use super::{between, heard, sane};
use crate::dsp::filter::OnePole;
use crate::dsp::maths::count;

/// Seconds.
const LONGEST_PAUSE: f32 = 0.25;
const DECAYS: [f32; 2] = [0.1, 10.0];
/// What is below this, in hertz, only muddies.
const RUMBLE: f32 = 30.0;

#[derive(Debug)]
pub(crate) struct Reverb {
    rate: f32,
    /// Decay and pause in seconds, and damping.
    aimed: [f32; 3],
    pause: Line,
    rumble: f32,
    rumbles: [OnePole; 2],
    diffusers: [Diffuser; 2],
    tank: Tank,
    quiet: usize,
    resting: bool,
}

impl Reverb {
    /// Realtime: no
    pub(crate) fn new(rate: f32) -> Self {
        let mut reverb = Self {
            rate,
            aimed: [-1.0; 3],
            pause: Line::new(
                rate,
                count(f64::from(LONGEST_PAUSE) * f64::from(rate) + 0.5),
            ),
            rumble: OnePole::share(RUMBLE / rate),
            rumbles: [OnePole::default(); 2],
            diffusers: [
                Diffuser::new(rate, [1.31, 2.23, 3.57, 4.93]),
                Diffuser::new(rate, [1.49, 2.03, 3.91, 4.61]),
            ],
            tank: Tank::new(rate),
            quiet: 0,
            resting: true,
        };
        reverb.aim(1.8, 0.02, 0.4);
        reverb
    }

    /// Whether it would give exact silence for silence.
    ///
    /// Realtime: yes
    pub(crate) fn is_silent(&self) -> bool {
        self.resting
    }

    /// `decay` is how many seconds it takes to fall by 60 dB, from 0.1 to 10; `pause` is how many
    /// seconds it begins late, up to a quarter. `damping` makes the treble fall faster, from 0, as
    /// fast as everything, to 1.
    ///
    /// Realtime: yes
    pub(crate) fn aim(&mut self, decay: f32, pause: f32, damping: f32) {
        let wanted = [decay, pause, damping];
        if wanted == self.aimed {
            return;
        }
        let before = self.aimed;
        let decay = between(decay, DECAYS[0], DECAYS[1], before[0]);
        let pause = between(pause, 0.0, LONGEST_PAUSE, before[1]);
        let damping = between(damping, 0.0, 1.0, before[2]);
        self.aimed = [decay, pause, damping];
        self.pause
            .aim(count(f64::from(pause) * f64::from(self.rate) + 0.5));
        if decay != before[0] || damping != before[2] {
            self.tank.aim(decay, damping);
            for diffuser in &mut self.diffusers {
                diffuser.aim(decay);
            }
        }
        if self.resting {
            self.jump();
        }
    }

    /// Forgets all sound and is where it is aimed.
    ///
    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        self.pause.clear();
        for diffuser in &mut self.diffusers {
            diffuser.clear();
        }
        self.tank.clear();
        self.rest();
    }

    /// The reverb in place of what was sent.
    ///
    /// Realtime: yes
    pub(crate) fn render(&mut self, left: &mut [f32], right: &mut [f32]) {
        for (left, right) in left.iter_mut().zip(right) {
            let silent = *left == 0.0 && *right == 0.0;
            if self.resting {
                if silent {
                    continue;
                }
                self.resting = false;
            }
            let (frame, moved) = self.frame([sane(*left), sane(*right)]);
            [*left, *right] = frame;
            self.quiet = if silent && !moved { self.quiet + 1 } else { 0 };
            if self.quiet > self.pause.capacity() + self.tank.longest() {
                self.rest();
            }
        }
    }

    /// What is heard, and whether anything moved.
    #[inline(always)]
    fn frame(&mut self, input: [f32; 2]) -> ([f32; 2], bool) {
        let sent = [
            heard(input[0] - self.rumbles[0].next(input[0], self.rumble)),
            heard(input[1] - self.rumbles[1].next(input[1], self.rumble)),
        ];
        self.pause.write(sent);
        let late = self.pause.read();
        let smeared = [
            self.diffusers[0].next(late[0]),
            self.diffusers[1].next(late[1]),
        ];
        let (heard, moved) = self.tank.next(smeared);
        (heard, moved || sent != [0.0; 2] || smeared != [0.0; 2])
    }

    fn rest(&mut self) {
        self.rumbles = [OnePole::default(); 2];
        self.quiet = 0;
        self.resting = true;
        self.jump();
    }

    fn jump(&mut self) {
        self.pause.jump();
        for diffuser in &mut self.diffusers {
            diffuser.rest();
        }
        self.tank.rest();
    }
}

#[cfg(test)]
mod tests;
