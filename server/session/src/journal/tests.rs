//! What bytes on disk are taken for: every torn end, every flipped bit, other versions.

use super::*;
use crate::authority::{Authority, Input, Output, Restored};
use crate::document::track::Track;
use crate::document::{IllegalDocument, Mode};
use crate::edit::{Edit, SessionSetting};
use crate::ids::{Epoch, SampleId, TrackId};
use crate::limits::Rates;
use crate::units::{Beat, ServerTime};
use std::sync::Arc;

fn ordered(revision: u64) -> Ordered {
    Ordered {
        epoch: Epoch(1),
        revision: Revision(revision),
        by: PlayerId::from_bytes([3; 8]),
        run: Run(4),
        number: EditNumber(u32::try_from(revision).expect("small")),
        edit: Edit::Session(SessionSetting::Fill(revision.is_multiple_of(2))),
    }
}

fn record(revision: u64) -> Record {
    let message = crate::protocol::ServerMessage::Edit(Arc::new(ordered(revision)));
    Record::edit(&crate::protocol::encode(&message), Revision(revision))
}

/// An epoch and three edits, and where the last of them begins.
fn journal() -> (Vec<u8>, usize) {
    let mut bytes = Record::epoch(Position {
        epoch: Epoch(1),
        revision: Revision(0),
    })
    .bytes()
    .to_vec();
    bytes.extend_from_slice(record(1).bytes());
    bytes.extend_from_slice(record(2).bytes());
    let last = bytes.len();
    bytes.extend_from_slice(record(3).bytes());
    (bytes, last)
}

fn snapshot() -> Snapshot {
    let position = Position {
        epoch: Epoch(1),
        revision: Revision(0),
    };
    Snapshot {
        at: position,
        document: Document::default(),
        epochs: vec![position],
        outcomes: Vec::new(),
    }
}

/// P-JOURNAL-1
#[test]
fn a_record_is_laid_out_as_the_protocol_says() {
    let record = Record::epoch(Position {
        epoch: Epoch(7),
        revision: Revision(9),
    });
    let (header, payload) = record.bytes().split_at(20);
    assert_eq!(payload, br#"{"epoch":7,"revision":9}"#);
    assert_eq!(&header[..8], b"LSJ1\x02\x01\0\0");
    assert_eq!(header[8..12], 24_u32.to_le_bytes());
    assert_eq!(header[12..16], crc32fast::hash(payload).to_le_bytes());
    assert_eq!(header[16..20], crc32fast::hash(&header[..16]).to_le_bytes());
}

#[test]
fn whole_records_come_back_in_their_order() {
    let (bytes, _) = journal();
    let recovered = recover(&bytes).expect("whole");
    assert_eq!(recovered.whole, bytes.len());
    let expected = [
        Entry::Epoch(Position {
            epoch: Epoch(1),
            revision: Revision(0),
        }),
        Entry::Edit(ordered(1)),
        Entry::Edit(ordered(2)),
        Entry::Edit(ordered(3)),
    ];
    assert_eq!(recovered.entries, expected);
    assert_eq!(recover(&[]).expect("empty").entries, []);
}

/// P-JOURNAL-2
#[test]
fn a_last_record_torn_at_any_byte_is_cut_and_nothing_else_is() {
    let (bytes, last) = journal();
    for end in last..bytes.len() {
        let recovered =
            recover(&bytes[..end]).unwrap_or_else(|damage| panic!("torn at {end}: {damage}"));
        assert_eq!(
            (recovered.entries.len(), recovered.whole),
            (3, last),
            "torn at {end}"
        );
    }
}

/// P-JOURNAL-2
#[test]
fn a_last_record_whose_contents_did_not_reach_the_disk_is_cut() {
    let (bytes, last) = journal();
    for at in last + HEADER..bytes.len() {
        let mut zeroed = bytes.clone();
        zeroed[at..].fill(0);
        let recovered = recover(&zeroed).expect("cut");
        assert_eq!(
            (recovered.entries.len(), recovered.whole),
            (3, last),
            "zeroes from {at} on"
        );
    }
}

/// P-JOURNAL-3
#[test]
fn a_flipped_bit_anywhere_else_is_refused() {
    let (bytes, last) = journal();
    for at in 0..last + HEADER {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << bit;
            assert!(recover(&flipped).is_err(), "bit {bit} of byte {at}");
        }
    }
}

