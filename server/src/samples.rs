//! Samples: taken from players once they are proven to be audio, kept under their hash, handed out
//! to everybody, decoded for exports, and taken away when no session names them any more.

#[cfg(test)]
mod conformance;
mod decoded;
mod incoming;
mod place;
mod rest;
mod sweep;
mod vault;

pub(crate) use incoming::{MOST_BYTES, ReceiveError, Received};
pub use place::PlaceError;
pub(crate) use rest::at_rest;
pub(crate) use vault::{Vault, VaultError, is_about_room};

use crate::clock::ServerClock;
use crate::store::{Kept, Store, StoreError};
use bytes::Bytes;
use decoded::Decoded;
use futures_util::Stream;
use incoming::Incoming;
use lockstep_decoder::{Format, Refusal, Shape, decode, measure};
use lockstep_engine::{Sample, SampleKey};
use lockstep_session::document::Document;
use lockstep_session::ids::SampleId;
use lockstep_session::units::Span;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::{RwLock, Semaphore, SemaphorePermit};

/// Below the data folder.
pub(crate) const FOLDER: &str = "samples";
/// Bodies that come in at the same time.
const MOST_INCOMING: usize = 32;
/// Files that are decoded at the same time: each may take a hundred megabytes.
const MOST_DECODING: usize = 2;
/// What stays decoded between exports.
const CACHE_BYTES: usize = 128 * 1024 * 1024;
/// What one export may decode: longer than anybody's session, shorter than memory.
pub(crate) const MOST_DECODED_BYTES: usize = 512 * 1024 * 1024;

#[derive(Debug)]
pub(crate) struct Samples {
    vault: Vault,
    registry: Arc<dyn Store>,
    clock: ServerClock,
    incoming: Incoming,
    /// Who is taking a sample holds it, and who takes one away holds it alone: so a sample never
    /// becomes known just as its bytes go.
    taking: RwLock<()>,
    places: Semaphore,
    decoding: Semaphore,
    decoded: Decoded,
    /// How long a sample is kept that no session names.
    keep: Span,
}

/// A place for a body that comes in.
#[derive(Debug)]
pub(crate) struct Place<'s> {
    _permit: SemaphorePermit<'s>,
}

/// What became of a body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taken {
    pub(crate) sample: SampleId,
    pub(crate) shape: Shape,
    pub(crate) bytes: u64,
    pub(crate) is_new: bool,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum TakeError {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("what came in cannot be read again: {0}")]
    Lost(#[source] std::io::Error),
    #[error("the server is stopping")]
    Stopping,
}

/// The samples that were asked for, as far as they are at hand.
#[derive(Debug, Default)]
pub(crate) struct Fetched {
    pub(crate) samples: Vec<Arc<Sample>>,
    /// Those that are missing or damaged, or too many.
    pub(crate) missing: Vec<SampleId>,
}

impl Samples {
    /// Opens the folder for what comes in, and takes away what a crash left there.
    pub(crate) fn open(
        data: &Path,
        vault: Vault,
        registry: Arc<dyn Store>,
        keep: Span,
    ) -> std::io::Result<Self> {
        Ok(Self {
            vault,
            registry,
            clock: ServerClock::start(),
            incoming: Incoming::open(data.join("incoming"))?,
            taking: RwLock::new(()),
            places: Semaphore::new(MOST_INCOMING),
            decoding: Semaphore::new(MOST_DECODING),
            decoded: Decoded::new(CACHE_BYTES),
            keep,
        })
    }

