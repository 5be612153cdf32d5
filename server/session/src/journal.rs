//! What a session leaves on disk, as bytes: framed, versioned and checksummed records.
//! A torn last record is cut off; anything else that is damaged is refused. Knows no file.

use crate::document::Document;
use crate::ids::{EditNumber, PlayerId, Revision, Run};
use crate::protocol::{Ordered, Position};
use serde::{Deserialize, Serialize};

/// One frame to append. The bytes are complete; appending them in order is all a store does.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    bytes: Vec<u8>,
    /// The revision the session has once this record is durable.
    revision: Revision,
    is_edit: bool,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Record")
            .field("revision", &self.revision)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// A whole session at one revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    pub at: Position,
    pub document: Document,
    /// Where each epoch began, oldest first.
    pub epochs: Vec<Position>,
    pub outcomes: Vec<RunOutcomes>,
}

/// The accepted edits of one run, so that a repeated one is answered and not applied again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunOutcomes {
    pub player: PlayerId,
    pub run: Run,
    pub accepted: Vec<(EditNumber, Revision)>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    Edit(Ordered),
    /// A new life of the authority.
    Epoch(Position),
}

/// What a journal holds, and how many of its bytes are whole records.
#[derive(Clone, Debug, PartialEq)]
pub struct Recovered {
    pub entries: Vec<Entry>,
    pub whole: usize,
}

/// Damage that a crash cannot explain. The bytes must be left as they are.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    #[error("byte {at}: not the beginning of a record")]
    NotARecord { at: usize },
    #[error("byte {at}: the record's contents do not match their checksum")]
    Checksum { at: usize },
    #[error("byte {at}: written by a later version ({version})")]
    LaterVersion { at: usize, version: u8 },
    #[error("byte {at}: the record cannot be read: {detail}")]
    Unreadable { at: usize, detail: String },
    #[error("revision {found} follows revision {after}")]
    OutOfOrder { after: u64, found: u64 },
    #[error("revision {revision} does not fit the document: {detail}")]
    DoesNotApply { revision: u64, detail: String },
    #[error("the snapshot is incomplete")]
    ShortSnapshot,
}

const MAGIC: [u8; 4] = *b"LSJ1";
const VERSION: u8 = 1;
/// magic 4, kind 1, version 1, zero 2, length 4, checksum of the payload 4, checksum of all that 4
const HEADER: usize = 20;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Edit = 1,
    Epoch = 2,
    Snapshot = 3,
}

impl Record {
    /// `text` is the ordered edit as it is broadcast.
    pub(crate) fn edit(text: &str, revision: Revision) -> Record {
        // The broadcast is `{"edit":ORDERED}`; the journal holds the ordered edit itself.
        let ordered = text
            .strip_prefix("{\"edit\":")
            .and_then(|rest| rest.strip_suffix('}'))
            .unwrap_or(text);
        Record {
            bytes: frame(Kind::Edit, ordered.as_bytes()),
            revision,
            is_edit: true,
        }
    }

