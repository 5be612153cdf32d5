//! An archive taken back into a store: looked through whole before anything changes, then in steps
//! each of which leaves the data whole.

use super::reading::{Item, check, open};
use super::{ArchiveError, keep_sample};
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
    /// Whoever has these in memory has to let go of them.
    #[serde(skip)]
    pub(crate) changed: Vec<SessionKey>,
    /// Sessions that were there already and stay as they are.
    pub(crate) kept: u64,
    /// Samples that were not there before.
    pub(crate) samples: u64,
}

/// Blocks until it is done; the runtime must be another thread's business.
pub(crate) fn restore(
    store: &EmbeddedStore,
    data: &Path,
    archive: &Path,
    replace: bool,
    runtime: &Handle,
) -> Result<Done, ArchiveError> {
    check(archive)?;
    let mut done = Done::default();
    // A session never names a sample that has not been kept yet.
    open(archive, |_, item| {
        if let Item::Sample { name, bytes } = item {
            done.samples += u64::from(keep_sample(data, &name, &bytes)?);
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
                    done.changed.push(session);
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
