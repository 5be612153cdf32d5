//! Ardour without its windows: makes a session with the plugin in it, opens, saves and exports it.
//! Everything that it keeps lies in a folder of its own.

use super::{Bundles, Edition, Sound};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};
use tempfile::TempDir;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/hosts/ardour.lua");
/// Where Debian keeps what Ardour's programs are made of.
const LIBRARIES: &str = "/usr/lib/ardour7";
const SCANNER: &str = "/usr/lib/ardour7/ardour-vst3-scanner";
const NAME: &str = "song";
/// Ardour counts time in these, so that every rate divides them.
const SUPERCLOCKS_PER_SECOND: usize = 282_240_000;

/// What it is asked here takes it some seconds.
const PATIENCE: Duration = Duration::from_secs(120);
const ATTEMPTS: u32 = 3;
/// The signal, as Linux counts them.
const SEGMENTATION_FAULT: i32 = 11;

/// One session with one plugin on a MIDI track.
#[derive(Debug)]
pub struct ArdourSession {
    home: TempDir,
    edition: Edition,
    sample_rate: usize,
}

impl ArdourSession {
    /// Makes the session as a user does: the plugin is installed and found, a track gets it, the session
    /// is saved.
    pub fn make(bundles: &Bundles, edition: Edition, sample_rate: usize) -> Self {
        let home = tempfile::tempdir().expect("a folder for Ardour's user");
        let installed = home.path().join(".vst3/Lockstep.vst3");
        copy_tree(&bundles.vst3(), &installed);
        let session = Self {
            home,
            edition,
            sample_rate,
        };
        session.run(
            Command::new(SCANNER)
                .arg("-f")
                .arg(&installed)
                .env("LD_LIBRARY_PATH", LIBRARIES),
        );
        session.make_the_track();
        session
    }

    /// While a track is given a plugin, Ardour 7 now and then ends itself: a thread of its own that adds
    /// up latencies reads the ports that are just being added (`Session::auto_connect_thread_run` and
    /// `IO::ensure_ports` in five cores of five; our own threads slept). What ends like that each time
    /// is a failure all the same.
    fn make_the_track(&self) {
        let mut output = self.output(&mut self.lua("make"));
        for _ in 1..ATTEMPTS {
            if output.status.signal() != Some(SEGMENTATION_FAULT) {
                break;
            }
            println!("Ardour has ended itself while it made a track: {output:?}");
            std::fs::remove_dir_all(self.folder()).expect("half a session can be removed");
            output = self.output(&mut self.lua("make"));
        }
        assert!(output.status.success(), "{output:?}");
    }

    /// Sets in the session's file what its scripts cannot: tempo, length and the plugin's state.
    pub fn set(&self, beats_per_minute: f64, frames: usize, state: &[u8]) {
        let mut text = std::fs::read_to_string(self.file()).expect("the session was saved");
        let end = frames * (SUPERCLOCKS_PER_SECOND / self.sample_rate);
        let range = format!(
            "<Locations><Location id=\"9001\" name=\"session\" start=\"a0\" end=\"a{end}\" \
             flags=\"IsSessionRange\" locked=\"0\" timestamp=\"0\"/></Locations>"
        );
        let tempo = format!("npm=\"{beats_per_minute}\" enpm=\"{beats_per_minute}\"");
        let (before, rest) = text
            .split_once("<chunk>")
            .expect("the plugin's state is there");
        let (_, after) = rest.split_once("</chunk>").expect("it ends");
        text = format!(
            "{before}<chunk>{}</chunk>{after}",
            STANDARD.encode(preset(self.edition, state))
        );
        for (from, to) in [("<Locations/>", range), ("npm=\"120\" enpm=\"120\"", tempo)] {
            assert!(text.contains(from), "the session has {from}");
            text = text.replace(from, &to);
        }
        std::fs::write(self.file(), text).expect("the session can be written");
        self.connect();
    }

    /// Opens the session and saves it, so that everything in it has gone through the plugin.
    pub fn reopen_and_save(&self) {
        self.run(&mut self.lua("resave"));
        self.connect();
    }

    /// Lets the plugin's first output be heard as it is, and no other: without windows Ardour saves now
    /// before, now after it has connected all of them, and what has many channels it pans in a circle.
    fn connect(&self) {
        let text = std::fs::read_to_string(self.file()).expect("the session was saved");
        let is_ours = |line: &&str| {
            let ends = ["Band/audio_out", "Master/audio_in"];
            let mut ends = ends
                .map(|end| format!("<Connection other=\"{end}"))
                .into_iter();
            !ends.any(|connection| line.contains(&connection))
        };
        let lines: Vec<&str> = text.lines().filter(is_ours).collect();
        let mut text = lines.join("\n");
        text = text.replace("<PannerShell bypassed=\"0\"", "<PannerShell bypassed=\"1\"");
        for side in ["1", "2"] {
            let (from, to) = (
                format!("Band/audio_out {side}"),
                format!("Master/audio_in {side}"),
            );
            for (port, other) in [(&from, &to), (&to, &from)] {
                let port = format!("<Port type=\"audio\" name=\"{port}\"");
                let connection = format!("<Connection other=\"{other}\"/>");
                text = text.replace(&format!("{port}/>"), &format!("{port}></Port>"));
                text = text.replace(&format!("{port}>"), &format!("{port}>{connection}"));
            }
        }
        std::fs::write(self.file(), text).expect("the session can be written");
    }

