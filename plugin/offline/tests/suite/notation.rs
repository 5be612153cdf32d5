//! A MIDI file as its reader sees it: every track's notes, with their beginnings and ends.

use midly::{Format, MetaMessage, MidiMessage, Smf, Timing, TrackEventKind};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Note {
    pub(crate) begins: u32,
    pub(crate) ends: u32,
    pub(crate) key: u8,
    pub(crate) velocity: u8,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Part {
    pub(crate) name: String,
    /// Counted from one, as people do.
    pub(crate) channel: Option<u8>,
    pub(crate) notes: Vec<Note>,
    pub(crate) ends: u32,
    pub(crate) tempo: Option<u32>,
    pub(crate) time: Option<(u8, u8)>,
    pub(crate) key: Option<(i8, bool)>,
}

/// The parts of a file, the one that holds for all first. No key may be struck while it is down,
/// let go while it is up, or be left down at the end.
pub(crate) fn parts(bytes: &[u8]) -> Vec<Part> {
    let file = Smf::parse(bytes).expect("a MIDI file");
    assert_eq!(file.header.format, Format::Parallel);
    assert!(matches!(file.header.timing, Timing::Metrical(ticks) if ticks.as_int() == 960));
    file.tracks.iter().map(|events| part(events)).collect()
}

fn part(events: &[midly::TrackEvent<'_>]) -> Part {
    let mut part = Part::default();
    let mut down: BTreeMap<u8, (u32, u8)> = BTreeMap::new();
    let mut tick = 0;
    for event in events {
        tick += event.delta.as_int();
        match event.kind {
            TrackEventKind::Midi { channel, message } => {
                let channel = channel.as_int() + 1;
                assert_eq!(*part.channel.get_or_insert(channel), channel);
                match message {
                    MidiMessage::NoteOn { key, vel } => {
                        assert!(vel.as_int() > 0);
                        let before = down.insert(key.as_int(), (tick, vel.as_int()));
                        assert_eq!(before, None, "{key} is struck while it is down");
                    }
                    MidiMessage::NoteOff { key, .. } => {
                        let struck = down.remove(&key.as_int());
                        let (begins, velocity) = struck.expect("a key is let go once");
                        assert!(begins < tick, "{key} is held for a moment");
                        part.notes.push(Note {
                            begins,
                            ends: tick,
                            key: key.as_int(),
                            velocity,
                        });
                    }
                    other => panic!("{other:?}"),
                }
            }
            TrackEventKind::Meta(message) => match message {
                MetaMessage::TrackName(name) => {
                    part.name = String::from_utf8(name.to_vec()).expect("a name");
                }
                MetaMessage::MidiChannel(channel) => part.channel = Some(channel.as_int() + 1),
                MetaMessage::Tempo(micros) => part.tempo = Some(micros.as_int()),
                MetaMessage::TimeSignature(beats, note, ..) => part.time = Some((beats, note)),
                MetaMessage::KeySignature(sharps, minor) => part.key = Some((sharps, minor)),
                MetaMessage::EndOfTrack => part.ends = tick,
                _ => {}
            },
            other => panic!("{other:?}"),
        }
    }
    assert!(down.is_empty(), "left down: {down:?}");
    part.notes.sort();
    part
}
