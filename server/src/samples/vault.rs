//! Where the bytes of samples are, each under its hash: a folder, or anything else that keeps
//! objects. It must not know what is in them, or who still wants them.

use bytes::Bytes;
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use lockstep_session::ids::SampleId;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Place;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// How many objects are remembered as whole.
const MOST_REMEMBERED: usize = 65_536;

#[derive(Debug)]
pub(crate) struct Vault {
    objects: Arc<dyn ObjectStore>,
    /// Objects whose bytes were read and found to be those of their name, as they were then.
    whole: Mutex<BTreeMap<SampleId, Version>>,
}

/// Changes when an object's bytes do, as far as its keeper can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Version {
    tag: Option<String>,
    written: i64,
    bytes: u64,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum VaultError {
    #[error("it is not there")]
    Missing,
    #[error("its bytes are not those of its name")]
    Damaged,
    #[error("there is no room for it: {0}")]
    NoRoom(String),
    #[error("{0}")]
    Failed(object_store::Error),
}

impl Vault {
    /// A folder, made if it is not there. What a crash left half written is taken away.
    pub(crate) fn folder(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        for shelf in std::fs::read_dir(folder)? {
            let shelf = shelf?;
            if shelf.file_type()?.is_dir() {
                remove_drafts(&shelf.path())?;
            }
        }
        let files = LocalFileSystem::new_with_prefix(folder).map_err(std::io::Error::other)?;
        Ok(Self::of(Arc::new(files.with_fsync(true))))
    }

    pub(crate) fn of(objects: Arc<dyn ObjectStore>) -> Self {
        Self {
            objects,
            whole: Mutex::default(),
        }
    }

    /// Keeps bytes under their hash. They are durable when this returns. What is there already is
    /// left alone if it is whole, and made whole if it is not.
    pub(crate) async fn put(&self, sample: SampleId, bytes: Bytes) -> Result<(), VaultError> {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        match self.check(sample, length).await {
            Ok(()) => return Ok(()),
            Err(VaultError::Missing | VaultError::Damaged) => {}
            Err(error) => return Err(error),
        }
        self.forget(sample);
        self.objects.put(&place(sample), bytes.into()).await?;
        Ok(())
    }

    /// Makes sure that an object is what its name says. It is read for that once, and again when
    /// it has changed.
    pub(crate) async fn check(&self, sample: SampleId, bytes: u64) -> Result<(), VaultError> {
        let there = self.objects.head(&place(sample)).await?;
        let version = version(&there);
        if version.bytes != bytes {
            return Err(VaultError::Damaged);
        }
        if self.remembered().get(&sample) == Some(&version) {
            return Ok(());
        }
        let mut hash = Sha256::new();
        let mut body = self.objects.get(&place(sample)).await?.into_stream();
        while let Some(chunk) = body.try_next().await? {
            hash.update(&chunk);
        }
        if SampleId::from_bytes(hash.finalize().into()) != sample {
            return Err(VaultError::Damaged);
        }
        let mut whole = self.remembered();
        if whole.len() >= MOST_REMEMBERED {
            whole.clear();
        }
        whole.insert(sample, version);
        Ok(())
    }

    /// The bytes of a range, piece by piece.
    pub(crate) async fn stream(
        &self,
        sample: SampleId,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, object_store::Result<Bytes>>, VaultError> {
        let options = GetOptions {
            range: Some(GetRange::Bounded(range)),
            ..GetOptions::default()
        };
        let found = self.objects.get_opts(&place(sample), options).await?;
        Ok(found.into_stream())
    }

    /// The whole object, if it is what its name says.
    pub(crate) async fn read(&self, sample: SampleId) -> Result<Bytes, VaultError> {
        let bytes = self.objects.get(&place(sample)).await?.bytes().await?;
        let (hash, bytes) = tokio::task::spawn_blocking(move || (SampleId::of(&bytes), bytes))
            .await
            .map_err(|error| VaultError::Failed(error.into()))?;
        if hash == sample {
            Ok(bytes)
        } else {
            Err(VaultError::Damaged)
        }
    }

    /// Everything that is there.
    pub(crate) async fn list(&self) -> Result<BTreeSet<SampleId>, VaultError> {
        let objects = self.objects.list(None);
        let named = objects.try_filter_map(async |object| Ok(sample_at(&object.location)));
        Ok(named.try_collect().await?)
    }

    /// Takes an object away. It is fine if it is not there.
    pub(crate) async fn delete(&self, sample: SampleId) -> Result<(), VaultError> {
        self.forget(sample);
        match self.objects.delete(&place(sample)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn forget(&self, sample: SampleId) {
        self.remembered().remove(&sample);
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, BTreeMap<SampleId, Version>> {
        self.whole.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where a folder of samples keeps one.
pub(super) fn path_in(folder: &Path, sample: SampleId) -> PathBuf {
    let name = sample.hex();
    folder.join(&name[..2]).join(name)
}

/// Some file systems grow slow where a folder holds very many files.
fn place(sample: SampleId) -> Place {
    let name = sample.hex();
    Place::from_iter([&name[..2], &name])
}

fn sample_at(place: &Place) -> Option<SampleId> {
    SampleId::parse(place.filename()?).filter(|sample| *place == self::place(*sample))
}

fn version(object: &ObjectMeta) -> Version {
    Version {
        tag: object.e_tag.clone(),
        written: object.last_modified.timestamp_micros(),
        bytes: object.size,
    }
}

/// A file in the making is called like the one it becomes, a number sign, and a number.
fn remove_drafts(shelf: &Path) -> std::io::Result<()> {
    for file in std::fs::read_dir(shelf)? {
        let file = file?;
        if file.file_name().to_string_lossy().contains('#') {
            std::fs::remove_file(file.path())?;
        }
    }
    Ok(())
}

impl From<object_store::Error> for VaultError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            error if is_about_room(&error) => Self::NoRoom(error.to_string()),
            error => Self::Failed(error),
        }
    }
}

/// Whether a disk that is full lies at the bottom of an error.
pub(crate) fn is_about_room(error: &(dyn std::error::Error + 'static)) -> bool {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|error| {
            matches!(
                error.kind(),
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge
            )
        })
}
