//! The keys of the grid, from the one list that the plugin's editor and the page share. It must not
//! know what a keyboard is: a press comes in as words, such as `Ctrl+Z`.

const LIST: &str = include_str!("../../../assets/shortcuts.txt");

/// One line of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortcut {
    pub action: &'static str,
    /// Any of these, separated by commas.
    pub keys: &'static str,
    /// What it does, as a sentence without its end.
    pub words: &'static str,
}

/// All of them, in the list's order.
pub fn all() -> impl Iterator<Item = Shortcut> {
    LIST.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let mut parts = line.split(" | ");
            Some(Shortcut {
                action: parts.next()?,
                keys: parts.next()?,
                words: parts.next()?,
            })
        })
}

/// What a press of keys asks for.
pub fn pressed(keys: &str) -> Option<&'static str> {
    all()
        .find(|shortcut| shortcut.keys.split(", ").any(|known| known == keys))
        .map(|shortcut| shortcut.action)
}

/// How an action is explained: what it does and by which key.
pub fn hint(action: &str) -> String {
    let Some(known) = all().find(|shortcut| shortcut.action == action) else {
        return String::new();
    };
    let keys = known.keys.replace(", ", " or ").replace("Arrow", "");
    format!("{} ({keys})", known.words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_line_of_the_list_is_read_and_no_key_has_two_meanings() {
        let written = LIST.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(all().count(), written);
        let mut keys = BTreeSet::new();
        for shortcut in all() {
            for key in shortcut.keys.split(", ") {
                assert!(keys.insert(key), "{key} is there twice");
                assert_eq!(pressed(key), Some(shortcut.action));
            }
        }
        assert_eq!(pressed("Ctrl+Q"), None);
    }

    #[test]
    fn a_hint_says_what_happens_and_how() {
        assert_eq!(hint("redo"), "Makes it again (Ctrl+Shift+Z or Ctrl+Y)");
    }
}
