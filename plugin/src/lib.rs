//! The Lockstep instrument for VST3 and CLAP hosts: it ties the engine, the saved state and the
//! threads to what a host asks for. It must not know how any of them works inside.
#![deny(unsafe_code)]

mod bridge;
mod clock;
mod controls;
mod editor;
mod guide;
mod house;
mod macros;
mod midi;
mod network;
mod params;
mod state;
mod transport;
mod view;

use bridge::{AudioEnds, Bridge, Closer, EditorEnds};
use clock::{LocalClock, SampleClock};
use crossbeam_channel::{Receiver, Sender};
use editor::LockstepEditor;
use lockstep_engine::{Engine, Listening, Moment, SampleRate};
use midi::Hands;
use nice_plug::prelude::*;
use nice_plug_egui::EguiEditor;
use params::LockstepParams;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use transport::HostTransport;

/// One instance in a host.
#[expect(
    missing_debug_implementations,
    reason = "its ends of queues have nothing to print"
)]
pub struct Lockstep {
    params: Arc<LockstepParams>,
    audio: AudioEnds,
    clock: LocalClock,
    rendering: Option<Rendering>,
    /// Until the framework asks for the editor, which it does once.
    editor: Option<EditorEnds>,
    worker: Worker,
    closer: Closer,
    network: Option<JoinHandle<()>>,
}

/// The framework's worker thread, shared by all instances.
///
/// When an instance goes while a task for it is queued, the worker ends and the next instance to
/// go aborts the host. Parameter changes queue such tasks, so before an instance can go the queue
/// must have been seen empty: a task of our own that comes out of it proves that.
struct Worker {
    executor: Option<AsyncExecutor<Lockstep>>,
    passed: (Sender<()>, Receiver<()>),
}

/// A task that does nothing but show that everything queued before it is done.
#[derive(Debug)]
pub struct Marker;

impl Worker {
    /// A worker that is busy for longer than this is not waited for.
    const PATIENCE: Duration = Duration::from_millis(500);
    /// After our task the worker still has to let go of the instance that it ran it for.
    const LETTING_GO: Duration = Duration::from_millis(2);

    fn drain(&self) {
        let Some(executor) = &self.executor else {
            return;
        };
        executor.execute_background(Marker);
        if self.passed.1.recv_timeout(Self::PATIENCE).is_ok() {
            std::thread::sleep(Self::LETTING_GO);
        }
    }
}

/// What exists while the host has activated the instance.
struct Rendering {
    engine: Engine,
    samples: SampleClock,
    transport: HostTransport,
    hands: Hands,
    is_offline: bool,
}

impl Default for Lockstep {
    fn default() -> Self {
        let Bridge {
            audio,
            network,
            editor,
            session,
            closer,
        } = Bridge::new();
        let clock = LocalClock::new();
        let params = LockstepParams::new(session);
        Self {
            params: Arc::new(params),
            audio,
            clock,
            rendering: None,
            editor: Some(editor),
            worker: Worker {
                executor: None,
                passed: crossbeam_channel::bounded(1),
            },
            closer,
            // Without a thread the instrument still plays; it only stays alone.
            network: network::spawn(network, clock).ok(),
        }
    }
}

impl Drop for Lockstep {
    fn drop(&mut self) {
        self.closer.close();
        if let Some(network) = self.network.take() {
            // The host may unload the library next. A panic over there has been told already.
            let _ended = network.join();
        }
    }
}

