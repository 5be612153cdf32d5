//! What a hand does on a page: a mouse that drags, keys that are held, fingers. It must not know what
//! any of it means there.

use super::{Browser, step_selector};
use fantoccini::actions::{
    Actions, InputSource, KeyAction, KeyActions, MouseActions, NullAction, NullActions,
    PointerAction, TouchActions,
};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use std::time::Duration;

const LEFT: u64 = fantoccini::actions::MOUSE_BUTTON_LEFT;
const RIGHT: u64 = fantoccini::actions::MOUSE_BUTTON_RIGHT;
/// How long a movement takes.
const STROKE: Duration = Duration::from_millis(60);

fn over(element: Element, duration: Option<Duration>) -> PointerAction {
    PointerAction::MoveToElement {
        element,
        duration,
        x: 0.0,
        y: 0.0,
    }
}

impl Browser {
    /// Presses the mouse on one step, draws to another and lets go.
    pub fn drag(&self, from: (&str, usize), to: (&str, usize)) {
        self.drag_holding(None, from, to);
    }

    /// The same while a key is held.
    pub fn drag_holding(&self, key: Option<Key>, from: (&str, usize), to: (&str, usize)) {
        let (start, end) = (self.find_step(from), self.find_step(to));
        let stroke = MouseActions::new("mouse".to_owned())
            .then(over(start, None))
            .then(PointerAction::Down { button: LEFT })
            .then(over(end, Some(STROKE)))
            .then(PointerAction::Up { button: LEFT });
        self.perform_holding(key, stroke);
    }

    /// Presses the button of a part of the page that says so.
    pub fn press_button(&self, within: &str, words: &str) {
        let mark = format!(
            "const all = [...document.querySelectorAll('{within} button')];
             const found = all.find(it => it.textContent === {words:?});
             if (found) found.dataset.wanted = 'yes'; return !!found"
        );
        self.wait_until(words, |page| page.evaluate(&mark) == true);
        self.click("[data-wanted]");
        self.evaluate("delete document.querySelector('[data-wanted]')?.dataset.wanted");
    }

    /// Presses the mouse on a step and holds it.
    pub fn press_step(&self, step: (&str, usize)) {
        let press = MouseActions::new("mouse".to_owned())
            .then(over(self.find_step(step), None))
            .then(PointerAction::Down { button: LEFT });
        self.act(press.into());
    }

    /// Moves the mouse on to another step.
    pub fn move_to_step(&self, step: (&str, usize)) {
        let way =
            MouseActions::new("mouse".to_owned()).then(over(self.find_step(step), Some(STROKE)));
        self.act(way.into());
    }

    /// Moves the mouse so many pixels on.
    pub fn move_on(&self, by: (f64, f64)) {
        let way = MouseActions::new("mouse".to_owned()).then(PointerAction::MoveBy {
            duration: Some(STROKE),
            x: by.0,
            y: by.1,
        });
        self.act(way.into());
    }

    pub fn let_go(&self) {
        let release =
            MouseActions::new("mouse".to_owned()).then(PointerAction::Up { button: LEFT });
        self.perform(release.into());
    }

    /// Presses the mouse in the middle of something, draws so many pixels away and lets go.
    pub fn drag_by(&self, selector: &str, by: (f64, f64)) {
        let start = self.find(selector);
        let stroke = MouseActions::new("mouse".to_owned())
            .then(over(start, None))
            .then(PointerAction::Down { button: LEFT })
            .then(PointerAction::MoveBy {
                duration: Some(STROKE),
                x: by.0,
                y: by.1,
            })
            .then(PointerAction::Up { button: LEFT });
        self.perform(stroke.into());
    }

    pub fn drag_step_by(&self, step: (&str, usize), by: (f64, f64)) {
        self.drag_by(&step_selector(step.0, step.1), by);
    }

    /// Moves the mouse over something, without pressing it.
    pub fn point_at(&self, selector: &str) {
        let mouse = MouseActions::new("mouse".to_owned()).then(over(self.find(selector), None));
        self.perform(mouse.into());
    }

    pub fn point_at_step(&self, step: (&str, usize)) {
        self.point_at(&step_selector(step.0, step.1));
    }

    pub fn click_step_holding(&self, key: Key, step: (&str, usize)) {
        let click = MouseActions::new("mouse".to_owned())
            .then(over(self.find_step(step), None))
            .then(PointerAction::Down { button: LEFT })
            .then(PointerAction::Up { button: LEFT });
        self.perform_holding(Some(key), click);
    }

    pub fn right_click_step(&self, step: (&str, usize)) {
        self.right_click(&step_selector(step.0, step.1));
    }

    pub fn right_click(&self, selector: &str) {
        let click = MouseActions::new("mouse".to_owned())
            .then(over(self.find(selector), None))
            .then(PointerAction::Down { button: RIGHT })
            .then(PointerAction::Up { button: RIGHT });
        self.perform(click.into());
    }

    /// Holds keys and presses another.
    pub fn chord(&self, held: &[Key], key: char) {
        let mut keys = KeyActions::new("keys".to_owned());
        for key in held {
            keys = keys.then(KeyAction::Down {
                value: (*key).into(),
            });
        }
        keys = keys
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        for key in held.iter().rev() {
            keys = keys.then(KeyAction::Up {
                value: (*key).into(),
            });
        }
        self.perform(keys.into());
    }

    /// Puts a finger on something, draws so many pixels away, and lifts it after a rest.
    pub fn touch(&self, selector: &str, by: (f64, f64), rest: Duration) {
        let finger = TouchActions::new("finger".to_owned())
            .then(over(self.find(selector), None))
            .then(PointerAction::Down { button: LEFT })
            .then(PointerAction::MoveBy {
                duration: Some(STROKE),
                x: by.0,
                y: by.1,
            })
            .then(PointerAction::Pause { duration: rest })
            .then(PointerAction::Up { button: LEFT });
        self.perform(finger.into());
    }

    pub fn touch_step(&self, step: (&str, usize), by: (f64, f64), rest: Duration) {
        self.touch(&step_selector(step.0, step.1), by, rest);
    }

    fn find_step(&self, (track, step): (&str, usize)) -> Element {
        self.find(&step_selector(track, step))
    }

    /// A key goes down before the mouse does anything, and up after all of it.
    fn perform_holding(&self, key: Option<Key>, mouse: MouseActions) {
        let Some(key) = key else {
            return self.perform(mouse.into());
        };
        let value = key.into();
        let hold = KeyActions::new("keys".to_owned()).then(KeyAction::Down { value });
        self.act(hold.into());
        self.perform(mouse.into());
        let release = KeyActions::new("keys".to_owned()).then(KeyAction::Up { value });
        self.act(release.into());
    }

    fn perform(&self, actions: Actions) {
        self.act(actions);
        // The page has seen the last of it when it answers this.
        let rest = NullActions::new("rest".to_owned()).then(NullAction::Pause {
            duration: Duration::ZERO,
        });
        self.act(rest.into());
    }

    fn act(&self, actions: Actions) {
        self.runtime
            .block_on(self.client.perform_actions(actions))
            .expect("hands move");
    }
}
