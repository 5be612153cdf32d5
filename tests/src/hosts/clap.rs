//! The plugin as a CLAP in a host of our own, in this process.

use super::{Block, Bundles, HostSetup, Sound, Transport};
use clack_extensions::latency::PluginLatency;
use clack_extensions::params::{ParamInfoBuffer, PluginParams};
use clack_extensions::render::{PluginRender, RenderMode};
use clack_extensions::state::PluginState;
use clack_host::events::EventFlags;
use clack_host::events::event_types::{ParamValueEvent, TransportEvent, TransportFlags};
use clack_host::prelude::*;
use clack_host::utils::{BeatTime, SecondsTime};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use std::{ffi::CStr, io::Cursor, sync::Arc};

const PLUGIN: &CStr = c"org.lockstep.plugin";

struct Handlers;

impl HostHandlers for Handlers {
    type Shared<'a> = Shared;
    type MainThread<'a> = ();
    type AudioProcessor<'a> = ();
}

struct Shared;

impl<'a> SharedHandler<'a> for Shared {
    fn request_restart(&self) {}
    fn request_process(&self) {}
    fn request_callback(&self) {}
}

/// One activated instance. It is fully destroyed when dropped.
#[expect(
    missing_debug_implementations,
    reason = "a foreign instance has nothing to print"
)]
pub struct ClapHost {
    instance: PluginInstance<Handlers>,
    rendering: Option<Rendering>,
    setup: HostSetup,
}

/// The half of an instance that belongs to the audio thread.
struct Rendering {
    processor: StartedPluginAudioProcessor<Handlers>,
    setup: HostSetup,
    frames: u64,
    automation: Vec<(u32, f64)>,
    latency: usize,
}

/// A host that calls its plugin on time, on a thread of its own.
#[expect(
    missing_debug_implementations,
    reason = "a foreign instance has nothing to print"
)]
pub struct RollingClapHost {
    host: ClapHost,
    is_rolling: Arc<AtomicBool>,
    thread: JoinHandle<(Rendering, Sound)>,
}

impl ClapHost {
    pub fn open(bundles: &Bundles, setup: HostSetup) -> Self {
        let mut host = Self::create(bundles, setup);
        host.activate();
        host
    }

    /// An instance that the host has not activated, as a project's state is loaded into.
    pub fn create(bundles: &Bundles, setup: HostSetup) -> Self {
        #[expect(unsafe_code, reason = "loading a library runs its code")]
        // SAFETY: the library is the plugin that this workspace has just built.
        let entry = unsafe { PluginEntry::load(bundles.clap()) }.expect("the bundle is a CLAP");
        let information =
            HostInfo::new("Lockstep tests", "Lockstep", "", "1").expect("no NUL in it");
        let instance = PluginInstance::new(|()| Shared, |_| (), &entry, PLUGIN, &information)
            .expect("an instance");
        Self {
            instance,
            rendering: None,
            setup,
        }
    }

    pub fn setup(&self) -> HostSetup {
        self.setup
    }

    pub fn activate(&mut self) {
        let frames = u32::try_from(self.setup.block).expect("a block is small");
        let configuration = PluginAudioConfiguration {
            sample_rate: self.setup.sample_rate,
            min_frames_count: 1,
            max_frames_count: frames,
        };
        let stopped = self
            .instance
            .activate(|_, _| (), configuration)
            .expect("it activates");
        let handle = self.instance.plugin_handle();
        let latency = handle
            .get_extension::<PluginLatency>()
            .map_or(0, |latency| latency.get(&handle));
        let processor = stopped.start_processing().expect("it starts processing");
        let automation = Vec::new();
        self.rendering = Some(Rendering {
            processor,
            setup: self.setup,
            frames: 0,
            automation,
            latency: usize::try_from(latency).expect("a latency is small"),
        });
    }

    pub fn deactivate(&mut self) {
        if let Some(rendering) = self.rendering.take() {
            self.instance
                .deactivate(rendering.processor.stop_processing());
        }
    }

    /// Tells the plugin that it renders to a file. Takes effect at the next activation.
    pub fn set_offline(&mut self, is_offline: bool) {
        let mode = if is_offline {
            RenderMode::Offline
        } else {
            RenderMode::Realtime
        };
        let handle = self.instance.plugin_handle();
        let render = handle
            .get_extension::<PluginRender>()
            .expect("it knows render modes");
        render.set(&handle, mode).expect("it takes either mode");
    }

    /// What the plugin would have the host keep, without the length that the framework puts in
    /// front of it in this format.
    pub fn save_state(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let handle = self.instance.plugin_handle();
        let state = handle
            .get_extension::<PluginState>()
            .expect("it keeps state");
        state.save(&handle, &mut bytes).expect("it saves");
        bytes.split_off(8)
    }

    /// Whether the plugin took the state.
    pub fn load_state(&mut self, state: &[u8]) -> bool {
        let length = u64::try_from(state.len()).expect("a length fits");
        self.load_raw_state(&[&length.to_le_bytes(), state].concat())
    }

    /// Whether the plugin took exactly these bytes.
    pub fn load_raw_state(&mut self, bytes: &[u8]) -> bool {
        let handle = self.instance.plugin_handle();
        let state = handle
            .get_extension::<PluginState>()
            .expect("it keeps state");
        state.load(&handle, &mut Cursor::new(bytes)).is_ok()
    }

