//! The processes behind a browser: a driver and the browser it starts, with a profile of their own.
//! None of them outlives the value.

use super::{Make, Screen};
use crate::display::Display;
use fantoccini::error::NewSessionError;
use fantoccini::{Client, ClientBuilder};
use serde_json::{Map, Value, json};
use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const FLAGS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--window-size=1280,760",
    // The console's messages, for `complaints`.
    "--enable-logging=stderr",
    "--v=0",
];

/// How drivers say their port.
const NAMES: [&str; 2] = ["successfully on port ", "Listening on 127.0.0.1:"];
/// How long they may take until then.
const STARTS: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Driver {
    make: Make,
    process: Child,
    port: u16,
    profile: TempDir,
    /// What the browser draws on, if it cannot do without.
    _display: Option<Display>,
    log: Arc<Mutex<Vec<String>>>,
}

impl Driver {
    /// Starts the driver of a browser. Now and then a port that is free is taken a moment later, and the
    /// driver ends.
    pub(super) fn start(make: Make) -> Self {
        let mut attempts = (0..5).map(|_| Self::attempt(make));
        let started = attempts.find_map(Result::ok);
        started.unwrap_or_else(|| panic!("the driver of {make:?} names its port"))
    }

    fn attempt(make: Make) -> Result<Self, RecvTimeoutError> {
        let profile = tempfile::tempdir().expect("a folder for the browser's profile");
        // Only this one has to be told its port, and has no other way to draw.
        let port = (make == Make::WebKit).then(free_port);
        let display = port.map(|_| Display::without_manager());
        let (program, arguments) = match make {
            Make::Chromium => ("chromedriver", "--enable-chrome-logs"),
            Make::Firefox => ("geckodriver", "--websocket-port=0"),
            Make::WebKit => ("WebKitWebDriver", "--host=127.0.0.1"),
        };
        let mut driver = Command::new(program);
        driver
            .args([&format!("--port={}", port.unwrap_or(0)), arguments])
            .env("TMPDIR", profile.path())
            // Nobody wants to hear a test.
            .env("PULSE_SERVER", "none")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(display) = &display {
            driver.env("DISPLAY", display.name());
        }
        let mut process = driver
            .spawn()
            .unwrap_or_else(|_| panic!("{program} is installed: run `cargo xtask setup`"));
        let log = Arc::new(Mutex::new(Vec::new()));
        let (said, hear) = channel();
        collect(
            process.stdout.take().expect("its output is piped"),
            &log,
            said.clone(),
        );
        collect(
            process.stderr.take().expect("its errors are piped"),
            &log,
            said.clone(),
        );
        if let Some(port) = port {
            wait_for(port, said);
        }
        let named = hear.recv_timeout(STARTS);
        let port = named.inspect_err(|_| {
            let said = log.lock().unwrap_or_else(PoisonError::into_inner);
            println!("{program}: {said:?}");
            // What cannot be ended has ended already.
            let _ = process.kill();
            let _ = process.wait();
        })?;
        Ok(Self {
            make,
            process,
            port,
            profile,
            _display: display,
            log,
        })
    }

    /// Starts the browser itself.
    pub(super) async fn connect(
        &self,
        flags: &[String],
        screen: Screen,
    ) -> Result<Client, NewSessionError> {
        let mut builder =
            ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        if let Some((name, options)) = self.options(flags, screen) {
            let wanted = [(name.to_owned(), options)];
            builder.capabilities(Map::from_iter(wanted));
        }
        builder
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
    }

    /// What the driver is to start its browser with, as it calls that.
    fn options(&self, flags: &[String], screen: Screen) -> Option<(&'static str, Value)> {
        match self.make {
            Make::Chromium => {
                let mut arguments: Vec<String> = FLAGS.map(str::to_owned).to_vec();
                arguments.extend_from_slice(flags);
                arguments.push(format!(
                    "--user-data-dir={}",
                    self.profile.path().join("profile").display()
                ));
                let mut options = json!({ "args": arguments });
                if screen == Screen::Phone {
                    options["mobileEmulation"] = json!({ "deviceMetrics": { "width": 360, "height": 740, "pixelRatio": 1.0, "touch": true } });
                }
                Some(("goog:chromeOptions", options))
            }
            Make::Firefox => {
                let arguments = ["-headless", "--width=1280", "--height=760"];
                Some(("moz:firefoxOptions", json!({ "args": arguments })))
            }
            // It has a window of its own size.
            Make::WebKit => None,
        }
    }

