//! Where the plugin's sound goes, and what this workstation's own knobs do to it.

use crate::plugin_timing::{Line, document_of};
use lockstep_tests::hosts::{
    Bundles, ClapHost, Edition, HostSetup, Performance, Sound, Touch, Transport,
    state_with_document,
};
use lockstep_tests::measures::peak;

const SETUP: HostSetup = HostSetup {
    sample_rate: 48_000.0,
    block: 512,
};
/// Sixteenths at 120 beats a minute last 6,000 frames. None of these strike together.
const LINES: [Line; 3] = [
    (0.25, 16, &[0, 8]),
    (0.25, 16, &[2, 10]),
    (0.25, 16, &[5, 13, 15]),
];
const BAR: usize = 96_000;

fn playing(edition: Edition, setup: HostSetup) -> ClapHost {
    let mut host = ClapHost::open_edition(&Bundles::built(), edition, setup);
    assert!(host.load_state(&state_with_document(&document_of(&LINES))));
    host
}

fn bar(host: &mut ClapHost) -> Performance {
    host.perform(&Transport::rolling(120.0, 0.0), BAR)
}

fn frames_of(line: Line) -> Vec<usize> {
    line.2.iter().map(|step| step * 6_000).collect()
}

#[test]
fn each_track_sounds_on_an_output_of_its_own_and_in_the_mix() {
    let mut host = playing(Edition::Multi, SETUP);
    let outputs = host.ports(false);
    assert_eq!(outputs.len(), 17, "{outputs:?}");
    assert_eq!(host.ports(true).len(), 1);
    let performance = bar(&mut host);
    for (port, line) in performance.ports[1..].iter().zip(LINES) {
        assert_eq!(port.onsets(), frames_of(line));
    }
    for port in &performance.ports[1 + LINES.len()..] {
        assert!(port.is_silent());
    }
    let mix = &performance.ports[0];
    let mut all: Vec<usize> = LINES.into_iter().flat_map(frames_of).collect();
    all.sort_unstable();
    assert_eq!(mix.onsets(), all);
    // Nothing is loud enough for the limiter, so the mix is what the tracks add up to.
    let furthest = (0..mix.frames()).map(|frame| {
        let tracks = performance.ports[1..].iter();
        let sum: f32 = tracks.map(|port| port.left[frame]).sum();
        f64::from((sum - mix.left[frame]).abs())
    });
    let furthest = furthest.fold(0.0, f64::max);
    assert!(
        furthest < 0.01 * peak(mix),
        "{furthest} beside {}",
        peak(mix)
    );
}

#[test]
fn the_stereo_plugin_has_one_output_and_sounds_the_same_mix() {
    let mut stereo = playing(Edition::Stereo, SETUP);
    assert_eq!(stereo.ports(false).len(), 1);
    let multi = bar(&mut playing(Edition::Multi, SETUP));
    assert_eq!(bar(&mut stereo).ports[0], multi.ports[0]);
}

#[test]
fn what_comes_into_the_recording_input_is_not_heard_whatever_it_is() {
    let alone = bar(&mut playing(Edition::Stereo, SETUP));
    for wrong in [1.0, f32::NAN, f32::INFINITY, f32::MIN_POSITIVE / 2.0] {
        let mut host = playing(Edition::Stereo, SETUP);
        host.feed(Sound {
            left: vec![wrong; BAR],
            right: vec![-wrong; BAR],
            latency: 0,
        });
        assert_eq!(bar(&mut host).ports, alone.ports, "beside {wrong}");
    }
}

