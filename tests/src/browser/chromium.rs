//! The processes behind a browser: a chromedriver and the Chromium it starts, with a profile of
//! their own. None of them outlives the value.

use super::Screen;
use fantoccini::error::NewSessionError;
use fantoccini::{Client, ClientBuilder};
use serde_json::{Map, Value, json};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
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

#[derive(Debug)]
pub(super) struct Chromium {
    driver: Child,
    port: u16,
    profile: TempDir,
    log: Arc<Mutex<Vec<String>>>,
}

impl Chromium {
    /// Starts chromedriver on a port of its own choice. Now and then it chooses one that is taken a moment
    /// later, and ends.
    pub(super) fn start() -> Self {
        let mut attempts = (0..5).map(|_| Self::attempt());
        let started = attempts.find_map(Result::ok);
        started.expect("chromedriver names its port")
    }

    fn attempt() -> Result<Self, RecvTimeoutError> {
        let profile = tempfile::tempdir().expect("a folder for the browser's profile");
        let mut driver = Command::new("chromedriver")
            .args(["--port=0", "--enable-chrome-logs"])
            .env("TMPDIR", profile.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("chromedriver is installed: run `cargo xtask setup`");
        let log = Arc::new(Mutex::new(Vec::new()));
        let (said, hear) = channel();
        collect(
            driver.stdout.take().expect("its output is piped"),
            &log,
            said.clone(),
        );
        collect(
            driver.stderr.take().expect("its errors are piped"),
            &log,
            said,
        );
        let named = hear.recv_timeout(Duration::from_secs(30));
        let port = named.inspect_err(|_| {
            let said = log.lock().unwrap_or_else(PoisonError::into_inner);
            println!("chromedriver: {said:?}");
            // What cannot be ended has ended already.
            let _ = driver.kill();
            let _ = driver.wait();
        })?;
        Ok(Self {
            driver,
            port,
            profile,
            log,
        })
    }

    /// Starts Chromium itself.
    pub(super) async fn connect(
        &self,
        flags: &[String],
        screen: Screen,
    ) -> Result<Client, NewSessionError> {
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
        let mut capabilities = Map::<String, Value>::new();
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        let mut builder =
            ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new());
        builder
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
    }

    /// Where chromedriver listens.
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
        let mut parents = vec![self.driver.id()];
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

impl Drop for Chromium {
    fn drop(&mut self) {
        // What cannot be ended has ended already.
        let _ = self.driver.kill();
        let _ = self.driver.wait();
        for process in processes_of(self.profile.path()) {
            let _ = Command::new("kill").args(["-9", &process]).status();
        }
    }
}

/// Reads lines to the end, keeps them, and tells the port once it is named.
fn collect(output: impl Read + Send + 'static, log: &Arc<Mutex<Vec<String>>>, port: Sender<u16>) {
    let log = Arc::clone(log);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let named = line
                .split_once("successfully on port ")
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
