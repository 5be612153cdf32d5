//! The rule that ARCHITECTURE.md gives every dependency its sentence.

use super::Files;

pub(super) fn dependencies(files: &Files) -> Vec<String> {
    let Some(manifest) = files.find("Cargo.toml") else {
        return vec!["Cargo.toml is missing".to_string()];
    };
    let explained = files.find("ARCHITECTURE.md").map_or("", |file| &file.text);
    let names = dependency_names(&manifest.text).filter(|name| !name.starts_with("lockstep-"));
    let missing = names.filter(|name| !explained.contains(&format!("`{name}`")));
    missing
        .map(|name| format!("ARCHITECTURE.md does not say what `{name}` is for"))
        .collect()
}

/// The names in `[workspace.dependencies]`, one a line in this project.
fn dependency_names(manifest: &str) -> impl Iterator<Item = &str> {
    let lines = manifest
        .lines()
        .skip_while(|line| *line != "[workspace.dependencies]")
        .skip(1);
    let lines = lines
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once('='))
        .map(|(name, _)| name.trim())
}

#[cfg(test)]
mod tests {
    use super::dependencies;
    use crate::tidy::Files;

    const MANIFEST: &str = "\
[workspace]
members = []

[workspace.dependencies]
lockstep-engine = { path = \"plugin/engine\" }
# Pinned.
libm = \"0.2\"
serde = { version = \"1\", features = [\"derive\"] }

[profile.dev]
opt-level = 1
";

    #[test]
    fn a_dependency_without_its_sentence_is_named() {
        let explained = "| `serde` | the one way to and from JSON |";
        let files = Files::made_of(&[("Cargo.toml", MANIFEST), ("ARCHITECTURE.md", explained)]);
        assert_eq!(
            dependencies(&files),
            ["ARCHITECTURE.md does not say what `libm` is for"]
        );
    }
}
