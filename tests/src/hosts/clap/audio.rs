//! The half of a CLAP instance that belongs to the audio thread: buffers, events and the transport of
//! each callback.

use super::Handlers;
use crate::hosts::deck::Deck;
use crate::hosts::{Block, HostSetup, Note, Performance, Sound, Touch, Transport};
use crate::machine::MachineTime;
use clack_extensions::tail::{PluginTail, TailLength};
use clack_host::events::event_types::{
    MidiEvent, NoteOffEvent, NoteOnEvent, ParamValueEvent, TransportEvent, TransportFlags,
};
use clack_host::events::spaces::CoreEventSpace;
use clack_host::events::{EventFlags, Match};
use clack_host::prelude::*;
use clack_host::utils::{BeatTime, SecondsTime};
use rustix::time::{ClockId, clock_gettime};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

pub(super) struct Rendering {
    pub(super) processor: StartedPluginAudioProcessor<Handlers>,
    pub(super) setup: HostSetup,
    pub(super) latency: usize,
    /// How many stereo inputs and outputs the plugin has.
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    /// What the plugin is to be told, by frames from the next callback on.
    pub(super) touches: Vec<(usize, Touch)>,
    /// What goes into the first input from the next callback on; silence after its end.
    pub(super) input: Sound,
    /// How long the plugin took over each callback.
    pub(super) costs: Vec<Cost>,
    frames: u64,
}

/// How long one callback took: on the clock, and on this thread's processor, which leaves out what others
/// do on a busy machine.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    pub passed: Duration,
    pub worked: Duration,
}

/// What came out of a host that called on time, and when it did.
#[derive(Clone, Debug)]
pub struct Rolled {
    pub performance: Performance,
    /// One after the other: more than one if the host's machine slept.
    pub stretches: Vec<Stretch>,
    /// When each callback came, and how many frames had come before it.
    pub callbacks: Vec<(Instant, usize)>,
}

/// From a frame on the device asked for sound without a pause.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    pub first: usize,
    /// When that frame was due, by the clock of this process...
    pub began: Instant,
    /// ...and by the machine's.
    pub at: MachineTime,
}

/// What the audio thread of a host that calls on time is to do.
#[derive(Debug, Default)]
pub(super) struct Engine {
    pub(super) is_off: AtomicBool,
    /// As a device does whose machine sleeps: what is due meanwhile never comes.
    pub(super) is_to_sleep: AtomicBool,
    /// It asks for nothing any more.
    pub(super) is_asleep: AtomicBool,
}

impl Stretch {
    fn from(first: usize) -> Self {
        let began = Instant::now();
        Self {
            first,
            began,
            at: MachineTime::of(began),
        }
    }

    /// How long after its beginning a frame is due, at a rate.
    pub(crate) fn due(&self, frame: usize, rate: f64) -> Duration {
        let frames = u32::try_from(frame - self.first).expect("a test is short");
        Duration::from_secs_f64(f64::from(frames) / rate)
    }
}

impl Rolled {
    pub(super) fn nothing() -> Self {
        Self {
            performance: Performance::default(),
            stretches: Vec::new(),
            callbacks: Vec::new(),
        }
    }

    /// The stretch that a frame is of.
    pub(crate) fn stretch(&self, frame: usize) -> &Stretch {
        let after = self
            .stretches
            .partition_point(|stretch| stretch.first <= frame);
        &self.stretches[after - 1]
    }
}

impl Rendering {
    pub(super) fn new(
        processor: StartedPluginAudioProcessor<Handlers>,
        setup: HostSetup,
        latency: usize,
        (inputs, outputs): (usize, usize),
    ) -> Self {
        Self {
            processor,
            setup,
            latency,
            inputs,
            outputs,
            touches: Vec::new(),
            input: Sound::default(),
            costs: Vec::new(),
            frames: 0,
        }
    }

    /// How many frames it may sound on after everything has ended, if it says and if it ends.
    pub(super) fn tail(&mut self) -> Option<u32> {
        let handle = self.processor.plugin_handle();
        match handle.get_extension::<PluginTail>()?.get(&handle) {
            TailLength::Finite(frames) => Some(frames),
            TailLength::Infinite => None,
        }
    }

    pub(super) fn render(&mut self, blocks: &[Block]) -> Performance {
        let mut performance = Performance::default();
        for block in blocks {
            performance.append(self.render_block(block));
        }
        performance
    }

