//! Where a session is, as somebody pasted it, and where a server is. Reads text only; it must not
//! know any socket.

use std::fmt;
use std::net::Ipv4Addr;

/// A link without a host means a server on this machine.
const LOCAL_SERVER: &str = "127.0.0.1:7878";

/// A server, as links name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ServerAddress {
    is_encrypted: bool,
    /// A name or an address, and a port if it is not the usual one.
    authority: String,
}

/// A session's place on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    server: ServerAddress,
    door: Door,
    session: String,
}

/// What kind of link it is, as its path says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Edit,
    Listen,
    Published,
}

/// What was given is not a link to a session, or no server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AddressError {
    #[error("This is not a link to a session. It ends like /s/fuzzy-penguin-42-…")]
    NoSession,
    #[error(
        "This is not a server's address. It looks like https://jam.example or 192.168.1.5:7878"
    )]
    NoServer,
}

impl ServerAddress {
    /// Takes a page's address or only the server's name.
    pub(crate) fn parse(text: &str) -> Result<Self, AddressError> {
        let (scheme, rest) = split_scheme(text.trim());
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        Self::of(scheme, authority).ok_or(AddressError::NoServer)
    }

    fn of(scheme: &str, authority: &str) -> Option<Self> {
        let is_encrypted = match scheme {
            "http" | "ws" => false,
            "https" | "wss" => true,
            // A name alone is a place in the world; a number or a port is one nearby.
            "" => is_name(authority),
            _ => return None,
        };
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'@' | b'"' | b'\\');
        let address = Self {
            is_encrypted,
            authority: authority.to_ascii_lowercase(),
        };
        let is_sound = authority.bytes().all(is_plain)
            && !address.host().is_empty()
            && address.checked_port().is_some();
        is_sound.then_some(address)
    }

    pub(crate) fn is_encrypted(&self) -> bool {
        self.is_encrypted
    }

    /// With its port, as a request names it.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// A name or an address without brackets.
    pub(crate) fn host(&self) -> &str {
        let (host, _) = self.parts();
        host.trim_start_matches('[').trim_end_matches(']')
    }

    pub(crate) fn port(&self) -> u16 {
        self.checked_port().unwrap_or(80)
    }

    fn checked_port(&self) -> Option<u16> {
        match self.parts().1 {
            Some(port) => port.parse().ok().filter(|port| *port > 0),
            None => Some(if self.is_encrypted { 443 } else { 80 }),
        }
    }

    fn parts(&self) -> (&str, Option<&str>) {
        let end_of_host = self.authority.rfind(']').map_or(0, |end| end + 1);
        match self.authority[end_of_host..].rfind(':') {
            Some(colon) => {
                let (host, port) = self.authority.split_at(end_of_host + colon);
                (host, port.get(1..))
            }
            None => (&self.authority, None),
        }
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_encrypted { "https" } else { "http" };
        write!(formatter, "{scheme}://{}", self.authority)
    }
}

impl Address {
    /// Takes a page's link, a socket's link, or only the session's own code.
    pub(crate) fn parse(pasted: &str) -> Result<Self, AddressError> {
        let (scheme, rest) = split_scheme(pasted.trim());
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (authority, path) = match rest.split_once('/') {
            Some(parts) => parts,
            None if scheme.is_empty() => (LOCAL_SERVER, rest),
            None => return Err(AddressError::NoSession),
        };
        let path = path.trim_end_matches('/').trim_end_matches("/ws");
        let (before, session) = path.rsplit_once('/').unwrap_or(("", path));
        let door = match before.rsplit('/').next() {
            Some("l") => Door::Listen,
            Some("p") => Door::Published,
            _ => Door::Edit,
        };
        let is_code = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let is_session = (16..=100).contains(&session.len()) && session.bytes().all(is_code);
        let server = ServerAddress::of(scheme, authority).filter(|_| is_session);
        Ok(Self {
            server: server.ok_or(AddressError::NoSession)?,
            door,
            session: session.to_owned(),
        })
    }

    pub(crate) fn server(&self) -> &ServerAddress {
        &self.server
    }

    /// The session's id, which only those who have the link may know.
    pub(crate) fn session(&self) -> &str {
        &self.session
    }

