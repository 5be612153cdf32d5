//! The promises a world is held to: some at every step, the others when everything has settled.

use super::witness::{Property, author};
use super::{World, seat::Seat};
use lockstep_session::authority::Authority;
use lockstep_session::ids::EditNumber;
use lockstep_session::protocol::Player;
use std::collections::BTreeSet;

impl World {
    /// At every place in the order a replica's document is the one that everyone has there.
    pub(super) fn check_confirmed(&mut self, seat: usize) {
        let player = &self.seats[seat];
        let Some(position) = player.replica.position() else {
            return;
        };
        let expected = self.witness.document(position);
        if expected.is_none_or(|document| **document != *player.replica.confirmed()) {
            let what = format!("{} at {position:?} has a document of its own", player.name);
            self.witness.report(Property::AgreeAtOnce, what);
        }
    }

    /// What a player set stays as they set it, unless they were refused, changed it themselves, or
    /// someone else's later edit did.
    pub(super) fn check_held(&mut self, seat: usize) {
        let player = &self.seats[seat];
        let shown = player.replica.document();
        let mut changed = Vec::new();
        for (&cell, (number, value)) in &player.held {
            let (track, scene, step) = cell;
            // A cell whose clip or track is gone shows nothing, and its author is told why.
            let Some(pattern) = shown.pattern(track, scene) else {
                continue;
            };
            let is_blank = pattern.stored(step).is_none();
            let same = if is_blank {
                value.is_blank()
            } else {
                pattern.stored(step) == Some(value)
            };
            if !same {
                changed.push((cell, *number));
            }
        }
        for (cell, number) in changed {
            let player = &mut self.seats[seat];
            let held = player.held.remove(&cell);
            let author = (player.replica.player(), player.run, number);
            let position = player.replica.position();
            if !self.witness.accounts_for(cell, author, position) {
                let shown = player
                    .replica
                    .document()
                    .pattern(cell.0, cell.1)
                    .map(|pattern| pattern.step(cell.2));
                let what = format!(
                    "{} at {position:?} set {cell:?} to {held:?} and sees {shown:?}",
                    player.name
                );
                self.witness.report(Property::NoFlicker, what);
            }
        }
    }

    /// Everything that must hold once the world has settled.
    pub fn check_settled(&mut self) {
        self.recall();
        self.check_equal();
        self.witness.check_acknowledged();
        self.check_nothing_forgotten();
        self.check_players();
        self.check_journal();
    }

    fn check_equal(&mut self) {
        let Some(authority) = &self.server.authority else {
            return self.witness.report(Property::Settles, "the server is down");
        };
        let document = authority.document().clone();
        let order = self.witness.line();
        if order
            .document(order.revision())
            .is_none_or(|ordered| *ordered != document)
        {
            self.witness.report(
                Property::EveryoneEqual,
                "the authority is not what its order makes",
            );
        }
        for seat in 0..self.seats.len() {
            let player = &self.seats[seat];
            if player.joined
                && (*player.replica.document() != *document
                    || *player.replica.confirmed() != *document)
            {
                let what = format!(
                    "{} shows another document than the authority has",
                    player.name
                );
                self.witness.report(Property::EveryoneEqual, what);
            }
        }
    }

    /// Every edit a player made is in the order, or its author heard why not.
    fn check_nothing_forgotten(&mut self) {
        let known: BTreeSet<_> = self
            .witness
            .line()
            .orders
            .iter()
            .map(|ordered| author(ordered))
            .collect();
        let mut forgotten = Vec::new();
        for seat in self.seats.iter().filter(|seat| seat.joined) {
            let identity = |number| (seat.replica.player(), seat.run, EditNumber(number));
            let missing =
                |author: &_| !known.contains(author) && !self.witness.refused.contains(author);
            forgotten.extend((1..=seat.made).map(identity).filter(missing));
        }
        if let Some(first) = forgotten.first() {
            let what = format!(
                "{first:?} is neither ordered nor refused, nor are {} more",
                forgotten.len() - 1
            );
            self.witness.report(Property::NothingForgotten, what);
        }
        let made = |player, run| {
            self.seats
                .iter()
                .find(|seat| (seat.replica.player(), seat.run) == (player, run))
        };
        let forged = known.iter().find(|(player, run, number)| {
            made(*player, *run).is_some_and(|seat: &Seat| number.0 > seat.made)
        });
        if let Some(forged) = forged.copied() {
            self.witness.report(
                Property::NothingForged,
                format!("{forged:?} was never made by its author"),
            );
        }
    }

    /// Who is here is told alike to everyone, and is who is really here.
    fn check_players(&mut self) {
        let here: BTreeSet<_> = self
            .seats
            .iter()
            .filter(|seat| seat.joined)
            .map(|seat| seat.replica.player())
            .collect();
        let listed: Vec<Player> = self
            .server
            .authority
            .as_ref()
            .map(Authority::players)
            .unwrap_or_default();
        let ids: BTreeSet<_> = listed.iter().map(|player| player.id).collect();
        if ids != here {
            self.witness.report(
                Property::NoGhosts,
                format!("the authority lists {ids:?}, here are {here:?}"),
            );
        }
        for seat in 0..self.seats.len() {
            let player = &self.seats[seat];
            let windows = |id| {
                self.seats
                    .iter()
                    .filter(|seat| seat.joined && seat.replica.player() == id)
                    .count()
            };
            let theirs: Vec<&Player> = player.replica.players().collect();
            // Measurements change all the time, and several windows of one player look different.
            let as_seen = |player: &Player| {
                let mut presence = player.presence.clone();
                presence.quality = Default::default();
                (
                    player.id,
                    Some((player.profile.clone(), presence)).filter(|_| windows(player.id) == 1),
                )
            };
            let theirs: Vec<_> = theirs.into_iter().map(as_seen).collect();
            let listed: Vec<_> = listed.iter().map(as_seen).collect();
            if player.joined && theirs != listed {
                let what = format!("{} lists {theirs:?}, the authority {listed:?}", player.name);
                self.witness.report(Property::NoGhosts, what);
            }
        }
    }

    fn check_journal(&mut self) {
        let Some(authority) = &self.server.authority else {
            return;
        };
        match self.server.disk.restored() {
            Ok(restored) if restored.document() == &**authority.document() => {}
            Ok(restored) => {
                let what = format!(
                    "replayed to {:?}, it gives another document",
                    restored.revision()
                );
                self.witness.report(Property::JournalReplays, what);
            }
            Err(damage) => self
                .witness
                .report(Property::JournalReplays, damage.to_string()),
        }
    }

    /// A player who has never been here is given the same as everyone has.
    pub fn check_fresh_joiner(&mut self) {
        let newcomer = self.add_seat(lockstep_session::protocol::Role::Editor);
        self.join(newcomer);
        self.settle();
        self.check_equal();
        self.check_players();
    }

    pub fn violations(&self) -> &[super::Violation] {
        &self.witness.violations
    }

    /// Everyone shows the same, and every other promise held until now.
    pub fn assert_equal(&mut self) {
        self.check_settled();
        self.assert_kept();
    }

    pub fn assert_kept(&self) {
        let broken: Vec<String> = self.violations().iter().map(ToString::to_string).collect();
        assert!(broken.is_empty(), "{}\n{}", broken.join("\n"), self.trace());
    }
}
