//! The strip at the bottom: how it stands with the connection, the clock and the server, in words,
//! and what to do where something does not fit.

use super::panel::Desk;
use super::theme::Theme;
use super::widgets::{Button, Number, Range, whole};
use crate::network::Command;
use crate::params::SyncMode;
use crate::state::EditorSize;
use crate::view::{Connection, Follows, Lead, View};
use egui::{Align, Color32, Label, Layout, RichText, Ui};
use lockstep_session::document::Mode;
use lockstep_session::document::words::Timing;
use lockstep_session::edit::Edit;
use lockstep_session::protocol::{Quality, Role};
use lockstep_session::units::Span;
use nice_plug::prelude::Param;

pub(super) const HEIGHT: f32 = 30.0;

/// How much a sentence weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Good,
    Attention,
    Trouble,
}

impl Tone {
    fn colour(self, theme: &Theme) -> Color32 {
        match self {
            Self::Plain => theme.dim,
            Self::Good => theme.live,
            Self::Attention => theme.accent,
            Self::Trouble => theme.warning,
        }
    }
}

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>, is_busy: bool) {
    let theme = desk.theme;
    let size = ui.available_size();
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = theme.inset;
        for (sentence, tone) in sentences(desk.view) {
            ui.label(
                RichText::new(sentence)
                    .size(theme.small + 1.0)
                    .color(tone.colour(theme)),
            );
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = theme.pad;
            zoom(ui, desk);
            nudge(ui, desk);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                trouble(ui, desk, is_busy);
            });
        });
    });
}

/// What went wrong last, or two tempos that differ and what can be done about it.
fn trouble(ui: &mut Ui, desk: &mut Desk<'_>, is_busy: bool) {
    let theme = desk.theme;
    let busy = is_busy.then_some("One moment: the last changes are still on their way.");
    let notice = busy.or(desk.view.notice.as_deref()).or(desk.locked());
    if let Some(sentence) = notice {
        let words = RichText::new(sentence)
            .size(theme.small + 1.0)
            .color(theme.warning);
        ui.add(Label::new(words).truncate()).on_hover_text(sentence);
        return;
    }
    let Some([session, project]) = mismatch(desk) else {
        return;
    };
    let words = format!("Session at {session}, your project at {project}:");
    let words = RichText::new(words)
        .size(theme.small + 1.0)
        .color(theme.accent);
    ui.label(words);
    let session_leads = Button::new("Use the session's in the grid")
        .small(theme)
        .hint(
            "The grid then plays with the session (Session leads). The tempo of your project stays: \
             no plugin can set it.",
        );
    if session_leads.show(ui, theme).clicked() {
        desk.turn(&desk.params.sync, SyncMode::SessionLeads);
    }
    let host_leads = Button::new("Give yours to the session").small(theme).hint(
        "You take the lead, and the session goes with your project, at its tempo (Host leads).",
    );
    if host_leads.show(ui, theme).clicked() {
        desk.turn(&desk.params.sync, SyncMode::HostLeads);
        desk.commands.edit(Edit::TakeLead);
    }
}

/// The session's tempo and the project's, where they differ and the grid follows the project.
fn mismatch(desk: &Desk<'_>) -> Option<[String; 2]> {
    let view = desk.view;
    let concerns = view.connection == Connection::Live
        && view.follows == Follows::Host
        && view.lead != Lead::Mine;
    let host = desk.playing.host.tempo.filter(|_| concerns)?;
    let session = desk.document().timeline.tempo.beats_per_minute();
    let host = host.beats_per_minute();
    // Tempos are shared in hundredths.
    ((session - host).abs() > 0.006).then(|| [tempo(session), tempo(host)])
}

/// Without decimals that say nothing.
fn tempo(beats_per_minute: f64) -> String {
    let words = format!("{beats_per_minute:.2}");
    let words = words.trim_end_matches('0').trim_end_matches('.');
    words.to_owned()
}

