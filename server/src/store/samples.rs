//! What the store knows of samples: which there are, since when, and which of them its sessions
//! name. Their bytes are elsewhere.

use super::embedded::{EmbeddedStore, read};
use super::tables::{RECORDS, SNAPSHOTS};
use super::writer::Job;
use super::{Answer, SessionKey};
use lockstep_decoder::{Format, Shape};
use lockstep_session::document::{Channels, FrameCount, SampleRate};
use lockstep_session::ids::SampleId;
use lockstep_session::units::ServerTime;
use redb::{Database, ReadableDatabase, ReadableTable, StorageError, Table, TableDefinition};
use std::collections::{BTreeMap, BTreeSet};

/// By hash: frames, rate, channels, format, bytes, when it was kept and when it was last of use.
pub(super) type Row = (u32, u32, u8, u8, u64, i64, i64);
pub(super) const SAMPLES: TableDefinition<'_, &[u8; 32], Row> = TableDefinition::new("samples");

/// Sessions that are looked through at once.
const SESSIONS_AT_ONCE: usize = 64;

/// A sample as it was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    pub shape: Shape,
    pub format: Format,
    pub bytes: u64,
    /// When it was sent last.
    pub kept: ServerTime,
    /// When a session was last seen to name it.
    pub seen: ServerTime,
}

impl Kept {
    /// When it was last of use to anybody.
    pub fn of_use(&self) -> ServerTime {
        self.kept.max(self.seen)
    }
}

/// What some sessions name, and where to go on; nowhere after the last.
pub type Mentions = (BTreeSet<SampleId>, Option<SessionKey>);

pub trait SampleRegistry {
    /// Notes a sample whose bytes are durable, or that it was sent again. True if it is new.
    fn keep(&self, sample: SampleId, kept: Kept) -> Answer<bool>;

    fn kept(&self, sample: SampleId) -> Answer<Option<Kept>>;

    fn all_kept(&self) -> Answer<BTreeMap<SampleId, Kept>>;

    /// Notes that sessions named these.
    fn seen(&self, samples: Vec<SampleId>, now: ServerTime) -> Answer<bool>;

    /// True if it was known.
    fn forget(&self, sample: SampleId) -> Answer<bool>;

    /// Every hash that the snapshots and records of some sessions hold, whatever for.
    fn mentions(&self, from: SessionKey) -> Answer<Mentions>;
}

#[derive(Debug)]
pub(super) enum Change {
    Keep(SampleId, Kept),
    Seen(Vec<SampleId>, ServerTime),
    Forget(SampleId),
}

impl Change {
    pub(super) fn make(
        self,
        samples: &mut Table<'_, &'static [u8; 32], Row>,
    ) -> Result<bool, StorageError> {
        match self {
            Change::Keep(sample, kept) => {
                let before = samples.get(&sample.bytes())?.map(|row| row.value().6);
                let mut row = row(kept);
                // It may have been named while it was sent again.
                row.6 = row.6.max(before.unwrap_or(i64::MIN));
                samples.insert(&sample.bytes(), row)?;
                Ok(before.is_none())
            }
            Change::Seen(seen, now) => {
                for sample in seen {
                    let row = samples.get(&sample.bytes())?.map(|row| row.value());
                    if let Some(mut row) = row {
                        row.6 = now.as_micros();
                        samples.insert(&sample.bytes(), row)?;
                    }
                }
                Ok(true)
            }
            Change::Forget(sample) => Ok(samples.remove(&sample.bytes())?.is_some()),
        }
    }
}

impl SampleRegistry for EmbeddedStore {
    fn keep(&self, sample: SampleId, kept: Kept) -> Answer<bool> {
        self.change(Change::Keep(sample, kept))
    }

    fn kept(&self, sample: SampleId) -> Answer<Option<Kept>> {
        Box::pin(read(self.file.clone(), move |database| {
            let samples = database.begin_read()?.open_table(SAMPLES)?;
            Ok(samples
                .get(&sample.bytes())?
                .and_then(|row| kept(row.value())))
        }))
    }

