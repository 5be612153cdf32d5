//! Envelopes: how a value rises, falls and is let go over a note. They know nothing of what the
//! value does.

use super::maths::count;
use libm::expm1f;

/// How an envelope goes: times in seconds, and the level between decay and release from 0 to 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contour {
    pub(crate) attack: f32,
    pub(crate) hold: f32,
    /// The time a fall from one to nothing takes, as is that of the release.
    pub(crate) decay: f32,
    pub(crate) sustain: f32,
    pub(crate) release: f32,
}

/// An envelope like a capacitor's: the rise slows toward its peak, and falls are even in decibels
/// until they end in exact zero. Every change goes on from where the value is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Envelope {
    value: f32,
    stage: Stage,
    held: usize,
    attack: f32,
    hold: usize,
    decay: f32,
    sustain: f32,
    settle: f32,
    release: f32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Stage {
    #[default]
    Over,
    Attack,
    Hold,
    Decay,
    Release,
}

/// The rise aims this high, so that it arrives at one with some speed left.
const PEAK: f32 = 1.25;
/// How many time constants a rise from zero to one takes: ln(1.25 / 0.25).
const RISE: f32 = 1.609_438;
/// Falls aim this far below their end, so that they reach it: sixty decibels down.
const FLOOR: f32 = 0.001;
/// How many time constants a fall from one to zero takes: ln(1.001 / 0.001).
const FALL: f32 = 6.908_755;
/// How soon a sustained value has followed a change of its level, in seconds.
const SETTLE: f32 = 0.005;

impl Envelope {
    /// Whether it has come back to zero for good.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// What `next` gave last.
    ///
    /// Realtime: yes
    #[cfg(test)]
    pub(crate) fn value(&self) -> f32 {
        self.value
    }

    /// Says how it goes from here on, for `rate` calls of `next` a second. A running envelope
    /// stays where it is and in the stage it is in.
    ///
    /// Realtime: yes
    pub(crate) fn aim(&mut self, contour: &Contour, rate: f32) {
        self.attack = share(RISE, contour.attack * rate);
        self.hold = count(f64::from(contour.hold * rate));
        self.decay = share(FALL, contour.decay * rate);
        self.settle = share(1.0, SETTLE * rate);
        self.release = share(FALL, contour.release * rate);
        self.sustain = if contour.sustain >= 1.0 {
            1.0
        } else if contour.sustain > 0.0 {
            contour.sustain
        } else {
            0.0
        };
    }

    /// Rises from where it is.
    ///
    /// Realtime: yes
    pub(crate) fn strike(&mut self) {
        self.stage = Stage::Attack;
        self.held = 0;
    }

    /// Falls to zero from where it is.
    ///
    /// Realtime: yes
    pub(crate) fn release(&mut self) {
        if self.stage != Stage::Over {
            self.stage = Stage::Release;
        }
    }

    /// Is zero at once.
    ///
    /// Realtime: yes
    pub(crate) fn clear(&mut self) {
        self.value = 0.0;
        self.stage = Stage::Over;
    }

    /// The value one step later.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn next(&mut self) -> f32 {
        match self.stage {
            Stage::Over => {}
            Stage::Attack => {
                self.value += (PEAK - self.value) * self.attack;
                if self.value >= 1.0 {
                    self.value = 1.0;
                    self.stage = Stage::Hold;
                }
            }
            Stage::Hold => {
                self.held += 1;
                if self.held > self.hold {
                    self.stage = Stage::Decay;
                }
            }
            Stage::Decay => {
                if self.value > self.sustain {
                    self.fall(self.sustain, self.decay);
                } else {
                    self.value += (self.sustain - self.value) * self.settle;
                }
                if self.value == 0.0 {
                    self.stage = Stage::Over;
                }
            }
            Stage::Release => {
                self.fall(0.0, self.release);
                if self.value == 0.0 {
                    self.stage = Stage::Over;
                }
            }
        }
        self.value
    }

    /// The next values, as many as there is room for.
    ///
    /// Realtime: yes
    #[inline(always)]
    pub(crate) fn fill<const N: usize>(&mut self, values: &mut [f32; N]) {
        if self.stage == Stage::Decay && self.value == self.sustain && self.value != 0.0 {
            values.fill(self.value);
            return;
        }
        let fall = match self.stage {
            Stage::Decay if self.value > self.sustain => Some((self.sustain, self.decay)),
            Stage::Release => Some((0.0, self.release)),
            _ => None,
        };
        if let Some((end, share)) = fall {
            let goal = end - FLOOR;
            let mut now = self.value;
            for value in values.iter_mut() {
                now += (goal - now) * share;
                *value = now;
            }
            // It only falls, so it was above the end all the way.
            if now > end {
                self.value = now;
                return;
            }
        }
        for value in values {
            *value = self.next();
        }
    }

    #[inline(always)]
    fn fall(&mut self, end: f32, share: f32) {
        let fallen = self.value + (end - FLOOR - self.value) * share;
        self.value = if fallen > end { fallen } else { end };
    }
}

