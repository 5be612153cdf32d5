//! Whatever takes a while, beside the thread's turns. It must not know what becomes of an outcome.

use super::audition::AuditionNumber;
use super::browsing::LookNumber;
use super::http::HttpError;
use super::samples::Lack;
use super::uploads::{ReadError, ReadFile, UploadNumber};
use super::{Address, commands::CreationNumber};
use crate::house::Held;
use crate::view::{ExportView, FolderView};
use lockstep_engine::Sample;
use lockstep_session::ids::SampleId;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Samples that are fetched and decoded at the same time.
const MOST_SAMPLES: usize = 3;

#[derive(Debug)]
pub(super) enum Outcome {
    Created(CreationNumber, Result<Address, HttpError>),
    Sample(SampleId, Result<Arc<Held>, Lack>),
    Read(UploadNumber, Result<ReadFile, ReadError>),
    Sent(UploadNumber, Result<(), HttpError>),
    Seen(LookNumber, FolderView),
    Opened(AuditionNumber, PathBuf, Result<Arc<Sample>, ReadError>),
    Exported(ExportView),
    /// It was ended half-way.
    Nothing,
}

pub(super) struct Jobs {
    running: JoinSet<Outcome>,
    places: Arc<Semaphore>,
    is_cancelled: Arc<AtomicBool>,
}

impl Default for Jobs {
    fn default() -> Self {
        Self {
            running: JoinSet::new(),
            places: Arc::new(Semaphore::new(MOST_SAMPLES)),
            is_cancelled: Arc::default(),
        }
    }
}

impl Jobs {
    pub(super) fn start(&mut self, job: impl Future<Output = Outcome> + Send + 'static) {
        self.running.spawn(job);
    }

    /// One that fills a core.
    pub(super) fn start_heavy(&mut self, job: impl FnOnce() -> Outcome + Send + 'static) {
        self.running.spawn_blocking(job);
    }

    /// To be held by those of which only a few may run.
    pub(super) fn places(&self) -> Arc<Semaphore> {
        Arc::clone(&self.places)
    }

    /// Set when nobody waits any more.
    pub(super) fn cancellation(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.is_cancelled)
    }

    /// The next outcome; never while nothing runs. Safe to abandon half-way.
    pub(super) async fn next(&mut self) -> Outcome {
        match self.running.join_next().await {
            Some(ended) => ended.unwrap_or(Outcome::Nothing),
            None => std::future::pending().await,
        }
    }

    pub(super) fn cancel(&mut self) {
        self.is_cancelled.store(true, Ordering::Relaxed);
        self.running.abort_all();
    }
}
