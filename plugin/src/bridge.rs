//! Every queue between the plugin's threads, made in one place. Nothing else joins them but the
//! saved state, whose lock the audio thread never takes.
//!
//! | queue | writer | reader | keeps | when full | size |
//! |---|---|---|---|---|---|
//! | picture | network, host main (one lock) | audio | the latest | overwritten | one |
//! | guide | network | audio | the latest | overwritten | one |
//! | samples | network, host main (one lock) | audio | all | the network thread tries again | 512: all of one project for all of another |
//! | retired | audio | network | all | the engine keeps the sample until there is room | 64: as many as come |
//! | auditions | network | audio | all | the click is not heard | 16: more than a hand clicks in a block |
//! | edges | audio | network | all | the newest is dropped; positions tell the rest | 256: a jump in every block for a second |
//! | positions | audio | network | the latest | overwritten | one |
//! | played | audio | network | all | the newest is dropped: hands do not play this fast | 512: two hands for ten seconds |
//! | input | audio | network | all while recording | the take has a hole, and says so | 1.4 s at 48 kHz; the reader comes every 5 ms |
//! | playing | audio | editor | the latest | overwritten | one |
//! | levels | audio | editor | the latest | overwritten | one |
//! | taps | editor | audio | all | the tap is not heard | 64: more than a hand taps in a block |
//! | commands | editor | network | all | the editor says that it is busy | 256: a gesture's worth |
//! | view | network | editor | the latest | overwritten | one |
//! | dragged | listener at the window | editor | all | files that were dropped are refused | 16: hands coming and going while nothing is drawn |
//!
//! Settings of one seat (`controls.rs`) are atomics that the editor sets and the audio thread reads.
//! Scores, views, documents and samples are freed where the next one is written: never on the audio
//! thread.

use crate::audio::notes::Drums;
use crate::editor::Dragged;
use crate::guide::Guide;
use crate::house::House;
use crate::macros::{MACROS, MacroTurns};
use crate::network::Command;
use crate::state::SavedSession;
use crate::transport::{HostEdge, HostPosition};
use crate::view::View;
use crossbeam_channel::{Receiver, Sender, TrySendError};
use lockstep_engine::{Beats, LiveNote, Meters, Sample, SampleKey, Score};
use nice_plug_egui::RepaintNotifier;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::Notify;

const SAMPLES: usize = 512;
const RETIRED: usize = 64;
const AUDITIONS: usize = 16;
const PLAYED: usize = 512;
const INPUT: usize = 65_536;
const TAPS: usize = 64;
const EDGES: usize = 256;
const COMMANDS: usize = 256;
const DRAGGED: usize = 16;

/// What there is to play, and what the host's macro knobs turn in it.
#[derive(Clone)]
pub(crate) struct Picture {
    pub(crate) score: Box<Score>,
    pub(crate) turns: MacroTurns,
    pub(crate) drums: Drums,
}

/// A sample to hold for playing, or one that nothing plays any more.
pub(crate) enum Delivery {
    Keep(Arc<Sample>),
    Drop(SampleKey),
}

/// A key that was played, where it was heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Played {
    /// The place of the track.
    pub(crate) track: u8,
    pub(crate) key: u8,
    /// From 0 to 1; nothing when the key was let go.
    pub(crate) velocity: Option<f32>,
    /// The place in the song, while anything rolls.
    pub(crate) beat: Option<Beats>,
    /// How many beats of loops had been run through.
    pub(crate) turned: f64,
}

/// Where this workstation's transport is, and where the grid is, which may follow the session.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Playing {
    pub(crate) host: HostPosition,
    pub(crate) grid: HostPosition,
}

/// What the audio thread holds.
pub(crate) struct AudioEnds {
    picture: triple_buffer::Output<Picture>,
    guide: triple_buffer::Output<Guide>,
    samples: rtrb::Consumer<Delivery>,
    retired: rtrb::Producer<Arc<Sample>>,
    auditions: rtrb::Consumer<Option<Arc<Sample>>>,
    edges: rtrb::Producer<HostEdge>,
    positions: triple_buffer::Input<HostPosition>,
    played: rtrb::Producer<Played>,
    input: rtrb::Producer<[f32; 2]>,
    is_capturing: Arc<AtomicBool>,
    playing: triple_buffer::Input<Playing>,
    levels: triple_buffer::Input<Meters>,
    taps: rtrb::Consumer<LiveNote>,
}

