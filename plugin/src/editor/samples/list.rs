//! The rows of the list of samples.

use crate::editor::measures;
use crate::editor::panel::Desk;
use crate::editor::widgets::{Button, Field, caption, choice, label};
use crate::view::{SampleView, UploadState, UploadView};
use egui::{Rect, Sense, Ui, pos2, vec2};
use lockstep_session::document::clip::{AudioLoop, Bars, Clip, Content};
use lockstep_session::document::instrument::Source;
use lockstep_session::document::mixer::Level;
use lockstep_session::document::pattern::Pattern;
use lockstep_session::document::track::TrackSetting;
use lockstep_session::document::{Document, Sample, words};
use lockstep_session::edit::Edit;
use lockstep_session::ids::{SampleId, SceneIndex};
use lockstep_session::text::LongName;

const OUTLINE: egui::Vec2 = vec2(150.0, 28.0);

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    let document = desk.document();
    for (id, sample) in document.samples.iter() {
        ui.push_id(id, |ui| {
            ui.horizontal(|ui| row(ui, desk, *id, sample));
        });
    }
}

fn row(ui: &mut Ui, desk: &mut Desk<'_>, id: SampleId, sample: &Sample) {
    let theme = desk.theme;
    outline(ui, desk, id);
    let is_open = desk.locked().is_none();
    let field = Field::new("name", sample.name.as_str()).width(180.0);
    let field = field.hint("The name that everyone sees").enabled(is_open);
    if let Some(name) = field.show(ui, theme) {
        desk.commands.edit(Edit::RenameSample {
            sample: id,
            name: LongName::new(&name),
        });
    }
    let seconds = f64::from(sample.frames.get()) / f64::from(sample.rate.get());
    let sides = if sample.channels.get() == 1 {
        "mono"
    } else {
        "stereo"
    };
    let rate = f64::from(sample.rate.get()) / 1_000.0;
    let about = format!(
        "{} \u{b7} {sides} \u{b7} {rate} kHz",
        measures::seconds(seconds)
    );
    caption(ui, theme, &about).on_hover_text(brought_by(desk, sample));
    play_on_track(ui, desk, id);
    loop_on_track(ui, desk, id, seconds);
    let users = users(desk.document(), id);
    let hint = match users.len() {
        0 => "Takes it out of the session for everyone. Undo brings it back.".to_owned(),
        _ => format!("{} still plays it", users.join(", ")),
    };
    let remove = Button::new("Remove").hint(&hint).small(theme);
    let remove = remove.enabled(is_open && users.is_empty()).show(ui, theme);
    if remove.clicked() {
        desk.commands.edit(Edit::RemoveSample { sample: id });
    }
    let (words, colour) = match desk.view.samples.get(&id) {
        Some(SampleView::Ready(_)) => ("Ready".to_owned(), theme.live),
        Some(SampleView::Fetching) => ("On its way here\u{2026}".to_owned(), theme.dim),
        Some(SampleView::Missing(why)) => (format!("Not here: {why}"), theme.warning),
        None => ("Not fetched yet".to_owned(), theme.dim),
    };
    ui.colored_label(colour, egui::RichText::new(words).size(theme.small));
}

fn brought_by(desk: &Desk<'_>, sample: &Sample) -> String {
    let mut players = desk.view.players.iter();
    let by = players.find(|player| player.id == sample.by);
    match by {
        Some(player) if player.is_me => "Brought by you".to_owned(),
        Some(player) => format!("Brought by {}", player.name),
        None => "Brought by someone who is not here now".to_owned(),
    }
}

/// The highest value of each stretch, above and below the middle.
fn outline(ui: &mut Ui, desk: &Desk<'_>, id: SampleId) {
    let theme = desk.theme;
    let (area, _) = ui.allocate_exact_size(OUTLINE, Sense::empty());
    ui.painter()
        .rect_filled(area, theme.radius / 2.0, theme.raised);
    let Some(SampleView::Ready(peaks)) = desk.view.samples.get(&id) else {
        return;
    };
    let columns = 75_usize;
    let width = area.width() / as_f32(columns);
    for column in 0..columns {
        let from = column * peaks.len() / columns;
        let to = ((column + 1) * peaks.len() / columns).max(from + 1);
        let stretch = peaks.get(from..to.min(peaks.len())).unwrap_or_default();
        let peak = stretch.iter().copied().fold(0.0, f32::max).min(1.0);
        let half = (peak * (area.height() / 2.0 - 2.0)).max(0.5);
        let left = area.left() + as_f32(column) * width;
        let bar = Rect::from_min_max(
            pos2(left, area.center().y - half),
            pos2(left + width - 0.5, area.center().y + half),
        );
        ui.painter().rect_filled(bar, 0.0, theme.dim);
    }
}

fn play_on_track(ui: &mut Ui, desk: &mut Desk<'_>, id: SampleId) {
    let theme = desk.theme;
    let Some(track) = desk.track() else {
        return;
    };
    let source = Source::Sample(id);
    let is_on = track.settings.instrument.source == source;
    let name = track.settings.name.as_str();
    let hint = if is_on {
        format!("{name} plays this sample")
    } else {
        format!("Makes {name}, the selected track, play this sample")
    };
    let play = Button::new("On the track")
        .hint(&hint)
        .on(is_on)
        .small(theme);
    let play = play.enabled(desk.locked().is_none()).show(ui, theme);
    if play.clicked() && !is_on {
        desk.commands.edit(Edit::Track {
            track: track.id,
            setting: TrackSetting::Source(source),
        });
    }
}

