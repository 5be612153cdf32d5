//! What must hold for any bytes at all: shared by the fuzzing programs and by the test that replays
//! their seeds. Knows neither of them.

use std::sync::Arc;

use lockstep_decoder::{MOST_SECONDS, decode, measure};
use lockstep_engine::SampleKey;

use lockstep_session::authority::{Authority, Input, Output, Restored};
use lockstep_session::document::Document;
use lockstep_session::document::clip::Clip;
use lockstep_session::document::pattern::Pattern;
use lockstep_session::document::track::{Track, TrackSettings};
use lockstep_session::ids::{ConnectionId, Epoch, Run, Token, TrackId};
use lockstep_session::journal::{Snapshot, recover};
use lockstep_session::limits::Rates;
use lockstep_session::protocol::{ClientMessage, Hello, Profile, Role, ServerMessage, encode};
use lockstep_session::units::ServerTime;

const HONEST: ConnectionId = ConnectionId(1);
const HOSTILE: ConnectionId = ConnectionId(2);
const NOW: ServerTime = ServerTime::from_micros(1_000_000);

/// Text from a stranger, one message a line: what can be read is read back the same, and a session
/// that hears it stays one that its journal can bring back.
pub fn message(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    for line in text.lines() {
        if let Ok(read) = ClientMessage::decode(line) {
            let written = encode(&read);
            let again = ClientMessage::decode(&written).expect("what was written can be read");
            assert_eq!(encode(&again), written);
        }
        if let Ok(read) = ServerMessage::decode(line) {
            let written = encode(&read);
            let again = ServerMessage::decode(&written).expect("what was written can be read");
            assert_eq!(encode(&again), written);
        }
    }
    harms_nobody(text);
}

/// The records of a journal, as they lie on disk, and once more with their framing made right, so
/// that checksums do not keep the contents from being tried.
pub fn journal(bytes: &[u8]) {
    for journal in [bytes, &framed(bytes)] {
        let Ok(recovered) = recover(journal) else {
            continue;
        };
        let whole = &journal[..recovered.whole];
        assert_eq!(recover(whole).expect("whole records are whole"), recovered);

        let Ok(restored) = Restored::from_bytes(&first_snapshot(), journal) else {
            continue;
        };
        assert_eq!(restored.whole(), recovered.whole);
        starts_and_is_stored_the_same(restored);
    }
}

/// A snapshot, raw and with its framing made right.
pub fn snapshot(bytes: &[u8]) {
    for stored in [bytes, &framed(bytes)] {
        let Ok(read) = Snapshot::from_bytes(stored) else {
            continue;
        };
        let again = Snapshot::from_bytes(&read.to_bytes()).expect("what was written can be read");
        assert_eq!(again, read);
        let restored = Restored::from_bytes(stored, &[]).expect("a snapshot that can be read");
        starts_and_is_stored_the_same(restored);
    }
}

/// A file that is said to be audio, as it is and with the checksums of Ogg pages made right: measuring
/// and decoding agree about it, and what comes out is no longer than a sample may be.
pub fn sample(bytes: &[u8]) {
    for file in [bytes, &mended(bytes)] {
        let decoded = decode(SampleKey::from_number(1), file);
        match (measure(file), decoded) {
            (Ok(shape), Ok(sample)) => {
                assert_eq!(usize::try_from(shape.frames.get()), Ok(sample.frames()));
                assert!(shape.frames.get() <= MOST_SECONDS * shape.rate.get());
                assert_eq!(sample.is_stereo(), shape.channels.get() == 2);
            }
            (Err(refusal), Err(again)) => assert_eq!(refusal, again),
            (measured, decoded) => {
                panic!(
                    "measured {measured:?}, decoded {:?}",
                    decoded.map(|sample| sample.frames())
                );
            }
        }
    }
}

/// Every Ogg page with the checksum of what is in it.
pub fn mended(file: &[u8]) -> Vec<u8> {
    let mut file = file.to_vec();
    let mut at = 0;
    while let Some(page) = file.get_mut(at..).filter(|page| page.starts_with(b"OggS")) {
        let pieces = page.get(26).map_or(0, |pieces| usize::from(*pieces));
        let Some(lengths) = page.get(27..27 + pieces) else {
            break;
        };
        let length = lengths
            .iter()
            .map(|piece| usize::from(*piece))
            .sum::<usize>();
        let Some(page) = page.get_mut(..27 + pieces + length) else {
            break;
        };
        page[22..26].fill(0);
        let sum = page.iter().fold(0, |sum: u32, byte| {
            (0..8).fold(sum ^ u32::from(*byte) << 24, |sum, _| {
                sum << 1 ^ if sum >> 31 == 1 { 0x04c1_1db7 } else { 0 }
            })
        });
        page[22..26].copy_from_slice(&sum.to_le_bytes());
        at += page.len();
    }
    file
}

