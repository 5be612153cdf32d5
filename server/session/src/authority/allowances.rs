//! How much a connection, and a player over all their connections, may say.

use crate::ids::PlayerId;
use crate::limits::{self, Rates};
use crate::rate::Bucket;
use crate::units::ServerTime;
use std::collections::BTreeMap;

/// What is counted apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Edit,
    /// Presence, profile and gather.
    Presence,
    Ping,
    /// What made no sense, or came too often.
    Mistake,
}

#[derive(Clone, Debug)]
pub(super) struct Allowances {
    edits: Bucket,
    presence: Bucket,
    pings: Bucket,
    mistakes: Bucket,
    refilled: ServerTime,
}

impl Allowances {
    pub(super) fn of_a_connection(rates: &Rates, now: ServerTime) -> Self {
        Self::times(1, rates, now)
    }

    fn of_a_player(rates: &Rates, now: ServerTime) -> Self {
        Self::times(limits::CONNECTIONS_AT_FULL_RATE, rates, now)
    }

    fn times(factor: u32, rates: &Rates, now: ServerTime) -> Self {
        Self {
            edits: Bucket::full(rates.edits.times(factor)),
            presence: Bucket::full(rates.presence.times(factor)),
            pings: Bucket::full(rates.pings.times(factor)),
            mistakes: Bucket::full(rates.mistakes.times(factor)),
            refilled: now,
        }
    }

    pub(super) fn take(&mut self, class: Class, now: ServerTime) -> bool {
        self.refill(now);
        let bucket = match class {
            Class::Edit => &mut self.edits,
            Class::Presence => &mut self.presence,
            Class::Ping => &mut self.pings,
            Class::Mistake => &mut self.mistakes,
        };
        bucket.take()
    }

    fn refill(&mut self, now: ServerTime) {
        let passed = now - self.refilled;
        for bucket in self.buckets_mut() {
            bucket.refill(passed);
        }
        self.refilled = self.refilled.max(now);
    }

    /// Somebody who comes anew would have no more than this.
    fn is_full(&self) -> bool {
        let Self {
            edits,
            presence,
            pings,
            mistakes,
            ..
        } = self;
        [edits, presence, pings, mistakes]
            .into_iter()
            .all(Bucket::is_full)
    }

    fn buckets_mut(&mut self) -> [&mut Bucket; 4] {
        let Self {
            edits,
            presence,
            pings,
            mistakes,
            ..
        } = self;
        [edits, presence, pings, mistakes]
    }
}

/// What the players of a session have left. Who leaves and comes back finds what they left behind.
#[derive(Debug, Default)]
pub(super) struct Shares {
    shares: BTreeMap<PlayerId, Allowances>,
}

impl Shares {
    pub(super) fn open(
        &mut self,
        player: PlayerId,
        rates: &Rates,
        now: ServerTime,
        is_here: impl Fn(PlayerId) -> bool,
    ) {
        if self.shares.len() >= limits::REMEMBERED_RATES {
            self.shares.retain(|&player, share| {
                share.refill(now);
                is_here(player) || !share.is_full()
            });
        }
        // Many who left in a hurry are forgotten together, rather than remembered without end.
        if self.shares.len() >= limits::REMEMBERED_RATES {
            self.shares.retain(|&player, _| is_here(player));
        }
        let share = || Allowances::of_a_player(rates, now);
        self.shares.entry(player).or_insert_with(share);
    }

    pub(super) fn take(&mut self, player: PlayerId, class: Class, now: ServerTime) -> bool {
        let share = self.shares.get_mut(&player);
        share.is_none_or(|share| share.take(class, now))
    }
}