fn nudge(ui: &mut Ui, desk: &mut Desk<'_>) {
    let parameter = &desk.params.nudge;
    let value = f64::from(parameter.value());
    let write = |value: f64| format!("{value:+.1} ms");
    let quality = desk.view.quality.as_ref();
    let meaning = quality.map_or("", |quality| timing(quality).meaning());
    let hint = format!(
        "Nudge: how much later the grid sounds here, against what no clock can measure. \
         Shift-drag for tenths. {meaning}"
    );
    let range = Range::new(-200.0, 200.0, 0.0).step(0.1).written(&write);
    let number = Number::new("nudge", value, &range)
        .width(68.0)
        .height(20.0)
        .size(desk.theme.small + 1.0)
        .notch(1.0)
        .hint(&hint);
    if let Some(nudge) = number.show(ui, desk.theme) {
        #[expect(clippy::cast_possible_truncation, reason = "within 200")]
        let nudge = nudge as f32;
        desk.setter.begin_set_parameter(parameter);
        desk.setter
            .set_parameter_normalized(parameter, parameter.preview_normalized(nudge));
        desk.setter.end_set_parameter(parameter);
    }
    super::widgets::caption(ui, desk.theme, "Nudge");
}

fn zoom(ui: &mut Ui, desk: &Desk<'_>) {
    let theme = desk.theme;
    let current = desk.params.editor.size().percent();
    let larger = super::ZOOMS.into_iter().find(|percent| *percent > current);
    let smaller = super::ZOOMS
        .into_iter()
        .rev()
        .find(|percent| *percent < current);
    for (label, target, hint) in [("+", larger, "Larger"), ("\u{2212}", smaller, "Smaller")] {
        let button = Button::new(label)
            .hint(hint)
            .enabled(target.is_some())
            .width(20.0)
            .small(theme)
            .bare();
        if let (true, Some(percent)) = (button.show(ui, theme).clicked(), target) {
            let size = EditorSize::from_percent(percent);
            ui.ctx().set_zoom_factor(size.zoom());
        }
    }
    super::widgets::caption(ui, theme, &format!("{current} %"));
}

/// Everything about the connection, the most important first.
pub(super) fn sentences(view: &View) -> Vec<(String, Tone)> {
    let mut sentences = vec![connection(&view.connection)];
    if view.connection == Connection::Live {
        if view.document.mode == Mode::Published {
            sentences.push(("Published".to_owned(), Tone::Attention));
        } else if view.role == Some(Role::Listener) {
            sentences.push(("Listening only".to_owned(), Tone::Attention));
        } else if view.is_read_only {
            let words = "The server cannot save: changes wait";
            sentences.push((words.to_owned(), Tone::Trouble));
        } else {
            sentences.push(saved(view.unsaved));
        }
        if let Some(quality) = view.quality {
            sentences.push(in_time(&quality));
            let trip = quality.round_trip_ms.get();
            let trip = if trip == 0 {
                "less than 1 ms away".to_owned()
            } else {
                format!("{trip} ms away")
            };
            sentences.push((trip, Tone::Plain));
        }
        sentences.push((view.who_leads(), Tone::Plain));
    } else if view.unsaved > 0 && view.connection != Connection::Alone {
        let words = match view.unsaved {
            1 => "1 change waits".to_owned(),
            count => format!("{count} changes wait"),
        };
        sentences.push((words, Tone::Plain));
    }
    sentences
}

fn in_time(quality: &Quality) -> (String, Tone) {
    let timing = timing(quality);
    let tone = if timing == Timing::Apart {
        Tone::Attention
    } else {
        Tone::Good
    };
    let error = milliseconds(i64::from(quality.clock_error_us.get()));
    (format!("{} \u{b1}{error} ms", timing.words()), tone)
}

fn timing(quality: &Quality) -> Timing {
    Timing::of(Span::from_micros(i64::from(quality.clock_error_us.get())))
}

