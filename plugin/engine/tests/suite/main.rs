//! What the engine plays, heard from outside: documents go in, frames come out.

mod clips;
mod desk;
mod hands;
mod notes;
mod onsets;
mod repitched;
mod seams;
mod steps;
mod storm;
