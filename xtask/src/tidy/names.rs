//! Rules about names: what lies in the root, and names that say nothing.

use std::collections::BTreeSet;

use super::Files;

const ROOT: &[&str] = &[
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "PROTOCOL.md",
    "README.md",
    "assets",
    "plugin",
    "server",
    "tests",
    "xtask",
];

/// A file named so ends up holding everything.
const MEANINGLESS: &[&str] = &[
    "common",
    "helper",
    "helpers",
    "manager",
    "managers",
    "misc",
    "mod",
    "util",
    "utilities",
    "utils",
];

/// What tools leave beside the files that they change.
const LEFT_BEHIND: &[&str] = &["bak", "orig", "rej"];

pub(super) fn root(files: &Files) -> Vec<String> {
    let entries = files
        .files
        .iter()
        .filter_map(|file| file.path.split('/').next());
    let entries: BTreeSet<_> = entries.filter(|entry| !entry.starts_with('.')).collect();
    let stray = entries.iter().filter(|entry| !ROOT.contains(entry));
    let missing = ROOT.iter().filter(|entry| !entries.contains(*entry));
    let stray = stray.map(|entry| format!("{entry} does not belong in the root"));
    stray
        .chain(missing.map(|entry| format!("{entry} is missing")))
        .collect()
}

pub(super) fn meaning(files: &Files) -> Vec<String> {
    let is_meaningless = |part: &str| {
        let stem = part.split('.').next().unwrap_or(part);
        let ending = part.rsplit('.').next().unwrap_or(part);
        MEANINGLESS.contains(&stem) || LEFT_BEHIND.contains(&ending)
    };
    let bad = files
        .files
        .iter()
        .filter(|file| file.path.split('/').any(is_meaningless));
    bad.map(|file| format!("{}: name it after what it holds", file.path))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{ROOT, meaning, root};
    use crate::tidy::Files;

    #[test]
    fn the_root_may_hold_dotfiles_but_nothing_else_that_is_not_listed() {
        let mut entries: Vec<_> = ROOT.iter().map(|entry| (*entry, "")).collect();
        entries.push((".ci/run", ""));
        assert!(root(&Files::made_of(&entries)).is_empty());

        entries.push(("notes.txt", ""));
        entries.retain(|(path, _)| *path != "README.md");
        let complaints = root(&Files::made_of(&entries));
        assert_eq!(
            complaints,
            [
                "notes.txt does not belong in the root",
                "README.md is missing"
            ]
        );
    }

    #[test]
    fn names_that_say_nothing_are_refused_for_files_and_folders() {
        let files = [
            ("server/src/mod.rs", ""),
            ("server/src/helpers/clip.rs", ""),
            ("server/src/commonplace.rs", ""),
        ];
        assert_eq!(meaning(&Files::made_of(&files)).len(), 2);
    }
}
