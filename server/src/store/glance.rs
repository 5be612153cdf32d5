//! A look into the data of a server that is not running. It changes nothing; only what a crash left
//! behind is repaired, as a server would.

use super::embedded::{FILE_NAME, stored};
use super::tables::LINKS;
use super::{SessionKey, Stored};
use crate::link::LinkKey;
use redb::{Database, DatabaseError, ReadOnlyDatabase, ReadableDatabase};
use std::path::{Path, PathBuf};

#[derive(Debug, thiserror::Error)]
pub enum GlanceError {
    #[error("there is no data of a lockstep-server in {0}")]
    Nothing(PathBuf),
    #[error(
        "a lockstep-server is using {0}. Stop it first, or ask it: save the answer of \
         its /api/v1/sessions/ID as a .json file, and export that"
    )]
    Held(PathBuf),
    #[error("the data in {0} cannot be read: {1}")]
    Unreadable(PathBuf, #[source] Box<redb::Error>),
}

/// What is stored of the session that a link leads to.
pub(crate) fn glance(directory: &Path, link: LinkKey) -> Result<Option<Stored>, GlanceError> {
    let path = directory.join(FILE_NAME);
    if !path.is_file() {
        return Err(GlanceError::Nothing(directory.to_owned()));
    }
    let seen = match ReadOnlyDatabase::open(&path) {
        Ok(database) => seen(&database, link),
        Err(DatabaseError::RepairAborted) => Database::open(&path)
            .map_err(redb::Error::from)
            .and_then(|database| seen(&database, link)),
        Err(error) => Err(error.into()),
    };
    seen.map_err(|error| match error {
        redb::Error::DatabaseAlreadyOpen => GlanceError::Held(directory.to_owned()),
        error => GlanceError::Unreadable(directory.to_owned(), Box::new(error)),
    })
}

fn seen(database: &impl ReadableDatabase, link: LinkKey) -> Result<Option<Stored>, redb::Error> {
    let transaction = database.begin_read()?;
    let links = transaction.open_table(LINKS)?;
    let Some(session) = links.get(&link.0)?.map(|entry| entry.value().0) else {
        return Ok(None);
    };
    stored(&transaction, SessionKey(session))
}
