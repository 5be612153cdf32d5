//! How soon a hand is answered: until the picture shows what a press did, and until the sound has it.

use crate::Playing;
use lockstep_tests::browser::{Browser, Ear, Screen, named, overheard_page};
use lockstep_tests::report::{Report, at};
use lockstep_tests::scenario::Change;
use lockstep_tests::server::Server;
use std::time::Duration;

const PRESSES: usize = 60;
const STEPS: usize = 16;
/// How far the audio thread is ahead of its clock at the most, in milliseconds.
const BUFFER: f64 = 50.0;
/// Notes how long after a press the picture that follows has been handed over, and whether the step
/// had changed by then.
const NOTICES: &str = "
    window.waits = [];
    addEventListener('pointerdown', event => {
        const step = event.target.closest('.step');
        if (!step) return;
        const before = step.getAttribute('aria-pressed');
        requestAnimationFrame(() => {
            const after = new MessageChannel();
            after.port1.onmessage = () => {
                const changed = step.getAttribute('aria-pressed') !== before;
                window.waits.push(changed ? performance.now() - event.timeStamp : null);
            };
            after.port2.postMessage(0);
        });
    }, true);";

pub(crate) fn run(report: &mut Report) {
    let playing = Playing::begin(&[NOTICES]);
    playing.while_edited(Duration::ZERO, |page| {
        for press in 0..PRESSES {
            page.click(&format!(".step[data-step='{}']", press % STEPS));
        }
    });
    let waits = playing.page.evaluate("return waits");
    let waits = waits.as_array().expect("a list").iter();
    let mut waits: Vec<f64> = waits
        .map(|wait| {
            wait.as_f64()
                .expect("the step has changed in the next picture")
        })
        .collect();
    assert_eq!(waits.len(), PRESSES);
    let middle = at(&mut waits, 0.5);
    report.row("from a press to its picture, median", middle, "ms", "");
    let high = at(&mut waits, 0.95);
    report.figure(
        "input_p95_ms",
        "from a press to its picture, p95",
        high,
        "ms",
        50.0,
    );
    drop(playing);
    heard(report);
}

/// From a press to the first frame that is computed with it; how far ahead that is of the ear is the
/// device's.
fn heard(report: &mut Report) {
    let folder = overheard_page();
    let server = Server::start_with(&["--web", &named(folder.path())]);
    let session = server.new_session();
    let page = Browser::joined(&server.url(&format!("/s/{session}")), Screen::Desk);
    let ear = Ear::at(&page);
    page.click("[aria-label='Play']");
    ear.wait_until_it_sounds();
    for press in 0..PRESSES {
        page.click_step("Kick", press % STEPS + 1);
        ear.listen_for(0.1);
    }
    let heard = ear.overheard();
    let scores = heard.told.iter().filter_map(|(at, change)| {
        let at = u32::try_from(*at).expect("a bench is short");
        matches!(change, Change::Score(_)).then_some(f64::from(at))
    });
    let scores: Vec<_> = scores.collect();
    // Each press makes one score. The audio thread may be told before its clock, as the page sees it, has
    // come to the press.
    let pairs = heard.clicks.iter().rev().zip(scores.iter().rev());
    let mut waits: Vec<f64> = pairs
        .take(PRESSES)
        .map(|(click, score)| (score - click) / heard.rate * 1e3)
        .collect();
    assert_eq!(waits.len(), PRESSES, "a score for each press");
    assert!(
        waits.iter().all(|wait| *wait > -BUFFER),
        "of its own: {waits:?}"
    );
    let middle = at(&mut waits, 0.5);
    report.row("from a press to its sound, median", middle, "ms", "<= 60");
    report.row("the same, p95", at(&mut waits, 0.95), "ms", "");
}