/// The framing of `lockstep_session::journal` around each line: its first character names the kind.
pub fn framed(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for line in text.split(|byte| *byte == b'\n') {
        let Some((kind, payload)) = line.split_first() else {
            continue;
        };
        let Ok(length) = u32::try_from(payload.len()) else {
            return bytes;
        };
        let mut header = b"LSJ1".to_vec();
        header.extend_from_slice(&[kind.wrapping_sub(b'0'), 1, 0, 0]);
        header.extend_from_slice(&length.to_le_bytes());
        header.extend_from_slice(&crc32fast::hash(payload).to_le_bytes());
        header.extend_from_slice(&crc32fast::hash(&header).to_le_bytes());
        bytes.append(&mut header);
        bytes.extend_from_slice(payload);
    }
    bytes
}

/// A session with one track, as every seed expects it.
fn document() -> Document {
    let mut track = Track::new(TrackId(7), TrackSettings::default());
    track.clips[0] = Some(Arc::new(Clip::pattern(Pattern::default())));
    Document {
        tracks: vec![Arc::new(track)],
        ..Document::default()
    }
}

fn first_snapshot() -> Vec<u8> {
    Authority::new(document(), Rates::default())
        .snapshot()
        .to_bytes()
}

fn join(authority: &mut Authority, connection: ConnectionId) {
    authority.handle(
        Input::Opened {
            connection,
            role: Role::Editor,
        },
        NOW,
    );
    let hello = Hello {
        token: Token::from_bytes([1; 16]),
        run: Run(1),
        profile: Profile::default(),
        resume: None,
        unsettled: None,
        attempt: 0,
    };
    let hello = encode(&ClientMessage::Hello(Box::new(hello)));
    authority.handle(
        Input::Text {
            connection,
            text: &hello,
        },
        NOW,
    );
}

/// Takes what an authority puts out: the journal it wrote, and how often the honest player was
/// answered. Whatever it says can be read.
fn drain(authority: &mut Authority, journal: &mut Vec<u8>) -> usize {
    let mut answers = 0;
    while let Some(output) = authority.poll_output() {
        let text = match output {
            Output::Send { connection, text } => {
                answers += usize::from(connection == HONEST);
                text
            }
            Output::Broadcast { text, .. } => text,
            Output::Append(record) => {
                journal.extend_from_slice(record.bytes());
                authority.handle(
                    Input::Committed {
                        revision: record.revision(),
                    },
                    NOW,
                );
                continue;
            }
            Output::Recall => unreachable!("this session never rests"),
            Output::Close { connection, .. } => {
                assert_ne!(connection, HONEST, "an honest player was sent away");
                continue;
            }
        };
        ServerMessage::decode(&text).expect("a server says what clients can read");
    }
    answers
}

fn harms_nobody(text: &str) {
    let mut authority = Authority::new(document(), Rates::default());
    let mut journal = Vec::new();
    join(&mut authority, HONEST);
    authority.handle(
        Input::Opened {
            connection: HOSTILE,
            role: Role::Editor,
        },
        NOW,
    );
    drain(&mut authority, &mut journal);
    for line in text.lines() {
        authority.handle(
            Input::Text {
                connection: HOSTILE,
                text: line,
            },
            NOW,
        );
        drain(&mut authority, &mut journal);
    }
    authority.handle(
        Input::Text {
            connection: HONEST,
            text: r#"{"ping":{"sent":1}}"#,
        },
        NOW,
    );
    assert_eq!(
        drain(&mut authority, &mut journal),
        1,
        "an honest player gets an answer"
    );

    let restored = Restored::from_bytes(&first_snapshot(), &journal).expect("its own journal");
    assert_eq!(restored.document(), &**authority.document());
}

fn starts_and_is_stored_the_same(restored: Restored) {
    let mut authority = Authority::restored(restored, Epoch(u32::MAX), Rates::default());
    join(&mut authority, HONEST);
    assert!(
        drain(&mut authority, &mut Vec::new()) > 0,
        "a player is welcomed"
    );
    let stored = authority.snapshot().to_bytes();
    let again = Restored::from_bytes(&stored, &[]).expect("what was written can be read");
    assert_eq!(again.document(), &**authority.document());
}
