//! Ambient in F lydian: patterns of unequal lengths that go on by themselves and hardly ever meet.

use super::notation::{Part, Row, Sketch, drum, line};
use lockstep_session::document::Document;
use lockstep_session::document::clip::Action;
use lockstep_session::document::effects::{DelayTime, Effects, Feedback, PreDelay, ReverbDecay};
use lockstep_session::document::harmony::Scale;
use lockstep_session::document::mixer::{FilterKind, Percent};
use lockstep_session::document::track::StepLength;

pub(super) fn document() -> Document {
    let sketch = Sketch {
        beats_per_minute: 70,
        swing: 0,
        key: 5,
        scale: Scale::Lydian,
        scenes: &[
            Row("Dawn", Some((Action::Next, 8))),
            Row("Noon", Some((Action::Next, 8))),
            Row("Dusk", Some((Action::First, 8))),
        ],
        master: 14,
        effects: Effects {
            reverb_decay: ReverbDecay::new(620),
            reverb_pre_delay: PreDelay::new(40),
            delay_time: DelayTime::new(18),
            delay_feedback: Feedback::new(55),
            chorus_mix: Percent::new(20),
            ..Effects::default()
        },
    };
    sketch.document([
        Part::new("Warm pad", "pad-warm")
            .mixed(-10, 0)
            .sends(45, 0)
            .stepping(StepLength::Quarter)
            .row(line("0+7+11+14 _ _ _ | _ _ _ . | 2+6+9+14 _ _ _ | _ _ _ ."))
            .row(line(
                "-3+4+7+11 _ _ _ | _ _ _ . | 0+7+12+16 _ _ _ | _ _ _ .",
            ))
            .row(line(
                "-5+2+7+11 _ _ _ | _ _ _ _ | _ _ _ . | -3+4+7+12 _ _ _",
            )),
        Part::new("Choir", "pad-choir")
            .mixed(-45, -18)
            .sends(55, 0)
            .stepping(StepLength::Quarter)
            .filtered(FilterKind::HighPass, 2_600)
            .row(line(". . 14 _ | _ _ . . | . . . ."))
            .row(line("16 _ _ _ | 18 _ _ . | . . 14 _ | _ _ . ."))
            .row(line(". . . . | 11 _ _ _ | _ _")),
        Part::new("Low", "bass-sub")
            .mixed(-50, 0)
            .stepping(StepLength::Quarter)
            .row(line("0 _ _ _ | _ _ _ . | 2 _ _ _ | _ _ _ ."))
            .row(line("-3 _ _ _ | _ _ _ . | 0 _ _ _ | _ _ _ ."))
            .row(line("-5 _ _ _ | _ _ _ _ | _ _ _ . | -3 _ _ _")),
        Part::new("Bells", "mallet-bells")
            .mixed(-40, 26)
            .sends(40, 45)
            .stepping(StepLength::Eighth)
            .row(line("14, . . . . . 18,? . . . 11,? . ."))
            .row(line("16, . . 18, . . . 23,? . . 19, . . . ."))
            .row(line(". . 11, . . . . . . 7,? .")),
        Part::new("Celesta", "mallet-celesta")
            .mixed(-60, -28)
            .sends(35, 50)
            .stepping(StepLength::Eighth)
            .row(line("7? . 11? . 14? . . 18? . . ."))
            .row(line("11 . 14? . 18 . 19? . . 16? . . 14?"))
            .row(line("7? . . 6? . . 2? . .")),
        Part::new("Harp", "pluck-harp")
            .mixed(-45, 14)
            .sends(35, 25)
            .rest()
            .row(line("-3 . 4, . 7, . 11, . 14, . 11,? . . . . . . . . ."))
            .row(line("-5 . . 2, . . 7, . . . . . . .")),
        Part::new("Wind", "fx-wind")
            .mixed(-120, 0)
            .sends(30, 0)
            .stepping(StepLength::Quarter)
            .row(line("0 _ _ _ | _ _ _ . | . . . ."))
            .again()
            .again(),
        Part::new("Shaker", "shaker")
            .mixed(-60, -34)
            .sends(25, 30)
            .row(drum(".... .... ..g. ....  .... ...? ...."))
            .row(drum("o... ..g. .... o?.."))
            .rest(),
    ])
}
