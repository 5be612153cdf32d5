//! The sounds of a session, each for a file of its own: the mix, the tracks, and what is sent. It
//! must not know what a file is.

use lockstep_offline::{Piece, Render, Rendered};
use lockstep_session::document::Document;
use lockstep_session::document::mixer::Percent;

/// Takes the frames of one sound.
pub trait Sink {
    type Error;

    fn write(&mut self, frames: [&[f32]; 2]) -> Result<(), Self::Error>;
}

/// Where each sound goes that is wanted.
#[derive(Debug)]
pub struct Sounds<S> {
    pub mix: Option<S>,
    /// As many as there are tracks, or none.
    pub stems: Vec<S>,
    pub sends: Option<S>,
}

impl<S: Sink> Sounds<S> {
    /// Everything in one go. The first error ends it.
    pub fn render(&mut self, render: &Render<'_>) -> Result<Rendered, S::Error> {
        render.play(|piece| {
            let (sink, frames) = match piece {
                Piece::Mix(frames) => (self.mix.as_mut(), frames),
                Piece::Track(number, frames) => (self.stems.get_mut(number), frames),
                Piece::Sends(frames) => (self.sends.as_mut(), frames),
            };
            sink.map_or(Ok(()), |sink| sink.write(frames))
        })
    }

    pub fn into_all(self) -> impl Iterator<Item = S> {
        self.mix.into_iter().chain(self.stems).chain(self.sends)
    }
}

/// The names of a session's stems: of each track, and of what is sent if something is.
pub fn stem_names(document: &Document) -> Vec<String> {
    let is_sent = document.tracks.iter().any(|track| {
        let settings = &track.settings;
        settings.reverb_send > Percent::MIN || settings.delay_send > Percent::MIN
    });
    let tracks = document.tracks.iter();
    let names = tracks.map(|track| track.settings.name.as_str());
    let names = names.chain(is_sent.then_some("Sends"));
    // Sorted as the tracks are.
    let numbered = (1..).zip(names);
    let names = numbered.map(|(number, name)| format!("{number:02} {}.wav", file_name(name)));
    names.collect()
}

/// As much of a name as every system takes for a file's.
pub fn file_name(name: &str) -> String {
    let safe = |letter: char| match letter {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' => '-',
        letter => letter,
    };
    let name: String = name.chars().map(safe).collect();
    name.trim_end_matches(['.', ' ']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_session::document::track::{Track, TrackSettings};
    use lockstep_session::ids::TrackId;
    use lockstep_session::text::Name;
    use std::sync::Arc;

    #[test]
    fn a_track_may_be_called_anything_and_its_stem_still_has_a_name() {
        let track = |name: &str, send| {
            let settings = TrackSettings {
                name: Name::new(name),
                delay_send: Percent::new(send),
                ..TrackSettings::default()
            };
            Arc::new(Track::new(TrackId(1), settings))
        };
        let dry = Document {
            tracks: vec![track("Low kick", 0), track("../a:b?", 0), track("CON.", 0)],
            ..Document::default()
        };
        let names = stem_names(&dry);
        assert_eq!(names, ["01 Low kick.wav", "02 ..-a-b-.wav", "03 CON.wav"]);
        let wet = Document {
            tracks: vec![track("Sends", 1)],
            ..Document::default()
        };
        assert_eq!(stem_names(&wet), ["01 Sends.wav", "02 Sends.wav"]);
    }
}
