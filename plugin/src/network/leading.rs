//! Whose transport the grid in this workstation follows, and what leading the session takes: a
//! state machine between the host's transport and the session's. It sends nothing itself.

use super::conductor::{Conductor, Urgency};
use crate::guide::Whom;
use crate::params::SyncMode;
use crate::transport::{HostEdge, HostPosition};
use lockstep_session::document::timeline::Timeline;
use lockstep_session::edit::Edit;
use lockstep_session::ids::PlayerId;
use lockstep_session::replica::Replica;
use lockstep_session::units::{LocalTime, ServerTime, Span};

#[derive(Debug)]
pub(crate) struct Leading {
    conductor: Conductor,
    mode: SyncMode,
    follows: Whom,
    /// Whether this life of the connection has been offered the lead.
    was_offered: bool,
    /// Whether this workstation led when the session was last heard of.
    led: bool,
    /// Whether the host's transport has been touched since this workstation leads. Before that,
    /// taking the lead disturbs nobody.
    has_begun: bool,
    /// When the host's transport was last touched.
    touched: Option<LocalTime>,
}

/// What there is to know of the session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SessionState {
    pub(crate) lead: Option<PlayerId>,
    pub(crate) me: PlayerId,
    pub(crate) is_live: bool,
    /// Nothing as long as the clocks are not known.
    pub(crate) now: Option<ServerTime>,
    /// There has been a session to follow.
    pub(crate) was_joined: bool,
    pub(crate) timeline: Timeline,
}

/// What there is to know of this workstation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HostState<'a> {
    pub(crate) position: HostPosition,
    /// What happened to its transport since the last turn.
    pub(crate) edges: &'a [HostEdge],
    pub(crate) mode: SyncMode,
    /// Where several instances of a project are in one session, one of them conducts.
    pub(crate) conducts: bool,
}

/// After a transport action here, the network does not take the grid away for so long.
const GRACE: Span = Span::from_seconds(1);

impl SessionState {
    pub(crate) fn of(replica: &Replica, now: LocalTime) -> Self {
        Self {
            lead: replica.document().lead,
            me: replica.player(),
            is_live: replica.is_live(),
            now: replica.server_time(now),
            was_joined: replica.position().is_some(),
            timeline: replica.document().timeline,
        }
    }

    fn is_mine(&self) -> bool {
        self.lead == Some(self.me)
    }
}

impl Default for Leading {
    fn default() -> Self {
        Self {
            conductor: Conductor::default(),
            mode: SyncMode::Automatic,
            follows: Whom::Host,
            was_offered: false,
            led: false,
            has_begun: false,
            touched: None,
        }
    }
}

impl Leading {
    /// Whose transport the grid follows now.
    pub(crate) fn follows(&self) -> Whom {
        self.follows
    }

    /// The connection ended: the next one is offered the lead anew.
    pub(crate) fn disconnected(&mut self) {
        self.was_offered = false;
    }

    /// Another session begins, in which nobody has led from here.
    pub(crate) fn entered(&mut self) {
        self.was_offered = false;
        self.led = false;
    }

    /// Looks at the host and the session, and names the edits to make.
    pub(crate) fn turn(
        &mut self,
        session: &SessionState,
        host: &HostState<'_>,
        now: LocalTime,
    ) -> Vec<Edit> {
        let chosen = std::mem::replace(&mut self.mode, host.mode) != host.mode;
        if let Some(edge) = host.edges.last() {
            self.touched = Some(edge.position().at);
        }
        let mut edits = Vec::new();
        if session.is_live && host.conducts {
            edits.extend(self.claim(session, host, chosen));
        }
        let leads = match edits.first() {
            Some(Edit::TakeLead | Edit::TakeFreeLead) => true,
            Some(Edit::ReleaseLead) => false,
            _ => session.is_mine(),
        };
        if session.is_live {
            self.led = leads;
        }
        let is_touched = !host.edges.is_empty() || host.position.rolling;
        self.has_begun = leads && (self.has_begun || is_touched || !session.timeline.playing);
        self.follows = self.followed(session, leads, now);
        if leads && self.has_begun && host.conducts && session.is_live {
            self.conduct(session, host, now, &mut edits);
        }
        edits
    }

    /// Taking the lead, or letting it go. Joining a session that plays, or starting the host beside
    /// it, takes nothing over: only a player's own choice does. One who led and was away for so long
    /// that the lead was let go takes it up again, unless somebody else has.
    fn claim(
        &mut self,
        session: &SessionState,
        host: &HostState<'_>,
        chosen: bool,
    ) -> Option<Edit> {
        let joins = !std::mem::replace(&mut self.was_offered, true);
        let starts = host
            .edges
            .iter()
            .any(|edge| matches!(edge, HostEdge::Started(_)));
        let is_free = session.lead.is_none() && !session.timeline.playing;
        let resumes = joins && self.led && session.lead.is_none();
        let takes = match self.mode {
            SyncMode::Automatic => resumes || (is_free && (joins || starts)),
            SyncMode::HostLeads if chosen && !joins && !session.is_mine() => {
                return Some(Edit::TakeLead);
            }
            SyncMode::HostLeads => resumes || is_free,
            SyncMode::SessionLeads | SyncMode::Align => {
                return session.is_mine().then_some(Edit::ReleaseLead);
            }
        };
        // Somebody else may have taken it whose word is still on its way here.
        takes.then_some(Edit::TakeFreeLead)
    }

    fn followed(&self, session: &SessionState, leads: bool, now: LocalTime) -> Whom {
        let is_touched = self.touched.is_some_and(|touched| now < touched + GRACE);
        match self.mode {
            _ if !session.was_joined || session.now.is_none() => Whom::Host,
            SyncMode::Align => Whom::Host,
            SyncMode::SessionLeads => Whom::Session,
            _ if leads && self.has_begun => Whom::Host,
            _ if leads => Whom::Session,
            // The lead was taken from under a hand that is on the host's transport.
            _ if is_touched && self.follows == Whom::Host => Whom::Host,
            SyncMode::Automatic | SyncMode::HostLeads => Whom::Session,
        }
    }

    fn conduct(
        &mut self,
        session: &SessionState,
        host: &HostState<'_>,
        now: LocalTime,
        edits: &mut Vec<Edit>,
    ) {
        let Some(server_now) = session.now else {
            return;
        };
        let mut timeline = session.timeline;
        let edges = host.edges.iter();
        let edges = edges.map(|edge| (edge.position(), Urgency::Edge));
        for (position, urgency) in edges.chain([(host.position, Urgency::Running)]) {
            if position.at == LocalTime::ZERO {
                continue;
            }
            let at = server_now + (position.at - now);
            edits.extend(self.conductor.lead(position, at, &mut timeline, urgency));
        }
    }
}

#[cfg(test)]
mod tests;
