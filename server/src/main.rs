//! The program: flags, log, signals, and a link to begin with.
#![forbid(unsafe_code)]

#[path = "main/flags.rs"]
mod flags;
#[path = "main/log.rs"]
mod log;
#[path = "main/open_files.rs"]
mod open_files;
mod terminal;

use anyhow::{Result, anyhow};
use clap::Parser;
use flags::{Command, Flags};
use lockstep_server::backup::BackupError;
use lockstep_server::doctor::{Doctor, Health};
use lockstep_server::export::Export;
use lockstep_server::{Server, Tls};
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

#[tokio::main]
async fn main() -> ExitCode {
    match perform(Flags::parse()).await {
        Ok(code) => code,
        Err(error) => {
            // Whoever started it wants a sentence, not a trace of the code.
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn perform(flags: Flags) -> Result<ExitCode> {
    match flags.command {
        Some(Command::Export(ref export)) => Ok(write_files(export, &flags.data.folder)),
        Some(Command::Backup(ref backup)) => {
            let (backup, place, runtime) = (backup.clone(), flags.place(), Handle::current());
            let done = spawn_blocking(move || backup.run(&place, &runtime));
            Ok(tell(done.await?))
        }
        Some(Command::Restore(ref restore)) => {
            let (restore, place, runtime) = (restore.clone(), flags.place(), Handle::current());
            let done = spawn_blocking(move || restore.run(&place, &runtime));
            Ok(tell(done.await?))
        }
        Some(Command::Doctor) => Ok(examine(&flags.doctor())),
        None => serve(flags).await,
    }
}

async fn serve(flags: Flags) -> Result<ExitCode> {
    log::start(&flags.log);
    let listener = TcpListener::bind(flags.web.listen)
        .await
        .map_err(|error| anyhow!("cannot listen on {}: {error}", flags.web.listen))?;
    let address = listener.local_addr()?;
    let mut config = flags.config();
    config.max_connections = open_files::make_room(config.max_connections);
    log::tell_settings(&flags, config.max_connections);
    let server = Server::open(config)?;
    let scheme = if let Some(tls) = server.tls() {
        tokio::spawn(renew(tls));
        "https"
    } else {
        "http"
    };
    // Whoever started it may have stopped reading.
    let _ = writeln!(std::io::stdout(), "listening on {scheme}://{address}");
    if flags.web.new_session {
        let session = server
            .new_session()
            .await
            .map_err(|error| anyhow!("cannot make a session: {error}"))?;
        let base = flags
            .web
            .public_url
            .unwrap_or_else(|| format!("{scheme}://{}", reachable(address)));
        terminal::show_link(&session.link(&base));
    }
    server.run(listener, stopped()).await;
    Ok(ExitCode::SUCCESS)
}

/// It fails if the server would.
fn examine(doctor: &Doctor) -> ExitCode {
    let findings = doctor.findings();
    for finding in &findings {
        let _ = writeln!(std::io::stdout(), "{finding}");
    }
    if findings
        .iter()
        .any(|finding| finding.health() == Health::Fail)
    {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}

/// What was done, or what went wrong in one sentence.
fn tell(outcome: Result<String, BackupError>) -> ExitCode {
    match outcome {
        Ok(done) => {
            let _ = writeln!(std::io::stdout(), "{done}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
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

/// Reads the certificate again whenever it is said that it was renewed.
async fn renew(tls: Arc<Tls>) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut renewed) = signal(SignalKind::hangup()) else {
            return;
        };
        while renewed.recv().await.is_some() {
            match tls.reload() {
                Ok(()) => tracing::info!("the certificate was read again"),
                Err(error) => tracing::error!(%error, "the former certificate stays in use"),
            }
        }
    }
    #[cfg(not(unix))]
    drop(tls);
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
