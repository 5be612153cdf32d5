//! What an operator relies on: limits by address, metrics, a log without secrets, backups of a server
//! that runs, a doctor, and deployment files that name what is there.

use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::text::LongName;
use lockstep_tests::client::Client;
use lockstep_tests::server::Server;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const KNOWN_TOKEN: &str = "a-token-for-metrics-only";
const METRICS: &str = "/api/v1/metrics";

pub(crate) fn program() -> Command {
    let folder = std::env::var_os("LOCKSTEP_BIN_DIR")
        .expect("LOCKSTEP_BIN_DIR names the programs: run `cargo xtask test`");
    Command::new(PathBuf::from(folder).join("lockstep-server"))
}

pub(crate) fn run(arguments: &[&str], data: &Path) -> Output {
    program()
        .args(arguments)
        .arg("--data")
        .arg(data)
        .output()
        .expect("the program can be run")
}

/// What it says when all went well.
pub(crate) fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// What it says when it went wrong: one sentence, and no trace of the code.
pub(crate) fn complaint(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        !text.contains("panicked") && !text.contains("backtrace"),
        "{text}"
    );
    text
}

pub(crate) fn rename(name: &str) -> Edit {
    Edit::Session(SessionSetting::Name(LongName::new(name)))
}

/// Waits until everything this player did is acknowledged.
pub(crate) fn settled(client: &Client) {
    client.wait_until("acknowledgement", |replica| replica.unsaved() == 0);
}

pub(crate) fn name_of(server: &Server, session: &str) -> String {
    server.read(session)["document"]["name"]
        .as_str()
        .expect("a name")
        .to_owned()
}

#[test]
fn one_address_has_its_rate_and_a_header_it_made_up_does_not_help() {
    let server = Server::start();
    let create = |header: &[(&str, &str)]| server.post("/api/v1/sessions", header);
    let refused = (0..200)
        .map(|number| create(&[("x-forwarded-for", &format!("198.51.100.{number}"))]))
        .find(|answer| answer.status != 201)
        .expect("nobody makes two hundred sessions at once");
    assert_eq!(refused.status, 429, "{refused:?}");
    assert_eq!(refused.json()["code"], "too-many-requests");
    assert!(
        refused
            .header("retry-after")
            .parse::<u32>()
            .is_ok_and(|seconds| seconds > 0)
    );
    // Reading is another matter.
    assert_eq!(server.get("/api/v1/health", &[]).status, 200);
}

#[test]
fn behind_a_trusted_proxy_each_client_has_its_own_rate() {
    let server = Server::start_with(&["--trusted-proxy", "127.0.0.0/8"]);
    let create = |client: &str| {
        let header = [("x-forwarded-for", client)];
        server.post("/api/v1/sessions", &header).status
    };
    let made = (0..200).take_while(|_| create("1.1.1.1, 198.51.100.7") == 201);
    assert!(made.count() < 200);
    assert_eq!(
        create("1.1.1.2, 198.51.100.7"),
        429,
        "what it added itself is not believed"
    );
    assert_eq!(create("198.51.100.8"), 201);
    let secure = [
        ("x-forwarded-for", "198.51.100.9"),
        ("x-forwarded-proto", "https"),
    ];
    let made = server.post("/api/v1/sessions", &secure).json();
    assert!(
        made["link"]
            .as_str()
            .is_some_and(|link| link.starts_with("https://")),
        "{made}"
    );
}

#[test]
fn a_full_server_says_so_and_takes_the_next_one_when_somebody_has_left() {
    let server = Server::start_with(&["--max-connections", "3"]);
    let mut waiting: Vec<TcpStream> = Vec::new();
    for _ in 0..3 {
        let mut stream = TcpStream::connect(server.address()).expect("the server listens");
        stream
            .write_all(b"GET /api/v1/health HTTP/1.1\r\nhost: here\r\n\r\n")
            .expect("a request");
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).expect("an answer");
        assert_eq!(&answer, b"HTTP/1.1 200");
        waiting.push(stream);
    }
    let refused = server.get("/api/v1/health", &[]);
    assert_eq!(refused.status, 503);
    assert_eq!(refused.json()["code"], "server-full");
    assert!(!refused.header("retry-after").is_empty());
    waiting.pop();
    while server.get("/api/v1/health", &[]).status != 200 {
        std::thread::yield_now();
    }
}

