//! The store of a single server: one redb file in the data directory, written by one thread.

use super::file::{File, FileError};
use super::sweep::{self, Keep};
use super::tables::{EPOCHS, LINKS, RECORDS, SNAPSHOTS};
use super::writer::{Job, Writer};
use super::{Answer, Holding, Lease, OpenError, Place, SessionKey, Store, StoreError, Stored};
use crate::link::LinkKey;
use crate::metrics::StoreMetrics;
use lockstep_session::ids::Epoch;
use lockstep_session::protocol::Role;
use lockstep_session::units::{ServerTime, Span};
use redb::{Database, DatabaseError, ReadTransaction, ReadableDatabase, ReadableTableMetadata};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

pub(super) const FILE_NAME: &str = "lockstep.redb";
/// Pages that redb keeps in memory; its own default is a gibibyte.
const CACHE_BYTES: usize = 64 * 1024 * 1024;
/// When a session was last edited is known this exactly.
const TOUCH_EVERY: Span = Span::from_seconds(3_600);
/// Sessions that are removed in one transaction, so that nobody else's write waits long.
const SWEPT_TOGETHER: usize = 64;

#[derive(Debug)]
pub struct EmbeddedStore {
    pub(super) file: Arc<File>,
    writer: Arc<Writer>,
    /// When the writer was last told that a session was edited.
    touched: Mutex<HashMap<SessionKey, ServerTime>>,
}

impl EmbeddedStore {
    pub fn open(directory: &Path) -> Result<Self, OpenError> {
        Self::open_metered(directory, StoreMetrics::default())
    }

    pub(crate) fn open_metered(directory: &Path, metrics: StoreMetrics) -> Result<Self, OpenError> {
        std::fs::create_dir_all(directory)
            .map_err(|error| OpenError::Directory(directory.to_owned(), error))?;
        let path = directory.join(FILE_NAME);
        let open = move || {
            Database::builder()
                .set_cache_size(CACHE_BYTES)
                .create(&path)
        };
        Self::metered(open, metrics).map_err(|error| match error {
            FileError::Later(_) => OpenError::Later(directory.to_owned()),
            FileError::Broken(redb::Error::DatabaseAlreadyOpen) => {
                OpenError::Held(directory.to_owned())
            }
            FileError::Broken(error) => OpenError::Unusable(directory.to_owned(), Box::new(error)),
        })
    }

    #[cfg(test)]
    pub(super) fn on(
        open: impl Fn() -> Result<Database, DatabaseError> + Send + Sync + 'static,
    ) -> Result<Self, FileError> {
        Self::metered(open, StoreMetrics::default())
    }

    fn metered(
        open: impl Fn() -> Result<Database, DatabaseError> + Send + Sync + 'static,
        metrics: StoreMetrics,
    ) -> Result<Self, FileError> {
        let file = Arc::new(File::open(Box::new(open))?);
        let writer = Arc::new(Writer::start(file.clone(), metrics)?);
        Ok(Self {
            file,
            writer,
            touched: Mutex::default(),
        })
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Leaves the file as one that was closed, whoever still holds the store. Nothing is to be asked
    /// of it any more.
    pub(crate) fn close(&self) {
        self.file.close();
    }

    /// Hands a job to the writer; the answer comes after its commit.
    pub(super) fn write<T: Send + 'static>(
        &self,
        job: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Job,
    ) -> Answer<T> {
        write(&self.writer, job)
    }
}

fn write<T: Send + 'static>(
    writer: &Writer,
    job: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Job,
) -> Answer<T> {
    let (reply, answer) = oneshot::channel();
    writer.order(job(reply));
    Box::pin(async move { answer.await.unwrap_or(Err(StoreError::Closed)) })
}

/// Whether there is data of a server in a folder.
pub(crate) fn is_there(directory: &Path) -> bool {
    directory.join(FILE_NAME).is_file()
}

/// Reads on a thread that may block.
pub(super) async fn read<T: Send + 'static>(
    file: Arc<File>,
    work: impl FnOnce(&Database) -> Result<T, redb::Error> + Send + 'static,
) -> Result<T, StoreError> {
    let work = move || {
        let database = file.database().ok_or(StoreError::Closed)?;
        work(&database).map_err(|error| StoreError::Unreadable(Arc::new(error)))
    };
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(StoreError::Closed))
}

impl Store for EmbeddedStore {
    fn create(
        &self,
        links: &[(LinkKey, Role)],
        snapshot: Vec<u8>,
        now: ServerTime,
    ) -> Answer<SessionKey> {
        let links = links.to_vec();
        self.write(|reply| Job::Create {
            links,
            snapshot,
            now,
            reply,
        })
    }

    fn find(&self, link: LinkKey) -> Answer<Option<(SessionKey, Role)>> {
        Box::pin(read(self.file.clone(), move |database| {
            let links = database.begin_read()?.open_table(LINKS)?;
            let found = links.get(&link.0)?.map(|entry| entry.value());
            let role = |listens| {
                if listens {
                    Role::Listener
                } else {
                    Role::Editor
                }
            };
            Ok(found.map(|(session, listens)| (SessionKey(session), role(listens))))
        }))
    }

