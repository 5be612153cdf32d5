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
}

impl Default for HostPosition {
    fn default() -> Self {
        Self {
            rolling: false,
            beat: Beats::ZERO,
            tempo: None,
            at: LocalTime::ZERO,
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

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct HostTransport {
    last: HostPosition,
    next_beat: f64,
}

impl HostTransport {
    /// What the engine needs of a block, or nothing while the host stands still, has no tempo or
    /// has no position.
    ///
    /// Realtime: yes
    pub(crate) fn block(transport: &Transport) -> Option<HostBlock> {
        if !transport.playing {
            return None;
        }
        let looped = transport
            .loop_range_beats()
            .and_then(|(start, end)| HostLoop::new(Beats::new(start)?, Beats::new(end)?));
        Some(HostBlock {
            beat: Beats::new(transport.pos_beats()?)?,
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
        at: LocalTime,
        frames: usize,
        rate: SampleRate,
    ) -> (HostPosition, Option<HostEdge>) {
        let block = Self::block(transport);
        let told = transport.pos_beats().and_then(Beats::new);
        let position = HostPosition {
            rolling: block.is_some(),
            beat: block
                .map(|block| block.beat)
                .or(told)
                .unwrap_or(self.last.beat),
            tempo: transport.tempo.and_then(Tempo::new).or(self.last.tempo),
            at,
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
        self.next_beat = match block {
            Some(block) => beat + frames * block.tempo.beats_per_frame(rate),
            None => beat,
        };
        self.last = position;
        (position, edge)
    }
}
