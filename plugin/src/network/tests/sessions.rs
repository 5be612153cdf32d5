//! Sessions made, joined and left, alone and by several instances.

use super::seat::{Place, Seat, house};
use crate::network::{Beginning, Command};
use crate::view::{Connection, Hosting, View};
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::ids::{Token, TrackId};
use lockstep_session::protocol::{Kind, Profile};
use lockstep_session::text::{LongName, Name};

pub(super) fn name(name: &str) -> Edit {
    Edit::Session(SessionSetting::Name(LongName::new(name)))
}

fn add_track(track: u32) -> Edit {
    Edit::AddTrack {
        track: TrackId(track),
        at: 0,
        settings: Box::default(),
    }
}

#[test]
fn a_new_session_is_made_joined_and_remembered() {
    let (place, folder) = (Place::open(), tempfile::tempdir().unwrap());
    let house = house(folder.path());
    let mut seat = Seat::at(&house, &place);
    seat.ask(Command::NewSession(Beginning::Template("techno".into())));
    let link = seat.wait_until_live();
    let view = seat.wait_until("it is remembered", |view| !view.recents.is_empty());
    assert!(!view.document.tracks.is_empty());
    assert_eq!(view.recents[0].link, link);
    assert_eq!(view.recents[0].name, view.document.name.as_str());
    assert!(view.quality.is_none() || view.players.len() == 1);

    let mut friend = Seat::take(&house);
    friend.ask(Command::Join(link.clone()));
    friend.wait_until_live();
    friend.edit(name("Together"));
    let is_renamed = |view: &View| view.document.name.as_str() == "Together";
    seat.wait_until("the other's edit is there", is_renamed);
    // Several instances of one machine are one player.
    assert_eq!(seat.editor.view().players.len(), 1);

    friend.ask(Command::ForgetRecent(link));
    seat.wait_until("it is forgotten", |view| view.recents.is_empty());
}

#[test]
fn what_was_made_alone_becomes_a_session_and_stays_when_it_is_left() {
    let (place, folder) = (Place::open(), tempfile::tempdir().unwrap());
    let mut seat = Seat::at(&house(folder.path()), &place);
    seat.edit(add_track(7));
    seat.ask(Command::NewSession(Beginning::Here));
    seat.wait_until_live();
    assert_eq!(seat.editor.view().document.tracks.len(), 1);
    seat.edit(add_track(8));
    seat.wait_until("it is stored", |view| {
        view.document.tracks.len() == 2 && view.unsaved == 0
    });
    seat.ask(Command::Leave);
    let view = seat.wait_until("it is left", |view| view.link.is_none());
    assert_eq!(view.connection, Connection::Alone);
    assert_eq!(view.document.tracks.len(), 2);
    seat.ask(Command::Undo);
    seat.wait_until("it can be undone", |view| view.document.tracks.len() == 1);
}

#[test]
fn many_edits_made_alone_can_be_undone() {
    let folder = tempfile::tempdir().unwrap();
    let mut seat = Seat::take(&house(folder.path()));
    let asked = |seat: &mut Seat, number: u32| {
        seat.edit(name(&format!("Song {number}")));
        let expected = format!("Song {number}");
        seat.wait_until("it is made", |view| view.document.name.as_str() == expected);
    };
    for number in 0..300 {
        asked(&mut seat, number);
    }
    for number in (250..299).rev() {
        seat.ask(Command::Undo);
        let expected = format!("Song {number}");
        seat.wait_until("it is undone", |view| {
            view.document.name.as_str() == expected
        });
    }
}

#[test]
fn a_chosen_name_is_shown_by_every_instance_and_to_everyone() {
    let (place, folder) = (Place::open(), tempfile::tempdir().unwrap());
    let mine = house(folder.path());
    let mut seat = Seat::at(&mine, &place);
    seat.ask(Command::NewSession(Beginning::Template("groove".into())));
    let link = seat.wait_until_live();
    let elsewhere = tempfile::tempdir().unwrap();
    let mut friend = Seat::take(&house(elsewhere.path()));
    friend.ask(Command::Join(link));
    friend.wait_until_live();
    let other = Seat::take(&mine);
    other.ask(Command::Profile(Profile {
        name: Name::new("Ada"),
        colour: lockstep_session::document::mixer::Colour::new(5),
        kind: Kind::Daw,
    }));
    let has_ada = |view: &View| {
        let mut players = view.players.iter();
        players.any(|player| player.name == "Ada" && player.colour.get() == 5)
    };
    friend.wait_until("she is called Ada", has_ada);
    let settings = |view: &View| view.settings.profile.name.as_str() == "Ada";
    seat.wait_until("she sees it herself", settings);
}

#[test]
fn a_project_of_another_machine_is_opened_as_this_machines_player_and_one_without_keeps_its_own() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (mine, theirs) = (house(here.path()), house(there.path()));
    let saved = |seat: &Seat| serde_json::from_str::<serde_json::Value>(&seat.save()).unwrap();
    let token = |house: &crate::house::House| house.record().token.hex();
    let mut seat = Seat::take(&theirs);
    seat.edit(name("Travels"));
    seat.wait_until("it is made", |view| {
        view.document.name.as_str() == "Travels"
    });
    let project = seat.save();
    assert_eq!(saved(&seat)["token"], token(&theirs));

    let mut seat = Seat::take(&mine);
    seat.load(&project);
    seat.wait_until("it is open", |view| {
        view.document.name.as_str() == "Travels"
    });
    assert_eq!(saved(&seat)["token"], token(&mine));

    let own = Token::from_bytes([9; 16]).hex();
    seat.load(&format!(
        r#"{{"version":1,"token":"{own}","document":{{"name":"Own"}}}}"#
    ));
    seat.wait_until("it is open", |view| view.document.name.as_str() == "Own");
    assert_eq!(saved(&seat)["token"], own);
    assert_eq!(
        saved(&seat).get("machine"),
        None,
        "and keeps it when it is saved"
    );
}

#[test]
fn a_server_started_here_is_used_at_once_and_goes_with_its_instance() {
    let folder = tempfile::tempdir().unwrap();
    let mine = house(folder.path());
    let seat = Seat::take(&mine);
    let mut other = Seat::take(&mine);
    seat.ask(Command::StartServer);
    let is_on = |view: &View| matches!(view.hosting, Hosting::On { .. });
    let view = other.wait_until("it runs, and everyone sees it", is_on);
    let Hosting::On { address } = &view.hosting else {
        unreachable!("it was waited for")
    };
    assert_eq!(view.settings.server, *address);
    // Only whoever started it ends it.
    other.ask(Command::StopServer);
    other.wait_until("it is told so", |view| view.notice.is_some());
    other.ask(Command::NewSession(Beginning::Template("house".into())));
    let link = other.wait_until_live();
    assert!(
        link.starts_with(address.as_str()),
        "{link} is not at {address}"
    );
    drop(seat);
    other.wait_until("it is gone", |view| matches!(view.hosting, Hosting::Off));
    other.wait_until("who was there goes on alone", |view| {
        view.connection == Connection::Waiting
    });
    // And it may be had again, with what it held.
    other.ask(Command::StartServer);
    other.wait_until("it runs again", is_on);
    other.ask(Command::StopServer);
    other.wait_until("it is stopped", |view| matches!(view.hosting, Hosting::Off));
}
