//! House in A minor: an intro, the groove, a break without the drums, and everything at once.

use super::notation::{Part, Row, Sketch, drum, line};
use lockstep_session::document::Document;
use lockstep_session::document::clip::Action;
use lockstep_session::document::effects::Effects;
use lockstep_session::document::harmony::Scale;
use lockstep_session::document::mixer::{FilterKind, Percent};
use lockstep_session::document::track::StepLength;
use lockstep_session::ids::TrackId;

pub(super) fn document() -> Document {
    let sketch = Sketch {
        beats_per_minute: 124,
        swing: 10,
        key: 9,
        scale: Scale::Minor,
        scenes: &[
            Row("Groove", None),
            Row("Break", Some((Action::Next, 8))),
            Row("Peak", None),
            Row("Drums", None),
        ],
        master: 14,
        effects: Effects {
            duck_by: Some(TrackId(1)),
            duck_depth: Percent::new(55),
            compressor: Percent::new(20),
            ..Effects::default()
        },
    };
    sketch.document([
        Part::new("Kick", "kick-909")
            .mixed(-15, 0)
            .row(drum("X... X... X... X..."))
            .rest()
            .row(drum("X... X... X... X..."))
            .row(drum("X... X... X... X.o.")),
        Part::new("Clap", "clap-909")
            .mixed(-30, 0)
            .sends(12, 0)
            .row(drum(".... X... .... X..."))
            .row(drum(".... .... .... ...."))
            .row(drum(".... X... .... X..o"))
            .row(drum(".... X... ...o X..o")),
        Part::new("Closed hat", "hat-909-closed")
            .mixed(-22, -12)
            .choked(1)
            .row(drum("o.go o.go o.go o.go"))
            .row(drum("o.g. o.g. o.g. o.gg"))
            .row(drum("ogxo ogxo ogxo ogxr"))
            .row(drum("o.xo o.xo o.xo o.xr")),
        Part::new("Open hat", "hat-909-open")
            .mixed(-75, 12)
            .choked(1)
            .row(drum("..x. ..x. ..x. ..x."))
            .rest()
            .row(drum("..X. ..X. ..X. ..X."))
            .again(),
        Part::new("Shaker", "shaker-double")
            .mixed(-60, 30)
            .row(drum("g.og g.og g.og g.og"))
            .again()
            .row(drum("o.xg o.xg o.xg o.xg"))
            .again(),
        Part::new("Bass", "bass")
            .mixed(-8, 0)
            .row(line(". . 0 . | . . 0' . | . 0' 0 . | . . 3' . | . . -4 . | . . -4' . | . -4' -4 . | . . -2' ."))
            .row(line("0 _ _ _ | _ _ _ _ | _ _ . . | . . . . | -4 _ _ _ | _ _ _ _ | -2 _ _ _ | _ _ . ."))
            .row(line(". . 0 12' | . . 0' . | . 0' 0 . | . 12' 3' . | . . -4 8' | . . -4' . | . -4' -2 . | . 10' -2' ."))
            .rest(),
        Part::new("Stabs", "keys")
            .mixed(-30, -10)
            .sends(18, 22)
            .row(line("0+3+7' . . 0+3+7' | . . 0+3+7' . | . . . . | . . . . | -4+0+3' . . -4+0+3' | . . -2+2+5' . | . . . . | . . . ."))
            .row(line("0+3+7+10 _ _ . | . . 0+3+7' . | . . . . | . . . . | -4+0+3+7 _ _ . | . . -2+2+5' . | . . . . | . . . ."))
            .row(line("0+3+7' . . 0+3+7' | . . 0+3+7' . | . . 0+3+7' . | . 0+3+7'? . . | -4+0+3' . . -4+0+3' | . . -2+2+5' . | . . -2+2+5' . | . -2+2+5'? . ."))
            .rest(),
        Part::new("Strings", "pad-strings")
            .mixed(-12, 0)
            .sends(30, 0)
            .stepping(StepLength::Quarter)
            .filtered(FilterKind::HighPass, 3_200)
            .rest()
            .row(line("7+12 _ _ _ | 8+12 _ 10+14 _"))
            .again()
            .rest(),
    ])
}