    fn acquire(&self, session: SessionKey) -> Answer<Holding> {
        // The new epoch is durable first: whoever held the session before can change nothing any more.
        let lease = self.write(|reply| Job::Acquire { session, reply });
        let file = self.file.clone();
        Box::pin(async move {
            let lease = lease.await?;
            read(file, move |database| holding(database, lease))
                .await?
                .ok_or(StoreError::Fenced)
        })
    }

    fn resume(&self, lease: Lease) -> Answer<Place> {
        self.write(|reply| Job::Resume { lease, reply })
    }

    fn look(&self, session: SessionKey) -> Answer<Holding> {
        let seen = read(self.file.clone(), move |database| {
            let epochs = database.begin_read()?.open_table(EPOCHS)?;
            let Some(last) = epochs.get(session.0)?.map(|entry| entry.value()) else {
                return Ok(None);
            };
            let epoch = Epoch(last);
            holding(database, Lease { session, epoch })
        });
        Box::pin(async move { seen.await?.ok_or(StoreError::Unknown) })
    }

    fn load(&self, lease: Lease) -> Answer<Holding> {
        let held = read(self.file.clone(), move |database| holding(database, lease));
        Box::pin(async move { held.await?.ok_or(StoreError::Fenced) })
    }

    fn append(&self, lease: Lease, first: Place, records: Vec<Vec<u8>>) -> Answer<()> {
        self.write(|reply| Job::Append {
            lease,
            first,
            records,
            reply,
        })
    }

    fn snapshot(&self, lease: Lease, next: Place, snapshot: Vec<u8>) -> Answer<()> {
        self.write(|reply| Job::Snapshot {
            lease,
            next,
            snapshot,
            reply,
        })
    }

    fn touch(&self, lease: Lease, now: ServerTime) {
        let mut touched = self.touched.lock().unwrap_or_else(PoisonError::into_inner);
        let last = touched.get(&lease.session);
        if last.is_none_or(|last| now - *last >= TOUCH_EVERY) {
            touched.insert(lease.session, now);
            self.writer.order(Job::Touch { lease, now });
        }
    }

    fn release(&self, lease: Lease) -> Answer<()> {
        self.touched
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&lease.session);
        self.write(|reply| Job::Release { lease, reply })
    }

    fn count(&self) -> Answer<u64> {
        Box::pin(read(self.file.clone(), |database| {
            Ok(database.begin_read()?.open_table(EPOCHS)?.len()?)
        }))
    }

    fn sweep(&self, keep: Keep, now: ServerTime) -> Answer<usize> {
        let (file, writer) = (self.file.clone(), self.writer.clone());
        Box::pin(async move {
            let due = read(file, move |database| sweep::due(database, keep, now)).await?;
            let mut removed = 0;
            for doomed in due.chunks(SWEPT_TOGETHER) {
                let doomed = doomed.to_vec();
                removed += write(&writer, |reply| Job::Remove {
                    doomed,
                    keep,
                    now,
                    reply,
                })
                .await?;
            }
            Ok(removed)
        })
    }
}

/// What a lease holds, unless somebody acquired the session since.
fn holding(database: &Database, lease: Lease) -> Result<Option<Holding>, redb::Error> {
    let transaction = database.begin_read()?;
    let epochs = transaction.open_table(EPOCHS)?;
    if epochs.get(lease.session.0)?.map(|entry| entry.value()) != Some(lease.epoch.0) {
        return Ok(None);
    }
    let stored = stored(&transaction, lease.session)?;
    Ok(stored.map(|stored| Holding {
        lease,
        snapshot: stored.snapshot,
        records: stored.records,
        next: stored.next,
    }))
}

pub(super) fn stored(
    transaction: &ReadTransaction,
    session: SessionKey,
) -> Result<Option<Stored>, redb::Error> {
    let snapshots = transaction.open_table(SNAPSHOTS)?;
    let Some(entry) = snapshots.get(session.0)? else {
        return Ok(None);
    };
    let (mut next, snapshot) = entry.value();
    let mut records = Vec::new();
    for record in transaction
        .open_table(RECORDS)?
        .range((session.0, next)..=(session.0, u64::MAX))?
    {
        let (key, value) = record?;
        records.push(value.value().to_vec());
        next = key.value().1 + 1;
    }
    Ok(Some(Stored {
        snapshot: snapshot.to_vec(),
        records,
        next: Place(next),
    }))
}

#[cfg(test)]
mod tests {
    use super::super::{conformance, tables};
    use super::*;
    use crate::clock::ServerClock;
    use redb::backends::InMemoryBackend;

    #[tokio::test]
    async fn the_embedded_store_keeps_the_rules_of_every_store() {
        let store =
            EmbeddedStore::on(|| Database::builder().create_with_backend(InMemoryBackend::new()))
                .unwrap();
        conformance::check(&store).await;
    }

    #[tokio::test]
    async fn the_embedded_store_forgets_as_every_store_does() {
        let store =
            EmbeddedStore::on(|| Database::builder().create_with_backend(InMemoryBackend::new()))
                .unwrap();
        conformance::check_sweeping(&store).await;
    }