    /// None while too many come in already.
    pub(crate) fn place(&self) -> Option<Place<'_>> {
        let _permit = self.places.try_acquire().ok()?;
        Some(Place { _permit })
    }

    pub(crate) async fn receive<E>(
        &self,
        _place: &Place<'_>,
        body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Received, ReceiveError> {
        self.incoming.receive(body).await
    }

    /// Keeps what came in if it is a sample. First its bytes are durable, then it is known, so
    /// that what is known is there.
    pub(crate) async fn take(&self, received: Received) -> Result<Taken, TakeError> {
        let sample = received.sample;
        let _taking = self.taking.read().await;
        let known = self.registry.kept(sample).await?;
        let (bytes, found) = match known {
            Some(kept) if self.vault.check(sample, kept.bytes).await.is_ok() => {
                (None, (kept.shape, kept.format))
            }
            _ => {
                let (bytes, shape, format) = self.proven(received).await?;
                (Some(bytes), (shape, format))
            }
        };
        let length = match (&bytes, known) {
            (Some(bytes), _) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            (None, known) => known.map_or(0, |kept| kept.bytes),
        };
        if let Some(bytes) = bytes {
            self.vault.put(sample, bytes).await?;
        }
        let (shape, format) = found;
        let now = self.clock.now();
        let kept = Kept {
            shape,
            format,
            bytes: length,
            kept: now,
            seen: known.map_or(now, |kept| kept.seen),
        };
        let is_new = self.registry.keep(sample, kept).await?;
        Ok(Taken {
            sample,
            shape,
            bytes: length,
            is_new,
        })
    }

    /// Keeps a sample that comes from a backup, proven anew. True if it was not known.
    pub(crate) async fn take_back(&self, bytes: Bytes) -> Result<bool, TakeError> {
        let sample = SampleId::of(&bytes);
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let _taking = self.taking.read().await;
        let is_known = self.registry.kept(sample).await?.is_some();
        if is_known && self.vault.check(sample, length).await.is_ok() {
            return Ok(false);
        }
        let proven = self.work(move || {
            let format = Format::of(&bytes).ok_or(Refusal::NotAudio)?;
            Ok((measure(&bytes)?, format, bytes))
        });
        let (shape, format, bytes) = proven.await?;
        self.vault.put(sample, bytes).await?;
        let now = self.clock.now();
        let kept = Kept {
            shape,
            format,
            bytes: length,
            kept: now,
            seen: now,
        };
        Ok(self.registry.keep(sample, kept).await?)
    }

    /// Reads what came in and decodes it to its end.
    async fn proven(&self, received: Received) -> Result<(Bytes, Shape, Format), TakeError> {
        self.work(move || {
            let bytes = std::fs::read(&received.path).map_err(TakeError::Lost)?;
            let format = Format::of(&bytes).ok_or(Refusal::NotAudio)?;
            let shape = measure(&bytes)?;
            Ok((Bytes::from(bytes), shape, format))
        })
        .await
    }

    /// What is known of a sample, if its bytes are there and are those of its name.
    pub(crate) async fn find(&self, sample: SampleId) -> Result<Option<Kept>, TakeError> {
        let Some(kept) = self.registry.kept(sample).await? else {
            return Ok(None);
        };
        if let Err(error) = self.vault.check(sample, kept.bytes).await {
            tracing::error!(sample = sample.hex(), %error, "a sample cannot be handed out");
            return Err(error.into());
        }
        Ok(Some(kept))
    }

    pub(crate) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// Decodes samples for an export. Whatever is wrong with one costs only that one.
    pub(crate) async fn fetch_decoded(
        &self,
        wanted: impl IntoIterator<Item = SampleId>,
    ) -> Fetched {
        let wanted: BTreeSet<SampleId> = wanted.into_iter().collect();
        let mut fetched = Fetched::default();
        let mut bytes = 0;
        for sample in wanted {
            match self.fetch_one(sample, MOST_DECODED_BYTES - bytes).await {
                Ok(decoded) => {
                    bytes = MOST_DECODED_BYTES.min(bytes + decoded.bytes());
                    fetched.samples.push(decoded);
                }
                Err(error) => {
                    tracing::warn!(sample = sample.hex(), %error, "a sample is left out of an export");
                    fetched.missing.push(sample);
                }
            }
        }
        fetched
    }

    async fn fetch_one(&self, id: SampleId, room: usize) -> Result<Arc<Sample>, TakeError> {
        if let Some(sample) = self.decoded.find(id) {
            return Ok(sample);
        }
        let kept = self.registry.kept(id).await?.ok_or(VaultError::Missing)?;
        if decoded_bytes(kept.shape) > room {
            return Err(Refusal::TooLong.into());
        }
        let bytes = self.vault.read(id).await?;
        let sample = self
            .work(move || Ok(decode(SampleKey::of(id), &bytes)?))
            .await?;
        let sample = Arc::new(sample);
        self.decoded.keep(id, sample.clone());
        Ok(sample)
    }

    /// Does heavy work where it holds nobody up, and not too much of it at once.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, TakeError> + Send + 'static,
    ) -> Result<T, TakeError> {
        let Ok(_permit) = self.decoding.acquire().await else {
            return Err(TakeError::Stopping);
        };
        tokio::task::spawn_blocking(work)
            .await
            .unwrap_or(Err(TakeError::Stopping))
    }
}

/// The samples that a document's tracks and clips play.
pub(crate) fn played(document: &Document) -> impl Iterator<Item = SampleId> {
    let listed = document.samples.keys().copied();
    listed.filter(|&sample| document.uses_sample(sample))
}

fn decoded_bytes(shape: Shape) -> usize {
    let frames = usize::try_from(shape.frames.get()).unwrap_or(usize::MAX);
    frames
        .saturating_mul(usize::from(shape.channels.get()))
        .saturating_mul(size_of::<f32>())
}
