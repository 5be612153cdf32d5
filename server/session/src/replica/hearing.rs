//! What a replica makes of the server's messages.

#[cfg(feature = "faults")]
use super::Fault;
use super::{Change, Event, Link, Output, QUALITY_EVERY, Replica};
use crate::clock::Exchange;
use crate::ids::{EditNumber, Revision};
use crate::protocol::{
    ClockError, Ordered, Position, Quality, Rejection, RoundTrip, ServerMessage, Unreadable,
    Welcome, name_of,
};
use crate::units::{LocalTime, ServerTime, Span};
use std::{borrow::Cow, sync::Arc};

impl Replica {
    pub(super) fn handle_text(&mut self, text: &str, now: LocalTime) {
        if !matches!(self.link, Link::Joining { .. } | Link::Live { .. }) {
            return;
        }
        self.heard = now;
        let message = match ServerMessage::decode(text) {
            Ok(message) => message,
            Err(Unreadable::UnknownKind(_)) => return,
            // An edit or a document this version cannot read: going on would mean to diverge.
            Err(Unreadable::Malformed(detail)) => {
                return self.refuse_link("too-old".into(), detail.into());
            }
        };
        match message {
            ServerMessage::Welcome(welcome) => self.welcome(*welcome, now),
            ServerMessage::Edit(ordered) => self.follow(&ordered, now),
            ServerMessage::Accepted {
                epoch,
                revision,
                number,
            } => {
                if self
                    .position
                    .is_some_and(|position| position.epoch == epoch)
                {
                    self.stored(number, revision);
                }
            }
            ServerMessage::Storage { read_only } => {
                self.read_only = read_only;
                self.events.push_back(Event::Link);
                self.send_pending(now);
            }
            // Not decided: the edit stays on top of the order, and goes out again when it can.
            ServerMessage::Rejected { number, code, .. } if code == Rejection::ReadOnly.code() => {
                self.read_only = true;
                self.queue.put_back(number);
            }
            ServerMessage::Rejected {
                number,
                code,
                reason,
            } => {
                if self.queue.remove(number) {
                    self.refused(number, code, reason);
                    self.rebase();
                    self.events.push_back(Event::Document(Change::Whole));
                }
            }
            ServerMessage::Joined(player) => {
                self.players.insert(player.id, *player);
                self.events.push_back(Event::Players);
            }
            ServerMessage::Left { player } => {
                self.players.remove(&player);
                self.events.push_back(Event::Players);
            }
            ServerMessage::Presence { player, presence } => {
                if let Some(player) = self.players.get_mut(&player) {
                    player.presence = presence;
                    self.events.push_back(Event::Players);
                }
            }
            ServerMessage::Gather { by, view } => self.events.push_back(Event::Gather { by, view }),
            ServerMessage::Pong {
                sent,
                received,
                answered,
            } => self.measure(sent, received, answered, now),
            ServerMessage::Clock { .. } => {}
            ServerMessage::Error { code, reason } => {
                self.events.push_back(Event::Trouble { code, reason })
            }
            ServerMessage::Goodbye {
                code,
                reason,
                retry_ms,
            } => match retry_ms {
                Some(retry_ms) => self
                    .reconnect
                    .not_before(now + Span::from_millis(i64::from(retry_ms))),
                None => self.refuse_link(name_of(&code).into(), reason),
            },
        }
    }

    fn refuse_link(&mut self, code: Cow<'static, str>, reason: Cow<'static, str>) {
        self.outputs.push_back(Output::Disconnect);
        self.players.clear();
        self.events.push_back(Event::Players);
        self.set_link(Link::Refused { code, reason });
    }

    fn refused(&mut self, number: EditNumber, code: Cow<'static, str>, reason: Cow<'static, str>) {
        self.history.forget(number);
        self.grace = None;
        self.events.push_back(Event::Refused {
            number,
            code,
            reason,
        });
    }

    /// Edits before one that the server has decided, and not among those it took, were refused.
    fn refused_before(&mut self, number: EditNumber, settled: &[(EditNumber, Revision)]) {
        let rejection = Rejection::RefusedBefore;
        for refused in self.queue.take_refused_before(number, settled) {
            self.refused(refused, rejection.code(), rejection.reason());
        }
    }

