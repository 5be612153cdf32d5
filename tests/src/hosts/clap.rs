//! The plugin as a CLAP in a host of our own, in this process.

mod audio;

pub use audio::{Cost, Rolled, time_worked};

use super::deck::Deck;
use super::{Block, Bundles, Edition, Hand, HostSetup, Performance, Sound, Touch, Transport};
use crate::steady::Place;
use audio::{Engine, Rendering};
use clack_extensions::audio_ports::{AudioPortInfoBuffer, PluginAudioPorts};
use clack_extensions::gui::{
    GuiApiType, GuiConfiguration, GuiSize, HostGui, HostGuiImpl, PluginGui, Window,
};
use clack_extensions::latency::PluginLatency;
use clack_extensions::note_ports::{NotePortInfoBuffer, PluginNotePorts};
use clack_extensions::params::{ParamInfoBuffer, PluginParams};
use clack_extensions::render::{PluginRender, RenderMode};
use clack_extensions::state::PluginState;
use clack_host::prelude::*;
use std::io::Cursor;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

struct Handlers;

impl HostHandlers for Handlers {
    type Shared<'a> = Shared;
    type MainThread<'a> = ();
    type AudioProcessor<'a> = ();

    fn declare_extensions(builder: &mut HostExtensions<'_, Self>, _: &Shared) {
        builder.register::<HostGui>();
    }
}

#[derive(Clone, Default)]
struct Shared {
    is_called: Arc<AtomicBool>,
}

impl<'a> SharedHandler<'a> for Shared {
    fn request_restart(&self) {}
    fn request_process(&self) {}
    fn request_callback(&self) {
        self.is_called.store(true, Ordering::Release);
    }
}

/// The plugin's window is as it is.
impl HostGuiImpl for Shared {
    fn resize_hints_changed(&self) {}

    fn request_resize(&self, _: GuiSize) -> Result<(), HostError> {
        Ok(())
    }

    fn request_show(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn request_hide(&self) -> Result<(), HostError> {
        Ok(())
    }

    fn closed(&self, _: bool) {}
}

/// One activated instance. It is fully destroyed when dropped.
#[expect(
    missing_debug_implementations,
    reason = "a foreign instance has nothing to print"
)]
pub struct ClapHost {
    instance: PluginInstance<Handlers>,
    shared: Shared,
    rendering: Option<Rendering>,
    setup: HostSetup,
    _place: Place,
}

/// A host that calls its plugin on time, on a thread of its own.
#[expect(
    missing_debug_implementations,
    reason = "a foreign instance has nothing to print"
)]
pub struct RollingClapHost {
    host: ClapHost,
    hands: Sender<Hand>,
    engine: Arc<Engine>,
    rolled: Arc<Mutex<Rolled>>,
    thread: JoinHandle<Rendering>,
}

impl ClapHost {
    pub fn open(bundles: &Bundles, setup: HostSetup) -> Self {
        Self::open_edition(bundles, Edition::Stereo, setup)
    }

    pub fn open_edition(bundles: &Bundles, edition: Edition, setup: HostSetup) -> Self {
        let mut host = Self::create_edition(bundles, edition, setup);
        host.activate();
        host
    }

    /// An instance that the host has not activated, as a project's state is loaded into.
    pub fn create(bundles: &Bundles, setup: HostSetup) -> Self {
        Self::create_edition(bundles, Edition::Stereo, setup)
    }

