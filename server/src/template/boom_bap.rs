//! Boom bap in D dorian: the drums lean back, and the piano answers the bass.

use super::notation::{Part, Row, Sketch, drum, line};
use lockstep_session::document::Document;
use lockstep_session::document::clip::Action;
use lockstep_session::document::effects::Effects;
use lockstep_session::document::harmony::Scale;
use lockstep_session::document::mixer::{FilterKind, Percent};

pub(super) fn document() -> Document {
    let sketch = Sketch {
        beats_per_minute: 90,
        swing: 34,
        key: 2,
        scale: Scale::Dorian,
        scenes: &[
            Row("Verse", None),
            Row("Hook", None),
            Row("Break", Some((Action::First, 2))),
        ],
        master: 4,
        effects: Effects {
            compressor: Percent::new(35),
            ..Effects::default()
        },
    };
    sketch.document([
        Part::new("Kick", "kick-dust")
            .mixed(0, 0)
            .row(drum("X..o ...x ..X. ...."))
            .row(drum("X..o ...x ..Xx ..o."))
            .row(drum("X... .... ..x. ....")),
        Part::new("Snare", "snare-dust")
            .mixed(5, 0)
            .sends(6, 0)
            .row(drum(".... X..g .g.. X..."))
            .row(drum(".... X..g .g.. X.go"))
            .row(drum(".... X... .... Xogr")),
        Part::new("Hats", "hat-dust-closed")
            .mixed(-55, 14)
            .choked(1)
            .row(drum("x.o. x.o. x.o. x.oo"))
            .row(drum("x.oo x.o. x.oo x.or"))
            .rest(),
        Part::new("Open hat", "hat-dust-open")
            .mixed(-55, 14)
            .choked(1)
            .row(drum(".... ..o. .... ...."))
            .row(drum(".... ..x. .... ..o."))
            .rest(),
        Part::new("Bass", "pluck-upright")
            .mixed(20, 0)
            .filtered(FilterKind::LowPass, 6_500)
            .row(line("0 _ . 0' | . . 3 . | 5 . . 7' | . 10' . . | 0 _ . 0' | . . -2 . | -5 . . -2' | . . -5 ."))
            .row(line("0 _ . 7' | . . 10 . | 5 . . 9' | . 7' . . | 3 _ . 3' | . . 5 . | -2 . . -5' | . -3' -2 ."))
            .row(line("0 _ _ _ | . . . . | . . . . | . . -2' . | 0 _ _ _ | . . . . | . . . . | . . . .")),
        Part::new("Piano", "keys-electric")
            .mixed(-25, -12)
            .sends(22, 0)
            .row(line(". . 3+7+10+14, _ | _ . . . | . . . . | . . 5+9+12' . | . . 3+7+10+14, _ | _ . . . | . . -2+2+5+9, _ | _ . . ."))
            .row(line("3+7+10+14 _ _ . | . . 3+7+10' . | 5+9+12+15 _ _ . | . . . . | 7+10+14+15 _ _ . | . . 7+10+14' . | 5+9+12 _ _ . | . 3+7+10'? . ."))
            .again(),
        Part::new("Vibes", "mallet-vibraphone")
            .mixed(-50, 24)
            .sends(25, 20)
            .row(line(". . . . | . . . . | . . . . | 14'? . 12'? . | . . . . | . . . . | 10'? . . 7'? | . . . ."))
            .row(line("14 . . 12' | . 10 . . | 12 . . . | . . 9' 10' | 7 . . . | . . . . | 10' . 12 . | 14'? . . ."))
            .rest(),
    ])
}
