//! Keeps the window as large as the zoom wants it, and the zoom as large as the window that the host
//! allows: a host may refuse a size, forget it, or let its own frame be dragged.

use egui::{Ui, Vec2, ViewportCommand, vec2};
use lockstep_session::units::{LocalTime, Span};
use std::time::Duration;

/// What the editor is laid out for, in points.
pub(super) const SIZE: Vec2 = vec2(1_100.0, 680.0);
const LEAST_ZOOM: f32 = 0.75;
const MOST_ZOOM: f32 = 2.0;
/// A host may take so long to follow.
const PATIENCE: Span = Span::from_millis(700);
/// Points that a window may be off; hosts round.
const ROUNDING: f32 = 3.0;

#[derive(Debug, Default)]
pub(super) struct Fit {
    /// The host knows how large a zoomed window is.
    is_told: bool,
    /// Since when the window has had another size than its zoom wants.
    wrong_since: Option<LocalTime>,
    /// The zoom was changed in the frame before, so the window's size is to stay.
    is_settling: bool,
}

impl Fit {
    /// A window was opened.
    pub(super) fn begin(&mut self) {
        *self = Self::default();
    }

    pub(super) fn keep(&mut self, ui: &Ui, now: LocalTime) {
        let context = ui.ctx();
        let zoom = context.zoom_factor();
        let ask = || context.send_viewport_cmd(ViewportCommand::InnerSize(SIZE));
        if !std::mem::replace(&mut self.is_told, true) && zoom != 1.0 {
            ask();
        }
        if std::mem::take(&mut self.is_settling) {
            ask();
        }
        let Some(fitting) = fitting(context.content_rect().size(), zoom) else {
            self.wrong_since = None;
            return;
        };
        let since = *self.wrong_since.get_or_insert(now);
        let left = PATIENCE - (now - since);
        if left > Span::ZERO {
            let left = u64::try_from(left.as_micros()).unwrap_or(0);
            context.request_repaint_after(Duration::from_micros(left));
            return;
        }
        self.wrong_since = None;
        self.is_settling = true;
        context.set_zoom_factor(fitting);
        context.request_repaint();
    }
}

/// The zoom at which everything fits a window that shows so many points at this one, if another.
fn fitting(shown: Vec2, zoom: f32) -> Option<f32> {
    let off = shown - SIZE;
    if off.x.abs() <= ROUNDING && off.y.abs() <= ROUNDING {
        return None;
    }
    let room = shown * zoom / SIZE;
    let fitting = room.min_elem().clamp(LEAST_ZOOM, MOST_ZOOM);
    ((fitting - zoom).abs() > 0.01).then_some(fitting)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_of_another_size_gets_the_zoom_that_fits_it_once() {
        assert_eq!(fitting(SIZE, 1.5), None);
        let refused = SIZE / 1.5;
        let zoom = fitting(refused, 1.5).unwrap();
        assert!((zoom - 1.0).abs() < 0.01);
        let wide = vec2(2_200.0, 680.0);
        assert_eq!(
            fitting(wide, 1.0),
            None,
            "there is no larger zoom that fits"
        );
        let tiny = vec2(300.0, 200.0);
        assert_eq!(fitting(tiny, 1.0), Some(LEAST_ZOOM));
        assert_eq!(fitting(tiny / LEAST_ZOOM, LEAST_ZOOM), None);
    }
}
