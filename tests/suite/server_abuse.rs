//! Attacks, each with somebody's session going on beside it: nobody else is disconnected, nothing
//! is lost, the server's memory stays bounded, and every answer is as PROTOCOL.md has it.

mod crowds;
mod floods;
mod frames;
mod messages;
mod requests;
mod silence;
mod victim;
