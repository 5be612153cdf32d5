//! Key, scale and chord, and how pitches follow them.

use crate::units::Beat;
use serde::{Deserialize, Serialize};

crate::bounded! {
    /// Semitones above C.
    pub struct PitchClass(u8) in 0..=11, default 0;
}
crate::bounded! {
    /// A step of the scale, I to VII.
    pub struct Degree(u8) in 1..=7, default 1;
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    #[default]
    Major,
    Dorian,
    Phrygian,
    Lydian,
    Mixolydian,
    Minor,
    Locrian,
    HarmonicMinor,
    MelodicMinor,
    MajorPentatonic,
    MinorPentatonic,
    Blues,
    WholeTone,
    Chromatic,
}

impl Scale {
    pub const ALL: [Scale; 14] = [
        Scale::Major,
        Scale::Dorian,
        Scale::Phrygian,
        Scale::Lydian,
        Scale::Mixolydian,
        Scale::Minor,
        Scale::Locrian,
        Scale::HarmonicMinor,
        Scale::MelodicMinor,
        Scale::MajorPentatonic,
        Scale::MinorPentatonic,
        Scale::Blues,
        Scale::WholeTone,
        Scale::Chromatic,
    ];

    /// As musicians say it.
    pub fn name(self) -> &'static str {
        match self {
            Scale::Major => "major",
            Scale::Dorian => "dorian",
            Scale::Phrygian => "phrygian",
            Scale::Lydian => "lydian",
            Scale::Mixolydian => "mixolydian",
            Scale::Minor => "minor",
            Scale::Locrian => "locrian",
            Scale::HarmonicMinor => "harmonic minor",
            Scale::MelodicMinor => "melodic minor",
            Scale::MajorPentatonic => "major pentatonic",
            Scale::MinorPentatonic => "minor pentatonic",
            Scale::Blues => "blues",
            Scale::WholeTone => "whole tone",
            Scale::Chromatic => "chromatic",
        }
    }

    /// Semitones above the key, rising from it.
    pub fn intervals(self) -> &'static [i32] {
        match self {
            Scale::Major => &[0, 2, 4, 5, 7, 9, 11],
            Scale::Dorian => &[0, 2, 3, 5, 7, 9, 10],
            Scale::Phrygian => &[0, 1, 3, 5, 7, 8, 10],
            Scale::Lydian => &[0, 2, 4, 6, 7, 9, 11],
            Scale::Mixolydian => &[0, 2, 4, 5, 7, 9, 10],
            Scale::Minor => &[0, 2, 3, 5, 7, 8, 10],
            Scale::Locrian => &[0, 1, 3, 5, 6, 8, 10],
            Scale::HarmonicMinor => &[0, 2, 3, 5, 7, 8, 11],
            Scale::MelodicMinor => &[0, 2, 3, 5, 7, 9, 11],
            Scale::MajorPentatonic => &[0, 2, 4, 7, 9],
            Scale::MinorPentatonic => &[0, 3, 5, 7, 10],
            Scale::Blues => &[0, 3, 5, 6, 7, 10],
            Scale::WholeTone => &[0, 2, 4, 6, 8, 10],
            Scale::Chromatic => &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        }
    }

    /// The seven-note scale that chords are built on.
    fn parent(self) -> Scale {
        match self {
            Scale::MajorPentatonic | Scale::WholeTone | Scale::Chromatic => Scale::Major,
            Scale::MinorPentatonic | Scale::Blues => Scale::Minor,
            seven_notes => seven_notes,
        }
    }

    /// How many places the scale's key signature lies from its tonic's major key on the circle of fifths.
    fn fifths_from_major(self) -> i32 {
        match self.parent() {
            Scale::Lydian => 1,
            Scale::Mixolydian => -1,
            Scale::Dorian => -2,
            Scale::Minor | Scale::HarmonicMinor | Scale::MelodicMinor => -3,
            Scale::Phrygian => -4,
            Scale::Locrian => -5,
            _ => 0,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Harmony {
    pub key: PitchClass,
    pub scale: Scale,
    pub chord: Option<Degree>,
    pub lock: bool,
}

impl Harmony {
    /// Semitones above the key of the triad on the chord's degree, or of the whole scale without one.
    pub fn chord_intervals(&self) -> Vec<i32> {
        let Some(degree) = self.chord else {
            return self.scale.intervals().to_vec();
        };
        let parent = self.scale.parent().intervals();
        let root = usize::from(degree.get()) - 1;
        let mut triad: Vec<i32> = [0, 2, 4]
            .iter()
            .map(|third| parent[(root + third) % parent.len()])
            .collect();
        triad.sort_unstable();
        triad
    }

    pub fn in_scale(&self, note: i32) -> bool {
        self.scale
            .intervals()
            .contains(&(note - i32::from(self.key.get())).rem_euclid(12))
    }

    /// The nearest note of the scale; of two as near, the lower.
    pub fn snap_to_scale(&self, note: i32) -> i32 {
        snap(note - i32::from(self.key.get()), self.scale.intervals()) + i32::from(self.key.get())
    }

    /// The nearest note of the chord; of two as near, the lower.
    pub fn snap_to_chord(&self, note: i32) -> i32 {
        snap(note - i32::from(self.key.get()), &self.chord_intervals()) + i32::from(self.key.get())
    }

    /// Moves a note by degrees of the scale, after snapping it there.
    pub fn transpose(&self, note: i32, degrees: i32) -> i32 {
        let intervals = self.scale.intervals();
        let count = i32::try_from(intervals.len()).expect("a scale has at most twelve notes");
        let above_key = self.snap_to_scale(note) - i32::from(self.key.get());
        let (octave, within) = (above_key.div_euclid(12), above_key.rem_euclid(12));
        let degree = intervals
            .iter()
            .position(|&interval| interval == within)
            .unwrap_or(0);
        let moved = i32::try_from(degree).expect("a degree is below twelve") + degrees;
        let index = usize::try_from(moved.rem_euclid(count)).expect("a remainder is not negative");
        (octave + moved.div_euclid(count)) * 12 + intervals[index] + i32::from(self.key.get())
    }

    /// The name of a note, spelled as this key writes it.
    pub fn spell(&self, note: PitchClass) -> &'static str {
        const SHARP: [&str; 12] = [
            "C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B",
        ];
        const FLAT: [&str; 12] = [
            "C", "D♭", "D", "E♭", "E", "F", "G♭", "G", "A♭", "A", "B♭", "B",
        ];
        let (signature, index) = (self.signature(), usize::from(note.get()));
        match (signature, index) {
            // Six flats write B as C♭.
            (-6, 11) => "C♭",
            (..=-1, _) => FLAT[index],
            _ => SHARP[index],
        }
    }

    /// Sharps (positive) or flats (negative) in the key signature, at most six.
    pub fn signature(&self) -> i32 {
        let fifths = i32::from(self.key.get()) * 7 % 12 + self.scale.fifths_from_major();
        // Of the two ways to write a key, the one with fewer accidentals; six is written with flats.
        let around = (fifths + 5).rem_euclid(12) - 5;
        if around == 6 { -6 } else { around }
    }
}

fn snap(above_key: i32, intervals: &[i32]) -> i32 {
    let (octave, within) = (above_key.div_euclid(12), above_key.rem_euclid(12));
    let candidates = intervals
        .iter()
        .flat_map(|&interval| [interval - 12, interval, interval + 12]);
    let nearest = candidates.min_by_key(|candidate| ((candidate - within).abs(), *candidate));
    octave * 12 + nearest.unwrap_or(within)
}

/// The harmony that sounds, and the one that takes over at the next bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HarmonyPlan {
    pub now: Harmony,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<(Beat, Harmony)>,
}

