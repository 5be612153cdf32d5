//! What the audio callback does with a block: whom the grid follows, what hands and knobs do, the
//! engine, and where its sound and its notes go. It must not know the host's formats.

mod audition;
mod hands;
pub(crate) mod notes;
mod outputs;

pub(crate) use outputs::Outputs;

use crate::bridge::{AudioEnds, Delivery, Picture, Played, Playing};
use crate::clock::{LocalClock, SampleClock};
use crate::controls::{ControlSettings, Recording};
use crate::follower::{Follower, Part, Parts, quarter_notes};
use crate::guide::{Guide, Whom};
use crate::params::LockstepParams;
use crate::transport::{HostPosition, HostTransport};
use audition::Audition;
use hands::Hands;
use lockstep_engine::{
    Beats, Engine, HostBlock, Listening, LiveEvent, LiveNote, Meters, Moment, Sample, SampleRate,
};
use lockstep_session::units::{LocalTime, Span};
use nice_plug::prelude::{Plugin, ProcessContext};
use notes::Notes;
use std::sync::Arc;

/// What exists while the host has activated the instance.
pub(crate) struct Audio {
    engine: Engine,
    samples: SampleClock,
    transport: HostTransport,
    follower: Follower,
    hands: Hands,
    notes: Notes,
    outputs: outputs::Desk,
    audition: Audition,
    count_in: CountIn,
    listening: Listening,
    /// The block before stood still.
    stood: bool,
    /// Frames until every level has arrived where the last picture and the last knobs put it.
    unsettled: usize,
    is_offline: bool,
}

/// A bar of metronome before a recording.
#[derive(Clone, Copy, Debug, Default)]
struct CountIn {
    was_rolling: bool,
    begins: Option<Beats>,
}

const BAR: f64 = 4.0;
/// A count-in is heard even where the metronome is off.
const COUNTING: f32 = 0.6;
/// How much further beats have run than their place, in turns of a loop, may be off by this much
/// and still be that number of turns.
const NEARLY: f64 = 0.25;

impl Audio {
    /// Realtime: no
    pub(crate) fn new(rate: SampleRate, is_offline: bool, held: Vec<Arc<Sample>>) -> Self {
        let mut engine = Engine::new(rate);
        for sample in held {
            // What finds no place is more than a document can name.
            let _beyond = engine.keep_sample(sample);
        }
        Self {
            outputs: outputs::Desk::new(rate, engine.latency()),
            engine,
            samples: SampleClock::new(rate.hertz()),
            transport: HostTransport::default(),
            follower: Follower::default(),
            hands: Hands::default(),
            notes: Notes::default(),
            audition: Audition::default(),
            count_in: CountIn::default(),
            listening: Listening::default(),
            stood: true,
            unsettled: 0,
            is_offline,
        }
    }

    /// Goes on after an earlier activation: the keys that it left down come up with the first block.
    ///
    /// Realtime: no
    pub(crate) fn after(self, before: Self) -> Self {
        Self {
            notes: before.notes.left_down(),
            ..self
        }
    }

    /// Realtime: yes
    pub(crate) fn latency(&self) -> usize {
        self.engine.latency()
    }

    /// Forgets position and sound.
    ///
    /// Realtime: yes
    pub(crate) fn reset(&mut self) {
        self.engine.reset();
        self.follower.stop();
        self.outputs.clear();
        self.audition.end();
    }

    /// Renders a block.
    ///
    /// Realtime: yes
    pub(crate) fn render<P: Plugin>(
        &mut self,
        ends: &mut AudioEnds,
        params: &LockstepParams,
        clock: LocalClock,
        mut outputs: Outputs<'_, '_, '_>,
        context: &mut impl ProcessContext<P>,
    ) {
        let frames = outputs.frames();
        if ends.take_picture() {
            self.unsettled = settling(self.engine.sample_rate());
        }
        self.take_samples(ends);
        if !self.is_offline {
            self.audition.take(ends, self.engine.sample_rate());
        }
        let guide = *ends.guide();
        let controls = params.controls.settings();
        let (host, parts) = self.place(ends, &guide, params, controls, clock, frames, context);
        let listening = self.listening(params, controls, parts.position());
        if listening != self.listening {
            self.listening = listening;
            self.unsettled = settling(self.engine.sample_rate());
        }
        self.hands.hear(context, frames, controls);
        while let Some(tap) = ends.tap() {
            self.hands.tap(tap);
        }
        self.tell_played(ends, &parts);
        if ends.is_capturing() {
            outputs.capture(|frame| ends.capture(frame));
        }

        let picture = ends.picture();
        turn_macros(picture, params);
        let stands = parts.position().is_none();
        let is_idle = stands
            && self.stood
            && self.unsettled == 0
            && !self.engine.holds_keys()
            && self.hands.notes().is_empty()
            && self.engine.is_silent()
            && self.audition.is_silent();
        self.stood = stands;
        self.unsettled = self.unsettled.saturating_sub(frames);
        outputs.silence();
        if is_idle && self.outputs.is_silent() {
            self.outputs.rest(params);
        } else {
            self.sound(picture, &parts, &mut outputs);
            self.audition.mix(&mut outputs);
            self.outputs.finish(params, &mut outputs);
        }
        let sends = controls.sends_notes && !params.bypass.value();
        let drums = controls.maps_drums.then_some(&picture.drums);
        self.notes.send(context, sends, drums);
        let levels = if is_idle {
            Meters::default()
        } else {
            self.engine.meters()
        };
        ends.show_levels(levels);
        let grid = grid_position(&parts, host, frames);
        ends.show_playing(Playing { host, grid });
    }

