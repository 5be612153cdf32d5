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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::LinkKey;
    use crate::samples::Vault;
    use crate::store::{EmbeddedStore, Place, Store};
    use bytes::Bytes;
    use futures_util::stream;
    use lockstep_session::protocol::Role;
    use lockstep_session::units::Span;
    use object_store::memory::InMemory;
    use std::convert::Infallible;

    const KEEP: Span = Span::from_seconds(100);

    struct Room {
        samples: Samples,
        store: Arc<dyn Store>,
        _data: tempfile::TempDir,
    }

    fn room() -> Room {
        let data = tempfile::tempdir().unwrap();
        let store: Arc<dyn Store> = Arc::new(EmbeddedStore::open(data.path()).unwrap());
        let vault = Vault::of(Arc::new(InMemory::new()));
        let samples = Samples::open(data.path(), vault, store.clone(), KEEP).unwrap();
        Room {
            samples,
            store,
            _data: data,
        }
    }

    /// A WAV file of so many frames.
    fn sound(frames: u8) -> Bytes {
        let frames = usize::from(frames);
        let length = |bytes: usize| u32::try_from(bytes).unwrap().to_le_bytes();
        let description = [1, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x40, 0x1f, 0, 0, 1, 0, 8, 0];
        let file = [
            b"RIFF".as_slice(),
            &length(36 + frames),
            b"WAVEfmt ",
            &length(16),
            &description,
            b"data",
            &length(frames),
            &vec![200; frames],
        ];
        file.concat().into()
    }

    impl Room {
        async fn send(&self, bytes: &Bytes) -> bool {
            let place = self.samples.place().unwrap();
            let body = stream::iter([Ok::<_, Infallible>(bytes.clone())]);
            let received = self.samples.receive(&place, body).await.unwrap();
            self.samples.take(received).await.unwrap().is_new
        }

        async fn is_there(&self, bytes: &Bytes) -> bool {
            let id = SampleId::of(bytes);
            let length = u64::try_from(bytes.len()).unwrap();
            let known = self.store.kept(id).await.unwrap().is_some();
            let there = self.samples.vault().check(id, length).await.is_ok();
            assert!(there || !known, "what is known is there");
            known
        }

        fn now(&self) -> ServerTime {
            self.samples.clock.now()
        }

        async fn session(&self, link: u8, says: &str) {
            let links = [(LinkKey([link; 32]), Role::Editor)];
            let created = self.store.create(&links, says.into(), ServerTime::ZERO);
            created.await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_sample_is_kept_while_a_session_names_it_and_for_a_time_after_that() {
        let room = room();
        let [in_a_snapshot, in_a_record, unnamed] = [1, 2, 3].map(sound);
        for sound in [&in_a_snapshot, &in_a_record, &unnamed] {
            assert!(room.send(sound).await);
        }
        room.session(
            1,
            &format!("{{\"{}\":1}}", SampleId::of(&in_a_snapshot).hex()),
        )
        .await;
        room.session(2, "nothing").await;
        let (second, _) = room.store.find(LinkKey([2; 32])).await.unwrap().unwrap();
        let lease = room.store.acquire(second).await.unwrap().lease;
        let record = format!("\"{}\"", SampleId::of(&in_a_record).hex());
        let append = room.store.append(lease, Place::FIRST, vec![record.into()]);
        append.await.unwrap();

        let soon = room.now() + KEEP - Span::from_seconds(10);
        let swept = room.samples.sweep(soon).await.unwrap();
        assert_eq!((swept.named, swept.deleted), (2, 0));
        let later = room.now() + KEEP + Span::from_seconds(10);
        let swept = room.samples.sweep(later).await.unwrap();
        assert_eq!((swept.named, swept.deleted), (2, 1));
        assert!(!room.is_there(&unnamed).await);
        assert!(room.is_there(&in_a_snapshot).await && room.is_there(&in_a_record).await);

        // Its time begins when it was named last.
        let snapshot = room.store.snapshot(lease, Place(2), b"nothing".to_vec());
        snapshot.await.unwrap();
        let swept = room
            .samples
            .sweep(later + KEEP - Span::from_seconds(1))
            .await
            .unwrap();
        assert_eq!((swept.named, swept.deleted), (1, 0));
        let swept = room.samples.sweep(later + KEEP).await.unwrap();
        assert_eq!((swept.named, swept.deleted), (1, 1));
        assert!(!room.is_there(&in_a_record).await);
        assert!(room.is_there(&in_a_snapshot).await);
    }

    #[tokio::test]
    async fn sending_a_sample_again_begins_its_time_anew() {
        let room = room();
        let sound = sound(5);
        assert!(room.send(&sound).await);
        let first = room
            .store
            .kept(SampleId::of(&sound))
            .await
            .unwrap()
            .unwrap();
        assert!(!room.send(&sound).await);
        let again = room
            .store
            .kept(SampleId::of(&sound))
            .await
            .unwrap()
            .unwrap();
        assert!(again.of_use() > first.of_use());
        let just_before = again.of_use() + KEEP - Span::from_micros(1);
        assert_eq!(room.samples.sweep(just_before).await.unwrap().deleted, 0);
        assert_eq!(
            room.samples
                .sweep(again.of_use() + KEEP)
                .await
                .unwrap()
                .deleted,
            1
        );
        assert!(room.send(&sound).await, "it is new again");
    }

    #[tokio::test]
    async fn bytes_that_a_crash_left_unknown_are_deleted_and_those_a_session_names_are_adopted() {
        let room = room();
        let [forgotten, named, nonsense] = [sound(6), sound(7), Bytes::from_static(b"no sound")];
        for bytes in [&forgotten, &named, &nonsense] {
            room.samples
                .vault()
                .put(SampleId::of(bytes), bytes.clone())
                .await
                .unwrap();
        }
        for (link, bytes) in [(1, &named), (2, &nonsense)] {
            room.session(link, &format!("\"{}\"", SampleId::of(bytes).hex()))
                .await;
        }
        let swept = room.samples.sweep(room.now()).await.unwrap();
        assert_eq!((swept.named, swept.deleted, swept.adopted), (2, 1, 1));
        assert!(room.is_there(&named).await);
        let left = room.samples.vault().list().await.unwrap();
        assert!(!left.contains(&SampleId::of(&forgotten)) && left.len() == 2);
    }

    #[tokio::test]
    async fn every_session_is_looked_through_however_many_there_are() {
        let room = room();
        let sounds: Vec<Bytes> = (0..150).map(sound_of).collect();
        for (link, sound) in (0..).zip(&sounds) {
            room.send(sound).await;
            room.session(link, &format!("x{}x", SampleId::of(sound).hex()))
                .await;
        }
        let later = room.now() + KEEP + KEEP;
        let swept = room.samples.sweep(later).await.unwrap();
        assert_eq!((swept.named, swept.deleted), (150, 0));
    }

    fn sound_of(number: u8) -> Bytes {
        sound(number + 1)
    }
}
