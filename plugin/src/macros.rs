//! The host's macro knobs: which parameter of which track's instrument each of them turns. A part of
//! this workstation's project; the shared document knows nothing of it.

use crate::audio::notes::Drums;
use lockstep_engine::{Preset, Turn};
use lockstep_session::document::Document;
use lockstep_session::document::instrument::{Amount, Parameter, Source};
use lockstep_session::ids::TrackId;
use serde::{Deserialize, Serialize};

pub(crate) const MACROS: usize = crate::params::MACROS;

/// What a knob turns, and between which amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MacroTarget {
    pub(crate) track: TrackId,
    pub(crate) parameter: Parameter,
    pub(crate) from: Amount,
    pub(crate) to: Amount,
}

/// One for each knob.
pub(crate) type MacroTargets = [Option<MacroTarget>; MACROS];

/// The same with tracks by their places, as the audio thread has it.
pub(crate) type MacroTurns = [Option<Turn>; MACROS];

/// A knob on a track that is gone turns nothing.
pub(crate) fn turns(targets: &MacroTargets, document: &Document) -> MacroTurns {
    targets.map(|target| {
        let target = target?;
        let mut tracks = document.tracks.iter();
        let track = tracks.position(|track| track.id == target.track)?;
        Some(Turn {
            track,
            parameter: target.parameter,
            from: target.from,
            to: target.to,
        })
    })
}

/// What General MIDI drum each track plays, where it plays one.
pub(crate) fn drums(document: &Document) -> Drums {
    let mut drums = Drums::default();
    for (place, track) in drums.iter_mut().zip(&document.tracks) {
        if let Source::Preset(name) = &track.settings.instrument.source {
            *place = Preset::find(name.as_str()).and_then(|preset| preset.general_midi(MIDDLE_C));
        }
    }
    drums
}

const MIDDLE_C: u8 = 60;
