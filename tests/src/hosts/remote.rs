//! A host in a process of its own that ends when it is dropped: the plugin as a VST3 in minihost, or as
//! a CLAP in a second copy of our own host. Requests and answers are lines of JSON; audio goes through
//! a file.

mod dawdreamer;
mod paced;
mod serve;

pub use dawdreamer::DawdreamerHost;
pub use paced::Paced;
pub use serve::serve;

use super::{Block, Bundles, Edition, HostSetup, Note, Performance, Sound, Touch, Transport};
use crate::steady::Place;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// One activated instance.
#[derive(Debug)]
pub struct RemoteHost {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    audio: PathBuf,
    setup: HostSetup,
    touches: Vec<(usize, Touch)>,
    _place: Place,
}

/// The one whose plugins are VST3.
pub type Vst3Host = RemoteHost;

const DRIVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/hosts/minihost_driver.py");

/// Left to themselves, hosts would look for the first display, which is another test's and soon gone.
const NO_DISPLAY: &str = ":9999";

impl RemoteHost {
    pub fn open(bundles: &Bundles, setup: HostSetup) -> Self {
        let mut host = Self::start(setup);
        host.open_plugin(bundles);
        host
    }

    /// The process of the VST3 host without any plugin.
    pub fn start(setup: HostSetup) -> Self {
        Self::launch(&mut Self::vst3_host(), None, setup)
    }

    /// A CLAP in a process of its own, with what this user keeps on the machine in a folder of its own.
    pub fn open_clap(program: &Path, home: &Path, bundles: &Bundles, setup: HostSetup) -> Self {
        Self::open_clap_on(None, program, home, bundles, setup)
    }

    /// The same with its windows on an X display.
    pub fn open_clap_on(
        display: Option<&str>,
        program: &Path,
        home: &Path,
        bundles: &Bundles,
        setup: HostSetup,
    ) -> Self {
        let mut command = Command::new(program);
        let mut host = Self::launch(command.env("LOCKSTEP_HOME", home), display, setup);
        let path = bundles.folder.clone();
        host.open_at(&path, Edition::Stereo)
            .expect("the bundle is a CLAP");
        host
    }

    /// The same with a VST3.
    pub fn open_vst3(home: &Path, bundles: &Bundles, setup: HostSetup) -> Self {
        let mut command = Self::vst3_host();
        let mut host = Self::launch(command.env("LOCKSTEP_HOME", home), None, setup);
        host.open_plugin(bundles);
        host
    }

    fn vst3_host() -> Command {
        let python = std::env::var_os("LOCKSTEP_HOST_PYTHON")
            .expect("LOCKSTEP_HOST_PYTHON names a Python with minihost: run `cargo xtask test`");
        let mut command = Command::new(python);
        command.arg(DRIVER);
        command
    }

    /// With its windows on an X display, or without any.
    fn launch(command: &mut Command, display: Option<&str>, setup: HostSetup) -> Self {
        let place = Place::take();
        let mut process = command
            .env("DISPLAY", display.unwrap_or(NO_DISPLAY))
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the host starts");
        let requests = process.stdin.take().expect("its input is piped");
        let answers = BufReader::new(process.stdout.take().expect("its output is piped"));
        static HOSTS: AtomicU32 = AtomicU32::new(0);
        let number = HOSTS.fetch_add(1, Ordering::Relaxed);
        let audio = format!("lockstep-host-{}-{number}.f32", std::process::id());
        let audio = std::env::temp_dir().join(audio);
        Self {
            process,
            requests,
            answers,
            audio,
            setup,
            touches: Vec::new(),
            _place: place,
        }
    }

    pub fn open_plugin(&mut self, bundles: &Bundles) {
        self.open_edition(bundles, Edition::Stereo);
    }

    pub fn open_edition(&mut self, bundles: &Bundles, edition: Edition) {
        self.open_at(&bundles.vst3(), edition)
            .expect("the bundle is a VST3");
    }

    fn open_at(&mut self, path: &Path, edition: Edition) -> Result<Value, String> {
        let HostSetup { sample_rate, block } = self.setup;
        let is_multi = edition == Edition::Multi;
        self.ask(json!({
            "do": "open", "path": path, "is_multi": is_multi,
            "sample_rate": sample_rate, "block": block,
        }))
    }

    /// Opens a new instance in the same process, in place of the one that was open.
    pub fn reopen(&mut self, bundles: &Bundles, setup: HostSetup) {
        self.setup = setup;
        self.open_plugin(bundles);
    }

    /// Creates, automates and destroys instances, `together` of them at once, `rounds` times.
    pub fn cycle(&mut self, bundles: &Bundles, rounds: u32, together: u32) {
        let HostSetup { sample_rate, block } = self.setup;
        let path = bundles.vst3();
        let request = json!({
            "do": "cycle", "path": path, "sample_rate": sample_rate, "block": block,
            "rounds": rounds, "together": together,
        });
        self.ask(request).expect("the host lives on");
    }

    pub fn setup(&self) -> HostSetup {
        self.setup
    }

    /// Tells the plugin that it renders to a file.
    pub fn set_offline(&mut self, is_offline: bool) {
        self.ask(json!({ "do": "offline", "is_offline": is_offline }))
            .expect("it takes either mode");
    }

