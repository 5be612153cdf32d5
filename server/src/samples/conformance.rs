//! What every vault must do, whatever keeps its objects. A backend's test calls this with an empty one.

use super::vault::{Vault, VaultError};
use bytes::Bytes;
use futures_util::TryStreamExt;
use lockstep_session::ids::SampleId;
use object_store::memory::InMemory;
use object_store::{ObjectStore, ObjectStoreExt};
use std::sync::Arc;

async fn check(vault: &Vault, objects: &dyn ObjectStore) {
    let bytes = Bytes::from(
        (0..100_000_u32)
            .flat_map(u32::to_le_bytes)
            .collect::<Vec<u8>>(),
    );
    let length = u64::try_from(bytes.len()).unwrap();
    let sample = SampleId::of(&bytes);
    let other = SampleId::of(b"never kept");

    // What nobody kept is missing, and can be deleted all the same.
    assert!(matches!(
        vault.check(sample, length).await,
        Err(VaultError::Missing)
    ));
    assert!(matches!(vault.read(sample).await, Err(VaultError::Missing)));
    assert!(matches!(
        vault.stream(sample, 0..1).await,
        Err(VaultError::Missing)
    ));
    vault.delete(sample).await.unwrap();

    // Two at once, and once more.
    let (one, two) = tokio::join!(
        vault.put(sample, bytes.clone()),
        vault.put(sample, bytes.clone())
    );
    one.unwrap();
    two.unwrap();
    vault.put(sample, bytes.clone()).await.unwrap();
    vault.check(sample, length).await.unwrap();
    assert_eq!(vault.read(sample).await.unwrap(), bytes);
    assert_eq!(
        vault.list().await.unwrap().into_iter().collect::<Vec<_>>(),
        [sample]
    );

    // Any stretch of it.
    for range in [0..length, 0..1, length - 1..length, 8_190..16_400] {
        let stream = vault.stream(sample, range.clone()).await.unwrap();
        let pieces: Vec<Bytes> = stream.try_collect().await.unwrap();
        let [from, to] = [range.start, range.end].map(|end| usize::try_from(end).unwrap());
        assert_eq!(pieces.concat(), bytes[from..to], "{range:?}");
    }

    // Another length, or other bytes of the same length, are noticed although it was whole before.
    assert!(matches!(
        vault.check(sample, length - 1).await,
        Err(VaultError::Damaged)
    ));
    let place = objects
        .list(None)
        .try_next()
        .await
        .unwrap()
        .unwrap()
        .location;
    let mut wrong = bytes.to_vec();
    wrong[77_777] ^= 1;
    objects.put(&place, wrong.into()).await.unwrap();
    assert!(matches!(
        vault.check(sample, length).await,
        Err(VaultError::Damaged)
    ));
    assert!(matches!(vault.read(sample).await, Err(VaultError::Damaged)));

    // Keeping it again heals it.
    vault.put(sample, bytes.clone()).await.unwrap();
    vault.check(sample, length).await.unwrap();

    // What lies there under no sample's name is none.
    objects
        .put(&"notes.txt".into(), "hello".into())
        .await
        .unwrap();
    objects
        .put(&other.hex().into(), "in the wrong place".into())
        .await
        .unwrap();
    assert_eq!(vault.list().await.unwrap().len(), 1);
    vault.delete(sample).await.unwrap();
    vault.delete(sample).await.unwrap();
    assert!(matches!(
        vault.check(sample, length).await,
        Err(VaultError::Missing)
    ));
}

#[tokio::test]
async fn a_folder_keeps_the_rules_of_every_vault() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::folder(folder.path()).unwrap();
    let files = object_store::local::LocalFileSystem::new_with_prefix(folder.path()).unwrap();
    check(&vault, &files).await;
}

#[tokio::test]
async fn objects_in_memory_keep_the_rules_of_every_vault() {
    let objects = Arc::new(InMemory::new());
    check(&Vault::of(objects.clone()), objects.as_ref()).await;
}

#[tokio::test]
async fn what_a_crash_left_half_written_is_gone_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let vault = Vault::folder(folder.path()).unwrap();
    let bytes = Bytes::from_static(b"whole");
    let sample = SampleId::of(&bytes);
    vault.put(sample, bytes).await.unwrap();
    let path = super::vault::path_in(folder.path(), sample);
    assert!(path.is_file(), "the command line finds it there too");
    let half = path.with_file_name(format!("{}#1", sample.hex()));
    std::fs::write(&half, b"who").unwrap();
    let again = Vault::folder(folder.path()).unwrap();
    assert!(!half.exists() && path.is_file());
    assert_eq!(again.list().await.unwrap().len(), 1);
}
