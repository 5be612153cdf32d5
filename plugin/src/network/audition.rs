//! A file of this machine, opened so that it can be heard before it is anybody's sample. Like a folder it
//! may take its time, and only the last click counts.

use super::Network;
use super::jobs::Outcome;
use super::uploads::{ReadError, read_file};
use crate::house::Held;
use crate::view::AuditionView;
use lockstep_engine::Sample;
use lockstep_session::ids::SampleId;
use lockstep_session::units::Span;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Default)]
pub(super) struct Audition {
    asked: AuditionNumber,
    heard: Option<AuditionView>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct AuditionNumber(u32);

impl Audition {
    pub(super) fn view(&self) -> Option<AuditionView> {
        self.heard.clone()
    }
}

impl Network {
    pub(super) fn audition(&mut self, file: Option<PathBuf>) {
        self.audition.asked.0 = self.audition.asked.0.wrapping_add(1);
        self.audition.heard = None;
        self.ends.audition(None);
        if let Some(file) = file {
            let number = self.audition.asked;
            self.jobs.start_heavy(move || {
                let opened = open(&file);
                Outcome::Opened(number, file, opened)
            });
        }
    }

    pub(super) fn file_was_opened(
        &mut self,
        number: AuditionNumber,
        file: PathBuf,
        opened: Result<Arc<Sample>, ReadError>,
    ) {
        if number != self.audition.asked {
            return;
        }
        match opened {
            Ok(sample) => {
                let ends = self.clock.now() + length(&sample);
                self.audition.heard = Some(AuditionView { file, ends });
                self.ends.audition(Some(sample));
            }
            Err(error) => self.tell(&error.to_string()),
        }
    }
}

fn open(file: &Path) -> Result<Arc<Sample>, ReadError> {
    let bytes = read_file(file)?;
    let held = Held::decode(SampleId::of(&bytes), bytes.into())?;
    Ok(held.decoded)
}

fn length(sample: &Sample) -> Span {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "a sample lasts a minute"
    )]
    let micros = (sample.frames() as f64 / sample.rate().hertz() * 1e6) as i64;
    Span::from_micros(micros)
}
