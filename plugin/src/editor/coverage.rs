//! Everything that can be shared has a control: a hand that tries every control of every panel makes
//! every kind of edit, and each of them fits the document that the panels showed.

mod names;

use super::bench::{Bench, PLAYER, SIZE, document, view};
use super::selection::{Selection, Tab};
use super::{HIGHER, TABS, TABS_HEIGHT};
use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Rect, TouchPhase, vec2};
use lockstep_session::document::Document;
use lockstep_session::edit::Edit;
use lockstep_session::units::{Beat, ServerTime};
use names::{WANTED, names};
use std::collections::BTreeSet;
impl Bench {
    /// Turned, dragged, clicked, typed into, and what opens is clicked too.
    fn try_out(&mut self, control: Rect) {
        let at = control.center();
        self.go(at);
        self.frame(vec![Event::MouseWheel {
            unit: MouseWheelUnit::Line,
            delta: vec2(0.0, -1.0),
            modifiers: Modifiers::NONE,
            phase: TouchPhase::Move,
            source: egui::MouseWheelSource::Unknown,
        }]);
        self.press(at, PointerButton::Primary, true);
        for step in 1_u8..4 {
            self.go(at - vec2(0.0, f32::from(step) * 8.0));
        }
        self.press(at - vec2(0.0, 24.0), PointerButton::Primary, false);
        self.wait();
        let before = self.controls();
        self.click(at, PointerButton::Primary);
        self.enter("3");
        self.wait();
        let opened = self.controls();
        let opened: Vec<_> = opened
            .into_iter()
            .filter(|control| !before.contains(control))
            .collect();
        for item in few_of_each_row(&opened, 3).into_iter().take(24) {
            let item = item.center();
            let is_shut = |shown: &[Rect]| !shown.iter().any(|area| area.center() == item);
            if is_shut(&self.controls()) {
                self.click(at, PointerButton::Primary);
            }
            self.click(item, PointerButton::Primary);
            self.enter("4");
        }
        self.key(Key::Escape);
        self.wait();
        // What was switched on is switched off.
        self.click(at, PointerButton::Primary);
        self.key(Key::Escape);
        self.wait();
    }
}

/// The same session while it plays, led from here.
fn played(mut document: Document) -> Document {
    for edit in [
        Edit::TakeLead,
        Edit::Play {
            from: Beat::ZERO,
            at: Some(ServerTime::ZERO),
        },
    ] {
        let applied = document.apply(&edit, PLAYER);
        assert!(applied.is_ok(), "{applied:?}");
    }
    document
}

#[test]
fn every_kind_of_edit_has_a_control_and_every_control_makes_edits_that_fit() {
    let mut made = made_under(Tab::default(), 0.0, &played(document()));
    for (place, (tab, ..)) in TABS.iter().enumerate() {
        // What stands beside the tabs is the same under each of them.
        let top = if place == 0 {
            0.0
        } else {
            SIZE.y - HIGHER - TABS_HEIGHT
        };
        made.extend(made_under(*tab, top, &document()));
    }
    let missing: Vec<_> = WANTED.iter().filter(|name| !made.contains(*name)).collect();
    assert!(missing.is_empty(), "nothing makes {missing:?}");
}

/// Of steps, slots and whatever else stands in rows, the first ones of each row.
fn few_of_each_row(shown: &[Rect], most: usize) -> Vec<Rect> {
    let mut few: Vec<Rect> = Vec::new();
    for control in shown {
        let is_alike =
            |other: &&Rect| other.size() == control.size() && other.top() == control.top();
        if few.iter().filter(is_alike).count() < most {
            few.push(*control);
        }
    }
    few
}

fn made_under(tab: Tab, top: f32, document: &Document) -> BTreeSet<&'static str> {
    let mut bench = Bench::new(document.clone());
    let rest = |bench: &mut Bench| {
        bench.view = view(document.clone());
        bench.selection = Selection {
            tab,
            ..Selection::default()
        };
        bench.frame(Vec::new());
        bench.frame(Vec::new());
    };
    rest(&mut bench);
    let shown = bench.controls();
    let tried = shown.iter().filter(|control| control.top() >= top);
    let tried: Vec<Rect> = tried.copied().collect();
    for control in few_of_each_row(&tried, 6) {
        rest(&mut bench);
        bench.try_out(control);
        // What a right click on a step, a slot or a scene opens has controls of its own.
        if top > 0.0 {
            continue;
        }
        rest(&mut bench);
        bench.click(control.center(), PointerButton::Secondary);
        let opened = bench.controls();
        let opened = opened.iter().filter(|area| !shown.contains(area));
        for area in opened.take(16) {
            // What was tried before may have changed or closed what is tried next.
            rest(&mut bench);
            bench.click(control.center(), PointerButton::Secondary);
            bench.try_out(*area);
        }
        bench.key(Key::Escape);
    }
    bench.made.iter().flat_map(names).collect()
}
