//! The real `lockstep-server` as a process of its own: started on a free port with its own data,
//! killed, stopped, started again, and asked over plain HTTP. It must not know any single test.

use crate::steady::Place;
use lockstep_session::document::Document;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Dropping it ends the process.
#[derive(Debug)]
pub struct Server {
    process: Child,
    address: SocketAddr,
    data: TempDir,
    flags: Vec<String>,
    /// What the environment says beside the flags.
    environment: &'static [(&'static str, &'static str)],
    _place: Place,
}

/// One address may do what many would.
const CROWD: &[(&str, &str)] = &[
    ("LOCKSTEP_RATES", "0"),
    ("LOCKSTEP_MAX_CONNECTIONS_PER_ADDRESS", "20000"),
];

/// What the server answered to one request.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

impl Server {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    pub fn start_with(flags: &[&str]) -> Self {
        Self::start_in(flags, &[])
    }

    /// A server that lets all of a crowd in, though they come from one address.
    pub fn start_for_a_crowd(flags: &[&str]) -> Self {
        Self::start_in(flags, CROWD)
    }

    fn start_in(flags: &[&str], environment: &'static [(&'static str, &'static str)]) -> Self {
        let place = Place::take();
        let data = tempfile::tempdir().expect("a folder for the server's data");
        let flags: Vec<String> = flags.iter().map(|&flag| flag.to_owned()).collect();
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut program = program();
        program.envs(environment.iter().copied());
        let (process, address) = launch(program, any_port, data.path(), &flags);
        Self {
            process,
            address,
            data,
            flags,
            environment,
            _place: place,
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the system calls the process.
    pub fn process(&self) -> u32 {
        self.process.id()
    }

    /// Memory that it really takes, in bytes.
    pub fn memory(&self) -> u64 {
        let path = format!("/proc/{}/status", self.process());
        let status = std::fs::read_to_string(path).expect("the server runs");
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let resident = resident.expect("it has memory").trim();
        let kilobytes = resident.trim_end_matches(" kB").parse::<u64>();
        kilobytes.expect("kilobytes") * 1024
    }

    pub fn data(&self) -> &Path {
        self.data.path()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A session of the starter template: the id in its link.
    pub fn new_session(&self) -> String {
        self.new_session_with_listeners().0
    }

    /// A session of a document: the id in its link.
    pub fn new_session_with(&self, document: &Document) -> String {
        let body = serde_json::json!({ "document": document }).to_string();
        let headers = [("content-type", "application/json")];
        let answer = self.send("POST", "/api/v1/sessions", &headers, body.as_bytes());
        assert_eq!(answer.status, 201, "{answer:?}");
        let made = answer.json();
        let link = made["link"].as_str().expect("a link");
        link.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// The ids in the two links of a new session: the one that edits and the one that listens.
    pub fn new_session_with_listeners(&self) -> (String, String) {
        let answer = self.post("/api/v1/sessions", &[]);
        assert_eq!(answer.status, 201, "{answer:?}");
        let made = answer.json();
        let id_of = |link: &str| {
            let link = made[link].as_str().expect("a link");
            link.rsplit('/').next().unwrap_or_default().to_owned()
        };
        (id_of("link"), id_of("listen_link"))
    }

    /// The session's document and revision, as the server has them.
    pub fn read(&self, session: &str) -> serde_json::Value {
        let answer = self.get(&format!("/api/v1/sessions/{session}"), &[]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, &[])
    }

    pub fn post(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("POST", path, headers, &[])
    }

    /// One request on a connection of its own.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n", self.address);
        if !headers.iter().any(|(name, _)| *name == "connection") {
            request.push_str("connection: close\r\n");
        }
        if !body.is_empty() {
            request.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut stream = TcpStream::connect(self.address).expect("the server listens");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a minute is not zero");
        stream
            .write_all((request + "\r\n").as_bytes())
            .expect("a request");
        // A server that refuses early may have stopped reading; its answer is there all the same.
        let _ = stream.write_all(body);
        read_answer(&mut BufReader::new(stream))
    }

    /// Ends the process without a warning, as a power cut would.
    pub fn kill(&mut self) {
        self.process.kill().expect("the server was running");
        self.process.wait().expect("the server has ended");
    }

    /// Asks the process to end, and waits until it has.
    pub fn stop(&mut self) -> ExitStatus {
        self.ask_to_stop();
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.process.try_wait().expect("the server is our child") {
                return status;
            }
            assert!(Instant::now() < deadline, "the server did not stop");
            std::thread::yield_now();
        }
    }

    pub fn ask_to_stop(&self) {
        let process = self.process.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &process]).status();
        assert!(asked.expect("kill can be run").success());
    }

    /// Starts it again with the same data on the same port.
    pub fn come_back(&mut self) {
        let mut program = program();
        program.envs(self.environment.iter().copied());
        (self.process, self.address) = launch(program, self.address, self.data.path(), &self.flags);
    }

    /// The same of data that it may refuse to open; then returns what it said.
    pub fn try_to_come_back(&mut self) -> Result<(), String> {
        let mut program = program();
        // Should it fail without words of its own, its way there would take seconds to write.
        program.env("RUST_BACKTRACE", "0").stderr(Stdio::piped());
        (self.process, self.address) =
            try_to_launch(program, self.address, self.data.path(), &self.flags)?;
        Ok(())
    }

    /// Starts it again, able to write files of at most so many blocks of 512 bytes, as if the disk were full.
    pub fn come_back_with_little_room(&mut self, blocks: u64) {
        let mut shell = Command::new("sh");
        let script = format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$0\" \"$@\"");
        shell.arg("-c").arg(script).arg(program().get_program());
        (self.process, self.address) = launch(shell, self.address, self.data.path(), &self.flags);
    }

