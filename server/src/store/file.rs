//! The open redb file. After a failed write redb takes nothing more until it is opened anew; this
//! is the only place that does so.

use super::tables::{EPOCHS, LINKS, METAS, RECORDS, SNAPSHOTS, Tables};
use redb::{Database, DatabaseError, ReadableDatabase, TableError};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(super) type Open = Box<dyn Fn() -> Result<Database, DatabaseError> + Send + Sync>;

pub(super) struct File {
    open: Open,
    database: Mutex<Option<Arc<Database>>>,
}

impl fmt::Debug for File {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("File")
            .field("is_open", &self.current().is_some())
            .finish()
    }
}

impl File {
    pub(super) fn open(open: Open) -> Result<Self, redb::Error> {
        let database = with_tables(&open)?;
        Ok(Self {
            open,
            database: Mutex::new(Some(Arc::new(database))),
        })
    }

    /// The file to read from, unless it could not be opened again after a failure.
    pub(super) fn database(&self) -> Option<Arc<Database>> {
        self.current().clone()
    }

    /// Closes the file and opens it again. Only the writer, between its transactions, may ask for this.
    pub(super) fn reopen(&self) -> Result<Arc<Database>, redb::Error> {
        if let Some(database) = self.current().take() {
            // Readers are short; while one is left the file stays locked against ourselves.
            while Arc::strong_count(&database) > 1 {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        let database = Arc::new(with_tables(&self.open)?);
        *self.current() = Some(database.clone());
        Ok(database)
    }

    fn current(&self) -> MutexGuard<'_, Option<Arc<Database>>> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens the file and makes sure of its tables, so that readers never miss one. Where they are all
/// there nothing is written, so a full disk can be opened for reading at least.
fn with_tables(open: &Open) -> Result<Database, redb::Error> {
    let database = open()?;
    if !has_tables(&database)? {
        let transaction = database.begin_write()?;
        drop(Tables::open(&transaction)?);
        transaction.commit()?;
    }
    Ok(database)
}

fn has_tables(database: &Database) -> Result<bool, redb::Error> {
    let transaction = database.begin_read()?;
    let opened = || {
        transaction.open_table(LINKS)?;
        transaction.open_table(EPOCHS)?;
        transaction.open_table(SNAPSHOTS)?;
        transaction.open_table(RECORDS)?;
        transaction.open_table(METAS)?;
        Ok(())
    };
    match opened() {
        Ok(()) => Ok(true),
        Err(TableError::TableDoesNotExist(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
