//! Telling a connection where the session stands: when it joins, comes back, or fell behind.

use super::{Authority, Output};
use crate::document::Document;
use crate::ids::{ConnectionId, EditNumber, PlayerId, Revision};
use crate::protocol::{Goodbye, Hello, Position, ServerMessage, Welcome};
use crate::units::ServerTime;
use std::sync::Arc;

impl Authority {
    pub(super) fn welcome(&mut self, connection: ConnectionId, hello: &Hello, now: ServerTime) {
        let Some(member) = self.members.get_mut(connection) else {
            return;
        };
        if member.is_joined() {
            return self.mistake(
                connection,
                "hello-again",
                "this connection has said hello",
                now,
            );
        }
        let player = hello.token.player();
        if let Some(previous) = self.members.connection_of(player, hello.run) {
            if self.members.attempt_of(previous) > Some(hello.attempt) {
                return self.close(connection, Goodbye::Replaced);
            }
            self.close(previous, Goodbye::Replaced);
        }
        if !self.members.has_room_for(player) {
            return self.close(connection, Goodbye::Full);
        }
        let joined = self
            .members
            .join(connection, player, hello, &self.rates, now);
        let mind = self.memory.mind();
        let settled = match hello.unsettled {
            Some(range) => mind.outcomes.accepted(player, hello.run, range),
            None => Vec::new(),
        };
        let missed = hello
            .resume
            .and_then(|position| self.missed_since(position));
        let revision = if missed.is_some() {
            hello.resume.unwrap_or_default().revision
        } else {
            self.revision
        };
        let document = missed.is_none().then(|| self.document().clone());
        self.send_welcome(connection, player, revision, settled, document, now);
        let send = |text| Output::Send { connection, text };
        self.outputs
            .extend(missed.unwrap_or_default().into_iter().map(send));
        if let Some(joined) = joined {
            self.broadcast_except(connection, &ServerMessage::Joined(Box::new(joined)));
        }
    }

    fn send_welcome(
        &mut self,
        connection: ConnectionId,
        player: PlayerId,
        revision: Revision,
        settled: Vec<(EditNumber, Revision)>,
        document: Option<Arc<Document>>,
        now: ServerTime,
    ) {
        let Some(member) = self.members.get_mut(connection) else {
            return;
        };
        let role = member.role;
        let players = self.members.players();
        let (epoch, durable) = (self.epoch, self.durable);
        let welcome = Welcome {
            player,
            role,
            epoch,
            revision,
            durable,
            now,
            settled,
            players,
            read_only: self.read_only,
            document,
        };
        self.send(connection, &ServerMessage::Welcome(Box::new(welcome)));
    }

    /// The edits after a position, if it lies on this session's history and they are all kept.
    fn missed_since(&self, position: Position) -> Option<Vec<Arc<str>>> {
        let mind = self.memory.mind();
        let place = mind
            .epochs
            .iter()
            .position(|begin| begin.epoch == position.epoch)?;
        // A later epoch may have begun before what the replica saw: that part was lost in a crash.
        let ends = mind
            .epochs
            .get(place + 1)
            .map_or(self.revision, |next| next.revision);
        (position.revision <= ends).then(|| mind.tail.after(position.revision, self.revision))?
    }

    pub(super) fn bring_up_to_date(&mut self, connection: ConnectionId, now: ServerTime) {
        let Some(member) = self.members.get_mut(connection) else {
            return;
        };
        if member.lagging_since.take().is_none() {
            return;
        }
        let identity = member.identity();
        self.members.forget_audience();
        if let Some((player, run)) = identity {
            let all = (EditNumber(0), EditNumber(u32::MAX));
            let settled = self.memory.mind().outcomes.accepted(player, run, all);
            let document = Some(self.document().clone());
            self.send_welcome(connection, player, self.revision, settled, document, now);
        }
    }
}
