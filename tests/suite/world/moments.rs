//! Single situations between players, each told as it would happen to them.

use lockstep_session::document::launch::Queued;
use lockstep_session::document::step::Step;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{StepIndex, TrackId};
use lockstep_session::limits;
use lockstep_session::units::{Beat, ServerTime, Span, Tempo};
use lockstep_tests::world::composer::Composer;
use lockstep_tests::world::{
    ANNA, BEN, CLEO, Cell, Delay, Dice, HAT, KICK, MachineClock, SNARE, World, scene,
};

fn cell(track: TrackId, step: usize) -> Cell {
    (track, scene(0), StepIndex::new(step).expect("one of 128"))
}

fn some_step(dice: &mut Dice, world: &World) -> Step {
    let document = world.document_of(ANNA).clone();
    let mut composer = Composer {
        dice,
        document: &document,
    };
    loop {
        let step = composer.step();
        if !step.is_blank() {
            return step;
        }
    }
}

fn even(millis: i64) -> Delay {
    Delay {
        least: Span::from_millis(millis),
        jitter: Span::ZERO,
    }
}

#[test]
fn two_players_who_set_the_same_cells_at_once_agree_as_soon_as_both_have_heard_both() {
    for seed in 1..=60 {
        let mut dice = Dice::new(seed);
        let mut world = World::with_players(seed, 2);
        for step in 0..16 {
            for player in [ANNA, BEN] {
                let value = some_step(&mut dice, &world);
                world.set(player, cell(KICK, step), value);
            }
        }
        let heard = |world: &World, player| {
            world
                .replica(player)
                .position()
                .is_some_and(|at| at.revision.0 == 32)
        };
        assert!(
            world.run_until(|world| heard(world, ANNA) && heard(world, BEN)),
            "seed {seed}"
        );
        assert_eq!(
            world.document_of(ANNA),
            world.document_of(BEN),
            "seed {seed}"
        );
        world.assert_kept();
    }
}

#[test]
fn an_edit_made_offline_survives_a_server_restart() {
    let mut world = World::with_players(1, 2);
    world.cut(ANNA);
    world.click(ANNA, KICK, 4);
    world.click(BEN, SNARE, 4);
    world.advance(Span::from_seconds(2));
    world.crash(Span::from_seconds(3));
    world.click(ANNA, HAT, 7);
    world.settle();
    world.assert_equal();
    for (track, step) in [(KICK, 4), (SNARE, 4), (HAT, 7)] {
        let (track, scene, step) = cell(track, step);
        assert!(
            world
                .document_of(BEN)
                .pattern(track, scene)
                .is_some_and(|pattern| pattern.step(step).on)
        );
    }
}

#[test]
fn a_reader_that_stops_reading_never_grows_a_queue_and_is_brought_up_to_date() {
    let mut world = World::with_players(3, 3);
    world.stall(BEN, Span::from_seconds(5));
    for edit in 0..600 {
        world.click(ANNA, KICK, edit % 128);
        world.advance(Span::from_millis(8));
    }
    assert!(
        world.fullest_outbox() <= World::OUTBOX,
        "{}",
        world.fullest_outbox()
    );
    assert_eq!(
        world.document_of(ANNA),
        world.document_of(CLEO),
        "nobody else waits for the slow one"
    );
    world.settle();
    world.assert_equal();
    assert!(
        world
            .troubles()
            .any(|trouble| trouble == "a slow reader was given the whole again")
    );
}

#[test]
fn a_reader_that_never_reads_again_is_let_go_and_comes_back_on_its_own() {
    let mut world = World::with_players(4, 2);
    world.stall(BEN, Span::from_seconds(60));
    for edit in 0..400 {
        world.click(ANNA, KICK, edit % 128);
        world.advance(Span::from_millis(60));
    }
    assert!(world.fullest_outbox() <= World::OUTBOX);
    world.settle();
    world.assert_equal();
}

#[test]
fn undo_never_takes_back_what_another_changed_since() {
    for seed in 1..=80 {
        let mut dice = Dice::new(seed);
        let mut world = World::with_players(seed, 2);
        let mut made: Vec<(Step, usize)> = Vec::new();
        for _ in 0..60 {
            let player = dice.below(2);
            let before = world.document_of(player).clone();
            match dice.below(3) {
                0 => {
                    let value = some_step(&mut dice, &world);
                    made.push((value.clone(), player));
                    world.set(player, cell(KICK, dice.below(5)), value);
                    continue;
                }
                1 => world.undo(player),
                _ => world.redo(player),
            };
            for step in 0..5 {
                let (track, scene, step) = cell(KICK, step);
                let step_of = |document: &lockstep_session::document::Document| {
                    document
                        .pattern(track, scene)
                        .map(|pattern| pattern.step(step))
                        .unwrap_or_default()
                };
                let (old, new) = (step_of(&before), step_of(world.document_of(player)));
                let by = |player| {
                    made.iter()
                        .any(|(value, by)| *value == old && *by == player)
                };
                let of_another = by(1 - player) && !by(player);
                assert!(
                    old == new || !of_another,
                    "seed {seed}: {player} took back {old:?} of the other"
                );
                // What comes back is this player's doing now.
                made.push((new, player));
            }
            world.advance(Span::from_millis(dice.between(0, 60)));
        }
        world.settle();
        world.assert_equal();
    }
}

