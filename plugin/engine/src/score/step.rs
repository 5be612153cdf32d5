//! One step of a pattern, as bytes of a score.

use bytemuck::{Pod, Zeroable};
use lockstep_session::document::instrument::Parameter;
use lockstep_session::document::step::{self, Step};

const MOST_PITCHES: usize = 4;
const MOST_LOCKS: usize = step::Locks::MOST;

#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub(crate) struct ScoreStep {
    flags: u8,
    velocity: u8,
    chance: u8,
    condition: u8,
    turn: u8,
    of: u8,
    ratchet: u8,
    nudge: i8,
    gate: u8,
    pitch_count: u8,
    pitches: [i8; MOST_PITCHES],
    lock_count: u8,
    padding: u8,
    locked: [u8; MOST_LOCKS],
    amounts: [u16; MOST_LOCKS],
}

/// When, among the passes of its pattern, a step may sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    Always,
    Every { turn: i64, of: i64 },
    First,
    Fill,
}

/// Values that parameters take for one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Locks {
    count: u8,
    locked: [u8; MOST_LOCKS],
    amounts: [u16; MOST_LOCKS],
}

impl Locks {
    pub(crate) const NONE: Self = Self {
        count: 0,
        locked: [0; MOST_LOCKS],
        amounts: [0; MOST_LOCKS],
    };

    /// Realtime: yes
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Parameter, u16)> + '_ {
        let locks = self.locked.iter().zip(&self.amounts);
        locks
            .take(usize::from(self.count))
            .filter_map(|(&locked, &amount)| {
                Some((*Parameter::ALL.get(usize::from(locked))?, amount))
            })
    }

    /// Realtime: yes
    pub(crate) fn get(&self, parameter: Parameter) -> Option<u16> {
        let mut locks = self.iter();
        locks.find_map(|(locked, amount)| (locked == parameter).then_some(amount))
    }
}

impl ScoreStep {
    const ON: u8 = 1;
    const TIE: u8 = 2;

    /// Realtime: yes
    pub(crate) fn write(step: &Step) -> Self {
        let mut written = Self::zeroed();
        written.flags = u8::from(step.on) * Self::ON + u8::from(step.tie) * Self::TIE;
        written.velocity = step.velocity.get();
        written.chance = step.chance.get();
        (written.condition, written.turn, written.of) = match step.condition {
            step::Condition::Always => (0, 1, 1),
            step::Condition::Every(cycle) => (1, cycle.turn().get(), cycle.of().get()),
            step::Condition::First => (2, 1, 1),
            step::Condition::Fill => (3, 1, 1),
        };
        written.ratchet = step.ratchet.get();
        written.nudge = step.nudge.get();
        written.gate = step.gate.get();
        for (slot, pitch) in written.pitches.iter_mut().zip(step.pitches.iter()) {
            *slot = pitch.get();
            written.pitch_count += 1;
        }
        let slots = written.locked.iter_mut().zip(&mut written.amounts);
        for ((locked, slot), (parameter, amount)) in slots.zip(step.locks.iter()) {
            *locked = parameter as u8;
            *slot = amount.get();
            written.lock_count += 1;
        }
        written
    }

    /// Realtime: yes
    pub(crate) fn is_on(&self) -> bool {
        self.flags & Self::ON != 0
    }

    /// Whether it is held into the step after it.
    ///
    /// Realtime: yes
    pub(crate) fn is_tied(&self) -> bool {
        self.flags & Self::TIE != 0
    }

    /// From just above 0 to 1.
    ///
    /// Realtime: yes
    pub(crate) fn velocity(&self) -> f32 {
        f32::from(self.velocity.clamp(1, 127)) / 127.0
    }

    /// In percent.
    ///
    /// Realtime: yes
    pub(crate) fn chance(&self) -> u8 {
        self.chance
    }

    /// Realtime: yes
    pub(crate) fn condition(&self) -> Condition {
        match self.condition {
            1 => Condition::Every {
                turn: i64::from(self.turn.max(1)),
                of: i64::from(self.of.max(1)),
            },
            2 => Condition::First,
            3 => Condition::Fill,
            _ => Condition::Always,
        }
    }

    /// Realtime: yes
    pub(crate) fn ratchet(&self) -> u8 {
        self.ratchet.clamp(1, 8)
    }

    /// How late it is, as a share of its length; early where negative.
    ///
    /// Realtime: yes
    pub(crate) fn nudge(&self) -> f64 {
        f64::from(self.nudge.clamp(-50, 50)) / 100.0
    }

    /// How much of its length it is held.
    ///
    /// Realtime: yes
    pub(crate) fn gate(&self) -> f64 {
        f64::from(self.gate.clamp(5, 100)) / 100.0
    }

    /// Semitones from the track's own pitch.
    ///
    /// Realtime: yes
    pub(crate) fn pitches(&self) -> &[i8] {
        let count = usize::from(self.pitch_count).clamp(1, MOST_PITCHES);
        self.pitches.get(..count).unwrap_or(&[0])
    }

    /// Realtime: yes
    pub(crate) fn locks(&self) -> Locks {
        Locks {
            count: self.lock_count,
            locked: self.locked,
            amounts: self.amounts,
        }
    }
}