/// What the network thread holds.
pub(crate) struct NetworkEnds {
    pub(crate) session: Arc<SavedSession>,
    pub(crate) house: Arc<House>,
    pub(crate) commands: Receiver<Command>,
    pub(crate) wake: Arc<Notify>,
    guide: triple_buffer::Input<Guide>,
    retired: rtrb::Consumer<Arc<Sample>>,
    auditions: rtrb::Producer<Option<Arc<Sample>>>,
    edges: rtrb::Consumer<HostEdge>,
    positions: triple_buffer::Output<HostPosition>,
    played: rtrb::Consumer<Played>,
    input: rtrb::Consumer<[f32; 2]>,
    is_capturing: Arc<AtomicBool>,
    view: triple_buffer::Input<Arc<View>>,
    shown: Arc<View>,
    repaint: RepaintNotifier,
    closing: Arc<AtomicBool>,
}

/// What the editor holds.
pub(crate) struct EditorEnds {
    commands: Sender<Command>,
    wake: Arc<Notify>,
    view: triple_buffer::Output<Arc<View>>,
    playing: triple_buffer::Output<Playing>,
    levels: triple_buffer::Output<Meters>,
    taps: rtrb::Producer<LiveNote>,
    dragged: Receiver<Dragged>,
    pub(crate) dragging: DragEnd,
    pub(crate) repaint: RepaintNotifier,
}

/// What the listener at the window holds.
#[derive(Clone)]
pub(crate) struct DragEnd {
    dragged: Sender<Dragged>,
    repaint: RepaintNotifier,
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
        Self::in_house(House::of_process())
    }

    /// The same for a house of one's own.
    pub(crate) fn in_house(house: Arc<House>) -> Self {
        let nothing = Picture {
            score: Score::boxed(),
            turns: [None; MACROS],
            drums: Drums::default(),
        };
        let (picture_input, picture) = triple_buffer::triple_buffer(&nothing);
        let (guide_input, guide) = triple_buffer::triple_buffer(&Guide::default());
        let (samples_input, samples) = rtrb::RingBuffer::new(SAMPLES);
        let (retired_input, retired) = rtrb::RingBuffer::new(RETIRED);
        let (auditions_input, auditions) = rtrb::RingBuffer::new(AUDITIONS);
        let (edges_input, edges) = rtrb::RingBuffer::new(EDGES);
        let (positions_input, positions) = triple_buffer::triple_buffer(&HostPosition::default());
        let (played_input, played) = rtrb::RingBuffer::new(PLAYED);
        let (input_input, input) = rtrb::RingBuffer::new(INPUT);
        let (playing_input, playing) = triple_buffer::triple_buffer(&Playing::default());
        let (levels_input, levels) = triple_buffer::triple_buffer(&Meters::default());
        let (taps_input, taps) = rtrb::RingBuffer::new(TAPS);
        let (commands_input, commands) = crossbeam_channel::bounded(COMMANDS);
        let (dragged_input, dragged) = crossbeam_channel::bounded(DRAGGED);
        let (view_input, view) = triple_buffer::triple_buffer(&Arc::<View>::default());
        let wake = Arc::new(Notify::new());
        let closing = Arc::new(AtomicBool::new(false));
        let is_capturing = Arc::new(AtomicBool::new(false));
        let repaint = RepaintNotifier::new();
        let session = Arc::new(SavedSession::new(
            picture_input,
            samples_input,
            Arc::clone(&wake),
            Arc::clone(&house),
        ));
        Self {
            audio: AudioEnds {
                picture,
                guide,
                samples,
                retired: retired_input,
                auditions,
                edges: edges_input,
                positions: positions_input,
                played: played_input,
                input: input_input,
                is_capturing: Arc::clone(&is_capturing),
                playing: playing_input,
                levels: levels_input,
                taps,
            },
            network: NetworkEnds {
                session: Arc::clone(&session),
                house,
                commands,
                wake: Arc::clone(&wake),
                guide: guide_input,
                retired,
                auditions: auditions_input,
                edges,
                positions,
                played,
                input,
                is_capturing,
                view: view_input,
                shown: Arc::default(),
                repaint: repaint.clone(),
                closing: Arc::clone(&closing),
            },
            editor: EditorEnds {
                commands: commands_input,
                wake: Arc::clone(&wake),
                view,
                playing,
                levels,
                taps: taps_input,
                dragged,
                dragging: DragEnd {
                    dragged: dragged_input,
                    repaint: repaint.clone(),
                },
                repaint,
            },
            session,
            closer: Closer { wake, closing },
        }
    }
}

impl AudioEnds {
    /// Takes up the newest picture, and says whether there was one. Its samples were sent before it, so
    /// they are looked for after it.
    ///
    /// Realtime: yes
    pub(crate) fn take_picture(&mut self) -> bool {
        self.picture.update()
    }

    /// The picture that was taken up, to be turned by macros.
    ///
    /// Realtime: yes
    pub(crate) fn picture(&mut self) -> &mut Picture {
        self.picture.output_buffer_mut()
    }