#[test]
fn metrics_are_for_this_machine_and_for_whoever_has_the_token() {
    let server = Server::start_with(&["--metrics-token", KNOWN_TOKEN]);
    server.new_session();
    let asked = |headers: &[(&str, &str)]| server.get(METRICS, headers);
    let local = asked(&[]);
    assert_eq!(local.status, 200);
    assert!(
        local
            .header("content-type")
            .starts_with("application/openmetrics-text")
    );
    let text = local.text();
    for line in [
        "lockstep_sessions_stored 1",
        "lockstep_http_requests_total{route=\"/api/v1/sessions\",status=\"201\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
    let far = ("x-forwarded-for", "198.51.100.1");
    let with = |token: &str| asked(&[far, ("authorization", token)]).status;
    assert_eq!(asked(&[far]).status, 404);
    assert_eq!(with("Bearer a-token-for-metrics-onl"), 404);
    assert_eq!(with(KNOWN_TOKEN), 404);
    assert_eq!(with(&format!("Bearer {KNOWN_TOKEN}")), 200);
}

#[test]
fn every_answer_has_a_number_of_its_own_that_nobody_else_chose() {
    let server = Server::start();
    let numbers: Vec<String> = ["/api/v1/health", "/nowhere", "/api/v1/nothing"]
        .iter()
        .map(|path| {
            server
                .get(path, &[("x-request-id", "mine")])
                .header("x-request-id")
                .to_owned()
        })
        .collect();
    assert!(
        numbers
            .iter()
            .all(|number| number.len() == 16 && number != "mine"),
        "{numbers:?}"
    );
    assert!(numbers[0] != numbers[1] && numbers[1] != numbers[2]);
}

/// A server whose whole log is kept.
fn logged(data: &Path, log: &Path) -> (std::process::Child, SocketAddr) {
    let mut process = program()
        .args([
            "--listen",
            "127.0.0.1:0",
            "--log",
            "trace",
            "--log-format",
            "json",
        ])
        .args(["--metrics-token", KNOWN_TOKEN])
        .arg("--data")
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(File::create(log).expect("a file for the log"))
        .spawn()
        .expect("the server starts");
    let mut output = process.stdout.take().expect("its output is piped");
    let mut first = Vec::new();
    while !first.ends_with(b"\n") {
        let mut byte = [0];
        output.read_exact(&mut byte).expect("a line");
        first.extend(byte);
    }
    let first = String::from_utf8(first).expect("text");
    let address = first
        .trim()
        .strip_prefix("listening on http://")
        .expect("where");
    (process, address.parse().expect("an address"))
}

fn ask(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    write!(
        stream,
        "{request}\r\nhost: here\r\nconnection: close\r\n\r\n"
    )
    .expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn a_whole_trace_of_a_busy_server_holds_no_link_and_no_token() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, log) = (folder.path().join("data"), folder.path().join("log"));
    let (mut process, address) = logged(&data, &log);
    let made = ask(
        address,
        "POST /api/v1/sessions HTTP/1.1\r\ncontent-length: 0",
    );
    let (_, made) = made.split_once("\r\n\r\n").expect("a body");
    let made: serde_json::Value = serde_json::from_str(made).expect("an object");
    let id_of = |link: &str| {
        let link = made[link].as_str().expect("a link");
        link.rsplit('/').next().expect("an id").to_owned()
    };
    let (edit, listen) = (id_of("link"), id_of("listen_link"));
    for path in ["", "/ws", "/nothing", "/..%2f"] {
        ask(
            address,
            &format!("GET /api/v1/sessions/{edit}{path} HTTP/1.1"),
        );
    }
    for path in ["s", "l", "nothing", "app"] {
        ask(address, &format!("GET /{path}/{edit}?{listen} HTTP/1.1"));
    }
    ask(address, &format!("{edit} /{listen} HTTP/1.1"));
    ask(
        address,
        &format!("GET {METRICS} HTTP/1.1\r\nauthorization: Bearer {KNOWN_TOKEN}"),
    );
    let player = Client::joined(address, &edit, 77);
    let listener = Client::joined(address, &listen, 78);
    player.edit(rename("payload-of-an-edit"));
    settled(&player);
    listener.wait_until("the name", |replica| {
        replica.document().name.as_str() == "payload-of-an-edit"
    });
    let presence = fs::read(data.join("server.json")).expect("the server says where it is");
    let presence: serde_json::Value = serde_json::from_slice(&presence).expect("an object");
    let admin_token = presence["token"].as_str().expect("a token");
    said(&run(
        &[
            "backup",
            &folder.path().join("backup.tar").to_string_lossy(),
        ],
        &data,
    ));
    drop((player, listener));
    let stopped = Command::new("kill").arg(process.id().to_string()).status();
    assert!(stopped.expect("kill can be run").success());
    process.wait().expect("it ends");

    let log = fs::read_to_string(&log).expect("the log is text");
    let secret = |id: &str| id.rsplit('-').next().expect("a secret").to_owned();
    let player_token = "4d".repeat(16);
    for (what, word) in [
        ("the edit link", secret(&edit).as_str()),
        ("the listen link", secret(&listen).as_str()),
        ("a player's token", &player_token),
        ("the admin token", admin_token),
        ("the metrics token", KNOWN_TOKEN),
        ("what was played", "payload-of-an-edit"),
    ] {
        assert!(!log.contains(word), "{what} is in the log:\n{log}");
    }
    let lines: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let friendly = edit.rsplit_once('-').expect("two parts").0;
    assert!(
        lines
            .iter()
            .any(|line| line["fields"]["session"] == friendly),
        "{log}"
    );
    let numbered = |line: &&serde_json::Value| line["fields"]["message"] == "answered";
    assert!(lines.iter().filter(numbered).count() >= 10, "{log}");
    assert!(
        lines
            .iter()
            .filter(numbered)
            .all(|line| line["span"]["id"].is_string()),
        "{log}"
    );
}

