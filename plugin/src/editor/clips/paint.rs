//! How a slot of the launcher looks and what it says of itself. It takes no clicks.

use super::as_f32;
use crate::editor::panel::Desk;
use egui::{Align2, Color32, FontId, Painter, Rect, Response, Stroke, StrokeKind, pos2, vec2};
use lockstep_session::document::clip::{Clip, Content};
use lockstep_session::document::track::Track;
use lockstep_session::document::words;
use lockstep_session::slot::{Slot, State, clip_name, scene_name};
use lockstep_session::units::BeatSpan;

pub(super) fn slot(
    painter: &Painter,
    desk: &Desk<'_>,
    area: Rect,
    (track, slot, clip): (&Track, Slot, Option<&Clip>),
    state: State,
    response: &Response,
) {
    let theme = desk.theme;
    let colour = theme.track(track.settings.colour);
    let radius = theme.radius / 2.0;
    let is_hot = response.hovered();
    let Some(clip) = clip else {
        let fill = if is_hot { theme.step_lit } else { theme.step };
        painter.rect_filled(area, radius, fill);
        if is_hot {
            let font = FontId::proportional(theme.small);
            painter.text(area.center(), Align2::CENTER_CENTER, "+", font, theme.dim);
        }
        return;
    };
    let (fill, ink) = match (state, is_hot) {
        (State::Playing | State::Ending(_), _) => (colour, theme.on_colour),
        (_, true) => (colour.gamma_multiply(0.6), theme.ink),
        (State::Queued(_), false) => (theme.step, colour),
        (State::Resting, false) => (colour.gamma_multiply(0.35), theme.ink),
    };
    painter.rect_filled(area, radius, fill);
    if let State::Queued(_) = state {
        let edge = Stroke::new(1.5, colour);
        painter.rect_stroke(area, radius, edge, StrokeKind::Inside);
    }
    let name = clip_name(clip, slot.scene);
    let short: String = name.chars().take(3).collect();
    let font = FontId::proportional(theme.small);
    let clipped = painter.with_clip_rect(area);
    let at = pos2(area.left() + theme.gap, area.center().y);
    clipped.text(at, Align2::LEFT_CENTER, short, font, ink);
    if let Content::Loop(_) = clip.content {
        wave(&clipped, area, ink);
    }
    if state == State::Playing
        && let Some(share) = progress(desk, track, clip)
    {
        let mut line = area;
        line.set_top(area.bottom() - 3.0);
        line.set_width(area.width() * share);
        clipped.rect_filled(line, 0.0, theme.on_colour.gamma_multiply(0.55));
    }
}

/// A loop shows that it is sound and no pattern.
fn wave(painter: &Painter, area: Rect, ink: Color32) {
    for (place, height) in [3.0, 7.0, 4.0].into_iter().enumerate() {
        let at = pos2(area.right() - 9.0 + as_f32(place) * 3.0, area.center().y);
        let bar = Rect::from_center_size(at, vec2(1.5, height));
        painter.rect_filled(bar, 0.0, ink);
    }
}

/// How far the clip has come, while anything rolls.
fn progress(desk: &Desk<'_>, track: &Track, clip: &Clip) -> Option<f32> {
    if !desk.playing.grid.rolling {
        return None;
    }
    let length = match &clip.content {
        Content::Pattern(pattern) => {
            let steps = i64::from(pattern.length().get());
            track.settings.step_length.start_of(steps)
        }
        Content::Loop(audio) => BeatSpan::BAR.times(i64::from(audio.bars.get())),
    };
    let into = desk.beat - desk.playing(track).since;
    let into = into.as_micros().rem_euclid(length.as_micros().max(1));
    #[expect(clippy::cast_precision_loss, reason = "a place on the screen")]
    let share = into as f32 / length.as_micros().max(1) as f32;
    Some(share)
}

pub(super) fn hint(desk: &Desk<'_>, slot: Slot, clip: Option<&Clip>, state: State) -> String {
    let scene = scene_name(desk.document(), slot.scene);
    let Some(clip) = clip else {
        return format!("{scene}: empty. Click to put something here.");
    };
    let kind = match &clip.content {
        Content::Pattern(pattern) => format!("pattern of {} steps", pattern.length().get()),
        Content::Loop(audio) => format!("loop of {}", words::bars(i64::from(audio.bars.get()))),
    };
    let state = match state {
        State::Resting => "click to launch".to_owned(),
        State::Playing => "playing".to_owned(),
        State::Queued(at) => format!("starts at {}", words::place(at)),
        State::Ending(at) => format!("plays until {}", words::place(at)),
    };
    let name = clip_name(clip, slot.scene);
    let follow = words::follow(clip.follow);
    format!("{name} ({kind}): {state}\n{scene} \u{b7} {follow}\nDrag to copy, right-click to open")
}
