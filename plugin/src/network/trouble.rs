//! Why there is no connection, in words for whoever waits for it.

use super::socket::SocketError;
use lockstep_session::protocol::{Goodbye, ServerMessage};

#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error(transparent)]
    Socket(#[from] SocketError),
    #[error("The session has all the players it can hold. It is tried again by itself")]
    Full,
    #[error(
        "The server cannot store the session. Your edits are kept; it is tried again by itself"
    )]
    StorageFailed,
    #[error("The server ended the connection: {0}")]
    SentAway(String),
}

impl Trouble {
    /// What the server says before it ends a connection, if it is worth reading.
    pub(super) fn of_goodbye(text: &str) -> Option<Self> {
        if !text.starts_with("{\"goodbye\"") {
            return None;
        }
        match ServerMessage::decode(text).ok()? {
            ServerMessage::Goodbye { code, reason, .. } => match code {
                Goodbye::Full => Some(Self::Full),
                Goodbye::StorageFailed => Some(Self::StorageFailed),
                Goodbye::Abuse | Goodbye::TooLarge | Goodbye::Replaced => {
                    Some(Self::SentAway(reason.into_owned()))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether trying again by itself makes no sense.
    pub(super) fn is_final(&self) -> bool {
        matches!(self, Self::Socket(error) if error.is_final())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_goodbye_with_something_to_say_is_shown() {
        let of = |code: &str| {
            Trouble::of_goodbye(&format!(
                r#"{{"goodbye":{{"code":"{code}","reason":"because"}}}}"#
            ))
        };
        assert!(matches!(of("full"), Some(Trouble::Full)));
        assert!(of("abuse").is_some_and(|trouble| trouble.to_string().contains("because")));
        assert!(of("restarting").is_none() && of("left").is_none());
        assert!(Trouble::of_goodbye(r#"{"edit":{}}"#).is_none());
    }
}