    pub fn save_state(&mut self) -> Vec<u8> {
        let state = self.ask(json!({ "do": "save_state" })).expect("it saves");
        let state = STANDARD.decode(state.as_str().expect("the state is text"));
        state.expect("the state is base 64")
    }

    /// Whether the host took the state. The VST3 host does not say whether the plugin did.
    pub fn load_state(&mut self, state: &[u8]) -> bool {
        let state = STANDARD.encode(state);
        self.ask(json!({ "do": "load_state", "state": state }))
            .is_ok_and(|answer| answer != false)
    }

    /// What this host calls the parameter with this name.
    pub fn parameter(&mut self, name: &str) -> Option<u32> {
        let number = self.ask(json!({ "do": "parameter", "name": name }));
        u32::try_from(number.ok()?.as_u64()?).ok()
    }

    /// Sets a parameter in the first block rendered next.
    pub fn automate(&mut self, parameter: u32, value: f64) {
        let number = parameter;
        self.touch(0, Touch::Parameter { number, value });
    }

    /// Tells the plugin something at one frame of what is rendered next.
    pub fn touch(&mut self, frame: usize, touch: Touch) {
        self.touches.push((frame, touch));
    }

    /// Puts sound into the plugin's input from the next frame on, which only our own host can.
    pub fn feed(&mut self, sound: &Sound) {
        std::fs::write(&self.audio, sound.bytes()).expect("a file can be written");
        let file = self.audio.clone();
        self.ask(json!({ "do": "feed", "file": file }))
            .expect("it is active");
    }

    /// What the system calls the host's process.
    pub fn process(&self) -> u32 {
        self.process.id()
    }

    /// Opens the plugin's window in another one, which only our own host can.
    pub fn show_window(&mut self, parent: u64) {
        self.ask(json!({ "do": "show_window", "parent": parent }))
            .expect("it opens windows");
    }

    /// Closes that window, which only our own host can.
    pub fn close_window(&mut self) {
        self.ask(json!({ "do": "close_window" }))
            .expect("it closes windows");
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

    pub fn perform_blocks(&mut self, blocks: &[Block]) -> Performance {
        let frames: usize = blocks.iter().map(|block| block.frames).sum();
        let blocks: Vec<Value> = blocks.iter().map(block_request).collect();
        let touches: Vec<Value> = std::mem::take(&mut self.touches)
            .into_iter()
            .map(touch_request)
            .collect();
        let file = self.audio.clone();
        let answer = self
            .ask(json!({ "do": "render", "blocks": blocks, "touches": touches, "file": file }))
            .expect("it renders");
        self.heard(frames, &answer)
    }

    /// Reads what the host has written of so many frames.
    fn heard(&self, frames: usize, answer: &Value) -> Performance {
        let latency = answer["latency"].as_u64().expect("the latency in frames");
        let latency = usize::try_from(latency).expect("a latency is small");
        let bytes = std::fs::read(&self.audio).expect("the host wrote the audio");
        let ports = bytes.chunks_exact(frames * 2 * size_of::<f32>());
        let ports = ports.map(|port| Sound::of_bytes(port, latency));
        let notes = answer["notes"].as_array().expect("the notes sent");
        Performance {
            ports: ports.collect(),
            notes: notes.iter().map(note_answer).collect(),
            changes: Vec::new(),
        }
    }

    fn ask(&mut self, request: Value) -> Result<Value, String> {
        writeln!(self.requests, "{request}").expect("the host is running");
        let mut line = String::new();
        self.answers
            .read_line(&mut line)
            .expect("the host answers in text");
        let mut answer: Value = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("the host ended at {}: {line:?}", request["do"]));
        match answer.get("error") {
            Some(error) => Err(error.to_string()),
            None => Ok(answer["answer"].take()),
        }
    }
}

/// Frames, whether it rolls, tempo (nothing if the host says nothing), beat, loop, time signature,
/// whether it records.
fn block_request(block: &Block) -> Value {
    let transport = block.transport;
    let tempo = transport
        .says
        .anything()
        .then_some(transport.beats_per_minute);
    let looped = transport.looped.map(|looped| (looped.start, looped.end));
    json!([
        block.frames,
        transport.is_rolling,
        tempo,
        transport.beat,
        looped,
        transport.signature,
        transport.is_recording
    ])
}

/// A frame and three bytes of MIDI, or a frame, a parameter and its value.
fn touch_request((frame, touch): (usize, Touch)) -> Value {
    match touch {
        Touch::Parameter { number, value } => json!([frame, number, value]),
        other => {
            let [status, first, second] = other.midi().expect("the others are MIDI");
            json!([frame, status, first, second])
        }
    }
}

/// A frame, a channel, a key, and a velocity if the note begins.
fn note_answer(note: &Value) -> Note {
    let byte = |place: usize| {
        let number = note[place].as_u64().expect("a number");
        u8::try_from(number).expect("a byte")
    };
    let frame = note[0].as_u64().expect("a frame");
    Note {
        frame: usize::try_from(frame).expect("a test is short"),
        channel: byte(1),
        key: byte(2),
        velocity: note[3].as_f64(),
    }
}

impl Drop for RemoteHost {
    fn drop(&mut self) {
        // It may have ended already, and the file may not have been written.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_file(&self.audio);
    }
}
