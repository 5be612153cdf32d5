//! The server is killed in the middle of a jam and started again: how long until everybody is back and
//! in phase, and what was lost of that which it had said to have stored.

use crate::HOST;
use crate::networks::SETTLING;
use lockstep_session::document::step::{Step, Velocity};
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SceneIndex, StepIndex, TrackId};
use lockstep_session::replica::Replica;
use lockstep_tests::client::Client;
use lockstep_tests::hosts::Hand;
use lockstep_tests::jam::{Heard, Jam, Mode, same_steps};
use lockstep_tests::machine::MachineTime;
use lockstep_tests::networks::LOOPBACK;
use lockstep_tests::report::{Report, at};
use lockstep_tests::room::daws;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const ROUNDS: usize = 3;
/// How long somebody edits before the server dies under their hands.
const EDITED: Duration = Duration::from_secs(2);
/// Steps this far apart are out of phase.
const IN_PHASE: f64 = 6.0;
/// A beat lasts half a second, and one may be a little late.
const BEAT: f64 = 500.0;

pub(crate) fn run(report: &mut Report) {
    let mut jam = Jam::open();
    let mut leader = jam.daw(HOST, LOOPBACK, Mode::HostLeads);
    let follower = jam.daw(HOST, LOOPBACK, Mode::Automatic);
    let page = jam.page(LOOPBACK);
    leader.touch(&Hand::plays(0.0));
    std::thread::sleep(SETTLING);
    let began = MachineTime::now();
    let (mut lost, mut returns) = (0, Vec::new());
    for round in 0..ROUNDS {
        let stored = edit_until_killed(&mut jam, round);
        let died = MachineTime::now();
        jam.server.come_back();
        let back = MachineTime::now();
        lost += stored.missing(&jam);
        jam.watcher.wait_until("both DAWs are back", |replica| {
            replica.is_live() && daws(replica) == 2
        });
        page.wait_until_connected();
        returns.push((died, back, MachineTime::now()));
        std::thread::sleep(Duration::from_secs(4));
    }
    let ended = MachineTime::now();
    let in_browser = page.heard();
    let (in_follower, _) = follower.halt();
    let (in_leader, _) = leader.halt();
    let mut recovered = Vec::new();
    for (died, back, connected) in returns {
        let end = back.after(4.0);
        let others =
            [&in_browser, &in_follower].map(|heard| out_of_phase(&in_leader, heard, died, end));
        let last = others.into_iter().flatten().chain([connected]).max();
        recovered.push(last.expect("all are back").millis_since(back));
    }
    let everyone = [
        ("leading DAW", &in_leader),
        ("other DAW", &in_follower),
        ("browser", &in_browser),
    ];
    for (name, heard) in everyone {
        let (gap, _) = heard.between(began, ended).longest_gap();
        let name = format!("the longest time between two beats, {name}");
        report.goal(&name, gap, "ms", BEAT * 1.2);
    }
    report.figure(
        "recover_after_kill_ms",
        "until everybody is back and in phase, the longest",
        at(&mut recovered, 1.0),
        "ms",
        2_000.0,
    );
    let lost = f64::from(u32::try_from(lost).expect("few"));
    report.figure(
        "lost_acknowledged",
        "stored edits that were lost",
        lost,
        "",
        0.0,
    );
}

/// The last of these beats at which they were apart.
fn out_of_phase(
    one: &Heard,
    other: &Heard,
    from: MachineTime,
    to: MachineTime,
) -> Option<MachineTime> {
    let steps = same_steps(&one.between(from, to), other).into_iter();
    let apart = steps.filter(|(_, later)| later.abs() > IN_PHASE);
    apart.map(|(beat, _)| beat.at).next_back()
}

/// What a step has where the document leaves it out.
const UNSAID: i64 = 100;

/// What somebody had put into the session when the server died.
struct Stored {
    /// For each step the last velocity that was acknowledged, and those after it.
    steps: BTreeMap<usize, (Option<i64>, Vec<i64>)>,
}

/// Somebody changes steps that do not sound, until the server is killed and they leave.
fn edit_until_killed(jam: &mut Jam, round: usize) -> Stored {
    let number = u8::try_from(20 + round).expect("few rounds");
    let editor = Client::joined(jam.server.address(), &jam.session, number);
    let mut steps: BTreeMap<usize, (Option<i64>, Vec<i64>)> = BTreeMap::new();
    let began = Instant::now();
    for count in 0.. {
        let place = 1 + count % 3;
        let velocity = i64::try_from(1 + (count + round) % 127).expect("small");
        editor.edit(Edit::Step {
            track: TrackId(1),
            scene: SceneIndex::FIRST,
            step: StepIndex::new(place).expect("a place"),
            value: Step {
                velocity: Velocity::new(velocity),
                ..Step::default()
            },
        });
        steps.entry(place).or_default().1.push(velocity);
        if began.elapsed() > EDITED {
            break;
        }
        if count % 5 == 4 {
            editor.wait_until("it is stored", |replica| replica.unsaved() == 0);
        }
        if editor.look(Replica::unsaved) == 0 {
            for (stored, after) in steps.values_mut() {
                *stored = after.pop().or(*stored);
                after.clear();
            }
        }
    }
    jam.server.kill();
    drop(editor);
    Stored { steps }
}

impl Stored {
    /// How many of the steps hold something older than what was acknowledged.
    fn missing(&self, jam: &Jam) -> usize {
        let document = &jam.server.read(&jam.session)["document"];
        let steps = &document["tracks"][0]["clips"][0]["content"]["pattern"]["steps"];
        let is_lost = |(place, (stored, after)): &(&usize, &(Option<i64>, Vec<i64>))| {
            let found = steps[**place]["velocity"].as_i64().or(Some(UNSAID));
            *stored != found && !after.iter().any(|later| Some(*later) == found)
        };
        self.steps.iter().filter(|step| is_lost(step)).count()
    }
}
