//! `export`: a session as a file that other programs read. It runs without a server, on the data of
//! one that stands still or on a document in a file.

mod draft;
mod part;
mod sounds;
mod source;

pub(crate) use part::Part;
pub use sounds::{Sink, Sounds, file_name, stem_names};

use crate::samples::{self, Fetched};
use draft::Draft;
use lockstep_offline::{LONGEST_TAIL, Stretch, Wav, WavError, midi_file};
use lockstep_session::document::Document;
use lockstep_session::units::BeatSpan;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

pub use source::SourceError;

/// Writes a session to a file: WAV, a Standard MIDI File, or its document as JSON.
///
/// Without --bars it goes on until everything that plays begins anew together. A WAV file begins
/// on the first beat and ends when nothing rings any more.
#[derive(Debug, clap::Args)]
pub struct Export {
    /// The session's link, the id in it, or a .json file with its document.
    #[arg(value_name = "SESSION")]
    session: String,
    /// Where to: what is written depends on its ending, .wav, .mid or .json.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Writes each track to a WAV file of its own in this folder, behind its fader, and what reverb
    /// and delay add to another. All are as long as the mix, and without its own effects.
    #[arg(long, value_name = "FOLDER")]
    stems: Option<PathBuf>,
    #[command(flatten)]
    part: Part,
}