    /// Calls on time until it is switched off, and puts what comes of it where others can look.
    pub(super) fn render_on_time(
        &mut self,
        mut deck: Deck,
        engine: &Engine,
        rolled: &Mutex<Rolled>,
    ) {
        let look = || rolled.lock().expect("nobody panics with it");
        let mut frames = 0;
        let mut stretch = None;
        while !engine.is_off.load(Ordering::Relaxed) {
            let is_asleep = engine.is_to_sleep.load(Ordering::Relaxed);
            engine.is_asleep.store(is_asleep, Ordering::Relaxed);
            if is_asleep {
                stretch = None;
                std::thread::sleep(Duration::from_millis(1));
                continue;
            }
            let stretch = *stretch.get_or_insert_with(|| {
                let stretch = Stretch::from(frames);
                look().stretches.push(stretch);
                stretch
            });
            let (transport, knobs) = deck.next(self.setup.block, self.setup.sample_rate);
            let turned = knobs
                .into_iter()
                .map(|(number, value)| Touch::Parameter { number, value });
            self.touches.extend(turned.map(|touch| (0, touch)));
            let came = Instant::now();
            let performance = self.render_block(&Block {
                frames: self.setup.block,
                transport,
            });
            let mut rolled = look();
            rolled.callbacks.push((came, frames));
            rolled.performance.append(performance);
            drop(rolled);
            frames += self.setup.block;
            let due = stretch.began + stretch.due(frames, self.setup.sample_rate);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        }
    }

    fn render_block(&mut self, block: &Block) -> Performance {
        let count = block.frames;
        // What the plugin leaves alone would be seen.
        let silence_of_none = || [vec![f32::NAN; count], vec![f32::NAN; count]];
        let mut channels: Vec<_> = (0..self.outputs).map(|_| silence_of_none()).collect();
        let mut heard: Vec<_> = (0..self.inputs)
            .map(|port| self.heard(port, count))
            .collect();
        let events = self.told(count);
        let mut answers = EventBuffer::new();

        let mut input_ports = AudioPorts::with_capacity(2 * self.inputs, self.inputs);
        let inputs =
            input_ports.with_input_buffers(heard.iter_mut().map(|[left, right]| AudioPortBuffer {
                latency: 0,
                channels: AudioPortBufferType::f32_input_only(
                    [left, right].map(InputChannel::variable),
                ),
            }));
        let mut output_ports = AudioPorts::with_capacity(2 * self.outputs, self.outputs);
        let mut outputs =
            output_ports.with_output_buffers(channels.iter_mut().map(|port| AudioPortBuffer {
                latency: 0,
                channels: AudioPortBufferType::f32_output_only(
                    port.iter_mut().map(Vec::as_mut_slice),
                ),
            }));
        let (began, before) = (Instant::now(), time_worked());
        self.processor
            .process(
                &inputs,
                &mut outputs,
                &events.as_input(),
                &mut answers.as_output(),
                Some(self.frames),
                event(&block.transport).as_ref(),
            )
            .expect("the plugin processes");
        self.costs.push(Cost {
            passed: began.elapsed(),
            worked: time_worked().saturating_sub(before),
        });
        self.frames += u64::try_from(count).expect("a length fits");
        let mut performance = answered(&answers, count);
        performance.ports = channels
            .into_iter()
            .map(|[left, right]| Sound::new(left, right, self.latency))
            .collect();
        performance
    }

    /// Takes the next frames of the input.
    fn heard(&mut self, port: usize, frames: usize) -> [Vec<f32>; 2] {
        let mut take = |channel: fn(&mut Sound) -> &mut Vec<f32>| {
            let waiting = channel(&mut self.input);
            let count = if port == 0 {
                frames.min(waiting.len())
            } else {
                0
            };
            let mut taken: Vec<f32> = waiting.drain(..count).collect();
            taken.resize(frames, 0.0);
            taken
        };
        [
            take(|sound| &mut sound.left),
            take(|sound| &mut sound.right),
        ]
    }

    /// Takes what is due in this block.
    fn told(&mut self, frames: usize) -> EventBuffer {
        // What is due at the same frame stays in its order.
        self.touches.sort_by_key(|(frame, _)| *frame);
        let due = self.touches.partition_point(|(frame, _)| *frame < frames);
        let mut events = EventBuffer::new();
        for (frame, touch) in self.touches.drain(..due) {
            push(
                &mut events,
                u32::try_from(frame).expect("a block is small"),
                touch,
            );
        }
        for (frame, _) in &mut self.touches {
            *frame -= frames;
        }
        events
    }
}

