//! The mixer: what everyone hears of each track, and of all of them together.

use super::track::OfTrack;
use crate::board::Board;
use crate::dom::{self, Tag, derived, tag, text};
use crate::measures::{self, level_range, pan_range, percent_range};
use crate::meter::Bar;
use crate::seat::Seat;
use crate::sound::Ears;
use crate::widget::{Dial, Range, Shape, Switch, decimal};
use leptos::prelude::*;
use lockstep_engine::Meaning;
use lockstep_session::document::instrument::Amount;
use lockstep_session::document::mixer::{
    ChokeGroup, Corner, Filter, FilterKind, Level, Pan, Percent,
};
use lockstep_session::document::track::{TrackSetting, TrackSettings};
use lockstep_session::edit::{Edit, SessionSetting};
use lockstep_session::ids::TrackId;
use std::sync::Arc;

pub(super) fn mixer(seat: Seat) -> Tag {
    let board = seat.board;
    let tracks = board.slice(|document| {
        let ids = document.tracks.iter().map(|track| track.id);
        ids.collect::<Vec<_>>()
    });
    let empty = board.condition(|document| !document.tracks.is_empty());
    let selected = Memo::new(move |_| board.track());
    let details = tag("div", "mixer-details").filled(move || {
        let track = selected.get();
        track.map_or(Vec::new(), |track| details(OfTrack { seat, track }))
    });
    let strips = tag("div", "strips").filled(move || {
        let strips = tracks.with(|tracks| {
            let strip = |track: &TrackId| {
                let track = *track;
                strip(OfTrack { seat, track }, selected)
            };
            tracks.iter().map(strip).collect::<Vec<_>>()
        });
        strips.into_iter().chain([master(seat)]).collect()
    });
    let hint = "The mixer has nothing to mix yet: add a track.";
    tag("div", "mixer")
        .with(text("p", "hint", hint).hidden(empty))
        .with(strips)
        .with(details)
}

fn strip(of: OfTrack, selected: Memo<Option<TrackId>>) -> Tag {
    let board = of.seat.board;
    let track = of.track;
    let name = board.words(move |document| of.read(document, |settings| settings.name.to_string()));
    let hue = board.words(move |document| {
        of.read(document, |settings| {
            format!("strip hue-{}", settings.colour.get())
        })
    });
    let select = move |_| {
        board
            .selected
            .update(|selected| selected.track = Some(track))
    };
    let head = dom::button("strip-name", "", select)
        .says(name)
        .state(
            "aria-pressed",
            derived(move || selected.get() == Some(track)),
        )
        .set("title", "Select this track");
    let level = of.dial(
        ("Level", "How loud the track is, for everyone"),
        level_range(),
        |settings| i64::from(settings.level.get()),
        |value| TrackSetting::Level(Level::new(value)),
    );
    let pan = of.dial(
        (
            "Pan",
            "Where the track stands, for everyone. Type 30 L or 30 R.",
        ),
        pan_range(),
        |settings| i64::from(settings.pan.get()),
        |value| TrackSetting::Pan(Pan::new(value)),
    );
    let mute = of.switch(
        ("M", "Mute".to_owned()),
        "Mute for everyone",
        |settings| settings.mute,
        TrackSetting::Mute,
    );
    let solo = of.switch(
        ("S", "Solo".to_owned()),
        "Solo for everyone",
        |settings| settings.solo,
        TrackSetting::Solo,
    );
    let pair = tag("div", "line")
        .with(mute.show("toggle mute"))
        .with(solo.show("toggle"));
    tag("div", "strip")
        .attribute("class", hue)
        .set("role", "group")
        .attribute("aria-label", name)
        .with(head)
        .with(fader(board, Some(track), level))
        .with(pan.show(Shape::Number))
        .with(pair)
        .with(private(of.seat, of.track))
}

/// Mute and solo for this player's ears.
pub(super) fn private(seat: Seat, track: TrackId) -> Tag {
    let ears = seat.sound.ears;
    let switch = |words,
                  name: &str,
                  hint,
                  value: fn(&Ears, TrackId) -> bool,
                  set: fn(&mut Ears, TrackId, bool)| Switch {
        words,
        name: name.to_owned(),
        hint,
        value: derived(move || ears.with(|ears| value(ears, track))),
        set: Arc::new(move |on| ears.update(|ears| set(ears, track, on))),
        locked: Signal::stored(false),
    };
    let mute = switch(
        "m",
        "Mute for me",
        "Mute for your ears only",
        Ears::is_muted,
        Ears::mute,
    );
    let solo = switch(
        "s",
        "Solo for me",
        "Solo for your ears only",
        Ears::is_soloed,
        Ears::solo,
    );
    tag("div", "line private")
        .with(mute.show("toggle mute"))
        .with(solo.show("toggle"))
}

fn fader(board: Board, track: Option<TrackId>, level: Dial) -> Tag {
    let (peak, rms) = (Bar::new("", 96), Bar::new("", 96));
    let meter = tag("span", "meter").with(peak.tag()).with(rms.tag());
    board.meters.show(track, move |heard| {
        peak.rise(heard.0.max(0.0).sqrt());
        rms.rise(heard.1.max(0.0).sqrt());
    });
    tag("div", "fader-line")
        .with(meter)
        .with(level.show(Shape::Fader))
}

