//! Where a session is, as somebody pasted it. Reads text only; it must not know any socket.

/// A link without a host means a server on this machine.
const LOCAL_SERVER: &str = "127.0.0.1:7878";

/// A session's place on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    host: String,
    session: String,
}

/// What was pasted is not a link to a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AddressError {
    #[error("This is not a link to a session. It ends like /s/fuzzy-penguin-42-…")]
    NoSession,
    #[error("Encrypted links (https) cannot be joined from the plugin yet")]
    Encrypted,
}

impl Address {
    /// Takes a page's link, a socket's link, or only the session's own code.
    pub(crate) fn parse(pasted: &str) -> Result<Self, AddressError> {
        let pasted = pasted.trim();
        let (scheme, rest) = pasted.split_once("://").unwrap_or(("", pasted));
        if matches!(scheme, "https" | "wss") {
            return Err(AddressError::Encrypted);
        }
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (host, path) = match rest.split_once('/') {
            Some(parts) => parts,
            None if scheme.is_empty() => (LOCAL_SERVER, rest),
            None => return Err(AddressError::NoSession),
        };
        let session = path.trim_end_matches('/').trim_end_matches("/ws");
        let session = session.rsplit('/').next().unwrap_or_default();
        let is_code = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let is_session = (16..=100).contains(&session.len()) && session.bytes().all(is_code);
        let is_host = !host.is_empty()
            && host
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'@');
        if !is_session || !is_host || !matches!(scheme, "" | "http" | "ws") {
            return Err(AddressError::NoSession);
        }
        Ok(Self {
            host: host.to_owned(),
            session: session.to_owned(),
        })
    }

    pub(crate) fn socket(&self) -> String {
        format!("ws://{}/api/v1/sessions/{}/ws", self.host, self.session)
    }

    pub(crate) fn page(&self) -> String {
        format!("http://{}/s/{}", self.host, self.session)
    }
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
    fn what_is_no_link_is_refused_with_a_reason() {
        let encrypted = format!("https://lockstep.example/s/{CODE}");
        assert_eq!(Address::parse(&encrypted), Err(AddressError::Encrypted));
        for pasted in [
            "",
            "hello",
            "http://",
            "http://host/s/",
            "ftp://host/s/fuzzy-penguin-42-abc",
        ] {
            assert_eq!(
                Address::parse(pasted),
                Err(AddressError::NoSession),
                "{pasted}"
            );
        }
    }
}
