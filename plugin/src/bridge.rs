//! Every queue between the plugin's threads, made in one place. Nothing else joins them but the
//! saved state, whose lock the audio thread never takes.
//!
//! | queue | writer | reader | keeps | when full | size |
//! |---|---|---|---|---|---|
//! | score | network, host main (one lock) | audio | the latest | overwritten | one |
//! | edges | audio | network | all | the newest is dropped; positions tell the rest | 256: a jump in every block for a second |
//! | positions | audio | network | the latest | overwritten | one |
//! | playhead | audio | editor | the latest | overwritten | one |
//! | levels | audio | editor | the latest | overwritten | one |
//! | commands | editor | network | all | the editor says that it is busy | 256: a gesture's worth |
//! | view | network | editor | the latest | overwritten | one |
//!
//! Scores, views and documents are freed where the next one is written: never on the audio thread.

use crate::network::Command;
use crate::state::SavedSession;
use crate::transport::{HostEdge, HostPosition};
use crate::view::View;
use crossbeam_channel::{Receiver, Sender, TrySendError};
use lockstep_engine::{Meters, Score};
use nice_plug_egui::RepaintNotifier;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

const EDGES: usize = 256;
const COMMANDS: usize = 256;

/// What the audio thread holds.
pub(crate) struct AudioEnds {
    score: triple_buffer::Output<Box<Score>>,
    edges: rtrb::Producer<HostEdge>,
    positions: triple_buffer::Input<HostPosition>,
    playhead: triple_buffer::Input<HostPosition>,
    levels: triple_buffer::Input<Meters>,
}

/// What the network thread holds.
pub(crate) struct NetworkEnds {
    pub(crate) session: Arc<SavedSession>,
    pub(crate) commands: Receiver<Command>,
    pub(crate) wake: Arc<Notify>,
    edges: rtrb::Consumer<HostEdge>,
    positions: triple_buffer::Output<HostPosition>,
    view: triple_buffer::Input<Arc<View>>,
    repaint: RepaintNotifier,
    closing: Arc<AtomicBool>,
}

/// What the editor holds.
pub(crate) struct EditorEnds {
    commands: Sender<Command>,
    wake: Arc<Notify>,
    view: triple_buffer::Output<Arc<View>>,
    playhead: triple_buffer::Output<HostPosition>,
    levels: triple_buffer::Output<Meters>,
    pub(crate) repaint: RepaintNotifier,
}

/// Tells the network thread to end.
pub(crate) struct Closer {
    wake: Arc<Notify>,
    closing: Arc<AtomicBool>,
}

/// The ends of all queues of one instance.
pub(crate) struct Bridge {
    pub(crate) audio: AudioEnds,
    pub(crate) network: NetworkEnds,
    pub(crate) editor: EditorEnds,
    pub(crate) session: Arc<SavedSession>,
    pub(crate) closer: Closer,
}

impl Bridge {
    pub(crate) fn new() -> Self {
        let (score_input, score) = triple_buffer::triple_buffer(&Score::boxed());
        let (edges_input, edges) = rtrb::RingBuffer::new(EDGES);
        let (positions_input, positions) = triple_buffer::triple_buffer(&HostPosition::default());
        let (playhead_input, playhead) = triple_buffer::triple_buffer(&HostPosition::default());
        let (levels_input, levels) = triple_buffer::triple_buffer(&Meters::default());
        let (commands_input, commands) = crossbeam_channel::bounded(COMMANDS);
        let (view_input, view) = triple_buffer::triple_buffer(&Arc::<View>::default());
        let wake = Arc::new(Notify::new());
        let closing = Arc::new(AtomicBool::new(false));
        let repaint = RepaintNotifier::new();
        let session = Arc::new(SavedSession::new(score_input, Arc::clone(&wake)));
        Self {
            audio: AudioEnds {
                score,
                edges: edges_input,
                positions: positions_input,
                playhead: playhead_input,
                levels: levels_input,
            },
            network: NetworkEnds {
                session: Arc::clone(&session),
                commands,
                wake: Arc::clone(&wake),
                edges,
                positions,
                view: view_input,
                repaint: repaint.clone(),
                closing: Arc::clone(&closing),
            },
            editor: EditorEnds {
                commands: commands_input,
                wake: Arc::clone(&wake),
                view,
                playhead,
                levels,
                repaint,
            },
            session,
            closer: Closer { wake, closing },
        }
    }
}

impl AudioEnds {
    /// The newest score.
    ///
    /// Realtime: yes
    pub(crate) fn score(&mut self) -> &Score {
        self.score.read()
    }

    /// How loud everything is, for the editor.
    ///
    /// Realtime: yes
    pub(crate) fn show_levels(&mut self, levels: Meters) {
        self.levels.write(levels);
    }

    /// Tells the other threads where the host is, and of an edge if there was one.
    ///
    /// Realtime: yes
    pub(crate) fn tell(&mut self, position: HostPosition, edge: Option<HostEdge>) {
        self.positions.write(position);
        self.playhead.write(position);
        if let Some(edge) = edge {
            // A full ring drops the edge; the position still tells the reader where the host is.
            let _dropped = self.edges.push(edge);
        }
    }
}

impl NetworkEnds {
    /// The next edge of the host's transport, if one came.
    ///
    /// Realtime: no
    pub(crate) fn edge(&mut self) -> Option<HostEdge> {
        self.edges.pop().ok()
    }

    /// Where the host was last.
    ///
    /// Realtime: no
    pub(crate) fn position(&mut self) -> HostPosition {
        *self.positions.read()
    }

    /// Gives the editor something new to show.
    ///
    /// Realtime: no
    pub(crate) fn show(&mut self, view: View) {
        self.view.write(Arc::new(view));
        self.repaint.request_repaint();
    }

    /// Realtime: no
    pub(crate) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }
}

impl EditorEnds {
    /// Whether the network thread took the command; it does not while it is behind.
    ///
    /// Realtime: no
    pub(crate) fn ask(&self, command: Command) -> Result<(), TrySendError<Command>> {
        self.commands.try_send(command)?;
        self.wake.notify_one();
        Ok(())
    }

    /// Realtime: no
    pub(crate) fn view(&mut self) -> Arc<View> {
        Arc::clone(self.view.read())
    }

    /// Realtime: no
    pub(crate) fn levels(&mut self) -> Meters {
        *self.levels.read()
    }

    /// Realtime: no
    pub(crate) fn playhead(&mut self) -> HostPosition {
        *self.playhead.read()
    }
}

impl Closer {
    /// Realtime: no
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.wake.notify_one();
    }
}
