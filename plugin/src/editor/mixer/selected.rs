//! Everything else that the mixer holds of the selected track: sends, filter, drive, choke group.

use crate::editor::measures::{self, CORNER};
use crate::editor::panel::Desk;
use crate::editor::section::{listed, section};
use crate::editor::widgets::{Knob, Range, whole};
use egui::Ui;
use lockstep_session::document::instrument::Amount;
use lockstep_session::document::mixer::{ChokeGroup, Filter, FilterKind, Percent};
use lockstep_session::document::track::{Track, TrackSetting};
use lockstep_session::edit::Edit;

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    let Some(track) = desk.track() else {
        return;
    };
    let theme = desk.theme;
    ui.push_id(("mixer of", track.id), |ui| {
        ui.vertical(|ui| {
            let title = format!("{}: sends", track.settings.name.as_str());
            section(ui, theme, &title, 4.0, |ui| sends(ui, desk, track));
            section(ui, theme, "Filter", 4.0, |ui| filter(ui, desk, track));
        });
    });
}

fn knob(
    ui: &mut Ui,
    desk: &mut Desk<'_>,
    track: &Track,
    (name, hint): (&str, &str),
    value: f64,
    range: &Range<'_>,
    make: impl Fn(f64) -> TrackSetting,
) {
    let knob = Knob::new(name, value, range).hint(hint);
    let colour = desk.theme.track(track.settings.colour);
    let knob = knob.colour(colour).enabled(desk.locked().is_none());
    if let Some(value) = knob.show(ui, desk.theme) {
        set(desk, track, make(value));
    }
}

fn set(desk: &mut Desk<'_>, track: &Track, setting: TrackSetting) {
    if track.settings.get(&setting) != setting {
        desk.commands.edit(Edit::Track {
            track: track.id,
            setting,
        });
    }
}

fn percent(value: f64) -> Percent {
    Percent::new(whole(value))
}

fn sends(ui: &mut Ui, desk: &mut Desk<'_>, track: &Track) {
    let settings = &track.settings;
    let range = measures::percent_range(0.0);
    let hint = "How much of the track goes into the reverb, for everyone";
    let value = f64::from(settings.reverb_send.get());
    knob(ui, desk, track, ("Reverb", hint), value, &range, |value| {
        TrackSetting::ReverbSend(percent(value))
    });
    let hint = "How much of the track goes into the delay, for everyone";
    let value = f64::from(settings.delay_send.get());
    knob(ui, desk, track, ("Delay", hint), value, &range, |value| {
        TrackSetting::DelaySend(percent(value))
    });
    let hint = "How much the track is overdriven, before its filter";
    let value = f64::from(settings.drive.get());
    knob(ui, desk, track, ("Drive", hint), value, &range, |value| {
        TrackSetting::Drive(percent(value))
    });
    let write = |value: f64| match whole(value) {
        0 => "none".to_owned(),
        group => format!("group {group}"),
    };
    let read = |text: &str| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        Some(digits.parse().unwrap_or(0.0))
    };
    let range = Range::new(0.0, 8.0, 0.0).written(&write).read(&read);
    let hint = "Tracks of the same group cut each other off, as an open hat and a closed one do";
    let value = f64::from(settings.choke.get());
    knob(ui, desk, track, ("Choke", hint), value, &range, |value| {
        TrackSetting::Choke(ChokeGroup::new(whole(value)))
    });
}

const KINDS: [(FilterKind, &str); 3] = [
    (FilterKind::Off, "Off"),
    (FilterKind::LowPass, "Low-pass"),
    (FilterKind::HighPass, "High-pass"),
];

fn filter(ui: &mut Ui, desk: &mut Desk<'_>, track: &Track) {
    let filter = track.settings.filter;
    let current = KINDS.iter().find(|(kind, _)| *kind == filter.kind);
    let current = current.map_or("Off", |(_, name)| *name);
    let hint = "What the track's own filter lets through, for everyone";
    let options = KINDS.map(|(kind, name)| (kind, name.to_owned()));
    let chosen = listed(ui, desk.theme, ("Kind", hint), current, options);
    if let (Some(kind), None) = (chosen, desk.locked()) {
        set(desk, track, TrackSetting::Filter(opened(filter, kind)));
    }
    let write = |value: f64| measures::meaning(CORNER, Amount::new(whole(value)));
    let read = |text: &str| {
        let amount = measures::read_meaning(CORNER, text)?;
        Some(f64::from(amount.get()))
    };
    let range = Range::new(0.0, 10_000.0, 10_000.0)
        .notch(100.0)
        .written(&write)
        .read(&read);
    let hint = "The filter's corner frequency";
    let value = f64::from(filter.corner.get());
    knob(ui, desk, track, ("Corner", hint), value, &range, |value| {
        let corner = measures::to_corner(value);
        TrackSetting::Filter(Filter { corner, ..filter })
    });
    let range = measures::percent_range(0.0);
    let hint = "How much the filter sings at its corner";
    let value = f64::from(filter.resonance.get());
    knob(
        ui,
        desk,
        track,
        ("Resonance", hint),
        value,
        &range,
        |value| {
            let resonance = percent(value);
            TrackSetting::Filter(Filter {
                resonance,
                ..filter
            })
        },
    );
}

/// A filter that has just been switched on stands where it can be heard, but takes nothing away yet.
fn opened(filter: Filter, kind: FilterKind) -> Filter {
    let is_shut = match kind {
        FilterKind::Off => false,
        FilterKind::LowPass => filter.corner.get() == 0,
        FilterKind::HighPass => filter.corner.get() == 10_000,
    };
    let corner = match kind {
        FilterKind::HighPass if is_shut => measures::to_corner(0.0),
        FilterKind::LowPass if is_shut => measures::to_corner(10_000.0),
        _ => filter.corner,
    };
    Filter {
        kind,
        corner,
        ..filter
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switching_a_filter_on_never_silences_the_track() {
        let high = opened(Filter::default(), FilterKind::HighPass);
        assert_eq!(high.corner.get(), 0);
        assert_eq!(opened(high, FilterKind::LowPass).corner.get(), 10_000);
        let set = Filter {
            corner: measures::to_corner(4_000.0),
            ..Filter::default()
        };
        assert_eq!(opened(set, FilterKind::HighPass).corner, set.corner);
    }
}
