//! The effects that everyone hears: reverb, delay, chorus, compressor, duck and limiter.

use crate::dom::{Tag, tag, text};
use crate::measures::{self, level_range, percent_range};
use crate::seat::Seat;
use crate::widget::{Choice, Dial, Range, Shape, Switch, decimal};
use lockstep_engine::{Meaning, Unit};
use lockstep_session::document::effects::{
    Ceiling, DelayTime, EffectSetting, Effects, Feedback, PreDelay, ReverbDecay,
};
use lockstep_session::document::instrument::Amount;
use lockstep_session::document::mixer::{Level, Percent};
use lockstep_session::document::words;
use lockstep_session::edit::Edit;
use lockstep_session::ids::TrackId;

/// The chorus goes from a turn in twenty seconds to five a second.
const CHORUS: Meaning = Meaning::Ratio {
    low: 0.05,
    high: 5.0,
    unit: Unit::Hertz,
};

pub(super) fn effects(seat: Seat) -> Tag {
    let sections = [
        ("Reverb", reverb(seat)),
        ("Delay", delay(seat)),
        ("Chorus", chorus(seat)),
        ("Compressor", compressor(seat)),
        ("Duck", duck(seat)),
        ("Limiter", limiter(seat)),
    ];
    let section = |(title, controls): (&str, Vec<Tag>)| {
        tag("div", "section")
            .set("role", "group")
            .set("aria-label", title)
            .with(text("h3", "", title))
            .with(tag("div", "controls").with_all(controls))
    };
    tag("div", "sections").with_all(sections.map(section))
}

