//! The circle of fifths, and the triads on the degrees of a scale with their names.

use super::harmony::{Degree, Harmony, PitchClass, Scale};

/// The places of the circle, clockwise from the top.
pub const PLACES: u8 = 12;

/// The key at a place, as semitones above C: each is a fifth above the one before it.
pub fn key_at(place: u8) -> PitchClass {
    PitchClass::new(i64::from(place) * 7 % 12)
}

/// How the key at a place is written with this scale built on it.
pub fn spelled(key: PitchClass, scale: Scale) -> &'static str {
    let harmony = Harmony {
        key,
        scale,
        ..Harmony::default()
    };
    harmony.spell(key)
}

/// The seven chords of a scale: numeral, name, and the degree.
#[derive(Clone, Debug)]
pub struct Chord {
    pub degree: Degree,
    pub numeral: String,
    pub name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quality {
    Major,
    Minor,
    Diminished,
    Augmented,
    /// A triad of no common kind.
    Other,
}

pub fn chords(harmony: &Harmony) -> Vec<Chord> {
    let degrees = (1..=7).map(Degree::new);
    degrees.map(|degree| chord(harmony, degree)).collect()
}

pub fn chord(harmony: &Harmony, degree: Degree) -> Chord {
    let (root, quality) = triad(harmony, degree);
    let numeral = ["I", "II", "III", "IV", "V", "VI", "VII"][usize::from(degree.get() - 1)];
    let note = harmony.spell(PitchClass::new(i64::from(
        (root + i32::from(harmony.key.get())).rem_euclid(12),
    )));
    let (numeral, name) = match quality {
        Quality::Major => (numeral.to_owned(), note.to_owned()),
        Quality::Minor => (numeral.to_ascii_lowercase(), format!("{note}m")),
        Quality::Diminished => (
            format!("{}\u{b0}", numeral.to_ascii_lowercase()),
            format!("{note}\u{b0}"),
        ),
        Quality::Augmented => (format!("{numeral}+"), format!("{note}+")),
        Quality::Other => (numeral.to_owned(), note.to_owned()),
    };
    Chord {
        degree,
        numeral,
        name,
    }
}

/// The root above the key, and what its third and fifth make of it.
fn triad(harmony: &Harmony, degree: Degree) -> (i32, Quality) {
    let with = |degree| Harmony {
        chord: Some(degree),
        ..*harmony
    };
    let notes = with(degree).chord_intervals();
    // Every degree's root is the note that its chord shares with no smaller stack of thirds: the
    // scale's own note of that number, which the chord two degrees lower has as its third.
    let root = root_of(harmony, degree);
    let mut above: Vec<i32> = notes
        .iter()
        .map(|note| (note - root).rem_euclid(12))
        .collect();
    above.sort_unstable();
    let quality = match above[..] {
        [0, 4, 7] => Quality::Major,
        [0, 3, 7] => Quality::Minor,
        [0, 3, 6] => Quality::Diminished,
        [0, 4, 8] => Quality::Augmented,
        _ => Quality::Other,
    };
    (root, quality)
}

/// The chords that hold a note on its first, third and fifth place are those on its degree and two
/// and four degrees below; only its own root is in all three.
fn root_of(harmony: &Harmony, degree: Degree) -> i32 {
    let at = |below: u8| {
        let number = (degree.get() + 6 - below) % 7 + 1;
        let harmony = Harmony {
            chord: Some(Degree::new(i64::from(number))),
            ..*harmony
        };
        harmony.chord_intervals()
    };
    let (own, third, fifth) = (at(0), at(2), at(4));
    let mut shared = own
        .iter()
        .filter(|note| third.contains(note) && fifth.contains(note));
    shared.next().copied().unwrap_or(0)
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
    fn the_circle_goes_up_by_fifths_and_spells_each_key_as_it_is_written() {
        let names = |scale| -> Vec<&str> {
            (0..PLACES)
                .map(|place| spelled(key_at(place), scale))
                .collect()
        };
        assert_eq!(
            names(Scale::Major),
            [
                "C", "G", "D", "A", "E", "B", "G♭", "D♭", "A♭", "E♭", "B♭", "F"
            ]
        );
        assert_eq!(
            names(Scale::Minor),
            [
                "C", "G", "D", "A", "E", "B", "F♯", "C♯", "G♯", "E♭", "B♭", "F"
            ]
        );
    }

    #[test]
    fn the_chords_of_a_scale_are_named_by_their_notes_and_kinds() {
        let names = |key, scale| -> Vec<String> {
            let chords = chords(&harmony(key, scale));
            chords
                .iter()
                .map(|chord| format!("{} {}", chord.numeral, chord.name))
                .collect()
        };
        assert_eq!(
            names(0, Scale::Major),
            ["I C", "ii Dm", "iii Em", "IV F", "V G", "vi Am", "vii° B°"]
        );
        assert_eq!(
            names(3, Scale::Minor),
            [
                "i E♭m", "ii° F°", "III G♭", "iv A♭m", "v B♭m", "VI C♭", "VII D♭"
            ]
        );
        assert_eq!(names(9, Scale::HarmonicMinor)[2], "III+ C+");
    }

    #[test]
    fn every_scale_has_seven_triads_of_known_kinds() {
        for scale in Scale::ALL {
            for degree in 1..=7 {
                let (_, quality) = triad(&harmony(0, scale), Degree::new(degree));
                assert_ne!(quality, Quality::Other, "{scale:?} {degree}");
            }
        }
    }
}
