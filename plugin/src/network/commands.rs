//! What the editor asks for, and what is done about it.

use super::http::HttpError;
use super::jobs::Outcome;
use super::uploads::Uploads;
use super::{Address, FOLD_AT, Network, ServerAddress, export, identity, random};
use crate::house::Host;
use crate::macros::MacroTarget;
use crate::view::ExportView;
use lockstep_session::edit::Edit;
use lockstep_session::protocol::{self, Presence, Profile};
use lockstep_session::replica::{Replica, Saved};
use std::path::PathBuf;

/// What the editor asks for.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    /// Makes a session on the server of the settings and joins it: of a template, or with what is
    /// here now.
    NewSession(Beginning),
    /// A link or a code, as it was pasted.
    Join(String),
    Leave,
    Edit(Edit),
    /// An edit that goes on with the gesture of the last one, to be undone with it.
    Further(Edit),
    Undo,
    Redo,
    Presence(Presence),
    /// Asks everyone to look at the same place.
    Gather(protocol::View),
    Profile(Profile),
    /// Where new sessions are made.
    ServerAddress(String),
    OutputOffset(i16),
    /// Runs the session server inside this process, or ends it.
    StartServer,
    StopServer,
    ForgetRecent(String),
    Macro(usize, Option<MacroTarget>),
    /// Shows what is in a folder of this machine; without one, in the one of the last sample.
    Browse(Option<PathBuf>),
    /// Lets an audio file of this machine be heard, here alone; without one, none any more.
    Audition(Option<PathBuf>),
    /// Makes an audio file a sample of the session.
    AddSample(PathBuf),
    /// Begins and ends a recording of the plugin's input, which becomes a sample.
    RecordInput(bool),
    Export(Export),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    Template(String),
    Here,
}

/// A file or a folder made of the session, from its first beat on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Export {
    pub(crate) kind: ExportKind,
    /// None at all means until everything that plays begins anew together.
    pub(crate) bars: u16,
    /// A folder; an empty path is the one of the settings.
    pub(crate) into: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExportKind {
    Midi,
    Mix,
    Stems,
    Document,
}

/// Tells apart the sessions that were asked for, since only the last is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct CreationNumber(u32);

/// A session that a server is making.
#[derive(Debug)]
pub(super) struct Creation {
    number: CreationNumber,
    beginning: Beginning,
}

impl Network {
    pub(super) fn obey(&mut self, command: Command) {
        let now = self.clock.now();
        self.changed = true;
        match command {
            Command::Edit(edit) => {
                self.edit(edit, now);
                if self.address.is_none() && self.replica.unsaved() > FOLD_AT {
                    self.replica.settle_alone();
                }
            }
            Command::Further(edit) => {
                if let Err(rejection) = self.replica.edit_further(edit, now) {
                    self.tell(&rejection.reason());
                }
            }
            Command::Undo => {
                self.replica.undo(now);
            }
            Command::Redo => {
                self.replica.redo(now);
            }
            Command::Presence(presence) => self.replica.set_presence(presence, now),
            Command::Gather(view) => self.replica.gather(view),
            Command::Macro(number, target) => {
                if let Some(place) = self.macros.get_mut(number) {
                    *place = target;
                }
            }
            Command::RecordInput(wanted) => self.switch_take(wanted),
            Command::Browse(folder) => self.browse(folder),
            Command::Audition(file) => {
                self.notice = None;
                self.audition(file);
            }
            other => {
                self.notice = None;
                self.arrange(other);
            }
        }
    }

