//! How a track sounds: which instrument, where its parameters stand, and what its macros move.

use crate::instrument::Values;
use crate::instrument::drum;
use crate::score::step::Locks;
use bytemuck::{Pod, Zeroable};
use lockstep_session::document::instrument::Parameter;

pub(crate) const PARAMETERS: usize = Parameter::ALL.len();
pub(crate) const MACROS: usize = 8;
/// How many parameters a macro moves at most.
pub(crate) const TARGETS: usize = 6;
/// How many drums a kit holds at most.
pub(crate) const PIECES: usize = 16;

#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub(crate) struct Patch {
    /// The sample of a sampler.
    pub(crate) sample: u64,
    pub(crate) gain: f32,
    pub(crate) machine: u8,
    pub(crate) padding: [u8; 3],
    pub(crate) values: [u16; PARAMETERS],
    pub(crate) macros: [[MacroTarget; TARGETS]; MACROS],
    pub(crate) pieces: [ScorePiece; PIECES],
}

/// One parameter that a macro moves. A place past the last parameter is none.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub(crate) struct MacroTarget {
    pub(crate) parameter: u16,
    pub(crate) from: u16,
    pub(crate) to: u16,
}

/// One drum of a kit. Without a machine it is none.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Pod, Zeroable)]
pub(crate) struct ScorePiece {
    pub(crate) gain: f32,
    /// What its pan makes of each side.
    pub(crate) sides: [f32; 2],
    pub(crate) machine: u8,
    pub(crate) note: u8,
    pub(crate) choke: u8,
    pub(crate) padding: u8,
    pub(crate) values: [u16; PARAMETERS],
}

/// The kinds of instruments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Machine {
    Click,
    Drum(drum::Piece),
    Subtractive,
    Fm,
    Pluck,
    Square,
    Sampler,
    Kit,
}

/// One drum of a kit, as the engine asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece<'a> {
    pub(crate) machine: Machine,
    pub(crate) gain: f32,
    pub(crate) sides: [f32; 2],
    pub(crate) choke: u8,
    pub(crate) values: &'a [u16; PARAMETERS],
}

impl Machine {
    pub(crate) const ALL: [Machine; 17] = [
        Machine::Click,
        Machine::Drum(drum::Piece::Kick),
        Machine::Drum(drum::Piece::Snare),
        Machine::Drum(drum::Piece::Clap),
        Machine::Drum(drum::Piece::Hat),
        Machine::Drum(drum::Piece::Tom),
        Machine::Drum(drum::Piece::Rim),
        Machine::Drum(drum::Piece::Cowbell),
        Machine::Drum(drum::Piece::Cymbal),
        Machine::Drum(drum::Piece::Shaker),
        Machine::Drum(drum::Piece::Conga),
        Machine::Subtractive,
        Machine::Fm,
        Machine::Pluck,
        Machine::Square,
        Machine::Sampler,
        Machine::Kit,
    ];

    /// Its number in a score: a place in the list of all, counted from one, so that zero is none.
    ///
    /// Realtime: yes
    pub(crate) fn code(self) -> u8 {
        let place = Self::ALL.iter().position(|&machine| machine == self);
        place.map_or(0, |place| u8::try_from(place + 1).unwrap_or(0))
    }

    /// Realtime: yes
    pub(crate) fn of_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code).checked_sub(1)?).copied()
    }

    /// Drums cut off their own earlier stroke; everything else sounds together.
    ///
    /// Realtime: yes
    pub(crate) fn is_drum(self) -> bool {
        matches!(self, Self::Drum(_))
    }
}

impl Patch {
    /// Realtime: yes
    pub(crate) fn machine(&self) -> Option<Machine> {
        Machine::of_code(self.machine)
    }

    /// Where the parameters stand for a note with these locks. A locked macro moves its targets,
    /// and a parameter that is locked itself stands where its lock says.
    ///
    /// Realtime: yes
    pub(crate) fn values(&self, locks: &Locks) -> Values {
        let mut values = Values::from_amounts(&self.values);
        for (parameter, amount) in locks.iter() {
            if let Some(targets) =
                macro_number(parameter).and_then(|number| self.macros.get(number))
            {
                for target in targets {
                    target.move_to(amount, &mut values);
                }
            }
        }
        for (parameter, amount) in locks.iter() {
            values.set(parameter, amount);
        }
        values
    }

    /// The drum of a kit that a note plays.
    ///
    /// Realtime: yes
    pub(crate) fn piece(&self, note: u8) -> Option<Piece<'_>> {
        let piece = self
            .pieces
            .iter()
            .find(|piece| piece.machine != 0 && piece.note == note)?;
        Some(Piece {
            machine: Machine::of_code(piece.machine)?,
            gain: piece.gain,
            sides: piece.sides,
            choke: piece.choke,
            values: &piece.values,
        })
    }
}

impl MacroTarget {
    /// Realtime: yes
    pub(crate) fn move_to(self, amount: u16, values: &mut Values) {
        let Some(&parameter) = Parameter::ALL.get(usize::from(self.parameter)) else {
            return;
        };
        values.set(parameter, between(self.from, self.to, amount));
    }
}

/// The amount that lies as far between two others as `amount` lies in its range.
///
/// Realtime: yes
pub(crate) fn between(from: u16, to: u16, amount: u16) -> u16 {
    let (from, to, amount) = (
        i64::from(from),
        i64::from(to),
        i64::from(amount.min(10_000)),
    );
    let moved = from + ((to - from) * amount + 5_000).div_euclid(10_000);
    u16::try_from(moved.clamp(0, 10_000)).unwrap_or(0)
}

/// Which macro a parameter is, counted from zero.
///
/// Realtime: yes
pub(crate) fn macro_number(parameter: Parameter) -> Option<usize> {
    let first = Parameter::Macro1 as usize;
    (parameter as usize)
        .checked_sub(first)
        .filter(|&number| number < MACROS)
}
