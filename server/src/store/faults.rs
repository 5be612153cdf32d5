//! What the embedded store does when its disk fails: tested on a disk that fails on command.

use super::embedded::EmbeddedStore;
use super::{Place, Store, StoreError};
use crate::link::LinkKey;
use lockstep_session::{protocol::Role, units::ServerTime};
use redb::{Database, StorageBackend};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// A disk that outlives the file that is opened on it. Once it is full, the file grows no further;
/// what is there can be written over.
#[derive(Clone, Debug, Default)]
struct Disk {
    bytes: Arc<Mutex<Vec<u8>>>,
    is_full: Arc<AtomicBool>,
}

/// More than redb has free in a small file.
const LARGE: usize = 2 * 1024 * 1024;

impl Disk {
    fn store(&self) -> EmbeddedStore {
        let disk = self.clone();
        EmbeddedStore::on(move || Database::builder().create_with_backend(disk.clone())).unwrap()
    }

    fn fill(&self, is_full: bool) {
        self.is_full.store(is_full, Ordering::SeqCst);
    }
}

fn place(offset: u64) -> usize {
    usize::try_from(offset).unwrap()
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(u64::try_from(self.bytes.lock().unwrap().len()).unwrap())
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        out.copy_from_slice(&self.bytes.lock().unwrap()[place(offset)..][..out.len()]);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut bytes = self.bytes.lock().unwrap();
        if self.is_full.load(Ordering::SeqCst) && place(len) > bytes.len() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        bytes.resize(place(len), 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.bytes.lock().unwrap()[place(offset)..][..data.len()].copy_from_slice(data);
        Ok(())
    }
}

#[tokio::test]
async fn a_lease_outlives_a_write_that_failed_and_goes_on_where_the_disk_left_off() {
    let disk = Disk::default();
    let store = disk.store();
    let links = [(LinkKey([1; 32]), Role::Editor)];
    let session = store
        .create(&links, b"first".to_vec(), ServerTime::ZERO)
        .await
        .unwrap();
    let lease = store.acquire(session).await.unwrap().lease;
    let one = vec![b"one".to_vec()];
    store.append(lease, Place(1), one.clone()).await.unwrap();

    disk.fill(true);
    let two = vec![vec![2; LARGE]];
    for attempt in 0..3 {
        let failed = store.append(lease, Place(2), two.clone()).await;
        // Until it is resumed the lease cannot write, for nobody knows what is durable.
        assert!(
            matches!(
                (attempt, &failed),
                (_, Err(StoreError::Unwritable(_))) | (1.., Err(StoreError::Fenced))
            ),
            "{failed:?}"
        );
    }
    // What is there can be read all the while.
    assert_eq!(store.load(lease).await.unwrap().records, one);
    assert!(store.find(links[0].0).await.unwrap().is_some());

    disk.fill(false);
    assert_eq!(store.resume(lease).await.unwrap(), Place(2));
    store.append(lease, Place(2), two.clone()).await.unwrap();
    let loaded = store.load(lease).await.unwrap();
    assert_eq!(loaded.records, [one, two].concat());

    // Whoever acquires it meanwhile has it.
    disk.fill(true);
    let failed = store
        .append(lease, Place(3), vec![vec![3; 2 * LARGE]])
        .await;
    assert!(matches!(failed, Err(StoreError::Unwritable(_))));
    disk.fill(false);
    store.acquire(session).await.unwrap();
    assert!(matches!(store.resume(lease).await, Err(StoreError::Fenced)));
}

#[tokio::test]
async fn jobs_behind_one_that_the_disk_failed_are_told_so_and_a_refused_one_holds_up_nobody() {
    let disk = Disk::default();
    let store = disk.store();
    let mut leases = Vec::new();
    for number in 1..=3 {
        let links = [(LinkKey([number; 32]), Role::Editor)];
        let session = store.create(&links, vec![number], ServerTime::ZERO);
        let session = session.await.unwrap();
        leases.push(store.acquire(session).await.unwrap().lease);
    }
    let record = || vec![b"record".to_vec()];
    let refused = store.append(leases[0], Place(9), record());
    let done = store.append(leases[1], Place(1), record());
    assert!(matches!(refused.await, Err(StoreError::Misplaced)));
    done.await.unwrap();

    disk.fill(true);
    let answers: Vec<_> = leases
        .iter()
        .map(|&lease| {
            store.append(
                lease,
                Place(if lease == leases[1] { 2 } else { 1 }),
                vec![vec![0; LARGE]],
            )
        })
        .collect();
    for answer in answers {
        let failed = answer.await;
        assert!(
            matches!(failed, Err(StoreError::Unwritable(_) | StoreError::Fenced)),
            "{failed:?}"
        );
    }
}
