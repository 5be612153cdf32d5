//! What the knobs say, held against the machines that they turn.

use super::{Meaning, Section, of_machine};
use crate::preset::defaults;
use crate::score::Machine;
use lockstep_session::document::instrument::{Amount, Parameter};

#[test]
fn every_machine_shows_exactly_the_parameters_that_it_names() {
    for machine in Machine::ALL {
        let mut shown: Vec<_> = of_machine(machine)
            .iter()
            .map(|knob| knob.parameter)
            .collect();
        let mut named: Vec<_> = defaults(machine).iter().map(|(name, _)| *name).collect();
        shown.sort_unstable();
        named.sort_unstable();
        assert_eq!(shown, named, "{machine:?}");
    }
}

#[test]
fn knobs_come_by_section_and_no_label_stands_twice_in_one() {
    for machine in Machine::ALL {
        let knobs = of_machine(machine);
        let sections: Vec<Section> = knobs.iter().map(|knob| knob.section).collect();
        assert!(sections.is_sorted(), "{machine:?}");
        for (place, knob) in knobs.iter().enumerate() {
            let same =
                |other: &&super::Knob| other.section == knob.section && other.label == knob.label;
            assert_eq!(knobs.iter().position(|other| same(&other)), Some(place));
        }
    }
}

#[test]
fn a_value_gives_the_amount_that_stands_for_it() {
    for machine in Machine::ALL {
        for knob in of_machine(machine) {
            for amount in (0..=10_000).step_by(250).map(Amount::new) {
                let value = knob.meaning.value(amount);
                let back = knob.meaning.amount(value);
                if let Meaning::Choice(_) = knob.meaning {
                    assert_eq!(knob.meaning.value(back), value, "{machine:?} {knob:?}");
                } else {
                    let off = i32::from(back.get()) - i32::from(amount.get());
                    assert!(off.abs() <= 2, "{machine:?} {knob:?} {amount:?} {back:?}");
                }
            }
        }
    }
}

/// A table that says other than the instrument would mislead whoever types a number.
#[test]
fn a_physical_range_is_the_one_that_the_instrument_reads() {
    use crate::instrument::Values;
    let kick = of_machine(Machine::Drum(crate::instrument::drum::Piece::Kick));
    let decay = kick
        .iter()
        .find(|knob| knob.parameter == Parameter::Decay)
        .unwrap();
    for amount in [0, 3_000, 10_000] {
        let values = Values::new(&[(Parameter::Decay, amount)]);
        let read = values.ratio(Parameter::Decay, 0.07, 4.0);
        let told = decay.meaning.value(Amount::new(i64::from(amount)));
        assert!((read - told).abs() < 1e-4, "{read} {told}");
    }
}

#[test]
fn what_is_out_of_range_or_no_number_becomes_an_end() {
    let seconds = super::seconds(0.02, 20.0);
    for (value, amount) in [(-1.0, 0), (1e9, 10_000), (f32::NAN, 0)] {
        assert_eq!(seconds.amount(value).get(), amount);
    }
    assert_eq!(Meaning::Choice(&["a", "b"]).choice(Amount::MAX), Some("b"));
}
