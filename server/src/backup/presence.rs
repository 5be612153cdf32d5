//! How a server that runs is found by the subcommands: a file in its data folder that only its own
//! user can read. It is a hint; the lock on the store is what keeps two servers apart.

use crate::secret::Secret;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

const FILE_NAME: &str = "server.json";

#[derive(Serialize, Deserialize)]
struct Told {
    /// On this machine only.
    address: SocketAddr,
    token: String,
    version: String,
}

/// Dropping it takes the file away.
#[derive(Debug)]
pub(crate) struct Presence {
    path: PathBuf,
}

impl Presence {
    pub(crate) fn announce(
        data: &Path,
        address: SocketAddr,
        token: &Secret,
    ) -> io::Result<Presence> {
        let told = Told {
            address,
            token: token.reveal().to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        // A temporary file is its owner's alone from the moment it is made.
        let mut file = tempfile::NamedTempFile::new_in(data)?;
        file.write_all(&serde_json::to_vec(&told)?)?;
        let path = data.join(FILE_NAME);
        file.persist(&path).map_err(|error| error.error)?;
        Ok(Presence { path })
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        // Whoever finds it later finds nobody at the address.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Where a server that uses this data says it is. It may have been killed since.
pub(crate) fn announced(data: &Path) -> io::Result<Option<(SocketAddr, Secret)>> {
    let text = match std::fs::read(data.join(FILE_NAME)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        text => text?,
    };
    // A crash of the machine may have left half of it.
    let told: Option<Told> = serde_json::from_slice(&text).ok();
    Ok(told.map(|told| (told.address, Secret::new(told.token))))
}
