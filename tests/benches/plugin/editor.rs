//! How soon the window is open, and what it costs while nobody touches it. The screen is drawn by this
//! machine's processor, so both are more than where a graphics card draws.

use lockstep_tests::display::Display;
use lockstep_tests::hosts::{Bundles, DawdreamerHost, HostSetup, state_with_link};
use lockstep_tests::report::{Report, at};
use lockstep_tests::room::Room;
use std::time::{Duration, Instant};

const SETUP: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 128,
};
const OPENINGS: usize = 7;
/// For so long a window that has just opened paints itself again and again, as pictures are lost the most
/// easily then.
const SETTLING: Duration = Duration::from_secs(6);
const IDLE: Duration = Duration::from_secs(20);
/// In a second, of what `/proc` counts in.
const TICKS: f64 = 100.0;

pub(crate) fn run(report: &mut Report) {
    let display = Display::open();
    let room = Room::open();
    let open = || {
        let mut host = DawdreamerHost::open_on(Some(display.name()), &Bundles::built(), SETUP);
        assert!(host.load_state(&state_with_link(&room.link())));
        host
    };

    let mut opened = Vec::new();
    let mut looks = Vec::new();
    for _ in 0..OPENINGS {
        let mut host = open();
        let asked = Instant::now();
        host.show_editor();
        let window = display.window_of(host.process());
        loop {
            let began = Instant::now();
            let is_drawn = display.look(window).is_drawn();
            // A picture shows what was there when it was begun.
            looks.push(began.elapsed().as_secs_f64() * 1e3);
            if is_drawn {
                opened.push((began - asked).as_secs_f64() * 1e3);
                break;
            }
        }
    }
    let look = at(&mut looks, 0.5);
    let note = format!("<= 300; seen only every {look:.0} ms");
    report.row("editor open, median", at(&mut opened, 0.5), "ms", &note);

    let mut host = open();
    room.wait_for_daws(1);
    host.show_editor();
    let window = display.window_of(host.process());
    while !display.look(window).is_drawn() {}
    let [_, settling] = busy(host.process(), SETTLING);
    let [of_host, of_plugin] = busy(host.process(), IDLE);
    report.row(
        "editor just opened, its first six seconds",
        settling * 100.0,
        "%",
        "of a core",
    );
    report.row(
        "editor open and idle, joined",
        of_plugin * 100.0,
        "%",
        "of a core; <= 4",
    );
    report.row(
        "  the host, which looks after its window all the time",
        of_host * 100.0,
        "%",
        "",
    );
}

/// What part of a core the host's own thread uses for a while, and all those that the plugin brought.
fn busy(process: u32, span: Duration) -> [f64; 2] {
    let before = ticks(process);
    std::thread::sleep(span);
    let after = ticks(process);
    [0, 1].map(|part| (after[part] - before[part]) / TICKS / span.as_secs_f64())
}

/// What the first thread of a process has used, and all others.
fn ticks(process: u32) -> [f64; 2] {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).expect("it lives");
    let mut sums = [0.0; 2];
    for thread in threads {
        let thread = thread.expect("a thread");
        // One that has ended meanwhile used nothing worth counting.
        let Ok(stat) = std::fs::read_to_string(thread.path().join("stat")) else {
            continue;
        };
        let is_first = thread.file_name().to_string_lossy() == process.to_string();
        let (_, fields) = stat.rsplit_once(") ").expect("a name in brackets");
        let mut fields = fields.split(' ').skip(11).map(|field| field.parse::<f64>());
        let mut next = || fields.next().expect("its time").expect("a number");
        sums[usize::from(!is_first)] += next() + next();
    }
    sums
}
