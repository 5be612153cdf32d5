//! The log on the standard error stream, and what it begins with: how the server was set up.

use crate::flags::{Flags, Log, LogFormat};
use std::fmt::Display;
use std::io::IsTerminal;

pub(crate) fn start(log: &Log) {
    let lines = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(log.level)
        .with_target(false);
    match log.format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => lines.json().init(),
    }
}

/// One block that says everything an operator may want to check, and no secret.
pub(crate) fn tell_settings(flags: &Flags, max_connections: usize) {
    let version = env!("CARGO_PKG_VERSION");
    let Flags {
        data,
        web,
        limits,
        log,
        ..
    } = flags;
    let tls = web.tls_certificate.as_ref().map(|path| path.display());
    let settings = [
        ("data", data.folder.display().to_string()),
        ("keep sessions", days(data.keep_sessions)),
        ("listen", web.listen.to_string()),
        (
            "public url",
            or("as each client reached it", web.public_url.as_ref()),
        ),
        ("TLS certificate", or("none", tls)),
        ("trusted proxies", list(&web.trusted_proxies)),
        ("allowed origins", list(&web.allowed_origins)),
        (
            "page",
            or("built in", web.web.as_ref().map(|path| path.display())),
        ),
        ("connections", max_connections.to_string()),
        (
            "of one address",
            limits.max_connections_per_address.to_string(),
        ),
        ("rates", format!("{} times the usual", limits.rates)),
        (
            "metrics token",
            or("not set", log.metrics_token.as_ref().map(|_| "set")),
        ),
    ];
    let lines: Vec<String> = settings
        .iter()
        .map(|(name, value)| format!("    {name:<16}{value}"))
        .collect();
    tracing::info!("lockstep-server {version}\n{}", lines.join("\n"));
}

fn or(otherwise: &str, value: Option<impl Display>) -> String {
    value.map_or_else(|| otherwise.to_owned(), |value| value.to_string())
}

fn list(values: &[impl Display]) -> String {
    let values: Vec<String> = values.iter().map(ToString::to_string).collect();
    if values.is_empty() {
        return "none".to_owned();
    }
    values.join(", ")
}

fn days(keep: Option<u32>) -> String {
    or(
        "for ever",
        keep.map(|days| format!("{days} days from their last edit")),
    )
}
