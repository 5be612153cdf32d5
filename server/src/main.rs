//! The program: flags, log, signals, and a link to begin with.
#![forbid(unsafe_code)]

mod terminal;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use lockstep_server::export::Export;
use lockstep_server::{Config, Server};
use std::io::{IsTerminal, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;
use tracing::level_filters::LevelFilter;

/// Serves Lockstep sessions: one program, its data in one folder.
#[derive(Debug, Parser)]
#[command(version)]
struct Flags {
    #[command(subcommand)]
    command: Option<Command>,
    /// Where to listen. 0.0.0.0:7878 lets the local network in.
    #[arg(
        long,
        env = "LOCKSTEP_LISTEN",
        default_value = "127.0.0.1:7878",
        value_name = "ADDRESS:PORT"
    )]
    listen: SocketAddr,
    /// The folder that keeps the sessions.
    #[arg(
        long,
        global = true,
        env = "LOCKSTEP_DATA",
        default_value = "lockstep-data",
        value_name = "FOLDER"
    )]
    data: PathBuf,
    /// Makes a session at the start, and shows its link.
    #[arg(long)]
    new_session: bool,
    /// How players reach this server, if a proxy stands before it.
    #[arg(long, env = "LOCKSTEP_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// Lets pages of another origin use this server. May be given several times.
    #[arg(
        long = "allow-origin",
        env = "LOCKSTEP_ALLOW_ORIGIN",
        value_delimiter = ',',
        value_name = "ORIGIN"
    )]
    allowed_origins: Vec<String>,
    /// Serves the page from a folder in place of the built-in one.
    #[arg(long, env = "LOCKSTEP_WEB", value_name = "FOLDER")]
    web: Option<PathBuf>,
    /// A session in which nobody edits for so long leaves memory; its players stay connected.
    #[arg(
        long,
        env = "LOCKSTEP_QUIET_AFTER",
        default_value = "60",
        value_name = "SECONDS"
    )]
    quiet_after: u32,
    /// How much to log: off, error, warn, info, debug or trace.
    #[arg(
        long,
        env = "LOCKSTEP_LOG",
        default_value = "info",
        value_name = "LEVEL"
    )]
    log: LevelFilter,
    /// How many edits a second one connection may make, where the protocol's own rate is not wanted.
    #[arg(
        long,
        env = "LOCKSTEP_EDITS_PER_SECOND",
        value_name = "NUMBER",
        hide = true
    )]
    edits_per_second: Option<u32>,
}

/// What else it does than serve.
#[derive(Debug, Subcommand)]
enum Command {
    Export(Export),
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let flags = Flags::parse();
    match flags.command {
        Some(Command::Export(ref export)) => Ok(write_files(export, &flags.data)),
        None => serve(flags).await,
    }
}

async fn serve(flags: Flags) -> Result<ExitCode> {
    tracing_subscriber::fmt()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .with_max_level(flags.log)
        .with_target(false)
        .init();
    let listener = TcpListener::bind(flags.listen)
        .await
        .with_context(|| format!("cannot listen on {}", flags.listen))?;
    let address = listener.local_addr()?;
    let server = Server::open(Config {
        public_url: flags.public_url.clone(),
        allowed_origins: flags.allowed_origins,
        web: flags.web,
        edits_per_second: flags.edits_per_second,
        quiet: Duration::from_secs(u64::from(flags.quiet_after)),
        ..Config::new(flags.data)
    })?;
    // Whoever started it may have stopped reading.
    let _ = writeln!(std::io::stdout(), "listening on http://{address}");
    if flags.new_session {
        let session = server
            .new_session()
            .await
            .context("cannot make a session")?;
        let base = flags
            .public_url
            .unwrap_or_else(|| format!("http://{}", reachable(address)));
        terminal::show_link(&session.link(&base));
    }
    server.run(listener, stopped()).await;
    Ok(ExitCode::SUCCESS)
}

/// What goes wrong here is for the one who asked, in one sentence and without a trace of the code.
fn write_files(export: &Export, data: &Path) -> ExitCode {
    let exported = match export.run(data) {
        Ok(exported) => exported,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            return ExitCode::FAILURE;
        }
    };
    for warning in exported.warnings {
        let _ = writeln!(std::io::stderr(), "note: {warning}");
    }
    for file in exported.files {
        let _ = writeln!(std::io::stdout(), "{file}");
    }
    ExitCode::SUCCESS
}

/// The address to name to others: one of this machine's own, if it listens on all of them.
fn reachable(address: SocketAddr) -> SocketAddr {
    if !address.ip().is_unspecified() {
        return address;
    }
    SocketAddr::new(
        local_network_address().unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        address.port(),
    )
}

/// The address that packets to elsewhere would leave from. None is sent to find out.
fn local_network_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    // An address reserved for documentation: it has a route and no owner.
    socket.connect((Ipv4Addr::new(192, 0, 2, 1), 9)).ok()?;
    socket.local_addr().ok().map(|address| address.ip())
}

/// Waits until someone asks the program to stop.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    // Without signals the program runs until it is killed.
    if interrupted.await.is_err() {
        std::future::pending::<()>().await;
    }
}
