//! Thousands of WebSocket clients on one thread: prepared text out, counted text in. They know
//! frames and the first few bytes of a message, and nothing else that would cost time.

use crate::process;
use rustix::event::{Timespec, epoll};
use rustix::fd::OwnedFd;
use rustix::net::{AddressFamily, SocketType, bind, connect, socket};
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::time::{Duration, Instant};

/// A connection that says nothing for ten seconds is closed.
const SILENCE: Duration = Duration::from_secs(6);
const AT_A_TIME: usize = 256 * 1024;

/// One connection, by its place in the swarm. It is also the run it says hello with.
pub(crate) type Place = usize;

/// What a message is, going by how it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Welcome,
    /// An ordered edit: who made it, and its number there.
    Edit {
        run: Place,
        number: usize,
    },
    Accepted {
        number: usize,
    },
    Pong,
    /// Presence, players who come and go, and what asks for a sign of life.
    Other,
}

pub(crate) struct Swarm {
    epoll: OwnedFd,
    peers: Vec<Peer>,
    events: Vec<epoll::Event>,
    scratch: Vec<u8>,
    unsent: Vec<Place>,
    looked: Instant,
    /// Bytes of the frames that held ordered edits, and how many there were.
    pub(crate) edit_bytes: (u64, u64),
}

struct Peer {
    stream: TcpStream,
    /// The beginning of a frame whose rest is still to come.
    partial: Vec<u8>,
    unsent: Vec<u8>,
    spoke: Instant,
}

impl Swarm {
    pub(crate) fn new() -> Self {
        Self {
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC).expect("an epoll"),
            peers: Vec::new(),
            events: Vec::with_capacity(1024),
            scratch: vec![0; AT_A_TIME],
            unsent: Vec::new(),
            looked: Instant::now(),
            edit_bytes: (0, 0),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.peers.len()
    }