fn master(seat: Seat) -> Tag {
    let level = Dial::shared(
        seat,
        "Master",
        "The level of the whole session, for everyone",
        level_range(),
        |document| i64::from(document.master.get()),
        |value| Edit::Session(SessionSetting::Master(Level::new(value))),
    );
    tag("div", "strip master")
        .set("role", "group")
        .set("aria-label", "Master")
        .with(text("span", "strip-name", "Master"))
        .with(fader(seat.board, None, level))
}

/// A track's filter goes from 20 Hz to 20 kHz, by equal ratios.
const CORNER: Meaning = Meaning::Ratio {
    low: 20.0,
    high: 20_000.0,
    unit: lockstep_engine::Unit::Hertz,
};

const KINDS: [FilterKind; 3] = [FilterKind::Off, FilterKind::LowPass, FilterKind::HighPass];

/// Everything else that the mixer holds of the selected track.
fn details(of: OfTrack) -> Vec<Tag> {
    let board = of.seat.board;
    let hue = board.words(move |document| {
        of.read(document, |settings| {
            format!("section hue-{}", settings.colour.get())
        })
    });
    let title = |words: &'static str| {
        let title = board.words(move |document| {
            of.read(document, |settings| format!("{}: {words}", settings.name))
        });
        tag("h3", "").says(title)
    };
    let sends = [
        share(
            of,
            (
                "Reverb",
                "How much of the track goes into the reverb, for everyone",
            ),
            |settings| settings.reverb_send,
            |value| TrackSetting::ReverbSend(Percent::new(value)),
        ),
        share(
            of,
            (
                "Delay",
                "How much of the track goes into the delay, for everyone",
            ),
            |settings| settings.delay_send,
            |value| TrackSetting::DelaySend(Percent::new(value)),
        ),
        share(
            of,
            (
                "Drive",
                "How much the track is overdriven, before its filter",
            ),
            |settings| settings.drive,
            |value| TrackSetting::Drive(Percent::new(value)),
        ),
        choke(of).show(Shape::Knob),
    ];
    vec![
        tag("div", "section")
            .attribute("class", hue)
            .with(title("sends"))
            .with(tag("div", "controls").with_all(sends)),
        tag("div", "section")
            .attribute("class", hue)
            .with(title("filter"))
            .with(tag("div", "controls").with_all(filter(of))),
    ]
}

fn share(
    of: OfTrack,
    words: (&str, &'static str),
    read: fn(&TrackSettings) -> Percent,
    setting: fn(i64) -> TrackSetting,
) -> Tag {
    let (name, hint) = words;
    let dial = Dial::shared(
        of.seat,
        name,
        hint,
        percent_range(0),
        move |document| of.read(document, |settings| i64::from(read(settings).get())),
        move |value| of.edit(setting(value)),
    );
    dial.show(Shape::Knob)
}

fn choke(of: OfTrack) -> Dial {
    let write = |value: i64| match value {
        0 => "none".to_owned(),
        group => format!("group {group}"),
    };
    let read = |text: &str| {
        let digits = text.trim_start_matches(|letter: char| !letter.is_ascii_digit());
        Some(decimal(digits, 0).unwrap_or(0))
    };
    let most = i64::from(ChokeGroup::MAX.get());
    of.dial(
        (
            "Choke",
            "Tracks of the same group cut each other off, as an open hat and a closed one do",
        ),
        Range::new(0, most, 0).words(write, read),
        |settings| i64::from(settings.choke.get()),
        |value| TrackSetting::Choke(ChokeGroup::new(value)),
    )
}

fn filter(of: OfTrack) -> [Tag; 3] {
    let change = move |change: &dyn Fn(&mut Filter)| {
        let mut filter = of.now(|settings| settings.filter);
        change(&mut filter);
        of.edit(TrackSetting::Filter(filter))
    };
    let options = measures::numbered(&KINDS, |kind| {
        let words = match kind {
            FilterKind::Off => "Off",
            FilterKind::LowPass => "Low-pass",
            FilterKind::HighPass => "High-pass",
        };
        words.to_owned()
    });
    let kind = crate::widget::Choice::shared(
        of.seat,
        "Kind",
        "What the track's own filter lets through, for everyone",
        options,
        move |document| {
            of.read(document, |settings| {
                measures::number_of(&KINDS, &settings.filter.kind)
            })
        },
        move |number| {
            change(&|filter| {
                filter.kind = measures::numbered_as(&KINDS, number).unwrap_or_default();
            })
        },
    );
    let write = |value| measures::meaning(CORNER, Amount::new(value));
    let read = |text: &str| measures::read_meaning(CORNER, text);
    let corner = Dial::shared(
        of.seat,
        "Corner",
        "Where the filter begins to take away",
        Range::new(0, 10_000, 10_000).notch(100).words(write, read),
        move |document| of.read(document, |settings| i64::from(settings.filter.corner.get())),
        move |value| change(&|filter| filter.corner = Corner::new(value)),
    );
    let resonance = Dial::shared(
        of.seat,
        "Resonance",
        "How much the filter sings at its corner",
        percent_range(0),
        move |document| {
            of.read(document, |settings| {
                i64::from(settings.filter.resonance.get())
            })
        },
        move |value| change(&|filter| filter.resonance = Percent::new(value)),
    );
    [
        kind.show(),
        corner.show(Shape::Knob),
        resonance.show(Shape::Knob),
    ]
}
