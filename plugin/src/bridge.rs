//! Every queue between the plugin's threads, made in one place. Nothing else joins them but the
//! saved state, whose lock the audio thread never takes.
//!
//! | queue | writer | reader | keeps | when full | size |
//! |---|---|---|---|---|---|
//! | score | network, host main (one lock) | audio | the latest | overwritten | one |
//! | edges | audio | network | all | the newest is dropped; positions tell the rest | 256: a jump in every block for a second |
//! | positions | audio | network | the latest | overwritten | one |

use crate::state::SavedSession;
use crate::transport::{HostEdge, HostPosition};
use lockstep_engine::Score;
use std::sync::Arc;
use tokio::sync::Notify;

const EDGES: usize = 256;

/// What the audio thread holds.
pub(crate) struct AudioEnds {
    score: triple_buffer::Output<Score>,
    edges: rtrb::Producer<HostEdge>,
    positions: triple_buffer::Input<HostPosition>,
}

impl AudioEnds {
    /// The newest score. Scores hold no memory of their own, so nothing is freed.
    ///
    /// Realtime: yes
    pub(crate) fn score(&mut self) -> &Score {
        self.score.read()
    }

    /// Tells the network thread where the host is, and of an edge if there was one.
    ///
    /// Realtime: yes
    pub(crate) fn tell(&mut self, position: HostPosition, edge: Option<HostEdge>) {
        self.positions.write(position);
        if let Some(edge) = edge {
            // A full ring drops the edge; the position still tells the reader where the host is.
            let _dropped = self.edges.push(edge);
        }
    }
}

/// Everything the threads of one instance hold of each other.
pub(crate) struct Bridge {
    pub(crate) audio: AudioEnds,
    pub(crate) session: Arc<SavedSession>,
}

impl Bridge {
    pub(crate) fn new() -> Self {
        let (score_input, score) = triple_buffer::triple_buffer(&Score::default());
        let (positions, _) = triple_buffer::triple_buffer(&HostPosition::default());
        let (edges, _) = rtrb::RingBuffer::new(EDGES);
        let session = Arc::new(SavedSession::new(score_input, Arc::new(Notify::new())));
        Self {
            audio: AudioEnds {
                score,
                edges,
                positions,
            },
            session,
        }
    }
}
