//! A backup as one file: a tar of what it holds, every session, every sample, and a last word that
//! proves that nothing is missing. It knows no server; whether a session is sound is asked of the
//! session crate.

mod entry;
mod reading;
mod restoring;

pub(crate) use reading::{Contents, check};
pub(crate) use restoring::{Done, restore};

use crate::store::EmbeddedStore;
use lockstep_session::ids::SampleId;
use lockstep_session::units::ServerTime;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tar::{Builder, Header};

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
pub(crate) fn write<W: Write>(
    store: &EmbeddedStore,
    data: &Path,
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
    let mut samples = 0;
    for path in sample_files(&data.join(SAMPLES))? {
        // One that is taken away meanwhile was named by no session.
        if let Ok(bytes) = std::fs::read(&path)
            && let Some(name) =
                sample_name(&path).filter(|name| *name == hex(&SampleId::of(&bytes).bytes()))
        {
            writing.add(&format!("{SAMPLES}/{name}"), &bytes)?;
            samples += 1;
        }
    }
    let end = End {
        sessions,
        samples,
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

/// The files below a folder of samples that are named like one.
fn sample_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let shelves = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(files),
        shelves => shelves?,
    };
    for shelf in shelves {
        let shelf = shelf?;
        if shelf.file_type()?.is_dir() {
            for file in std::fs::read_dir(shelf.path())? {
                files.push(file?.path());
            }
        }
    }
    files.retain(|path| sample_name(path).is_some());
    files.sort();
    Ok(files)
}

fn sample_name(path: &Path) -> Option<&str> {
    let name = path.file_name()?.to_str()?;
    is_hash(name).then_some(name)
}

fn is_hash(name: &str) -> bool {
    let hexadecimal = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    name.len() == 64 && name.bytes().all(hexadecimal)
}

/// Where a server keeps a sample.
pub(crate) fn place_of(data: &Path, name: &str) -> PathBuf {
    data.join(SAMPLES).join(&name[..2]).join(name)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Keeps a sample under its name. What is there already is the same.
pub(crate) fn keep_sample(data: &Path, name: &str, bytes: &[u8]) -> io::Result<bool> {
    let place = place_of(data, name);
    let shelf = place.parent().expect("a sample lies on a shelf");
    std::fs::create_dir_all(shelf)?;
    if place.exists() {
        return Ok(false);
    }
    let mut file = tempfile::NamedTempFile::new_in(data)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(&place).map_err(|error| error.error)?;
    // The name is durable once its folder is.
    File::open(shelf)?.sync_all()?;
    Ok(true)
}