    fn all_kept(&self) -> Answer<BTreeMap<SampleId, Kept>> {
        Box::pin(read(self.file.clone(), move |database| {
            let mut all = BTreeMap::new();
            for entry in database.begin_read()?.open_table(SAMPLES)?.iter()? {
                let (sample, row) = entry?;
                let sample = SampleId::from_bytes(*sample.value());
                all.extend(kept(row.value()).map(|kept| (sample, kept)));
            }
            Ok(all)
        }))
    }

    fn seen(&self, samples: Vec<SampleId>, now: ServerTime) -> Answer<bool> {
        self.change(Change::Seen(samples, now))
    }

    fn forget(&self, sample: SampleId) -> Answer<bool> {
        self.change(Change::Forget(sample))
    }

    fn mentions(&self, from: SessionKey) -> Answer<Mentions> {
        Box::pin(read(self.file.clone(), move |database| {
            mentions(database, from)
        }))
    }
}

impl EmbeddedStore {
    fn change(&self, change: Change) -> Answer<bool> {
        self.write(|reply| Job::Sample { change, reply })
    }
}

fn mentions(database: &Database, from: SessionKey) -> Result<Mentions, redb::Error> {
    let transaction = database.begin_read()?;
    let snapshots = transaction.open_table(SNAPSHOTS)?;
    let records = transaction.open_table(RECORDS)?;
    let mut found = BTreeSet::new();
    let mut last = None;
    let mut looked_at = 0;
    for entry in snapshots.range(from.0..)?.take(SESSIONS_AT_ONCE) {
        let (session, snapshot) = entry?;
        let session = session.value();
        hashes_in(snapshot.value().1, &mut found);
        for record in records.range((session, 0)..=(session, u64::MAX))? {
            hashes_in(record?.1.value(), &mut found);
        }
        last = Some(session);
        looked_at += 1;
    }
    let next = last.filter(|_| looked_at == SESSIONS_AT_ONCE);
    Ok((found, next.map(|last| SessionKey(last.saturating_add(1)))))
}

/// Everything in some bytes that reads like a hash. A name can look like one too; then a sample is
/// kept that nobody plays.
fn hashes_in(bytes: &[u8], found: &mut BTreeSet<SampleId>) {
    const DIGITS: usize = 64;
    let is_digit = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    for run in bytes.split(|byte| !is_digit(byte)) {
        for digits in run.windows(DIGITS) {
            let digits = std::str::from_utf8(digits).expect("digits are ASCII");
            found.extend(SampleId::parse(digits));
        }
    }
}

fn row(kept: Kept) -> Row {
    let format = match kept.format {
        Format::Wav => 0,
        Format::Flac => 1,
        Format::Mp3 => 2,
        Format::OggVorbis => 3,
        Format::Aiff => 4,
    };
    let Shape {
        frames,
        rate,
        channels,
    } = kept.shape;
    (
        frames.get(),
        rate.get(),
        channels.get(),
        format,
        kept.bytes,
        kept.kept.as_micros(),
        kept.seen.as_micros(),
    )
}

/// None where a later server wrote something that this one does not know.
fn kept((frames, rate, channels, format, bytes, kept, seen): Row) -> Option<Kept> {
    let format = match format {
        0 => Format::Wav,
        1 => Format::Flac,
        2 => Format::Mp3,
        3 => Format::OggVorbis,
        4 => Format::Aiff,
        _ => return None,
    };
    Some(Kept {
        shape: Shape {
            frames: FrameCount::new(i64::from(frames)),
            rate: SampleRate::new(i64::from(rate)),
            channels: Channels::new(i64::from(channels)),
        },
        format,
        bytes,
        kept: ServerTime::from_micros(kept),
        seen: ServerTime::from_micros(seen),
    })
}