    pub(crate) fn socket(&self) -> String {
        let scheme = if self.server.is_encrypted {
            "wss"
        } else {
            "ws"
        };
        let (authority, session) = (&self.server.authority, &self.session);
        format!("{scheme}://{authority}/api/v1/sessions/{session}/ws")
    }

    pub(crate) fn page(&self) -> String {
        let door = match self.door {
            Door::Edit => "s",
            Door::Listen => "l",
            Door::Published => "p",
        };
        format!("{}/{door}/{}", self.server, self.session)
    }
}

fn split_scheme(text: &str) -> (&str, &str) {
    text.split_once("://").unwrap_or(("", text))
}

fn is_name(authority: &str) -> bool {
    !authority.contains(':')
        && authority.parse::<Ipv4Addr>().is_err()
        && authority.contains('.')
        && !authority.ends_with(".local")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "fuzzy-penguin-42-abcdefghij234567";

    #[test]
    fn every_form_of_a_link_names_the_same_socket() {
        let socket = format!("ws://10.0.0.2:9000/api/v1/sessions/{CODE}/ws");
        for pasted in [
            format!("http://10.0.0.2:9000/s/{CODE}"),
            format!("  10.0.0.2:9000/s/{CODE}/?x=1#top \n"),
            format!("http://10.0.0.2:9000/l/{CODE}"),
            socket.clone(),
        ] {
            assert_eq!(
                Address::parse(&pasted).unwrap().socket(),
                socket,
                "{pasted}"
            );
        }
    }

    #[test]
    fn a_bare_code_means_this_machine() {
        let address = Address::parse(CODE).unwrap();
        assert_eq!(
            address.socket(),
            format!("ws://{LOCAL_SERVER}/api/v1/sessions/{CODE}/ws")
        );
    }

    #[test]
    fn an_encrypted_link_stays_encrypted_and_every_kind_of_link_stays_what_it_is() {
        for page in [
            format!("https://jam.example/s/{CODE}"),
            format!("https://jam.example:8443/l/{CODE}"),
            format!("http://[::1]:7878/p/{CODE}"),
        ] {
            let address = Address::parse(&page).unwrap();
            assert_eq!(address.page(), page);
            assert_eq!(
                address.socket().starts_with("wss://"),
                page.starts_with("https")
            );
        }
        let bare = Address::parse(&format!("jam.example/s/{CODE}")).unwrap();
        assert_eq!(bare.page(), format!("https://jam.example/s/{CODE}"));
    }

    #[test]
    fn what_is_no_link_is_refused_with_a_reason() {
        for pasted in [
            "".to_owned(),
            "hello".to_owned(),
            "http://".to_owned(),
            "http://host/s/".to_owned(),
            "ftp://host/s/fuzzy-penguin-42-abc".to_owned(),
            format!("http://host:0/s/{CODE}"),
            format!("http://host:99999/s/{CODE}"),
            format!("http://ada@host/s/{CODE}"),
            format!("http://:80/s/{CODE}"),
        ] {
            assert_eq!(
                Address::parse(&pasted),
                Err(AddressError::NoSession),
                "{pasted}"
            );
        }
    }

    #[test]
    fn a_servers_address_is_read_with_and_without_its_port() {
        for (given, url, host, port) in [
            (
                "http://127.0.0.1:7878/",
                "http://127.0.0.1:7878",
                "127.0.0.1",
                7878,
            ),
            (
                "192.168.1.5:9000",
                "http://192.168.1.5:9000",
                "192.168.1.5",
                9000,
            ),
            ("192.168.1.5", "http://192.168.1.5", "192.168.1.5", 80),
            ("Jam.Example", "https://jam.example", "jam.example", 443),
            ("studio.local", "http://studio.local", "studio.local", 80),
            ("localhost:7878", "http://localhost:7878", "localhost", 7878),
            ("https://[::1]/x", "https://[::1]", "::1", 443),
            ("http://[::1]:7878", "http://[::1]:7878", "::1", 7878),
        ] {
            let server = ServerAddress::parse(given).unwrap();
            assert_eq!(server.to_string(), url);
            assert_eq!((server.host(), server.port()), (host, port), "{given}");
        }
        for wrong in ["", "http://", "a b", "ftp://x", "http://:7878", "x:y"] {
            assert_eq!(
                ServerAddress::parse(wrong),
                Err(AddressError::NoServer),
                "{wrong}"
            );
        }
    }
}
