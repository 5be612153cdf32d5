//! A random life of a session: everything players do and everything that goes wrong, from one seed.

use super::composer::Composer;
use super::kinds::kind;
use super::link::Delay;
use super::seat::MachineClock;
use super::witness::{Property, Violation};
use super::{Dice, World};
use lockstep_session::document::Document;
use lockstep_session::edit::Edit;
use lockstep_session::ids::{StepIndex, TrackId};
use lockstep_session::protocol::{Cursor, Presence, Profile, Role, View};
use lockstep_session::text::Name;
use lockstep_session::units::Span;
use std::collections::BTreeSet;

/// What came of one seed.
#[derive(Debug, Default)]
pub struct Life {
    pub violations: Vec<Violation>,
    pub generated: BTreeSet<&'static str>,
    pub accepted: BTreeSet<&'static str>,
    /// What went wrong on purpose, by name, so that a quiet world is noticed.
    pub troubles: BTreeSet<&'static str>,
    pub trace: String,
}

/// How a world is changed before it comes to life, such as by planting a bug.
pub type Prepare = fn(&mut World);

pub fn live(seed: u64, operations: usize, prepare: Prepare, traced: bool) -> Life {
    let mut chaos = Chaos::begin(seed, prepare, traced);
    for _ in 0..operations {
        chaos.operate();
        if !chaos.world.violations().is_empty() {
            break;
        }
    }
    chaos.end()
}

struct Chaos {
    world: World,
    dice: Dice,
    life: Life,
}

impl Chaos {
    fn begin(seed: u64, prepare: Prepare, traced: bool) -> Self {
        let mut dice = Dice::new(seed ^ 0x6368_616f_7300);
        let mut world = World::new(seed);
        if traced {
            world.keep_trace();
        }
        for number in 0..2 + dice.below(3) {
            let role = if number > 0 && dice.percent(8) {
                Role::Listener
            } else {
                Role::Editor
            };
            world.add_seat(role);
        }
        if dice.percent(30) {
            world.add_window_of(0);
        }
        for seat in 0..world.players() {
            let delay = |dice: &mut Dice| Delay {
                least: Span::from_micros(dice.between(100, 60_000)),
                jitter: Span::from_micros(dice.between(100, 40_000)),
            };
            world.set_delays(seat, delay(&mut dice), delay(&mut dice));
            let offset = Span::from_micros(dice.between(0, 3_600_000_000));
            world.set_clock(
                seat,
                MachineClock {
                    offset,
                    skew: dice.between(-80, 80),
                },
            );
        }
        prepare(&mut world);
        for seat in 0..world.players() {
            world.join(seat);
        }
        if dice.percent(70) {
            world.advance(Span::from_millis(300));
        }
        Self {
            world,
            dice,
            life: Life::default(),
        }
    }

    fn end(mut self) -> Life {
        let world = &mut self.world;
        if world.violations().is_empty() {
            for seat in 0..world.players() {
                world.join(seat);
            }
            world.settle();
            world.check_settled();
            world.check_fresh_joiner();
        }
        let accepted = world.witness.line().orders.iter();
        self.life
            .accepted
            .extend(accepted.flat_map(|ordered| kinds_in(&ordered.edit)));
        self.life.violations = world.violations().to_vec();
        self.life.trace = world.trace();
        self.life.troubles.extend(world.troubles());
        self.life
    }

    fn someone(&mut self) -> usize {
        self.dice.below(self.world.players())
    }