    /// Lets the plugin do what it asked to do on the main thread.
    pub fn run_main_thread(&mut self) {
        self.instance.call_on_main_thread_callback();
    }

    /// The number of the parameter with this name.
    pub fn parameter(&mut self, name: &str) -> Option<u32> {
        let handle = self.instance.plugin_handle();
        let parameters = handle.get_extension::<PluginParams>()?;
        let mut buffer = ParamInfoBuffer::new();
        (0..parameters.count(&handle)).find_map(|index| {
            let information = parameters.get_info(&handle, index, &mut buffer)?;
            (information.name == name.as_bytes()).then(|| information.id.get())
        })
    }

    /// Sets a parameter, by its number, in the first block rendered next.
    pub fn automate(&mut self, parameter: u32, value: f64) {
        self.rendering
            .as_mut()
            .expect("it is active")
            .automation
            .push((parameter, value));
    }

    /// Renders as fast as possible from where `transport` says, in blocks of the set-up's size.
    pub fn render(&mut self, transport: &Transport, frames: usize) -> Sound {
        let blocks = transport.blocks(self.setup, frames);
        self.render_blocks(&blocks)
    }

    /// Renders exactly these callbacks.
    pub fn render_blocks(&mut self, blocks: &[Block]) -> Sound {
        let rendering = self.rendering.as_mut().expect("it is active");
        // Hosts call from a thread that is not the main one, and the plugin may tell them apart.
        std::thread::scope(|scope| {
            let audio = scope.spawn(|| rendering.render(blocks));
            audio.join().expect("the audio thread did not panic")
        })
    }

    /// Hands the plugin to an audio thread that calls it on time until it is stopped.
    pub fn roll(mut self, transport: Transport) -> RollingClapHost {
        let mut rendering = self.rendering.take().expect("it is active");
        let is_rolling = Arc::new(AtomicBool::new(true));
        let goes_on = Arc::clone(&is_rolling);
        let thread = std::thread::spawn(move || {
            let sound = rendering.render_on_time(transport, &goes_on);
            (rendering, sound)
        });
        RollingClapHost {
            host: self,
            is_rolling,
            thread,
        }
    }
}

impl RollingClapHost {
    /// Everything that sounded, and the host for more.
    pub fn stop(self) -> (ClapHost, Sound) {
        let Self {
            mut host,
            is_rolling,
            thread,
        } = self;
        is_rolling.store(false, Ordering::Relaxed);
        let (rendering, sound) = thread.join().expect("the audio thread did not panic");
        host.rendering = Some(rendering);
        (host, sound)
    }
}

impl Rendering {
    fn render(&mut self, blocks: &[Block]) -> Sound {
        let mut sound = Sound::default();
        for block in blocks {
            sound.append(self.render_block(block));
        }
        sound
    }

    fn render_on_time(&mut self, start: Transport, goes_on: &AtomicBool) -> Sound {
        let mut sound = Sound::default();
        let began = Instant::now();
        while goes_on.load(Ordering::Relaxed) {
            let transport = start.after(sound.frames(), self.setup.sample_rate);
            sound.append(self.render_block(&Block {
                frames: self.setup.block,
                transport,
            }));
            let frames = u32::try_from(sound.frames()).expect("a test is short");
            let due = began + Duration::from_secs_f64(f64::from(frames) / self.setup.sample_rate);
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
        }
        sound
    }

    fn render_block(&mut self, block: &Block) -> Sound {
        // What the plugin leaves alone would be seen.
        let mut channels = [vec![f32::NAN; block.frames], vec![f32::NAN; block.frames]];
        let mut events = EventBuffer::new();
        for (parameter, value) in self.automation.drain(..) {
            let id = ClapId::new(parameter);
            events.push(&ParamValueEvent::new(0, id, Pckn::match_all(), value));
        }
        let mut ports = AudioPorts::with_capacity(2, 1);
        let mut outputs = ports.with_output_buffers([AudioPortBuffer {
            latency: 0,
            channels: AudioPortBufferType::f32_output_only(
                channels.iter_mut().map(Vec::as_mut_slice),
            ),
        }]);
        self.processor
            .process(
                &InputAudioBuffers::empty(),
                &mut outputs,
                &events.as_input(),
                &mut OutputEvents::void(),
                Some(self.frames),
                Some(&event(&block.transport)),
            )
            .expect("the plugin processes");
        self.frames += u64::try_from(block.frames).expect("a length fits");
        let [left, right] = channels;
        Sound::new(left, right, self.latency)
    }
}

fn event(transport: &Transport) -> TransportEvent {
    let mut flags = TransportFlags::HAS_TEMPO
        | TransportFlags::HAS_BEATS_TIMELINE
        | TransportFlags::HAS_TIME_SIGNATURE;
    flags.set(TransportFlags::IS_PLAYING, transport.is_rolling);
    flags.set(TransportFlags::IS_LOOP_ACTIVE, transport.looped.is_some());
    let (start, end) = transport
        .looped
        .map_or((0.0, 0.0), |looped| (looped.start, looped.end));
    TransportEvent {
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
        bar_start: BeatTime::from_float((transport.beat / 4.0).floor() * 4.0),
        bar_number: 0,
        time_signature_numerator: 4,
        time_signature_denominator: 4,
    }
}

impl Drop for ClapHost {
    fn drop(&mut self) {
        self.deactivate();
    }
}