/// P-JOURNAL-3
#[test]
fn a_snapshot_with_a_flipped_bit_or_a_torn_end_is_refused() {
    let bytes = snapshot().to_bytes();
    assert_eq!(Snapshot::from_bytes(&bytes), Ok(snapshot()));
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        assert!(Snapshot::from_bytes(&flipped).is_err(), "byte {at}");
        assert!(Snapshot::from_bytes(&bytes[..at]).is_err(), "torn at {at}");
    }
    let two = [bytes.clone(), bytes].concat();
    assert!(
        Snapshot::from_bytes(&two).is_err(),
        "two snapshots are none"
    );
}

fn forged(kind: u8, version: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = frame(Kind::Edit, payload);
    bytes[4] = kind;
    bytes[5] = version;
    let check = crc32fast::hash(&bytes[..16]).to_le_bytes();
    bytes[16..HEADER].copy_from_slice(&check);
    bytes
}

/// P-JOURNAL-4
#[test]
fn a_later_version_is_refused_wherever_it_stands() {
    let (mut bytes, _) = journal();
    let at = bytes.len();
    bytes.extend(forged(1, 2, b"{}"));
    assert_eq!(
        recover(&bytes),
        Err(Damage::LaterVersion { at, version: 2 })
    );
    assert_eq!(
        Snapshot::from_bytes(&forged(3, 9, b"{}")),
        Err(Damage::LaterVersion { at: 0, version: 9 })
    );
}

/// P-JOURNAL-3
#[test]
fn whole_records_of_nonsense_are_refused_by_name() {
    assert_eq!(
        recover(&forged(3, 1, b"{}")),
        Err(Damage::NotARecord { at: 0 }),
        "a snapshot is no part of a journal"
    );
    assert_eq!(
        recover(&forged(9, 1, b"{}")),
        Err(Damage::NotARecord { at: 0 })
    );
    assert!(matches!(
        recover(&forged(1, 1, b"{}")),
        Err(Damage::Unreadable { at: 0, .. })
    ));
    assert!(matches!(
        recover(&forged(2, 1, b"\xff")),
        Err(Damage::Unreadable { at: 0, .. })
    ));
    assert_eq!(
        recover(b"something else entirely"),
        Err(Damage::NotARecord { at: 0 })
    );
    assert_eq!(
        recover(b"LSJ"),
        Ok(Recovered {
            entries: Vec::new(),
            whole: 0
        })
    );
    assert_eq!(recover(b"LSX"), Err(Damage::NotARecord { at: 0 }));
    assert!(
        Snapshot::from_bytes(record(1).bytes()).is_err(),
        "an edit is no snapshot"
    );
}

/// P-JOURNAL-3
#[test]
fn edits_out_of_order_and_edits_that_do_not_fit_are_refused() {
    let bytes = snapshot().to_bytes();
    let gap = [record(1), record(3)]
        .map(|record| record.bytes().to_vec())
        .concat();
    assert_eq!(
        Restored::from_bytes(&bytes, &gap).err(),
        Some(Damage::OutOfOrder { after: 1, found: 3 })
    );
    let unfit = Ordered {
        edit: Edit::RemoveTrack { track: TrackId(9) },
        ..ordered(1)
    };
    let text = crate::protocol::encode(&crate::protocol::ServerMessage::Edit(Arc::new(unfit)));
    let unfit = Record::edit(&text, Revision(1));
    assert!(matches!(
        Restored::from_bytes(&bytes, unfit.bytes()),
        Err(Damage::DoesNotApply { revision: 1, .. })
    ));
}

