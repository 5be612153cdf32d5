//! The licences of everything that is inside what is given away, with their words.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::licences;
use crate::shell;
use crate::workspace::Workspace;

/// What is given away holds these, and what they lean on.
const OURS: [&str; 3] = ["lockstep-plugin", "lockstep-server", "lockstep-web"];
/// How files with the words of a licence are called.
const NAMES: [&str; 6] = [
    "LICENSE",
    "LICENCE",
    "COPYING",
    "COPYRIGHT",
    "NOTICE",
    "UNLICENSE",
];

/// Every text once, under the packages it is for.
pub(super) fn of(workspace: &Workspace) -> Result<String> {
    let mut packages = BTreeMap::new();
    for metadata in licences::metadata(workspace)? {
        packages.extend(leant_on(&metadata)?);
    }
    let mut texts: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    let mut notices = "Lockstep holds parts that others made:\n\n".to_owned();
    for (title, folder) in &packages {
        notices += &format!("    {title}\n");
        for text in words_in(Path::new(folder))? {
            texts.entry(text).or_default().push(title);
        }
    }
    let mut texts: Vec<_> = texts.into_iter().collect();
    texts.sort_by(|(_, one), (_, other)| one.cmp(other));
    let rule = "-".repeat(80);
    for (text, titles) in texts {
        notices += &format!("\n{rule}\n{}\n{rule}\n\n{text}\n", titles.join("\n"));
    }
    Ok(notices)
}

/// The packages that ours are built of, each titled, with its folder.
fn leant_on(metadata: &Value) -> Result<BTreeMap<String, String>> {
    let list = |value: &Value| value.as_array().cloned().context("metadata lists packages");
    let id = |value: &Value| value["id"].as_str().unwrap_or_default().to_owned();
    let packages: BTreeMap<_, _> = list(&metadata["packages"])?
        .into_iter()
        .map(|package| (id(&package), package))
        .collect();
    let nodes: BTreeMap<_, _> = list(&metadata["resolve"]["nodes"])?
        .into_iter()
        .map(|node| (id(&node), node))
        .collect();
    let is_ours = |package: &Value| OURS.iter().any(|name| package["name"] == *name);
    let mut waiting: Vec<_> = packages
        .iter()
        .filter(|(_, package)| is_ours(package))
        .map(|(id, _)| id.clone())
        .collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id.clone()) {
            continue;
        }
        let leans = nodes.get(&id).and_then(|node| node["deps"].as_array());
        for lean in leans.into_iter().flatten() {
            // What only builds or tests is not inside.
            let kinds = lean["dep_kinds"].as_array();
            if kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind["kind"].is_null())) {
                waiting.push(lean["pkg"].as_str().unwrap_or_default().to_owned());
            }
        }
    }
    let others = seen.iter().filter_map(|id| packages.get(id));
    // Ours come from no registry.
    let others = others.filter(|package| !package["source"].is_null());
    Ok(others
        .map(|package| {
            let word = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
            let title = format!("{} {} ({})", word("name"), word("version"), word("license"));
            let manifest = word("manifest_path");
            let folder = Path::new(&manifest).parent().map(Path::to_path_buf);
            (title, folder.unwrap_or_default().display().to_string())
        })
        .collect())
}

/// The words of licences that lie beside a package.
fn words_in(folder: &Path) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for path in shell::files_below(folder)? {
        let name = path.file_name().map(|name| name.to_string_lossy());
        let name = name.unwrap_or_default().to_uppercase();
        let is_code = path.extension().is_some_and(|ending| ending == "rs");
        if !is_code && NAMES.iter().any(|start| name.starts_with(start)) {
            let text = String::from_utf8_lossy(&std::fs::read(&path)?).replace('\r', "");
            texts.push(text.trim().to_owned());
        }
    }
    Ok(texts)
}

#[cfg(test)]
mod tests {
    use super::{leant_on, of};
    use crate::workspace::Workspace;
    use serde_json::json;

    #[test]
    fn the_licences_of_what_draws_and_of_what_stores_are_there_with_their_words() {
        let notices = of(&Workspace::find().unwrap()).unwrap();
        for part in ["    egui 0.", "    redb 4.", "    leptos 0.8"] {
            assert!(notices.contains(part), "{part}");
        }
        for words in ["Permission is hereby granted", "Mozilla Public License"] {
            assert!(notices.contains(words), "{words}");
        }
        assert!(!notices.contains("    fantoccini "), "only tests hold it");
    }

    #[test]
    fn what_ours_lean_on_is_named_and_what_only_builds_or_tests_is_not() {
        let package = |name: &str, source: Option<&str>| {
            json!({ "id": name, "name": name, "version": "1.0.0", "license": "MIT",
                "source": source, "manifest_path": format!("/there/{name}/Cargo.toml") })
        };
        let lean = |name: &str, kind: Option<&str>| json!({ "pkg": name, "dep_kinds": [{ "kind": kind }] });
        let metadata = json!({
            "packages": [
                package("lockstep-server", None), package("inner", Some("registry")),
                package("deep", Some("registry")), package("tool", Some("registry")),
                package("stranger", Some("registry")),
            ],
            "resolve": { "nodes": [
                { "id": "lockstep-server", "deps": [lean("inner", None), lean("tool", Some("build"))] },
                { "id": "inner", "deps": [lean("deep", None)] },
                { "id": "deep", "deps": [] }, { "id": "tool", "deps": [] },
                { "id": "stranger", "deps": [] },
            ] },
        });
        let found = leant_on(&metadata).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|(title, folder)| (&title[..], &folder[..]))
            .collect();
        assert_eq!(
            found,
            [
                ("deep 1.0.0 (MIT)", "/there/deep"),
                ("inner 1.0.0 (MIT)", "/there/inner"),
            ]
        );
    }
}
