//! How this page stands with the server, and how that is said in words.

/// Whether edits reach the others, and if not, what becomes of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Connection {
    /// Nothing has been heard from the server yet.
    Joining,
    Live(Live),
    /// The link is down and is being tried again.
    Offline {
        waiting: usize,
    },
    /// The session has no room at the moment; this is being tried again.
    Full,
    /// Another tab went on in this one's place.
    Replaced,
    /// No session has this link.
    Unknown,
    /// The server speaks a protocol that this page does not.
    TooOld,
    /// The server wants no more of this page.
    Ended,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Live {
    pub(crate) listening_only: bool,
    /// Nobody can change the session any more.
    pub(crate) published: bool,
    /// The server has nowhere to put edits at the moment.
    pub(crate) cannot_save: bool,
    /// Edits that are not durable yet.
    pub(crate) waiting: usize,
    /// Tenths of a millisecond that this page's clock may be off, once that is known.
    pub(crate) error: Option<u32>,
    pub(crate) round_trip_ms: u32,
}

impl Connection {
    /// The server said not to come back, by one of the protocol's codes.
    pub(crate) fn refused(code: &str) -> Connection {
        match code {
            "too-old" => Connection::TooOld,
            "replaced" => Connection::Replaced,
            _ => Connection::Ended,
        }
    }

    /// Short enough to stand on every screen.
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Connection::Joining => "Joining the session",
            Connection::Live(Live {
                listening_only: true,
                ..
            }) => "Listening only",
            Connection::Live(Live {
                published: true, ..
            }) => "Published: it stays as it is",
            Connection::Live(Live {
                cannot_save: true, ..
            }) => "The server cannot save: changes wait",
            Connection::Live(_) => "Connected",
            Connection::Offline { waiting: 0 } => "Offline: you can go on editing",
            Connection::Offline { .. } => "Offline: your edits are kept",
            Connection::Replaced => "Open in another tab",
            Connection::Unknown => "No session has this link",
            Connection::TooOld => "This page is too old for the server",
            Connection::Ended => "The server ended the connection",
            Connection::Full => "The session is full",
        }
    }

    /// What to do about it, where there is something to do.
    pub(crate) fn advice(&self) -> Option<&'static str> {
        match self {
            Connection::Live(Live {
                cannot_save: true, ..
            }) => Some(
                "The server has no room or no disk to save to. What you change is kept here and saved as soon as it can.",
            ),
            Connection::Replaced => {
                Some("Another tab took over this player. Reload this page to play here.")
            }
            Connection::TooOld => Some("The server has been updated. Reload this page to go on."),
            Connection::Ended => Some("Reload this page to join again."),
            Connection::Full => Some(
                "The session has all the players it can hold. This page joins by itself when there is room.",
            ),
            _ => None,
        }
    }

    /// How the words are coloured.
    pub(crate) fn tone(&self) -> &'static str {
        match self {
            Connection::Live(Live {
                cannot_save: true, ..
            }) => "ill",
            Connection::Live(_) => "well",
            Connection::Joining => "joining",
            _ => "ill",
        }
    }
}

impl Live {
    /// Whether what was edited is safe with the server.
    pub(crate) fn saved(&self) -> &'static str {
        if self.waiting == 0 { "all" } else { "soon" }
    }
}