    /// Realtime: yes
    pub(crate) fn guide(&mut self) -> &Guide {
        self.guide.read()
    }

    /// The next sample to hold or to let go, while there is room to give one back.
    ///
    /// Realtime: yes
    pub(crate) fn delivery(&mut self) -> Option<Delivery> {
        if !self.may_retire() {
            return None;
        }
        self.samples.pop().ok()
    }

    /// A file to be heard from now on, or none any more, while there is room to give others back.
    ///
    /// Realtime: yes
    pub(crate) fn audition(&mut self) -> Option<Option<Arc<Sample>>> {
        if !self.may_retire() {
            return None;
        }
        self.auditions.pop().ok()
    }

    /// Realtime: yes
    pub(crate) fn may_retire(&self) -> bool {
        !self.retired.is_full()
    }

    /// Hands a sample to where it may be freed.
    ///
    /// Realtime: yes
    pub(crate) fn retire(&mut self, sample: Arc<Sample>) {
        if let Err(rtrb::PushError::Full(sample)) = self.retired.push(sample) {
            // Nothing is taken while there is no room, so this never comes; freeing here would be
            // the worse end.
            std::mem::forget(sample);
        }
    }

    /// Realtime: yes
    pub(crate) fn tap(&mut self) -> Option<LiveNote> {
        self.taps.pop().ok()
    }

    /// Whether the input is to be recorded.
    ///
    /// Realtime: yes
    pub(crate) fn is_capturing(&self) -> bool {
        self.is_capturing.load(Ordering::Relaxed)
    }

    /// Realtime: yes
    pub(crate) fn capture(&mut self, frame: [f32; 2]) {
        // A full ring is a hole in the take, which its reader sees.
        let _hole = self.input.push(frame);
    }

    /// A key that was played, for whoever records.
    ///
    /// Realtime: yes
    pub(crate) fn tell_played(&mut self, played: Played) {
        let _dropped = self.played.push(played);
    }

    /// How loud everything is, for the editor.
    ///
    /// Realtime: yes
    pub(crate) fn show_levels(&mut self, levels: Meters) {
        self.levels.write(levels);
    }

    /// Where everything is, for the editor.
    ///
    /// Realtime: yes
    pub(crate) fn show_playing(&mut self, playing: Playing) {
        self.playing.write(playing);
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

    /// Realtime: no
    pub(crate) fn guide(&mut self, guide: Guide) {
        self.guide.write(guide);
    }

    /// Frees what the audio thread no longer holds.
    ///
    /// Realtime: no
    pub(crate) fn free_retired(&mut self) {
        while self.retired.pop().is_ok() {}
    }

    /// A file to be heard from now on, or none any more.
    ///
    /// Realtime: no
    pub(crate) fn audition(&mut self, sample: Option<Arc<Sample>>) {
        // Nobody hears a host that does not ask for sound.
        let _full = self.auditions.push(sample);
    }

    /// Realtime: no
    pub(crate) fn played(&mut self) -> Option<Played> {
        self.played.pop().ok()
    }

    /// Realtime: no
    pub(crate) fn capture(&self, is_wanted: bool) {
        self.is_capturing.store(is_wanted, Ordering::Relaxed);
    }

    /// Whether frames of the input had no place any more.
    ///
    /// Realtime: no
    pub(crate) fn has_hole(&self) -> bool {
        self.input.slots() >= INPUT
    }

    /// The next recorded frame.
    ///
    /// Realtime: no
    pub(crate) fn captured(&mut self) -> Option<[f32; 2]> {
        self.input.pop().ok()
    }

    /// Gives the editor something to show. What looks as before does not wake it.
    ///
    /// Realtime: no
    pub(crate) fn show(&mut self, view: View) {
        if *self.shown == view {
            return;
        }
        self.shown = Arc::new(view);
        self.view.write(Arc::clone(&self.shown));
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
    pub(crate) fn playing(&mut self) -> Playing {
        *self.playing.read()
    }

    /// What a hand that holds files has done, once.
    ///
    /// Realtime: no
    pub(crate) fn dragged(&self) -> Option<Dragged> {
        self.dragged.try_recv().ok()
    }

    /// Plays a note by hand, to hear a preset or a step.
    ///
    /// Realtime: no
    pub(crate) fn tap(&mut self, note: LiveNote) {
        // A hand that taps faster than blocks come is not heard.
        let _full = self.taps.push(note);
    }
}

impl DragEnd {
    /// Whether there was room for it.
    ///
    /// Realtime: no
    pub(crate) fn tell(&self, dragged: Dragged) -> bool {
        let is_told = self.dragged.try_send(dragged).is_ok();
        self.repaint.request_repaint();
        is_told
    }
}

impl Closer {
    /// Realtime: no
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Release);
        self.wake.notify_one();
    }
}