/// Puts the sample into a slot of the selected track as a loop.
fn loop_on_track(ui: &mut Ui, desk: &mut Desk<'_>, id: SampleId, seconds: f64) {
    let theme = desk.theme;
    let Some(track) = desk.track() else {
        return;
    };
    let document = desk.document();
    let options = SceneIndex::all().map(|scene| {
        let name = match document.scenes[scene.index()].name.as_str() {
            "" => format!("Scene {}", scene.index() + 1),
            name => name.to_owned(),
        };
        let is_free = track.clip(scene).is_none();
        (
            scene,
            format!(
                "{name}{}",
                if is_free {
                    ""
                } else {
                    " (in place of its clip)"
                }
            ),
        )
    });
    let hint = "Puts it into a slot of the selected track as a loop in time with the session";
    let chosen = choice(ui, theme, ("Loop", hint, 96.0), "Loop in\u{2026}", options);
    if let (Some(scene), None) = (chosen, desk.locked()) {
        let bars = bars_of(seconds, document.timeline.tempo.beats_per_minute());
        let content = Content::Loop(AudioLoop {
            sample: id,
            bars,
            gain: Level::default(),
        });
        let clip = Some(Clip {
            content,
            ..Clip::pattern(Pattern::default())
        });
        desk.commands.edit(Edit::Clip {
            track: track.id,
            scene,
            clip,
        });
    }
}

/// The whole bars that so many seconds are nearest to.
pub(in crate::editor) fn bars_of(seconds: f64, beats_per_minute: f64) -> Bars {
    Bars::new(crate::editor::widgets::whole(
        seconds * beats_per_minute / 240.0,
    ))
}

/// The tracks that play a sample, as an instrument or in a slot.
fn users(document: &Document, id: SampleId) -> Vec<String> {
    let plays = |track: &lockstep_session::document::track::Track| {
        let is_instrument = track.settings.instrument.source == Source::Sample(id);
        let mut clips = track.clips.iter().flatten();
        is_instrument
            || clips.any(|clip| matches!(&clip.content, Content::Loop(audio) if audio.sample == id))
    };
    let tracks = document.tracks.iter().filter(|track| plays(track));
    tracks
        .map(|track| track.settings.name.to_string())
        .collect()
}

/// A file on its way to the others, or what holds it up.
pub(super) fn upload(ui: &mut Ui, desk: &Desk<'_>, upload: &UploadView) {
    let theme = desk.theme;
    ui.horizontal(|ui| {
        let (area, _) = ui.allocate_exact_size(OUTLINE, Sense::empty());
        let (share, words, colour) = match &upload.state {
            UploadState::Sending { percent } => (
                f32::from(*percent) / 100.0,
                words::sending(i64::from(*percent)),
                theme.dim,
            ),
            UploadState::Waiting => (0.0, words::KEPT_HERE.to_owned(), theme.accent),
            UploadState::Refused(why) => (0.0, words::not_taken(why), theme.warning),
        };
        ui.painter()
            .rect_filled(area, theme.radius / 2.0, theme.raised);
        let mut done = area;
        done.set_width(area.width() * share);
        ui.painter()
            .rect_filled(done, theme.radius / 2.0, theme.accent);
        label(ui, theme, &upload.name);
        ui.colored_label(colour, egui::RichText::new(words).size(theme.small));
    });
}

#[expect(clippy::cast_precision_loss, reason = "columns are few")]
fn as_f32(count: usize) -> f32 {
    count as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_session::document::track::{Track, TrackSettings};
    use lockstep_session::ids::TrackId;
    use std::sync::Arc;

    #[test]
    fn a_sample_is_in_use_by_the_tracks_that_play_it_either_way() {
        let id = SampleId::from_bytes([7; 32]);
        let mut instrument = Track::new(TrackId(1), TrackSettings::default());
        instrument.settings.instrument.source = Source::Sample(id);
        let mut looped = Track::new(TrackId(2), TrackSettings::default());
        looped.clips[4] = Some(Arc::new(Clip {
            content: Content::Loop(AudioLoop {
                sample: id,
                bars: Bars::default(),
                gain: Level::default(),
            }),
            ..Clip::pattern(Pattern::default())
        }));
        let other = Track::new(TrackId(3), TrackSettings::default());
        let document = Document {
            tracks: [instrument, looped, other].map(Arc::new).to_vec(),
            ..Document::default()
        };
        assert_eq!(users(&document, id).len(), 2);
        assert!(users(&document, SampleId::from_bytes([8; 32])).is_empty());
    }

    #[test]
    fn a_loop_gets_the_bars_that_it_is_nearest_to() {
        for (seconds, bars) in [(2.0, 1), (3.9, 2), (8.2, 4), (0.1, 1), (1e9, 64)] {
            assert_eq!(bars_of(seconds, 120.0).get(), bars);
        }
    }
}
