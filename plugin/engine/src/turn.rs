//! Knobs that one listener turns on top of what is shared: a parameter of a track's instrument,
//! moved in the score that is about to be played.

use crate::score::Score;
use crate::score::patch::{between, macro_number};
use lockstep_session::document::instrument::{Amount, Parameter};

/// What a knob turns, and between which amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The track's place.
    pub track: usize,
    pub parameter: Parameter,
    pub from: Amount,
    pub to: Amount,
}

impl Score {
    /// Moves a parameter to as far between two amounts as `share` says, from 0 to 1. Turning it
    /// again replaces what was turned before; a track that is not there has nothing to turn.
    ///
    /// Realtime: yes
    pub fn turn(&mut self, turn: &Turn, share: f32) {
        let share = if share.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            0.0
        };
        let amount = between(turn.from.get(), turn.to.get(), ten_thousandths(share));
        let Some(track) = self.tracks.get_mut(turn.track) else {
            return;
        };
        let patch = &mut track.patch;
        let targets = macro_number(turn.parameter).and_then(|number| patch.macros.get(number));
        let mut is_moved = false;
        let mut set = |parameter: usize, amount: u16| {
            if let Some(value) = patch.values.get_mut(parameter) {
                is_moved |= *value != amount;
                *value = amount;
            }
        };
        for target in targets.into_iter().flatten() {
            set(
                usize::from(target.parameter),
                between(target.from, target.to, amount),
            );
        }
        set(turn.parameter as usize, amount);
        if is_moved {
            // Any other number will do: the engine follows wherever it changes.
            self.sounds = self.sounds.wrapping_add(0x9e37_79b9_7f4a_7c15);
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a share from 0 to 1"
)]
fn ten_thousandths(share: f32) -> u16 {
    (share * 10_000.0 + 0.5) as u16
}