/// A knob that sets an effect for everyone. It rests where effects stand by themselves.
fn knob(
    seat: Seat,
    (name, hint): (&str, &'static str),
    range: Range,
    of: fn(&Effects) -> i64,
    setting: fn(i64) -> EffectSetting,
) -> Tag {
    let range = Range {
        rest: of(&Effects::default()),
        ..range
    };
    let dial = Dial::shared(
        seat,
        name,
        hint,
        range,
        move |document| of(&document.effects),
        move |value| Edit::Effect(setting(value)),
    );
    dial.show(Shape::Knob)
}

fn reverb(seat: Seat) -> Vec<Tag> {
    let decay = Range::new(10, 1_000, 0).notch(10).words(
        |value| measures::time(value * 10_000),
        |text| measures::read_time(text).map(|micros| micros / 10_000),
    );
    let pause = Range::new(0, 250, 0)
        .notch(5)
        .words(|value| format!("{value} ms"), |text| decimal(text, 0));
    vec![
        knob(
            seat,
            ("Decay", "How long the reverb takes to fall by 60 dB."),
            decay,
            |effects| i64::from(effects.reverb_decay.get()),
            |value| EffectSetting::ReverbDecay(ReverbDecay::new(value)),
        ),
        knob(
            seat,
            (
                "Pre-delay",
                "How much later than the sound its reverb begins.",
            ),
            pause,
            |effects| i64::from(effects.reverb_pre_delay.get()),
            |value| EffectSetting::ReverbPreDelay(PreDelay::new(value)),
        ),
        knob(
            seat,
            ("Damping", "How much sooner the treble falls than the rest."),
            percent_range(0),
            |effects| i64::from(effects.reverb_damping.get()),
            |value| EffectSetting::ReverbDamping(Percent::new(value)),
        ),
        knob(
            seat,
            ("Reverb level", "How loud the reverb is in the mix."),
            level_range(),
            |effects| i64::from(effects.reverb_level.get()),
            |value| EffectSetting::ReverbLevel(Level::new(value)),
        ),
    ]
}

fn delay(seat: Seat) -> Vec<Tag> {
    let lengths = words::NOTE_LENGTHS.map(|twelfths| {
        let twelfths = i64::from(twelfths);
        (twelfths, words::note_length(DelayTime::new(twelfths)))
    });
    let time = Choice::shared(
        seat,
        "Time",
        "The time between echoes",
        lengths.to_vec(),
        |document| i64::from(document.effects.delay_time.get()),
        |twelfths| Edit::Effect(EffectSetting::DelayTime(DelayTime::new(twelfths))),
    );
    let twelfths =
        Range::new(1, 96, 0).words(|twelfths| format!("{twelfths}/12"), |text| decimal(text, 0));
    let ping_pong = Switch::shared(
        seat,
        ("Ping-pong", "Ping-pong".to_owned()),
        "Echoes go from side to side.",
        |document| document.effects.delay_ping_pong,
        |on| Edit::Effect(EffectSetting::DelayPingPong(on)),
    );
    vec![
        time.show(),
        knob(
            seat,
            (
                "Twelfths",
                "Finer than the list: each notch is a twelfth of a beat.",
            ),
            twelfths,
            |effects| i64::from(effects.delay_time.get()),
            |value| EffectSetting::DelayTime(DelayTime::new(value)),
        ),
        knob(
            seat,
            ("Feedback", "How much of each echo comes round again."),
            Range {
                high: i64::from(Feedback::MAX.get()),
                ..percent_range(0)
            },
            |effects| i64::from(effects.delay_feedback.get()),
            |value| EffectSetting::DelayFeedback(Feedback::new(value)),
        ),
        knob(
            seat,
            (
                "Tone",
                "Below a half the echoes lose their treble, above it their bass.",
            ),
            percent_range(0),
            |effects| i64::from(effects.delay_tone.get()),
            |value| EffectSetting::DelayTone(Percent::new(value)),
        ),
        ping_pong.show("toggle"),
        knob(
            seat,
            ("Delay level", "How loud the echoes are in the mix."),
            level_range(),
            |effects| i64::from(effects.delay_level.get()),
            |value| EffectSetting::DelayLevel(Level::new(value)),
        ),
    ]
}

fn chorus(seat: Seat) -> Vec<Tag> {
    let rate = percent_range(0).words(
        |value| measures::meaning(CHORUS, Amount::new(value * 100)),
        |text| measures::read_meaning(CHORUS, text).map(|amount| amount / 100),
    );
    vec![
        knob(
            seat,
            ("Rate", "How fast the chorus moves."),
            rate,
            |effects| i64::from(effects.chorus_rate.get()),
            |value| EffectSetting::ChorusRate(Percent::new(value)),
        ),
        knob(
            seat,
            ("Depth", "How far its voices stray."),
            percent_range(0),
            |effects| i64::from(effects.chorus_depth.get()),
            |value| EffectSetting::ChorusDepth(Percent::new(value)),
        ),
        knob(
            seat,
            (
                "Mix",
                "How much of the mix goes through the chorus. None switches it off.",
            ),
            percent_range(0),
            |effects| i64::from(effects.chorus_mix.get()),
            |value| EffectSetting::ChorusMix(Percent::new(value)),
        ),
    ]
}

fn compressor(seat: Seat) -> Vec<Tag> {
    vec![knob(
        seat,
        (
            "Amount",
            "How firmly the whole mix is held together. None leaves it as it is.",
        ),
        percent_range(0),
        |effects| i64::from(effects.compressor.get()),
        |value| EffectSetting::Compressor(Percent::new(value)),
    )]
}

/// Tracks are numbered by their ids; nothing is less than any of them.
fn duck(seat: Seat) -> Vec<Tag> {
    let by = Choice::shared(
        seat,
        "Ducked by",
        "The track that pushes the others down whenever it sounds, such as the kick.",
        Vec::new(),
        |document| {
            let by = document.effects.duck_by;
            by.map_or(-1, |track| i64::from(track.0))
        },
        |number| {
            let track = u32::try_from(number).ok().map(TrackId);
            Edit::Effect(EffectSetting::DuckBy(track))
        },
    );
    let by = by.among(seat, |document| {
        let tracks = document.tracks.iter();
        let named = tracks.map(|track| (i64::from(track.id.0), track.settings.name.to_string()));
        std::iter::once((-1, "Nothing".to_owned()))
            .chain(named)
            .collect()
    });
    vec![
        by.show(),
        knob(
            seat,
            ("Duck depth", "How far the others are pushed down."),
            percent_range(0),
            |effects| i64::from(effects.duck_depth.get()),
            |value| EffectSetting::DuckDepth(Percent::new(value)),
        ),
    ]
}

fn limiter(seat: Seat) -> Vec<Tag> {
    let range = Range {
        low: i64::from(Ceiling::MIN.get()),
        high: i64::from(Ceiling::MAX.get()),
        ..level_range()
    };
    vec![knob(
        seat,
        ("Ceiling", "The mix never goes above this level."),
        range.words(
            |tenths| format!("{} dB", measures::fixed(tenths, 1)),
            |text| decimal(text, 1),
        ),
        |effects| i64::from(effects.ceiling.get()),
        |value| EffectSetting::Ceiling(Ceiling::new(value)),
    )]
}
