//! What the engine plays, heard from outside: documents go in, frames come out.

mod desk;
mod onsets;
