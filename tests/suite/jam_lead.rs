//! The lead in a jam: handed on, left behind by a workstation that is closed, and wanted by two at once.

use lockstep_session::units::Tempo;
use lockstep_tests::hosts::Hand;
use lockstep_tests::jam::{Format, Jam, Mode};
use lockstep_tests::networks::{LOOPBACK, WIFI};
use lockstep_tests::steady::in_real_time;

const HOST: Format = Format::Clap(env!("CARGO_BIN_EXE_lockstep-host"));

#[test]
fn the_lead_goes_from_a_daw_to_a_phone_to_another_daw_that_is_closed() {
    in_real_time(|| {
        let jam = Jam::open();
        let mut first = jam.daw(HOST, LOOPBACK, Mode::HostLeads);
        let mut second = jam.daw(Format::Vst3, LOOPBACK, Mode::Automatic);
        let phone = jam.phone(LOOPBACK);
        let leader = || jam.watcher.look(|replica| replica.document().lead);
        let wait_for_another = |before| {
            jam.watcher.wait_until("somebody else leads", |replica| {
                let lead = replica.document().lead;
                lead.is_some() && lead != before
            });
        };
        first.touch(&Hand::plays(1.0));
        jam.play_until_together(&mut first, &mut [&mut second], &[&phone], "a DAW leads");

        let before = leader();
        phone.click(".take-lead");
        wait_for_another(before);
        phone.enter(".bar [aria-label='Tempo']", "133 BPM");
        jam.watcher.wait_until("the tempo is another", |replica| {
            replica.document().timeline.tempo == Tempo::new(13_300)
        });
        jam.play_until_together(&mut first, &mut [&mut second], &[&phone], "a phone leads");

        let before = leader();
        second.touch(&Hand::plays(6.5).at(100.0));
        second.set_mode(Mode::HostLeads);
        wait_for_another(before);
        jam.watcher
            .wait_until("its tempo is everyone's", |replica| {
                replica.document().timeline.tempo == Tempo::new(10_000)
            });
        jam.play_until_together(
            &mut first,
            &mut [&mut second],
            &[&phone],
            "the other DAW leads",
        );

        second.halt();
        jam.watcher
            .wait_until("nobody leads", |replica| replica.document().lead.is_none());
        let led = jam.play_until_together(&mut first, &mut [], &[&phone], "nobody leads");
        assert!(led.beats.len() > 2, "and it plays on");
    });
}

#[test]
fn two_daws_that_take_the_lead_at_once_agree_on_who_has_it() {
    in_real_time(|| {
        let jam = Jam::open();
        let mut one = jam.daw(HOST, LOOPBACK, Mode::SessionLeads);
        let mut other = jam.daw(HOST, WIFI, Mode::SessionLeads);
        let page = jam.page(LOOPBACK);
        let leader = || jam.watcher.look(|replica| replica.document().lead);
        assert_eq!(leader(), None, "nobody wants it yet");
        for beat in [0.0, 5.5, 2.0] {
            one.touch(&Hand::plays(beat).at(104.0));
            other.touch(&Hand::plays(beat + 2.25).at(131.0));
            one.set_mode(Mode::HostLeads);
            other.set_mode(Mode::HostLeads);
            jam.watcher.wait_until("one of them leads", |replica| {
                let timeline = replica.document().timeline;
                replica.document().lead.is_some() && timeline.playing
            });
            jam.play_until_together(&mut one, &mut [&mut other], &[&page], "one of them leads");
            let before = leader();
            jam.play_until_together(&mut one, &mut [&mut other], &[&page], "and goes on");
            assert_eq!(leader(), before, "the lead stays where it is");
            for daw in [&mut one, &mut other] {
                daw.touch(&Hand::stops());
                daw.set_mode(Mode::SessionLeads);
            }
            jam.watcher
                .wait_until("nobody leads", |replica| replica.document().lead.is_none());
        }
    });
}
