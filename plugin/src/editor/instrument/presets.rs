//! Going from one preset to the next. Pure values; nothing here is painted.

use lockstep_engine::Preset;

/// The preset before or after one in a list, round at the ends.
pub(in crate::editor) fn beside(
    list: &[&'static Preset],
    current: &str,
    forwards: bool,
) -> Option<&'static Preset> {
    let count = list.len();
    if count == 0 {
        return None;
    }
    let place = list.iter().position(|preset| preset.name == current);
    let next = match (place, forwards) {
        (Some(place), true) => (place + 1) % count,
        (Some(place), false) => (place + count - 1) % count,
        (None, true) => 0,
        (None, false) => count - 1,
    };
    list.get(next).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lockstep_engine::Category;

    #[test]
    fn going_on_from_the_last_preset_comes_to_the_first() {
        let list = Preset::search("", Some(Category::Bass));
        let (first, last) = (list[0], list[list.len() - 1]);
        assert_eq!(beside(&list, last.name, true).unwrap().name, first.name);
        assert_eq!(beside(&list, first.name, false).unwrap().name, last.name);
        assert_eq!(beside(&list, "unknown", true).unwrap().name, first.name);
        assert!(beside(&[], "bass", true).is_none());
    }
}
