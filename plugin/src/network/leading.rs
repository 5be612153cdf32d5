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
            Some(Edit::TakeLead) => true,
            Some(Edit::ReleaseLead) => false,
            _ => session.is_mine(),
        };
        let is_touched = !host.edges.is_empty() || host.position.rolling;
        self.has_begun = leads && (self.has_begun || is_touched || !session.timeline.playing);
        self.follows = self.followed(session, leads, now);
        if leads && self.has_begun && host.conducts && session.is_live {
            self.conduct(session, host, now, &mut edits);
        }
        edits
    }

    /// Taking the lead, or letting it go. Joining a session that plays, or starting the host beside
    /// it, takes nothing over: only a player's own choice does.
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
        let takes = match self.mode {
            SyncMode::Automatic => is_free && (joins || starts),
            SyncMode::HostLeads => is_free || (chosen && !joins && !session.is_mine()),
            SyncMode::SessionLeads | SyncMode::Align => {
                return session.is_mine().then_some(Edit::ReleaseLead);
            }
        };
        takes.then_some(Edit::TakeLead)
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
mod tests {
    use super::*;
    use lockstep_engine::Beats;
    use lockstep_session::ids::Token;
    use lockstep_session::units::Beat;

    const NOW: LocalTime = LocalTime::from_micros(60_000_000);

    fn player(number: u8) -> PlayerId {
        Token::from_bytes([number; 16]).player()
    }

    fn session() -> SessionState {
        SessionState {
            lead: None,
            me: player(1),
            is_live: true,
            now: Some(ServerTime::from_micros(1_000_000_000)),
            was_joined: true,
            timeline: Timeline::default(),
        }
    }

    fn that_plays() -> SessionState {
        let mut session = session();
        session
            .timeline
            .play(Beat::ZERO, ServerTime::from_micros(900_000_000));
        session
    }

    fn position(rolling: bool) -> HostPosition {
        HostPosition {
            rolling,
            beat: Beats::new(8.0).expect("a place"),
            at: NOW,
            ..HostPosition::default()
        }
    }

    fn host(rolling: bool, edges: &[HostEdge], mode: SyncMode) -> HostState<'_> {
        HostState {
            position: position(rolling),
            edges,
            mode,
            conducts: true,
        }
    }

    fn takes(edits: &[Edit]) -> bool {
        edits.contains(&Edit::TakeLead)
    }

    #[test]
    fn joining_a_session_that_stands_leads_it_if_nobody_does() {
        let standing = host(false, &[], SyncMode::Automatic);
        assert!(takes(&Leading::default().turn(&session(), &standing, NOW)));
        let led = SessionState {
            lead: Some(player(2)),
            ..session()
        };
        let mut leading = Leading::default();
        assert!(leading.turn(&led, &standing, NOW).is_empty());
        assert_eq!(leading.follows(), Whom::Session);
    }

    #[test]
    fn joining_a_session_that_plays_disturbs_nobody_whatever_the_host_does() {
        let started = [HostEdge::Started(position(true))];
        for (rolling, edges) in [(false, &[][..]), (true, &[]), (true, &started)] {
            let mut leading = Leading::default();
            for _ in 0..3 {
                let host = host(rolling, edges, SyncMode::Automatic);
                assert!(leading.turn(&that_plays(), &host, NOW).is_empty());
            }
            let later = NOW + Span::from_seconds(3);
            let host = host(rolling, &[], SyncMode::Automatic);
            leading.turn(&that_plays(), &host, later);
            assert_eq!(leading.follows(), Whom::Session);
        }
    }

    #[test]
    fn taking_the_lead_by_choice_stops_nobody_before_the_transport_is_touched() {
        let mut leading = Leading::default();
        leading.turn(&that_plays(), &host(false, &[], SyncMode::Automatic), NOW);
        let chosen = host(false, &[], SyncMode::HostLeads);
        let edits = leading.turn(&that_plays(), &chosen, NOW);
        assert_eq!(edits, [Edit::TakeLead]);
        assert_eq!(leading.follows(), Whom::Session, "it is still heard here");
        let mine = SessionState {
            lead: Some(player(1)),
            ..that_plays()
        };
        assert!(leading.turn(&mine, &chosen, NOW).is_empty());
        let stopped = [HostEdge::Stopped(position(false))];
        let edits = leading.turn(&mine, &host(false, &stopped, SyncMode::HostLeads), NOW);
        assert!(!edits.is_empty(), "now the host's transport is everyone's");
        assert_eq!(leading.follows(), Whom::Host);
    }

    #[test]
    fn starting_the_host_takes_a_lead_that_is_free() {
        let mut leading = Leading::default();
        let led = SessionState {
            lead: Some(player(2)),
            ..session()
        };
        leading.turn(&led, &host(false, &[], SyncMode::Automatic), NOW);
        let started = [HostEdge::Started(position(true))];
        let edits = leading.turn(&session(), &host(true, &started, SyncMode::Automatic), NOW);
        assert!(takes(&edits) && edits.len() == 2, "{edits:?}");
        assert_eq!(leading.follows(), Whom::Host);
    }

    #[test]
    fn a_lead_that_is_taken_away_leaves_the_grid_for_a_second_after_a_touch() {
        let mine = SessionState {
            lead: Some(player(1)),
            ..session()
        };
        let mut leading = Leading::default();
        let started = [HostEdge::Started(position(true))];
        leading.turn(&mine, &host(true, &started, SyncMode::Automatic), NOW);
        let taken = SessionState {
            lead: Some(player(2)),
            ..that_plays()
        };
        let rolling = host(true, &[], SyncMode::Automatic);
        leading.turn(&taken, &rolling, NOW + Span::from_millis(900));
        assert_eq!(leading.follows(), Whom::Host);
        leading.turn(&taken, &rolling, NOW + Span::from_millis(1_100));
        assert_eq!(leading.follows(), Whom::Session);
    }

    #[test]
    fn session_leads_and_align_let_go_of_the_lead() {
        let mine = SessionState {
            lead: Some(player(1)),
            ..session()
        };
        for (mode, follows) in [
            (SyncMode::SessionLeads, Whom::Session),
            (SyncMode::Align, Whom::Host),
        ] {
            let mut leading = Leading::default();
            let edits = leading.turn(&mine, &host(true, &[], mode), NOW);
            assert_eq!(edits, [Edit::ReleaseLead]);
            assert_eq!(leading.follows(), follows);
        }
    }

    #[test]
    fn an_instance_that_does_not_conduct_says_nothing() {
        let beside = HostState {
            conducts: false,
            ..host(true, &[], SyncMode::Automatic)
        };
        let mine = SessionState {
            lead: Some(player(1)),
            ..session()
        };
        let mut leading = Leading::default();
        assert!(leading.turn(&mine, &beside, NOW).is_empty());
        assert_eq!(leading.follows(), Whom::Host);
    }

    #[test]
    fn alone_the_grid_follows_the_host_in_every_mode() {
        let alone = SessionState {
            is_live: false,
            now: None,
            was_joined: false,
            ..session()
        };
        for mode in [SyncMode::Automatic, SyncMode::SessionLeads, SyncMode::Align] {
            let mut leading = Leading::default();
            leading.turn(&alone, &host(true, &[], mode), NOW);
            assert_eq!(leading.follows(), Whom::Host);
        }
    }
}
