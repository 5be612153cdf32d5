//! What the doctor looks at, one thing each.

use super::{Finding, Health};
use crate::store::{self, GlanceError};
use crate::tls::{Tls, TlsFiles};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// No computer that shows an earlier time is right: 2026 began then.
const LONG_AGO: Duration = Duration::from_secs(1_767_225_600);
const FILES_BESIDE_CONNECTIONS: usize = 128;

pub(super) fn data(data: &Path, is_running: bool) -> Finding {
    let finding = |health, says: String| Finding::new("data", health, says);
    let shown = data.display();
    match std::fs::metadata(data) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return finding(
                Health::Ok,
                format!("{shown} is not there yet; the server makes it"),
            );
        }
        Err(error) => {
            let says = format!("{shown} cannot be looked at: {error}. Choose another with --data");
            return finding(Health::Fail, says);
        }
        Ok(found) if !found.is_dir() => {
            let says = format!("{shown} is a file. Choose a folder with --data");
            return finding(Health::Fail, says);
        }
        Ok(_) => {}
    }
    if let Err(error) = tempfile::tempfile_in(data) {
        let says =
            format!("{shown} cannot be written: {error}. Give it to the user who runs the server");
        return finding(Health::Fail, says);
    }
    if is_running {
        return finding(
            Health::Ok,
            format!("{shown} is in use by a server that runs"),
        );
    }
    match store::looked_at(data) {
        Ok(sessions) => finding(Health::Ok, format!("{shown} holds {sessions} sessions")),
        Err(GlanceError::Nothing(_)) => finding(Health::Ok, format!("{shown} is empty")),
        Err(GlanceError::Held(_)) => finding(
            Health::Warn,
            format!("{shown} is in use, but its server does not answer; look at its log"),
        ),
        Err(error @ GlanceError::Unrepaired(_)) => finding(Health::Ok, error.to_string()),
        Err(error @ (GlanceError::Later(_) | GlanceError::Unreadable(..))) => finding(
            Health::Fail,
            format!("{error}. Restore a backup into another folder, or ask for help with this one"),
        ),
    }
}

#[cfg(unix)]
pub(super) fn space(data: &Path) -> Finding {
    /// A server that can write no more turns read-only, so this is said well before.
    const LITTLE_SPACE: u64 = 1024 * 1024 * 1024;
    const NO_SPACE: u64 = 64 * 1024 * 1024;
    let finding = |health, says: String| Finding::new("space", health, says);
    // What is not there yet will lie where the nearest folder above it does.
    let there = data.ancestors().find(|folder| folder.is_dir());
    let there = there.unwrap_or(Path::new("."));
    match rustix::fs::statvfs(there) {
        Err(error) => finding(Health::Warn, format!("free space is not known: {error}")),
        Ok(found) => {
            let free = found.f_bavail.saturating_mul(found.f_frsize);
            let says = format!("{} MB are free", free / 1_000_000);
            if free < NO_SPACE {
                finding(
                    Health::Fail,
                    says + "; sessions cannot be changed. Make room",
                )
            } else if free < LITTLE_SPACE {
                finding(Health::Warn, says + "; make room soon")
            } else {
                finding(Health::Ok, says)
            }
        }
    }
}

#[cfg(not(unix))]
pub(super) fn space(_: &Path) -> Finding {
    Finding::new("space", Health::Ok, "is not looked at on this system")
}

pub(super) fn clock() -> Finding {
    let finding = |health, says: &str| Finding::new("clock", health, says);
    match SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) {
        Ok(now) if now >= LONG_AGO => finding(Health::Ok, "shows a time that can be"),
        _ => finding(
            Health::Fail,
            "shows a time long past, so sessions would be kept too long. Set it, or run an NTP client",
        ),
    }
}

pub(super) fn port(listen: SocketAddr, is_running: bool) -> Finding {
    let finding = |health, says: String| Finding::new("port", health, says);
    match TcpListener::bind(listen) {
        Ok(_) => finding(Health::Ok, format!("{listen} is free")),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && is_running => finding(
            Health::Ok,
            format!("{listen} is in use while our server runs"),
        ),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => finding(
            Health::Fail,
            format!("{listen} is in use by another program. Choose another with --listen"),
        ),
        Err(error) => finding(
            Health::Fail,
            format!("{listen} cannot be listened on: {error}. Choose another with --listen"),
        ),
    }
}

pub(super) fn open_files(connections: usize, allowed: Option<usize>) -> Finding {
    let finding = |health, says: String| Finding::new("open files", health, says);
    match allowed {
        None => finding(Health::Ok, "the system sets no limit".to_owned()),
        Some(allowed) if allowed >= connections.saturating_add(FILES_BESIDE_CONNECTIONS) => {
            finding(Health::Ok, format!("{allowed} are allowed"))
        }
        Some(allowed) => finding(
            Health::Warn,
            format!(
                "{allowed} are allowed, too few for {connections} connections. Raise the limit \
                 (ulimit -n, or LimitNOFILE of the service)"
            ),
        ),
    }
}

pub(super) fn tls(files: Option<&TlsFiles>) -> Finding {
    let finding = |health, says: String| Finding::new("certificate", health, says);
    let Some(files) = files else {
        return finding(
            Health::Ok,
            "none is set: connections are not encrypted here".to_owned(),
        );
    };
    match Tls::read(files.clone()) {
        Ok(_) => finding(
            Health::Ok,
            format!("{} fits its key", files.certificate.display()),
        ),
        Err(error) => finding(Health::Fail, format!("{error}. Look at both files")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::EmbeddedStore;
    use std::net::Ipv4Addr;

    #[test]
    fn a_data_folder_is_well_empty_or_used_and_ill_if_it_cannot_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let health = |path: &Path| data(path, false).health;
        assert_eq!(health(&folder.path().join("later")), Health::Ok);
        assert_eq!(health(folder.path()), Health::Ok);
        let store = EmbeddedStore::open(folder.path()).unwrap();
        assert_eq!(health(folder.path()), Health::Warn);
        assert_eq!(data(folder.path(), true).health, Health::Ok);
        drop(store);
        let finding = data(folder.path(), false);
        assert!(
            finding.to_string().contains("holds 0 sessions"),
            "{finding}"
        );
        let file = folder.path().join("lockstep.redb");
        std::fs::write(&file, b"junk".repeat(2_000)).unwrap();
        assert_eq!(health(folder.path()), Health::Fail);
        assert_eq!(health(&file), Health::Fail);
    }

    #[test]
    fn a_port_in_use_is_ill_unless_we_use_it() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = taken.local_addr().unwrap();
        assert_eq!(port(address, false).health, Health::Fail);
        assert_eq!(port(address, true).health, Health::Ok);
        drop(taken);
        assert_eq!(port(address, false).health, Health::Ok);
    }

    #[test]
    fn too_few_open_files_are_told() {
        assert_eq!(open_files(1_000, Some(1_024)).health, Health::Warn);
        assert_eq!(open_files(1_000, Some(2_000)).health, Health::Ok);
        assert_eq!(open_files(1_000, None).health, Health::Ok);
    }

    #[test]
    fn a_certificate_that_is_not_there_is_told() {
        let files = TlsFiles {
            certificate: "/nowhere/certificate.pem".into(),
            key: "/nowhere/key.pem".into(),
        };
        assert_eq!(tls(Some(&files)).health, Health::Fail);
        assert_eq!(tls(None).health, Health::Ok);
    }
}
