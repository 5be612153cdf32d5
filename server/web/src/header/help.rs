//! What can be done and by which keys, from the one list that the plugin shares.

use crate::dom::{Tag, tag, text};
use crate::widget::Dialog;
use lockstep_session::shortcuts;

/// What is done by hand, beside the keys.
const HANDS: [(&str, &str); 6] = [
    (
        "Click or tap a step",
        "Sets it; drag to paint or to clear more of them",
    ),
    (
        "Drag, wheel or type a number",
        "Turns it; with Shift as fine as it goes, a double click puts it back",
    ),
    (
        "Click a clip",
        "Launches it for everyone at the next launch quantum; a right click or a resting finger opens it",
    ),
    (
        "Arrow keys",
        "Go from step to step, slot to slot, tab to tab",
    ),
    ("Space", "Sets the step that the keys are at"),
    ("Tab", "Goes on to the next part of the page"),
];

pub(super) fn help() -> Tag {
    let dialog = Dialog::new("Help");
    tag("div", "held")
        .with(dialog.opener("button help", "?").set("aria-label", "Help"))
        .with(dialog.show(list))
}

fn list() -> Tag {
    let entry = |keys: &str, words: &str| [text("dt", "", keys), text("dd", "", words)];
    let hands = HANDS.iter().flat_map(|(what, words)| entry(what, words));
    let keys = shortcuts::all().flat_map(|shortcut| entry(shortcut.keys, shortcut.words));
    tag("div", "section")
        .with(text("h3", "", "By hand"))
        .with(tag("dl", "keys").with_all(hands))
        .with(text("h3", "", "Keys"))
        .with(tag("dl", "keys").with_all(keys))
}
