//! A server whose disk is full, and one whose sessions rest: their players notice as little as can be.

use lockstep_session::document::clip::Clip;
use lockstep_session::document::pattern::{Pattern, PatternLength};
use lockstep_session::document::step::Step;
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};
use lockstep_session::replica::Replica;
use lockstep_session::text::LongName;
use lockstep_tests::client::Client;
use lockstep_tests::server::Server;

fn rename(name: &str) -> Edit {
    Edit::Session(SessionSetting::Name(LongName::new(name)))
}

/// An edit that makes the session larger, as no other of these does.
fn large_clip(number: usize) -> Edit {
    let track = u32::try_from(number / SceneIndex::COUNT % 8).expect("small") + 1;
    let steps = vec![Step::largest(); StepIndex::COUNT];
    let length = PatternLength::new(128);
    Edit::Clip {
        track: TrackId(track),
        scene: SceneIndex::new(number % SceneIndex::COUNT).expect("a scene"),
        clip: Some(Clip::pattern(Pattern::new(length, steps))),
    }
}

/// P-READONLY-1
#[test]
fn on_a_full_disk_a_session_is_read_only_and_goes_on_by_itself_when_there_is_room() {
    let mut server = Server::start();
    let session = server.new_session();
    assert!(server.stop().success());
    let size = std::fs::metadata(server.data().join("lockstep.redb"))
        .unwrap()
        .len();
    server.come_back_with_little_room(size / 512 + 2_048);
    let writer = Client::joined(server.address(), &session, 1);
    let reader = Client::joined(server.address(), &session, 2);
    let link = reader.look(|replica| replica.link().clone());

    for made in 0.. {
        if writer.look(Replica::is_read_only) {
            break;
        }
        assert!(made < 64, "the disk never became full");
        writer.edit(large_clip(made));
        writer.wait_until("the server keeps up, or says that it cannot", |replica| {
            replica.unsaved() < 20 || replica.is_read_only()
        });
    }
    reader.wait_until("everybody is told", Replica::is_read_only);
    writer.edit(rename("Written in the dark"));
    let late = Client::joined(server.address(), &session, 3);
    late.wait_until("who comes now is told too", Replica::is_read_only);
    assert!(
        writer.look(Replica::unsaved) > 0,
        "what is not stored is not acknowledged"
    );
    assert_eq!(
        server.read(&session)["document"]["tracks"][0]["id"],
        1,
        "reading works"
    );

    let health = server.get("/api/v1/health", &[]);
    assert_eq!(
        (health.status, health.json()["code"].as_str()),
        (503, Some("read-only"))
    );

    server.make_room();
    writer.wait_until("everything is stored", |replica| replica.unsaved() == 0);
    for other in [&reader, &late] {
        other.wait_until("everybody has it", |replica| {
            !replica.is_read_only() && replica.document().name.as_str() == "Written in the dark"
        });
    }
    assert_eq!(
        reader.look(|replica| replica.link().clone()),
        link,
        "nobody was sent away"
    );

    assert_eq!(server.get("/api/v1/health", &[]).status, 200);

    server.kill();
    server.come_back();
    assert_eq!(
        server.read(&session)["document"]["name"],
        "Written in the dark"
    );
}

/// P-REST-1
#[test]
fn a_session_in_which_nobody_edits_leaves_memory_and_its_players_do_not_notice() {
    let server = Server::start_with(&["--quiet-after", "0"]);
    let session = server.new_session();
    let one = Client::joined(server.address(), &session, 1);
    let other = Client::joined(server.address(), &session, 2);
    let links = || [&one, &other].map(|client| client.look(|replica| replica.link().clone()));
    let before = links();
    for number in 1..=20 {
        let name = format!("Take {number}");
        one.edit(rename(&name));
        one.wait_until("it is stored", |replica| replica.unsaved() == 0);
        other.wait_until("the other has it", |replica| {
            replica.document().name.as_str() == name
        });
    }
    assert_eq!(links(), before, "nobody was sent away");
    let answer = server.read(&session);
    assert_eq!(
        (&answer["revision"], &answer["epoch"]),
        (&20.into(), &1.into()),
        "it is the same epoch all along"
    );
}