impl Plugin for Lockstep {
    const NAME: &'static str = "Lockstep";
    const VENDOR: &'static str = "Lockstep";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[AudioIOLayout {
        main_input_channels: None,
        main_output_channels: std::num::NonZeroU32::new(2),
        ..AudioIOLayout::const_default()
    }];
    const MIDI_INPUT: MidiConfig = MidiConfig::Basic;

    type Editor = EguiEditor<LockstepEditor>;
    type SysExMessage = ();
    type BackgroundTask = Marker;

    fn params(&self) -> Arc<dyn Params> {
        self.params.clone()
    }

    fn task_executor(&mut self) -> TaskExecutor<Self> {
        let passed = self.worker.passed.0.clone();
        Box::new(move |Marker| {
            // Full means that nobody waits for the marker before this one any more.
            let _late = passed.try_send(());
        })
    }

    fn editor(&mut self, executor: AsyncExecutor<Self>) -> Option<Self::Editor> {
        self.worker.executor = Some(executor);
        editor::create(
            self.editor.take()?,
            Arc::clone(&self.params.editor),
            self.clock,
        )
    }

    fn activate(
        &mut self,
        _layout: &AudioIOLayout,
        buffer: &BufferConfig,
        context: &mut impl ActivateContext<Self>,
    ) -> bool {
        let Some(rate) = SampleRate::new(f64::from(buffer.sample_rate)) else {
            return false;
        };
        let engine = Engine::new(rate);
        context.set_latency_samples(u32::try_from(engine.latency()).unwrap_or(0));
        self.rendering = Some(Rendering {
            engine,
            samples: SampleClock::new(rate.hertz()),
            transport: HostTransport::default(),
            hands: Hands::default(),
            is_offline: buffer.process_mode == ProcessMode::Offline,
        });
        true
    }

    fn reset(&mut self) {
        if let Some(rendering) = &mut self.rendering {
            rendering.engine.reset();
        }
    }

    fn deactivate(&mut self) {
        self.worker.drain();
    }

    fn process(
        &mut self,
        buffer: &mut Buffer,
        _auxiliary: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        let Some(rendering) = &mut self.rendering else {
            return ProcessStatus::Error("not active");
        };
        let frames = buffer.samples();
        let transport = context.transport();
        if !rendering.is_offline {
            let at = rendering.samples.callback(self.clock.now(), frames);
            let rate = rendering.engine.sample_rate();
            let (position, edge) = rendering.transport.advance(transport, at, frames, rate);
            self.audio.tell(position, edge);
            self.audio.show_playing(bridge::Playing {
                host: position,
                grid: position,
            });
        }
        let [left, right] = buffer.as_slice() else {
            return ProcessStatus::Error("not stereo");
        };
        let moment = Moment {
            position: HostTransport::block(context.transport()),
            live: rendering.hands.hear(context, frames),
            listening: Listening::default(),
        };
        let mut done = 0;
        rendering
            .engine
            .render(&self.audio.picture().score, &moment, frames, |chunk| {
                let [mix_left, mix_right] = chunk.mix;
                let range = done..done + mix_left.len();
                if let (Some(left), Some(right)) =
                    (left.get_mut(range.clone()), right.get_mut(range.clone()))
                {
                    left.copy_from_slice(mix_left);
                    right.copy_from_slice(mix_right);
                }
                done = range.end;
            });
        self.audio.show_levels(rendering.engine.meters());
        for (left, right) in left.iter_mut().zip(right.iter_mut()) {
            let gain = self.params.master.smoothed.next();
            *left *= gain;
            *right *= gain;
        }
        ProcessStatus::KeepAlive
    }
}

impl ClapPlugin for Lockstep {
    const CLAP_ID: &'static str = "org.lockstep.plugin";
    const CLAP_DESCRIPTION: Option<&'static str> = Some("A step sequencer shared by links");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = &[
        ClapFeature::Instrument,
        ClapFeature::DrumMachine,
        ClapFeature::Stereo,
    ];
}

impl Vst3Plugin for Lockstep {
    const VST3_CLASS_ID: [u8; 16] = *b"LockstepSequence";
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] = &[
        Vst3SubCategory::Instrument,
        Vst3SubCategory::Drum,
        Vst3SubCategory::Stereo,
    ];
}

nice_export_clap!(Lockstep);
nice_export_vst3!(Lockstep);
