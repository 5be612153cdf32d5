//! Sessions written to files for whoever asks over HTTP: a few at a time, none too long, and none
//! that nobody waits for any more. It must not know what asks.

mod job;

use crate::export::{Part, stem_names};
use crate::problem::Problem;
use crate::server::told_to_stop;
use job::Job;
use lockstep_engine::Sample;
use lockstep_offline::{LONGEST_TAIL, Stretch, WavError};
use lockstep_session::document::Document;
use lockstep_session::units::BeatSpan;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::spawn_blocking;

/// Seconds of one file, without what rings on.
const MOST_SECONDS: u64 = 600;
/// Seconds of all files of an export together.
const MOST_SECONDS_TOGETHER: u64 = 3_600;
const MOST_BYTES_TOGETHER: u64 = 2 << 30;
const MEBIBYTE: u64 = 1 << 20;
/// What all files that are being written or sent may take on the disk.
const ROOM: u32 = 4 << 10;
/// Exports that wait while others are made.
const MOST_WAITING: usize = 8;

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Midi,
    Mix,
    /// A zip of one WAV file for each track, and one of what is sent.
    Stems,
}

/// A file that has no name and is gone with this.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) file: File,
    pub(crate) length: u64,
    /// Its place on the disk.
    _room: OwnedSemaphorePermit,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportsError {
    #[error("more than is written at once: {most_bars} bars would do")]
    TooLong { most_bars: u32 },
    #[error("too many exports at a time")]
    Busy,
    #[error("the server is stopping")]
    Stopping,
    #[error("nobody waits for it any more")]
    Forsaken,
    #[error("it cannot be written: {0}")]
    Unwritable(#[from] std::io::Error),
    #[error(transparent)]
    Wav(#[from] WavError),
    #[error(transparent)]
    Zip(#[from] zip::result::ZipError),
    #[error("it failed")]
    Failed,
}

#[derive(Debug)]
pub(crate) struct Exports {
    /// Where files grow. They have no names there.
    folder: PathBuf,
    making: Arc<Semaphore>,
    /// Of those that are made and those that wait for it.
    asked: Arc<Semaphore>,
    /// In mebibytes.
    room: Arc<Semaphore>,
    stopping: watch::Receiver<bool>,
}

impl Exports {
    pub(crate) fn new(folder: PathBuf, stopping: watch::Receiver<bool>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let at_once = (cores / 2).max(1);
        Self {
            folder,
            making: Arc::new(Semaphore::new(at_once)),
            asked: Arc::new(Semaphore::new(at_once + MOST_WAITING)),
            room: Arc::new(Semaphore::new(usize::try_from(ROOM).expect("32 bits fit"))),
            stopping,
        }
    }

    /// Waits for its turn and writes the file. Whoever drops this ends it.
    pub(crate) async fn write(
        &self,
        kind: Kind,
        document: Arc<Document>,
        part: Part,
        samples: impl Future<Output = Vec<Arc<Sample>>>,
    ) -> Result<Written, ExportsError> {
        let (stretch, _) = part.stretch(&document);
        let mebibytes = measure(kind, &document, part, stretch)?;
        let room = self.room.clone().try_acquire_many_owned(mebibytes);
        let room = room.map_err(|_| ExportsError::Busy)?;
        let asked = self.asked.clone().try_acquire_owned();
        let asked = asked.map_err(|_| ExportsError::Busy)?;
        let mut stopping = self.stopping.clone();
        let turn = tokio::select! {
            turn = self.making.clone().acquire_owned() => turn.map_err(|_| ExportsError::Stopping)?,
            () = told_to_stop(&mut stopping) => return Err(ExportsError::Stopping),
        };
        let audience = Audience::default();
        let job = Job {
            kind,
            document,
            part,
            stretch,
            // Only now, for they take up memory.
            samples: samples.await,
            folder: self.folder.clone(),
            forsaken: audience.forsaken.clone(),
        };
        let written = spawn_blocking(move || {
            let written = job.run();
            drop((asked, turn));
            written
        });
        let file = tokio::select! {
            written = written => written.map_err(|_| ExportsError::Failed)??,
            () = told_to_stop(&mut stopping) => return Err(ExportsError::Stopping),
        };
        let length = file.metadata()?.len();
        Ok(Written {
            file,
            length,
            _room: room,
        })
    }
}

/// Whoever waits for an export. Dropping it tells that nobody does.
#[derive(Debug, Default)]
struct Audience {
    forsaken: Arc<AtomicBool>,
}

impl Drop for Audience {
    fn drop(&mut self) {
        self.forsaken.store(true, Ordering::Relaxed);
    }
}

/// How many mebibytes it takes on the disk, if it is not too long.
fn measure(
    kind: Kind,
    document: &Document,
    part: Part,
    stretch: Stretch,
) -> Result<u32, ExportsError> {
    let files = match kind {
        Kind::Midi | Kind::Mix => 1,
        Kind::Stems => u64::try_from(stem_names(document).len()).unwrap_or(u64::MAX),
    };
    let together = MOST_SECONDS_TOGETHER.min(MOST_BYTES_TOGETHER / part.bytes_a_second());
    let most_seconds = MOST_SECONDS.min(together / files.max(1));
    // A bar is four beats, and the tempo is in hundredths of a beat a minute.
    let tempo = u64::from(document.timeline.tempo.get());
    let most_bars = u32::try_from(most_seconds * tempo / 24_000).unwrap_or(u32::MAX);
    if stretch.span() > BeatSpan::BAR.times(i64::from(most_bars)) {
        return Err(ExportsError::TooLong { most_bars });
    }
    if kind == Kind::Midi {
        return Ok(1);
    }
    let beats = u64::try_from(stretch.span().as_micros()).unwrap_or(0);
    let seconds = beats * 60 / (tempo * 10_000) + seconds_of_tail() + 1;
    // The stems go into their zip one after the other, so one of them is there twice.
    let copies = if kind == Kind::Stems { files + 1 } else { 1 };
    let bytes = seconds * part.bytes_a_second() * copies;
    Ok(u32::try_from(bytes / MEBIBYTE + 1).unwrap_or(u32::MAX))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the longest tail is half a minute"
)]
fn seconds_of_tail() -> u64 {
    LONGEST_TAIL.ceil() as u64
}

impl From<ExportsError> for Problem {
    fn from(error: ExportsError) -> Self {
        match error {
            ExportsError::TooLong { most_bars } => Problem::TOO_LONG
                .advising(format!(
                    "Ask for at most {most_bars} bars, in several exports if need be."
                ))
                .most_bars(most_bars),
            ExportsError::Busy => Problem::BUSY,
            ExportsError::Stopping => Problem::STOPPING,
            // Nobody hears this.
            ExportsError::Forsaken | ExportsError::Failed => Problem::FAILED,
            ExportsError::Unwritable(_) | ExportsError::Wav(_) | ExportsError::Zip(_) => {
                tracing::error!(%error, "an export could not be written");
                Problem::EXPORT_FAILED
            }
        }
    }
}
