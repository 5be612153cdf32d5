//! The Lockstep instrument for VST3 and CLAP hosts: it ties the engine, the saved state and the
//! threads to what a host asks for. It must not know how any of them works inside.
#![deny(unsafe_code)]

mod audio;
mod bridge;
mod clock;
mod controls;
mod editor;
mod flavour;
mod follower;
mod guide;
mod house;
mod macros;
mod network;
mod params;
mod state;
mod transport;
mod view;

use audio::{Audio, Outputs};
use bridge::{AudioEnds, Bridge, Closer, EditorEnds};
use clock::LocalClock;
use crossbeam_channel::{Receiver, Sender};
use editor::LockstepEditor;
use flavour::{Flavour, Mixed, Separate};
use lockstep_engine::SampleRate;
use nice_plug::prelude::*;
use nice_plug_egui::EguiEditor;
use params::LockstepParams;
use std::marker::PhantomData;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

/// One instance in a host, with the outputs of its flavour.
#[expect(
    missing_debug_implementations,
    reason = "its ends of queues have nothing to print"
)]
pub struct Instrument<F: Flavour> {
    params: Arc<LockstepParams>,
    ends: AudioEnds,
    clock: LocalClock,
    audio: Option<Audio>,
    /// Until the framework asks for the editor, which it does once.
    editor: Option<EditorEnds>,
    worker: Worker<F>,
    closer: Closer,
    network: Option<JoinHandle<()>>,
    flavour: PhantomData<F>,
}

/// The instrument with a stereo mix.
pub type Lockstep = Instrument<Mixed>;
/// The instrument with a stereo mix and each track beside it.
pub type LockstepMulti = Instrument<Separate>;

/// The framework's worker thread, shared by all instances.
///
/// When an instance goes while a task for it is queued, the worker ends and the next instance to
/// go aborts the host. Parameter changes queue such tasks, so before an instance can go the queue
/// must have been seen empty: a task of our own that comes out of it proves that.
struct Worker<F: Flavour> {
    executor: Option<AsyncExecutor<Instrument<F>>>,
    passed: (Sender<()>, Receiver<()>),
}

/// A task that does nothing but show that everything queued before it is done.
#[derive(Debug)]
pub struct Marker;

impl<F: Flavour> Worker<F> {
    /// A worker that is busy for longer than this is not waited for.
    const PATIENCE: Duration = Duration::from_millis(500);
    /// After our task the worker still has to let go of the instance that it ran it for.
    const LETTING_GO: Duration = Duration::from_millis(10);

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

impl<F: Flavour> Default for Instrument<F> {
    fn default() -> Self {
        let Bridge {
            audio: ends,
            network,
            editor,
            session,
            closer,
        } = Bridge::new();
        let clock = LocalClock::new();
        let params = Arc::new(LockstepParams::new(session));
        Self {
            // Without a thread the instrument still plays; it only stays alone.
            network: network::spawn(network, clock, Arc::clone(&params)).ok(),
            params,
            ends,
            clock,
            audio: None,
            editor: Some(editor),
            worker: Worker {
                executor: None,
                passed: crossbeam_channel::bounded(1),
            },
            closer,
            flavour: PhantomData,
        }
    }
}

impl<F: Flavour> Drop for Instrument<F> {
    fn drop(&mut self) {
        self.closer.close();
        if let Some(network) = self.network.take() {
            // The host may unload the library next. A panic over there has been told already.
            let _ended = network.join();
        }
    }
}

impl<F: Flavour> Plugin for Instrument<F> {
    const NAME: &'static str = F::NAME;
    const VENDOR: &'static str = "Lockstep";
    const URL: &'static str = "";
    const EMAIL: &'static str = "";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const AUDIO_IO_LAYOUTS: &'static [AudioIOLayout] = &[F::LAYOUT];
    const MIDI_INPUT: MidiConfig = MidiConfig::MidiCCs;
    const MIDI_OUTPUT: MidiConfig = MidiConfig::Basic;
    /// A bounce then sounds the same however long its blocks are.
    const SAMPLE_ACCURATE_AUTOMATION: bool = true;

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
        editor::create(self.editor.take()?, Arc::clone(&self.params), self.clock)
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
        let is_offline = buffer.process_mode == ProcessMode::Offline;
        self.params.session.set_rate(buffer.sample_rate);
        let samples = self.params.session.held_samples();
        let audio = Audio::new(rate, is_offline, samples);
        context.set_latency_samples(u32::try_from(audio.latency()).unwrap_or(0));
        self.audio = Some(match self.audio.take() {
            Some(before) => audio.after(before),
            None => audio,
        });
        true
    }

    fn reset(&mut self) {
        if let Some(audio) = &mut self.audio {
            audio.reset();
        }
    }

    fn deactivate(&mut self) {
        self.worker.drain();
    }

    fn process(
        &mut self,
        buffer: &mut Buffer,
        auxiliary: &mut AuxiliaryBuffers,
        context: &mut impl ProcessContext<Self>,
    ) -> ProcessStatus {
        let Some(audio) = &mut self.audio else {
            return ProcessStatus::Error("not active");
        };
        let outputs = Outputs::new(buffer, auxiliary);
        audio.render(&mut self.ends, &self.params, self.clock, outputs, context);
        // The session may start at any time, and rooms ring for long.
        ProcessStatus::KeepAlive
    }
}

impl<F: Flavour> ClapPlugin for Instrument<F> {
    const CLAP_ID: &'static str = F::CLAP_ID;
    const CLAP_DESCRIPTION: Option<&'static str> = Some("A step sequencer shared by links");
    const CLAP_MANUAL_URL: Option<&'static str> = None;
    const CLAP_SUPPORT_URL: Option<&'static str> = None;
    const CLAP_FEATURES: &'static [ClapFeature] = &[
        ClapFeature::Instrument,
        ClapFeature::DrumMachine,
        ClapFeature::Stereo,
    ];
}

impl<F: Flavour> Vst3Plugin for Instrument<F> {
    const VST3_CLASS_ID: [u8; 16] = F::VST3_CLASS_ID;
    const VST3_SUBCATEGORIES: &'static [Vst3SubCategory] = &[
        Vst3SubCategory::Instrument,
        Vst3SubCategory::Drum,
        Vst3SubCategory::Stereo,
    ];
}

nice_export_clap!(Lockstep, LockstepMulti);
nice_export_vst3!(Lockstep, LockstepMulti);
