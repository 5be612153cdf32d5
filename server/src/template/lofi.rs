//! Lo-fi in E flat: two chords for each bar, worn tape, and a beat that is not in a hurry.

use super::notation::{Part, Row, Sketch, drum, line};
use lockstep_session::document::Document;
use lockstep_session::document::clip::Action;
use lockstep_session::document::effects::{Effects, ReverbDecay};
use lockstep_session::document::harmony::Scale;
use lockstep_session::document::mixer::{FilterKind, Percent};
use lockstep_session::document::track::StepLength;
use lockstep_session::ids::TrackId;

pub(super) fn document() -> Document {
    let sketch = Sketch {
        beats_per_minute: 78,
        swing: 26,
        key: 3,
        scale: Scale::Major,
        scenes: &[
            Row("Verse", Some((Action::Next, 8))),
            Row("Bridge", Some((Action::First, 4))),
            Row("Late", None),
        ],
        master: 28,
        effects: Effects {
            reverb_decay: ReverbDecay::new(220),
            reverb_damping: Percent::new(75),
            chorus_mix: Percent::new(18),
            compressor: Percent::new(30),
            duck_by: Some(TrackId(1)),
            duck_depth: Percent::new(30),
            ..Effects::default()
        },
    };
    sketch.document([
        Part::new("Kick", "kick-dust")
            .mixed(-5, 0)
            .filtered(FilterKind::LowPass, 7_000)
            .row(drum("X... ..o. .x.. ...."))
            .row(drum("X... .... .x.. ..o."))
            .row(drum("x... .... .o.. ....")),
        Part::new("Snare", "snare-dust")
            .mixed(-20, 0)
            .sends(14, 0)
            .row(drum(".... x... .... x..g"))
            .row(drum(".... x..g .... x..."))
            .row(drum(".... o... .... o...")),
        Part::new("Hats", "hat-dust-closed")
            .mixed(-58, 16)
            .row(drum("x.og x.o. x.og x.o?"))
            .row(drum("x.o. x.oo x.o. x.o?"))
            .row(drum("x.o. o.o. x.o. o.o.")),
        Part::new("Shaker", "shaker-dust")
            .mixed(-45, -24)
            .row(drum("..o. ..o. ..o. ..o."))
            .again()
            .rest(),
        Part::new("Bass", "bass-round")
            .mixed(-25, 0)
            .row(line("5 _ _ . | . . 5' . | -5 _ _ . | . . -5' . | 4 _ _ . | . . 4' . | -3 _ _ . | . -1' . ."))
            .row(line("2 _ _ . | . . 2' . | -5 _ _ . | . . -5' . | 0 _ _ _ | _ . 7' . | 0 _ . . | . 2' 4' ."))
            .row(line("5 _ _ _ | _ . . . | -5 _ _ _ | _ . . . | 4 _ _ _ | _ . . . | -3 _ _ _ | _ . . .")),
        Part::new("Keys", "keys-velvet")
            .mixed(-18, -8)
            .sends(26, 0)
            .row(line("5+9+12+16 _ _ _ | _ _ . 5+9+12' | -1+2+5+9 _ _ _ | _ . . . | 4+7+11+14 _ _ _ | _ _ . 4+7+11' | -3+0+4+7 _ _ _ | _ . . ."))
            .row(line("2+5+9+12 _ _ _ | _ _ . . | -1+2+5+9 _ _ _ | _ . -1+2+5' . | 0+4+7+11 _ _ _ | _ _ _ _ | _ . 0+4+7' . | . . . ."))
            .row(line("5+9+12+16, _ _ _ | _ _ _ _ | -1+2+5+9, _ _ _ | _ _ _ _ | 4+7+11+14, _ _ _ | _ _ _ _ | -3+0+4+7, _ _ _ | _ _ _ _")),
        Part::new("Guitar", "pluck-dust")
            .mixed(-55, 22)
            .sends(22, 24)
            .row(line(". . . . | 16' . 14' . | . . 12'? . | . . 9'? . | . . . . | 14' . 11' . | . . 7'? . | . . . ."))
            .row(line("12 . 14' . | 16 . . . | 14' . . 12' | . . . . | 11 . . . | 7' . . . | . . 9'? . | 11'? . . ."))
            .rest(),
        Part::new("Tape", "pad-tape")
            .mixed(-80, 0)
            .sends(20, 0)
            .stepping(StepLength::Quarter)
            .row(line("5+12 _ _ _ | 4+11 _ _ _"))
            .row(line("2+9 _ _ _ | 0+7 _ _ _"))
            .row(line("5+12 _ _ _ | 4+11 _ _ _")),
    ])
}
