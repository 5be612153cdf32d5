//! Who is connected: connections, the players behind them, and how they behave.

use super::allowances::{Allowances, Class, Shares};
use super::notice_for;
use crate::ids::{ConnectionId, PlayerId, Run};
use crate::limits::{self, Rates};
use crate::names;
use crate::protocol::{Goodbye, Hello, Kind, Player, Presence, Profile, Role};
use crate::units::{ServerTime, Span};
use std::{collections::BTreeMap, sync::Arc};

#[derive(Debug)]
pub(super) struct Member {
    pub role: Role,
    pub lagging_since: Option<ServerTime>,
    /// When the plain clock is next due, where it is wanted.
    clock_due: Option<ServerTime>,
    allowances: Allowances,
    heard: ServerTime,
    joined: Option<Joined>,
}

#[derive(Debug)]
struct Joined {
    player: PlayerId,
    run: Run,
    attempt: u32,
    profile: Profile,
    presence: Presence,
    presence_changed: bool,
    presence_told: Option<ServerTime>,
}

#[derive(Debug, Default)]
pub(super) struct Members {
    members: BTreeMap<ConnectionId, Member>,
    shares: Shares,
    /// Everyone a broadcast goes to; made anew after a change.
    audience: Option<Arc<[ConnectionId]>>,
}

impl Member {
    pub(super) fn is_joined(&self) -> bool {
        self.joined.is_some()
    }

    pub(super) fn player(&self) -> Option<PlayerId> {
        self.joined.as_ref().map(|joined| joined.player)
    }

    pub(super) fn identity(&self) -> Option<(PlayerId, Run)> {
        self.joined
            .as_ref()
            .map(|joined| (joined.player, joined.run))
    }

    pub(super) fn heard(&mut self, now: ServerTime) {
        self.heard = self.heard.max(now);
    }

    fn deadline(&self) -> ServerTime {
        let patience = if self.is_joined() {
            limits::SILENCE
        } else {
            limits::HELLO_WITHIN
        };
        let slow = self.lagging_since.map(|since| since + limits::SLOWNESS);
        let presence = self
            .joined
            .as_ref()
            .filter(|joined| joined.presence_changed);
        let presence = presence.map(|joined| {
            joined
                .presence_told
                .map_or(self.heard, |told| told + limits::PRESENCE_EVERY)
        });
        let times = [Some(self.heard + patience), slow, presence, self.clock_due];
        times
            .into_iter()
            .flatten()
            .min()
            .expect("there is always the patience")
    }
}

impl Members {
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    pub(super) fn get(&self, connection: ConnectionId) -> Option<&Member> {
        self.members.get(&connection)
    }

    pub(super) fn get_mut(&mut self, connection: ConnectionId) -> Option<&mut Member> {
        self.members.get_mut(&connection)
    }

    pub(super) fn connections(&self) -> Vec<ConnectionId> {
        self.members.keys().copied().collect()
    }

    pub(super) fn connection_of(&self, player: PlayerId, run: Run) -> Option<ConnectionId> {
        let mut members = self.members.iter();
        members
            .find(|(_, member)| member.identity() == Some((player, run)))
            .map(|(connection, _)| *connection)
    }

    /// Which hello of its run a connection came by.
    pub(super) fn attempt_of(&self, connection: ConnectionId) -> Option<u32> {
        let joined = self.members.get(&connection)?.joined.as_ref()?;
        Some(joined.attempt)
    }

    pub(super) fn has_player(&self, player: PlayerId) -> bool {
        self.members
            .values()
            .any(|member| member.player() == Some(player))
    }

    pub(super) fn is_connected(&self, player: PlayerId, run: Run) -> bool {
        self.connection_of(player, run).is_some()
    }

    pub(super) fn has_room_for(&self, player: PlayerId) -> bool {
        let theirs = self
            .members
            .values()
            .filter(|member| member.player() == Some(player))
            .count();
        if theirs > 0 {
            theirs < limits::CONNECTIONS_PER_PLAYER
        } else {
            self.players().len() < limits::PLAYERS
        }
    }

    /// Every player once, however many connections they have.
    pub(super) fn players(&self) -> Vec<Player> {
        let mut players = BTreeMap::new();
        for joined in self
            .members
            .values()
            .filter_map(|member| member.joined.as_ref())
        {
            players.insert(joined.player, joined);
        }
        players.into_values().map(Joined::to_player).collect()
    }

    /// Whether a connection may do this now, by its own rate and by its player's.
    pub(super) fn allow(
        &mut self,
        connection: ConnectionId,
        class: Class,
        now: ServerTime,
    ) -> bool {
        let Some(member) = self.members.get_mut(&connection) else {
            return false;
        };
        let player = member.player();
        member.allowances.take(class, now)
            && player.is_none_or(|player| self.shares.take(player, class, now))
    }

    pub(super) fn audience(&mut self) -> Arc<[ConnectionId]> {
        let reachable = |member: &Member| member.is_joined() && member.lagging_since.is_none();
        let audience = self.audience.get_or_insert_with(|| {
            self.members
                .iter()
                .filter(|(_, member)| reachable(member))
                .map(|(connection, _)| *connection)
                .collect()
        });
        audience.clone()
    }

