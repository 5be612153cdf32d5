//! The session's loop: whether it turns, from which bar, and how many bars long.

use crate::editor::panel::Desk;
use crate::editor::widgets::{Button, Number, Range, caption, whole};
use crate::view::Lead;
use egui::{Popup, PopupCloseBehavior, Ui};
use lockstep_session::document::timeline::LoopRegion;
use lockstep_session::edit::Edit;

const MENU: f32 = 200.0;
/// What a loop is until someone says otherwise.
const BARS: i64 = 4;

pub(super) fn show(ui: &mut Ui, desk: &mut Desk<'_>) {
    let theme = desk.theme;
    let led_by_other = matches!(desk.view.lead, Lead::Of(_));
    let region = desk.document().timeline.region;
    let hint = if led_by_other {
        "Someone else leads the session's transport. Take the lead to loop it."
    } else {
        "The session's loop. A project that the grid follows loops by itself."
    };
    let button = Button::new("Loop")
        .on(region.is_some())
        .enabled(!led_by_other && desk.locked().is_none())
        .hint(hint)
        .show(ui, theme);
    Popup::menu(&button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .width(MENU)
        .show(|ui| {
            ui.set_min_width(MENU);
            menu(ui, desk, region);
        });
}

fn menu(ui: &mut Ui, desk: &mut Desk<'_>, region: Option<LoopRegion>) {
    let theme = desk.theme;
    let is_on = region.is_some();
    let words = if is_on { "Turns" } else { "Does not turn" };
    let switch = Button::new(words).on(is_on).small(theme);
    if switch.show(ui, theme).clicked() {
        let region = if is_on {
            None
        } else {
            LoopRegion::of_bars(0, BARS)
        };
        desk.commands.edit(Edit::Loop { region, at: None });
    }
    let Some(region) = region else {
        return;
    };
    let (first, length) = region.bars();
    ui.horizontal(|ui| {
        caption(ui, theme, "From bar");
        let range = Range::new(1.0, 9_999.0, 1.0);
        let number = Number::new("first bar", float(first + 1), &range).notch(1.0);
        let moved = number.show(ui, theme).map(|bar| whole(bar) - 1);
        caption(ui, theme, "bars");
        let range = Range::new(1.0, 999.0, float(BARS));
        let number = Number::new("bars", float(length), &range)
            .width(44.0)
            .notch(1.0);
        let longer = number.show(ui, theme).map(whole);
        if moved.is_some() || longer.is_some() {
            let region = LoopRegion::of_bars(moved.unwrap_or(first), longer.unwrap_or(length));
            desk.commands.edit(Edit::Loop { region, at: None });
        }
    });
}

#[expect(clippy::cast_precision_loss, reason = "bars are few")]
fn float(bars: i64) -> f64 {
    bars as f64
}
