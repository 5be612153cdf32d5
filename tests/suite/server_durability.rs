//! What the server acknowledged is there, whatever became of the process, the disk or a record.

use lockstep_session::document::Document;
use lockstep_session::document::pattern::{Operation, Pattern, PatternLength, Shift};
use lockstep_session::document::step::Step;
use lockstep_session::document::track::TrackSetting;
use lockstep_session::document::{clip::Clip, instrument::Source};
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};
use lockstep_session::replica::Replica;
use lockstep_session::text::{LongName, Name};
use lockstep_tests::client::Client;
use lockstep_tests::server::Server;

const PLAYERS: u8 = 4;
/// The pattern in which a player counts: one step moves right by one with each edit.
const PLACES: usize = 127;

fn slot() -> SceneIndex {
    SceneIndex::new(5).expect("there are eight scenes")
}

fn track_of(player: u8) -> TrackId {
    TrackId(u32::from(player) + 1)
}

fn begin_counting(player: u8) -> Edit {
    let length = PatternLength::new(i64::try_from(PLACES).expect("small"));
    let clip = Clip::pattern(Pattern::new(length, vec![Step::on()]));
    Edit::Clip {
        track: track_of(player),
        scene: slot(),
        clip: Some(clip),
    }
}

/// Says how many edits this player has made, and moves their step: doing it twice would show.
fn count(player: u8, number: usize) -> Edit {
    Edit::Gesture(count_in_two(player, number))
}

fn count_in_two(player: u8, number: usize) -> Vec<Edit> {
    let (track, scene) = (track_of(player), slot());
    let name = Source::Preset(Name::new(&number.to_string()));
    vec![
        Edit::Track {
            track,
            setting: TrackSetting::Source(name),
        },
        Edit::Pattern {
            track,
            scene,
            operation: Operation::Rotate(Shift::new(1)),
        },
    ]
}

/// How many edits of a player a document holds, by what they said and by where their step is.
fn counted(document: &Document, player: u8) -> (usize, usize) {
    let track = document
        .track(track_of(player))
        .expect("a track of the template");
    let said = match &track.settings.instrument.source {
        Source::Preset(name) => name.parse().unwrap_or(0),
        Source::Sample(_) => 0,
    };
    let pattern = document
        .pattern(track_of(player), slot())
        .expect("the counter");
    let place = StepIndex::all()
        .position(|step| pattern.step(step).on)
        .expect("one step is on");
    (said, place)
}

fn document_of(server: &Server, session: &str) -> Document {
    serde_json::from_value(server.read(session)["document"].clone()).expect("a document")
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}

#[test]
fn kill_9_under_load_loses_nothing_acknowledged_and_doubles_nothing() {
    let mut dice = Dice(20_261_121);
    let mut server = Server::start();
    let session = server.new_session();
    let join = |player| Client::joined(server.address(), &session, player);
    let players: Vec<Client> = (0..PLAYERS).map(join).collect();
    for (player, client) in (0..).zip(&players) {
        client.edit(begin_counting(player));
    }
    let mut made = [0_usize; PLAYERS as usize];

    for round in 1..=5 {
        // Everyone has more to say than the server takes at once, until the power goes.
        let more = 100;
        for _ in 0..more {
            for (player, client) in (0..).zip(&players) {
                let number = &mut made[usize::from(player)];
                *number += 1;
                client.edit(count(player, *number));
            }
        }
        let left = dice.below(more);
        players[0].wait_until("some edits are stored", |replica| replica.unsaved() <= left);
        let acknowledged: Vec<usize> = players
            .iter()
            .zip(made)
            .map(|(client, made)| (made + 1).saturating_sub(client.look(Replica::unsaved)))
            .collect();
        server.kill();

        server.come_back();
        let restored = document_of(&server, &session);
        for ((player, client), acknowledged) in (0..).zip(&players).zip(acknowledged) {
            let (said, _) = counted(&restored, player);
            // The first edit of all began the count.
            let there = said + 1;
            assert!(
                there >= acknowledged,
                "round {round}: {acknowledged} acknowledged, {there} there"
            );
            client.wait_until("the replica comes back by itself", Replica::is_live);
        }
    }

    for client in &players {
        client.wait_until("every edit is stored", |replica| replica.unsaved() == 0);
    }
    let everything: usize = made.iter().sum::<usize>() + usize::from(PLAYERS);
    let answer = server.read(&session);
    assert_eq!(
        answer["revision"], everything,
        "each edit has exactly one place in the order"
    );
    assert_eq!(answer["epoch"], 6, "each life of the server was an epoch");
    let stored = document_of(&server, &session);
    for (player, client) in (0..).zip(&players) {
        let made = made[usize::from(player)];
        assert_eq!(counted(&stored, player), (made, made % PLACES));
        client.wait_until("the replica is equal to the server", |replica| {
            *replica.document() == stored
        });
    }
}

