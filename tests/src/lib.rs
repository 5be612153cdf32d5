//! What the tests drive: real hosts, servers and browsers, and the engine by itself. It must not know
//! any single test.

pub mod browser;
pub mod client;
pub mod conditions;
pub mod description;
pub mod display;
pub mod distance;
pub mod full;
pub mod hosts;
pub mod jam;
pub mod machine;
pub mod measures;
pub mod networks;
pub mod phrases;
pub mod picture;
pub mod raw;
pub mod report;
pub mod room;
pub mod scenario;
pub mod server;
pub mod steady;
pub mod tones;
pub mod world;
