//! Whose transport the grid in this workstation follows, and what leading the session takes: a
//! state machine between the host's transport and the replica. It sends nothing itself.

use super::conductor::{Conductor, Urgency};
use crate::guide::Whom;
use crate::params::SyncMode;
use crate::transport::{HostEdge, HostPosition};
use lockstep_session::edit::Edit;
use lockstep_session::ids::PlayerId;
use lockstep_session::replica::Replica;
use lockstep_session::units::{LocalTime, Span};

#[derive(Debug)]
pub(crate) struct Leading {
    conductor: Conductor,
    mode: SyncMode,
    follows: Whom,
    /// Whether this life of the connection has been offered the lead.
    was_offered: bool,
    /// When the host's transport was last touched.
    touched: Option<LocalTime>,
}

/// After a transport action here, the network does not take the grid away for so long.
const GRACE: Span = Span::from_seconds(1);

impl Default for Leading {
    fn default() -> Self {
        Self {
            conductor: Conductor::default(),
            mode: SyncMode::Automatic,
            follows: Whom::Host,
            was_offered: false,
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

    /// Looks at the host and the session, and names the edits to make. Where several instances of
    /// one project are in one session, only one of them conducts.
    pub(crate) fn turn(
        &mut self,
        replica: &Replica,
        host: HostPosition,
        edges: &[HostEdge],
        mode: SyncMode,
        conducts: bool,
        now: LocalTime,
    ) -> Vec<Edit> {
        let chosen = std::mem::replace(&mut self.mode, mode) != mode;
        if let Some(edge) = edges.last() {
            self.touched = Some(edge.position().at);
        }
        let lead = replica.document().lead;
        let is_mine = lead == Some(replica.player());
        let is_known = replica.server_time(now).is_some();
        let mut edits = Vec::new();
        if replica.is_live() && conducts {
            let starts = edges
                .iter()
                .any(|edge| matches!(edge, HostEdge::Started(_)));
            if let Some(edit) = self.claim(lead, is_mine, chosen, starts) {
                edits.push(edit);
            }
        }
        let leads = match edits.first() {
            Some(Edit::TakeLead) => true,
            Some(Edit::ReleaseLead) => false,
            _ => is_mine,
        };
        self.follows = self.followed(lead, leads, is_known && replica.position().is_some(), now);
        if leads && conducts && replica.is_live() {
            self.conduct(replica, host, edges, now, &mut edits);
        }
        edits
    }

    /// Taking the lead, or letting it go.
    fn claim(
        &mut self,
        lead: Option<PlayerId>,
        is_mine: bool,
        chosen: bool,
        starts: bool,
    ) -> Option<Edit> {
        let joins = !std::mem::replace(&mut self.was_offered, true);
        match self.mode {
            SyncMode::Automatic => (lead.is_none() && (joins || starts)).then_some(Edit::TakeLead),
            SyncMode::HostLeads => {
                let takes = lead.is_none() || (chosen && !joins && !is_mine);
                takes.then_some(Edit::TakeLead)
            }
            SyncMode::SessionLeads | SyncMode::Align => is_mine.then_some(Edit::ReleaseLead),
        }
    }

    fn followed(
        &self,
        lead: Option<PlayerId>,
        leads: bool,
        is_joined: bool,
        now: LocalTime,
    ) -> Whom {
        let is_touched = self.touched.is_some_and(|touched| now < touched + GRACE);
        match self.mode {
            _ if !is_joined => Whom::Host,
            SyncMode::Align => Whom::Host,
            SyncMode::SessionLeads => Whom::Session,
            _ if leads => Whom::Host,
            // The lead was taken from under a hand that is on the host's transport.
            _ if is_touched && self.follows == Whom::Host => Whom::Host,
            SyncMode::HostLeads if lead.is_none() => Whom::Host,
            SyncMode::Automatic | SyncMode::HostLeads => Whom::Session,
        }
    }

    fn conduct(
        &mut self,
        replica: &Replica,
        host: HostPosition,
        edges: &[HostEdge],
        now: LocalTime,
        edits: &mut Vec<Edit>,
    ) {
        let Some(server_now) = replica.server_time(now) else {
            return;
        };
        let mut timeline = replica.document().timeline;
        let edges = edges.iter().map(|edge| (edge.position(), Urgency::Edge));
        for (host, urgency) in edges.chain([(host, Urgency::Running)]) {
            if host.at == LocalTime::ZERO {
                continue;
            }
            let at = server_now + (host.at - now);
            if let Some(edit) = self.conductor.lead(host, at, &mut timeline, urgency) {
                edits.push(edit);
            }
        }
    }
}
