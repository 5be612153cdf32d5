//! `export`: a session as a file that other programs read. It runs without a server, on the data of
//! one that stands still or on a document in a file.

mod draft;
mod source;

use crate::samples::{self, Fetched};
use draft::Draft;
use lockstep_engine::SampleRate;
use lockstep_offline::{Depth, LONGEST_TAIL, Piece, Render, Stretch, Wav, WavError};
use lockstep_offline::{common_cycle, midi_file};
use lockstep_session::document::Document;
use lockstep_session::document::mixer::Percent;
use lockstep_session::units::{Beat, BeatSpan};
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
    /// How many bars.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=25_000))]
    bars: Option<u32>,
    /// The bar to begin with.
    #[arg(long, value_name = "BAR", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=25_000))]
    from: u32,
    /// Frames a second.
    #[arg(long, value_name = "HZ", default_value_t = 48_000, value_parser = clap::value_parser!(u32).range(8_000..=192_000))]
    rate: u32,
    /// How exactly samples are written: 16, 24, or 32 with a floating point.
    #[arg(long, value_name = "BITS", default_value = "24", value_parser = depth)]
    bits: Depth,
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

fn depth(bits: &str) -> Result<Depth, &'static str> {
    match bits {
        "16" => Ok(Depth::Sixteen),
        "24" => Ok(Depth::TwentyFour),
        "32" => Ok(Depth::Float),
        _ => Err("it is 16, 24 or 32"),
    }
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
            let wanted = document.samples.keys().copied();
            let wanted = wanted.filter(|&sample| document.uses_sample(sample));
            let fetched = samples::at_rest(data, wanted);
            self.write_audio(&document, stretch, kind == Kind::Wav, &fetched, &mut said)?;
        }
        Ok(said)
    }

    fn stretch(&self, document: &Document, said: &mut Exported) -> Stretch {
        let from = Beat::ZERO + BeatSpan::BAR.times(i64::from(self.from) - 1);
        let span = match self.bars {
            Some(bars) => BeatSpan::BAR.times(i64::from(bars)),
            None => {
                let cycle = common_cycle(document, from);
                if cycle.is_cut {
                    said.warnings.push(format!(
                        "what plays does not begin anew within {} bars; this is where it ends, and --bars says otherwise",
                        cycle.span.as_micros() / BeatSpan::BAR.as_micros()
                    ));
                }
                cycle.span
            }
        };
        Stretch::new(from, span)
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
        let render = Render {
            document,
            stretch,
            rate: SampleRate::new(f64::from(self.rate)).expect("the flag's range is narrower"),
            samples: &fetched.samples,
            longest_tail: LONGEST_TAIL,
        };
        let mut mix = match mix {
            true => Some(self.sound(self.to.clone())?),
            false => None,
        };
        let mut stems = self.stem_files(document)?;
        let mut sends = self.sends_file(document)?;
        let rendered = render.play(|piece| match piece {
            Piece::Mix(frames) => mix.as_mut().map_or(Ok(()), |mix| mix.write(frames)),
            Piece::Track(number, frames) => stems
                .get_mut(number)
                .map_or(Ok(()), |stem| stem.write(frames)),
            Piece::Sends(frames) => sends.as_mut().map_or(Ok(()), |sends| sends.write(frames)),
        })?;
        let frames = u32::try_from(rendered.frames).map_or(f64::INFINITY, f64::from);
        let seconds = frames / f64::from(self.rate);
        for sound in mix.into_iter().chain(stems).chain(sends) {
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

    fn stem_files(&self, document: &Document) -> Result<Vec<Sound>, ExportError> {
        let Some(folder) = &self.stems else {
            return Ok(Vec::new());
        };
        std::fs::create_dir_all(folder)
            .map_err(|error| ExportError::Unwritable(folder.clone(), error))?;
        let tracks = (1..).zip(&document.tracks);
        let names = tracks.map(|(number, track)| stem_name(number, track.settings.name.as_str()));
        names.map(|name| self.sound(folder.join(name))).collect()
    }

    /// None where nothing is sent.
    fn sends_file(&self, document: &Document) -> Result<Option<Sound>, ExportError> {
        let is_sent = document.tracks.iter().any(|track| {
            let settings = &track.settings;
            settings.reverb_send > Percent::MIN || settings.delay_send > Percent::MIN
        });
        match &self.stems {
            Some(folder) if is_sent => {
                let name = stem_name(document.tracks.len() + 1, "Sends");
                self.sound(folder.join(name)).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn sound(&self, path: PathBuf) -> Result<Sound, ExportError> {
        let draft = Draft::of(&path);
        let create = File::create(draft.path());
        let file = create.map_err(|error| ExportError::Unwritable(path.clone(), error))?;
        let wav = Wav::new(BufWriter::new(file), self.rate, self.bits);
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

impl Sound {
    fn write(&mut self, frames: [&[f32]; 2]) -> Result<(), ExportError> {
        let written = self.wav.write(frames);
        written.map_err(|error| ExportError::Wav(self.path.clone(), error))
    }

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

/// Sorted as the tracks are, and a name that every system takes.
fn stem_name(number: usize, track: &str) -> String {
    let safe = |letter: char| match letter {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
        letter => letter,
    };
    let name: String = track.chars().map(safe).collect();
    format!("{number:02} {}.wav", name.trim_end_matches(['.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_track_may_be_called_anything_and_its_stem_still_has_a_name() {
        assert_eq!(stem_name(3, "Low kick"), "03 Low kick.wav");
        assert_eq!(stem_name(12, "../a:b?"), "12 ..-a-b-.wav");
        assert_eq!(stem_name(1, "CON."), "01 CON.wav");
    }

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