fn connection(connection: &Connection) -> (String, Tone) {
    let (words, tone) = match connection {
        Connection::Alone => (
            "Not shared: what you make is kept in your project",
            Tone::Plain,
        ),
        Connection::Joining => ("Joining\u{2026}", Tone::Plain),
        Connection::Waiting => (
            "Offline: your changes are kept. Trying again",
            Tone::Attention,
        ),
        Connection::Live => ("Joined", Tone::Good),
        Connection::Refused(reason) => return (format!("Not joined: {reason}"), Tone::Trouble),
    };
    (words.to_owned(), tone)
}

fn saved(unsaved: usize) -> (String, Tone) {
    match unsaved {
        0 => ("Saved".to_owned(), Tone::Good),
        1 => ("Saving 1 change".to_owned(), Tone::Plain),
        count => (format!("Saving {count} changes"), Tone::Plain),
    }
}

/// Tenths of a millisecond are as fine as anyone needs to read, and nobody is better than one.
fn milliseconds(micros: i64) -> String {
    let tenths = (micros / 100).max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Sends the offset of this machine's output.
pub(super) fn output_offset(ui: &mut Ui, desk: &mut Desk<'_>) {
    let value = f64::from(desk.view.settings.output_offset_ms);
    let write = |value: f64| format!("{value:.0} ms");
    let range = Range::new(-500.0, 500.0, 0.0).written(&write);
    let number = Number::new("output offset", value, &range)
        .width(68.0)
        .hint(
            "How much later than your workstation believes its sound comes out, such as by \
             Bluetooth: everyone else's clock is met by that much earlier",
        );
    if let Some(offset) = number.show(ui, desk.theme) {
        let offset = i16::try_from(whole(offset)).unwrap_or(0);
        desk.commands.ask(Command::OutputOffset(offset));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_session::protocol::{ClockError, RoundTrip};

    fn words(view: &View) -> Vec<String> {
        let sentences = sentences(view).into_iter();
        sentences.map(|(sentence, _)| sentence).collect()
    }

    #[test]
    fn every_state_of_the_connection_is_said_in_words() {
        let mut view = View {
            connection: Connection::Live,
            unsaved: 2,
            quality: Some(Quality {
                round_trip_ms: RoundTrip::new(18),
                clock_error_us: ClockError::new(430),
            }),
            ..View::default()
        };
        assert_eq!(
            words(&view),
            [
                "Joined",
                "Saving 2 changes",
                "In time \u{b1}0.4 ms",
                "18 ms away",
                "Nobody leads"
            ]
        );
        view.is_read_only = true;
        assert_eq!(words(&view)[1], "The server cannot save: changes wait");
        view.role = Some(Role::Listener);
        assert_eq!(words(&view)[1], "Listening only");
        view.connection = Connection::Waiting;
        assert_eq!(
            words(&view),
            [
                "Offline: your changes are kept. Trying again",
                "2 changes wait"
            ]
        );
        view.connection = Connection::Refused("the session is full".to_owned());
        assert_eq!(words(&view)[0], "Not joined: the session is full");
    }

    #[test]
    fn whoever_is_not_in_time_is_told() {
        let said = |micros: i64| {
            in_time(&Quality {
                round_trip_ms: RoundTrip::new(18),
                clock_error_us: ClockError::new(micros),
            })
        };
        assert_eq!(said(4_000).0, "Nearly in time \u{b1}4.0 ms");
        let apart = (
            "Not quite in time \u{b1}12.5 ms".to_owned(),
            Tone::Attention,
        );
        assert_eq!(said(12_500), apart);
    }

    #[test]
    fn tempos_are_written_without_decimals_that_say_nothing() {
        assert_eq!(tempo(128.0), "128");
        assert_eq!(tempo(120.5), "120.5");
        assert_eq!(tempo(99.994), "99.99");
    }
}
