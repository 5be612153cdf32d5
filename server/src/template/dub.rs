//! Dub in G minor: the bass says everything, and the rest is thrown into an echo of three eighths.

use super::notation::{Part, Row, Sketch, drum, line};
use lockstep_session::document::Document;
use lockstep_session::document::clip::Action;
use lockstep_session::document::effects::{DelayTime, Effects, Feedback, ReverbDecay};
use lockstep_session::document::harmony::Scale;
use lockstep_session::document::mixer::{FilterKind, Percent};

pub(super) fn document() -> Document {
    let sketch = Sketch {
        beats_per_minute: 72,
        swing: 18,
        key: 7,
        scale: Scale::Minor,
        scenes: &[
            Row("Rockers", None),
            Row("Version", Some((Action::Next, 4))),
            Row("Steppers", None),
        ],
        master: 24,
        effects: Effects {
            reverb_decay: ReverbDecay::new(320),
            delay_time: DelayTime::new(9),
            delay_feedback: Feedback::new(58),
            delay_tone: Percent::new(40),
            compressor: Percent::new(15),
            ..Effects::default()
        },
    };
    sketch.document([
        Part::new("Kick", "kick-deep")
            .mixed(-30, 0)
            .row(drum(".... .... X... .... .... .... X... ...."))
            .row(drum(".... .... X... .... .... .... .... ...."))
            .row(drum("X... X... X... X... X... X... X... X...")),
        Part::new("Rim", "rim")
            .mixed(-20, 8)
            .sends(12, 25)
            .row(drum(".... .... x... .... .... .... x... ..o."))
            .row(drum(".... .... X... .... .... .... .... ...."))
            .row(drum("...x ..x. .... x... ...x ..x. .... x.o.")),
        Part::new("Snare", "snare-fat")
            .mixed(-70, -6)
            .sends(20, 60)
            .rest()
            .row(drum(".... .... X... .... .... .... ...? ...."))
            .row(drum(".... .... .... .... .... .... ..o. ....")),
        Part::new("Hats", "closed-hat")
            .mixed(-60, 18)
            .choked(1)
            .row(drum("x.o. x.o. x.o. x.oo"))
            .row(drum("x.g. o.g. x.g. o.g."))
            .row(drum("xoxo xoxo xoxo xoxr")),
        Part::new("Open hat", "open-hat")
            .mixed(-78, 18)
            .choked(1)
            .row(drum(".... ..o. .... ...."))
            .rest()
            .row(drum("..x. ..x. ..x. ..x.")),
        Part::new("Bass", "bass-sub")
            .mixed(20, 0)
            .row(line("0 _ . 0' | . 3 . 0' | . . . . | 7' . 5' . | 3 _ . 3' | . 5 . 3' | . . . . | -2' . -2' ."))
            .row(line("0 _ . . | . . . 0' | . . . . | . . . . | 3 _ . . | . . . . | . . . . | -2' . -2' ."))
            .row(line("0' . 0' . | 3' . 0' . | -5' . . -5' | -2' . . . | 3' . 3' . | 5' . 3' . | -2' . . -2' | 0' . . .")),
        Part::new("Organ", "keys-organ")
            .mixed(-22, -14)
            .sends(14, 30)
            .filtered(FilterKind::HighPass, 3_000)
            .row(line(". . . . | 0+3+7' . 0+3+7' . | . . . . | 0+3+7' . 0+3+7' . | . . . . | -2+3+7' . -2+3+7' . | . . . . | -2+2+5' . -2+2+5' ."))
            .row(line(". . . . | 0+3+7' . . . | . . . . | . . . . | . . . . | . . -2+3+7' . | . . . . | . . . ."))
            .row(line(". . 0+3+7' . | . . 0+3+7' . | . . 0+3+7' . | . . 0+3+7' . | . . -2+3+7' . | . . -2+3+7' . | . . -2+2+5' . | . . -2+2+5' .")),
        Part::new("Melodica", "keys-reed")
            .mixed(-40, 20)
            .sends(24, 45)
            .row(line(". . . . | . . . . | . . 12 _ | _ . 10' . | 7 _ _ . | . . . . | . . . . | . . . ."))
            .row(line("15 _ _ . | 14' . 12' . | . . . . | . . . . | . . 10' . | 12 _ _ . | . . . . | . . . ."))
            .row(line(". . . . | . . . . | 7' . 10' . | 12 _ _ . | . . . . | . . . . | 10' . 7'? . | . . . .")),
    ])
}