    fn operate(&mut self) {
        let seat = self.someone();
        match self.dice.below(100) {
            0..=43 => self.edit(seat),
            44..=47 => {
                for _ in 0..self.dice.between(4, 24) {
                    self.edit(seat);
                }
            }
            48..=55 => self.duel(seat),
            56..=60 => {
                self.world.undo(seat);
            }
            61..=63 => {
                self.world.redo(seat);
            }
            64..=68 => self.be_present(seat),
            69..=73 => {
                if self.world.is_reachable(seat) {
                    self.world.cut(seat)
                } else {
                    self.world.heal_one(seat)
                }
            }
            74 => self.world.heal_one(seat),
            75..=76 => self
                .world
                .half_open(seat, self.dice.coin(), self.dice.coin()),
            77 => self.world.drop_connection(seat),
            78 => self.world.black_hole(seat),
            79..=81 => self
                .world
                .linger(seat, Span::from_millis(self.dice.between(50, 14_000))),
            82..=83 => self
                .world
                .hold_back(seat, Span::from_millis(self.dice.between(50, 7_000))),
            84..=87 => {
                self.world
                    .stall(seat, Span::from_millis(self.dice.between(50, 9_000)));
                let other = self.someone();
                for _ in 0..self.dice.between(0, 40) {
                    self.edit(other);
                }
            }
            88..=90 => self
                .world
                .crash(Span::from_millis(self.dice.between(0, 3_000))),
            91 => self.world.rest(),
            92..=93 => self
                .world
                .snapshot(Span::from_millis(self.dice.between(-60, 60).max(0))),
            94 => self.world.read_only(self.dice.percent(30)),
            95 => self.world.slow_disk(self.dice.coin()),
            96 => self.world.leave(seat),
            97 => self.world.join(seat),
            _ => self
                .world
                .advance(Span::from_millis(self.dice.between(500, 9_000))),
        }
        if self.dice.percent(70) {
            self.world
                .advance(Span::from_micros(self.dice.between(0, 80_000)));
        }
    }

    fn edit(&mut self, seat: usize) {
        let document = self.world.replica(seat).document().clone();
        let now = self.world.now();
        let mut composer = Composer {
            dice: &mut self.dice,
            document: &document,
        };
        let mut edit = composer.edit();
        if composer.dice.percent(20) {
            edit = composer.edge(edit, now);
        }
        self.make(seat, edit);
    }

    fn make(&mut self, seat: usize, edit: Edit) {
        self.life.generated.extend(kinds_in(&edit));
        self.world.check_codec(&edit);
        self.world.edit(seat, edit);
    }

    /// Two players set the same cells at the same moment.
    fn duel(&mut self, seat: usize) {
        let other = self.someone();
        let document = self.world.replica(seat).document().clone();
        for _ in 0..self.dice.between(1, 4) {
            let mut composer = Composer {
                dice: &mut self.dice,
                document: &document,
            };
            let edit = composer.set_step();
            let mut answer = edit.clone();
            if let Edit::Step { value, .. } = &mut answer {
                *value = composer.step();
            }
            self.make(seat, edit);
            self.make(other, answer);
        }
    }

    fn be_present(&mut self, seat: usize) {
        let (track, scene) = (
            TrackId(1 + self.dice.word() % 3),
            super::scene(self.dice.below(8)),
        );
        let step = StepIndex::new(self.dice.below(128)).expect("one of 128");
        match self.dice.below(10) {
            0 if self.world.replica(seat).role() == Some(Role::Editor) => {
                self.world.act(seat, |replica, _| {
                    replica.gather(View { track, scene, step })
                })
            }
            1 => {
                let name = Name::new(&format!("Guest {}", self.dice.below(99)));
                self.world.act(seat, |replica, _| {
                    replica.set_profile(Profile {
                        name,
                        ..Profile::default()
                    })
                });
            }
            _ => {
                let playing = self.dice.coin();
                let presence = Presence {
                    cursor: Some(Cursor { track, scene, step }),
                    playing,
                    ..Presence::default()
                };
                self.world
                    .act(seat, |replica, now| replica.set_presence(presence, now));
            }
        }
    }
}

fn kinds_in(edit: &Edit) -> BTreeSet<&'static str> {
    let mut kinds = BTreeSet::from([kind(edit)]);
    if let Edit::Gesture(edits) = edit {
        kinds.extend(edits.iter().map(kind));
    }
    kinds
}

impl World {
    /// An edit says the same after it was written and read.
    pub fn check_codec(&mut self, edit: &Edit) {
        let text = lockstep_session::protocol::encode(edit);
        let read = serde_json::from_str::<Edit>(&text);
        if read.as_ref().ok() != Some(edit) {
            self.witness.report(
                Property::JournalReplays,
                format!("{edit:?} is read back as {read:?}"),
            );
        }
    }

    /// What a player sees.
    pub fn document_of(&self, seat: usize) -> &Document {
        self.replica(seat).document()
    }
}
