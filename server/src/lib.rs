//! The session server: sessions in memory and on disk, and the way to them over HTTP and
//! WebSocket. What a session is and how it changes is the session crate's business.
#![forbid(unsafe_code)]

mod archive;
pub mod backup;
mod clock;
pub mod doctor;
pub mod export;
mod exports;
mod frame;
mod gate;
mod http;
mod import;
mod journal;
mod link;
mod metrics;
mod outbox;
mod problem;
mod samples;
mod secret;
mod server;
mod sessions;
mod shards;
mod socket;
pub mod store;
mod stream;
mod template;
mod tls;
mod web;

pub use samples::PlaceError;
pub use secret::Secret;
pub use server::{Config, NewSession, Server, StartError};
pub use template::titles as templates;
pub use tls::{Tls, TlsError, TlsFiles};
