//! The Lockstep instrument for VST3 and CLAP hosts: it ties the engine, the saved state and the
//! threads to what a host asks for. It must not know how any of them works inside.
#![deny(unsafe_code)]

mod bridge;
mod clock;
mod params;
mod score;
mod state;
mod transport;

use bridge::{AudioEnds, Bridge};
use clock::{LocalClock, SampleClock};
use lockstep_engine::{Engine, SampleRate};
use nice_plug::prelude::*;
use params::LockstepParams;
use state::SavedEditor;
use std::sync::Arc;
use transport::HostTransport;

/// One instance in a host.
pub struct Lockstep {
    params: Arc<LockstepParams>,
    audio: AudioEnds,
    clock: LocalClock,
    rendering: Option<Rendering>,
}

/// What exists while the host has activated the instance.
struct Rendering {
    engine: Engine,
    samples: SampleClock,
    transport: HostTransport,
    is_offline: bool,
}

impl Default for Lockstep {
    fn default() -> Self {
        let Bridge { audio, session } = Bridge::new();
        let params = LockstepParams::new(session, Arc::new(SavedEditor::default()));
        Self {
            params: Arc::new(params),
            audio,
            clock: LocalClock::new(),
            rendering: None,
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

    type Editor = ();
    type SysExMessage = ();
    type BackgroundTask = ();

    fn params(&self) -> Arc<dyn Params> {
        self.params.clone()
    }

    fn activate(
        &mut self,
        _layout: &AudioIOLayout,
        buffer: &BufferConfig,
        _context: &mut impl ActivateContext<Self>,
    ) -> bool {
        let Some(rate) = SampleRate::new(f64::from(buffer.sample_rate)) else {
            return false;
        };
        self.rendering = Some(Rendering {
            engine: Engine::new(rate),
            samples: SampleClock::new(rate.hertz()),
            transport: HostTransport::default(),
            is_offline: buffer.process_mode == ProcessMode::Offline,
        });
        true
    }

    fn reset(&mut self) {
        if let Some(rendering) = &mut self.rendering {
            rendering.engine.reset();
        }
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
        }
        let [left, right] = buffer.as_slice() else {
            return ProcessStatus::Error("not stereo");
        };
        rendering.engine.render(
            self.audio.score(),
            HostTransport::block(transport),
            left,
            right,
        );
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