#[test]
fn a_muted_track_is_silent_here_and_a_trimmed_one_quieter() {
    let whole = bar(&mut playing(Edition::Multi, SETUP));
    let mut host = playing(Edition::Multi, SETUP);
    let mute = host.parameter("Mute 2").expect("a parameter");
    let trim = host.parameter("Trim 3").expect("a parameter");
    host.automate(mute, 1.0);
    host.automate(trim, 0.75);
    // Smoothing is over by then.
    host.render(&Transport::stopped(120.0, 0.0), 48_000);
    let changed = bar(&mut host);
    assert_eq!(
        changed.ports[1], whole.ports[1],
        "the others stay as they were"
    );
    assert!(changed.ports[2].is_silent());
    let (before, after) = (peak(&whole.ports[3]), peak(&changed.ports[3]));
    assert!(
        after > 0.0 && after < 0.9 * before,
        "{after} beside {before}"
    );
    let mut left: Vec<usize> = [LINES[0], LINES[2]]
        .into_iter()
        .flat_map(frames_of)
        .collect();
    left.sort_unstable();
    assert_eq!(changed.ports[0].onsets(), left);
}

#[test]
fn knobs_that_are_turned_while_nothing_sounds_have_arrived_when_it_starts() {
    let still = Transport::stopped(120.0, 0.0);
    let started = |before: usize| {
        let mut host = playing(Edition::Multi, SETUP);
        host.render(&still, before);
        for (name, value) in [("Master", 0.3), ("Mute 2", 1.0), ("Trim 3", 0.75)] {
            let knob = host.parameter(name).expect(name);
            host.automate(knob, value);
        }
        host.render(&still, 48_000);
        bar(&mut host)
    };
    let (at_once, after_idling) = (started(0), started(48_000));
    assert!(!at_once.ports[3].is_silent());
    assert_eq!(at_once.ports, after_idling.ports);
}

#[test]
fn automation_is_bounced_bit_for_bit_whatever_the_blocks() {
    let bounce = |block: usize| {
        let mut host = playing(Edition::Multi, HostSetup { block, ..SETUP });
        let knobs = ["Master", "Trim 1", "Mute 2", "Trim 3", "Macro 1", "Bypass"];
        let knobs = knobs.map(|name| host.parameter(name).expect(name));
        let moves = [
            (3_001, 0, 0.3),
            (11_999, 2, 1.0),
            (12_000, 1, 0.1),
            (40_000, 0, 0.9),
            (50_000, 4, 0.7),
            (60_001, 2, 0.0),
            (80_000, 3, 0.2),
            (90_000, 5, 1.0),
            (93_000, 5, 0.0),
        ];
        for (frame, knob, value) in moves {
            let number = knobs[knob];
            host.touch(frame, Touch::Parameter { number, value });
        }
        bar(&mut host)
    };
    let first = bounce(512);
    assert_ne!(
        first,
        bar(&mut playing(Edition::Multi, SETUP)),
        "they are heard"
    );
    for block in [512, 64, 441, 4096] {
        assert_eq!(bounce(block), first, "in blocks of {block}");
    }
}

#[test]
fn a_bypassed_plugin_fades_out_and_comes_back() {
    let mut host = playing(Edition::Multi, SETUP);
    let bypass = host.parameter("Bypass").expect("a parameter");
    host.automate(bypass, 1.0);
    host.render(&Transport::rolling(120.0, 0.0), 4_800);
    let bypassed = host.perform(&Transport::rolling(120.0, 4.0), BAR);
    assert!(bypassed.ports.iter().all(|port| port.is_silent()));
    assert_eq!(bypassed.notes, []);
    host.automate(bypass, 0.0);
    host.render(&Transport::stopped(120.0, 0.0), 48_000);
    assert_eq!(bar(&mut host).ports[1].onsets(), frames_of(LINES[0]));
}

#[test]
fn the_host_finds_every_knob_by_its_name() {
    let mut host = ClapHost::open(&Bundles::built(), SETUP);
    let mut wanted: Vec<String> = ["Master", "Sync", "Nudge", "Bypass"]
        .map(String::from)
        .into();
    for track in 1..=16 {
        wanted.extend([format!("Trim {track}"), format!("Mute {track}")]);
    }
    wanted.extend((1..=8).map(|knob| format!("Macro {knob}")));
    let found = host.parameters();
    for name in &wanted {
        assert_eq!(
            found.iter().filter(|(found, _)| found == name).count(),
            1,
            "{name}"
        );
    }
    let mut numbers: Vec<u32> = found.iter().map(|(_, number)| *number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), found.len(), "no two have the same number");
}