    /// Takes away the bound on the size of its files, while it runs: the disk has room again.
    pub fn make_room(&self) {
        let process = self.process.id().to_string();
        let asked = Command::new("prlimit")
            .args(["--pid", &process, "--fsize=unlimited:"])
            .status();
        assert!(asked.expect("prlimit can be run").success());
    }

    /// Exports a session from this server's data, by the program itself. It need not run.
    pub fn export(&self, session: &str, to: &Path, more: &[&str]) -> Output {
        let data = self.data.path().to_string_lossy();
        export(session, to, &[&["--data", &data], more].concat())
    }

    /// Runs a second server on the same data, to its end.
    pub fn run_another_on_the_same_data(&self) -> Output {
        program()
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(self.data.path())
            .output()
            .expect("the server can be run")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Runs the program to export a session to a file, to its end.
pub fn export(session: &str, to: &Path, more: &[&str]) -> Output {
    program()
        .args(["export", session, "--to"])
        .arg(to)
        .args(more)
        .output()
        .expect("the program can be run")
}

fn program() -> Command {
    let folder = std::env::var_os("LOCKSTEP_BIN_DIR")
        .expect("LOCKSTEP_BIN_DIR names the programs: run `cargo xtask test`");
    Command::new(PathBuf::from(folder).join("lockstep-server"))
}

fn launch(
    program: Command,
    listen: SocketAddr,
    data: &Path,
    flags: &[String],
) -> (Child, SocketAddr) {
    try_to_launch(program, listen, data, flags)
        .unwrap_or_else(|words| panic!("the server does not start: {words}"))
}

fn try_to_launch(
    mut program: Command,
    listen: SocketAddr,
    data: &Path,
    flags: &[String],
) -> Result<(Child, SocketAddr), String> {
    let mut process = program
        .args(["--log", "error", "--listen", &listen.to_string(), "--data"])
        .arg(data)
        .args(flags.iter().map(OsStr::new))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let output = process.stdout.take().expect("its output is piped");
    let mut first = String::new();
    BufReader::new(output)
        .read_line(&mut first)
        .expect("its output is text");
    let address = first
        .trim()
        .strip_prefix("listening on http://")
        .and_then(|address| address.parse().ok());
    match address {
        Some(address) => Ok((process, address)),
        None => {
            let ended = process.wait_with_output().expect("the server is our child");
            let words = String::from_utf8_lossy(&ended.stderr);
            Err(format!("{}, {first:?}, {words}", ended.status))
        }
    }
}

fn read_answer(stream: &mut impl BufRead) -> Answer {
    let mut line = || {
        let mut line = String::new();
        stream.read_line(&mut line).expect("a line of the answer");
        line.trim_end().to_owned()
    };
    let status = line();
    let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
    let mut headers = BTreeMap::new();
    loop {
        let line = line();
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .and_then(|length| length.parse().ok());
    let mut body = Vec::new();
    let most: u64 = if status == Some(101) {
        0
    } else {
        length.unwrap_or(u64::MAX)
    };
    stream
        .take(most)
        .read_to_end(&mut body)
        .expect("the body of the answer");
    Answer {
        status: status.expect("a status line"),
        headers,
        body,
    }
}
