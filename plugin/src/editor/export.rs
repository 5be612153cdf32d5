//! Files made of the session: MIDI, the mix, every track apart, or the session itself.

use super::panel::Desk;
use super::widgets::{Button, Field, Number, Range, caption, heading, segmented, whole, words};
use crate::network::{Command, Export as Order, ExportKind};
use crate::view::ExportView;
use egui::Ui;
use lockstep_session::document::Document;
use lockstep_session::document::clip::Content;
use lockstep_session::units::BeatSpan;
use std::path::PathBuf;

#[derive(Debug)]
pub(super) struct ExportPanel {
    kind: ExportKind,
    /// Until one is chosen, as many as the longest pattern needs.
    bars: Option<u16>,
    folder: Option<PathBuf>,
    /// What was asked for is answered by what the view says from then on.
    has_asked: bool,
}

impl Default for ExportPanel {
    fn default() -> Self {
        Self {
            kind: ExportKind::Mix,
            bars: None,
            folder: None,
            has_asked: false,
        }
    }
}

const MOST_BARS: u16 = 999;
const KINDS: [(ExportKind, &str, &str); 4] = [
    (
        ExportKind::Mix,
        "Mix",
        "One stereo WAV file of everything, as it sounds",
    ),
    (
        ExportKind::Stems,
        "Stems",
        "A stereo WAV file of every track, to be mixed elsewhere",
    ),
    (
        ExportKind::Midi,
        "MIDI",
        "A MIDI file with the notes of every track on its channel",
    ),
    (
        ExportKind::Document,
        "Session",
        "The session itself as a JSON file: a copy to keep, or to read with other programs",
    ),
];

impl ExportPanel {
    pub(super) fn show(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        heading(ui, theme, "Export");
        ui.horizontal(|ui| {
            if let Some(kind) = segmented(ui, theme, &KINDS, self.kind) {
                self.kind = kind;
            }
            if self.kind != ExportKind::Document {
                self.length(ui, desk);
            }
        });
        self.destination(ui, desk);
        let is_running = matches!(desk.view.export, Some(ExportView::Running));
        ui.horizontal(|ui| {
            let button = Button::new("Export").on(true).enabled(!is_running);
            let hint = "Writes the file. The session goes on playing meanwhile.";
            if button.hint(hint).show(ui, theme).clicked() {
                let order = self.order(desk);
                desk.commands.ask(Command::Export(order));
                self.has_asked = true;
            }
            let name = KINDS.iter().find(|(kind, ..)| *kind == self.kind);
            let (_, _, what) = name.copied().unwrap_or(KINDS[0]);
            caption(ui, theme, what);
        });
        state(ui, desk, self.has_asked);
    }

    fn length(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        let usual = longest(desk.document());
        let write = |value: f64| match whole(value) {
            1 => "1 bar".to_owned(),
            bars => format!("{bars} bars"),
        };
        let range = Range::new(1.0, f64::from(MOST_BARS), f64::from(usual)).written(&write);
        let value = f64::from(self.bars.unwrap_or(usual));
        let hint = "From the first bar on. Double-click for as many as the longest pattern needs.";
        let number = Number::new("bars", value, &range).width(72.0).hint(hint);
        if let Some(bars) = number.show(ui, theme) {
            let bars = u16::try_from(whole(bars)).unwrap_or(MOST_BARS);
            self.bars = (bars != usual).then_some(bars);
        }
    }

    fn destination(&mut self, ui: &mut Ui, desk: &mut Desk<'_>) {
        let theme = desk.theme;
        ui.horizontal(|ui| {
            caption(ui, theme, "Into");
            let current = self.folder(desk).display().to_string();
            let hint = "A folder on this machine. It is made if it is not there.";
            let field = Field::new("folder", &current)
                .hint(hint)
                .width(420.0)
                .most(1_000);
            if let Some(typed) = field.invitation("A folder").show(ui, theme) {
                let typed = typed.trim();
                self.folder = (!typed.is_empty()).then(|| PathBuf::from(typed));
            }
        });
    }

    fn folder(&self, desk: &Desk<'_>) -> PathBuf {
        let usual = || desk.view.settings.exports.clone();
        self.folder.clone().unwrap_or_else(usual)
    }

    fn order(&self, desk: &Desk<'_>) -> Order {
        Order {
            kind: self.kind,
            bars: self.bars.unwrap_or_else(|| longest(desk.document())),
            into: self.folder(desk),
        }
    }
}

fn state(ui: &mut Ui, desk: &Desk<'_>, has_asked: bool) {
    let theme = desk.theme;
    match &desk.view.export {
        None if has_asked => {
            caption(ui, theme, "Asked for\u{2026}");
        }
        None => {}
        Some(ExportView::Running) => {
            words(
                ui,
                theme,
                "Writing\u{2026} you can go on playing.",
                theme.dim,
            );
        }
        Some(ExportView::Written(path)) => {
            ui.horizontal(|ui| {
                let path = path.display().to_string();
                words(ui, theme, &format!("Written to {path}"), theme.live);
                let copy = Button::new("Copy path").small(theme);
                if copy.show(ui, theme).clicked() {
                    ui.ctx().copy_text(path);
                }
            });
        }
        Some(ExportView::Failed(why)) => {
            let text = format!("Not written: {why}");
            words(ui, theme, &text, theme.warning);
        }
    }
}

/// The bars of the longest pattern or loop, at least one.
fn longest(document: &Document) -> u16 {
    let bars = document.tracks.iter().flat_map(|track| {
        let clips = track.clips.iter().flatten();
        clips.map(|clip| match &clip.content {
            Content::Pattern(pattern) => {
                let steps = i64::from(pattern.length().get());
                let span = track.settings.step_length.start_of(steps).as_micros();
                let bar = BeatSpan::BAR.as_micros();
                (span + bar - 1).div_euclid(bar)
            }
            Content::Loop(audio) => i64::from(audio.bars.get()),
        })
    });
    let most = bars.max().unwrap_or(1).max(1);
    u16::try_from(most).unwrap_or(MOST_BARS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_session::document::clip::Clip;
    use lockstep_session::document::pattern::{Pattern, PatternLength};
    use lockstep_session::document::track::{StepLength, Track, TrackSettings};
    use lockstep_session::ids::TrackId;
    use std::sync::Arc;

    #[test]
    fn as_many_bars_are_offered_as_the_longest_pattern_needs() {
        assert_eq!(longest(&Document::default()), 1);
        for (steps, length, bars) in [
            (16, StepLength::Sixteenth, 1),
            (17, StepLength::Sixteenth, 2),
            (12, StepLength::SixteenthTriplet, 1),
            (128, StepLength::Quarter, 32),
            (5, StepLength::ThirtySecond, 1),
        ] {
            let mut track = Track::new(TrackId(1), TrackSettings::default());
            track.settings.step_length = length;
            let pattern = Pattern::new(PatternLength::new(steps), Vec::new());
            track.clips[3] = Some(Arc::new(Clip::pattern(pattern)));
            let document = Document {
                tracks: vec![Arc::new(track)],
                ..Document::default()
            };
            assert_eq!(longest(&document), bars, "{steps} {length:?}");
        }
    }
}
