//! What a hand does to the controls of a page: it types, turns, drags, picks. It must not know any
//! single control.

use super::Browser;
use fantoccini::actions::{
    InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction, WheelAction, WheelActions,
};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use std::path::Path;

impl Browser {
    /// Writes something into a field in place of what it holds, and takes it with Enter.
    pub fn enter(&self, selector: &str, text: &str) {
        let field = self.shown(selector);
        let select = format!("{}a", char::from(Key::Control));
        let typed = format!(
            "{select}{}{text}{}",
            char::from(Key::Null),
            char::from(Key::Enter)
        );
        self.runtime
            .block_on(async {
                field.click().await?;
                field.send_keys(&typed).await
            })
            .unwrap_or_else(|error| panic!("typing into {selector}: {error}"));
    }

    /// Gives a file to a field that takes some, as the system's window would.
    pub fn choose_file(&self, selector: &str, file: &Path) {
        let field = self.shown(selector);
        let path = file.to_str().expect("a path in words");
        self.runtime
            .block_on(field.send_keys(path))
            .unwrap_or_else(|error| panic!("choosing {path}: {error}"));
    }

    /// What a field or a list stands at.
    pub fn value(&self, selector: &str) -> String {
        let value = self.evaluate(&format!(
            "return document.querySelector({selector:?})?.value"
        ));
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Picks the option of a list that says so.
    pub fn pick(&self, selector: &str, option: &str) {
        let list = self.shown(selector);
        self.runtime
            .block_on(list.select_by_label(option))
            .unwrap_or_else(|error| panic!("picking {option} of {selector}: {error}"));
    }

    /// Turns the wheel over an element; up is negative.
    pub fn wheel(&self, selector: &str, down: i64) {
        self.shown(selector);
        let place = self.evaluate(&format!(
            "const box = document.querySelector({selector:?}).getBoundingClientRect();
             return [box.x + box.width / 2, box.y + box.height / 2]"
        ));
        let at = |axis: usize| place[axis].as_f64().expect("a place").round();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a screen is not that large"
        )]
        let turn = WheelActions::new("wheel".to_owned()).then(WheelAction::Scroll {
            duration: None,
            x: at(0) as i64,
            y: at(1) as i64,
            delta_x: 0,
            delta_y: down,
        });
        self.runtime
            .block_on(self.client.perform_actions(turn))
            .expect("the wheel turns");
    }

    pub fn press_twice(&self, selector: &str) {
        let over = PointerAction::MoveToElement {
            element: self.shown(selector),
            duration: None,
            x: 0.0,
            y: 0.0,
        };
        let button = MOUSE_BUTTON_LEFT;
        let (down, up) = (PointerAction::Down { button }, PointerAction::Up { button });
        let presses = MouseActions::new("mouse".to_owned())
            .then(over)
            .then(down.clone())
            .then(up.clone())
            .then(down)
            .then(up);
        self.runtime
            .block_on(self.client.perform_actions(presses))
            .expect("the mouse clicks");
    }

    /// Opens a panel by its tab, unless it is open.
    pub fn open_panel(&self, title: &str) {
        self.wait_until("the page is on the screen", |page| {
            page.evaluate("return !!document.querySelector('[role=tab]')") == true
        });
        self.evaluate(&format!(
            "const tab = [...document.querySelectorAll('[role=tab]')].find(it => it.textContent == {title:?});
             if (tab?.getAttribute('aria-selected') == 'false') tab.click()"
        ));
        self.wait_until(&format!("{title} is open"), |page| {
            page.evaluate(&format!(
                "return !!document.querySelector('.panel[aria-label={title:?}]')"
            )) == true
        });
    }

    /// What panels there are.
    pub fn tabs(&self) -> Vec<String> {
        let names = self.evaluate(
            "return [...document.querySelectorAll('[role=tab]')].map(it => it.textContent)",
        );
        serde_json::from_value(names).expect("names")
    }

    /// Every edit of this page is stored.
    pub fn wait_until_saved(&self) {
        self.wait_until("everything is stored", |page| page.text(".saved") == "all");
    }

    /// An element, brought to where the mouse can reach it.
    fn shown(&self, selector: &str) -> Element {
        let element = self.find(selector);
        self.evaluate(&format!(
            "document.querySelector({selector:?}).scrollIntoView({{block: 'center', inline: 'center'}})"
        ));
        element
    }
}
