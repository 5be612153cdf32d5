//! The sync rig: workstations and browsers in one session on one machine, each over a network of its
//! own, and what each of them really played and when.
//!
//! **What is known.** Everything runs on one machine, so all times are brought to its monotonic clock
//! without asking Lockstep. The session plays a click on every beat, each of the bar with its own
//! strength, and the clicks are found in the sound itself.
//! - A *workstation* (`daw`) is a host in a process of its own that calls its plugin on time. A frame
//!   leaves it when the host's own beat says so: the time of the first callback plus frames by the rate.
//!   How late the system wakes the host is not in that, as it is not in a sound card's clock.
//! - A *browser* (`page`) has no device either; Chromium consumes frames on a timer. Its audio thread
//!   writes down when it begins each block, and the quickest blocks of a few seconds (`cadence`) tell
//!   when the timer asked for them. How much later a frame is heard is one number for the whole run, and
//!   the browser's own word: what it calls the latency of its output. Chromium tells on which time of
//!   the machine the page's clock began.
//!
//! **What is not known.** What real sound cards add, and whether a browser knows it: for that, players
//! have the nudge. The word of the browser is believed for that one number, so an error of the page in
//! its use is seen, but a browser that lies is not.

mod cadence;
mod daw;
mod heard;
mod naive;
mod page;

pub use daw::{Daw, Format, Mode};
pub use heard::{Beat, Heard, apart, same_steps};
pub use naive::Naive;
pub use page::Page;

use crate::browser::{named, overheard_page};
use crate::client::Client;
use crate::distance::Distance;
use crate::hosts::HostSetup;
use crate::machine::MachineTime;
use crate::networks::Network;
use crate::server::{PATIENCE, Server};
use heard::are_together;
use lockstep_session::document::Document;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What the workstations run at.
pub const SETUP: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 512,
};

/// Enough for some beats at any tempo that tests use.
const WHILE: Duration = Duration::from_millis(2_300);

/// How strong the clicks of a bar are, so that each can be told from the others.
const STRENGTHS: [i64; 4] = [127, 100, 75, 50];

/// A session of clicks, and who watches it.
#[derive(Debug)]
pub struct Jam {
    pub server: Server,
    pub session: String,
    pub watcher: Client,
    _page: TempDir,
}

impl Jam {
    pub fn open() -> Self {
        let page = overheard_page();
        let server = Server::start_for_a_crowd(&["--web", &named(page.path())]);
        let session = server.new_session_with(&clicks());
        let watcher = Client::joined(server.address(), &session, 1);
        watcher.wait_until("the watcher knows the time", |replica| {
            replica.clock().quality().is_some()
        });
        Self {
            server,
            session,
            watcher,
            _page: page,
        }
    }

    /// A way to the server over such a network.
    pub fn distance(&self, network: Network) -> Distance {
        Distance::over(self.server.address(), network)
    }

    /// Lets everybody play until they have played the same steps at the same time for a while. However
    /// busy the machine is, it has quieter moments. What the first of them played then.
    #[track_caller]
    pub fn play_until_together(
        &self,
        first: &mut Daw,
        daws: &mut [&mut Daw],
        pages: &[&Page],
        what: &str,
    ) -> Heard {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let from = MachineTime::now();
            std::thread::sleep(WHILE);
            let to = MachineTime::now();
            let led = first.heard().between(from, to);
            let mut others: Vec<Heard> = daws.iter_mut().map(|daw| daw.heard()).collect();
            others.extend(pages.iter().map(|page| page.heard()));
            if others.iter().all(|other| are_together(&led, other)) {
                return led;
            }
            let heard = others.iter().map(|other| other.between(from, to));
            let heard: Vec<Heard> = heard.collect();
            assert!(Instant::now() < deadline, "{what}: {led:?} {heard:?}");
        }
    }

    /// Waits until nobody plays any more.
    pub fn wait_until_still(&self, daw: &mut Daw, page: &Page) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let from = MachineTime::now();
            std::thread::sleep(WHILE);
            let still =
                [daw.heard(), page.heard()].map(|heard| heard.between(from, MachineTime::now()));
            if still.iter().all(|heard| heard.beats.is_empty()) {
                return;
            }
            assert!(Instant::now() < deadline, "they play on: {still:?}");
        }
    }

    /// The session's link for somebody at this distance.
    fn link(&self, distance: &Distance) -> String {
        format!("http://{}/s/{}", distance.address(), self.session)
    }
}

/// A click on every beat and nothing else; and a second clip that clicks between the beats, too.
pub fn clicks() -> Document {
    let strength = |step: usize| STRENGTHS[step / 4];
    let clip = |every: usize| {
        let steps =
            (0..16).map(|step| json!({ "on": step % every == 0, "velocity": strength(step) }));
        let steps: Vec<Value> = steps.collect();
        json!({ "content": { "pattern": { "length": 16, "steps": steps } } })
    };
    let none = Value::Null;
    let track = json!({
        "id": 1,
        "settings": { "name": "Kick", "instrument": { "source": { "preset": "click" } } },
        "clips": [clip(4), clip(2), none, none, none, none, none, none],
    });
    serde_json::from_value(json!({ "tracks": [track] })).expect("a document")
}