    /// Opens a WebSocket to a session from one of this machine's many addresses and says hello as
    /// one of the players that are known by numbers.
    pub(crate) fn join(&mut self, address: SocketAddr, session: &str, player: usize) -> Place {
        let place = self.peers.len();
        let mut stream = dial(address, place);
        knock(&mut stream, address, session);
        stream.set_nonblocking(true).expect("a socket");
        let data = epoll::EventData::new_u64(u64::try_from(place).expect("few"));
        epoll::add(&self.epoll, &stream, data, epoll::EventFlags::IN).expect("room for a socket");
        self.peers.push(Peer {
            stream,
            partial: Vec::new(),
            unsent: Vec::new(),
            spoke: Instant::now(),
        });
        self.say(
            place,
            &format!(r#"{{"hello":{{"token":"{player:032x}","run":{place}}}}}"#),
        );
        self.flush();
        place
    }

    /// Joins, and waits for the welcome.
    pub(crate) fn joined(&mut self, address: SocketAddr, session: &str, player: usize) -> Place {
        let place = self.join(address, session, player);
        self.wait_for("a welcome", |who, heard| {
            who == place && heard == Heard::Welcome
        });
        place
    }

    /// Lays a message ready. It leaves with the next `flush`, in one write with others of this peer.
    pub(crate) fn say(&mut self, place: Place, text: &str) {
        let peer = &mut self.peers[place];
        if peer.unsent.is_empty() {
            self.unsent.push(place);
        }
        frame(&mut peer.unsent, 0x81, text.as_bytes());
    }

    pub(crate) fn flush(&mut self) {
        let now = Instant::now();
        for place in std::mem::take(&mut self.unsent) {
            let peer = &mut self.peers[place];
            peer.spoke = now;
            match peer.stream.write(&peer.unsent) {
                Ok(written) => drop(peer.unsent.drain(..written)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => panic!("the server ended connection {place}: {error}"),
            }
            if !peer.unsent.is_empty() {
                self.unsent.push(place);
            }
        }
    }

    /// Waits at most so long for something to arrive, and tells of everything that has.
    pub(crate) fn poll(&mut self, wait: Duration, mut tell: impl FnMut(Place, Heard, Instant)) {
        self.keep_alive();
        self.flush();
        let timeout = Timespec {
            tv_sec: i64::try_from(wait.as_secs()).expect("short"),
            tv_nsec: wait.subsec_nanos().into(),
        };
        self.events.clear();
        let room = rustix::buffer::spare_capacity(&mut self.events);
        if let Err(error) = epoll::wait(&self.epoll, room, Some(&timeout)) {
            assert_eq!(error, rustix::io::Errno::INTR);
        }
        let now = Instant::now();
        let events = std::mem::take(&mut self.events);
        for event in &events {
            let place = usize::try_from(event.data.u64()).expect("a place");
            self.read(place, &mut |heard| tell(place, heard, now));
        }
        self.events = events;
    }

    pub(crate) fn wait_for(&mut self, what: &str, mut wanted: impl FnMut(Place, Heard) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(60);
        let mut found = false;
        while !found {
            assert!(Instant::now() < deadline, "{what}: not within a minute");
            self.poll(Duration::from_millis(10), |place, heard, _| {
                found |= wanted(place, heard);
            });
        }
    }

    /// Lets time pass with nothing but what keeps connections open.
    pub(crate) fn idle(&mut self, time: Duration) {
        let until = Instant::now() + time;
        while Instant::now() < until {
            self.poll(Duration::from_millis(20), |_, _, _| {});
        }
    }

    fn keep_alive(&mut self) {
        if self.looked.elapsed() < Duration::from_millis(100) {
            return;
        }
        self.looked = Instant::now();
        for place in 0..self.peers.len() {
            if self.peers[place].spoke.elapsed() > SILENCE {
                self.say(place, r#"{"ping":{"sent":1}}"#);
            }
        }
    }

    fn read(&mut self, place: Place, tell: &mut impl FnMut(Heard)) {
        let peer = &mut self.peers[place];
        let mut pings = 0;
        loop {
            let count = match peer.stream.read(&mut self.scratch) {
                Ok(0) => panic!("the server ended connection {place}"),
                Ok(count) => count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => panic!("connection {place}: {error}"),
            };
            let fresh = &self.scratch[..count];
            let mut take = |bytes: &[u8]| {
                let taken = take_frames(place, bytes, &mut self.edit_bytes, tell);
                pings += taken.pings;
                taken.bytes
            };
            let rest = if peer.partial.is_empty() {
                &fresh[take(fresh)..]
            } else {
                peer.partial.extend_from_slice(fresh);
                let used = take(&peer.partial);
                peer.partial.drain(..used);
                &[]
            };
            peer.partial.extend_from_slice(rest);
            if count < AT_A_TIME {
                break;
            }
        }
        if pings > 0 {
            if peer.unsent.is_empty() {
                self.unsent.push(place);
            }
            frame(&mut peer.unsent, 0x8a, b"");
        }
    }
}

/// Several addresses of the loopback, as players of different places have.
fn dial(address: SocketAddr, place: Place) -> TcpStream {
    let source = Ipv4Addr::new(127, 0, 1, u8::try_from(place % 200 + 1).expect("small"));
    let made = socket(AddressFamily::INET, SocketType::STREAM, None).expect("a socket");
    bind(&made, &SocketAddrV4::new(source, 0)).expect("an address of the loopback");
    connect(&made, &address).expect("the server listens");
    let stream = TcpStream::from(made);
    stream.set_nodelay(true).expect("a socket");
    stream
}

fn knock(stream: &mut TcpStream, address: SocketAddr, session: &str) {
    let request = format!(
        "GET /api/v1/sessions/{session}/ws HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\n\
         upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: lockstep.v1\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("a request");
    let mut answer = Vec::new();
    let mut byte = [0];
    while !answer.ends_with(b"\r\n\r\n") {
        assert_eq!(stream.read(&mut byte).expect("an answer"), 1, "no answer");
        answer.push(byte[0]);
    }
    assert!(
        answer.starts_with(b"HTTP/1.1 101"),
        "{}",
        String::from_utf8_lossy(&answer)
    );
}

/// A frame of a client. A mask of zeros is a mask.
fn frame(bytes: &mut Vec<u8>, first: u8, text: &[u8]) {
    const MASKED: u8 = 0x80;
    bytes.push(first);
    match (u8::try_from(text.len()), u16::try_from(text.len())) {
        (Ok(length @ ..=125), _) => bytes.push(MASKED | length),
        (_, Ok(length)) => {
            bytes.push(MASKED | 126);
            bytes.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            bytes.push(MASKED | 127);
            bytes.extend_from_slice(&u64::try_from(text.len()).expect("small").to_be_bytes());
        }
    }
    bytes.extend_from_slice(&[0; 4]);
    bytes.extend_from_slice(text);
}

struct Taken {
    bytes: usize,
    pings: usize,
}

/// Tells of every whole frame.
fn take_frames(
    place: Place,
    bytes: &[u8],
    edit_bytes: &mut (u64, u64),
    tell: &mut impl FnMut(Heard),
) -> Taken {
    let (mut used, mut pings) = (0, 0);
    while let Some((opcode, start, end)) = first_frame(&bytes[used..]) {
        let payload = &bytes[used + start..used + end];
        match opcode {
            0x1 => {
                let heard = listen(payload);
                if let Heard::Edit { .. } = heard {
                    edit_bytes.0 += u64::try_from(end).expect("small");
                    edit_bytes.1 += 1;
                }
                tell(heard);
            }
            0x8 => panic!(
                "the server closed connection {place}: {}",
                String::from_utf8_lossy(payload)
            ),
            0x9 => {
                pings += 1;
                tell(Heard::Other);
            }
            _ => {}
        }
        used += end;
    }
    Taken { bytes: used, pings }
}

/// The kind of the first frame, and where its payload begins and ends.
fn first_frame(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (opcode, length) = (bytes.first()? & 0x0f, bytes.get(1)? & 0x7f);
    let (start, length) = match length {
        126 => (
            4,
            u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?).into(),
        ),
        127 => (
            10,
            usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?,
        ),
        length => (2, length.into()),
    };
    (bytes.len() >= start + length).then_some((opcode, start, start + length))
}

fn listen(text: &[u8]) -> Heard {
    let head = &text[..text.len().min(160)];
    if head.starts_with(b"{\"edit\"") {
        Heard::Edit {
            run: number_after(head, b"\"run\":"),
            number: number_after(head, b"\"number\":"),
        }
    } else if head.starts_with(b"{\"accepted\"") {
        Heard::Accepted {
            number: number_after(head, b"\"number\":"),
        }
    } else if head.starts_with(b"{\"pong\"") {
        Heard::Pong
    } else if head.starts_with(b"{\"welcome\"") {
        Heard::Welcome
    } else if head.starts_with(b"{\"rejected\"") || head.starts_with(b"{\"error\"") {
        panic!("the server says {}", String::from_utf8_lossy(head))
    } else {
        Heard::Other
    }
}

fn number_after(text: &[u8], name: &[u8]) -> usize {
    let start = process::find(text, name).expect("the message has this field") + name.len();
    text[start..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0, |number, digit| number * 10 + usize::from(digit - b'0'))
}
