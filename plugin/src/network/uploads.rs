//! Audio files on their way into the session: read, sent, and then named by an edit. What cannot be
//! sent now is part of the session here at once, and is sent when it can.

use super::Network;
use super::http::{HttpError, MOST_SAMPLE_BYTES};
use super::jobs::Outcome;
use crate::house::{Held, House};
use crate::view::{UploadState, UploadView};
use lockstep_decoder::{Refusal, Shape, measure};
use lockstep_session::edit::Edit;
use lockstep_session::ids::SampleId;
use lockstep_session::text::LongName;
use lockstep_session::units::{LocalTime, Span};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

const RETRY: Span = Span::from_seconds(5);
/// Of those that were refused, so many are still shown.
const MOST_REFUSED: usize = 4;

#[derive(Default)]
pub(super) struct Uploads {
    under_way: Vec<Upload>,
    /// Part of the session here, and not sent yet.
    unsent: BTreeSet<SampleId>,
    last: UploadNumber,
    shown_percent: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct UploadNumber(u32);

struct Upload {
    number: UploadNumber,
    name: LongName,
    stage: Stage,
}

enum Stage {
    Reading,
    Sending {
        sample: SampleId,
        percent: Arc<AtomicU8>,
        /// What the session is told once it is there; it knows already where there is nothing.
        edit: Option<Edit>,
    },
    Waiting {
        sample: SampleId,
        retry_at: LocalTime,
    },
    Refused(String),
}

/// A file that can be a sample.
#[derive(Debug)]
pub(super) struct ReadFile {
    id: SampleId,
    shape: Shape,
    held: Arc<Held>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    #[error("The file cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    #[error("The file is larger than 12 MiB. Take a shorter part, or save it as FLAC or Ogg")]
    TooLarge,
    #[error("It cannot be a sample: {0}")]
    Refused(#[from] Refusal),
}

impl Network {
    pub(super) fn add_sample(&mut self, path: PathBuf) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let name = LongName::new(&name).or("Sample");
        self.remember_folder(&path);
        self.add_audio(name, move || read_file(&path));
    }

    /// The next search for a file begins where this one is.
    fn remember_folder(&self, file: &Path) {
        let house = &self.ends.house;
        let folder = file.parent().filter(|folder| folder.is_absolute());
        if folder.is_some() && folder != house.record().samples_from.as_deref() {
            house.change(|record| record.samples_from = folder.map(Path::to_path_buf));
        }
    }

    /// Makes audio a sample, wherever its bytes come from.
    pub(super) fn add_audio(
        &mut self,
        name: LongName,
        bytes: impl FnOnce() -> Result<Vec<u8>, ReadError> + Send + 'static,
    ) {
        if !self.may_edit() {
            return self.tell("This link only listens. Ask for the link that edits");
        }
        let number = self.uploads.begin(name);
        let house = Arc::clone(&self.ends.house);
        self.jobs.start_heavy(move || {
            let read = bytes().and_then(|bytes| prove(bytes.into(), &house));
            Outcome::Read(number, read)
        });
    }

    pub(super) fn file_was_read(
        &mut self,
        number: UploadNumber,
        read: Result<ReadFile, ReadError>,
    ) {
        let Some(name) = self.uploads.name(number) else {
            return;
        };
        let file = match read {
            Ok(file) => file,
            Err(error) => return self.uploads.refuse(number, error.to_string()),
        };
        let edit = Edit::AddSample {
            sample: file.id,
            name: name.clone(),
            frames: file.shape.frames,
            rate: file.shape.rate,
            channels: file.shape.channels,
        };
        let bytes = Arc::clone(&file.held.encoded);
        self.take_in(file.id, file.held);
        if self.replica.is_live() {
            return self.send_sample(number, file.id, name, bytes, Some(edit));
        }
        self.edit(edit, self.clock.now());
        self.ends.session.keep_unsent(file.id, bytes);
        self.uploads.wait(number, file.id, LocalTime::ZERO);
        if self.address.is_none() {
            // There is nobody to wait for; it goes along should there ever be.
            self.uploads.end(number);
        }
    }

