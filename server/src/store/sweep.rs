//! Which sessions are kept, and which are due to go.

use super::SessionKey;
use super::tables::{LINKS, METAS};
use crate::link::LinkKey;
use lockstep_session::units::{ServerTime, Span};
use redb::{ReadableDatabase, ReadableTable};
use std::collections::BTreeMap;

/// How long sessions are kept that nobody holds.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// Those that nobody ever edited, from when they were created.
    pub unedited: Span,
    /// Others, from their last edit; for ever if nothing is said.
    pub edited: Option<Span>,
}

/// What is known of a session beside its contents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meta {
    pub(crate) created: ServerTime,
    pub(crate) changed: ServerTime,
    pub(crate) is_edited: bool,
}

impl Meta {
    pub(super) fn of((created, changed, is_edited): (i64, i64, bool)) -> Self {
        Self {
            created: ServerTime::from_micros(created),
            changed: ServerTime::from_micros(changed),
            is_edited,
        }
    }
}

impl Keep {
    pub(super) fn is_due(self, meta: Meta, now: ServerTime) -> bool {
        if meta.is_edited {
            self.edited.is_some_and(|kept| now - meta.changed >= kept)
        } else {
            now - meta.created >= self.unedited
        }
    }
}

/// The sessions that are due, each with the links that lead to it.
pub(super) fn due(
    database: &impl ReadableDatabase,
    keep: Keep,
    now: ServerTime,
) -> Result<Vec<(SessionKey, Vec<LinkKey>)>, redb::Error> {
    let transaction = database.begin_read()?;
    let mut due = BTreeMap::new();
    for entry in transaction.open_table(METAS)?.iter()? {
        let (session, meta) = entry?;
        if keep.is_due(Meta::of(meta.value()), now) {
            due.insert(session.value(), Vec::new());
        }
    }
    if due.is_empty() {
        return Ok(Vec::new());
    }
    for entry in transaction.open_table(LINKS)?.iter()? {
        let (link, target) = entry?;
        if let Some(links) = due.get_mut(&target.value().0) {
            links.push(LinkKey(*link.value()));
        }
    }
    Ok(due
        .into_iter()
        .map(|(session, links)| (SessionKey(session), links))
        .collect())
}