    /// The sound of the whole session. A plugin's latency stays in an export of a track alone.
    pub fn export(&self, latency: usize) -> Sound {
        let file = self.home.path().join("out.wav");
        let mut export = Command::new("ardour7-export");
        self.run(export.arg("-o").arg(&file).arg(self.folder()).arg(NAME));
        let mut wav = hound::WavReader::open(&file).expect("Ardour wrote a WAV");
        assert_eq!(wav.spec().channels, 2);
        let samples: Vec<f32> = match wav.spec().sample_format {
            hound::SampleFormat::Float => wav
                .samples::<f32>()
                .map(|sample| sample.expect("a sample"))
                .collect(),
            hound::SampleFormat::Int => {
                let full = 2_f32.powi(i32::from(wav.spec().bits_per_sample) - 1);
                let samples = wav.samples::<i32>();
                samples
                    .map(|sample| as_float(sample.expect("a sample")) / full)
                    .collect()
            }
        };
        let channel = |first: usize| samples.iter().skip(first).step_by(2).copied().collect();
        Sound::new(channel(0), channel(1), latency)
    }

    fn folder(&self) -> PathBuf {
        self.home.path().join("session")
    }

    fn file(&self) -> PathBuf {
        self.folder().join(format!("{NAME}.ardour"))
    }

    fn lua(&self, verb: &str) -> Command {
        let mut lua = Command::new("ardour7-lua");
        lua.args([SCRIPT, verb]).arg(self.folder()).arg(NAME);
        lua.arg(self.sample_rate.to_string());
        lua.arg(self.edition.name());
        lua
    }

    fn run(&self, command: &mut Command) {
        let output = self.output(command);
        assert!(output.status.success(), "{command:?}: {output:?}");
    }

    fn output(&self, command: &mut Command) -> Output {
        let home = self.home.path();
        let command = command
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join(".config"))
            .env("XDG_CACHE_HOME", home.join(".cache"))
            .env("LOCKSTEP_HOME", home.join("lockstep"))
            .env_remove("DISPLAY");
        let mut attempts = (0..ATTEMPTS).map(|_| finished(command));
        let output = attempts.find_map(|output| output);
        output.unwrap_or_else(|| panic!("{command:?} does not end"))
    }
}

/// Now and then Ardour's export and its disk thread wait for each other for ever, while no plugin is asked
/// anything.
fn finished(command: &mut Command) -> Option<Output> {
    let running = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut running = running.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let deadline = Instant::now() + PATIENCE;
    while running.try_wait().expect("it is ours").is_none() {
        if Instant::now() > deadline {
            println!("{command:?} hangs");
            // What cannot be ended has ended already.
            let _ = running.kill();
            let _ = running.wait();
            return None;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Some(running.wait_with_output().expect("what it said"))
}

/// The plugin's state in the container that VST3 hosts share.
fn preset(edition: Edition, state: &[u8]) -> Vec<u8> {
    let class = edition.vst3_class();
    let class: String = class.iter().map(|byte| format!("{byte:02X}")).collect();
    let number = |number: usize| {
        i64::try_from(number)
            .expect("a state is small")
            .to_le_bytes()
    };
    let begins = 4 + 4 + class.len() + 8;
    let mut bytes = b"VST3".to_vec();
    bytes.extend(1_i32.to_le_bytes());
    bytes.extend(class.as_bytes());
    bytes.extend(number(begins + state.len()));
    bytes.extend(state);
    bytes.extend(b"List");
    bytes.extend(1_i32.to_le_bytes());
    bytes.extend(b"Comp");
    bytes.extend(number(begins));
    bytes.extend(number(state.len()));
    bytes
}

#[expect(
    clippy::cast_precision_loss,
    reason = "at most 24 bits are kept of audio anyway"
)]
fn as_float(sample: i32) -> f32 {
    sample as f32
}

fn copy_tree(from: &Path, to: &Path) {
    if from.is_file() {
        std::fs::copy(from, to).expect("a file can be copied");
        age(to);
        return;
    }
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("the bundle is there") {
        let entry = entry.expect("a file of the bundle");
        copy_tree(&entry.path(), &to.join(entry.file_name()));
    }
    age(to);
}

/// What was installed in the second in which it was scanned looks newer than the scan.
fn age(path: &Path) {
    let an_hour_ago = SystemTime::now() - Duration::from_secs(3_600);
    let file = std::fs::File::open(path).expect("it was copied");
    file.set_modified(an_hour_ago).expect("it is ours");
}
