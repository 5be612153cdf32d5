//! What the engine plays, heard from outside: documents go in, frames come out.
#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the numbers of tests are small"
)]

mod clips;
mod desk;
mod dice;
mod hands;
mod keys;
mod notes;
mod onsets;
mod repitched;
mod revised;
mod rooms;
mod seams;
mod smoothness;
mod steps;
mod storm;
mod turns;
