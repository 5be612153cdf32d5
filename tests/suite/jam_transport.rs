//! What a hand does at a workstation's transport, as everyone in the session plays it.

use lockstep_session::edit::Edit;
use lockstep_tests::hosts::Hand;
use lockstep_tests::jam::{Format, Jam, Mode};
use lockstep_tests::machine::MachineTime;
use lockstep_tests::networks::LOOPBACK;
use lockstep_tests::server::PATIENCE;
use lockstep_tests::steady::in_real_time;
use std::time::{Duration, Instant};

/// Long enough for a beat at any tempo here.
const WHILE: Duration = Duration::from_millis(700);
const HOST: Format = Format::Clap(env!("CARGO_BIN_EXE_lockstep-host"));

#[test]
fn a_browser_goes_wherever_the_leading_daw_goes() {
    in_real_time(|| {
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
            ("its tempo rises", Hand::ramps(150.0, 4.0)),
        ];
        for (what, hand) in acts {
            daw.touch(&hand);
            jam.play_until_together(&mut daw, &mut [], &[&page], what);
        }
        daw.touch(&Hand::stops());
        jam.wait_until_still(&mut daw, &page);
    });
}

#[test]
fn a_clip_that_a_browser_launches_begins_on_the_same_bar_in_the_daw_that_leads() {
    in_real_time(|| {
        let jam = Jam::open();
        let mut daw = jam.daw(HOST, LOOPBACK, Mode::HostLeads);
        let page = jam.page(LOOPBACK);
        page.open_panel("Clips");
        daw.touch(&Hand::plays(0.0));
        jam.play_until_together(&mut daw, &mut [], &[&page], "it plays");
        // The whole second row, of which every beat clicks twice.
        page.click("[data-slot=' 1']");
        let is_launch = |edit: &Edit| matches!(edit, Edit::LaunchScene { .. });
        assert!(jam.watcher.hears(PATIENCE, is_launch));
        // It begins within two bars, and these last longer.
        jam.play_until_together(&mut daw, &mut [], &[&page], "it is about to play");
        jam.play_until_together(&mut daw, &mut [], &[&page], "it has begun");
        jam.play_until_together(&mut daw, &mut [], &[&page], "the second clip");
        let (in_daw, _) = daw.halt();
        let gaps = in_daw.gaps();
        let first = gaps.iter().position(|gap| *gap < 400.0);
        let first = first.expect("the second clip plays");
        assert!(
            gaps[first..].iter().all(|gap| *gap < 400.0),
            "it was launched once: {gaps:?}"
        );
        let loudest = in_daw.beats.iter().map(|beat| beat.strength);
        let loudest = loudest.fold(0.0, f32::max);
        assert!(
            in_daw.beats[first].strength > 0.95 * loudest,
            "on the first beat of a bar"
        );
    });
}

#[test]
fn an_aligned_daw_and_the_session_each_keep_their_own_time() {
    in_real_time(|| {
        let jam = Jam::open();
        let mut daw = jam.daw(HOST, LOOPBACK, Mode::Align);
        let page = jam.page(LOOPBACK);
        page.click("[aria-label='Play']");
        jam.watcher
            .wait_until("the session plays", |it| it.document().timeline.playing);
        let timeline = jam.watcher.look(|it| it.document().timeline);
        let began = MachineTime::now();
        daw.touch(&Hand::plays(0.0).at(90.0));
        daw.touch(&Hand::locates(5.5));
        let deadline = Instant::now() + PATIENCE;
        let in_daw = loop {
            std::thread::sleep(WHILE);
            let heard = daw.heard().between(began, MachineTime::now());
            if heard.beats.len() >= 6 {
                break heard;
            }
            assert!(Instant::now() < deadline, "the DAW plays: {heard:?}");
        };
        daw.touch(&Hand::stops());
        let mut own = in_daw.gaps().into_iter().skip(1);
        assert!(
            own.all(|gap| (gap - 60_000.0 / 90.0).abs() < 1.0),
            "the DAW's own tempo: {in_daw:?}"
        );
        let in_page = page.heard().between(began, MachineTime::now());
        let mut between = in_page.gaps();
        between.sort_by(f64::total_cmp);
        let middle = between[between.len() / 2];
        assert!((middle - 500.0).abs() < 2.0, "the session's: {between:?}");
        let after = jam
            .watcher
            .look(|it| (it.document().timeline, it.document().lead));
        assert_eq!(after, (timeline, None));
    });
}
