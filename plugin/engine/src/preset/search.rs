//! Finding a preset: by category and by what is typed.

use super::{Category, PRESETS, Preset};

impl Category {
    /// What people call it.
    ///
    /// Realtime: yes
    pub fn title(self) -> &'static str {
        match self {
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
}

impl Preset {
    /// The presets that hold every word that was typed, those first whose title begins with it.
    ///
    /// Realtime: no
    pub fn search(typed: &str, category: Option<Category>) -> Vec<&'static Preset> {
        let typed = typed.to_ascii_lowercase();
        let matches = |preset: &&'static Preset| {
            let category_title = preset.category.title();
            let text = format!("{} {} {category_title}", preset.title, preset.name);
            let text = text.to_ascii_lowercase();
            category.is_none_or(|category| preset.category == category)
                && typed.split_whitespace().all(|word| text.contains(word))
        };
        let begins = |preset: &&'static Preset| {
            let title = preset.title.to_ascii_lowercase();
            title.starts_with(typed.trim())
        };
        let (first, rest): (Vec<_>, Vec<_>) = PRESETS.iter().filter(matches).partition(begins);
        first.into_iter().chain(rest).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preset_is_found_by_its_title_its_name_or_its_category() {
        let named = |typed, category| -> Vec<&str> {
            let found = Preset::search(typed, category);
            found.iter().map(|preset| preset.name).collect()
        };
        assert_eq!(named("", None).len(), PRESETS.len());
        assert!(named("round bass", None).contains(&"bass-round"));
        assert!(named("  909   KICK ", None).contains(&"kick-909"));
        assert!(named("no such sound", None).is_empty());
        let drums = Preset::search("", Some(Category::Drums));
        assert!(!drums.is_empty());
        assert!(
            drums
                .iter()
                .all(|preset| preset.category == Category::Drums)
        );
    }

    #[test]
    fn titles_that_begin_with_what_is_typed_come_first() {
        let found = Preset::search("ho", None);
        let begins = |preset: &&&'static Preset| preset.title.to_lowercase().starts_with("ho");
        let count = found.iter().filter(begins).count();
        assert!(count > 0 && found.iter().take(count).all(|preset| begins(&preset)));
    }
}