/// The share of the way to go in a step, if so many time constants take so many steps.
fn share(constants: f32, steps: f32) -> f32 {
    if steps >= 1.0 {
        -expm1f(-constants / steps)
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: f32 = 48_000.0;

    const CONTOUR: Contour = Contour {
        attack: 0.01,
        hold: 0.02,
        decay: 0.1,
        sustain: 0.5,
        release: 0.2,
    };

    fn aimed(contour: &Contour) -> Envelope {
        let mut envelope = Envelope::default();
        envelope.aim(contour, RATE);
        envelope
    }

    fn frames_until(envelope: &mut Envelope, mut reached: impl FnMut(&Envelope) -> bool) -> usize {
        (1..1_000_000)
            .find(|_| {
                envelope.next();
                reached(envelope)
            })
            .expect("an envelope gets somewhere")
    }

    #[test]
    fn every_stage_takes_its_time() {
        let mut envelope = aimed(&CONTOUR);
        assert!(envelope.is_over() && envelope.next() == 0.0);
        envelope.strike();
        let rise = frames_until(&mut envelope, |now| now.value() == 1.0);
        assert!((479..=482).contains(&rise), "{rise}");
        let hold = frames_until(&mut envelope, |now| now.value() < 1.0);
        assert!((960..=963).contains(&hold), "{hold}");
        let decay = frames_until(&mut envelope, |now| now.value() == 0.5);
        assert!(decay < 4_800, "{decay}");
        envelope.release();
        let half = frames_until(&mut envelope, |now| now.value() < 0.05);
        assert!((3_165..=3_185).contains(&half), "20 dB take {half} frames");
        frames_until(&mut envelope, Envelope::is_over);
        assert_eq!(envelope.value(), 0.0);
    }

    #[test]
    fn frames_at_once_are_what_they_are_one_by_one() {
        for release in [700, 5_000, 20_000] {
            let (mut together, mut alone) = (aimed(&CONTOUR), aimed(&CONTOUR));
            for envelope in [&mut together, &mut alone] {
                envelope.strike();
            }
            for tick in 0..2_000 {
                if tick == release / 16 {
                    together.release();
                    alone.release();
                }
                let mut values = [0.0; 16];
                together.fill(&mut values);
                assert_eq!(values, [(); 16].map(|()| alone.next()), "tick {tick}");
                assert_eq!(together.is_over(), alone.is_over());
            }
            assert!(alone.is_over());
        }
    }

    #[test]
    fn a_full_fall_takes_the_time_named_and_ends_in_exact_zero() {
        for seconds in [0.001, 0.3, 10.0] {
            let mut envelope = aimed(&Contour {
                attack: 0.0,
                hold: 0.0,
                decay: seconds,
                sustain: 0.0,
                release: 1.0,
            });
            envelope.strike();
            assert_eq!(envelope.next(), 1.0);
            let fall = frames_until(&mut envelope, Envelope::is_over) as f32 / RATE;
            assert!((fall / seconds - 1.0).abs() < 0.05, "{fall} for {seconds}");
            assert_eq!(envelope.next(), 0.0);
        }
    }

    #[test]
    fn nothing_that_happens_to_it_makes_it_jump() {
        let mut envelope = aimed(&CONTOUR);
        let mut before = 0.0;
        for frame in 0..200_000_u32 {
            match frame.wrapping_mul(2_654_435_761) >> 22 {
                0 => envelope.strike(),
                1 => envelope.release(),
                2 => envelope.aim(&CONTOUR, RATE),
                3 => envelope.aim(
                    &Contour {
                        sustain: 0.9,
                        ..CONTOUR
                    },
                    RATE,
                ),
                _ => {}
            }
            let now = envelope.next();
            assert!((now - before).abs() < 0.005 && (0.0..=1.0).contains(&now));
            before = now;
        }
    }

    #[test]
    fn times_that_are_no_numbers_do_no_harm() {
        for bad in [f32::NAN, f32::INFINITY, -1.0, 0.0] {
            let mut envelope = aimed(&Contour {
                attack: bad,
                hold: 0.0,
                decay: bad,
                sustain: bad,
                release: bad,
            });
            envelope.strike();
            for frame in 0..10_000 {
                if frame == 5_000 {
                    envelope.release();
                }
                assert!((0.0..=1.0).contains(&envelope.next()));
            }
        }
    }
}
