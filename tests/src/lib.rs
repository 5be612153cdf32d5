//! What the tests drive: real plugin hosts. It must not know any single test.

pub mod browser;
pub mod client;
pub mod hosts;
pub mod networks;
pub mod scenario;
pub mod server;
pub mod world;