    pub(crate) fn epoch(position: Position) -> Record {
        let payload = crate::protocol::encode(&position);
        Record {
            bytes: frame(Kind::Epoch, payload.as_bytes()),
            revision: position.revision,
            is_edit: false,
        }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// Whether it is an edit, and not only the beginning of an epoch.
    pub fn is_edit(&self) -> bool {
        self.is_edit
    }
}

impl Snapshot {
    pub fn to_bytes(&self) -> Vec<u8> {
        // Written in place: a large session would otherwise be copied once more.
        let mut bytes = vec![0; HEADER];
        serde_json::to_writer(&mut bytes, self)
            .expect("a snapshot has string keys and no failing parts");
        sealed(Kind::Snapshot, bytes)
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Snapshot, Damage> {
        let Some(Frame {
            kind,
            payload,
            rest,
        }) = unframe(bytes, 0)?
        else {
            return Err(Damage::ShortSnapshot);
        };
        if kind != Kind::Snapshot as u8 || !rest.is_empty() {
            return Err(Damage::NotARecord {
                at: bytes.len() - rest.len(),
            });
        }
        serde_json::from_slice(payload).map_err(|error| Damage::Unreadable {
            at: HEADER,
            detail: error.to_string(),
        })
    }
}

/// Reads a journal from its beginning.
pub fn recover(journal: &[u8]) -> Result<Recovered, Damage> {
    let mut entries = Vec::new();
    let mut rest = journal;
    while !rest.is_empty() {
        let at = journal.len() - rest.len();
        let Some(Frame {
            kind,
            payload,
            rest: behind,
        }) = unframe(rest, at)?
        else {
            break;
        };
        let unreadable = |error: serde_json::Error| Damage::Unreadable {
            at,
            detail: error.to_string(),
        };
        if kind == Kind::Edit as u8 {
            entries.push(Entry::Edit(
                serde_json::from_slice(payload).map_err(unreadable)?,
            ));
        } else if kind == Kind::Epoch as u8 {
            entries.push(Entry::Epoch(
                serde_json::from_slice(payload).map_err(unreadable)?,
            ));
        } else {
            return Err(Damage::NotARecord { at });
        }
        rest = behind;
    }
    Ok(Recovered {
        entries,
        whole: journal.len() - rest.len(),
    })
}

fn frame(kind: Kind, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER + payload.len());
    bytes.extend_from_slice(&[0; HEADER]);
    bytes.extend_from_slice(payload);
    sealed(kind, bytes)
}

/// Fills in the header of a payload that was written behind room for one.
fn sealed(kind: Kind, mut bytes: Vec<u8>) -> Vec<u8> {
    let (header, payload) = bytes.split_at_mut(HEADER);
    let length = u32::try_from(payload.len()).expect("a record is far smaller than 4 GiB");
    header[..4].copy_from_slice(&MAGIC);
    header[4..8].copy_from_slice(&[kind as u8, VERSION, 0, 0]);
    header[8..12].copy_from_slice(&length.to_le_bytes());
    header[12..16].copy_from_slice(&crc32fast::hash(payload).to_le_bytes());
    let check = crc32fast::hash(&header[..16]).to_le_bytes();
    header[16..].copy_from_slice(&check);
    bytes
}

struct Frame<'a> {
    kind: u8,
    payload: &'a [u8],
    /// What lies behind it.
    rest: &'a [u8],
}

/// The first record; nothing where it is torn.
fn unframe(bytes: &[u8], at: usize) -> Result<Option<Frame<'_>>, Damage> {
    let Some((header, behind)) = bytes.split_at_checked(HEADER) else {
        // Too short for a header: torn, if it begins like one.
        let begins = bytes
            .iter()
            .zip(MAGIC)
            .all(|(found, expected)| *found == expected);
        return if begins {
            Ok(None)
        } else {
            Err(Damage::NotARecord { at })
        };
    };
    let word = |place: usize| {
        u32::from_le_bytes([
            header[place],
            header[place + 1],
            header[place + 2],
            header[place + 3],
        ])
    };
    if header[..4] != MAGIC || crc32fast::hash(&header[..16]) != word(16) {
        return Err(Damage::NotARecord { at });
    }
    if header[5] > VERSION {
        return Err(Damage::LaterVersion {
            at,
            version: header[5],
        });
    }
    let length = usize::try_from(word(8)).expect("32 bits fit");
    let Some((payload, rest)) = behind.split_at_checked(length) else {
        return Ok(None);
    };
    if crc32fast::hash(payload) != word(12) {
        // The length reached the disk and the contents did not: torn, if nothing follows.
        return if rest.is_empty() {
            Ok(None)
        } else {
            Err(Damage::Checksum { at })
        };
    }
    Ok(Some(Frame {
        kind: header[4],
        payload,
        rest,
    }))
}

#[cfg(test)]
mod tests;
