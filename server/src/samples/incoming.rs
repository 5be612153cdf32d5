//! A body of bytes on its way in: into a file, hashed as it comes, no larger and no slower than it
//! may be. It must not know what the bytes are.

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use lockstep_session::ids::SampleId;
use sha2::{Digest, Sha256};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::{NamedTempFile, TempPath};
use tokio::fs::File;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, timeout_at};

/// The largest sample, in bytes: a minute of stereo at 48 kHz and 16 bits fits.
pub(crate) use lockstep_session::takes::MOST_BYTES;
/// From the first byte to the last.
const WITHIN: Duration = Duration::from_secs(300);
/// In each of these stretches so much has to arrive.
const STRETCH: Duration = Duration::from_secs(10);
const LEAST_A_STRETCH: usize = 16 * 1024;

/// The folder that holds what is not whole yet.
#[derive(Debug)]
pub(super) struct Incoming {
    folder: PathBuf,
}

/// A body that came whole. Dropping it takes the file away.
#[derive(Debug)]
pub(crate) struct Received {
    pub(super) path: TempPath,
    pub(crate) sample: SampleId,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ReceiveError {
    #[error("it is larger than {MOST_BYTES} bytes")]
    TooLarge,
    #[error("it comes too slowly")]
    TooSlow,
    #[error("it ended before it was whole")]
    Broken,
    #[error("it cannot be written: {0}")]
    Unwritable(io::Error),
}

impl Incoming {
    /// Nothing that a crash left in the folder can become whole any more.
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => std::fs::create_dir_all(&folder)?,
        }
        Ok(Self { folder })
    }

    pub(super) async fn receive<E>(
        &self,
        mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Received, ReceiveError> {
        let (mut file, path) = create(&self.folder)
            .await
            .map_err(ReceiveError::Unwritable)?;
        let mut hash = Sha256::new();
        let mut bytes = 0;
        let mut pace = Pace::begin();
        loop {
            let chunk = match timeout_at(pace.ends(), body.next()).await {
                Ok(None) => break,
                Ok(Some(Ok(chunk))) => chunk,
                Ok(Some(Err(_))) => return Err(ReceiveError::Broken),
                Err(_) => Bytes::new(),
            };
            bytes += chunk.len();
            if bytes > MOST_BYTES {
                return Err(ReceiveError::TooLarge);
            }
            pace.heard(chunk.len())?;
            hash.update(&chunk);
            file.write_all(&chunk)
                .await
                .map_err(ReceiveError::Unwritable)?;
        }
        // Whatever could not be written says so by now.
        file.flush().await.map_err(ReceiveError::Unwritable)?;
        Ok(Received {
            path,
            sample: SampleId::from_bytes(hash.finalize().into()),
        })
    }
}

async fn create(folder: &Path) -> io::Result<(File, TempPath)> {
    let folder = folder.to_owned();
    let created = tokio::task::spawn_blocking(move || NamedTempFile::new_in(folder)).await;
    let (file, path) = created.map_err(io::Error::other)??.into_parts();
    Ok((File::from_std(file), path))
}

/// How fast a body comes.
struct Pace {
    last: Instant,
    stretch: Instant,
    heard: usize,
}

impl Pace {
    fn begin() -> Self {
        let now = Instant::now();
        Self {
            last: now + WITHIN,
            stretch: now + STRETCH,
            heard: 0,
        }
    }

    /// When it is to be looked at again.
    fn ends(&self) -> Instant {
        self.stretch.min(self.last)
    }

    fn heard(&mut self, bytes: usize) -> Result<(), ReceiveError> {
        self.heard += bytes;
        let now = Instant::now();
        if now >= self.last {
            return Err(ReceiveError::TooSlow);
        }
        if now >= self.stretch {
            if self.heard < LEAST_A_STRETCH {
                return Err(ReceiveError::TooSlow);
            }
            (self.stretch, self.heard) = (now + STRETCH, 0);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;
    use std::convert::Infallible;

    fn incoming() -> (tempfile::TempDir, Incoming) {
        let folder = tempfile::tempdir().unwrap();
        let incoming = Incoming::open(folder.path().join("incoming")).unwrap();
        (folder, incoming)
    }

    /// A chunk of so many bytes after each pause.
    fn dripping(
        bytes: usize,
        pause: Duration,
    ) -> impl Stream<Item = Result<Bytes, Infallible>> + Unpin {
        Box::pin(stream::repeat(()).then(move |()| async move {
            tokio::time::sleep(pause).await;
            Ok(Bytes::from(vec![1; bytes]))
        }))
    }

    fn files(incoming: &Incoming) -> usize {
        std::fs::read_dir(&incoming.folder).unwrap().count()
    }

    #[tokio::test]
    async fn what_came_whole_is_there_with_its_hash_until_it_is_dropped() {
        let (_folder, incoming) = incoming();
        let chunks = [b"one".as_slice(), b"", b"two"]
            .map(|chunk| Ok::<_, Infallible>(Bytes::from_static(chunk)));
        let received = incoming.receive(stream::iter(chunks)).await.unwrap();
        assert_eq!(received.sample, SampleId::of(b"onetwo"));
        assert_eq!(std::fs::read(&received.path).unwrap(), b"onetwo");
        drop(received);
        assert_eq!(files(&incoming), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_trickles_stops_or_never_ends_is_refused_and_leaves_nothing() {
        let (_folder, incoming) = incoming();
        let began = Instant::now();
        let trickle = incoming
            .receive(dripping(1, Duration::from_millis(10)))
            .await;
        assert!(matches!(trickle, Err(ReceiveError::TooSlow)), "{trickle:?}");
        assert!(began.elapsed() < STRETCH + Duration::from_secs(1));
        let silence = incoming
            .receive(stream::pending::<Result<_, Infallible>>())
            .await;
        assert!(matches!(silence, Err(ReceiveError::TooSlow)));
        let began = Instant::now();
        let endless = incoming
            .receive(dripping(LEAST_A_STRETCH, STRETCH / 2))
            .await;
        assert!(matches!(endless, Err(ReceiveError::TooSlow)));
        assert!(began.elapsed() >= WITHIN);
        assert_eq!(files(&incoming), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_at_the_least_pace_is_taken_until_it_is_too_large() {
        let (_folder, incoming) = incoming();
        let fast = incoming
            .receive(dripping(1024 * 1024, Duration::from_secs(1)))
            .await;
        assert!(matches!(fast, Err(ReceiveError::TooLarge)), "{fast:?}");
        let enough = dripping(LEAST_A_STRETCH, STRETCH / 2).take(20);
        let received = incoming.receive(enough).await.unwrap();
        let bytes = std::fs::metadata(&received.path).unwrap().len();
        assert_eq!(bytes, 20 * u64::try_from(LEAST_A_STRETCH).unwrap());
        drop(received);
        assert_eq!(files(&incoming), 0);
    }

    #[tokio::test]
    async fn what_a_crash_left_is_gone_at_the_start() {
        let (folder, incoming) = incoming();
        std::fs::write(incoming.folder.join("half"), b"ha").unwrap();
        let again = Incoming::open(folder.path().join("incoming")).unwrap();
        assert_eq!(files(&again), 0);
    }
}
