//! An archive read from a file: first looked through whole, then handed out.

use super::{ArchiveError, END, End, FORMAT, MANIFEST, Manifest, SAMPLES, SESSIONS, entry, hex};
use crate::store::Archived;
use bytes::Bytes;
use lockstep_session::authority::Restored;
use lockstep_session::ids::SampleId;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// Nothing that a server keeps is larger.
const LARGEST_ENTRY: u64 = 256 * 1024 * 1024;

/// One thing in an archive.
#[derive(Debug)]
pub(crate) enum Item {
    Session(Box<Archived>),
    Sample(Bytes),
}

/// What a sound archive holds.
#[derive(Clone, Debug)]
pub(crate) struct Contents {
    pub(crate) manifest: Manifest,
    pub(crate) sessions: u64,
    pub(crate) samples: u64,
}

/// Looks through all of it: nothing is missing, every hash is right, every session can be opened.
pub(crate) fn check(path: &Path) -> Result<Contents, ArchiveError> {
    open(path, |name, item| {
        let Item::Session(session) = item else {
            return Ok(());
        };
        let damaged = |what: String| ArchiveError::Damaged(name.to_owned(), what);
        let journal = session.records.concat();
        let restored = Restored::from_bytes(&session.snapshot, &journal);
        let restored = restored.map_err(|damage| damaged(damage.to_string()))?;
        if restored.whole() == journal.len() {
            Ok(())
        } else {
            Err(damaged("its last record is incomplete".to_owned()))
        }
    })
}

/// Hands out everything in its order, each with its name in the archive.
pub(crate) fn open(
    path: &Path,
    mut take: impl FnMut(&str, Item) -> Result<(), ArchiveError>,
) -> Result<Contents, ArchiveError> {
    let mut archive = tar::Archive::new(BufReader::new(File::open(path)?));
    let mut hash = Sha256::new();
    let (mut sessions, mut samples) = (0, 0);
    let mut manifest = None;
    let foreign = |_| ArchiveError::Foreign;
    for found in archive.entries().map_err(foreign)? {
        let cut_short = |_| ArchiveError::CutShort;
        let mut found = if manifest.is_none() {
            found.map_err(foreign)?
        } else {
            found.map_err(cut_short)?
        };
        let name = String::from_utf8_lossy(&found.path_bytes()).into_owned();
        if found.size() > LARGEST_ENTRY {
            return Err(ArchiveError::Damaged(name, "it is too large".to_owned()));
        }
        let length = found.size();
        let mut bytes = Vec::new();
        found.read_to_end(&mut bytes).map_err(cut_short)?;
        if u64::try_from(bytes.len()) != Ok(length) {
            return Err(ArchiveError::CutShort);
        }
        let damaged = |what: String| ArchiveError::Damaged(name.clone(), what);
        match (&manifest, name.split_once('/')) {
            (None, None) if name == MANIFEST => manifest = Some(read_manifest(&bytes)?),
            (None, _) => return Err(ArchiveError::Foreign),
            (Some(_), Some((SESSIONS, _))) => {
                let session = entry::from_bytes(&bytes)
                    .ok_or_else(|| damaged("it is no session".to_owned()))?;
                sessions += 1;
                take(&name, Item::Session(Box::new(session)))?;
            }
            (Some(_), Some((SAMPLES, sample))) => {
                if SampleId::of(&bytes).hex() != sample {
                    return Err(damaged("its bytes are not those of its name".to_owned()));
                }
                samples += 1;
                hash.update(Sha256::digest(&bytes));
                take(&name, Item::Sample(bytes.into()))?;
                continue;
            }
            (Some(manifest), None) if name == END => {
                let end: End =
                    serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))?;
                let counted = End {
                    sessions,
                    samples,
                    hash: hex(&hash.finalize()),
                };
                if end != counted || sessions != manifest.sessions {
                    return Err(damaged("something before it has changed".to_owned()));
                }
                return Ok(Contents {
                    manifest: manifest.clone(),
                    sessions,
                    samples,
                });
            }
            (Some(_), _) => return Err(damaged("it does not belong there".to_owned())),
        }
        hash.update(Sha256::digest(&bytes));
    }
    Err(if manifest.is_none() {
        ArchiveError::Foreign
    } else {
        ArchiveError::CutShort
    })
}

fn read_manifest(bytes: &[u8]) -> Result<Manifest, ArchiveError> {
    #[derive(serde::Deserialize)]
    struct Form {
        format: u32,
        version: String,
    }
    let form: Form = serde_json::from_slice(bytes).map_err(|_| ArchiveError::Foreign)?;
    if form.format > FORMAT {
        return Err(ArchiveError::Later(form.version));
    }
    serde_json::from_slice(bytes).map_err(|_| ArchiveError::Foreign)
}
