//! What the program is told on the command line or by its environment.

use crate::open_files;
use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use lockstep_server::backup::{Backup, Kept, Restore};
use lockstep_server::doctor::Doctor;
use lockstep_server::export::Export;
use lockstep_server::{Config, Secret, TlsFiles};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tracing::level_filters::LevelFilter;

/// A word that is shorter can be guessed.
const SHORTEST_SECRET: usize = 16;

/// Serves Lockstep sessions: one program, its data in one folder.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Flags {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) data: Data,
    #[command(flatten)]
    pub(crate) web: Web,
    #[command(flatten)]
    pub(crate) limits: Limits,
    #[command(flatten)]
    pub(crate) log: Log,
}

/// What else it does than serve.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Export(Export),
    Backup(Backup),
    Restore(Restore),
    /// Looks at everything a server needs: data, space, clock, port, open files, certificate.
    Doctor,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Data")]
pub(crate) struct Data {
    /// The folder that keeps the sessions.
    #[arg(
        long = "data",
        global = true,
        env = "LOCKSTEP_DATA",
        default_value = "lockstep-data",
        value_name = "FOLDER"
    )]
    pub(crate) folder: PathBuf,
    /// A session in which nobody edits for so long leaves memory; its players stay connected.
    #[arg(
        long,
        env = "LOCKSTEP_QUIET_AFTER",
        default_value = "60",
        value_name = "SECONDS"
    )]
    pub(crate) quiet_after: u32,
    /// Forgets sessions that nobody has edited for so many days. Without this they are kept for
    /// ever. Sessions that nobody ever edits go after a day in any case.
    #[arg(long, env = "LOCKSTEP_KEEP_SESSIONS", value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) keep_sessions: Option<u32>,
    /// Keeps samples in a bucket, as s3://BUCKET/FOLDER, in place of the data folder. Keys and
    /// region are those of the environment.
    #[arg(long, global = true, env = "LOCKSTEP_SAMPLES", value_name = "URL")]
    pub(crate) samples: Option<String>,
    /// Keeps a sample for so many days after the last session that used it.
    #[arg(
        long,
        env = "LOCKSTEP_KEEP_SAMPLES",
        default_value_t = 30,
        value_name = "DAYS"
    )]
    pub(crate) keep_samples: u32,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Network")]
pub(crate) struct Web {
    /// Where to listen. 0.0.0.0:7878 lets the local network in.
    #[arg(
        long,
        global = true,
        env = "LOCKSTEP_LISTEN",
        default_value = "127.0.0.1:7878",
        value_name = "ADDRESS:PORT"
    )]
    pub(crate) listen: SocketAddr,
    /// How players reach this server, if a proxy stands before it.
    #[arg(long, env = "LOCKSTEP_PUBLIC_URL", value_name = "URL")]
    pub(crate) public_url: Option<String>,
    /// A proxy whose x-forwarded-for and x-forwarded-proto are believed: an address, or a network
    /// such as 10.0.0.0/8. May be given several times.
    #[arg(
        long = "trusted-proxy",
        env = "LOCKSTEP_TRUSTED_PROXY",
        value_delimiter = ',',
        value_name = "NETWORK",
        value_parser = network
    )]
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Encrypts connections with this certificate, in PEM, followed by those that vouch for it. It
    /// is read again on SIGHUP. Not needed behind a proxy that encrypts.
    #[arg(
        long = "tls-certificate",
        global = true,
        env = "LOCKSTEP_TLS_CERTIFICATE",
        value_name = "FILE",
        requires = "tls_key"
    )]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The certificate's key, in PEM.
    #[arg(
        long = "tls-key",
        global = true,
        env = "LOCKSTEP_TLS_KEY",
        value_name = "FILE",
        requires = "tls_certificate"
    )]
    pub(crate) tls_key: Option<PathBuf>,
    /// Lets pages of another origin use this server. May be given several times.
    #[arg(
        long = "allow-origin",
        env = "LOCKSTEP_ALLOW_ORIGIN",
        value_delimiter = ',',
        value_name = "ORIGIN"
    )]
    pub(crate) allowed_origins: Vec<String>,
    /// Serves the page from a folder in place of the built-in one.
    #[arg(long, env = "LOCKSTEP_WEB", value_name = "FOLDER")]
    pub(crate) web: Option<PathBuf>,
    /// Makes a session at the start, and shows its link.
    #[arg(long, env = "LOCKSTEP_NEW_SESSION")]
    pub(crate) new_session: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct Limits {
    /// Connections that may be open at once.
    #[arg(
        long,
        global = true,
        env = "LOCKSTEP_MAX_CONNECTIONS",
        default_value_t = 20_000,
        value_name = "COUNT"
    )]
    pub(crate) max_connections: usize,
    /// Connections that may be open at once from one address. This machine and trusted proxies may
    /// have more.
    #[arg(
        long,
        env = "LOCKSTEP_MAX_CONNECTIONS_PER_ADDRESS",
        default_value_t = 512,
        value_name = "COUNT"
    )]
    pub(crate) max_connections_per_address: usize,
    /// How many times the usual one address may ask for: requests, new sessions, uploads, exports,
    /// connections. A large school behind one address may want 10; 0 does not count.
    #[arg(
        long,
        env = "LOCKSTEP_RATES",
        default_value_t = 1,
        value_name = "TIMES"
    )]
    pub(crate) rates: u32,
    /// How many edits a second one connection may make, where the protocol's own rate is not wanted.
    #[arg(
        long,
        env = "LOCKSTEP_EDITS_PER_SECOND",
        value_name = "NUMBER",
        hide = true
    )]
    pub(crate) edits_per_second: Option<u32>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Log and metrics")]
