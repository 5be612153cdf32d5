//! The doors of a running server: strangers' bytes come in, and somebody who plays beside them is
//! answered as before. It does not know how the server was started.

use super::raw::{Frame, Raw, hello, honest};
use serde_json::Value;
use std::net::SocketAddr;

#[derive(Debug)]
pub struct Doors {
    address: SocketAddr,
    session: String,
    player: Raw,
    made: u32,
}

impl Doors {
    /// To a server that lets a connection make as many edits as it likes.
    pub fn new(address: SocketAddr, session: &str) -> Self {
        Self {
            address,
            session: session.to_owned(),
            player: Raw::join(address, session, &"0a".repeat(16)),
            made: 0,
        }
    }

    /// Bytes on a WebSocket: as they are before a hello, as they are behind one, and as what is in
    /// the frames of a message.
    pub fn socket(&mut self, bytes: &[u8]) {
        let framed: Vec<u8> = bytes
            .split(|byte| *byte == b'\n')
            .flat_map(|line| honest(0x81, line))
            .collect();
        for (said, bytes) in [(false, bytes), (true, bytes), (true, &framed)] {
            let mut raw = Raw::knock(self.address, &self.session);
            if said {
                raw.text(&hello(&"0b".repeat(16)));
            }
            raw.write(bytes);
            raw.end();
            // Every frame that comes back is one, and every text is a message of one key.
            loop {
                match raw.hear() {
                    Frame::Text(Value::Object(message)) => assert_eq!(message.len(), 1),
                    Frame::Text(other) => panic!("{other} is no message"),
                    Frame::Pong(_) | Frame::Close(_) | Frame::Other(9) => {}
                    Frame::Other(kind) => panic!("a server sends no frames of kind {kind}"),
                    Frame::Ended => break,
                }
            }
        }
        self.still_plays();
    }

    /// Bytes in place of a request.
    pub fn http(&mut self, bytes: &[u8]) {
        let mut raw = Raw::dial(self.address);
        raw.write(bytes);
        raw.end();
        let answer = raw.rest();
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1."),
            "{answer}"
        );
        let server_failed = answer.starts_with("HTTP/1.1 500");
        assert!(!server_failed, "{answer}");
        self.still_plays();
    }

    fn still_plays(&mut self) {
        self.made += 1;
        let (number, name) = (self.made, self.made);
        self.player.text(&format!(
            r#"{{"edit":{{"number":{number},"edit":{{"session":{{"name":"Song {name}"}}}}}}}}"#
        ));
        let accepted = self.player.hear_kind("accepted");
        assert_eq!(accepted["number"], number);
    }
}
