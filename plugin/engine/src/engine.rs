//! The engine: one voice for each track, struck by the steps that the playhead passes.
//! It must not know where the score or the position came from.

use crate::playhead::{HostBlock, Playhead};
use crate::score::{MAX_TRACKS, Score};
use crate::units::SampleRate;
use crate::voice::ClickVoice;

/// A click's peak: sixteen at once stay below full scale on top of a mix.
const CLICK_LEVEL: f32 = 0.25;

/// Renders a score at one sample rate.
#[derive(Clone, Debug)]
pub struct Engine {
    rate: SampleRate,
    playhead: Playhead,
    voices: [ClickVoice; MAX_TRACKS],
}

impl Engine {
    /// Realtime: yes
    pub fn new(rate: SampleRate) -> Self {
        let mut voices = [ClickVoice::default(); MAX_TRACKS];
        for (index, voice) in (0..).zip(&mut voices) {
            *voice = ClickVoice::new(rate, index);
        }
        Self {
            rate,
            playhead: Playhead::default(),
            voices,
        }
    }

    /// Realtime: yes
    pub fn sample_rate(&self) -> SampleRate {
        self.rate
    }

    /// Forgets position and sound, as if new.
    ///
    /// Realtime: yes
    pub fn reset(&mut self) {
        self.playhead.stop();
        self.voices.iter_mut().for_each(ClickVoice::silence);
    }

    /// Overwrites both channels with the next frames. `block` is the host's position at the first
    /// frame, or `None` while it stands still; sounding clicks ring out either way. The shorter
    /// channel tells how many frames there are.
    ///
    /// Realtime: yes
    pub fn render(
        &mut self,
        score: &Score,
        block: Option<HostBlock>,
        left: &mut [f32],
        right: &mut [f32],
    ) {
        let frames = left.len().min(right.len());
        let (left, right) = (&mut left[..frames], &mut right[..frames]);
        left.fill(0.0);
        let Some(block) = block else {
            self.playhead.stop();
            for (voice, track) in self.voices.iter_mut().zip(score.tracks()) {
                voice.add_to(left, track.gain());
            }
            right.copy_from_slice(left);
            return;
        };
        let passes = self.playhead.advance(block, frames, self.rate);
        for (voice, track) in self.voices.iter_mut().zip(score.tracks()) {
            let mut rendered = 0;
            for onset in passes.iter().flat_map(|pass| track.onsets(pass)) {
                let frame = onset.frame.clamp(rendered, frames);
                voice.add_to(&mut left[rendered..frame], track.gain());
                voice.strike(CLICK_LEVEL);
                rendered = frame;
            }
            voice.add_to(&mut left[rendered..], track.gain());
        }
        right.copy_from_slice(left);
    }
}
