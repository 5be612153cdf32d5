//! Takes away samples that no session has named for long. It asks the store what its sessions say,
//! byte by byte; whoever uploads a sample again, or names it, keeps it.

use super::{Samples, TakeError, VaultError};
use crate::store::{Kept, SessionKey};
use lockstep_decoder::{Format, Refusal, measure};
use lockstep_session::ids::SampleId;
use lockstep_session::units::ServerTime;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::sleep;

const EVERY: Duration = Duration::from_secs(24 * 60 * 60);

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Swept {
    /// Samples that some session names.
    pub(crate) named: usize,
    pub(crate) deleted: usize,
    /// Bytes that nothing knew of, but a session names.
    pub(crate) adopted: usize,
}

impl Samples {
    /// Sweeps now and once a day, until the server stops.
    pub(crate) async fn sweep_daily(self: Arc<Self>, mut stopping: watch::Receiver<bool>) {
        loop {
            let swept = tokio::select! {
                swept = self.sweep(self.clock.now()) => swept,
                () = crate::server::told_to_stop(&mut stopping) => return,
            };
            match swept {
                Ok(swept) if swept == Swept::default() => {}
                Ok(Swept {
                    named,
                    deleted,
                    adopted,
                }) => {
                    tracing::info!(named, deleted, adopted, "samples were swept");
                }
                Err(error) => tracing::warn!(%error, "samples cannot be swept; they stay"),
            }
            tokio::select! {
                () = sleep(EVERY) => {}
                () = crate::server::told_to_stop(&mut stopping) => return,
            }
        }
    }

    /// A sample is first forgotten and then deleted, both while nobody takes one in: a crash
    /// between the two leaves bytes that nothing knows of, which the next sweep finds, and never
    /// a sample without bytes.
    pub(crate) async fn sweep(&self, now: ServerTime) -> Result<Swept, TakeError> {
        let known = self.registry.all_kept().await?;
        let there = self.vault.list().await?;
        let named = self
            .named(|sample| known.contains_key(sample) || there.contains(sample))
            .await?;
        self.registry
            .seen(named.iter().copied().collect(), now)
            .await?;
        let mut swept = Swept {
            named: named.len(),
            ..Swept::default()
        };
        let unnamed = known.keys().filter(|sample| !named.contains(sample));
        for sample in unnamed {
            swept.deleted += usize::from(self.delete_if_old(*sample, now).await?);
        }
        for sample in there.iter().filter(|sample| !known.contains_key(sample)) {
            if named.contains(sample) {
                swept.adopted += usize::from(self.adopt(*sample, now).await?);
            } else {
                swept.deleted += usize::from(self.delete_if_unknown(*sample).await?);
            }
        }
        Ok(swept)
    }

    /// Those among some samples that any session names. A session in memory says nothing else than
    /// the store does: an edit is not accepted before it is there.
    async fn named(
        &self,
        matters: impl Fn(&SampleId) -> bool,
    ) -> Result<BTreeSet<SampleId>, TakeError> {
        let mut named = BTreeSet::new();
        let mut from = Some(SessionKey(0));
        while let Some(session) = from {
            let (mentioned, next) = self.registry.mentions(session).await?;
            named.extend(mentioned.into_iter().filter(&matters));
            from = next;
        }
        Ok(named)
    }

    async fn delete_if_old(&self, sample: SampleId, now: ServerTime) -> Result<bool, TakeError> {
        let _alone = self.taking.write().await;
        // It may have been sent again since.
        let kept = self.registry.kept(sample).await?;
        if kept.is_none_or(|kept| now - kept.of_use() < self.keep) {
            return Ok(false);
        }
        self.registry.forget(sample).await?;
        self.vault.delete(sample).await?;
        Ok(true)
    }

    async fn delete_if_unknown(&self, sample: SampleId) -> Result<bool, TakeError> {
        let _alone = self.taking.write().await;
        if self.registry.kept(sample).await?.is_some() {
            return Ok(false);
        }
        self.vault.delete(sample).await?;
        Ok(true)
    }

    /// Bytes that are there and wanted, though nothing knows of them: as after an older backup of
    /// the sessions was restored.
    async fn adopt(&self, sample: SampleId, now: ServerTime) -> Result<bool, TakeError> {
        let _taking = self.taking.read().await;
        let bytes = match self.vault.read(sample).await {
            Ok(bytes) => bytes,
            Err(VaultError::Damaged | VaultError::Missing) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let measured = self.work(move || {
            let format = Format::of(&bytes).ok_or(Refusal::NotAudio)?;
            Ok((measure(&bytes)?, format))
        });
        let (shape, format) = match measured.await {
            Ok(measured) => measured,
            Err(TakeError::Refused(_)) => return Ok(false),
            Err(error) => return Err(error),
        };
        let kept = Kept {
            shape,
            format,
            bytes: length,
            kept: now,
            seen: now,
        };
        Ok(self.registry.keep(sample, kept).await?)
    }
}
