//! Where the document comes from: a file, or a server's data. It must not know what becomes of it.

use crate::import::{self, ImportError};
use crate::link::LinkId;
use crate::store::{GlanceError, Stored, glance};
use lockstep_session::authority::Restored;
use lockstep_session::document::{Document, IllegalDocument};
use lockstep_session::journal::Damage;
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("{0} cannot be read: {1}")]
    File(PathBuf, #[source] std::io::Error),
    #[error("{0} holds no session's document: {1}")]
    NoDocument(PathBuf, String),
    #[error("this document cannot be a session: {0}")]
    Illegal(#[from] IllegalDocument),
    #[error("{0:?} is neither a session's link or id, nor a .json file")]
    NoLink(String),
    #[error("no session in {0} has this link")]
    Unknown(PathBuf),
    #[error(transparent)]
    Store(#[from] GlanceError),
    #[error("the stored session is damaged: {0}")]
    Damaged(#[from] Damage),
}

/// At rest: everything that plays begins at the song's beginning.
pub(super) fn document(session: &str, data: &Path) -> Result<Document, SourceError> {
    let document = if session.ends_with(".json") {
        of_file(Path::new(session))?
    } else {
        let link = link(session).ok_or_else(|| SourceError::NoLink(session.to_owned()))?;
        let stored = glance(data, link.key())?;
        let stored = stored.ok_or_else(|| SourceError::Unknown(data.to_owned()))?;
        restored(&stored)?
    };
    Ok(document.admitted()?)
}

/// The document alone, or the server's answer that holds it.
fn of_file(path: &Path) -> Result<Document, SourceError> {
    let text = std::fs::read(path).map_err(|error| SourceError::File(path.to_owned(), error))?;
    import::document(&text).map_err(|error| match error {
        ImportError::Illegal(error) => SourceError::Illegal(error),
        other => SourceError::NoDocument(path.to_owned(), other.to_string()),
    })
}

/// Of a whole link, or of the id in it.
fn link(text: &str) -> Option<LinkId> {
    let path = text.split(['?', '#']).next()?.trim_end_matches('/');
    LinkId::parse(path.rsplit('/').next()?)
}

fn restored(stored: &Stored) -> Result<Document, SourceError> {
    let restored = Restored::from_bytes(&stored.snapshot, &stored.records.concat())?;
    Ok(restored.document().clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_known_with_and_without_its_address() {
        let id = "fuzzy-penguin-42-0123456789abcdef";
        for text in [
            id.to_owned(),
            format!("http://127.0.0.1:7878/s/{id}"),
            format!("https://jam.example/l/{id}/?x=1#y"),
        ] {
            assert_eq!(link(&text).expect("a link").as_str(), id, "{text}");
        }
        assert!(link("session.wav").is_none());
    }
}
