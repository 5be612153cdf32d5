//! What the editor is shown, and for how long.

use super::trouble::Trouble;
use super::{Network, SHOWN_EVERY};
use crate::guide::Whom;
use crate::house::Record;
use crate::view::{Connection, Follows, Recent, SettingsView, View};
use lockstep_session::protocol::Quality;
use lockstep_session::replica::Reach;
use lockstep_session::units::{LocalTime, Span};

/// How long a sentence stays that nobody has to act on.
const STAYS: Span = Span::from_seconds(12);

/// How it stands between this seat and the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    unsaved: usize,
    reach: Reach,
    quality: Quality,
    is_read_only: bool,
}

/// Something to be read.
#[derive(Debug)]
pub(super) struct Notice {
    sentence: String,
    until: LocalTime,
}

impl Network {
    /// Says something in a sentence, for a while.
    pub(super) fn tell(&mut self, sentence: &str) {
        self.notice = Some(Notice {
            sentence: as_sentence(sentence),
            until: self.clock.now() + STAYS,
        });
        self.changed = true;
    }

    /// Takes away what has been shown for long enough; whether anything looks different now.
    pub(super) fn has_aged(&mut self) -> bool {
        let now = self.clock.now();
        let is_read = self.notice.take_if(|notice| notice.until <= now).is_some();
        let has_faded = self.flashes.fade(now);
        is_read | has_faded | self.uploads.have_moved()
    }

    /// Whether anything is otherwise now that the replica tells only when it is asked.
    pub(super) fn stands_differently(&mut self) -> bool {
        let standing = Standing {
            unsaved: self.replica.unsaved(),
            reach: self.replica.reach(),
            quality: self.replica.presence().quality,
            is_read_only: self.replica.is_read_only(),
        };
        std::mem::replace(&mut self.standing, standing) != standing
    }

    /// When that is worth looking at again.
    pub(super) fn next_show(&self, now: LocalTime) -> Option<LocalTime> {
        let moving = self.uploads.are_sending().then(|| now + SHOWN_EVERY);
        let read = self.notice.as_ref().map(|notice| notice.until);
        let times = [moving, read, self.flashes.deadline()];
        times.into_iter().flatten().min()
    }

    pub(super) fn view(&self, record: &Record) -> View {
        let notice = self.notice.as_ref().map(|notice| notice.sentence.as_str());
        let trouble = self.trouble.as_ref().map(ToString::to_string);
        let shown = View::of(
            &self.replica,
            self.address.as_ref(),
            notice.or(trouble.as_deref()),
        );
        let is_over = self.trouble.as_ref().is_some_and(Trouble::is_final);
        let connection = match (&shown.connection, &trouble) {
            _ if self.creating.is_some() => Connection::Joining,
            (Connection::Alone, Some(trouble)) if is_over => Connection::Refused(trouble.clone()),
            (connection, _) => connection.clone(),
        };
        let live = self.replica.is_live();
        let recents = record.recents.iter().map(|past| Recent {
            name: past.name.clone(),
            link: past.link.clone(),
        });
        View {
            connection,
            quality: self
                .replica
                .clock()
                .quality()
                .filter(|_| live)
                .map(|_| self.replica.presence().quality),
            flashes: self.flashes.lit().to_vec(),
            gathered: self.gathered,
            records_next: self.recorder.cursor(),
            follows: match self.leading.follows() {
                Whom::Host => Follows::Host,
                Whom::Session => Follows::Session,
            },
            macros: self.macros,
            samples: self.samples.views(),
            uploads: self.uploads.views(),
            folder: self.browsing.view(),
            audition: self.audition.view(),
            export: self.export.clone(),
            settings: SettingsView {
                profile: record.profile(self.token),
                server: self.ends.house.server(),
                output_offset_ms: record.output_offset_ms,
                exports: self.ends.house.exports(),
            },
            recents: recents.collect(),
            hosting: self.ends.house.host().state(),
            ..shown
        }
    }

    /// Whether this player may change the session, as far as is known.
    pub(super) fn may_edit(&self) -> bool {
        self.replica.role() != Some(lockstep_session::protocol::Role::Listener)
    }
}

/// What a server or a crate says begins in the middle of a sentence.
fn as_sentence(words: &str) -> String {
    let words = words.trim();
    let begins_with_address = words
        .split(' ')
        .next()
        .is_some_and(|word| word.contains(':'));
    let mut letters = words.chars();
    match letters.next() {
        Some(first) if !begins_with_address => first.to_uppercase().chain(letters).collect(),
        _ => words.to_owned(),
    }
}
