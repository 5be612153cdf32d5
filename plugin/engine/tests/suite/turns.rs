//! What a workstation does on top of what is shared: trims, and knobs on parameters.

use crate::desk::{Desk, HUM, humming, one_track};
use lockstep_engine::Turn;
use lockstep_session::document::instrument::{Amount, Parameter};
use lockstep_session::document::step::Step;

fn turn(parameter: Parameter, from: u16, to: u16) -> Turn {
    Turn {
        track: 0,
        parameter,
        from: Amount::new(from.into()),
        to: Amount::new(to.into()),
    }
}

#[test]
fn a_trim_is_a_gain_that_comes_without_a_click() {
    let held = Step {
        tie: true,
        ..Step::on()
    };
    let mut desk = Desk::new(one_track(humming(), vec![held; 16]));
    desk.roll(0.0, 24_000, 512);
    let loud = desk.strength(12_000..23_000, HUM);
    desk.listening.trims[0] = 0.5;
    desk.roll(1.0, 24_000, 512);
    desk.settle();
    let half = desk.strength(30_000..45_000, HUM);
    assert!((half / loud - 0.5).abs() < 0.01, "{half} of {loud}");
    assert!(desk.sharpest(20_000..30_000) < 0.02);
}

#[test]
fn a_trim_that_is_no_number_changes_nothing() {
    let mut desks = [1.0, f32::NAN].map(|trim| {
        let mut desk = Desk::new(one_track(humming(), vec![Step::on()]));
        desk.listening.trims[0] = trim;
        desk.roll(0.0, 10_000, 512);
        desk
    });
    let [plain, odd] = &mut desks;
    assert_eq!(plain.left, odd.left);
}

#[test]
fn a_knob_moves_its_parameter_and_only_while_it_is_turned() {
    let tuned = |share: Option<f32>| {
        let mut desk = Desk::new(one_track(humming(), vec![Step::on()]));
        if let Some(share) = share {
            desk.score.turn(&turn(Parameter::Attack, 0, 10_000), share);
        }
        desk.roll(0.0, 20_000, 512);
        desk.left
    };
    let plain = tuned(None);
    assert_eq!(plain, tuned(None));
    assert_ne!(tuned(Some(0.9)), plain);
    assert_ne!(tuned(Some(0.9)), tuned(Some(0.4)));
    assert_eq!(
        tuned(Some(f32::NAN)),
        tuned(Some(0.0)),
        "no number is the start"
    );
}

#[test]
fn a_knob_on_a_track_that_is_not_there_turns_nothing() {
    let mut desk = Desk::new(one_track(humming(), vec![Step::on()]));
    let before = desk.score.clone();
    desk.score.turn(
        &Turn {
            track: 99,
            ..turn(Parameter::Cutoff, 0, 10_000)
        },
        0.5,
    );
    assert!(before == desk.score);
}