#[test]
fn the_doctor_finds_what_would_stop_a_server() {
    let server = Server::start();
    let listen = server.address().to_string();
    // The door for commands opens a moment after the one for players.
    let deadline = std::time::Instant::now() + lockstep_tests::server::PATIENCE;
    while !server.data().join("server.json").exists() {
        assert!(std::time::Instant::now() < deadline, "no door for commands");
        std::thread::yield_now();
    }
    let told = said(&run(&["doctor", "--listen", &listen], server.data()));
    for line in [
        "ok   data",
        "ok   port",
        "clock",
        "space",
        "open files",
        "certificate",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    let elsewhere = tempfile::tempdir().expect("a folder");
    let ill = run(&["doctor", "--listen", &listen], elsewhere.path());
    assert_eq!(ill.status.code(), Some(1));
    let told = String::from_utf8_lossy(&ill.stdout).into_owned();
    assert!(
        told.contains("FAIL port") && told.contains("--listen"),
        "{told}"
    );
}

#[test]
fn data_that_cannot_be_opened_is_refused_in_one_sentence_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("lockstep.redb");
    let junk = b"not a store".repeat(1_000);
    fs::write(&file, &junk).expect("a file");
    let start = |data: &Path| complaint(&run(&["--listen", "127.0.0.1:0", "--log", "error"], data));
    assert!(start(folder.path()).contains("left untouched"));
    assert_eq!(fs::read(&file).expect("it is there"), junk);
    assert!(start(&file).contains("data directory"));
    assert!(start(&folder.path().join("x".repeat(400))).contains("data directory"));
}

/// Everything the program's help names, of all its commands.
fn help() -> String {
    let commands = [&[][..], &["backup"], &["restore"], &["doctor"], &["export"]];
    let help = |command: &&[&str]| {
        let output = program().args(*command).arg("--help").output();
        said(&output.expect("the program can be run"))
    };
    commands.iter().map(help).collect()
}

#[test]
fn the_deployment_files_and_the_readme_name_only_what_the_program_has() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let deploy = root.join("assets/deploy");
    let help = help();
    let mut named = 0;
    let mut files: Vec<PathBuf> = fs::read_dir(&deploy)
        .expect("deployment files")
        .map(|file| file.expect("a file").path())
        .collect();
    files.push(root.join("README.md"));
    for file in files {
        let text = fs::read_to_string(&file).expect("text");
        let text = match text.split_once("## Running a server") {
            Some((_, section)) => section.split("\n## ").next().expect("a section"),
            None => &text,
        };
        let word =
            |character: char| !(character.is_ascii_alphanumeric() || "-_".contains(character));
        for line in text.lines().filter(|line| {
            // Lines for other programs have flags of their own.
            ![
                "docker",
                "cargo ",
                "useradd",
                "install ",
                "COPY",
                "systemctl",
                "HEALTHCHECK",
            ]
            .iter()
            .any(|other| line.contains(other))
        }) {
            for name in line.split(word) {
                if name.starts_with("LOCKSTEP_")
                    || !name.trim_matches('-').is_empty() && name.starts_with("--")
                {
                    named += 1;
                    assert!(help.contains(name), "{name} in {}", file.display());
                }
            }
        }
    }
    assert!(named > 30, "{named}");
    let server = Server::start();
    assert_eq!(server.get(METRICS, &[]).status, 200);
    let port = help.contains("7878");
    assert!(port, "the files name the default port");
}
