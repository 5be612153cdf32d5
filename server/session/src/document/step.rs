//! One place of a pattern: whether it sounds, and everything about how.

use super::instrument::{Amount, Parameter};
use arrayvec::ArrayVec;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, fmt};

crate::bounded! {
    /// How hard a step is struck, as MIDI counts it.
    pub struct Velocity(u8) in 1..=127, default 100;
}
crate::bounded! {
    /// Semitones above or below the track's own pitch.
    pub struct Pitch(i8) in -24..=24, default 0;
}
crate::bounded! {
    /// How often a step sounds, in percent.
    pub struct Chance(u8) in 1..=100, default 100;
}
crate::bounded! {
    /// How many times a step sounds within its own length.
    pub struct Ratchet(u8) in 1..=8, default 1;
}
crate::bounded! {
    /// How early or late a step sounds, in percent of its length.
    pub struct Nudge(i8) in -50..=50, default 0;
}
crate::bounded! {
    /// How much of its length a step is held, in percent.
    pub struct Gate(u8) in 5..=100, default 80;
}
crate::bounded! {
    /// A count within a repeating cycle of passes.
    pub struct Turn(u8) in 1..=8, default 1;
}

/// When, among the passes of its pattern, a step may sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    #[default]
    Always,
    /// Pass A of every B.
    Every(Cycle),
    /// The first pass since the clip started.
    First,
    /// While the session's fill is held.
    Fill,
}

/// A of B, with A never past B. Written `[A, B]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "(Turn, Turn)", into = "(Turn, Turn)")]
pub struct Cycle {
    turn: Turn,
    of: Turn,
}

impl Cycle {
    pub fn new(turn: Turn, of: Turn) -> Self {
        Self {
            turn: turn.min(of),
            of,
        }
    }

    pub fn turn(self) -> Turn {
        self.turn
    }

    pub fn of(self) -> Turn {
        self.of
    }
}

impl From<(Turn, Turn)> for Cycle {
    fn from((turn, of): (Turn, Turn)) -> Self {
        Self::new(turn, of)
    }
}

impl From<Cycle> for (Turn, Turn) {
    fn from(cycle: Cycle) -> Self {
        (cycle.turn, cycle.of)
    }
}

/// One to four different pitches, lowest first.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Pitches(ArrayVec<Pitch, 4>);

impl Pitches {
    pub fn new(offered: impl IntoIterator<Item = Pitch>) -> Self {
        let mut pitches = ArrayVec::<Pitch, 4>::new();
        for pitch in offered {
            if !pitches.contains(&pitch) && pitches.try_push(pitch).is_err() {
                break;
            }
        }
        if pitches.is_empty() {
            pitches.push(Pitch::default());
        }
        pitches.sort_unstable();
        Self(pitches)
    }

    pub fn iter(&self) -> impl Iterator<Item = Pitch> + '_ {
        self.0.iter().copied()
    }

    /// Nothing but the track's own pitch.
    pub fn is_plain(&self) -> bool {
        matches!(self.0.as_slice(), [only] if only.get() == 0)
    }
}

impl Default for Pitches {
    fn default() -> Self {
        Self::new([])
    }
}

impl fmt::Debug for Pitches {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_list()
            .entries(self.iter().map(Pitch::get))
            .finish()
    }
}

impl<'de> Deserialize<'de> for Pitches {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(Vec::<Pitch>::deserialize(deserializer)?))
    }
}

/// Values that parameters take for one step only: at most eight, in the parameters' own order.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Locks(ArrayVec<(Parameter, Amount), 8>);

impl Locks {
    pub const MOST: usize = 8;

    pub fn get(&self, parameter: Parameter) -> Option<Amount> {
        self.0
            .iter()
            .find(|(locked, _)| *locked == parameter)
            .map(|&(_, amount)| amount)
    }

    pub fn iter(&self) -> impl Iterator<Item = (Parameter, Amount)> + '_ {
        self.0.iter().copied()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sets one lock; a ninth is not taken.
    pub fn set(&mut self, parameter: Parameter, amount: Amount) {
        match self
            .0
            .binary_search_by_key(&parameter, |&(locked, _)| locked)
        {
            Ok(at) => self.0[at].1 = amount,
            Err(at) if self.0.len() < Self::MOST => self.0.insert(at, (parameter, amount)),
            Err(_) => {}
        }
    }

