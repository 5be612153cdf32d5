//! Giving edits their place in the order, and every author an answer.

use super::outcomes::Outcome;
use super::{Authority, Output, Unacknowledged};
use crate::edit::{Edit, Moment};
use crate::ids::{ConnectionId, EditNumber, PlayerId, Revision, Run};
use crate::journal::Record;
use crate::protocol::{Ordered, Rejection, Role, ServerMessage, decode_edit, encode};
use crate::units::ServerTime;
use std::sync::Arc;

impl Authority {
    pub(super) fn handle_edit(
        &mut self,
        connection: ConnectionId,
        number: EditNumber,
        edit: &serde_json::value::RawValue,
        now: ServerTime,
    ) {
        let Some(member) = self.members.get_mut(connection) else {
            return;
        };
        let (role, Some((player, run))) = (member.role, member.identity()) else {
            return;
        };
        match self.memory.mind().outcomes.of(player, run, number) {
            Outcome::Accepted(revision) => {
                // What is not durable yet is acknowledged when it is.
                if revision <= self.durable {
                    self.send(
                        connection,
                        &ServerMessage::Accepted {
                            epoch: self.epoch,
                            revision,
                            number,
                        },
                    );
                }
                return;
            }
            Outcome::Refused => return self.reject(connection, number, &Rejection::RefusedBefore),
            Outcome::New => {}
        }
        let outcome = if role == Role::Listener {
            Err(Rejection::Listener)
        } else if self.read_only {
            Err(Rejection::ReadOnly)
        } else {
            decode_edit(edit).and_then(|edit| self.order(edit, player, run, number, now))
        };
        if let Err(rejection) = outcome {
            // What could not be stored was not decided: it may come again under its number.
            if rejection != Rejection::ReadOnly {
                let outcomes = &mut self.memory.mind_mut().outcomes;
                outcomes.refuse(player, run, number);
            }
            self.reject(connection, number, &rejection);
        }
    }

    fn reject(&mut self, connection: ConnectionId, number: EditNumber, rejection: &Rejection) {
        self.refused += 1;
        let (code, reason) = (rejection.code(), rejection.reason());
        self.send(
            connection,
            &ServerMessage::Rejected {
                number,
                code,
                reason,
            },
        );
    }

    /// Gives an edit its moment and its revision, applies it, and tells the journal and everyone.
    pub(super) fn order(
        &mut self,
        edit: Edit,
        player: PlayerId,
        run: Run,
        number: EditNumber,
        now: ServerTime,
    ) -> Result<(), Rejection> {
        let notice = self.members.notice();
        let edit = edit.resolved(self.document(), Moment { now, notice });
        let mind = self.memory.mind_mut();
        Arc::make_mut(&mut mind.document)
            .apply(&edit, player)
            .map_err(Rejection::Conflict)?;
        self.revision = self.revision.next();
        let (epoch, revision) = (self.epoch, self.revision);
        let ordered = Arc::new(Ordered {
            epoch,
            revision,
            by: player,
            run,
            number,
            edit,
        });
        let text: Arc<str> = encode(&ServerMessage::Edit(ordered)).into();
        self.outputs
            .push_back(Output::Append(Record::edit(&text, revision)));
        mind.tail.push(revision, text.clone());
        if player != PlayerId::SERVER {
            mind.outcomes
                .accept(player, run, number, revision, &self.members);
            self.unacknowledged.push_back(Unacknowledged {
                revision,
                player,
                run,
                number,
            });
        }
        let to = self.members.audience();
        self.outputs.push_back(Output::Broadcast { to, text });
        Ok(())
    }

    pub(super) fn acknowledge(&mut self, durable: Revision) {
        self.durable = self.durable.max(durable.min(self.revision));
        while let Some(first) = self
            .unacknowledged
            .front()
            .filter(|first| first.revision <= self.durable)
        {
            let (revision, number) = (first.revision, first.number);
            let author = self.members.connection_of(first.player, first.run);
            self.unacknowledged.pop_front();
            if let Some(connection) = author {
                self.send(
                    connection,
                    &ServerMessage::Accepted {
                        epoch: self.epoch,
                        revision,
                        number,
                    },
                );
            }
        }
    }
}