    #[tokio::test]
    async fn what_was_answered_is_there_after_reopening_and_the_epoch_moves_on() {
        let directory = tempfile::tempdir().unwrap();
        let store = EmbeddedStore::open(directory.path()).unwrap();
        let session = store
            .create(
                &[(LinkKey([1; 32]), Role::Editor)],
                b"first".to_vec(),
                ServerTime::ZERO,
            )
            .await
            .unwrap();
        let held = store.acquire(session).await.unwrap();
        store
            .append(held.lease, held.next, vec![b"one".to_vec()])
            .await
            .unwrap();
        drop(store);

        let store = EmbeddedStore::open(directory.path()).unwrap();
        assert_eq!(
            store.find(LinkKey([1; 32])).await.unwrap(),
            Some((session, Role::Editor))
        );
        let again = store.acquire(session).await.unwrap();
        assert_eq!(
            (again.snapshot, again.records),
            (b"first".to_vec(), vec![b"one".to_vec()])
        );
        assert!(again.lease.epoch > held.lease.epoch);
    }

    #[test]
    fn a_data_directory_in_use_is_refused_with_a_sentence() {
        let directory = tempfile::tempdir().unwrap();
        let _held = EmbeddedStore::open(directory.path()).unwrap();
        let error = EmbeddedStore::open(directory.path()).unwrap_err();
        assert!(matches!(error, OpenError::Held(_)));
        assert!(
            error.to_string().contains("another lockstep-server"),
            "{error}"
        );
    }

    /// The file as the program of before left it: without times, a form or a count.
    fn as_it_was_before(path: &Path) {
        let database = Database::open(path).unwrap();
        let transaction = database.begin_write().unwrap();
        transaction.delete_table(tables::METAS).unwrap();
        transaction.delete_table(tables::NUMBERS).unwrap();
        transaction.commit().unwrap();
    }

    #[tokio::test]
    async fn a_file_of_before_is_taken_over_and_its_sessions_count_as_edited_now() {
        let directory = tempfile::tempdir().unwrap();
        let store = EmbeddedStore::open(directory.path()).unwrap();
        let links = [(LinkKey([1; 32]), Role::Editor)];
        let created = store.create(&links, b"old".to_vec(), ServerTime::ZERO);
        let session = created.await.unwrap();
        drop(store);
        as_it_was_before(&directory.path().join(FILE_NAME));

        let before = ServerClock::start().now();
        let store = EmbeddedStore::open(directory.path()).unwrap();
        let hour = Span::from_seconds(3_600);
        let keep = Keep {
            unedited: Span::ZERO,
            edited: Some(hour),
        };
        let just_before = before + (hour - Span::from_micros(1));
        assert_eq!(store.sweep(keep, just_before).await.unwrap(), 0);
        let held = store.acquire(session).await.unwrap();
        assert_eq!(held.snapshot, b"old");
        store.release(held.lease).await.unwrap();
        let later = ServerClock::start().now() + hour;
        assert_eq!(store.sweep(keep, later).await.unwrap(), 1);
    }

    #[test]
    fn a_file_of_a_later_program_is_refused_and_left_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        drop(EmbeddedStore::open(directory.path()).unwrap());
        let path = directory.path().join(FILE_NAME);
        let database = Database::open(&path).unwrap();
        let transaction = database.begin_write().unwrap();
        let mut numbers = transaction.open_table(tables::NUMBERS).unwrap();
        numbers.insert("format", 99).unwrap();
        drop(numbers);
        transaction.commit().unwrap();
        drop(database);

        let error = EmbeddedStore::open(directory.path()).unwrap_err();
        assert!(matches!(error, OpenError::Later(_)), "{error}");
        let database = Database::open(&path).unwrap();
        let numbers = database.begin_read().unwrap();
        let numbers = numbers.open_table(tables::NUMBERS).unwrap();
        assert_eq!(numbers.get("format").unwrap().unwrap().value(), 99);
    }

    #[test]
    fn what_is_no_store_is_refused_and_left_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join(FILE_NAME);
        for contents in [
            b"not a database".repeat(1_000),
            b"redb\x1A\x0A\xA9\x0D\x0A".repeat(1_000),
        ] {
            std::fs::write(&path, &contents).unwrap();
            let error = EmbeddedStore::open(directory.path()).unwrap_err();
            assert!(matches!(error, OpenError::Unusable(..)), "{error}");
            assert_eq!(std::fs::read(&path).unwrap(), contents);
        }
    }

    #[test]
    fn a_directory_that_cannot_be_is_refused_with_a_sentence() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("file");
        std::fs::write(&file, b"mine").unwrap();
        let too_long = directory.path().join("x".repeat(300));
        for path in [&file, &file.join("below"), &too_long] {
            let error = EmbeddedStore::open(path).unwrap_err();
            assert!(matches!(error, OpenError::Directory(..)), "{error}");
            assert!(error.to_string().contains("data directory"), "{error}");
        }
        assert_eq!(std::fs::read(&file).unwrap(), b"mine");
    }
}
