//! A backup as one file: a tar of what it holds, every session, every sample, and a last word that
//! proves that nothing is missing. It knows no server; whether a session is sound is asked of the
//! session crate.

mod entry;
mod reading;
mod restoring;

pub(crate) use reading::{Contents, check};
pub(crate) use restoring::{Done, restore};

use crate::samples::{Samples, VaultError};
use crate::store::{EmbeddedStore, SampleRegistry};
use lockstep_session::units::ServerTime;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::{self, Write};
use tar::{Builder, Header};
use tokio::runtime::Handle;

/// The form of an archive; a later one is refused.
const FORMAT: u32 = 1;
const MANIFEST: &str = "lockstep-backup.json";
const END: &str = "end.json";
const SESSIONS: &str = "sessions";
const SAMPLES: &str = "samples";

/// What an archive begins with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Manifest {
    format: u32,
    /// Of the program that made it.
    pub(crate) version: String,
    /// In microseconds since 1970.
    pub(crate) made: i64,
    pub(crate) sessions: u64,
}

/// What an archive ends with.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct End {
    sessions: u64,
    samples: u64,
    /// Over the hashes of all entries before, in their order.
    hash: String,
}

#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("the data cannot be read: {0}")]
    Store(#[from] crate::store::StoreError),
    #[error("the data cannot be read: {0}")]
    Data(#[from] redb::Error),
    #[error("a sample of it cannot be kept: {0}")]
    Sample(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("it is no backup of a lockstep-server")]
    Foreign,
    #[error("it was made by a later lockstep-server ({0}); use that version or a later one")]
    Later(String),
    #[error("it is cut short")]
    CutShort,
    #[error("{0} in it is damaged: {1}")]
    Damaged(String, String),
}

/// Writes everything that is in the store at this moment, and the samples beside it.
///
/// It blocks, and waits for what the runtime does; so it runs on a thread that may.
pub(crate) fn write<W: Write>(
    store: &EmbeddedStore,
    samples: &Samples,
    runtime: &Handle,
    now: ServerTime,
    to: W,
) -> Result<W, ArchiveError> {
    let whole = store.whole()?;
    let mut writing = Writing {
        tar: Builder::new(to),
        entries: Sha256::new(),
        now,
    };
    let manifest = Manifest {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        made: now.as_micros(),
        sessions: whole.count()?,
    };
    writing.add(
        MANIFEST,
        &serde_json::to_vec(&manifest).map_err(io::Error::from)?,
    )?;
    let mut sessions = 0;
    whole.each(|session| {
        sessions += 1;
        writing.add(
            &format!("{SESSIONS}/{sessions}"),
            &entry::to_bytes(&session),
        )
    })?;
    // What a session names was kept before it, so none of them is missed now.
    let mut kept = 0;
    for sample in runtime.block_on(store.all_kept())?.into_keys() {
        match runtime.block_on(samples.vault().read(sample)) {
            Ok(bytes) => {
                writing.add(&format!("{SAMPLES}/{}", sample.hex()), &bytes)?;
                kept += 1;
            }
            // One that was taken away meanwhile was named by no session.
            Err(VaultError::Missing) => {}
            // The rest is worth keeping all the more.
            Err(error) => {
                tracing::error!(sample = sample.hex(), %error, "a sample is left out of a backup");
            }
        }
    }
    let end = End {
        sessions,
        samples: kept,
        hash: hex(&writing.entries.clone().finalize()),
    };
    writing.add(END, &serde_json::to_vec(&end).map_err(io::Error::from)?)?;
    Ok(writing.tar.into_inner()?)
}

struct Writing<W: Write> {
    tar: Builder<W>,
    entries: Sha256,
    now: ServerTime,
}

impl<W: Write> Writing<W> {
    fn add(&mut self, path: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.entries.update(Sha256::digest(bytes));
        let mut header = Header::new_gnu();
        header.set_size(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        header.set_mode(0o600);
        let seconds = self.now.as_micros().max(0).unsigned_abs() / 1_000_000;
        header.set_mtime(seconds);
        self.tar.append_data(&mut header, path, bytes)?;
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