    fn take_samples(&mut self, ends: &mut AudioEnds) {
        while let Some(delivery) = ends.delivery() {
            let left_over = match delivery {
                Delivery::Keep(sample) => self.engine.keep_sample(sample),
                Delivery::Drop(key) => self.engine.drop_sample(key),
            };
            if let Some(sample) = left_over {
                ends.retire(sample);
            }
        }
    }

    /// Where the workstation's transport is, and where the grid is through the block.
    #[expect(clippy::too_many_arguments, reason = "each from another thread")]
    fn place<P: Plugin>(
        &mut self,
        ends: &mut AudioEnds,
        guide: &Guide,
        params: &LockstepParams,
        controls: ControlSettings,
        clock: LocalClock,
        frames: usize,
        context: &impl ProcessContext<P>,
    ) -> (HostPosition, Parts) {
        let rate = self.engine.sample_rate();
        let transport = context.transport();
        let at = if self.is_offline {
            LocalTime::ZERO
        } else {
            self.samples.callback(clock.now(), frames)
        };
        // What others are told is when a frame is heard here.
        let heard = at + self.heard_after(guide, params);
        let block = self.transport.block(transport);
        let (host, edge) = self
            .transport
            .advance(transport, block, heard, frames, rate);
        if self.is_offline {
            self.follower.stop();
            return (host, Parts::whole(frames, block));
        }
        ends.tell(host, edge);
        match guide.follows {
            Whom::Host => {
                self.follower.stop();
                let turned = block.and_then(|block| turned(guide, &block, heard));
                let block = block.map(|block| HostBlock { turned, ..block });
                (host, Parts::whole(frames, block))
            }
            Whom::Session if controls.waits_for_host && !host.rolling => {
                self.follower.stop();
                (host, Parts::whole(frames, None))
            }
            Whom::Session => (host, self.follower.advance(guide, heard, frames, rate)),
        }
    }

    /// How long after its callback's time a frame is heard.
    fn heard_after(&self, guide: &Guide, params: &LockstepParams) -> Span {
        let late = micros(self.engine.latency(), self.engine.sample_rate());
        let nudge = whole(f64::from(params.nudge.value()) * 1_000.0);
        Span::from_micros(late + guide.output_offset - nudge)
    }

    fn listening(
        &mut self,
        params: &LockstepParams,
        controls: ControlSettings,
        position: Option<HostBlock>,
    ) -> Listening {
        let mut listening = Listening {
            soloed: controls.soloed,
            metronome: f32::from(controls.metronome) / 100.0,
            begins: self.count_in.follow(controls, position),
            ..Listening::default()
        };
        for (number, track) in params.tracks.iter().enumerate() {
            if let Some(trim) = listening.trims.get_mut(number) {
                *trim = track.trim.value();
            }
            listening.muted |= u16::from(track.mute.value()) << number;
        }
        if listening.begins.is_some() {
            listening.metronome = listening.metronome.max(COUNTING);
        }
        listening
    }

    /// Tells whoever records what was played, and where the grid was.
    fn tell_played(&self, ends: &mut AudioEnds, parts: &Parts) {
        let rate = self.engine.sample_rate();
        for note in self.hands.played() {
            let (key, velocity) = match note.event {
                LiveEvent::Down { key, velocity } => (key, Some(velocity)),
                LiveEvent::Up { key } => (key, None),
                _ => continue,
            };
            let (part, into) = match parts.second {
                Some(second) if note.frame >= parts.first.frames => {
                    (second, note.frame - parts.first.frames)
                }
                _ => (parts.first, note.frame),
            };
            let beat = part.position.and_then(|block| {
                let past = as_float(into) * block.tempo.beats_per_frame(rate);
                Beats::new(block.beat.quarter_notes() + past)
            });
            let counts_in = self.count_in.begins.zip(beat);
            if counts_in.is_some_and(|(begins, beat)| {
                beat.quarter_notes() < begins.quarter_notes() - BAR / 16.0
            }) {
                continue;
            }
            ends.tell_played(Played {
                track: note.track,
                key,
                velocity,
                beat,
                turned: part
                    .position
                    .and_then(|block| block.turned)
                    .map_or(0.0, Beats::quarter_notes),
            });
        }
    }

