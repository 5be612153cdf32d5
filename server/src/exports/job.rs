//! One export, on a thread that may take its time. It must not know who waits for it.

use super::{ExportsError, Kind};
use crate::export::{Part, Sink, Sounds, stem_names};
use lockstep_engine::Sample;
use lockstep_offline::{Stretch, Wav, midi_file};
use lockstep_session::document::Document;
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write, copy};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

pub(super) struct Job {
    pub(super) kind: Kind,
    pub(super) document: Arc<Document>,
    pub(super) part: Part,
    pub(super) stretch: Stretch,
    pub(super) samples: Vec<Arc<Sample>>,
    pub(super) folder: PathBuf,
    /// Nobody waits for it any more.
    pub(super) forsaken: Arc<AtomicBool>,
}

impl Job {
    /// The finished file, at its beginning.
    pub(super) fn run(&self) -> Result<File, ExportsError> {
        let mut file = match self.kind {
            Kind::Midi => {
                let mut file = self.file()?;
                file.write_all(&midi_file(&self.document, self.stretch).bytes)?;
                file
            }
            Kind::Mix => {
                let file = self.file()?;
                self.render(Sounds {
                    mix: Some(self.sound(&file)?),
                    stems: Vec::new(),
                    sends: None,
                })?;
                file
            }
            Kind::Stems => self.zip()?,
        };
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }

    fn zip(&self) -> Result<File, ExportsError> {
        let names = stem_names(&self.document);
        let files: Vec<File> = names
            .iter()
            .map(|_| self.file())
            .collect::<Result<_, _>>()?;
        let sounds = files.iter().map(|file| self.sound(file));
        let mut stems: Vec<_> = sounds.collect::<Result<_, _>>()?;
        let sends = stems.split_off(self.document.tracks.len()).pop();
        self.render(Sounds {
            mix: None,
            stems,
            sends,
        })?;
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        let mut zip = ZipWriter::new(BufWriter::new(self.file()?));
        for (name, mut stem) in names.into_iter().zip(files) {
            self.go_on()?;
            zip.start_file(name, options)?;
            stem.seek(SeekFrom::Start(0))?;
            copy(&mut stem, &mut zip)?;
        }
        let writer = zip.finish()?;
        Ok(writer
            .into_inner()
            .map_err(std::io::IntoInnerError::into_error)?)
    }

    fn render(&self, mut sounds: Sounds<Sound<'_>>) -> Result<(), ExportsError> {
        sounds.render(
            &self
                .part
                .render(&self.document, self.stretch, &self.samples),
        )?;
        for sound in sounds.into_all() {
            sound.wav.finish()?;
        }
        Ok(())
    }

    fn sound<'a>(&'a self, file: &'a File) -> Result<Sound<'a>, ExportsError> {
        let wav = Wav::new(BufWriter::new(file), self.part.rate(), self.part.bits())?;
        Ok(Sound { job: self, wav })
    }

    fn file(&self) -> Result<File, ExportsError> {
        Ok(tempfile::tempfile_in(&self.folder)?)
    }

    fn go_on(&self) -> Result<(), ExportsError> {
        match self.forsaken.load(Ordering::Relaxed) {
            true => Err(ExportsError::Forsaken),
            false => Ok(()),
        }
    }
}

struct Sound<'a> {
    job: &'a Job,
    wav: Wav<BufWriter<&'a File>>,
}

impl Sink for Sound<'_> {
    type Error = ExportsError;

    fn write(&mut self, frames: [&[f32]; 2]) -> Result<(), ExportsError> {
        self.job.go_on()?;
        Ok(self.wav.write(frames)?)
    }
}
