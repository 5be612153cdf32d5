//! Finding a preset: by category and by what is typed. Pure values; nothing here is painted.

use lockstep_engine::{Category, PRESETS, Preset};

pub(in crate::editor) fn category_name(category: Category) -> &'static str {
    match category {
        Category::Drums => "Drums",
        Category::Kits => "Kits",
        Category::Bass => "Bass",
        Category::Keys => "Keys",
        Category::Leads => "Leads",
        Category::Pads => "Pads",
        Category::Plucks => "Plucks",
        Category::Mallets => "Mallets",
        Category::Fx => "FX",
    }
}

/// The presets that hold every word that was typed, those first whose title begins with it.
pub(in crate::editor) fn find(typed: &str, category: Option<Category>) -> Vec<&'static Preset> {
    let typed = typed.to_lowercase();
    let words: Vec<&str> = typed.split_whitespace().collect();
    let matches = |preset: &&'static Preset| {
        let text = format!(
            "{} {} {}",
            preset.title,
            preset.name,
            category_name(preset.category)
        );
        let text = text.to_lowercase();
        category.is_none_or(|category| preset.category == category)
            && words.iter().all(|word| text.contains(word))
    };
    let mut found: Vec<_> = PRESETS.iter().filter(matches).collect();
    // The sort is stable: beside that they stay in their order.
    found.sort_by_key(|preset| !preset.title.to_lowercase().starts_with(typed.trim()));
    found
}

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

    #[test]
    fn a_preset_is_found_by_its_title_its_name_or_its_category() {
        let named = |typed, category| -> Vec<&str> {
            let found = find(typed, category);
            found.iter().map(|preset| preset.name).collect()
        };
        assert_eq!(named("", None).len(), PRESETS.len());
        assert!(named("round bass", None).contains(&"bass-round"));
        assert!(named("  909   KICK ", None).contains(&"kick-909"));
        assert!(named("no such sound", None).is_empty());
        let drums = find("", Some(Category::Drums));
        assert!(!drums.is_empty());
        assert!(
            drums
                .iter()
                .all(|preset| preset.category == Category::Drums)
        );
    }

    #[test]
    fn titles_that_begin_with_what_is_typed_come_first() {
        let found = find("ho", None);
        let begins = |preset: &&&'static Preset| preset.title.to_lowercase().starts_with("ho");
        let count = found.iter().filter(begins).count();
        assert!(count > 0 && found.iter().take(count).all(|preset| begins(&preset)));
    }

    #[test]
    fn going_on_from_the_last_preset_comes_to_the_first() {
        let list = find("", Some(Category::Bass));
        let (first, last) = (list[0], list[list.len() - 1]);
        assert_eq!(beside(&list, last.name, true).unwrap().name, first.name);
        assert_eq!(beside(&list, first.name, false).unwrap().name, last.name);
        assert_eq!(beside(&list, "unknown", true).unwrap().name, first.name);
        assert!(beside(&[], "bass", true).is_none());
    }
}
