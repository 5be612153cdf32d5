//! What must hold for any input, and a server to hold it against.

pub mod doors;
pub mod properties;
#[path = "../src/raw.rs"]
pub mod raw;
pub mod server;
