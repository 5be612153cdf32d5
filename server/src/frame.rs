//! WebSocket frames as a server writes them: never masked, so the same bytes do for everyone they
//! go to. It must not know what the messages say.

use bytes::Bytes;
use lockstep_session::protocol::Goodbye;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};

/// The longest header of a frame that is not masked.
const HEADER: usize = 10;

pub(crate) fn text(text: &str) -> Bytes {
    let payload = Bytes::copy_from_slice(text.as_bytes());
    bytes(Frame::message(payload, OpCode::Data(Data::Text), true))
}

/// Asks for a sign of life.
pub(crate) fn ping() -> Bytes {
    bytes(Frame::ping(Bytes::new()))
}

pub(crate) fn close(goodbye: Goodbye) -> Bytes {
    let frame = CloseFrame {
        code: CloseCode::from(goodbye.close_code()),
        reason: goodbye.reason().into(),
    };
    bytes(Frame::close(Some(frame)))
}

fn bytes(frame: Frame) -> Bytes {
    let mut bytes = Vec::with_capacity(frame.payload().len() + HEADER);
    frame
        .format(&mut bytes)
        .expect("memory takes all that is written to it");
    bytes.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_a_message_is_written_in_the_shortest_way() {
        for (length, header) in [
            (0, vec![0x81, 0]),
            (125, vec![0x81, 125]),
            (126, vec![0x81, 126, 0, 126]),
            (65_535, vec![0x81, 126, 255, 255]),
            (65_536, vec![0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let bytes = text(&"x".repeat(length));
            assert_eq!(&bytes[..header.len()], header, "{length}");
            assert_eq!(bytes.len(), header.len() + length);
        }
    }

    #[test]
    fn a_close_says_its_code_first() {
        let bytes = close(Goodbye::Full);
        assert_eq!(bytes[0], 0x88);
        assert_eq!(bytes[2..4], 4001_u16.to_be_bytes());
    }
}
