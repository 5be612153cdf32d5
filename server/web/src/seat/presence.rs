//! This player among the others: where they point and look, whom they follow, who comes and goes.
//! How often that is told is the replica's affair.

use super::{Seat, Shell};
use crate::board::Person;
use leptos::prelude::*;
use lockstep_session::ids::PlayerId;
use lockstep_session::protocol::{Cursor, Player, Presence, View};
use lockstep_session::replica::Replica;
use lockstep_session::text::Name;

/// What was last shown of the others.
#[derive(Default)]
pub(super) struct Others {
    known: Vec<(PlayerId, Name)>,
    cursors: Vec<(Cursor, Person)>,
    followed: Option<View>,
}

impl Seat {
    pub(crate) fn me(&self) -> PlayerId {
        self.shell.get_value().borrow().replica.player()
    }

    /// Tells where this player points and what they look at.
    pub(crate) fn tell(&self, cursor: Option<Cursor>, view: Option<View>) {
        let is_told = |presence: &Presence| (presence.cursor, presence.view) == (cursor, view);
        if is_told(self.shell.get_value().borrow().replica.presence()) {
            return;
        }
        self.with(|shell, now| {
            let presence = Presence {
                cursor,
                view,
                ..shell.replica.presence().clone()
            };
            shell.replica.set_presence(presence, now);
        });
    }

    /// Looks where another player looks, from now on, or no longer.
    pub(crate) fn follow(&self, player: Option<PlayerId>) {
        self.board.following.set(player);
        self.with(|shell, now| {
            shell.others.followed = None;
            let presence = Presence {
                following: player,
                ..shell.replica.presence().clone()
            };
            shell.replica.set_presence(presence, now);
            self.go_along(shell);
        });
    }

    /// Asks everyone to look where this player looks.
    pub(crate) fn gather(&self) {
        self.with(|shell, _| {
            if let Some(view) = shell.replica.presence().view {
                shell.replica.gather(view);
                self.board.say("Everyone is asked to look here".to_owned());
            }
        });
    }

    /// Someone asks everyone to look somewhere.
    pub(super) fn gathered(&self, replica: &Replica, by: PlayerId, view: View) {
        if by == replica.player() {
            return;
        }
        let name = replica.players().find(|player| player.id == by);
        let name = name.map_or("Someone", |player| &player.profile.name);
        self.board
            .say(format!("{name} asked everyone to look here"));
        self.board.called.set(Some(view));
    }

    /// Shows the others as they are now, and says who has come and who has gone.
    pub(super) fn greet(&self, shell: &mut Shell) {
        self.announce(shell);
        let me = shell.replica.player();
        let mut cursors = Vec::new();
        let mut players = Vec::new();
        for player in shell.replica.players() {
            players.push(player.clone());
            if let (Some(cursor), true) = (player.presence.cursor, player.id != me) {
                cursors.push((cursor, person(player)));
            }
        }
        if cursors != shell.others.cursors {
            self.board.point(&shell.others.cursors, &cursors);
            shell.others.cursors = cursors;
        }
        self.board.players.set(players);
        self.go_along(shell);
    }

    fn announce(&self, shell: &mut Shell) {
        let mut now = Vec::new();
        for player in shell.replica.players() {
            now.push((player.id, player.profile.name.clone()));
        }
        let before = std::mem::replace(&mut shell.others.known, now);
        let now = &shell.others.known;
        // Coming back oneself is no news about others.
        if before.is_empty() || now.is_empty() {
            return;
        }
        let is_in =
            |list: &[(PlayerId, Name)], id: PlayerId| list.iter().any(|(other, _)| *other == id);
        for (id, name) in now {
            if !is_in(&before, *id) {
                self.board.say(format!("{name} joined"));
            }
        }
        for (id, name) in &before {
            if !is_in(now, *id) {
                self.board.say(format!("{name} left"));
                if self.board.following.get_untracked() == Some(*id) {
                    self.board.following.set(None);
                }
            }
        }
    }

    /// Where the player who is followed has moved, this one goes too.
    fn go_along(&self, shell: &mut Shell) {
        let Some(followed) = self.board.following.get_untracked() else {
            return;
        };
        let leader = shell.replica.players().find(|player| player.id == followed);
        let view = leader.and_then(|player| player.presence.view);
        if view.is_some() && view != shell.others.followed {
            shell.others.followed = view;
            self.board.called.set(view);
        }
    }
}

pub(super) fn person(player: &Player) -> Person {
    Person {
        name: player.profile.name.clone(),
        colour: player.profile.colour,
    }
}