    /// Where the session stands: after joining, and again after this reader fell behind.
    fn welcome(&mut self, welcome: Welcome, now: LocalTime) {
        let joined = matches!(self.link, Link::Joining { .. });
        let came_back = self
            .position
            .is_some_and(|position| position.epoch != welcome.epoch);
        match welcome.document {
            Some(document) => self.confirmed = Arc::unwrap_or_clone(document),
            None if self
                .position
                .is_none_or(|position| position.revision != welcome.revision) =>
            {
                return self.start_over(now);
            }
            None => {}
        }
        self.position = Some(Position {
            epoch: welcome.epoch,
            revision: welcome.revision,
        });
        self.role = Some(welcome.role);
        self.read_only = welcome.read_only;
        self.queue.settle(
            &welcome.settled,
            welcome.revision,
            welcome.durable,
            came_back,
        );
        if let Some(&(last, _)) = welcome.settled.iter().max() {
            self.refused_before(last, &welcome.settled);
        }
        self.players = welcome
            .players
            .into_iter()
            .map(|player| (player.id, player))
            .collect();
        self.rebase();
        if joined {
            self.clock.restart();
            self.presence_changed = true;
            self.set_link(Link::Live { since: now });
        }
        self.queue.resend();
        self.events
            .extend([Event::Players, Event::Document(Change::Whole)]);
        self.send_pending(now);
    }

    /// Takes an ordered edit in its place.
    fn follow(&mut self, ordered: &Ordered, now: LocalTime) {
        let Some(position) = self.position else {
            return;
        };
        // What was missed may carry an older epoch than the welcome it follows.
        let is_known = ordered.epoch <= position.epoch;
        if is_known && ordered.revision <= position.revision {
            return;
        }
        let fits = is_known && ordered.revision == position.revision.next();
        if !fits || self.confirmed.apply(&ordered.edit, ordered.by).is_err() {
            return self.start_over(now);
        }
        #[cfg(feature = "faults")]
        if self.fault == Fault::ApplyEchoTwice && ordered.by == self.player {
            let _ = self.confirmed.apply(&ordered.edit, ordered.by);
        }
        self.position = Some(Position {
            revision: ordered.revision,
            ..position
        });
        if ordered.by == self.player && ordered.run == self.identity.run {
            self.queue.ordered(ordered.number);
            self.refused_before(ordered.number, &[]);
        }
        self.rebase();
        let edit = Arc::new(ordered.edit.clone());
        self.events.push_back(Event::Document(Change::Edit {
            by: ordered.by,
            edit,
        }));
    }

    /// This replica and the server disagree: ask for everything.
    fn start_over(&mut self, now: LocalTime) {
        self.position = None;
        self.queue.unorder();
        self.drop_link(now);
    }

    fn stored(&mut self, number: EditNumber, revision: Revision) {
        let applied = self
            .position
            .is_some_and(|position| revision <= position.revision);
        if self.queue.stored(number, applied) {
            self.rebase();
        }
    }

    fn measure(&mut self, sent: i64, received: ServerTime, answered: ServerTime, now: LocalTime) {
        let sent = LocalTime::from_micros(sent);
        let exchange = Exchange {
            sent,
            server_received: received,
            server_sent: answered,
            received: now,
        };
        self.clock.handle_pong(exchange, now);
        if !self.shown.timeline.playing {
            // Nothing sounds, so nothing can sound twice.
            self.clock.allow_step(now);
        }
        let Some(quality) = self.clock.quality() else {
            return;
        };
        let measured = Quality {
            round_trip_ms: RoundTrip::new(quality.round_trip.as_micros() / 1_000),
            clock_error_us: ClockError::new(quality.error.as_micros()),
        };
        let rested = self
            .presence_told
            .is_none_or(|told| now - told >= QUALITY_EVERY);
        if rested && !measured.is_like(self.presence.quality) {
            self.presence.quality = measured;
            self.presence_changed = true;
        }
    }
}