    pub(super) fn forget_audience(&mut self) {
        self.audience = None;
    }

    pub(super) fn notice(&self) -> Span {
        let joined = self
            .members
            .values()
            .filter_map(|member| member.joined.as_ref());
        let slowest = joined
            .map(|joined| joined.presence.quality.round_trip_ms.get())
            .max()
            .unwrap_or(0);
        notice_for(Span::from_millis(i64::from(slowest)))
    }

    pub(super) fn open(
        &mut self,
        connection: ConnectionId,
        role: Role,
        rates: &Rates,
        now: ServerTime,
    ) {
        let member = Member {
            role,
            lagging_since: None,
            clock_due: None,
            allowances: Allowances::of_a_connection(rates, now),
            heard: now,
            joined: None,
        };
        self.members.insert(connection, member);
    }

    /// The player, if they were not here before.
    pub(super) fn join(
        &mut self,
        connection: ConnectionId,
        player: PlayerId,
        hello: &Hello,
        rates: &Rates,
        now: ServerTime,
    ) -> Option<Player> {
        let is_new = !self.has_player(player);
        self.audience = None;
        let members = &self.members;
        let is_here = |player| members.values().any(|other| other.player() == Some(player));
        self.shares.open(player, rates, now, is_here);
        let member = self.members.get_mut(&connection)?;
        let joined = Joined {
            player,
            run: hello.run,
            attempt: hello.attempt,
            profile: admitted(hello.profile.clone(), player, member.role),
            presence: Presence::default(),
            presence_changed: false,
            presence_told: None,
        };
        let joined = member.joined.insert(joined);
        is_new.then(|| joined.to_player())
    }

    pub(super) fn set_profile(
        &mut self,
        connection: ConnectionId,
        profile: Profile,
    ) -> Option<Player> {
        let member = self.members.get_mut(&connection)?;
        let joined = member.joined.as_mut()?;
        joined.profile = admitted(profile, joined.player, member.role);
        Some(joined.to_player())
    }

    pub(super) fn set_presence(&mut self, connection: ConnectionId, presence: Presence) {
        if let Some(joined) = self
            .members
            .get_mut(&connection)
            .and_then(|member| member.joined.as_mut())
        {
            joined.presence_changed |= joined.presence != presence;
            joined.presence = presence;
        }
    }

    /// The player, if this was their last connection.
    pub(super) fn remove(&mut self, connection: ConnectionId) -> Option<PlayerId> {
        self.audience = None;
        let player = self.members.remove(&connection)?.player()?;
        (!self.has_player(player)).then_some(player)
    }

    pub(super) fn deadline(&self) -> Option<ServerTime> {
        self.members.values().map(Member::deadline).min()
    }

    /// Connections whose time is up, and why.
    pub(super) fn overdue(&self, now: ServerTime) -> Vec<(ConnectionId, Goodbye)> {
        let verdict = |member: &Member| {
            if member
                .lagging_since
                .is_some_and(|since| now - since >= limits::SLOWNESS)
            {
                return Some(Goodbye::TooSlow);
            }
            let quiet = now - member.heard;
            match member.is_joined() {
                true if quiet >= limits::SILENCE => Some(Goodbye::Silent),
                false if quiet >= limits::HELLO_WITHIN => Some(Goodbye::NoHello),
                _ => None,
            }
        };
        self.members
            .iter()
            .filter_map(|(connection, member)| Some((*connection, verdict(member)?)))
            .collect()
    }

    /// Presence that changed and may be passed on by now.
    pub(super) fn due_presence(&mut self, now: ServerTime) -> Vec<(PlayerId, Presence)> {
        let mut due = Vec::new();
        for joined in self
            .members
            .values_mut()
            .filter_map(|member| member.joined.as_mut())
        {
            let rested = joined
                .presence_told
                .is_none_or(|told| now - told >= limits::PRESENCE_EVERY);
            if joined.presence_changed && rested {
                joined.presence_changed = false;
                joined.presence_told = Some(now);
                due.push((joined.player, joined.presence.clone()));
            }
        }
        due
    }

    /// When a connection is next to be told of the plain clock, if it wants to be.
    pub(super) fn want_clock(&mut self, connection: ConnectionId, due: Option<ServerTime>) {
        if let Some(member) = self.members.get_mut(&connection) {
            member.clock_due = due;
        }
    }

    pub(super) fn due_clocks(&mut self, now: ServerTime) -> Vec<ConnectionId> {
        let mut due = Vec::new();
        for (connection, member) in &mut self.members {
            if member.clock_due.is_some_and(|at| at <= now) {
                member.clock_due = Some(now + limits::CLOCK_EVERY);
                if member.lagging_since.is_none() {
                    due.push(*connection);
                }
            }
        }
        due
    }
}

impl Joined {
    fn to_player(&self) -> Player {
        Player {
            id: self.player,
            profile: self.profile.clone(),
            presence: self.presence.clone(),
        }
    }
}

fn admitted(profile: Profile, player: PlayerId, role: Role) -> Profile {
    let name = profile.name.clone().or(&names::for_player(player));
    let kind = if role == Role::Listener {
        Kind::Listener
    } else {
        profile.kind
    };
    Profile {
        name,
        kind,
        ..profile
    }
}