/// How long this thread has been on a processor.
pub fn time_worked() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let seconds = u64::try_from(time.tv_sec).expect("time has passed");
    let nanos = u32::try_from(time.tv_nsec).expect("less than a second");
    Duration::new(seconds, nanos)
}

fn push(events: &mut EventBuffer, frame: u32, touch: Touch) {
    let note = |channel: u8, key: u8| {
        Pckn::new(0_u16, u16::from(channel), u16::from(key), Match::<u32>::All)
    };
    match touch {
        Touch::Parameter { number, value } => {
            let id = ClapId::new(number);
            events.push(&ParamValueEvent::new(frame, id, Pckn::match_all(), value));
        }
        Touch::Down {
            channel,
            key,
            velocity,
        } => events.push(&NoteOnEvent::new(frame, note(channel, key), velocity)),
        Touch::Up { channel, key } => {
            events.push(&NoteOffEvent::new(frame, note(channel, key), 0.0));
        }
        Touch::Bend { .. } | Touch::Pedal { .. } | Touch::Midi(_) => {
            let bytes = touch.midi().expect("these are MIDI");
            events.push(&MidiEvent::new(frame, 0, bytes));
        }
    }
}

/// Notes come as notes or as MIDI, whichever the plugin speaks.
fn answered(events: &EventBuffer, frames: usize) -> Performance {
    let mut performance = Performance::default();
    for event in events {
        let frame = usize::try_from(event.header().time()).expect("a block is small");
        assert!(frame < frames, "an event at {frame} of a block of {frames}");
        let number = |value: Match<u16>| match value {
            Match::Specific(number) => u8::try_from(number).expect("seven bits"),
            Match::All => panic!("a note of every key"),
        };
        let mut note = |channel, key, velocity| {
            performance.notes.push(Note {
                frame,
                channel,
                key,
                velocity,
            });
        };
        match event.as_core_event() {
            Some(CoreEventSpace::NoteOn(on)) => {
                note(number(on.channel()), number(on.key()), Some(on.velocity()));
            }
            Some(CoreEventSpace::NoteOff(off)) => {
                note(number(off.channel()), number(off.key()), None);
            }
            Some(CoreEventSpace::NoteChoke(choke)) => {
                note(number(choke.channel()), number(choke.key()), None);
            }
            Some(CoreEventSpace::Midi(midi)) => match midi.data() {
                [status @ 0x90..=0x9f, key, velocity] if velocity > 0 => {
                    note(status & 15, key, Some(f64::from(velocity) / 127.0));
                }
                [status @ 0x80..=0x9f, key, _] => note(status & 15, key, None),
                _ => {}
            },
            Some(CoreEventSpace::ParamValue(change)) => {
                let number = change.param_id().expect("a parameter has a number").get();
                performance.changes.push((number, change.value()));
            }
            _ => {}
        }
    }
    performance
}

/// Some hosts say nothing at all of their transport.
fn event(transport: &Transport) -> Option<TransportEvent> {
    if !transport.says.anything() {
        return None;
    }
    let mut flags = TransportFlags::empty();
    flags.set(TransportFlags::HAS_TEMPO, transport.says.tempo);
    flags.set(TransportFlags::HAS_BEATS_TIMELINE, transport.says.beats);
    flags.set(TransportFlags::HAS_TIME_SIGNATURE, transport.says.signature);
    flags.set(TransportFlags::IS_PLAYING, transport.is_rolling);
    flags.set(TransportFlags::IS_RECORDING, transport.is_recording);
    flags.set(TransportFlags::IS_LOOP_ACTIVE, transport.looped.is_some());
    let (start, end) = transport
        .looped
        .map_or((0.0, 0.0), |looped| (looped.start, looped.end));
    let bar = transport.bar();
    Some(TransportEvent {
        header: EventHeader::new_core(0, EventFlags::empty()),
        flags,
        song_pos_beats: BeatTime::from_float(transport.beat),
        song_pos_seconds: SecondsTime::from_int(0),
        tempo: transport.beats_per_minute,
        tempo_inc: 0.0,
        loop_start_beats: BeatTime::from_float(start),
        loop_end_beats: BeatTime::from_float(end),
        loop_start_seconds: SecondsTime::from_int(0),
        loop_end_seconds: SecondsTime::from_int(0),
        bar_start: BeatTime::from_float((transport.beat / bar).floor() * bar),
        bar_number: 0,
        time_signature_numerator: transport.signature.0,
        time_signature_denominator: transport.signature.1,
    })
}
