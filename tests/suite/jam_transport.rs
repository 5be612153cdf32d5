//! What a hand does at a workstation's transport, as everyone in the session plays it.

use lockstep_tests::hosts::Hand;
use lockstep_tests::jam::{Format, Jam, Mode, assert_together};
use lockstep_tests::networks::LOOPBACK;

const HOST: Format = Format::Clap(env!("CARGO_BIN_EXE_lockstep-host"));

#[test]
fn a_browser_goes_wherever_the_leading_daw_goes() {
    let jam = Jam::open();
    let mut daw = jam.daw(HOST, LOOPBACK, Mode::HostLeads);
    let page = jam.page(LOOPBACK);
    let acts = [
        ("it starts within a bar", Hand::plays(2.25).at(90.0)),
        ("it goes somewhere else", Hand::locates(9.75)),
        (
            "it loops two beats and a half",
            Hand::loops(Some((8.0, 10.5))),
        ),
        ("it leaves the loop", Hand::loops(None)),
        ("it counts in threes", Hand::counts(3, 4)),
        ("its tempo rises", Hand::ramps(150.0, 3.0)),
    ];
    let mut windows = Vec::new();
    for (what, hand) in acts {
        daw.touch(&hand);
        windows.push((what, jam.play_on(2.2)));
    }
    daw.touch(&Hand::stops());
    let (stopped, end) = jam.play_on(1.0);
    let in_browser = page.heard();
    let (in_daw, _) = daw.halt();
    for (what, (from, to)) in windows {
        assert_together(&in_daw.between(from, to), &in_browser, 2, what);
    }
    for heard in [in_daw, in_browser] {
        assert_eq!(heard.between(stopped, end).beats, [], "all stand still");
    }
}

#[test]
fn a_clip_that_a_browser_launches_begins_on_the_same_bar_in_the_daw_that_leads() {
    let jam = Jam::open();
    let mut daw = jam.daw(HOST, LOOPBACK, Mode::HostLeads);
    let page = jam.page(LOOPBACK);
    page.open_panel("Clips");
    daw.touch(&Hand::plays(0.0));
    let (from, _) = jam.play_on(0.5);
    // The whole second row, in which every other beat is silent.
    page.click("[data-slot=' 1']");
    jam.watcher.wait_until("it plays", |replica| {
        let playing = replica.document().tracks[0].playing.clip;
        playing.map(|scene| scene.index()) == Some(1)
    });
    let (_, to) = jam.play_on(2.0);
    let in_browser = page.heard();
    let (in_daw, _) = daw.halt();
    let in_daw = in_daw.between(from, to);
    assert_together(&in_daw, &in_browser, 4, "before and after the launch");
    let gaps = in_daw.beats.windows(2);
    let gaps = gaps.map(|pair| pair[1].at.millis_since(pair[0].at));
    let first = gaps.clone().position(|gap| gap > 900.0);
    let bar = in_daw.beats[first.expect("the second clip plays")];
    assert!(
        gaps.clone().take(first.unwrap_or(0)).all(|gap| gap < 600.0),
        "and it was launched once"
    );
    let loudest = in_daw.beats.iter().map(|beat| beat.strength);
    let loudest = loudest.fold(0.0, f32::max);
    assert!(bar.strength > 0.95 * loudest, "on the first beat of a bar");
}
