//! The plugin as a VST3 in minihost, in a process of its own that ends when the host is dropped.

use super::{Block, Bundles, HostSetup, Sound, Transport};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// One activated instance.
#[derive(Debug)]
pub struct Vst3Host {
    process: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    audio: PathBuf,
    setup: HostSetup,
    automation: Vec<(u32, f64)>,
}

const DRIVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/hosts/minihost_driver.py");

impl Vst3Host {
    pub fn open(bundles: &Bundles, setup: HostSetup) -> Self {
        let mut host = Self::start(setup);
        host.open_plugin(bundles);
        host
    }

    /// The host's process without any plugin.
    pub fn start(setup: HostSetup) -> Self {
        let python = std::env::var_os("LOCKSTEP_HOST_PYTHON")
            .expect("LOCKSTEP_HOST_PYTHON names a Python with minihost: run `cargo xtask test`");
        let mut process = Command::new(python)
            .arg(DRIVER)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the host starts");
        let requests = process.stdin.take().expect("its input is piped");
        let answers = BufReader::new(process.stdout.take().expect("its output is piped"));
        static HOSTS: AtomicU32 = AtomicU32::new(0);
        let number = HOSTS.fetch_add(1, Ordering::Relaxed);
        let audio = format!("lockstep-minihost-{}-{number}.f32", std::process::id());
        let audio = std::env::temp_dir().join(audio);
        Self {
            process,
            requests,
            answers,
            audio,
            setup,
            automation: Vec::new(),
        }
    }

    pub fn open_plugin(&mut self, bundles: &Bundles) {
        let HostSetup { sample_rate, block } = self.setup;
        let path = bundles.vst3();
        self.ask(json!({ "do": "open", "path": path, "sample_rate": sample_rate, "block": block }))
            .expect("the bundle is a VST3");
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

    pub fn close_plugin(&mut self) {
        self.ask(json!({ "do": "close" })).expect("it closes");
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
        state
            .as_str()
            .expect("the state is text")
            .as_bytes()
            .to_vec()
    }

    /// Whether the host took the state. This one does not say whether the plugin did.
    pub fn load_state(&mut self, state: &[u8]) -> bool {
        let state = String::from_utf8_lossy(state);
        self.ask(json!({ "do": "load_state", "state": state }))
            .is_ok()
    }

    /// Sets a parameter, by its place, in the first block rendered next.
    pub fn automate(&mut self, parameter: u32, value: f64) {
        self.automation.push((parameter, value));
    }

    /// Renders as fast as possible from where `transport` says, in blocks of the set-up's size.
    pub fn render(&mut self, transport: &Transport, frames: usize) -> Sound {
        let blocks = transport.blocks(self.setup, frames);
        self.render_blocks(&blocks)
    }

    /// Renders exactly these callbacks.
    pub fn render_blocks(&mut self, blocks: &[Block]) -> Sound {
        let blocks: Vec<Value> = blocks.iter().map(request).collect();
        let automation = std::mem::take(&mut self.automation);
        let file = self.audio.clone();
        let latency = self
            .ask(
                json!({ "do": "render", "blocks": blocks, "automation": automation, "file": file }),
            )
            .expect("it renders");
        let bytes = std::fs::read(&self.audio).expect("the host wrote the audio");
        let (samples, _) = bytes.as_chunks::<4>();
        let mut left: Vec<f32> = samples
            .iter()
            .map(|bytes| f32::from_le_bytes(*bytes))
            .collect();
        let right = left.split_off(left.len() / 2);
        let latency = latency.as_u64().expect("the latency in frames");
        Sound::new(
            left,
            right,
            usize::try_from(latency).expect("a latency is small"),
        )
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

fn request(block: &Block) -> Value {
    let Transport {
        is_rolling,
        beats_per_minute,
        beat,
        looped,
    } = block.transport;
    let looped = looped.map(|looped| (looped.start, looped.end));
    json!([block.frames, is_rolling, beats_per_minute, beat, looped])
}

impl Drop for Vst3Host {
    fn drop(&mut self) {
        // It may have ended already, and the file may not have been written.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_file(&self.audio);
    }
}
