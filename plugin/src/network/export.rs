//! Files of the session, made here and without any server. It must not know who asked.

use super::ExportKind;
use crate::house::write_whole;
use lockstep_engine::{Sample, SampleRate};
use lockstep_offline::{
    Depth, LONGEST_TAIL, Render, Stretch, Wav, WavError, common_cycle, midi_file,
};
use lockstep_server::export::{Sink, Sounds, file_name, stem_names};
use lockstep_session::document::{Document, IllegalDocument};
use lockstep_session::units::{Beat, BeatSpan};
use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Frames a second.
const RATE: u32 = 48_000;
/// More files of one name than anybody makes.
const MOST_NAMES: u32 = 10_000;

pub(super) struct Job {
    pub(super) document: Document,
    pub(super) samples: Vec<Arc<Sample>>,
    pub(super) kind: ExportKind,
    pub(super) bars: u16,
    pub(super) into: PathBuf,
    pub(super) is_cancelled: Arc<AtomicBool>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum ExportError {
    #[error("{0} cannot be written: {1}. Choose another folder")]
    Unwritable(PathBuf, #[source] io::Error),
    #[error("{0} cannot be written: {1}")]
    Wav(PathBuf, #[source] WavError),
    #[error("This session cannot be exported: {0}")]
    Illegal(#[from] IllegalDocument),
    #[error("The export was stopped")]
    Cancelled,
}

impl Job {
    /// Gives the file, or the folder of files, that was made.
    pub(super) fn run(self) -> Result<PathBuf, ExportError> {
        let unwritable = |error| ExportError::Unwritable(self.into.clone(), error);
        fs::create_dir_all(&self.into).map_err(unwritable)?;
        // Everything that plays begins at the song's beginning.
        let document = self.document.clone().admitted()?;
        let name = safe_name(&document.name);
        match self.kind {
            ExportKind::Midi => {
                let file = midi_file(&document, self.stretch(&document));
                self.write(&format!("{name}.mid"), &file.bytes)
            }
            ExportKind::Document => {
                let text = serde_json::to_vec_pretty(&document);
                let text = text.map_err(|error| unwritable(error.into()))?;
                self.write(&format!("{name}.json"), &text)
            }
            ExportKind::Mix => {
                let path = self.free(&format!("{name}.wav"))?;
                let sounds = Sounds {
                    mix: Some(self.sound(path.clone())?),
                    stems: Vec::new(),
                    sends: None,
                };
                self.render(&document, sounds)?;
                Ok(path)
            }
            ExportKind::Stems => {
                let folder = self.free(&format!("{name} stems"))?;
                let made = fs::create_dir(&folder);
                made.map_err(|error| ExportError::Unwritable(folder.clone(), error))?;
                let mut stems = Vec::new();
                for name in stem_names(&document) {
                    stems.push(self.sound(folder.join(name))?);
                }
                let sends = stems.split_off(document.tracks.len()).pop();
                let sounds = Sounds {
                    mix: None,
                    stems,
                    sends,
                };
                let outcome = self.render(&document, sounds);
                if outcome.is_err() {
                    // What is left of it is of no use; a folder that stays does no harm.
                    let _left = fs::remove_dir_all(&folder);
                }
                outcome.map(|()| folder)
            }
        }
    }

    fn stretch(&self, document: &Document) -> Stretch {
        let span = match self.bars {
            0 => common_cycle(document, Beat::ZERO).span,
            bars => BeatSpan::BAR.times(i64::from(bars)),
        };
        Stretch::new(Beat::ZERO, span)
    }

    fn render(&self, document: &Document, mut sounds: Sounds<Sound>) -> Result<(), ExportError> {
        let render = Render {
            document,
            stretch: self.stretch(document),
            rate: SampleRate::new(f64::from(RATE)).expect("a usual rate"),
            samples: &self.samples,
            longest_tail: LONGEST_TAIL,
        };
        let rendered = sounds.render(&render);
        for sound in sounds.into_all() {
            match rendered {
                Ok(_) => sound.finish()?,
                Err(_) => sound.give_up(),
            }
        }
        rendered.map(drop)
    }

    fn sound(&self, path: PathBuf) -> Result<Sound, ExportError> {
        let made = File::create_new(&path);
        let file = made.map_err(|error| ExportError::Unwritable(path.clone(), error))?;
        let wav = Wav::new(BufWriter::new(file), RATE, Depth::TwentyFour);
        Ok(Sound {
            wav: wav.map_err(|error| ExportError::Wav(path.clone(), error))?,
            path,
            is_cancelled: Arc::clone(&self.is_cancelled),
        })
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, ExportError> {
        let path = self.free(name)?;
        let written = write_whole(&path, bytes);
        written.map_err(|error| ExportError::Unwritable(path.clone(), error))?;
        Ok(path)
    }

    /// A name that nothing has yet: "Song.wav", "Song 2.wav".
    fn free(&self, name: &str) -> Result<PathBuf, ExportError> {
        let (stem, ending) = match name.rsplit_once('.') {
            Some((stem, ending)) => (stem, format!(".{ending}")),
            None => (name, String::new()),
        };
        let numbered = (2..MOST_NAMES).map(|number| format!("{stem} {number}{ending}"));
        let names = std::iter::once(name.to_owned()).chain(numbered);
        let mut paths = names.map(|name| self.into.join(name));
        let free = paths.find(|path| path.symlink_metadata().is_err());
        free.ok_or_else(|| {
            let taken = io::Error::from(io::ErrorKind::AlreadyExists);
            ExportError::Unwritable(self.into.join(name), taken)
        })
    }
}

/// A WAV file in the making.
struct Sound {
    wav: Wav<BufWriter<File>>,
    path: PathBuf,
    is_cancelled: Arc<AtomicBool>,
}

impl Sink for Sound {
    type Error = ExportError;

    fn write(&mut self, frames: [&[f32]; 2]) -> Result<(), ExportError> {
        if self.is_cancelled.load(Ordering::Relaxed) {
            return Err(ExportError::Cancelled);
        }
        let written = self.wav.write(frames);
        written.map_err(|error| ExportError::Wav(self.path.clone(), error))
    }
}

impl Sound {
    fn finish(self) -> Result<(), ExportError> {
        let Self { wav, path, .. } = self;
        wav.finish().map_err(|error| ExportError::Wav(path, error))
    }

    fn give_up(self) {
        drop(self.wav);
        remove(&self.path);
    }
}

fn remove(path: &Path) {
    // One that stays is seen to be cut.
    let _left = fs::remove_file(path);
}

/// As much of a session's name as every system takes for a file's.
fn safe_name(name: &str) -> String {
    const RESERVED: [&str; 4] = ["con", "prn", "aux", "nul"];
    let name = file_name(name.trim_start_matches(['.', ' ']));
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is_port = stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt"));
    if name.is_empty() {
        "Untitled".to_owned()
    } else if is_port || RESERVED.contains(&stem.as_str()) {
        format!("{name}_")
    } else {
        name
    }
}