    /// Where the driver listens.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// How long this browser's processes have been on a processor.
    pub(super) fn processor_time(&self) -> Duration {
        let ticks = self
            .family()
            .iter()
            .map(|process| process.ticks)
            .sum::<u32>();
        Duration::from_millis(10) * ticks
    }

    /// Says one word to all processes of this browser, as the system's `kill` names it.
    pub(super) fn signal(&self, word: &str) {
        let family = self.family();
        let mut kill = Command::new("kill");
        kill.arg(word)
            .args(family.iter().map(|process| process.id.to_string()));
        // One of them may just have ended.
        let _ = kill.status();
    }

    /// All that the driver has started.
    fn family(&self) -> Vec<Ticks> {
        let mut all: Vec<Ticks> = processes().filter_map(|name| Ticks::of(&name)).collect();
        let mut parents = vec![self.process.id()];
        let mut family = Vec::new();
        while let Some(parent) = parents.pop() {
            for process in all.extract_if(.., |process| process.parent == parent) {
                parents.push(process.id);
                family.push(process);
            }
        }
        family
    }

    pub(super) fn complaints(&self) -> Vec<String> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.iter()
            .filter(|line| is_complaint(line))
            .cloned()
            .collect()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let family = self.family();
        // What cannot be ended has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let started = family.into_iter().map(|process| process.id.to_string());
        for process in started.chain(processes_of(self.profile.path())) {
            let _ = Command::new("kill")
                .args(["-9", &process])
                .stderr(Stdio::null())
                .status();
        }
    }
}

fn free_port() -> u16 {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    free.expect("a port is free").port()
}

/// Tells a port once somebody listens there.
fn wait_for(port: u16, listens: Sender<u16>) {
    std::thread::spawn(move || {
        let deadline = Instant::now() + STARTS;
        while Instant::now() < deadline {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                // Nobody waits for it any more if it took too long.
                let _ = listens.send(port);
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    });
}

/// Reads lines to the end, keeps them, and tells the port once it is named.
fn collect(output: impl Read + Send + 'static, log: &Arc<Mutex<Vec<String>>>, port: Sender<u16>) {
    let log = Arc::clone(log);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let named = NAMES
                .iter()
                .find_map(|words| line.split_once(words))
                .map(|(_, rest)| rest.trim_end_matches('.').parse());
            if let Some(Ok(number)) = named {
                // Nobody waits for a second one.
                let _ = port.send(number);
            }
            log.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(line);
        }
    });
}

/// Console lines look like `[...:INFO:CONSOLE:3] "text", source: ... (3)`, whatever their level.
/// The page itself never writes there, so each is a complaint, except that a server which is away
/// cannot be reached.
fn is_complaint(line: &str) -> bool {
    line.contains(":CONSOLE")
        && !line.contains("ERR_CONNECTION_REFUSED")
        && !line.contains("WebSocket connection to")
}

/// Processes that were started with this profile.
fn processes_of(profile: &Path) -> Vec<String> {
    let profile = profile.display().to_string();
    processes()
        .filter(|name| {
            std::fs::read(format!("/proc/{name}/cmdline"))
                .is_ok_and(|line| String::from_utf8_lossy(&line).contains(&profile))
        })
        .collect()
}

/// The numbers of all processes, as `/proc` names them.
fn processes() -> impl Iterator<Item = String> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
}

/// A process and its hundredths of a second on a processor.
struct Ticks {
    id: u32,
    parent: u32,
    ticks: u32,
}

impl Ticks {
    /// Nothing if the process has ended.
    fn of(name: &str) -> Option<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{name}/stat")).ok()?;
        // A program's name may hold anything, so what follows is counted from its end.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |place: usize| -> Option<u32> { fields.get(place)?.parse().ok() };
        Some(Self {
            id: name.parse().ok()?,
            parent: number(1)?,
            ticks: number(11)? + number(12)?,
        })
    }
}
