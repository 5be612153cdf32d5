//! Worlds of random lives: every seed is one, and each promise has its own test.

mod hostile;
mod moments;
mod seeds;

use lockstep_session::replica::Fault;
use lockstep_tests::world::chaos::{self, Life};
use lockstep_tests::world::{Property, World, kinds};
use seeds::{OPERATIONS, lives};

fn assert_kept(property: Property) {
    let broken: Vec<(u64, String)> = lives()
        .iter()
        .filter_map(|(seed, life)| {
            let first = life.violations.first()?;
            (first.property == property).then(|| (*seed, first.to_string()))
        })
        .collect();
    if let Some((seed, what)) = broken.first() {
        let trace = chaos::live(*seed, OPERATIONS, |_| (), true).trace;
        panic!(
            "{} seeds break it; seed {seed}: {what}\n{trace}",
            broken.len()
        );
    }
}

/// P-CONVERGE-1
#[test]
fn everyone_ends_equal_and_equal_to_a_fresh_joiner() {
    assert_kept(Property::EveryoneEqual);
}

/// P-CONVERGE-1, P-JOURNAL-5
#[test]
fn a_replay_of_the_journal_gives_the_same_session() {
    assert_kept(Property::JournalReplays);
}

/// P-ORDER-1, P-ORDER-2
#[test]
fn at_every_place_in_the_order_everyone_has_the_same_document() {
    assert_kept(Property::AgreeAtOnce);
}

/// P-DURABLE-1
#[test]
fn no_acknowledged_edit_is_ever_lost() {
    assert_kept(Property::AcknowledgedKept);
}

/// P-ONCE-1
#[test]
fn no_edit_is_applied_twice() {
    assert_kept(Property::AppliedOnce);
}

/// P-CLIENT-1
#[test]
fn a_players_own_edit_never_flickers() {
    assert_kept(Property::NoFlicker);
}

/// P-CLIENT-1, P-RESUME-4
#[test]
fn edits_made_offline_survive_and_none_is_forgotten() {
    assert_kept(Property::NothingForgotten);
}

#[test]
fn an_edit_whose_author_heard_no_never_happens() {
    assert_kept(Property::RefusedStaysRefused);
}

/// P-LIVENESS-1
#[test]
fn there_are_no_ghosts_among_the_players() {
    assert_kept(Property::NoGhosts);
}

#[test]
fn nothing_is_said_to_a_reader_that_lags_until_it_has_caught_up() {
    assert_kept(Property::LaggardsAreSpared);
}

#[test]
fn nobody_who_keeps_to_the_rules_has_to_start_over() {
    assert_kept(Property::NeverStartsOver);
}

/// P-CLIENT-3, P-SLOW-1
#[test]
fn everyone_comes_back_by_themselves_and_settles() {
    assert_kept(Property::Settles);
}

#[test]
fn deadlines_pass_once_they_are_served() {
    assert_kept(Property::DeadlinesPass);
}

#[test]
fn nothing_happens_in_a_players_name_that_they_did_not_do() {
    assert_kept(Property::NothingForged);
}

#[test]
fn no_life_of_a_session_ends_in_a_panic() {
    assert_kept(Property::NothingPanics);
}

#[test]
fn every_kind_of_edit_is_made_and_accepted() {
    let missing = |chosen: fn(&Life) -> &std::collections::BTreeSet<&'static str>| -> Vec<&str> {
        let seen = |kind: &&&str| {
            lives()
                .iter()
                .any(|(_, life)| chosen(life).contains(**kind))
        };
        kinds::KINDS
            .iter()
            .filter(|kind| !seen(kind))
            .copied()
            .collect()
    };
    assert_eq!(missing(|life| &life.generated), [""; 0], "never made");
    assert_eq!(missing(|life| &life.accepted), [""; 0], "never accepted");
}

#[test]
fn every_kind_of_trouble_comes_up() {
    for trouble in [
        "a slow reader was given the whole again",
        "a snapshot after a crash",
        "missing edits in the same epoch",
        "missing edits after a crash",
        "nothing missed in a crash",
        "edits lost in a crash",
        "an outbox overflowed",
    ] {
        assert!(
            lives()
                .iter()
                .any(|(_, life)| life.troubles.contains(trouble)),
            "never: {trouble}"
        );
    }
}

/// The first of a hundred seeds in which a planted bug breaks a promise.
fn first_to_notice(property: Property, prepare: chaos::Prepare) -> Result<u64, String> {
    let notices = |seed: &u64| {
        let life = chaos::live(*seed, OPERATIONS, prepare, false);
        life.violations
            .iter()
            .any(|violation| violation.property == property)
    };
    (1..=100)
        .find(notices)
        .ok_or_else(|| format!("no seed breaks {property:?}"))
}

#[test]
fn a_replica_that_drops_its_rebase_is_noticed_as_flicker() -> Result<(), String> {
    first_to_notice(Property::NoFlicker, |world: &mut World| {
        world.plant(Fault::DropRebase)
    })
    .map(drop)
}

#[test]
fn a_replica_that_applies_an_echo_twice_is_noticed_as_disagreement() -> Result<(), String> {
    first_to_notice(Property::AgreeAtOnce, |world: &mut World| {
        world.plant(Fault::ApplyEchoTwice)
    })
    .map(drop)
}

#[test]
fn a_server_that_acknowledges_before_it_commits_is_noticed_as_a_loss() -> Result<(), String> {
    first_to_notice(Property::AcknowledgedKept, World::acknowledge_before_commit).map(drop)
}
