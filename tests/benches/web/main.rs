//! The page in a real browser, from the release server: how much it loads and how soon it can be used,
//! what it costs while it plays, how soon a hand is answered, and whether it grows. Names of sections
//! as arguments run only those.

mod feel;
mod heap;
mod load;
mod play;

use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};
use lockstep_tests::browser::{Browser, Screen};
use lockstep_tests::client::Client;
use lockstep_tests::full;
use lockstep_tests::report::{self, Section};
use lockstep_tests::server::Server;
use std::time::{Duration, Instant};

const SECTIONS: [Section; 4] = [
    ("load", load::run),
    ("play", play::run),
    ("feel", feel::run),
    ("heap", heap::run),
];
/// Of the session that is played.
const STEPS: usize = 128;
const EDITS_PER_SECOND: u32 = 20;

fn main() {
    report::run(&SECTIONS);
}

/// A full session that plays in a page, and somebody else who is in it.
struct Playing {
    page: Browser,
    other: Client,
    _server: Server,
}

impl Playing {
    /// Every script before the page's own.
    fn begin(prepared: &[&str]) -> Self {
        let server = Server::start_for_a_crowd(&[]);
        let session = server.new_session_with(&full::session(STEPS));
        let page = Browser::open("about:blank", Screen::Desk);
        for script in prepared {
            page.prepare(script);
        }
        page.visit(&server.url(&format!("/s/{session}")));
        page.wait_until_connected();
        page.click("[aria-label='Play']");
        page.wait_until("the page's sound is on", |page| {
            page.text(".status .sound") == "Sound on"
        });
        Self {
            page,
            other: Client::joined(server.address(), &session, 9),
            _server: server,
        }
    }

    /// Does something while the other edits all the time, or for so long if it is done sooner.
    fn while_edited(&self, at_least: Duration, mut meanwhile: impl FnMut(&Browser)) {
        let is_done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                let began = Instant::now();
                let mut count = 0;
                while !is_done.load(std::sync::atomic::Ordering::Relaxed) {
                    let due = Duration::from_secs(1) / EDITS_PER_SECOND * count;
                    std::thread::sleep(due.saturating_sub(began.elapsed()));
                    self.other.edit(edit(count));
                    count += 1;
                }
            });
            let began = Instant::now();
            meanwhile(&self.page);
            std::thread::sleep(at_least.saturating_sub(began.elapsed()));
            is_done.store(true, std::sync::atomic::Ordering::Relaxed);
        });
    }
}

/// Steps that are on the screen, one after another.
fn edit(count: u32) -> Edit {
    let place = usize::try_from(count / 16 % 16).expect("small");
    Edit::Step {
        track: TrackId(count % 16 + 1),
        scene: SceneIndex::new(0).expect("there are eight"),
        step: StepIndex::new(place).expect("a place"),
        value: Step {
            velocity: Velocity::new(i64::from(count % 127 + 1)),
            ..Step::on()
        },
    }
}