    fn send_sample(
        &mut self,
        number: UploadNumber,
        sample: SampleId,
        name: LongName,
        bytes: Arc<[u8]>,
        edit: Option<Edit>,
    ) {
        let Some(address) = self.address.clone() else {
            return;
        };
        let percent = Arc::new(AtomicU8::new(0));
        self.uploads.set(
            number,
            Stage::Sending {
                sample,
                percent: Arc::clone(&percent),
                edit,
            },
        );
        let http = self.http.clone();
        self.jobs.start(async move {
            let sent = http.send(&address, sample, &name, bytes, percent).await;
            Outcome::Sent(number, sent)
        });
    }

    pub(super) fn sample_was_sent(&mut self, number: UploadNumber, sent: Result<(), HttpError>) {
        let now = self.clock.now();
        let Some((sample, edit)) = self.uploads.was_sending(number) else {
            return;
        };
        match sent {
            Ok(()) => {
                self.uploads.unsent.remove(&sample);
                self.uploads.end(number);
                if let Some(edit) = edit {
                    self.edit(edit, now);
                }
            }
            Err(error) if error.may_pass() => {
                // It is in the session here, and goes to the others when it can.
                if let Some(bytes) = self.bytes_in_memory(sample) {
                    self.ends.session.keep_unsent(sample, bytes);
                }
                if let Some(edit) = edit {
                    self.edit(edit, now);
                }
                self.uploads.wait(number, sample, now + RETRY);
            }
            Err(error) => {
                self.uploads.unsent.remove(&sample);
                self.uploads.refuse(number, error.to_string());
            }
        }
    }

    /// Sends what waits, once there is somebody to send it to.
    pub(super) fn look_after_uploads(&mut self) {
        let now = self.clock.now();
        if !self.replica.is_live() || !self.may_edit() {
            return;
        }
        let document = self.replica.document();
        let listed = Arc::clone(&document.samples);
        self.uploads.queue_unsent(|id| {
            let sample = listed.get(&id);
            sample.map(|sample| sample.name.clone())
        });
        for (number, sample) in self.uploads.due(now) {
            let Some(name) = self.uploads.name(number) else {
                continue;
            };
            let bytes = self.bytes_in_memory(sample).or_else(|| {
                let kept = self.ends.house.folder()?.sample(sample)?;
                Some(kept.into())
            });
            match bytes {
                Some(bytes) => self.send_sample(number, sample, name, bytes, None),
                None => {
                    self.uploads.unsent.remove(&sample);
                    let why = "Its file is not on this machine any more. Add it again";
                    self.uploads.refuse(number, why.to_owned());
                }
            }
            self.changed = true;
        }
    }
}

impl Uploads {
    /// Of a project that holds what was not sent.
    pub(super) fn restored(unsent: BTreeSet<SampleId>) -> Self {
        Self {
            unsent,
            ..Self::default()
        }
    }

    pub(super) fn unsent(&self) -> &BTreeSet<SampleId> {
        &self.unsent
    }

    pub(super) fn views(&self) -> Vec<UploadView> {
        let view = |upload: &Upload| UploadView {
            name: upload.name.to_string(),
            state: match &upload.stage {
                Stage::Reading => UploadState::Sending { percent: 0 },
                Stage::Sending { percent, .. } => UploadState::Sending {
                    percent: percent.load(Ordering::Relaxed),
                },
                Stage::Waiting { .. } => UploadState::Waiting,
                Stage::Refused(why) => UploadState::Refused(why.clone()),
            },
        };
        self.under_way.iter().map(view).collect()
    }

    pub(super) fn are_sending(&self) -> bool {
        let mut stages = self.under_way.iter().map(|upload| &upload.stage);
        stages.any(|stage| matches!(stage, Stage::Sending { .. }))
    }

    /// Whether more has gone than when this was asked last.
    pub(super) fn have_moved(&mut self) -> bool {
        let percent = |upload: &Upload| match &upload.stage {
            Stage::Sending { percent, .. } => percent.load(Ordering::Relaxed),
            _ => 0,
        };
        let now: Vec<u8> = self.under_way.iter().map(percent).collect();
        let have_moved = now != self.shown_percent;
        self.shown_percent = now;
        have_moved
    }

    /// When one that waits is to be sent again. Those that wait for a connection come with it.
    pub(super) fn deadline(&self) -> Option<LocalTime> {
        let waiting = self
            .under_way
            .iter()
            .filter_map(|upload| match upload.stage {
                Stage::Waiting { retry_at, .. } if retry_at > LocalTime::ZERO => Some(retry_at),
                _ => None,
            });
        waiting.min()
    }

