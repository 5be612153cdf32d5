//! Drum and bass in F minor: the break rolls, or falls to half of its time.

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
        beats_per_minute: 174,
        swing: 0,
        key: 5,
        scale: Scale::Minor,
        scenes: &[
            Row("Roll", None),
            Row("Half time", Some((Action::Next, 8))),
            Row("Drop", None),
        ],
        master: 12,
        effects: Effects {
            reverb_decay: ReverbDecay::new(260),
            duck_by: Some(TrackId(1)),
            duck_depth: Percent::new(35),
            compressor: Percent::new(30),
            ..Effects::default()
        },
    };
    sketch.document([
        Part::new("Kick", "kick-tight")
            .mixed(-8, 0)
            .row(drum("X... .... ..X. .... X... .... ..X. ...o"))
            .row(drum("X... .... .... .... .... ...o ..x. ...."))
            .row(drum("X... .... ..X. .... X.x. .... ..X. .o..")),
        Part::new("Snare", "snare-tight")
            .mixed(5, 0)
            .sends(8, 0)
            .row(drum(".... X..g .g.. X... .... X..g .g.o X..."))
            .row(drum(".... .... X... .... .... .... X... ..go"))
            .row(drum(".... X..g .g.g X..g .... X..g .goo X.rr")),
        Part::new("Hats", "hat-909-closed")
            .mixed(-50, -14)
            .choked(1)
            .row(drum("x.o. x.o. x.o. x.o."))
            .row(drum("o.g. o.g. o.g. o.gg"))
            .row(drum("x.og x.og x.og x.or")),
        Part::new("Ride", "ride-909")
            .mixed(-115, 22)
            .rest()
            .rest()
            .row(drum("x... x... x... x.o.")),
        Part::new("Reese", "bass-reese")
            .mixed(-15, 0)
            .filtered(FilterKind::LowPass, 7_200)
            .row(line("0 _ _ _ | _ _ . 0' | . . 3 _ | _ . . . | -4 _ _ _ | _ _ . -4' | . . -2 _ | _ . -2' ."))
            .row(line("0 _ _ _ | _ _ _ _ | _ _ _ _ | _ . . . | -4 _ _ _ | _ _ _ _ | -2 _ _ _ | _ . . ."))
            .row(line("0 _ _ 0' | . 12' . 0' | . . 3 _ | _ 7' . . | -4 _ _ -4' | . 8' . -4' | . . -2 _ | 10' . -2' .")),
        Part::new("Pad", "pad-halo")
            .mixed(-60, 0)
            .sends(35, 0)
            .stepping(StepLength::Quarter)
            .row(line("0+7+10+15 _ _ _ | -4+3+7+12 _ -2+5+8+14 _"))
            .again()
            .again(),
        Part::new("Lead", "lead-mono")
            .mixed(-80, 12)
            .sends(25, 35)
            .rest()
            .row(line("12 _ _ _ | 15' . 14' . | 12 _ _ . | 7 _ . . | 8 _ _ _ | 12' . 10' . | 7 _ _ _ | . . . ."))
            .row(line("12' . . 15' | . . 19 _ | . 17' . 15' | . . 12' . | 12' . . 15' | . . 14 _ | . 10' . 7' | . . 8' .")),
    ])
}
