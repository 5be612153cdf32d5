//! Techno in D phrygian: a kick, a rumble, and an acid line that never meets the bar at the same place.

use super::notation::{Part, Row, Sketch, drum, line};
use lockstep_session::document::Document;
use lockstep_session::document::clip::Action;
use lockstep_session::document::effects::{DelayTime, Effects};
use lockstep_session::document::harmony::Scale;
use lockstep_session::document::instrument::Parameter;
use lockstep_session::document::mixer::{FilterKind, Percent};
use lockstep_session::document::track::StepLength;
use lockstep_session::ids::TrackId;

pub(super) fn document() -> Document {
    let sketch = Sketch {
        beats_per_minute: 132,
        swing: 0,
        key: 2,
        scale: Scale::Phrygian,
        scenes: &[
            Row("Drive", None),
            Row("Strip", Some((Action::Next, 4))),
            Row("Acid", None),
        ],
        master: 12,
        effects: Effects {
            delay_time: DelayTime::new(9),
            duck_by: Some(TrackId(1)),
            duck_depth: Percent::new(70),
            compressor: Percent::new(25),
            ..Effects::default()
        },
    };
    sketch.document([
        Part::new("Kick", "kick-hard")
            .mixed(-20, 0)
            .row(drum("X... X... X... X..."))
            .row(drum("X... X... X... X.g."))
            .row(drum("X... X... X... X..g")),
        Part::new("Rumble", "bass-sub")
            .mixed(-50, 0)
            .driven(25)
            .sends(8, 0)
            .row(line(". 0, 0 0, | . 0, 0 0, | . 0, 0 0, | . 0, 0 1,"))
            .rest()
            .row(line(". 0, 0 0, | . 0, 0 0, | . 0, 0 0, | . 0, 3 1,")),
        Part::new("Clap", "clap-steel")
            .mixed(-35, 0)
            .sends(25, 0)
            .row(drum(".... X... .... X..."))
            .row(drum(".... .... .... X..."))
            .row(drum(".... X... .... X.o.")),
        Part::new("Hat", "hat-steel-closed")
            .mixed(-5, -20)
            .choked(1)
            .row(drum("o.x. o.x. o.x. o.xg"))
            .row(drum("o.x? o.x? o.x? o.xr"))
            .row(drum("ogxg ogxg ogxg ogxr")),
        Part::new("Open hat", "hat-steel-open")
            .mixed(-70, 16)
            .choked(1)
            .row(drum("..X. ..X. ..X. ..X."))
            .rest()
            .row(drum("..X. ..X. ..X. ..X.")),
        Part::new("Ride", "ride-909")
            .mixed(-85, 26)
            .rest()
            .rest()
            .row(drum("x.o. x.o. x.o. x.o.")),
        Part::new("Acid", "bass-acid")
            .mixed(-30, 8)
            .sends(6, 28)
            .turned(Parameter::Macro1, 5_600)
            .row(line("0' . 0, 12' | . 1' 0 . | 0' . . -2' | . 3, ."))
            .again()
            .row(line("0! . 0, 12! | _ 1' 0 12' | 0! 10 _ -2' | 8 3! 1'")),
        Part::new("Stab", "lead-stab")
            .mixed(-80, -14)
            .sends(30, 40)
            .filtered(FilterKind::LowPass, 7_000)
            .row(line(". . . 0+3+7' | . . . . | . . . . | . . . ."))
            .row(line(". . . 0+3+7' | . . 1+5+8' . | . . . . | . . . ."))
            .row(line(". . . 0+3+7' | . . . . | . . 1+5+8' . | . . . .")),
        Part::new("Drone", "fx-drone")
            .mixed(-90, 0)
            .stepping(StepLength::Quarter)
            .sends(20, 0)
            .rest()
            .row(line("0 _ _ _ | 0 _ 1 _"))
            .row(line("0 _ _ _ | 0 _ _ _")),
    ])
}
