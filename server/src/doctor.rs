//! `doctor`: looks at everything a server needs before players find out. It changes nothing.

mod checks;

use crate::backup::is_running;
use crate::tls::TlsFiles;
use checks::{clock, data, open_files, port, space, tls};
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

/// What is looked at.
#[derive(Clone, Debug)]
pub struct Doctor {
    pub data: PathBuf,
    pub listen: SocketAddr,
    pub tls: Option<TlsFiles>,
    /// Connections that are wanted, and files the system lets a process have open.
    pub connections: usize,
    pub open_files: Option<usize>,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    Ok,
    /// It works, but not for long or not for many.
    Warn,
    Fail,
}

/// One line: what was looked at, how it is, and what to do about it.
#[derive(Debug)]
pub struct Finding {
    what: &'static str,
    health: Health,
    says: String,
}

impl Doctor {
    pub fn findings(&self) -> Vec<Finding> {
        let running = is_running(&self.data);
        vec![
            data(&self.data, running),
            space(&self.data),
            clock(),
            port(self.listen, running),
            open_files(self.connections, self.open_files),
            tls(self.tls.as_ref()),
        ]
    }
}

impl Finding {
    fn new(what: &'static str, health: Health, says: impl Into<String>) -> Self {
        Self {
            what,
            health,
            says: says.into(),
        }
    }

    pub fn health(&self) -> Health {
        self.health
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, health, says } = self;
        let health = match health {
            Health::Ok => "ok",
            Health::Warn => "warn",
            Health::Fail => "FAIL",
        };
        write!(formatter, "{health:<5}{what:<13}{says}")
    }
}
