//! What an authority makes of what a connection says, and how it answers what makes no sense.

use super::allowances::Class;
use super::{Authority, Input};
use crate::ids::ConnectionId;
use crate::limits;
use crate::protocol::{ClientMessage, Goodbye, Role, ServerMessage, Unreadable};
use crate::units::ServerTime;
use std::borrow::Cow;

impl Authority {
    pub(super) fn handle_text(&mut self, connection: ConnectionId, text: &str, now: ServerTime) {
        let is_resting = self.is_resting();
        let Some(member) = self.members.get_mut(connection) else {
            return;
        };
        member.heard(now);
        if text.len() > limits::CLIENT_MESSAGE {
            return self.close(connection, Goodbye::TooLarge);
        }
        match ClientMessage::decode(text) {
            Err(unreadable) => self.answer_mistake(connection, &unreadable, now),
            Ok(ClientMessage::Hello(_)) if is_resting => {
                self.put_off(&Input::Text { connection, text })
            }
            Ok(ClientMessage::Hello(hello)) => self.welcome(connection, &hello, now),
            Ok(ClientMessage::Leave {}) => self.close(connection, Goodbye::Left),
            Ok(_) if !member.is_joined() => {
                let reason = "say hello before anything else";
                self.mistake(connection, "hello-first", reason, now);
            }
            Ok(ClientMessage::Edit { .. }) if is_resting => {
                self.put_off(&Input::Text { connection, text })
            }
            Ok(ClientMessage::Edit { number, edit }) => {
                if !self.members.allow(connection, Class::Edit, now) {
                    return self.close(connection, Goodbye::Abuse);
                }
                self.handle_edit(connection, number, &edit, now);
            }
            Ok(ClientMessage::Presence(presence)) => {
                if self.members.allow(connection, Class::Presence, now) {
                    self.members.set_presence(connection, presence);
                } else {
                    self.mistake(connection, "too-fast", "presence came too often", now);
                }
            }
            Ok(ClientMessage::Profile(profile)) => {
                if !self.members.allow(connection, Class::Presence, now) {
                    let reason = "the profile changed too often";
                    return self.mistake(connection, "too-fast", reason, now);
                }
                if let Some(player) = self.members.set_profile(connection, profile) {
                    self.broadcast(&ServerMessage::Joined(Box::new(player)));
                }
            }
            Ok(ClientMessage::Ping { sent }) => {
                if !self.members.allow(connection, Class::Ping, now) {
                    return self.mistake(connection, "too-fast", "pings came too often", now);
                }
                self.send(
                    connection,
                    &ServerMessage::Pong {
                        sent,
                        received: now,
                        answered: now,
                    },
                );
            }
            Ok(ClientMessage::Clock { wanted }) => {
                if !self.members.allow(connection, Class::Presence, now) {
                    let reason = "the clock was asked for too often";
                    return self.mistake(connection, "too-fast", reason, now);
                }
                self.members.want_clock(connection, wanted.then_some(now));
            }
            Ok(ClientMessage::Gather { view }) => {
                let (by, role) = (member.player(), member.role);
                let allowed =
                    self.members.allow(connection, Class::Presence, now) && role == Role::Editor;
                match by {
                    Some(by) if allowed => self.broadcast(&ServerMessage::Gather { by, view }),
                    _ => self.mistake(
                        connection,
                        "not-allowed",
                        "only editors may gather, and not so often",
                        now,
                    ),
                }
            }
        }
    }

    /// A sign of life without words. Too many of them are no better than too many pings.
    pub(super) fn hear_of(&mut self, connection: ConnectionId, now: ServerTime) {
        if let Some(member) = self.members.get_mut(connection) {
            member.heard(now);
            if !self.members.allow(connection, Class::Ping, now) {
                self.mistake(connection, "too-fast", "pings came too often", now);
            }
        }
    }

    fn answer_mistake(
        &mut self,
        connection: ConnectionId,
        unreadable: &Unreadable,
        now: ServerTime,
    ) {
        match unreadable {
            Unreadable::UnknownKind(kind) => {
                self.mistake(
                    connection,
                    "unknown-message",
                    format!("this server does not know the message {kind:?}"),
                    now,
                );
            }
            Unreadable::Malformed(detail) => {
                self.mistake(connection, "malformed", detail.clone(), now)
            }
        }
    }

    /// Answers what made no sense; who makes too little of it is shown the door.
    pub(super) fn mistake(
        &mut self,
        connection: ConnectionId,
        code: &'static str,
        reason: impl Into<Cow<'static, str>>,
        now: ServerTime,
    ) {
        if self.members.allow(connection, Class::Mistake, now) {
            self.error(connection, code, reason);
        } else {
            self.close(connection, Goodbye::Abuse);
        }
    }

    fn error(
        &mut self,
        connection: ConnectionId,
        code: &'static str,
        reason: impl Into<Cow<'static, str>>,
    ) {
        self.send(
            connection,
            &ServerMessage::Error {
                code: code.into(),
                reason: reason.into(),
            },
        );
    }
}
