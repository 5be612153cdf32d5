//! What the editor shows of the session: a value made by the network thread, read by the editor.

use crate::network::Address;
use lockstep_session::document::Document;
use lockstep_session::document::mixer::Colour;
use lockstep_session::replica::{Link, Replica};
use std::sync::Arc;

#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    pub(crate) link: Option<String>,
    pub(crate) connection: Connection,
    pub(crate) document: Arc<Document>,
    pub(crate) players: Vec<PlayerView>,
    /// Edits that the server has not stored yet.
    pub(crate) unsaved: usize,
    /// How far the shared clock may be off, in microseconds.
    pub(crate) clock_error: Option<i64>,
    /// Something that went wrong, in a sentence.
    pub(crate) notice: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Connection {
    #[default]
    Alone,
    Joining,
    Live,
    /// Not reachable; trying again by itself.
    Waiting,
    Refused(String),
}

#[derive(Clone, Debug)]
pub(crate) struct PlayerView {
    pub(crate) name: String,
    pub(crate) colour: Colour,
    pub(crate) is_playing: bool,
    pub(crate) is_leader: bool,
    pub(crate) is_me: bool,
}

impl View {
    pub(crate) fn of(replica: &Replica, address: Option<&Address>, notice: Option<&str>) -> Self {
        let document = replica.document();
        let players = replica.players().map(|player| PlayerView {
            name: player.profile.name.to_string(),
            colour: player.profile.colour,
            is_playing: player.presence.playing,
            is_leader: document.lead == Some(player.id),
            is_me: player.id == replica.player(),
        });
        Self {
            link: address.map(Address::page),
            connection: connection(replica.link()),
            document: Arc::new(document.clone()),
            players: players.collect(),
            unsaved: replica.unsaved(),
            clock_error: replica
                .clock()
                .quality()
                .map(|quality| quality.error.as_micros()),
            notice: notice.map(str::to_owned),
        }
    }
}

fn connection(link: &Link) -> Connection {
    match link {
        Link::Off => Connection::Alone,
        Link::Opening { .. } | Link::Joining { .. } => Connection::Joining,
        Link::Live { .. } => Connection::Live,
        Link::Waiting { .. } => Connection::Waiting,
        Link::Refused { reason, .. } => Connection::Refused(reason.to_string()),
    }
}