    /// What changes more than the session.
    fn arrange(&mut self, command: Command) {
        match command {
            Command::NewSession(beginning) => self.create(beginning),
            Command::Join(pasted) => match Address::parse(&pasted) {
                Ok(address) => {
                    self.stop_session();
                    self.uploads = Uploads::default();
                    self.join(address, Replica::new);
                }
                Err(error) => self.tell(&error.to_string()),
            },
            Command::Leave => {
                self.stop_session();
                self.uploads = Uploads::restored(self.uploads.unsent().clone());
                self.replica.settle_alone();
            }
            Command::Profile(profile) => self.ends.house.change(|record| {
                record.name = Some(profile.name).filter(|name| !name.is_empty());
                record.colour = Some(profile.colour);
            }),
            Command::ServerAddress(text) => match ServerAddress::parse(&text) {
                Ok(server) => {
                    let server = server.to_string();
                    self.ends
                        .house
                        .change(|record| record.server = Some(server));
                }
                Err(_) if text.trim().is_empty() => {
                    self.ends.house.change(|record| record.server = None);
                }
                Err(error) => self.tell(&error.to_string()),
            },
            Command::OutputOffset(millis) => {
                self.ends
                    .house
                    .change(|record| record.output_offset_ms = millis);
            }
            Command::ForgetRecent(link) => {
                self.ends
                    .house
                    .change(|record| record.recents.retain(|past| past.link != link));
            }
            Command::StartServer => Host::start(&self.ends.house, self.instance),
            Command::StopServer if self.ends.house.host().is_by(self.instance) => {
                self.ends.house.host().stop(self.instance);
            }
            Command::StopServer => {
                self.tell("Another instance runs the server. Stop it there, or remove that one");
            }
            Command::AddSample(path) => self.add_sample(path),
            Command::Export(wanted) => self.export(wanted),
            _ => {}
        }
    }

    fn join(&mut self, address: Address, begin: impl FnOnce(super::Identity, u32) -> Replica) {
        let profile = self.ends.house.record().profile(self.token);
        self.replica = begin(identity(self.token, profile), random());
        self.enter(address);
    }

    fn create(&mut self, beginning: Beginning) {
        let server = match ServerAddress::parse(&self.ends.house.server()) {
            Ok(server) => server,
            Err(error) => return self.tell(&error.to_string()),
        };
        self.creations.0 = self.creations.0.wrapping_add(1);
        let number = self.creations;
        self.creating = Some(Creation {
            number,
            beginning: beginning.clone(),
        });
        let (http, here) = (self.http.clone(), self.replica.document().clone());
        self.jobs.start(async move {
            let created = http.create(&server, &beginning, &here).await;
            Outcome::Created(number, created)
        });
    }

    /// A session was made for us, or not.
    pub(super) fn join_created(
        &mut self,
        number: CreationNumber,
        created: Result<Address, HttpError>,
    ) {
        let asked = self.creating.take_if(|asked| asked.number == number);
        let Some(Creation { beginning, .. }) = asked else {
            return;
        };
        let address = match created {
            Ok(address) => address,
            Err(error) => return self.tell(&error.to_string()),
        };
        let here = self.replica.document().clone();
        self.stop_session();
        match beginning {
            Beginning::Template(_) => {
                self.uploads = Uploads::default();
                self.join(address, Replica::new);
            }
            Beginning::Here => {
                let listed = here.samples.keys().copied();
                let unsent = listed.filter(|id| self.has_bytes(*id));
                self.uploads = Uploads::restored(unsent.collect());
                // It goes on being shown and played until the server says the same.
                let saved = Saved {
                    document: here,
                    position: None,
                    pending: Vec::new(),
                };
                self.join(address, |identity, seed| {
                    Replica::restored(identity, seed, saved)
                });
            }
        }
    }

    fn export(&mut self, wanted: Export) {
        if matches!(self.export, Some(ExportView::Running)) {
            return self.tell("One export is still being made. Wait until it is written");
        }
        let into = if wanted.into.as_os_str().is_empty() {
            self.ends.house.exports()
        } else {
            let chosen = wanted.into;
            if chosen != self.ends.house.exports() {
                let exports = Some(chosen.clone());
                self.ends.house.change(|record| record.exports = exports);
            }
            chosen
        };
        let missing = self.samples.missing(self.replica.document());
        if !missing.is_empty() {
            let names = missing.join(", ");
            self.tell(&format!(
                "These samples are not here, and stay silent: {names}"
            ));
        }
        let job = export::Job {
            document: self.replica.document().clone(),
            samples: self.ends.session.held_samples(),
            kind: wanted.kind,
            bars: wanted.bars,
            into,
            is_cancelled: self.jobs.cancellation(),
        };
        self.export = Some(ExportView::Running);
        self.jobs.start_heavy(move || {
            Outcome::Exported(match job.run() {
                Ok(path) => ExportView::Written(path),
                Err(error) => ExportView::Failed(error.to_string()),
            })
        });
    }
}
