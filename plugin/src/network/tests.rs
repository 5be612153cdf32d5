//! The network thread against a real server in this process: what the editor asks for comes true.

mod samples;
mod seat;
mod sessions;
mod trouble;
