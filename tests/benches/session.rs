//! What one edit, one snapshot and one rebase cost, on a minimal and on the largest document.
//! Rounds on the two documents alternate, so that a busy machine slows both alike.

use lockstep_session::authority::{Authority, Input, Output};
use lockstep_session::document::Document;
use lockstep_session::document::clip::Clip;
use lockstep_session::document::pattern::Pattern;
use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::document::track::{Track, TrackSettings};
use lockstep_session::edit::Edit;
use lockstep_session::ids::{
    ConnectionId, EditNumber, Epoch, PlayerId, Revision, Run, SceneIndex, StepIndex, Token, TrackId,
};
use lockstep_session::journal::Snapshot;
use lockstep_session::limits::{Allowance, Rates};
use lockstep_session::protocol::{
    ClientMessage, Hello, Ordered, Profile, Role, ServerMessage, Welcome, encode,
};
use lockstep_session::replica::{self, Identity, Replica};
use lockstep_session::units::{LocalTime, ServerTime};
use std::borrow::Cow;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

const ROUNDS: usize = 301;
const EDITS: usize = 100;
const SNAPSHOTS: usize = 25;
const PENDING: usize = 100;
const NOW: ServerTime = ServerTime::from_micros(1_000_000);
const PLAYER: ConnectionId = ConnectionId(1);

fn main() {
    let (mut small, mut full) = (Desk::new(minimal()), Desk::new(largest()));
    let (mut small_rounds, mut full_rounds) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        small_rounds.push(small.round(round));
        full_rounds.push(full.round(round));
    }
    let (edit_small, edit_full) = (median(small_rounds), median(full_rounds));
    let journal = median((0..SNAPSHOTS).map(|_| full.journal_snapshot()).collect());
    let welcome = median((0..SNAPSHOTS).map(|_| full.welcome()).collect());
    let rebase = median((0..SNAPSHOTS).map(|_| rebase()).collect());

    let bytes = encode(&largest()).len();
    let (ratio, snapshot) = (edit_full / edit_small, journal.max(welcome) * 1e3);
    let (edit_small, edit_full) = (edit_small * 1e6, edit_full * 1e6);
    println!("                                          measured       goal");
    println!("one edit, minimal document             {edit_small:8.2} us   <= 10 us");
    println!("one edit, largest document             {edit_full:8.2} us   <= 10 us");
    println!("ratio                                  {ratio:8.2}      <= 1.3");
    println!(
        "journal snapshot, largest              {:8.2} ms   <= 10 ms",
        journal * 1e3
    );
    println!(
        "welcome, largest                       {:8.2} ms   <= 10 ms",
        welcome * 1e3
    );
    println!(
        "rebase of {PENDING} pending edits           {:8.2} ms   <= 2 ms",
        rebase * 1e3
    );
    println!("the largest document                   {bytes:8} bytes");
    println!(
        "{{\"edit_us_small\":{edit_small:.3},\"edit_us_full\":{edit_full:.3},\"ratio\":{ratio:.3},\
         \"snapshot_ms_full\":{snapshot:.3},\"full_document_bytes\":{bytes}}}"
    );
}

/// A session with one player in it, who may say as much as they like.
struct Desk {
    authority: Authority,
    cells: Vec<(TrackId, SceneIndex)>,
    last: u32,
    guests: u64,
}

impl Desk {
    fn new(document: Document) -> Self {
        let unlimited = Allowance {
            per_second: u32::MAX,
            burst: u32::MAX,
        };
        let rates = Rates {
            edits: unlimited,
            presence: unlimited,
            pings: unlimited,
            mistakes: unlimited,
        };
        let slots = |track: &Arc<Track>| {
            track
                .filled_slots()
                .into_iter()
                .map(|scene| (track.id, scene))
                .collect()
        };
        let cells = document
            .tracks
            .iter()
            .flat_map::<Vec<_>, _>(slots)
            .collect();
        let mut desk = Self {
            authority: Authority::new(document, rates),
            cells,
            last: 0,
            guests: 1,
        };
        desk.authority.handle(
            Input::Opened {
                connection: PLAYER,
                role: Role::Editor,
            },
            NOW,
        );
        desk.authority.handle(
            Input::Text {
                connection: PLAYER,
                text: &hello(1),
            },
            NOW,
        );
        desk.drain();
        desk
    }

    /// The time of one edit, in seconds, from the player's text to everything that is to be sent.
    fn round(&mut self, round: usize) -> f64 {
        let texts: Vec<String> = (0..EDITS)
            .map(|edit| self.text(round * EDITS + edit))
            .collect();
        let before = Instant::now();
        for text in &texts {
            self.authority.handle(
                Input::Text {
                    connection: PLAYER,
                    text,
                },
                NOW,
            );
            self.drain();
        }
        let took = before.elapsed().as_secs_f64();
        let revision = self.authority.position().revision;
        assert_eq!(revision.0, u64::from(self.last), "every edit was accepted");
        self.authority.handle(Input::Committed { revision }, NOW);
        self.drain();
        took / f64::from(u32::try_from(EDITS).expect("few"))
    }

