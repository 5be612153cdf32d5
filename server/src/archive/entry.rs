//! One session as bytes: a line of JSON that says what follows, then its snapshot and its records.

use crate::link::LinkKey;
use crate::store::{Archived, Meta};
use lockstep_session::{ids::Epoch, protocol::Role, units::ServerTime};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
struct Head {
    links: Vec<Link>,
    epoch: u32,
    created: i64,
    changed: i64,
    is_edited: bool,
    snapshot: usize,
    records: Vec<usize>,
}

/// The hash of a link. Nobody can enter by it.
#[derive(Serialize, Deserialize)]
struct Link {
    key: [u8; 32],
    listens: bool,
}

pub(super) fn to_bytes(session: &Archived) -> Vec<u8> {
    let link = |(key, role): &(LinkKey, Role)| Link {
        key: key.0,
        listens: *role == Role::Listener,
    };
    let head = Head {
        links: session.links.iter().map(link).collect(),
        epoch: session.epoch.0,
        created: session.meta.created.as_micros(),
        changed: session.meta.changed.as_micros(),
        is_edited: session.meta.is_edited,
        snapshot: session.snapshot.len(),
        records: session.records.iter().map(Vec::len).collect(),
    };
    let mut bytes = serde_json::to_vec(&head).expect("numbers can be written");
    bytes.push(b'\n');
    bytes.extend(&session.snapshot);
    bytes.extend(session.records.concat());
    bytes
}

/// Nothing where the bytes are no session's.
pub(super) fn from_bytes(bytes: &[u8]) -> Option<Archived> {
    let end = bytes.iter().position(|&byte| byte == b'\n')?;
    let (head, mut rest) = (&bytes[..end], &bytes[end + 1..]);
    let head: Head = serde_json::from_slice(head).ok()?;
    let mut take = |length: usize| {
        let (taken, left) = rest.split_at_checked(length)?;
        rest = left;
        Some(taken.to_vec())
    };
    let snapshot = take(head.snapshot)?;
    let records = head.records.into_iter().map(&mut take);
    let records = records.collect::<Option<Vec<_>>>()?;
    let link = |link: Link| {
        let role = if link.listens {
            Role::Listener
        } else {
            Role::Editor
        };
        (LinkKey(link.key), role)
    };
    let session = Archived {
        links: head.links.into_iter().map(link).collect(),
        epoch: Epoch(head.epoch),
        meta: Meta {
            created: ServerTime::from_micros(head.created),
            changed: ServerTime::from_micros(head.changed),
            is_edited: head.is_edited,
        },
        snapshot,
        records,
    };
    (rest.is_empty() && !session.links.is_empty()).then_some(session)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_reads_back_as_it_was_and_nothing_less_is_one() {
        let session = Archived {
            links: vec![
                (LinkKey([7; 32]), Role::Editor),
                (LinkKey([8; 32]), Role::Listener),
            ],
            epoch: Epoch(5),
            meta: Meta {
                created: ServerTime::from_micros(1),
                changed: ServerTime::from_micros(2),
                is_edited: true,
            },
            snapshot: b"snap\nshot".to_vec(),
            records: vec![b"one".to_vec(), Vec::new(), b"three".to_vec()],
        };
        let bytes = to_bytes(&session);
        assert_eq!(from_bytes(&bytes), Some(session));
        for length in 0..bytes.len() {
            assert_eq!(from_bytes(&bytes[..length]), None, "{length}");
        }
        assert_eq!(from_bytes(&[bytes, vec![0]].concat()), None);
    }
}
