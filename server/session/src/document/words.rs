//! What values of the document are called, the same in every client. Numbers with units are the
//! clients' own affair: each writes what its controls need.

use crate::document::clip::{Action, Follow};
use crate::document::effects::DelayTime;
use crate::document::launch::Quantum;
use crate::document::pattern::{Degrees, Operation, Shift};
use crate::units::{Beat, BeatSpan, Span};

/// The times that have names, shortest first, in twelfths of a beat.
pub const NOTE_LENGTHS: [u8; 15] = [1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 24, 36, 48, 72, 96];

/// How well somebody keeps time with the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timing {
    Together,
    Nearly,
    Apart,
}

impl Timing {
    /// Of somebody whose clock may be off by so much.
    pub fn of(error: Span) -> Self {
        match error.as_micros() {
            ..=2_000 => Self::Together,
            2_001..=6_000 => Self::Nearly,
            _ => Self::Apart,
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Together => "In time",
            Self::Nearly => "Nearly in time",
            Self::Apart => "Not quite in time",
        }
    }

    /// What it means, and what helps.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Together => {
                "Everyone hears the same beat. What speakers or headphones add, the nudge makes up for."
            }
            Self::Nearly => {
                "Closer than most ears can tell. A steadier network, such as a cable, brings it nearer."
            }
            Self::Apart => {
                "The network is unsteady, and the beat may be heard apart. A cable, or a place nearer to the router, helps."
            }
        }
    }
}

/// Something that is done to a whole pattern with one press.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    pub words: &'static str,
    pub hint: &'static str,
    pub operation: Operation,
}

/// What stands for itself, in the rows that clients show.
pub fn tools() -> [Vec<Tool>; 3] {
    let turn = |by| Operation::Rotate(Shift::new(by));
    let degrees = |by| Operation::Transpose(Degrees::new(by));
    let tool = |(words, hint, operation)| Tool {
        words,
        hint,
        operation,
    };
    let turned = [
        ("\u{2190}", "Turn all steps one to the left", turn(-1)),
        ("\u{2192}", "Turn all steps one to the right", turn(1)),
        ("Reverse", "Play it from the end", Operation::Reverse),
        (
            "Mirror",
            "The second half becomes the first one read backwards",
            Operation::Mirror,
        ),
    ];
    let changed = [
        ("Invert", "On becomes off, and off on", Operation::Invert),
        (
            "Double",
            "Twice as long, the second half a copy",
            Operation::Double,
        ),
        ("Clear", "Take all steps away", Operation::Clear),
    ];
    let moved = [
        ("\u{2212}1", "A degree of the scale down", degrees(-1)),
        ("+1", "A degree of the scale up", degrees(1)),
        (
            "\u{2212}8ve",
            "About an octave down: seven degrees",
            degrees(-7),
        ),
        ("+8ve", "About an octave up: seven degrees", degrees(7)),
    ];
    [
        turned.map(tool).to_vec(),
        changed.map(tool).to_vec(),
        moved.map(tool).to_vec(),
    ]
}

/// A tempo-synced time as musicians call it.
pub fn note_length(time: DelayTime) -> String {
    let twelfths = time.get();
    let known = match twelfths {
        1 => "1/32 triplet",
        2 => "1/16 triplet",
        3 => "1/16",
        4 => "1/8 triplet",
        6 => "1/8",
        8 => "1/4 triplet",
        9 => "dotted 1/8",
        12 => "1/4",
        16 => "1/2 triplet",
        18 => "dotted 1/4",
        24 => "1/2",
        36 => "dotted 1/2",
        48 => "1 bar",
        72 => "1 1/2 bars",
        96 => "2 bars",
        _ => {
            let (beats, rest) = (twelfths / 12, twelfths % 12);
            return match (beats, rest) {
                (0, rest) => format!("{rest}/12 of a beat"),
                (1, 0) => "1 beat".to_owned(),
                (beats, 0) => format!("{beats} beats"),
                (beats, rest) => format!("{beats} {rest}/12 beats"),
            };
        }
    };
    known.to_owned()
}

pub fn bars(count: i64) -> String {
    match count {
        1 => "1 bar".to_owned(),
        count => format!("{count} bars"),
    }
}

pub fn quantum(quantum: Quantum) -> &'static str {
    match quantum {
        Quantum::Off => "At once",
        Quantum::QuarterBar => "1/4 bar",
        Quantum::HalfBar => "1/2 bar",
        Quantum::Bar => "1 bar",
        Quantum::TwoBars => "2 bars",
        Quantum::FourBars => "4 bars",
        Quantum::EightBars => "8 bars",
    }
}

pub fn action(action: Action) -> &'static str {
    match action {
        Action::Stop => "Stop",
        Action::Again => "Play again",
        Action::Next => "Play the next",
        Action::Previous => "Play the one before",
        Action::First => "Play the first",
        Action::Random => "Play any one",
    }
}

pub fn follow(follow: Option<Follow>) -> String {
    match follow {
        None => "plays on".to_owned(),
        Some(follow) => format!(
            "after {}: {}",
            bars(i64::from(follow.after.get())),
            action(follow.action).to_ascii_lowercase()
        ),
    }
}

/// Of sound that cannot be sent now.
pub const KEPT_HERE: &str =
    "Kept on this machine. It is sent as soon as the session can be reached";

/// Of sound on its way to the server.
pub fn sending(percent: i64) -> String {
    format!("Sending, {percent} %")
}

/// Of sound that the server will never take.
pub fn not_taken(why: &str) -> String {
    format!("Not taken: {why}. Try a shorter file, or another format")
}

/// A place in the song: bar, and the beat within it unless it is the first.
pub fn place(beat: Beat) -> String {
    let bar = beat.as_micros().div_euclid(BeatSpan::BAR.as_micros()) + 1;
    let within = beat.as_micros().rem_euclid(BeatSpan::BAR.as_micros());
    match within.div_euclid(BeatSpan::BEAT.as_micros()) {
        0 => format!("bar {bar}"),
        within => format!("bar {bar}.{}", within + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_bars_and_the_beats_within_them() {
        assert_eq!(place(Beat::from_micros(17_000_000)), "bar 5.2");
        assert_eq!(place(Beat::from_micros(16_000_000)), "bar 5");
    }

    #[test]
    fn times_of_the_delay_are_named_as_notes() {
        for (twelfths, words) in [
            (3, "1/16"),
            (4, "1/8 triplet"),
            (9, "dotted 1/8"),
            (12, "1/4"),
            (48, "1 bar"),
            (5, "5/12 of a beat"),
            (60, "5 beats"),
            (13, "1 1/12 beats"),
        ] {
            assert_eq!(note_length(DelayTime::new(twelfths)), words);
        }
        for twelfths in NOTE_LENGTHS {
            let words = note_length(DelayTime::new(i64::from(twelfths)));
            assert!(!words.contains("/12"), "{words}");
        }
    }
}
