//! Reads the host's transport block by block and finds its edges: what others need to hear about.
//! It runs in the audio callback and must not know who listens.

use lockstep_engine::{Beats, HostBlock, HostLoop, SampleRate, Tempo};
use lockstep_session::units::LocalTime;
use nice_plug::prelude::Transport;

/// Where the host's transport was at the first frame of a block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct HostPosition {
    pub(crate) rolling: bool,
    pub(crate) beat: Beats,
    pub(crate) tempo: Option<Tempo>,
    pub(crate) at: LocalTime,
    /// The loop that it is in.
    pub(crate) looped: Option<(Beats, Beats)>,
}

impl Default for HostPosition {
    fn default() -> Self {
        Self {
            rolling: false,
            beat: Beats::ZERO,
            tempo: None,
            at: LocalTime::ZERO,
            looped: None,
        }
    }
}

/// A change that the host's transport did not just run into.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum HostEdge {
    Started(HostPosition),
    Stopped(HostPosition),
    /// A relocation, or a loop that went back to its start.
    Jumped(HostPosition),
    Tempo(HostPosition),
}

impl HostEdge {
    /// Where the host was right after it.
    pub(crate) fn position(self) -> HostPosition {
        match self {
            Self::Started(position)
            | Self::Stopped(position)
            | Self::Jumped(position)
            | Self::Tempo(position) => position,
        }
    }
}

/// Rounding and tempo ramps stay below this; a jump by less is not worth telling.
const JUMP_BEATS: f64 = 1.0 / 32.0;
const ROUNDING: f64 = 1e-6;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HostTransport {
    last: HostPosition,
    next_beat: f64,
    /// Without loops: where the next block would begin.
    next_unfolded: f64,
}

impl HostTransport {
    /// What the engine needs of a block, or nothing while the host stands still, has no tempo or
    /// has no position.
    ///
    /// Realtime: yes
    pub(crate) fn block(&self, transport: &Transport) -> Option<HostBlock> {
        if !transport.playing {
            return None;
        }
        let looped = loop_of(transport).and_then(|(start, end)| HostLoop::new(start, end));
        let told = transport.pos_beats()?;
        Some(HostBlock {
            beat: Beats::new(self.folded(told, looped))?,
            tempo: Tempo::new(transport.tempo?)?,
            looped,
            // The place is all that a host says.
            turned: None,
        })
    }

    /// Notes a block whose first frame belongs at `at`. A tempo change and a jump in the same
    /// block are one edge: its position tells both.
    ///
    /// Realtime: yes
    pub(crate) fn advance(
        &mut self,
        transport: &Transport,
        block: Option<HostBlock>,
        at: LocalTime,
        frames: usize,
        rate: SampleRate,
    ) -> (HostPosition, Option<HostEdge>) {
        let told = transport.pos_beats().and_then(Beats::new);
        let position = HostPosition {
            rolling: block.is_some(),
            beat: block
                .map(|block| block.beat)
                .or(told)
                .unwrap_or(self.last.beat),
            tempo: transport.tempo.and_then(Tempo::new).or(self.last.tempo),
            at,
            looped: loop_of(transport),
        };
        let beat = position.beat.quarter_notes();
        let jumped = (beat - self.next_beat).abs() > JUMP_BEATS;
        let edge = match (self.last.rolling, position.rolling) {
            (false, true) => Some(HostEdge::Started(position)),
            (true, false) => Some(HostEdge::Stopped(position)),
            _ if jumped => Some(HostEdge::Jumped(position)),
            _ if position.tempo != self.last.tempo => Some(HostEdge::Tempo(position)),
            _ => None,
        };
        let frames = u32::try_from(frames).map_or(0.0, f64::from);
        self.next_unfolded = match block {
            Some(block) => beat + frames * block.tempo.beats_per_frame(rate),
            None => beat,
        };
        let looped = block.and_then(|block| block.looped);
        self.next_beat = fold(self.next_unfolded, beat, looped);
        self.last = position;
        (position, edge)
    }

    /// A block that the framework cut up at an automated parameter may begin past the loop's end,
    /// where the host would have it begin at the loop's start.
    fn folded(&self, told: f64, looped: Option<HostLoop>) -> f64 {
        let goes_on = self.last.rolling && (told - self.next_unfolded).abs() < JUMP_BEATS;
        if goes_on {
            fold(told, self.last.beat.quarter_notes(), looped)
        } else {
            told
        }
    }
}

fn loop_of(transport: &Transport) -> Option<(Beats, Beats)> {
    let (start, end) = transport.loop_range_beats()?;
    let bounds = (Beats::new(start)?, Beats::new(end)?);
    (start < end).then_some(bounds)
}

/// Where a place past the end of a loop is, coming from a place before its end.
fn fold(beat: f64, from: f64, looped: Option<HostLoop>) -> f64 {
    let Some(looped) = looped else {
        return beat;
    };
    let (start, end) = (looped.start().quarter_notes(), looped.end().quarter_notes());
    // Rounding may put the end of a turn a hair before or behind the loop's end.
    let is_past = beat > end + ROUNDING && from < end - ROUNDING;
    if is_past {
        start + (beat - end) % (end - start)
    } else {
        beat
    }
}
