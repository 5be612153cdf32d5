//! The smallest server a page can come from: fixed answers, and one body handed in. Only such a page
//! may have an AudioWorklet; one from a file may not.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

/// A path, its type, and what is there.
type Answer = (&'static str, &'static str, Vec<u8>);

#[derive(Debug)]
pub(super) struct Stage {
    address: SocketAddr,
    handed_in: Receiver<Vec<u8>>,
}

impl Stage {
    /// Answers until the test's process ends.
    pub(super) fn open(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let (hand_in, handed_in) = channel();
        let answers = Arc::new(answers);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (answers, hand_in) = (Arc::clone(&answers), hand_in.clone());
                // A browser that hangs up early is its own affair: what it lacks fails the test.
                thread::spawn(move || answer(&stream, &answers, &hand_in));
            }
        });
        Self { address, handed_in }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The body that the page has handed in.
    pub(super) fn received(&self) -> Vec<u8> {
        self.handed_in
            .recv_timeout(Duration::from_secs(30))
            .expect("the page hands in a body")
    }
}

fn answer(
    mut stream: &TcpStream,
    answers: &[Answer],
    hand_in: &Sender<Vec<u8>>,
) -> std::io::Result<()> {
    let mut request = BufReader::new(stream);
    let mut first = String::new();
    request.read_line(&mut first)?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        request.read_line(&mut line)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    request.read_exact(&mut body)?;
    if first.starts_with("POST ") {
        // Nobody waits for a second one.
        let _ = hand_in.send(body);
    }
    let path = first.split(' ').nth(1).unwrap_or("/");
    let known = answers.iter().find(|(at, _, _)| *at == path);
    let (kind, contents) = known.map_or(("text/plain", &[][..]), |(_, kind, contents)| {
        (*kind, contents.as_slice())
    });
    let length = contents.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(contents)
}
