//! Being in a session: entering and leaving it, and what its connection brings.

use super::socket::{Socket, SocketEvent};
use super::trouble::Trouble;
use super::uploads::Uploads;
use super::{Address, Network, Samples, identity, random};
use crate::state::SavedState;
use lockstep_session::replica::{Input, Output, Replica};

impl Network {
    /// Continues from what a project holds.
    pub(super) fn take_up(&mut self, state: SavedState) {
        let record = self.ends.house.record();
        // One that says no machine keeps whom it names; otherwise this machine has one player.
        let own = state.token.filter(|_| state.machine.is_none());
        self.token = own.unwrap_or(record.token);
        self.has_own_token = own.is_some();
        self.macros = state.macros;
        self.uploads = Uploads::restored(state.unsent.clone());
        self.samples = Samples::default();
        self.stop_session();
        let address = state.link.as_deref().map(Address::parse);
        let identity = identity(self.token, record.profile(self.token));
        self.replica = Replica::restored(identity, random(), state.saved());
        if let Some(Ok(address)) = address {
            self.enter(address);
        }
        self.changed = true;
    }

    /// Ends what there is of a session, to begin another or none.
    pub(super) fn stop_session(&mut self) {
        self.replica.leave();
        self.send();
        self.creating = None;
        self.address = None;
        self.seat = None;
        self.trouble = None;
        self.gathered = None;
        self.changed = true;
    }

    /// Begins to connect, and goes on until it works or makes no sense.
    pub(super) fn enter(&mut self, address: Address) {
        self.seat = Some(self.ends.house.seats().take(&address.socket()));
        self.address = Some(address);
        self.leading.entered();
        self.replica.connect(self.clock.now());
        self.changed = true;
    }

    /// What another instance, or another process, has changed of this machine.
    pub(super) fn listen_to_house(&mut self) {
        let heard = self.ends.house.heard();
        if heard == self.heard {
            return;
        }
        self.heard = heard;
        let record = self.ends.house.record();
        self.output_offset = i64::from(record.output_offset_ms) * 1_000;
        let profile = record.profile(self.token);
        if *self.replica.profile() != profile {
            self.replica.set_profile(profile);
        }
        self.changed = true;
    }

    pub(super) fn hear(&mut self, event: SocketEvent) {
        let now = self.clock.now();
        match event {
            SocketEvent::Open => self.replica.handle(Input::Connected, now),
            SocketEvent::Text(text) => {
                if let Some(parting) = Trouble::of_goodbye(&text) {
                    self.trouble = Some(parting);
                }
                self.replica.handle(Input::Text(&text), now);
            }
            SocketEvent::Closed(error) => {
                self.socket = None;
                self.replica.handle(Input::Disconnected, now);
                if let Some(error) = error {
                    let trouble = Trouble::from(error);
                    if trouble.is_final() {
                        self.replica.leave();
                    }
                    self.trouble = Some(trouble);
                }
                self.changed = true;
            }
        }
    }

    pub(super) fn send(&mut self) {
        while let Some(output) = self.replica.poll_output() {
            match output {
                Output::Connect => {
                    let address = self.address.clone();
                    self.socket =
                        address.map(|address| Socket::open(self.connector.clone(), address));
                }
                Output::Send(text) => {
                    let taken = self.socket.as_ref().is_some_and(|socket| socket.send(text));
                    if !taken && self.socket.take().is_some() {
                        self.replica.handle(Input::Disconnected, self.clock.now());
                    }
                }
                Output::Disconnect => self.leaving = self.socket.take().map(Socket::finish),
            }
        }
    }

    /// The session is there.
    pub(super) fn came_in(&mut self) {
        self.trouble = None;
        self.samples.try_again();
        self.uploads.try_again();
        if let Some(address) = &self.address {
            let name = self.replica.document().name.as_str();
            self.ends.house.remember(name, &address.page());
            self.heard = self.ends.house.heard();
        }
    }
}