    fn sound(&mut self, picture: &Picture, parts: &Parts, outputs: &mut Outputs<'_, '_, '_>) {
        let mut done = 0;
        self.notes.begin();
        for part in [Some(parts.first), parts.second].into_iter().flatten() {
            if part.frames == 0 {
                continue;
            }
            let live = self.hands.within(done, part.frames);
            let moment = Moment {
                position: part.position,
                live,
                listening: self.listening,
            };
            let desk = &mut self.outputs;
            let mut at = done;
            self.engine
                .render(&picture.score, &moment, part.frames, |chunk| {
                    at += desk.put(&chunk, at, outputs);
                });
            self.notes.take(self.engine.key_events(), done);
            done += part.frames;
        }
    }
}

impl CountIn {
    /// From where on the sequence is heard, if a recording has just been begun with a count-in.
    fn follow(&mut self, controls: ControlSettings, position: Option<HostBlock>) -> Option<Beats> {
        let is_rolling = position.is_some();
        let is_wanted = controls.counts_in && controls.recording == Recording::Live;
        if let (Some(block), false, true) = (position, self.was_rolling, is_wanted) {
            self.begins = Beats::new(block.beat.quarter_notes() + BAR);
        }
        let is_over = |begins: Beats| {
            position.is_none_or(|block| block.beat.quarter_notes() >= begins.quarter_notes())
        };
        if !is_wanted || self.begins.is_some_and(is_over) {
            self.begins = None;
        }
        self.was_rolling = is_rolling;
        self.begins
    }
}

/// Puts the host's macro knobs into the picture that is played.
fn turn_macros(picture: &mut Picture, params: &LockstepParams) {
    for (turn, knob) in picture.turns.iter().zip(&params.macros) {
        if let Some(turn) = turn {
            picture.score.turn(turn, knob.knob.value() / 100.0);
        }
    }
}

/// How many beats of loops the session has run through, where it follows this host's own loop:
/// launches wait for beats that run on.
fn turned(guide: &Guide, block: &HostBlock, heard: LocalTime) -> Option<Beats> {
    let (local, server) = guide.clock?;
    let region = guide.timeline.region.filter(|_| guide.leads)?;
    let looped = block.looped?;
    let span = looped.end().quarter_notes() - looped.start().quarter_notes();
    let is_same = (quarter_notes(region.end()) - looped.end().quarter_notes()).abs() < 1e-5
        && (quarter_notes(region.start()) - looped.start().quarter_notes()).abs() < 1e-5;
    let running = quarter_notes(guide.timeline.beat_at(server + (heard - local)));
    let turns = (running - block.beat.quarter_notes()) / span;
    let whole = turns.round();
    let is_known = is_same && guide.timeline.playing && (turns - whole).abs() < NEARLY;
    is_known.then_some(())?;
    Beats::new(whole * span)
}

/// Where the grid is at the block's first frame, for eyes.
fn grid_position(parts: &Parts, host: HostPosition, frames: usize) -> HostPosition {
    let Parts { first, second } = *parts;
    let Part { position, .. } = second.filter(|_| frames > 0).unwrap_or(first);
    match position {
        Some(block) => HostPosition {
            rolling: true,
            beat: block.beat,
            tempo: Some(block.tempo),
            ..host
        },
        None => HostPosition {
            rolling: false,
            ..host
        },
    }
}

/// Longer than any level takes to arrive, in frames.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a tenth of a second fits"
)]
fn settling(rate: SampleRate) -> usize {
    (0.1 * rate.hertz()) as usize
}

fn micros(frames: usize, rate: SampleRate) -> i64 {
    whole(as_float(frames) * 1e6 / rate.hertz())
}

#[expect(clippy::cast_precision_loss, reason = "a block is short")]
fn as_float(frames: usize) -> f64 {
    frames as f64
}

#[expect(clippy::cast_possible_truncation, reason = "float casts saturate")]
fn whole(number: f64) -> i64 {
    number.round() as i64
}

/// Nothing was played.
const NOTHING: LiveNote = LiveNote {
    frame: 0,
    track: 0,
    event: LiveEvent::AllUp,
};