/// What an export has to say: of each file a line, and what is not in them.
#[derive(Debug, Default)]
pub struct Exported {
    pub files: Vec<String>,
    pub warnings: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error("{0} ends in none of .wav, .mid and .json, so it is not clear what to write")]
    Ending(PathBuf),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("{0} cannot be written: {1}")]
    Unwritable(PathBuf, #[source] std::io::Error),
    #[error("{0} cannot be written: {1}")]
    Wav(PathBuf, #[source] WavError),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Wav,
    Midi,
    Json,
}

impl Export {
    /// Reads the session, from `data` unless it is a file, and writes all that was asked for.
    pub fn run(&self, data: &Path) -> Result<Exported, ExportError> {
        let kind = kind(&self.to)?;
        let document = source::document(&self.session, data)?;
        let mut said = Exported::default();
        let stretch = self.stretch(&document, &mut said);
        match kind {
            Kind::Wav => {}
            Kind::Midi => self.write_midi(&document, stretch, &mut said)?,
            Kind::Json => {
                let text = serde_json::to_vec_pretty(&document).map_err(std::io::Error::from);
                write(&self.to, &text.map_err(|error| self.unwritable(error))?)?;
                said.files.push(self.to.display().to_string());
            }
        }
        if kind == Kind::Wav || self.stems.is_some() {
            let fetched = samples::at_rest(data, samples::played(&document));
            self.write_audio(&document, stretch, kind == Kind::Wav, &fetched, &mut said)?;
        }
        Ok(said)
    }

    fn stretch(&self, document: &Document, said: &mut Exported) -> Stretch {
        let (stretch, is_cut) = self.part.stretch(document);
        if is_cut {
            said.warnings.push(format!(
                "what plays does not begin anew within {} bars; this is where it ends, and --bars says otherwise",
                stretch.span().as_micros() / BeatSpan::BAR.as_micros()
            ));
        }
        stretch
    }

    fn write_midi(
        &self,
        document: &Document,
        stretch: Stretch,
        said: &mut Exported,
    ) -> Result<(), ExportError> {
        let file = midi_file(document, stretch);
        write(&self.to, &file.bytes)?;
        said.files
            .push(format!("{}: {}", self.to.display(), length(stretch)));
        if !file.audio_loops.is_empty() {
            said.warnings.push(format!(
                "MIDI holds no audio, so the audio loops of these tracks are left out: {}",
                file.audio_loops.join(", ")
            ));
        }
        Ok(())
    }

    /// The mix if it is asked for, and the stems if they are, in one go.
    fn write_audio(
        &self,
        document: &Document,
        stretch: Stretch,
        mix: bool,
        fetched: &Fetched,
        said: &mut Exported,
    ) -> Result<(), ExportError> {
        let (stems, sends) = self.stem_files(document)?;
        let mut sounds = Sounds {
            mix: match mix {
                true => Some(self.sound(self.to.clone())?),
                false => None,
            },
            stems,
            sends,
        };
        let rendered = sounds.render(&self.part.render(document, stretch, &fetched.samples))?;
        let frames = u32::try_from(rendered.frames).map_or(f64::INFINITY, f64::from);
        let seconds = frames / f64::from(self.part.rate());
        for sound in sounds.into_all() {
            let path = sound.finish()?;
            said.files.push(format!(
                "{}: {}, {seconds:.1} s with what rings on",
                path.display(),
                length(stretch)
            ));
        }
        if rendered.is_cut {
            said.warnings.push(format!(
                "it still rang after {LONGEST_TAIL} s and was cut off"
            ));
        }
        let missing = fetched.missing.iter();
        let missing = missing.filter_map(|sample| document.samples.get(sample));
        let missing: Vec<&str> = missing.map(|sample| sample.name.as_str()).collect();
        if !missing.is_empty() {
            said.warnings.push(format!(
                "these samples are not at hand here, and what plays them is silent: {}",
                missing.join(", ")
            ));
        }
        Ok(())
    }

    /// One of each track, and one of what is sent if something is.
    fn stem_files(&self, document: &Document) -> Result<(Vec<Sound>, Option<Sound>), ExportError> {
        let Some(folder) = &self.stems else {
            return Ok((Vec::new(), None));
        };
        std::fs::create_dir_all(folder)
            .map_err(|error| ExportError::Unwritable(folder.clone(), error))?;
        let mut stems = Vec::new();
        for name in stem_names(document) {
            stems.push(self.sound(folder.join(name))?);
        }
        let sends = stems.split_off(document.tracks.len()).pop();
        Ok((stems, sends))
    }

    fn sound(&self, path: PathBuf) -> Result<Sound, ExportError> {
        let draft = Draft::of(&path);
        let create = File::create(draft.path());
        let file = create.map_err(|error| ExportError::Unwritable(path.clone(), error))?;
        let wav = Wav::new(BufWriter::new(file), self.part.rate(), self.part.bits());
        Ok(Sound {
            wav: wav.map_err(|error| ExportError::Wav(path.clone(), error))?,
            draft,
            path,
        })
    }

    fn unwritable(&self, error: std::io::Error) -> ExportError {
        ExportError::Unwritable(self.to.clone(), error)
    }
}

/// A WAV file in the making.
struct Sound {
    wav: Wav<BufWriter<File>>,
    draft: Draft,
    path: PathBuf,
}

impl Sink for Sound {
    type Error = ExportError;

    fn write(&mut self, frames: [&[f32]; 2]) -> Result<(), ExportError> {
        let written = self.wav.write(frames);
        written.map_err(|error| ExportError::Wav(self.path.clone(), error))
    }
}

impl Sound {
    fn finish(self) -> Result<PathBuf, ExportError> {
        let Sound { wav, draft, path } = self;
        wav.finish()
            .map_err(|error| ExportError::Wav(path.clone(), error))?;
        match draft.keep() {
            Ok(()) => Ok(path),
            Err(error) => Err(ExportError::Unwritable(path, error)),
        }
    }
}

fn kind(path: &Path) -> Result<Kind, ExportError> {
    let ending = path.extension().and_then(|ending| ending.to_str());
    match ending.map(str::to_ascii_lowercase).as_deref() {
        Some("wav") => Ok(Kind::Wav),
        Some("mid" | "midi") => Ok(Kind::Midi),
        Some("json") => Ok(Kind::Json),
        _ => Err(ExportError::Ending(path.to_owned())),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), ExportError> {
    let draft = Draft::of(path);
    File::create(draft.path())
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| draft.keep())
        .map_err(|error| ExportError::Unwritable(path.to_owned(), error))
}

fn length(stretch: Stretch) -> String {
    let beats = stretch.span().as_micros();
    let bar = BeatSpan::BAR.as_micros();
    if beats == bar {
        "1 bar".to_owned()
    } else if beats % bar == 0 {
        format!("{} bars", beats / bar)
    } else {
        let thousandths = (beats + 500) / 1_000;
        format!("{}.{:03} beats", thousandths / 1_000, thousandths % 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_what_is_written() {
        assert!(matches!(kind(Path::new("a/b.WAV")), Ok(Kind::Wav)));
        assert!(matches!(kind(Path::new("b.mid")), Ok(Kind::Midi)));
        for unclear in ["b", "b.mp3", ".wav"] {
            let error = kind(Path::new(unclear)).err().expect("not clear");
            assert!(error.to_string().contains(unclear), "{error}");
        }
    }
}
