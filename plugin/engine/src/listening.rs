//! What one listener wants to hear, on top of what the session shares: private mute and solo, a
//! metronome, and a count-in.

use crate::score::{MAX_TRACKS, ScoreTrack};
use crate::units::Beats;

/// All off is what everyone hears.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Listening {
    /// Tracks for this listener's ears switched off, a bit each.
    pub muted: u16,
    /// If any, only these are heard.
    pub soloed: u16,
    /// How loud the metronome is, from 0 to 1.
    pub metronome: f32,
    /// Before this place only the metronome is heard: a count-in.
    pub begins: Option<Beats>,
    /// How much louder than its fader says each track is.
    pub trims: [f32; MAX_TRACKS],
}

impl Default for Listening {
    fn default() -> Self {
        Self {
            muted: 0,
            soloed: 0,
            metronome: 0.0,
            begins: None,
            trims: [1.0; MAX_TRACKS],
        }
    }
}

impl Listening {
    /// A trim that is no number leaves its track as it is.
    ///
    /// Realtime: yes
    pub(crate) fn trim(&self, track: usize) -> f32 {
        let trim = self.trims.get(track).copied().unwrap_or(1.0);
        if trim.is_finite() {
            trim.clamp(0.0, LOUDEST_TRIM)
        } else {
            1.0
        }
    }

    /// The tracks that are heard, a bit each.
    ///
    /// Realtime: yes
    pub(crate) fn heard(&self, tracks: &[ScoreTrack]) -> u16 {
        let bits = |is_set: fn(&ScoreTrack) -> bool| {
            let tracks = tracks.iter().enumerate();
            tracks.fold(0_u16, |bits, (number, track)| {
                bits | u16::from(is_set(track)) << number
            })
        };
        let shared = audible(
            bits(|track| track.muted != 0),
            bits(|track| track.soloed != 0),
        );
        shared & audible(self.muted, self.soloed)
    }
}

/// Twelve decibels.
const LOUDEST_TRIM: f32 = 4.0;

fn audible(muted: u16, soloed: u16) -> u16 {
    let chosen = if soloed == 0 { u16::MAX } else { soloed };
    chosen & !muted
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytemuck::Zeroable;

    #[test]
    fn a_private_solo_never_brings_back_what_is_muted_for_all() {
        let mut tracks = [ScoreTrack::zeroed(); 3];
        tracks[1].muted = 1;
        let everything = Listening::default();
        assert_eq!(everything.heard(&tracks) & 0b111, 0b101);
        let private = Listening {
            soloed: 0b010,
            ..everything
        };
        assert_eq!(private.heard(&tracks) & 0b111, 0);
        tracks[2].soloed = 1;
        assert_eq!(everything.heard(&tracks) & 0b111, 0b100);
    }
}