#[test]
fn a_leader_that_vanishes_loses_the_lead_and_the_music_goes_on() {
    let mut world = World::with_players(5, 2);
    assert!(world.edit(ANNA, Edit::TakeLead));
    assert!(world.edit(
        ANNA,
        Edit::Play {
            from: Beat::ZERO,
            at: None
        }
    ));
    world.advance(Span::from_seconds(1));
    assert!(!world.edit(BEN, Edit::Stop { at: None }), "Anna leads");
    world.black_hole(ANNA);
    world.advance(limits::SILENCE + limits::ABSENT_LEADER + Span::from_seconds(1));
    let document = world.document_of(BEN);
    assert_eq!(document.lead, None);
    assert!(document.timeline.playing);
    assert!(world.edit(BEN, Edit::Stop { at: None }), "nobody leads");
    world.settle();
    world.assert_equal();
}

#[test]
fn a_launch_starts_on_the_same_beat_for_everyone_and_everyone_hears_of_it_in_time() {
    for seed in 1..=40 {
        let mut dice = Dice::new(seed);
        let mut world = World::new(seed);
        for delay in [2, 18, 35] {
            let seat = world.add_seat(lockstep_session::protocol::Role::Editor);
            world.set_delays(seat, even(delay), even(delay));
            world.join(seat);
        }
        world.settle();
        world.edit(
            ANNA,
            Edit::Play {
                from: Beat::ZERO,
                at: None,
            },
        );
        world.advance(Span::from_micros(dice.between(500_000, 5_000_000)));
        let launcher = dice.below(3);
        world.edit(
            launcher,
            Edit::Launch {
                track: KICK,
                clip: Some(scene(1)),
                when: None,
            },
        );
        let queued = |world: &World, player| -> Option<Queued> {
            world.document_of(player).track(KICK)?.queued
        };
        let ordered = |world: &World| -> Option<ServerTime> {
            let document = world.authority()?.document().clone();
            document.timeline.time_at(document.track(KICK)?.queued?.at)
        };
        assert!(world.run_until(|world| ordered(world).is_some()));
        let starts = ordered(&world).expect("it is queued");
        world.advance(starts - world.now() - Span::from_millis(10));
        assert!(
            world.now() < starts,
            "seed {seed}: ordered too late for its own beat"
        );
        let known = queued(&world, ANNA).expect("everyone knows by now");
        assert_eq!(known.clip, Some(scene(1)));
        for player in [BEN, CLEO] {
            assert_eq!(queued(&world, player), Some(known), "seed {seed}");
        }
    }
}

#[test]
fn a_tempo_change_while_playing_keeps_the_phase_at_every_replica() {
    for seed in 1..=40 {
        let mut dice = Dice::new(seed);
        let mut world = World::with_players(seed, 3);
        world.edit(
            ANNA,
            Edit::Play {
                from: Beat::ZERO,
                at: None,
            },
        );
        world.settle();
        for _ in 0..6 {
            let old = world.document_of(ANNA).timeline;
            let tempo = Tempo::new(dice.between(2_000, 30_000));
            let player = dice.below(3);
            world.edit(player, Edit::Tempo { tempo, at: None });
            world.advance(Span::from_millis(dice.between(1_200, 3_000)));
            for player in [ANNA, BEN, CLEO] {
                let new = world.document_of(player).timeline;
                let apart = new.beat_at(new.time) - old.beat_at(new.time);
                assert_eq!(
                    (new.tempo, apart.as_micros()),
                    (tempo, 0),
                    "seed {seed}: the phase jumped"
                );
                assert!(new.playing && world.now() - new.time <= Span::from_seconds(4));
            }
        }
        world.assert_kept();
    }
}

#[test]
fn everyones_server_time_and_with_it_their_playhead_stays_within_a_few_milliseconds() {
    for seed in 1..=12 {
        let mut dice = Dice::new(seed);
        let mut world = World::new(seed);
        for _ in 0..4 {
            let seat = world.add_seat(lockstep_session::protocol::Role::Editor);
            let least = Span::from_micros(dice.between(200, 40_000));
            let delay = Delay {
                least,
                jitter: Span::from_millis(dice.between(0, 8)),
            };
            world.set_delays(seat, delay, delay);
            let offset = Span::from_micros(dice.between(0, 1_800_000_000));
            world.set_clock(
                seat,
                MachineClock {
                    offset,
                    skew: dice.between(-60, 60),
                },
            );
            world.join(seat);
        }
        world.settle();
        world.edit(
            ANNA,
            Edit::Play {
                from: Beat::ZERO,
                at: None,
            },
        );
        world.advance(Span::from_seconds(5));
        for _ in 0..200 {
            world.advance(Span::from_millis(100));
            for player in 0..4 {
                let local = world.local_now(player);
                let heard = world
                    .replica(player)
                    .server_time(local)
                    .expect("pings were answered");
                let apart = (heard - world.now()).as_micros().abs();
                assert!(
                    apart < 4_000,
                    "seed {seed}: player {player} is {apart} us off"
                );
                let timeline = world.replica(player).timeline(local);
                let beats = timeline.beat_at(heard) - timeline.beat_at(world.now());
                assert!(
                    beats.as_micros().abs() < 8_000,
                    "seed {seed}: the playhead is off by {beats:?}"
                );
            }
        }
    }
}
