//! The lead in a jam: handed on, left behind by a workstation that is closed, held by nobody; and those
//! who come late.

use lockstep_session::units::Tempo;
use lockstep_tests::hosts::Hand;
use lockstep_tests::jam::{Format, Jam, Mode, assert_together};
use lockstep_tests::networks::LOOPBACK;

const HOST: Format = Format::Clap(env!("CARGO_BIN_EXE_lockstep-host"));

#[test]
fn the_lead_goes_from_a_daw_to_a_browser_to_another_daw_that_is_closed() {
    let jam = Jam::open();
    let mut first = jam.daw(HOST, LOOPBACK, Mode::HostLeads);
    let mut second = jam.daw(Format::Vst3, LOOPBACK, Mode::Automatic);
    let page = jam.page(LOOPBACK);
    let leads = |what: &str, leader: usize| {
        jam.watcher.wait_until(what, |replica| {
            let lead = replica.document().lead;
            let mut players = replica.players().map(|player| player.id);
            lead.is_some() == (leader > 0) && lead.is_none_or(|lead| players.any(|it| it == lead))
        });
    };
    first.touch(&Hand::plays(1.0));
    leads("a DAW leads", 1);
    let led_by_daw = jam.play_on(2.0);

    let before = jam.watcher.look(|replica| replica.document().lead);
    page.click(".take-lead");
    jam.watcher.wait_until("the browser leads", |replica| {
        let lead = replica.document().lead;
        lead.is_some() && lead != before
    });
    page.enter(".bar [aria-label='Tempo']", "133 BPM");
    jam.watcher.wait_until("the tempo is another", |replica| {
        replica.document().timeline.tempo == Tempo::new(13_300)
    });
    let led_by_browser = jam.play_on(2.0);

    let before = jam.watcher.look(|replica| replica.document().lead);
    second.touch(&Hand::plays(6.5).at(100.0));
    second.set_mode(Mode::HostLeads);
    jam.watcher.wait_until("the other DAW leads", |replica| {
        let lead = replica.document().lead;
        lead.is_some() && lead != before
    });
    let led_by_other = jam.play_on(2.0);

    let (in_second, _) = second.halt();
    leads("nobody leads", 0);
    let led_by_nobody = jam.play_on(2.0);
    let (in_first, _) = first.halt();
    let in_browser = page.heard();
    let windows = [
        ("a DAW leads", led_by_daw),
        ("a browser leads", led_by_browser),
        ("another DAW leads", led_by_other),
        ("nobody leads", led_by_nobody),
    ];
    for (what, (from, to)) in windows {
        let played = in_first.between(from, to);
        assert_together(&played, &in_browser, 2, what);
        if what != "nobody leads" {
            assert_together(&played, &in_second, 2, what);
        }
    }
}
