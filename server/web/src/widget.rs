//! The controls that every panel is made of. Each shows one number, choice, switch or text of the
//! document and sends one kind of edit. They must not know which panel they stand in.

mod choice;
mod dial;
mod dialog;
mod field;
mod hand;
mod pace;
mod range;
mod switch;

pub(crate) use choice::Choice;
pub(crate) use dial::{Dial, Shape};
pub(crate) use dialog::Dialog;
pub(crate) use field::Field;
pub(crate) use range::{Range, decimal};
pub(crate) use switch::{Switch, button};

use std::sync::Arc;
use std::time::Duration;

/// A finger that rests so long on something opens it.
pub(crate) const REST: Duration = Duration::from_millis(500);

/// Whether a change begins something that undo takes back, or goes on with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gesture {
    Begins,
    GoesOn,
}

/// Where a control's numbers go.
pub(crate) type Turn = Arc<dyn Fn(i64, Gesture) + Send + Sync>;
