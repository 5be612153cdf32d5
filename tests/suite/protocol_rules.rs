//! PROTOCOL.md and the tests that prove it name the same rules. Knows no rule itself.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Rule ids such as `P-ORDER-3`: a capital P, a word in capitals, a number.
fn rules_in(text: &str) -> impl Iterator<Item = String> + '_ {
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '-';
    let words = text.split(move |character| !is_part(character));
    words.filter(|word| is_rule(word)).map(str::to_owned)
}

fn is_rule(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    let [letter, name, number] = parts.as_slice() else {
        return false;
    };
    let all =
        |part: &str, test: fn(&char) -> bool| !part.is_empty() && part.chars().all(|c| test(&c));
    *letter == "P" && all(name, char::is_ascii_uppercase) && all(number, char::is_ascii_digit)
}

/// The rules that the document states, in the order of its text.
fn stated() -> Vec<String> {
    let document = std::fs::read_to_string(root().join("PROTOCOL.md")).expect("the specification");
    let bold = document.split("**").skip(1).step_by(2);
    bold.filter(|text| is_rule(text))
        .map(str::to_owned)
        .collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("a file or a folder").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every rule that a doc comment names, and one file that does.
fn cited() -> BTreeMap<String, PathBuf> {
    let mut files = Vec::new();
    for folder in ["server/session", "server/src", "tests/suite", "tests/src"] {
        sources(&root().join(folder), &mut files);
    }
    let mut cited = BTreeMap::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("sources are text");
        let comments = text
            .lines()
            .map(str::trim_start)
            .filter(|line| line.starts_with("///"));
        // This file's own comments give an example and prove nothing.
        if !file.ends_with("protocol_rules.rs") {
            cited.extend(comments.flat_map(rules_in).map(|rule| (rule, file.clone())));
        }
    }
    cited
}

#[test]
fn no_rule_is_stated_twice() {
    let all = stated();
    assert!(all.len() > 50, "{} rules were found", all.len());
    let mut seen = BTreeSet::new();
    for rule in all {
        assert!(seen.insert(rule.clone()), "{rule}");
    }
}

#[test]
fn every_rule_of_the_protocol_is_cited_by_a_test() {
    let cited = cited();
    let unproved: Vec<String> = stated()
        .into_iter()
        .filter(|rule| !cited.contains_key(rule))
        .collect();
    assert_eq!(unproved, [""; 0], "rules that no test names");
}

#[test]
fn every_rule_that_a_test_cites_is_in_the_protocol() {
    let stated: BTreeSet<String> = stated().into_iter().collect();
    for (rule, file) in cited() {
        assert!(
            stated.contains(&rule),
            "{rule}, named by {}",
            file.display()
        );
    }
}

#[test]
fn a_rule_is_told_from_other_words_with_dashes() {
    let found: Vec<String> =
        rules_in("(P-ORDER-3), P-ID-12. NON-P-1 P-order-1 P-1 P-X P-X-1-2").collect();
    assert_eq!(found, ["P-ORDER-3", "P-ID-12"]);
}
