//! A connection without manners: bytes and frames exactly as a test writes them, and whatever comes
//! back. It must not know what is right.

use serde_json::Value;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
/// The mask of our frames, for want of chance.
const MASK: [u8; 4] = [7, 11, 13, 17];

#[derive(Debug)]
pub struct Raw {
    stream: TcpStream,
    /// What has arrived and is not read yet.
    received: Vec<u8>,
}

/// What arrives on a WebSocket.
#[derive(Clone, Debug, PartialEq)]
pub enum Frame {
    Text(Value),
    Pong(Vec<u8>),
    Close(Option<u16>),
    Other(u8),
    /// The connection is gone.
    Ended,
}

impl Raw {
    /// A connection, and nothing said yet.
    pub fn dial(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("a minute is not zero");
        stream
            .set_write_timeout(Some(PATIENCE))
            .expect("a minute is not zero");
        // Small writes are what many attacks are made of.
        let _ = stream.set_nodelay(true);
        Self {
            stream,
            received: Vec::new(),
        }
    }

    /// A WebSocket to a session, without a hello.
    pub fn knock(address: SocketAddr, session: &str) -> Self {
        let mut raw = Self::dial(address);
        raw.write(knocking(address, session, "").as_bytes());
        let answer = raw.head();
        assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
        raw
    }

    /// A WebSocket that has said hello and was welcomed.
    pub fn join(address: SocketAddr, session: &str, token: &str) -> Self {
        let mut raw = Self::knock(address, session);
        raw.text(&hello(token));
        raw.hear_kind("welcome");
        raw
    }

    /// Whether the bytes could be handed over: a server that has had enough takes no more.
    pub fn write(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).is_ok()
    }

    /// Says that nothing more will come.
    pub fn end(&mut self) {
        // A server that is gone already knows.
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    pub fn text(&mut self, text: &str) -> bool {
        self.write(&frame(0x81, Some(MASK), text.as_bytes()))
    }

    /// Everything up to the empty line behind the headers of an answer; what there was of it, if
    /// the connection ends.
    pub fn head(&mut self) -> String {
        loop {
            let end = self
                .received
                .windows(4)
                .position(|four| four == b"\r\n\r\n");
            if let Some(end) = end {
                let head: Vec<u8> = self.received.drain(..end + 4).collect();
                return String::from_utf8_lossy(&head).into_owned();
            }
            if self.receive() == 0 {
                return String::from_utf8_lossy(&std::mem::take(&mut self.received)).into_owned();
            }
        }
    }

    /// Everything until the server ends the connection.
    pub fn rest(&mut self) -> String {
        while self.receive() > 0 {}
        String::from_utf8_lossy(&std::mem::take(&mut self.received)).into_owned()
    }

    pub fn hear(&mut self) -> Frame {
        loop {
            if let Some((opcode, payload)) = self.take_frame() {
                return match opcode {
                    1 => Frame::Text(serde_json::from_slice(&payload).expect("a server says JSON")),
                    8 => Frame::Close(
                        payload
                            .first_chunk()
                            .map(|code: &[u8; 2]| u16::from_be_bytes(*code)),
                    ),
                    10 => Frame::Pong(payload),
                    other => Frame::Other(other),
                };
            }
            if self.receive() == 0 {
                return Frame::Ended;
            }
        }
    }

    /// The next message of a kind, its value; others are passed over.
    pub fn hear_kind(&mut self, kind: &str) -> Value {
        loop {
            match self.hear() {
                Frame::Text(message) if !message[kind].is_null() => return message[kind].clone(),
                Frame::Text(_) | Frame::Pong(_) | Frame::Other(_) => {}
                ended @ (Frame::Close(_) | Frame::Ended) => {
                    panic!("{ended:?} in place of {kind}")
                }
            }
        }
    }

    /// Listens to the end: every message, and the code of the close.
    pub fn hear_out(&mut self) -> (Vec<Value>, Option<u16>) {
        let mut messages = Vec::new();
        loop {
            match self.hear() {
                Frame::Text(message) => messages.push(message),
                Frame::Close(code) => return (messages, code),
                Frame::Pong(_) | Frame::Other(_) => {}
                Frame::Ended => return (messages, None),
            }
        }
    }

    fn take_frame(&mut self) -> Option<(u8, Vec<u8>)> {
        let bytes = &self.received;
        let (opcode, short) = (bytes.first()? & 15, bytes.get(1)? & 127);
        let (start, length) = match short {
            126 => (
                4,
                usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?)),
            ),
            127 => {
                let length = u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?);
                (10, usize::try_from(length).expect("a message is small"))
            }
            length => (2, usize::from(length)),
        };
        let payload = bytes.get(start..start + length)?.to_vec();
        self.received.drain(..start + length);
        Some((opcode, payload))
    }

    /// How many bytes came; none once the connection has ended, however it did.
    fn receive(&mut self) -> usize {
        let mut room = [0; 16 * 1024];
        let count = loop {
            match self.stream.read(&mut room) {
                Ok(count) => break count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    assert!(!is_impatience(&error), "nothing came for {PATIENCE:?}");
                    break 0;
                }
            }
        };
        self.received.extend_from_slice(&room[..count]);
        count
    }
}

fn is_impatience(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut)
}

/// The request that opens a WebSocket, with more headers, each with its line's end.
pub fn knocking(address: SocketAddr, session: &str, more: &str) -> String {
    format!(
        "GET /api/v1/sessions/{session}/ws HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\n\
         upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-protocol: lockstep.v1\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
    )
}

pub fn hello(token: &str) -> String {
    format!(r#"{{"hello":{{"token":"{token}","run":1}}}}"#)
}

/// A frame with any first byte, masked or not.
pub fn frame(first: u8, mask: Option<[u8; 4]>, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![first];
    let masked = if mask.is_some() { 0x80 } else { 0 };
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ 0..=125), _) => bytes.push(masked | length),
        (_, Ok(length)) => {
            bytes.push(masked | 126);
            bytes.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            bytes.push(masked | 127);
            let length = u64::try_from(payload.len()).expect("a length fits 64 bits");
            bytes.extend_from_slice(&length.to_be_bytes());
        }
    }
    let mask = mask.inspect(|mask| bytes.extend_from_slice(mask));
    let mask = mask.unwrap_or_default();
    bytes.extend(
        payload
            .iter()
            .zip(mask.iter().cycle())
            .map(|(byte, mask)| byte ^ mask),
    );
    bytes
}

/// A frame as an honest client would write it.
pub fn honest(first: u8, payload: &[u8]) -> Vec<u8> {
    frame(first, Some(MASK), payload)
}
