//! Trap in C sharp harmonic minor, counted in half time: the sub carries it, the hats decorate it.

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
        beats_per_minute: 140,
        swing: 0,
        key: 1,
        scale: Scale::HarmonicMinor,
        scenes: &[
            Row("Verse", None),
            Row("Hook", None),
            Row("Breakdown", Some((Action::Previous, 4))),
        ],
        master: 8,
        effects: Effects {
            reverb_decay: ReverbDecay::new(240),
            duck_by: Some(TrackId(1)),
            duck_depth: Percent::new(30),
            compressor: Percent::new(20),
            ..Effects::default()
        },
    };
    sketch.document([
        Part::new("Kick", "kick-808")
            .mixed(-10, 0)
            .row(drum("X... .... ..x. .... ..X. ...o .... ...."))
            .row(drum("X... ..x. .... .x.. ..X. .... ..x. ...."))
            .rest(),
        Part::new("Snare", "snare-808")
            .mixed(-15, 0)
            .sends(10, 0)
            .row(drum(".... .... X... .... .... .... X... ...."))
            .row(drum(".... .... X... .... .... .... X... ..oo"))
            .row(drum(".... .... .... .... .... .... x... ....")),
        Part::new("Clap", "clap-808")
            .mixed(-40, 0)
            .sends(22, 0)
            .row(drum(".... .... X... .... .... .... X... ...."))
            .again()
            .rest(),
        Part::new("Hats", "hat-808-closed")
            .mixed(-65, 10)
            .choked(1)
            .row(drum("x.x. x.x. x.xr x.x. x.x. xtx. x.x. r.xt"))
            .row(drum("x.xx x.xr x.x. xtx. x.xx x.x. xrxt x.rt"))
            .row(drum("o... o... o... o... o... o... o..r ot..")),
        Part::new("Open hat", "hat-808-open")
            .mixed(-85, 10)
            .choked(1)
            .row(drum(".... .... .... ..x. .... .... .... ...."))
            .row(drum("..x. .... .... .... ..x. .... .... ...."))
            .rest(),
        Part::new("Rim", "rim-808")
            .mixed(-45, -30)
            .sends(20, 20)
            .row(drum(".... ..o. .... .... .... .... .o.. ...o"))
            .again()
            .again(),
        Part::new("Sub", "bass-sub")
            .mixed(-15, 0)
            .driven(30)
            .row(line(
                "0 _ _ _ | _ _ . . | . . 0 _ | _ . . . | . . -4 _ | _ _ _ . | -1 _ _ _ | . . . .",
            ))
            .row(line(
                "0 _ _ . | . . 0 _ | _ _ . 3 | _ _ . . | -4 _ _ _ | _ . . . | . . -1 _ | 7 _ . .",
            ))
            .row(line(
                "0 _ _ _ | _ _ _ _ | _ _ _ _ | _ . . . | -4 _ _ _ | _ _ _ _ | -1 _ _ _ | _ _ . .",
            )),
        Part::new("Bells", "pluck-crystal")
            .mixed(-55, -16)
            .sends(28, 26)
            .stepping(StepLength::Eighth)
            .row(line("12 . 15' . | 19' . 20 . | 19 . . 15' | 14' . 11 ."))
            .row(line(
                "12 15' 19' . | 20 . 19' 15' | 17 . 15' 14' | 11 . 14' .",
            ))
            .row(line("12 . . . | 19 . . . | 20 . . . | 11 . . .")),
        Part::new("Choir", "pad-dark")
            .mixed(-40, 0)
            .sends(30, 0)
            .stepping(StepLength::Quarter)
            .filtered(FilterKind::HighPass, 2_400)
            .row(line("0+7+12 _ _ _ | -4+3+8 _ -1+2+7 _"))
            .again()
            .row(line("0+3+7+12 _ _ _ | 5+8+12 _ -1+2+7 _")),
    ])
}
