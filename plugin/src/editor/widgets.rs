//! The controls that all panels are made of: they show a value and give the new one. They take no
//! keys but while a number or a name is typed, and must not know what any value means.

mod button;
mod choice;
mod fader;
mod knob;
mod meter;
mod number;
mod range;
mod row;
mod shapes;
mod spot;
mod text;

pub(super) use button::{Button, hold};
pub(super) use choice::{choice, segmented};
pub(super) use fader::Fader;
pub(super) use knob::Knob;
pub(super) use meter::level_bar;
pub(super) use number::{Number, wheel};
pub(super) use range::{Range, whole};
pub(super) use row::{ROW, row};
pub(super) use shapes::{square, triangle};
pub(super) use spot::{spot, spot_at};
pub(super) use text::{Field, caption, empty, heading, label, spelled, words};
