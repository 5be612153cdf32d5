//! An archive taken back into a store: looked through whole before anything changes, then in steps
//! each of which leaves the data whole.

use super::ArchiveError;
use super::reading::{Item, check, open};
use crate::samples::Samples;
use crate::store::{Archived, EmbeddedStore, SessionKey, TakenBack};
use serde::{Deserialize, Serialize};
use std::path::Path;
use tokio::runtime::Handle;

/// Bytes of sessions that are taken back in one transaction, so that a live server's own writes do
/// not wait long for it.
const TOGETHER: usize = 4 * 1024 * 1024;

/// What was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Done {
    pub(crate) added: u64,
    pub(crate) replaced: u64,
    /// Sessions that were there already and stay as they are.
    pub(crate) kept: u64,
    /// Samples that were not there before.
    pub(crate) samples: u64,
}

/// Blocks until it is done, and waits for what the runtime does; so it runs on a thread that may.
/// Whoever is in a session that was replaced is to be sent away by `evict`.
pub(crate) fn restore(
    store: &EmbeddedStore,
    samples: &Samples,
    archive: &Path,
    replace: bool,
    runtime: &Handle,
    evict: impl Fn(SessionKey),
) -> Result<Done, ArchiveError> {
    check(archive)?;
    let mut done = Done::default();
    // A session never names a sample that has not been kept yet.
    open(archive, |_, item| {
        if let Item::Sample(bytes) = item {
            let taken = runtime.block_on(samples.take_back(bytes));
            let is_new = taken.map_err(|error| ArchiveError::Sample(Box::new(error)))?;
            done.samples += u64::from(is_new);
        }
        Ok(())
    })?;
    let mut waiting = Vec::new();
    let mut bytes = 0;
    let mut settle = |waiting: &mut Vec<Archived>| {
        let sessions = std::mem::take(waiting);
        for outcome in runtime.block_on(store.take_back(sessions, replace))? {
            match outcome {
                TakenBack::Added => done.added += 1,
                TakenBack::Replaced(session) => {
                    done.replaced += 1;
                    evict(session);
                }
                TakenBack::Kept => done.kept += 1,
            }
        }
        Ok::<_, ArchiveError>(())
    };
    open(archive, |_, item| {
        if let Item::Session(session) = item {
            bytes += session.bytes();
            waiting.push(*session);
            if bytes >= TOGETHER {
                bytes = 0;
                settle(&mut waiting)?;
            }
        }
        Ok(())
    })?;
    settle(&mut waiting)?;
    Ok(done)
}