    pub(super) fn try_again(&mut self) {
        for upload in &mut self.under_way {
            if let Stage::Waiting { retry_at, .. } = &mut upload.stage {
                *retry_at = LocalTime::ZERO;
            }
        }
    }

    fn begin(&mut self, name: LongName) -> UploadNumber {
        let is_refused = |upload: &Upload| matches!(upload.stage, Stage::Refused(_));
        let refused = self.under_way.iter().filter(|upload| is_refused(upload));
        let mut too_many = (refused.count() + 1).saturating_sub(MOST_REFUSED);
        self.under_way.retain(|upload| {
            let is_old = is_refused(upload) && too_many > 0;
            too_many -= usize::from(is_old);
            !is_old
        });
        self.last.0 += 1;
        self.under_way.push(Upload {
            number: self.last,
            name,
            stage: Stage::Reading,
        });
        self.last
    }

    fn name(&self, number: UploadNumber) -> Option<LongName> {
        let mut under_way = self.under_way.iter();
        let found = under_way.find(|upload| upload.number == number)?;
        Some(found.name.clone())
    }

    fn set(&mut self, number: UploadNumber, stage: Stage) {
        let mut under_way = self.under_way.iter_mut();
        if let Some(upload) = under_way.find(|upload| upload.number == number) {
            upload.stage = stage;
        }
    }

    fn was_sending(&self, number: UploadNumber) -> Option<(SampleId, Option<Edit>)> {
        let mut under_way = self.under_way.iter();
        let found = under_way.find(|upload| upload.number == number)?;
        match &found.stage {
            Stage::Sending { sample, edit, .. } => Some((*sample, edit.clone())),
            _ => None,
        }
    }

    fn wait(&mut self, number: UploadNumber, sample: SampleId, retry_at: LocalTime) {
        self.unsent.insert(sample);
        self.set(number, Stage::Waiting { sample, retry_at });
    }

    fn refuse(&mut self, number: UploadNumber, why: String) {
        self.set(number, Stage::Refused(why));
    }

    fn end(&mut self, number: UploadNumber) {
        self.under_way.retain(|upload| upload.number != number);
    }

    /// What a project still had to send begins here; what the session no longer lists need not go.
    fn queue_unsent(&mut self, name: impl Fn(SampleId) -> Option<LongName>) {
        let queued: BTreeSet<SampleId> = self
            .under_way
            .iter()
            .filter_map(|upload| match upload.stage {
                Stage::Sending { sample, .. } | Stage::Waiting { sample, .. } => Some(sample),
                Stage::Reading | Stage::Refused(_) => None,
            })
            .collect();
        self.unsent
            .retain(|id| queued.contains(id) || name(*id).is_some());
        let fresh: Vec<SampleId> = self.unsent.difference(&queued).copied().collect();
        for sample in fresh {
            let number = self.begin(name(sample).unwrap_or_default());
            self.wait(number, sample, LocalTime::ZERO);
        }
    }

    fn due(&self, now: LocalTime) -> Vec<(UploadNumber, SampleId)> {
        let due = self
            .under_way
            .iter()
            .filter_map(|upload| match upload.stage {
                Stage::Waiting { sample, retry_at } if retry_at <= now => {
                    Some((upload.number, sample))
                }
                _ => None,
            });
        due.collect()
    }
}

pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, ReadError> {
    let most = u64::try_from(MOST_SAMPLE_BYTES).unwrap_or(u64::MAX);
    let mut bytes = Vec::new();
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MOST_SAMPLE_BYTES {
        return Err(ReadError::TooLarge);
    }
    Ok(bytes)
}

/// Decodes it to its end, as the server will, and keeps it on this machine.
fn prove(bytes: Arc<[u8]>, house: &House) -> Result<ReadFile, ReadError> {
    let id = SampleId::of(&bytes);
    let shape = measure(&bytes)?;
    if let Some(folder) = house.folder() {
        folder.keep_sample(id, &bytes);
    }
    let held = house.shelf().put(id, Held::decode(id, bytes)?);
    Ok(ReadFile { id, shape, held })
}
