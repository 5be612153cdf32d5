//! The open redb file. After a failed write redb takes nothing more until it is opened anew; this
//! is the only place that does so.

use super::tables::{Form, Tables, form};
use crate::clock::ServerClock;
use redb::{Database, DatabaseError};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(super) type Open = Box<dyn Fn() -> Result<Database, DatabaseError> + Send + Sync>;

/// Why a file is not used.
#[derive(Debug)]
pub(super) enum FileError {
    /// A later program wrote it, in this form.
    Later(u64),
    Broken(redb::Error),
}

impl From<redb::Error> for FileError {
    fn from(error: redb::Error) -> Self {
        FileError::Broken(error)
    }
}

impl From<FileError> for redb::Error {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Later(form) => {
                redb::Error::Corrupted(format!("its form became {form} while it was in use"))
            }
            FileError::Broken(error) => error,
        }
    }
}

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
    pub(super) fn open(open: Open) -> Result<Self, FileError> {
        let database = ready(&open)?;
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
        let database = Arc::new(ready(&self.open)?);
        *self.current() = Some(database.clone());
        Ok(database)
    }

    /// Closes the file as soon as nobody reads from it any more.
    pub(super) fn close(&self) {
        drop(self.current().take());
    }

    fn current(&self) -> MutexGuard<'_, Option<Arc<Database>>> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens the file and makes sure of its form and tables, so that readers never miss one. Where all
/// is as it should be nothing is written, so a full disk can be opened for reading at least.
fn ready(open: &Open) -> Result<Database, FileError> {
    // Some damage makes the library panic rather than say so. It is damage all the same.
    catch_unwind(AssertUnwindSafe(|| look_through(open))).unwrap_or_else(|_| {
        let what = "what is in it makes no sense".to_owned();
        Err(FileError::Broken(redb::Error::Corrupted(what)))
    })
}

fn look_through(open: &Open) -> Result<Database, FileError> {
    let database = open().map_err(redb::Error::from)?;
    match form(&database)? {
        Form::Ours => {}
        Form::Later(form) => return Err(FileError::Later(form)),
        Form::Earlier => take_over(&database)?,
    }
    Ok(database)
}

fn take_over(database: &Database) -> Result<(), redb::Error> {
    let transaction = database.begin_write()?;
    Tables::open(&transaction)?.take_over(ServerClock::start().now())?;
    transaction.commit()?;
    Ok(())
}