/// P-JOURNAL-5
#[test]
fn records_that_the_snapshot_already_holds_are_passed_over() {
    let (bytes, _) = journal();
    let whole = Restored::from_bytes(&snapshot().to_bytes(), &bytes).expect("applies");
    let mut later = snapshot();
    later.at.revision = Revision(2);
    later.document = Document {
        fill: true,
        ..Document::default()
    };
    let restored = Restored::from_bytes(&later.to_bytes(), &bytes).expect("applies");
    assert_eq!(restored.revision(), Revision(3));
    assert_eq!(restored.document(), whole.document());
    let last = record(3).bytes().len();
    let cut =
        Restored::from_bytes(&snapshot().to_bytes(), &bytes[..bytes.len() - 1]).expect("applies");
    assert_eq!(
        (cut.revision(), cut.whole()),
        (Revision(2), bytes.len() - last)
    );
}

/// P-JOURNAL-5
#[test]
fn the_largest_document_there_can_be_comes_back_from_its_snapshot() {
    let mut authority = Authority::new(Document::largest(), Rates::default());
    authority.handle(Input::Tick, ServerTime::ZERO);
    let first = std::iter::from_fn(|| authority.poll_output()).next();
    assert!(
        matches!(first, Some(Output::Append(_))),
        "an epoch begins with a record of it"
    );
    let stored = authority.snapshot();
    let read = Snapshot::from_bytes(&stored.to_bytes()).expect("just written");
    assert_eq!(read, stored);
    assert_eq!(read.document, Document::largest());
}

#[test]
fn the_largest_document_is_as_full_as_a_document_gets() {
    let document = Document::largest();
    assert_eq!(
        (document.tracks.len(), document.samples.len()),
        (Document::MOST_TRACKS, Document::MOST_SAMPLES)
    );
    for track in &document.tracks {
        assert_eq!(track.filled_slots().len(), 8);
        for clip in track.clips.iter().flatten() {
            assert_eq!(
                clip.as_pattern()
                    .map(|pattern| pattern.playing().filter(|step| !step.is_blank()).count()),
                Some(128)
            );
        }
    }
}

#[test]
fn a_document_from_outside_is_refused_what_its_types_cannot_refuse() {
    let track = |id| Arc::new(Track::new(TrackId(id), Default::default()));
    let twice = Document {
        tracks: vec![track(1), track(2), track(1)],
        ..Document::default()
    };
    assert_eq!(twice.admitted(), Err(IllegalDocument::RepeatedTrack));
    let many = Document {
        tracks: (0..17).map(track).collect(),
        ..Document::default()
    };
    assert_eq!(many.admitted(), Err(IllegalDocument::TooManyTracks));
    let mut samples = (*Document::largest().samples).clone();
    let one = samples.values().next().expect("some").clone();
    samples.insert(SampleId::of(b"one more"), one);
    let many = Document {
        samples: Arc::new(samples),
        ..Document::default()
    };
    assert_eq!(many.admitted(), Err(IllegalDocument::TooManySamples));
}

#[test]
fn a_document_from_outside_comes_in_at_rest() {
    let mut playing = Document {
        tracks: vec![Arc::new(Track::new(TrackId(1), Default::default()))],
        ..Document::largest()
    };
    playing.lead = Some(PlayerId::from_bytes([1; 8]));
    playing
        .timeline
        .play(Beat::from_micros(-7), ServerTime::from_micros(5));
    let rested = playing.admitted().expect("legal");
    assert_eq!(
        (rested.lead, rested.timeline.playing, rested.timeline.beat),
        (None, false, Beat::ZERO)
    );
    assert_eq!(rested.mode, Mode::Open);
    assert!(Document::largest().admitted().is_ok());
}