pub(crate) struct Log {
    /// How much to log: off, error, warn, info, debug or trace.
    #[arg(
        long = "log",
        env = "LOCKSTEP_LOG",
        default_value = "info",
        value_name = "LEVEL"
    )]
    pub(crate) level: LevelFilter,
    /// Lines for people, or an object a line for programs.
    #[arg(
        long = "log-format",
        env = "LOCKSTEP_LOG_FORMAT",
        default_value = "text",
        value_name = "FORMAT"
    )]
    pub(crate) format: LogFormat,
    /// Lets others than programs on this machine read /api/v1/metrics, by this token.
    #[arg(
        long,
        env = "LOCKSTEP_METRICS_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN",
        value_parser = secret
    )]
    pub(crate) metrics_token: Option<Secret>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

impl Flags {
    /// What a backup holds.
    pub(crate) fn place(&self) -> Kept {
        Kept {
            data: self.data.folder.clone(),
            samples: self.data.samples.clone(),
        }
    }

    pub(crate) fn doctor(&self) -> Doctor {
        Doctor {
            data: self.data.folder.clone(),
            listen: self.web.listen,
            tls: self.tls(),
            connections: self.limits.max_connections,
            open_files: open_files::allowed(),
        }
    }

    pub(crate) fn tls(&self) -> Option<TlsFiles> {
        let (certificate, key) = (&self.web.tls_certificate, &self.web.tls_key);
        Some(TlsFiles {
            certificate: certificate.clone()?,
            key: key.clone()?,
        })
    }

    pub(crate) fn config(&self) -> Config {
        Config {
            public_url: self.web.public_url.clone(),
            allowed_origins: self.web.allowed_origins.clone(),
            trusted_proxies: self.web.trusted_proxies.clone(),
            web: self.web.web.clone(),
            max_connections: self.limits.max_connections,
            max_connections_per_address: self.limits.max_connections_per_address,
            generosity: self.limits.rates,
            edits_per_second: self.limits.edits_per_second,
            tls: self.tls(),
            metrics_token: self.log.metrics_token.clone(),
            keep_sessions: self.data.keep_sessions.map(days),
            quiet: Duration::from_secs(u64::from(self.data.quiet_after)),
            samples: self.data.samples.clone(),
            keep_samples: days(self.data.keep_samples),
            ..Config::new(self.data.folder.clone())
        }
    }
}

fn secret(text: &str) -> Result<Secret, String> {
    if text.len() < SHORTEST_SECRET {
        return Err(format!("it takes {SHORTEST_SECRET} characters at least"));
    }
    Ok(Secret::new(text))
}

fn days(count: u32) -> Duration {
    Duration::from_secs(u64::from(count) * 24 * 3_600)
}

/// A network, or a single address.
fn network(text: &str) -> Result<IpNet, String> {
    let single = || Some(IpNet::from(text.parse::<std::net::IpAddr>().ok()?));
    text.parse()
        .ok()
        .or_else(single)
        .ok_or_else(|| format!("{text:?} is no address or network, such as 10.0.0.0/8"))
}
