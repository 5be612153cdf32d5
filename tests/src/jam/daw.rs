//! A workstation in the jam: a host with a plugin in a process of its own, at the desk of somebody else
//! than all others. It must not know what is measured.

use super::heard::Heard;
use super::{Jam, SETUP};
use crate::distance::Distance;
use crate::hosts::{Bundles, Hand, Paced, RemoteHost, Transport, state_with_link};
use crate::machine::SleepingClock;
use crate::networks::Network;
use crate::room::daws;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// A host that calls its plugin on time, from joining until it is closed.
#[derive(Debug)]
pub struct Daw {
    host: RemoteHost,
    format: Format,
    /// What the host calls the parameter for the mode.
    sync: u32,
    pub distance: Distance,
    _home: TempDir,
}

/// What the host takes plugins as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// In our own host: the program's path.
    Clap(&'static str),
    Vst3,
}

/// Whom its grid follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Automatic,
    HostLeads,
    SessionLeads,
    Align,
}

impl Jam {
    /// Somebody opens a project with the plugin in this session, over such a network. Its transport
    /// stands still.
    pub fn daw(&self, format: Format, network: Network, mode: Mode) -> Daw {
        let distance = self.distance(network);
        let home = tempfile::tempdir().expect("a folder");
        let bundles = Bundles::built();
        let mut host = match format {
            Format::Clap(program) => {
                RemoteHost::open_clap(Path::new(program), home.path(), &bundles, SETUP)
            }
            Format::Vst3 => RemoteHost::open_vst3(home.path(), &bundles, SETUP),
        };
        let before = self.watcher.look(daws);
        assert!(host.load_state(&state_with_link(&self.link(&distance))));
        let sync = host.parameter("Sync").expect("a parameter");
        host.automate(sync, value(format, mode));
        host.render(&Transport::stopped(120.0, 0.0), SETUP.block);
        host.roll(Transport::stopped(120.0, 0.0));
        self.watcher
            .wait_until("another plugin is here", |replica| {
                daws(replica) == before + 1
            });
        // Whoever comes next would lead if this one's word were still on its way.
        self.watcher.wait_until("somebody leads", |replica| {
            mode != Mode::HostLeads || replica.document().lead.is_some()
        });
        Daw {
            host,
            format,
            sync,
            distance,
            _home: home,
        }
    }
}

impl Daw {
    /// Does something at the transport.
    pub fn touch(&mut self, hand: &Hand) {
        self.host.touch_transport(hand);
    }

    pub fn set_mode(&mut self, mode: Mode) {
        let turn = Hand::turns(self.sync, value(self.format, mode));
        self.host.touch_transport(&turn);
    }

    /// Lets its machine sleep for a while, which only our own host can.
    pub fn sleep(&mut self, span: Duration, clock: SleepingClock) {
        self.host.sleep(span, clock);
    }

    /// What it has played since it joined.
    pub fn heard(&mut self) -> Heard {
        heard(&self.host.listen())
    }

    /// Closes it: what it played since it joined, and how late the system woke the host.
    pub fn halt(mut self) -> (Heard, Paced) {
        let paced = self.host.halt();
        (heard(&paced), paced)
    }
}

fn heard(paced: &Paced) -> Heard {
    Heard::of(paced.sound.clone(), SETUP.sample_rate, |frame| {
        Some(paced.due(frame))
    })
}

/// What the host calls a mode.
fn value(format: Format, mode: Mode) -> f64 {
    let number = match mode {
        Mode::Automatic => 0.0,
        Mode::HostLeads => 1.0,
        Mode::SessionLeads => 2.0,
        Mode::Align => 3.0,
    };
    match format {
        Format::Clap(_) => number,
        // From 0 to 1.
        Format::Vst3 => number / 3.0,
    }
}