    fn text(&mut self, index: usize) -> String {
        let (track, scene) = self.cells[index % self.cells.len()];
        self.last += 1;
        let raw = serde_json::value::to_raw_value(&set_step(track, scene, index))
            .expect("an edit can be written");
        encode(&ClientMessage::Edit {
            number: EditNumber(self.last),
            edit: Cow::Owned(raw),
        })
    }

    fn journal_snapshot(&self) -> f64 {
        let before = Instant::now();
        black_box(self.authority.snapshot().to_bytes());
        before.elapsed().as_secs_f64()
    }

    fn welcome(&mut self) -> f64 {
        self.guests += 1;
        let connection = ConnectionId(self.guests);
        self.authority.handle(
            Input::Opened {
                connection,
                role: Role::Editor,
            },
            NOW,
        );
        self.drain();
        let text = hello(2);
        let before = Instant::now();
        self.authority.handle(
            Input::Text {
                connection,
                text: &text,
            },
            NOW,
        );
        let said = self.drain();
        let took = before.elapsed().as_secs_f64();
        assert!(said > 1_000_000, "a whole document was sent");
        self.authority.handle(Input::Closed { connection }, NOW);
        self.drain();
        took
    }

    fn drain(&mut self) -> usize {
        let mut said = 0;
        while let Some(output) = self.authority.poll_output() {
            match black_box(output) {
                Output::Send { text, .. } | Output::Broadcast { text, .. } => said += text.len(),
                Output::Append(_) | Output::Close { .. } | Output::Recall => {}
            }
        }
        said
    }
}

/// Someone else's edit arrives while a hundred of one's own are on their way.
fn rebase() -> f64 {
    let document = largest();
    let token = Token::from_bytes([1; 16]);
    let identity = Identity {
        token,
        run: Run(1),
        profile: Profile::default(),
    };
    let mut replica = Replica::new(identity, 1);
    let now = LocalTime::from_micros(1_000_000);
    replica.connect(now);
    replica.handle(replica::Input::Connected, now);
    let welcome = Welcome {
        player: token.player(),
        role: Role::Editor,
        epoch: Epoch(1),
        revision: Revision(5),
        durable: Revision(5),
        now: NOW,
        settled: Vec::new(),
        players: Vec::new(),
        read_only: false,
        document: Some(Arc::new(document.clone())),
    };
    replica.handle(
        replica::Input::Text(&encode(&ServerMessage::Welcome(Box::new(welcome)))),
        now,
    );
    for index in 0..PENDING {
        let track = document.tracks[index % 16].id;
        let scene = SceneIndex::new(index / 16 % 8).expect("one of eight");
        replica
            .edit(set_step(track, scene, index), now)
            .expect("fits the document");
    }
    let scene = SceneIndex::new(7).expect("the last scene");
    let ordered = Ordered {
        epoch: Epoch(1),
        revision: Revision(6),
        by: PlayerId::from_bytes([9; 8]),
        run: Run(1),
        number: EditNumber(1),
        edit: set_step(document.tracks[3].id, scene, 9),
    };
    let text = encode(&ServerMessage::Edit(Arc::new(ordered)));
    let before = Instant::now();
    replica.handle(replica::Input::Text(&text), now);
    let took = before.elapsed().as_secs_f64();
    assert_eq!(
        replica.position().map(|position| position.revision),
        Some(Revision(6))
    );
    assert_eq!(replica.unsaved(), PENDING);
    took
}

fn minimal() -> Document {
    let mut track = Track::new(TrackId(7), TrackSettings::default());
    track.clips[0] = Some(Arc::new(Clip::pattern(Pattern::default())));
    Document {
        tracks: vec![Arc::new(track)],
        ..Document::default()
    }
}

/// The largest document as a server loads it: no part of it is shared with another.
fn largest() -> Document {
    let stored = Snapshot {
        at: Default::default(),
        document: Document::largest(),
        epochs: Vec::new(),
        outcomes: Vec::new(),
    };
    Snapshot::from_bytes(&stored.to_bytes())
        .expect("just written")
        .document
}

fn set_step(track: TrackId, scene: SceneIndex, index: usize) -> Edit {
    let step = StepIndex::new(index % 16).expect("one of sixteen");
    let velocity = Velocity::new(i64::try_from(index % 127).expect("small"));
    Edit::Step {
        track,
        scene,
        step,
        value: Step {
            velocity,
            ..Step::on()
        },
    }
}

fn hello(seed: u8) -> String {
    let token = Token::from_bytes([seed; 16]);
    let hello = Hello {
        token,
        run: Run(1),
        profile: Profile::default(),
        resume: None,
        unsettled: None,
        attempt: 0,
    };
    encode(&ClientMessage::Hello(Box::new(hello)))
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
