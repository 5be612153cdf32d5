//! A groove in C minor in two rows: the beat, and the beat lifted.

use super::notation::{Part, Row, Sketch, drum, line};
use lockstep_session::document::Document;
use lockstep_session::document::effects::Effects;
use lockstep_session::document::harmony::Scale;
use lockstep_session::document::mixer::Percent;
use lockstep_session::ids::TrackId;

pub(super) fn document() -> Document {
    let sketch = Sketch {
        beats_per_minute: 112,
        swing: 14,
        key: 0,
        scale: Scale::Minor,
        scenes: &[Row("Groove", None), Row("Lift", None)],
        master: 14,
        effects: Effects {
            duck_by: Some(TrackId(1)),
            duck_depth: Percent::new(25),
            ..Effects::default()
        },
    };
    sketch.document([
        Part::new("Kick", "kick")
            .mixed(-15, 0)
            .row(drum("X..x ..x. ..X. ..x."))
            .row(drum("X..x ..x. ..X. x.x.")),
        Part::new("Snare", "snare")
            .row(drum(".... X..o .... X..o"))
            .row(drum(".... X..o .... X.or")),
        Part::new("Clap", "clap")
            .mixed(-40, 12)
            .row(drum(".... .... .... x..."))
            .row(drum(".... x... .... x...")),
        Part::new("Closed hat", "closed-hat")
            .mixed(-70, -18)
            .choked(1)
            .row(drum("x.o. x.o. x.o. x.oo"))
            .row(drum("x.oo x.oo x.oo x.or")),
        Part::new("Open hat", "open-hat")
            .mixed(-90, -18)
            .choked(1)
            .row(drum(".... .... ..x. ...."))
            .row(drum("..x. .... ..x. ....")),
        Part::new("Bass", "bass")
            .mixed(-20, 0)
            .row(line("0 . . 0' | . . 3 . | -2 . . -2' | . . 5'? ."))
            .row(line("0 . . 12' | . . 3 . | -4 . . -2' | . 10'? 7 .")),
        Part::new("Chords", "keys")
            .mixed(-50, 14)
            .sends(30, 0)
            .row(line(". . 0+3+7 . | . . . . | . . -2+2+5 . | . . . ."))
            .row(line(
                ". . 0+3+7+10 . | . . . 0+3+7'? | . . -4+0+3 . | . . . .",
            )),
        Part::new("Pluck", "pluck")
            .mixed(-70, -26)
            .sends(0, 35)
            .row(line(". 12'? . . | . 7'? . . | . 15'? . . | . 10'? . ."))
            .row(line(". 12' . . | 15'? . . 19'? | . 15' . . | 10'? . . 7'?")),
    ])
}