    pub fn clear(&mut self, parameter: Parameter) {
        self.0.retain(|(locked, _)| *locked != parameter);
    }
}

impl fmt::Debug for Locks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_map()
            .entries(
                self.iter()
                    .map(|(parameter, amount)| (parameter, amount.get())),
            )
            .finish()
    }
}

impl Serialize for Locks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (parameter, amount) in self.iter() {
            map.serialize_entry(parameter.name(), &amount)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Locks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;
        impl<'de> Visitor<'de> for Entries {
            type Value = Locks;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object of parameter locks")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Locks, A::Error> {
                let mut locks = Locks::default();
                while let Some((name, amount)) = map.next_entry::<Cow<'de, str>, Amount>()? {
                    if let Some(parameter) = Parameter::from_name(&name) {
                        locks.set(parameter, amount);
                    }
                }
                Ok(locks)
            }
        }
        deserializer.deserialize_map(Entries)
    }
}

/// A step keeps all its fields while it is off, so that switching it on again brings it back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Step {
    #[serde(skip_serializing_if = "is_default")]
    pub on: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub velocity: Velocity,
    #[serde(skip_serializing_if = "Pitches::is_plain")]
    pub pitches: Pitches,
    #[serde(skip_serializing_if = "is_default")]
    pub chance: Chance,
    #[serde(skip_serializing_if = "is_default")]
    pub condition: Condition,
    #[serde(skip_serializing_if = "is_default")]
    pub ratchet: Ratchet,
    #[serde(skip_serializing_if = "is_default")]
    pub nudge: Nudge,
    #[serde(skip_serializing_if = "is_default")]
    pub tie: bool,
    #[serde(skip_serializing_if = "is_default")]
    pub gate: Gate,
    #[serde(skip_serializing_if = "Locks::is_empty")]
    pub locks: Locks,
}

pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Step {
    pub fn on() -> Step {
        Step {
            on: true,
            ..Step::default()
        }
    }

    pub fn is_blank(&self) -> bool {
        is_default(self)
    }

    /// The step with every field at its longest in writing, for measuring limits.
    pub fn largest() -> Step {
        let mut step = Step {
            on: true,
            velocity: Velocity::new(127),
            pitches: Pitches::new([-24, -23, -22, -21].map(Pitch::new)),
            chance: Chance::new(99),
            condition: Condition::Every(Cycle::new(Turn::MAX, Turn::MAX)),
            ratchet: Ratchet::MAX,
            nudge: Nudge::MIN,
            tie: true,
            gate: Gate::MAX,
            locks: Locks::default(),
        };
        let mut longest = Parameter::ALL;
        longest.sort_by_key(|parameter| std::cmp::Reverse(parameter.name().len()));
        for parameter in longest.into_iter().take(Locks::MOST) {
            step.locks.set(parameter, Amount::MAX);
        }
        step
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blank_step_is_written_as_nothing_and_a_full_one_comes_back_whole() {
        assert_eq!(
            serde_json::to_string(&Step::default()).expect("encodes"),
            "{}"
        );
        let text = serde_json::to_string(&Step::largest()).expect("encodes");
        assert_eq!(
            serde_json::from_str::<Step>(&text).expect("decodes"),
            Step::largest()
        );
    }

    #[test]
    fn fields_out_of_range_are_brought_in() {
        let step: Step = serde_json::from_str(
            r#"{"on":true,"velocity":999,"pitches":[99,0,0,-99,1,2,3],"chance":0,"ratchet":-1,"nudge":400,
                "gate":0,"condition":{"every":[7,3]},"locks":{"cutoff":-5,"no-such":1},"unknown":{"x":[]}}"#,
        )
        .expect("decodes");
        assert_eq!(step.velocity.get(), 127);
        assert_eq!(step.pitches, Pitches::new([-24, 0, 1, 24].map(Pitch::new)));
        assert_eq!(
            (
                step.chance.get(),
                step.ratchet.get(),
                step.nudge.get(),
                step.gate.get()
            ),
            (1, 1, 50, 5)
        );
        assert_eq!(
            step.condition,
            Condition::Every(Cycle::new(Turn::new(3), Turn::new(3)))
        );
        assert_eq!(step.locks.get(Parameter::Cutoff), Some(Amount::MIN));
        assert_eq!(step.locks.iter().count(), 1);
    }
}