impl HarmonyPlan {
    /// What was last asked for, whether or not it sounds yet.
    pub fn latest(&self) -> Harmony {
        self.next.map_or(self.now, |(_, harmony)| harmony)
    }

    pub fn at(&self, beat: Beat) -> Harmony {
        match self.next {
            Some((from, harmony)) if beat >= from => harmony,
            _ => self.now,
        }
    }

    pub fn change(&mut self, harmony: Harmony, now: Beat, from: Beat) {
        self.now = self.at(now);
        self.next = Some((from, harmony));
    }

    /// The transport moved: what sounds goes on sounding, what is to come keeps its distance.
    pub(crate) fn shift(&mut self, from: Beat, to: Beat) {
        if let Some((begins, harmony)) = self.next {
            self.now = self.at(from);
            self.next = (begins > from).then_some((to + (begins - from), harmony));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn harmony(key: i64, scale: Scale) -> Harmony {
        Harmony {
            key: PitchClass::new(key),
            scale,
            ..Harmony::default()
        }
    }

    #[test]
    fn keys_are_spelled_with_the_fewest_accidentals() {
        for (key, scale, note, name) in [
            (3, Scale::Minor, 3, "E♭"),
            (3, Scale::Minor, 11, "C♭"),
            (7, Scale::Major, 6, "F♯"),
            (5, Scale::Major, 10, "B♭"),
            (2, Scale::Dorian, 5, "F"),
            (9, Scale::Minor, 8, "G♯"),
            (11, Scale::Major, 10, "A♯"),
        ] {
            assert_eq!(
                harmony(key, scale).spell(PitchClass::new(note)),
                name,
                "{key} {scale:?} {note}"
            );
        }
    }

    #[test]
    fn no_key_needs_more_than_six_accidentals() {
        for key in 0..12 {
            for scale in Scale::ALL {
                assert!(harmony(key, scale).signature().abs() <= 6);
            }
        }
    }

    #[test]
    fn a_note_between_two_of_the_scale_goes_down() {
        let c_major = harmony(0, Scale::Major);
        assert_eq!(c_major.snap_to_scale(1), 0);
        assert_eq!(c_major.snap_to_scale(-1), -1);
        assert_eq!(c_major.snap_to_scale(-2), -3);
        for note in -60..60 {
            for scale in Scale::ALL {
                assert!(harmony(3, scale).in_scale(harmony(3, scale).snap_to_scale(note)));
            }
        }
    }

    #[test]
    fn the_second_degree_of_c_major_is_d_minor() {
        let d_minor = Harmony {
            chord: Some(Degree::new(2)),
            ..harmony(0, Scale::Major)
        };
        assert_eq!(d_minor.chord_intervals(), [2, 5, 9]);
        assert_eq!(
            d_minor.snap_to_chord(0),
            2,
            "C lies three above A and two below D"
        );
    }

    #[test]
    fn transposing_by_the_length_of_the_scale_is_an_octave() {
        for scale in Scale::ALL {
            let count = i32::try_from(scale.intervals().len()).expect("short");
            assert_eq!(harmony(5, scale).transpose(5, count), 17);
            assert_eq!(harmony(5, scale).transpose(5, -count), -7);
        }
    }

    #[test]
    fn a_change_waits_for_its_bar() {
        let mut plan = HarmonyPlan::default();
        let next = harmony(7, Scale::Minor);
        plan.change(next, Beat::from_micros(1), Beat::from_micros(4_000_000));
        assert_eq!(plan.at(Beat::from_micros(3_999_999)), Harmony::default());
        assert_eq!(plan.at(Beat::from_micros(4_000_000)), next);
        assert_eq!(plan.latest(), next);
    }

    #[test]
    fn a_change_that_has_sounded_still_sounds_after_going_back_to_the_start() {
        let mut plan = HarmonyPlan::default();
        let next = harmony(7, Scale::Minor);
        plan.change(next, Beat::from_micros(1), Beat::from_micros(4_000_000));
        let mut waiting = plan;
        plan.shift(Beat::from_micros(5_000_000), Beat::ZERO);
        assert_eq!(plan.at(Beat::ZERO), next);
        waiting.shift(Beat::from_micros(3_000_000), Beat::ZERO);
        assert_eq!(waiting.at(Beat::from_micros(999_999)), Harmony::default());
        assert_eq!(waiting.at(Beat::from_micros(1_000_000)), next);
    }
}