#[test]
fn stopping_politely_loses_nothing_and_ends_well() {
    let mut server = Server::start();
    let session = server.new_session();
    let client = Client::joined(server.address(), &session, 1);
    client.edit(begin_counting(0));
    client.wait_until("the count has begun", |replica| replica.unsaved() == 0);
    for number in 1..=50 {
        client.edit(count(0, number));
    }
    let status = server.stop();
    assert!(status.success(), "{status}");
    let unsaved = client.look(|replica| replica.unsaved());
    server.come_back();
    let (said, _) = counted(&document_of(&server, &session), 0);
    assert!(
        said + unsaved >= 50,
        "{said} there, {unsaved} not acknowledged"
    );
    client.wait_until("the rest is stored", |replica| replica.unsaved() == 0);
    assert_eq!(counted(&document_of(&server, &session), 0), (50, 50));
}

#[test]
fn a_second_server_on_the_same_data_is_refused_in_words() {
    let server = Server::start();
    let output = server.run_another_on_the_same_data();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "",
        "it never says that it listens"
    );
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(
        words.contains("another lockstep-server is using the data directory"),
        "{words}"
    );
    assert_eq!(
        server.get("/api/v1/health", &[]).status,
        200,
        "the first goes on"
    );
}

#[test]
fn a_damaged_record_closes_its_session_and_no_other() {
    let mut server = Server::start();
    let (damaged, whole) = (server.new_session(), server.new_session());
    for (session, name) in [(&damaged, "Harmed by a cosmic ray"), (&whole, "Whole")] {
        let client = Client::joined(server.address(), session, 1);
        client.edit(Edit::Session(SessionSetting::Name(LongName::new(name))));
        client.wait_until("the name is stored", |replica| replica.unsaved() == 0);
    }
    assert!(server.stop().success());

    let path = server.data().join("lockstep.redb");
    let mut bytes = std::fs::read(&path).unwrap();
    let words = b"Harmed by a cosmic ray";
    let places: Vec<usize> = (0..bytes.len() - words.len())
        .filter(|&at| bytes[at..].starts_with(words))
        .collect();
    assert!(!places.is_empty(), "the record is in the file");
    for place in places {
        bytes[place] ^= 1;
    }
    std::fs::write(&path, &bytes).unwrap();

    server.come_back();
    for _ in 0..2 {
        let answer = server.get(&format!("/api/v1/sessions/{damaged}"), &[]);
        assert_eq!(answer.status, 500);
        assert_eq!(answer.json()["code"], "damaged-session");
        assert!(
            answer.json()["action"]
                .as_str()
                .is_some_and(|action| action.contains("backup"))
        );
    }
    assert_eq!(document_of(&server, &whole).name.as_str(), "Whole");
    let client = Client::joined(server.address(), &whole, 2);
    client.edit(Edit::Session(SessionSetting::Name(LongName::new(
        "Still whole",
    ))));
    client.wait_until("the other session goes on", |replica| {
        replica.unsaved() == 0
    });
}

#[test]
fn a_full_disk_acknowledges_nothing_and_room_brings_everything_back() {
    let mut server = Server::start();
    let session = server.new_session();
    let client = Client::joined(server.address(), &session, 1);
    client.edit(begin_counting(0));
    client.wait_until("the first edit is stored", |replica| replica.unsaved() == 0);
    assert!(server.stop().success());

    // A little more than the file has now, so that some edits fit and then no more.
    let size = std::fs::metadata(server.data().join("lockstep.redb"))
        .unwrap()
        .len();
    server.come_back_with_little_room(size / 512 + 8);
    client.wait_until("the player is back", Replica::is_live);
    let mut made = 0;
    while !client.look(Replica::is_read_only) {
        made += 1;
        let mut gesture = count_in_two(0, made);
        gesture.push(many_steps());
        client.edit(Edit::Gesture(gesture));
        client.wait_until("the server keeps up, or gives up", |replica| {
            replica.unsaved() < 20 || replica.is_read_only()
        });
        assert!(made < 2_000, "the disk never became full");
    }
    let unsaved = client.look(Replica::unsaved);
    assert!(
        unsaved > 0,
        "what could not be written was not acknowledged"
    );
    server.kill();

    server.come_back();
    let (said, _) = counted(&document_of(&server, &session), 0);
    assert!(
        said + unsaved >= made,
        "{said} there, {unsaved} of {made} not acknowledged"
    );
    client.wait_until("the rest is stored", |replica| replica.unsaved() == 0);
    assert_eq!(
        counted(&document_of(&server, &session), 0),
        (made, made % PLACES)
    );
}

/// An edit that fills a disk sooner than a step does.
fn many_steps() -> Edit {
    Edit::Steps {
        track: track_of(1),
        scene: SceneIndex::new(0).expect("a scene"),
        first: StepIndex::new(0).expect("a step"),
        values: vec![Step::largest(); 100],
    }
}
