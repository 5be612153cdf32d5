//! Sessions as files: rendered to audio, or written down as MIDI; and recordings as samples. Bytes come
//! out; it knows no file, socket, clock or thread.
#![forbid(unsafe_code)]

mod midi;
mod render;
mod stretch;
mod take;
mod wav;

pub use midi::{MidiFile, midi_file};
pub use render::{LONGEST_TAIL, Piece, Render, Rendered};
pub use stretch::{Cycle, Stretch, common_cycle};
pub use take::{Cut, MOST_SLICES, Take};
pub use wav::{Depth, Wav, WavError};

use lockstep_session::document::Document;
use lockstep_session::document::clip::Content;
use lockstep_session::document::track::Track;

/// Whether a track is in the mix that everyone hears.
pub fn is_heard(document: &Document, track: &Track) -> bool {
    let is_chosen = track.settings.solo || !document.tracks.iter().any(|track| track.settings.solo);
    is_chosen && !track.settings.mute
}

/// The names of the tracks that play audio loops somewhere in a stretch.
pub fn audio_loops(document: &Document, stretch: Stretch) -> Vec<String> {
    let rows = document.rows();
    let tracks = document.tracks.iter();
    let looping = tracks.filter(|track| {
        let mut turns = stretch::turns(track.launches(&rows), stretch.from());
        is_heard(document, track)
            && turns.any(|turn| {
                let clip = turn.playing.clip.and_then(|scene| track.clip(scene));
                turn.since() < stretch.to()
                    && clip.is_some_and(|clip| matches!(clip.content, Content::Loop(_)))
            })
    });
    looping
        .map(|track| track.settings.name.as_str().to_owned())
        .collect()
}