    fn create_edition(bundles: &Bundles, edition: Edition, setup: HostSetup) -> Self {
        let place = Place::take();
        #[expect(unsafe_code, reason = "loading a library runs its code")]
        // SAFETY: the library is the plugin that this workspace has just built.
        let entry = unsafe { PluginEntry::load(bundles.clap()) }.expect("the bundle is a CLAP");
        let information =
            HostInfo::new("Lockstep tests", "Lockstep", "", "1").expect("no NUL in it");
        let id = edition.clap_id();
        let shared = Shared::default();
        let its_own = shared.clone();
        let instance = PluginInstance::new(|()| its_own, |_| (), &entry, id, &information)
            .expect("an instance");
        Self {
            instance,
            shared,
            rendering: None,
            setup,
            _place: place,
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
        let latency = self.latency();
        let ports = (self.ports(true).len(), self.ports(false).len());
        let processor = stopped.start_processing().expect("it starts processing");
        self.rendering = Some(Rendering::new(processor, self.setup, latency, ports));
    }

    pub fn deactivate(&mut self) {
        if let Some(rendering) = self.rendering.take() {
            self.instance
                .deactivate(rendering.processor.stop_processing());
        }
    }

    /// Goes on at another rate or with other blocks, as when the sound card is changed.
    pub fn set_up_again(&mut self, setup: HostSetup) {
        self.deactivate();
        self.setup = setup;
        self.activate();
    }

    /// How many frames late the plugin says that it is.
    pub fn latency(&mut self) -> usize {
        let handle = self.instance.plugin_handle();
        let latency = handle
            .get_extension::<PluginLatency>()
            .map_or(0, |latency| latency.get(&handle));
        usize::try_from(latency).expect("a latency is small")
    }

    /// How many frames it may sound on after everything has ended, if it says and if it ends.
    pub fn tail(&mut self) -> Option<u32> {
        self.rendering.as_mut().expect("it is active").tail()
    }

    /// The names of the audio inputs or outputs. All of them are stereo.
    pub fn ports(&mut self, is_input: bool) -> Vec<String> {
        let handle = self.instance.plugin_handle();
        let ports = handle
            .get_extension::<PluginAudioPorts>()
            .expect("it has audio ports");
        let mut buffer = AudioPortInfoBuffer::new();
        (0..ports.count(&handle, is_input))
            .map(|index| {
                let port = ports.get(&handle, index, is_input, &mut buffer);
                let port = port.expect("a port that was counted");
                assert_eq!(port.channel_count, 2, "every port is stereo");
                String::from_utf8_lossy(port.name).into_owned()
            })
            .collect()
    }

    /// How many inputs or outputs for notes there are.
    pub fn note_ports(&mut self, is_input: bool) -> u32 {
        let handle = self.instance.plugin_handle();
        let Some(ports) = handle.get_extension::<PluginNotePorts>() else {
            return 0;
        };
        let mut buffer = NotePortInfoBuffer::new();
        let count = ports.count(&handle, is_input);
        for index in 0..count {
            let port = ports.get(&handle, index, is_input, &mut buffer);
            assert!(port.is_some(), "a port that was counted is described");
        }
        count
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

    /// The number of the parameter with this name.
    pub fn parameter(&mut self, name: &str) -> Option<u32> {
        let names = self.parameters();
        let found = names.into_iter().find(|(found, _)| found == name);
        found.map(|(_, number)| number)
    }

    /// All parameters, by their names, with their numbers.
    pub fn parameters(&mut self) -> Vec<(String, u32)> {
        let handle = self.instance.plugin_handle();
        let Some(parameters) = handle.get_extension::<PluginParams>() else {
            return Vec::new();
        };
        let mut buffer = ParamInfoBuffer::new();
        (0..parameters.count(&handle))
            .filter_map(|index| {
                let information = parameters.get_info(&handle, index, &mut buffer)?;
                let name = String::from_utf8_lossy(information.name).into_owned();
                Some((name, information.id.get()))
            })
            .collect()
    }

    /// What a parameter is set to.
    pub fn value(&mut self, parameter: u32) -> Option<f64> {
        let handle = self.instance.plugin_handle();
        let parameters = handle.get_extension::<PluginParams>()?;
        parameters.get_value(&handle, ClapId::new(parameter))
    }

    /// Sets a parameter, by its number, in the first block rendered next.
    pub fn automate(&mut self, parameter: u32, value: f64) {
        let number = parameter;
        self.touch(0, Touch::Parameter { number, value });
    }

    /// Tells the plugin something at one frame of what is rendered next.
    pub fn touch(&mut self, frame: usize, touch: Touch) {
        let rendering = self.rendering.as_mut().expect("it is active");
        rendering.touches.push((frame, touch));
    }

    /// What each callback since the last time of asking has cost.
    pub fn costs(&mut self) -> Vec<Cost> {
        let rendering = self.rendering.as_mut().expect("it is active");
        std::mem::take(&mut rendering.costs)
    }

    /// Puts sound into the plugin's input from the next frame on.
    pub fn feed(&mut self, sound: Sound) {
        self.rendering.as_mut().expect("it is active").input = sound;
    }

    /// Opens the plugin's window in another one, by the number that X has for it.
    pub fn show_window(&mut self, parent: u64) {
        let handle = self.instance.plugin_handle();
        let gui = handle
            .get_extension::<PluginGui>()
            .expect("it has a window");
        let embedded = GuiConfiguration {
            api_type: GuiApiType::X11,
            is_floating: false,
        };
        gui.create(&handle, embedded).expect("it makes its window");
        let parent = Window::from_x11_handle(parent);
        #[expect(unsafe_code, reason = "a window's number is taken on trust")]
        // SAFETY: the number is only ever handed to the X server, which refuses those that it does not know.
        unsafe { gui.set_parent(&handle, parent) }.expect("it goes into the other one");
        gui.show(&handle).expect("it shows");
    }

    /// Closes it.
    pub fn close_window(&mut self) {
        let handle = self.instance.plugin_handle();
        let gui = handle
            .get_extension::<PluginGui>()
            .expect("it has a window");
        gui.destroy(&handle);
    }

    /// Lets the plugin do what it asked the main thread for.
    pub fn attend(&mut self) {
        if self.shared.is_called.swap(false, Ordering::Acquire) {
            self.instance.call_on_main_thread_callback();
        }
    }

    /// Renders as fast as possible from where `transport` says, in blocks of the set-up's size.
    pub fn render(&mut self, transport: &Transport, frames: usize) -> Sound {
        let blocks = transport.blocks(self.setup, frames);
        self.render_blocks(&blocks)
    }

    /// Renders exactly these callbacks.
    pub fn render_blocks(&mut self, blocks: &[Block]) -> Sound {
        self.perform_blocks(blocks).mix()
    }

    /// The same as `render`, with everything that comes out.
    pub fn perform(&mut self, transport: &Transport, frames: usize) -> Performance {
        let blocks = transport.blocks(self.setup, frames);
        self.perform_blocks(&blocks)
    }

    pub fn perform_blocks(&mut self, blocks: &[Block]) -> Performance {
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
        let engine = Arc::new(Engine::default());
        let driven = Arc::clone(&engine);
        let (hands, touched) = channel();
        let rolled = Arc::new(Mutex::new(Rolled::nothing()));
        let filled = Arc::clone(&rolled);
        let thread = std::thread::spawn(move || {
            let deck = Deck::new(transport, touched);
            rendering.render_on_time(deck, &driven, &filled);
            rendering
        });
        RollingClapHost {
            host: self,
            hands,
            engine,
            rolled,
            thread,
        }
    }
}

impl RollingClapHost {
    /// The host's main thread, while audio rolls on.
    pub fn main_thread(&mut self) -> &mut ClapHost {
        &mut self.host
    }

    /// Does something at the transport, with the next block.
    pub fn touch(&self, hand: Hand) {
        self.hands.send(hand).expect("the audio thread rolls on");
    }

    /// Stops calling, or goes on, as a device does whose machine sleeps and wakes; and has done so. The
    /// process may be stopped next, and would wake before its audio thread knows that it slept.
    pub fn sleep(&self, is_asleep: bool) {
        let engine = &self.engine;
        engine.is_to_sleep.store(is_asleep, Ordering::Relaxed);
        while engine.is_asleep.load(Ordering::Relaxed) != is_asleep {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// What has come out so far.
    pub fn rolled(&self) -> Rolled {
        self.rolled.lock().expect("nobody panics with it").clone()
    }

    /// Everything that sounded, and the host for more.
    pub fn stop(self) -> (ClapHost, Sound) {
        let (host, rolled) = self.stop_with_times();
        (host, rolled.performance.mix())
    }

    /// The same with all that came out, and when the host called.
    pub fn stop_with_times(self) -> (ClapHost, Rolled) {
        let Self {
            mut host,
            engine,
            rolled,
            thread,
            ..
        } = self;
        engine.is_off.store(true, Ordering::Relaxed);
        let rendering = thread.join().expect("the audio thread did not panic");
        host.rendering = Some(rendering);
        let rolled = rolled.lock().expect("nobody panics with it");
        (host, rolled.clone())
    }
}

impl Drop for ClapHost {
    fn drop(&mut self) {
        self.deactivate();
    }
}
